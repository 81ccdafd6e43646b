"""What learners are given: a folder and a zip without a solution, a hidden test or a proof (`make bundle`).

    bundle(folder)    copy the course as learners need it into `folder`, from what git tracks
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAME = "self-and-non-self"
GIVEN = ("course/", "release/", "src/", "packages/", "tools/__init__.py", "tools/desk.py", "tools/jupyterlab/", "tools/system-packages", "jupyter_lab_config.py", "pyproject.toml", "uv.lock",
         "environment.yml", "LICENSE", "LICENSE-CONTENT", "CITATION.cff")
TARGETS = ("lab", ".uv/bin/uv")  # of the Makefile


def bundle(folder: Path) -> Path:
    """Copy what learners are given into `folder`, which must not be there yet; FileExistsError if it is."""
    folder.mkdir(parents=True)
    for name in tracked():
        if name.startswith(GIVEN) and "/tests/" not in name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    shutil.copy(ROOT / "docs" / "for-learners.md", folder / "README.md")
    (folder / "Makefile").write_text(makefile((ROOT / "Makefile").read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def tracked() -> list[str]:
    """What git tracks, as it stands in the working tree: nothing that somebody has left lying there."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def makefile(whole: str) -> str:
    """The Makefile's settings and the targets of a learner."""
    blocks = re.split(r"\n\n+", whole.strip())
    kept = [block for block in blocks if block.startswith(tuple(f"{target}:" for target in TARGETS))]
    settings = [line for line in blocks[0].splitlines() if re.match(r"\w+ *[:?]?= ", line)]
    return "\n".join(settings) + "\n\n" + "\n\n".join(kept) + "\n\n.PHONY: lab\n"


def main() -> None:
    place = ROOT / "build" / "bundle"
    shutil.rmtree(place, ignore_errors=True)
    made = bundle(place / NAME)
    archive = shutil.make_archive(str(place / NAME), "zip", place, NAME)
    print(f"{made.relative_to(ROOT)}\n{Path(archive).relative_to(ROOT)}, {Path(archive).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    sys.exit(main())
