"""Make release/ from source/: `make release`, or `make release LESSON=02_self_and_nonself` for one.

nbgrader takes solutions, hidden tests and rubrics out, and writes what it marks with into gradebook.db. Each assignment
is made and proven in a course of its own first. Only then is it made here, and what stood here before is put back
where that fails.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

from safegrade.marking.found import place
from tools.coursework import ASSIGNMENTS, ROOT, Course, configure
from tools.nbgrader_commands import CommandFailed, nbgrader

CHANGED = """
Work was handed in for {0}, and nbgrader changes no questions then. Nothing is lost, and release/ is as it was.
To drop a question, give it 0 points in source/{0} and leave its cells. To add one, or to take cells out, let the
gradebook forget the marks: keep a copy of gradebook.db and of grades.csv (nbgrader export), then
    nbgrader db assignment remove {0} --force
    make release LESSON={0}
    make grade LESSON={0}        # marks what was handed in anew; marks given by hand are in the copy
"""


def release(assignment: str, root: Path = ROOT) -> None:
    """Make one assignment; CommandFailed, with release/ and the gradebook as they were, where it fails or a proof of it does."""
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Path(folder), assignment)
        configure(course.folder, 'c.Safegrade.options["prove"] = True')
        course.run("generate_assignment")
        with suppress(FileNotFoundError):  # what its trial has found out spares marking one
            shutil.copy2(place(course.folder, assignment), place(root, assignment))
    with kept(root / "release" / assignment, root / "gradebook.db"), patch("safegrade.converters.proven", return_value=([], [])):  # proven just now
        nbgrader("generate_assignment", assignment, "--force", folder=root)


@contextmanager
def kept(*paths: Path) -> Iterator[None]:
    """Put these files and folders back where an error comes."""
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(paths):
            if path.exists():
                copy(path, Path(folder, str(number)))
        try:
            yield
        except BaseException:
            for number, path in enumerate(paths):
                put_back(Path(folder, str(number)), path)
            raise


def copy(path: Path, target: Path) -> None:
    """Copy a file or a folder."""
    (shutil.copytree if path.is_dir() else shutil.copy2)(path, target)


def put_back(old: Path, path: Path) -> None:
    """Have at `path` what was there before, or nothing where nothing was."""
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
    if old.exists():
        copy(old, path)


def why(assignment: str, failure: CommandFailed) -> str:
    """What to say of a release that failed."""
    after_work = "submissions" in str(failure) and ("add" in str(failure) or "remov" in str(failure) or "delet" in str(failure))
    return f"{failure}\nsource/{assignment} could not be released; release/ is as it was." + (CHANGED.format(assignment) if after_work else "")


def main(wanted: list[str]) -> None:
    if unknown := [each for each in wanted if each not in ASSIGNMENTS]:
        sys.exit(f"{', '.join(unknown)}: unknown; source/ holds {', '.join(ASSIGNMENTS)}")
    for assignment in wanted or ASSIGNMENTS:
        try:
            release(assignment)
        except CommandFailed as failure:
            sys.exit(why(assignment, failure))
        print(f"release/{assignment}")


if __name__ == "__main__":
    main(sys.argv[1:])
