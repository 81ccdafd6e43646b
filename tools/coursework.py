"""This repository's course in a folder of its own, driven by nbgrader's own commands.

    Course       the course with one assignment, and its gradebook
    configure    its settings, with others below
"""

import shutil
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.nbgrader_commands import answered, by_grade_id, nbgrader, write

ROOT = Path(__file__).parent.parent
ASSIGNMENTS = sorted(folder.name for folder in (ROOT / "source").iterdir() if folder.is_dir())


@dataclass
class Course:
    """This repository's course in `folder`, as an instructor has it, with one assignment."""

    folder: Path
    assignment: str

    def __post_init__(self):
        configure(self.folder)
        shutil.copytree(ROOT / "source" / self.assignment, self.folder / "source" / self.assignment)

    def run(self, command: str, *words: str | Path) -> str:
        """Run an nbgrader command on the assignment and return what it printed."""
        return nbgrader(command, self.assignment, *words, folder=self.folder)

    def path(self, step: str, learner: str = "") -> Path:
        """The assignment's notebook at a step: source, release, submitted or autograded."""
        return self.folder / step / learner / self.assignment / f"{self.assignment}.ipynb"

    def read(self, step: str, learner: str = "") -> NotebookNode:
        """The assignment's notebook at a step."""
        return nbformat.read(self.path(step, learner), as_version=4)

    def reference(self) -> dict[str, str]:
        """The instructor's own answer to each question, by grade id."""
        cells = by_grade_id(self.read("source"))
        return {name: cell.source for name, cell in cells.items() if cell.metadata.nbgrader.solution}

    def hand_in(self, learner: str, answers: Mapping[str, str]) -> None:
        """Put a submission where `nbgrader collect` would put it."""
        write(answered(self.read("release"), answers), self.path("submitted", learner))

    @contextmanager
    def gradebook(self):
        """The course's gradebook, closed afterwards."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}", "autoimmune") as book:
            yield book

    def grades(self, learner: str) -> dict[str, dict]:
        """nbgrader's record of each graded cell of a submission, with its score, by grade id."""
        with self.gradebook() as book:
            submission = book.find_submission_notebook(self.assignment, self.assignment, learner)
            return {grade.name: {**grade.to_dict(), "score": grade.score} for grade in submission.grades}


def configure(folder: Path, *settings: str) -> None:
    """Put this repository's nbgrader_config.py into `folder`, with further settings below it."""
    folder.mkdir(parents=True, exist_ok=True)
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    proven = 'c.Safegrade.options["prove"] = False  # the proofs in tests/assignments go further'
    (folder / "nbgrader_config.py").write_text("\n".join([config, proven, *settings, ""]), encoding="utf-8")
