"""Arrows in the code point down (the contracts stand in pyproject.toml)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_contract_is_kept():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0 and "0 broken" in found.stdout, found.stdout + found.stderr


def test_neither_benchmarks_nor_what_is_shipped_import_a_test():
    places = [ROOT / name for name in ("benchmarks", "testing", "tools", "src", "packages")]
    files = [path for place in places for path in place.rglob("*.py") if "tests" not in path.relative_to(ROOT).parts]
    words = ("from tests", "import tests", "from packages")
    assert [path for path in files if any(line.lstrip().startswith(words) for line in path.read_text(encoding="utf-8").splitlines())] == []
