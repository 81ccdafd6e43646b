"""Make release/ from source/: `make release`.

nbgrader takes solutions, hidden tests and rubrics out, and writes what it marks with into gradebook.db.
"""

import sys
import tempfile
from pathlib import Path

from tools.coursework import ASSIGNMENTS, ROOT, CommandFailed, Course, nbgrader


def release(assignment: str) -> None:
    """Generate one assignment; CommandFailed, with the old release untouched, if its source has a fault."""
    with tempfile.TemporaryDirectory() as folder:
        Course(Path(folder), assignment).run("generate_assignment", "--no-db")
    nbgrader("generate_assignment", assignment, "--force", folder=ROOT)


def main() -> None:
    for assignment in ASSIGNMENTS:
        try:
            release(assignment)
        except CommandFailed as failure:
            sys.exit(f"{failure}\nsource/{assignment} could not be released; release/ is as it was.")
        print(f"release/{assignment}")


if __name__ == "__main__":
    main()
