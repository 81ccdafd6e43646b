"""A small nbgrader course with one assignment, written into a folder.

    QUESTIONS    the points that its tests give, by question
    Small        the course: write it, hand in, mark, read what came of it

Its hidden tests hold the word in `MARKER`, which no learner and no feedback may see.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.nbgrader_commands import by_grade_id, nbgrader, write

MARKER = "pango" + "lin"
QUESTIONS = {"double": 3, "total": 2, "table": 3}
TESTS = {"double": ("double-check", "double-hidden"), "total": ("total-check", "total-hidden"), "table": ("table-check", "table-hidden")}
RIGHT = {
    "double": "def double(x):\n    return x + x",
    "total": "total = sum(numbers)",
    "table": "table = pd.DataFrame({'n': numbers, 'double': [2 * n for n in numbers]})",
    "words": "Because.",
}
HIDE = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
PIECES = {
    "double-check": (1, "assert double(3) == 6"),
    "double-hidden": (2, HIDE.format('pangolin_word = "pangolin-7c1e"\nassert double(pangolin_word) == "pangolin-7c1epangolin-7c1e"\n'
                                     'assert double([1]) == [1, 1], "a list is doubled too"')),
    "total-check": (1, "assert total == sum(numbers)"),
    "total-hidden": (1, HIDE.format("pangolin = 6\nassert np.isclose(total, pangolin)")),
    "table-check": (1, 'assert "double" in table\nassert len(table) == 3'),
    "table-hidden": (2, HIDE.format('pangolin = pd.DataFrame({"n": [3, 1, 2], "double": [6, 2, 4]})\nassert table.equals(pangolin)')),
}
CONFIG = """
import os, sys
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
c = get_config()
c.CourseDirectory.course_id = "small"
"""
SAFE = """
from safegrade.converters import install
install(c, limits={limits!r}, workers={workers})
"""


def cell(make: Callable, name: str, source: str, points: float | None = None, *, solution: bool = False, locked: bool = True):
    """A cell with nbgrader's metadata."""
    data = {"grade_id": name, "grade": points is not None, "solution": solution, "locked": locked, "task": False, "schema_version": 3}
    return make(source, id=name, metadata={"nbgrader": data | ({"points": points} if points is not None else {})})


def source() -> nbformat.NotebookNode:
    """The assignment as its instructor wrote it."""
    cells = [cell(new_markdown_cell, "intro", "# Small"), cell(new_code_cell, "setup", "import numpy as np\nimport pandas as pd\n\nnumbers = [3, 1, 2]")]
    for question, tests in TESTS.items():
        answer = RIGHT[question].splitlines()
        cells.append(cell(new_code_cell, question, "\n".join(["### BEGIN SOLUTION", *answer, "### END SOLUTION"]), solution=True, locked=False))
        cells += [cell(new_code_cell, test, PIECES[test][1], PIECES[test][0]) for test in tests]
    cells.append(cell(new_markdown_cell, "words", "Why?", 2, solution=True, locked=False))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=cells, metadata=kernel)


@dataclass
class Small:
    """The course in `folder`; without `limits` stock nbgrader marks it."""

    folder: Path
    limits: Mapping[str, float] | None = None
    workers: int = 2

    def __post_init__(self):
        if self.folder.exists():
            return
        self.folder.mkdir(parents=True)
        safe = SAFE.format(limits=dict(self.limits), workers=self.workers) if self.limits is not None else ""
        (self.folder / "nbgrader_config.py").write_text(CONFIG + safe, encoding="utf-8")
        write(source(), self.folder / "source" / "ps1" / "ps1.ipynb")
        self.run("generate_assignment")

    def run(self, command: str, *words: str) -> str:
        """One of nbgrader's commands on the assignment; what it printed."""
        return nbgrader(command, "ps1", *words, folder=self.folder)

    def released(self) -> nbformat.NotebookNode:
        return nbformat.read(self.folder / "release" / "ps1" / "ps1.ipynb", as_version=4)

    def place(self, learner: str) -> Path:
        """Where a learner's submission lies."""
        return self.folder / "submitted" / learner / "ps1"

    def hand_in(self, learner: str, answers: Mapping[str, str], first: str = "", last: str = "") -> None:
        """Put answers into the released notebook, with code cells of the learner's own before and after all others."""
        notebook = self.released()
        for name, text in answers.items():
            by_grade_id(notebook)[name].source = text
        notebook.cells = [*([new_code_cell(first)] if first else []), *notebook.cells, *([new_code_cell(last)] if last else [])]
        folder = self.place(learner)
        folder.mkdir(parents=True)
        (folder / "ps1.ipynb").write_text(json.dumps(notebook), encoding="utf-8")

    def gradebook(self):
        from nbgrader.api import Gradebook

        return Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}", "small")

    def points(self, learner: str) -> dict[str, float]:
        """The points of each question that tests mark; nothing for a submission that the gradebook does not know."""
        from nbgrader.api import MissingEntry

        with self.gradebook() as book:
            try:
                grades = {grade.name: grade.score for grade in book.find_submission_notebook("ps1", "ps1", learner).grades}
            except MissingEntry:
                return {}
        return {question: sum(grades[test] for test in tests) for question, tests in TESTS.items()}

    def marked(self, learner: str) -> nbformat.NotebookNode:
        """The notebook as it was marked."""
        return nbformat.read(self.folder / "autograded" / learner / "ps1" / "ps1.ipynb", as_version=4)

    def verdicts(self, learner: str) -> dict[str, dict]:
        """What safegrade noted of each graded cell."""
        return {name: dict(each.metadata.safegrade) for name, each in by_grade_id(self.marked(learner)).items() if "safegrade" in each.metadata}

    def outputs(self, learner: str) -> str:
        """All outputs of the learner's marked notebook, as one text."""
        return json.dumps([each.outputs for each in self.marked(learner).cells if each.cell_type == "code"], ensure_ascii=False)

    def feedback(self, learner: str) -> str:
        """The feedback page, or nothing where there is none."""
        path = self.folder / "feedback" / learner / "ps1" / "ps1.html"
        return path.read_text(encoding="utf-8") if path.is_file() else ""
