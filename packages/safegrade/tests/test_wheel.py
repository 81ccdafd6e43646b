"""safegrade's wheels alone, in an empty environment, mark nbgrader's own example course."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from testing.deadlines import DEADLINE
from tools.environment import ROOT, uv

PACKAGES = Path(__file__).parents[2]
SAFE = "\nfrom safegrade.converters import install\ninstall(c)\n"


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A new environment with the two wheels, and what they ask for in the versions that were tested."""
    folder = tmp_path_factory.mktemp("wheels")
    locked = folder / "locked.txt"
    said(uv(), "export", "--quiet", "--frozen", "--all-groups", "--no-hashes", "--no-emit-workspace", "--output-file", locked, folder=ROOT)
    for package in ("safegrade", "safegrade-check"):
        said(uv(), "build", "--quiet", "--wheel", "--out-dir", folder / "dist", PACKAGES / package, folder=folder)
    said(uv(), "venv", "--quiet", folder / "python", folder=folder)
    said(uv(), "pip", "install", "--quiet", "--compile-bytecode", "--python", folder / "python", "--constraint", locked, "--find-links", folder / "dist", "safegrade", folder=folder)
    return folder / "python" / "bin"


def said(*command, folder):
    """What a command prints; AssertionError with that if it fails."""
    bare = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    ran = subprocess.run(list(map(str, command)), cwd=folder, env=bare | {"HOME": str(folder)} if command[0] != uv() else bare, capture_output=True, text=True,
                         check=False, timeout=4 * DEADLINE)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_they_mark_nbgraders_own_example_course(environment, tmp_path):
    said(environment / "nbgrader", "quickstart", "course", folder=tmp_path)
    course = tmp_path / "course"
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(SAFE)
    said(environment / "nbgrader", "generate_assignment", "ps1", folder=course)
    for learner, step in (("reference", "source"), ("blank", "release")):
        shutil.copytree(course / step / "ps1", course / "submitted" / learner / "ps1")
    table = said(environment / "safegrade", "mark", "ps1", folder=course)
    rows = {words[0]: words[1:3] for words in map(str.split, table.splitlines()) if words and words[0] in ("reference", "blank")}
    assert rows == {"blank": ["0.0", "9.0"], "reference": ["3.0", "9.0"]}  # the other points are given by hand
