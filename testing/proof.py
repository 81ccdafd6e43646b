"""The proof of an assignment: every answer that proofs/<assignment>.toml lists, marked by nbgrader.

A submission answers every question at once: number k gives to each question the k-th answer of its list, so that
few submissions try many answers. The questions do not lean on each other, which `reference` and `blank` show.
"""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat

from tools.coursework import ROOT, Course
from tools.nbgrader_commands import by_grade_id

PROOFS = Path(__file__).parents[1] / "tests" / "assignments" / "proofs"


@dataclass(frozen=True)
class Answer:
    """One answer to one question, and what it has to get."""

    question: str
    kind: str
    name: str
    code: str
    column: int
    points: float = 0.0
    says: str = ""

    @property
    def learner(self) -> str:
        """The submission that gives this answer."""
        return f"column-{self.column}"

    def __str__(self):
        return f"{self.question}: {self.kind}: {self.name}"


class Proof:
    """The answers of one assignment; once `mark` has run, `grades` and `cells` hold what nbgrader gave, by submission."""

    def __init__(self, assignment: str):
        self.assignment = assignment
        path = ROOT / "source" / assignment / f"{assignment}.ipynb"
        self.source = by_grade_id(nbformat.read(path, as_version=4))

    @cached_property
    def listed(self) -> dict[str, dict[str, list[dict]]]:
        """The proof's tables, by grade id of the answer cell."""
        return tomllib.loads((PROOFS / f"{self.assignment}.toml").read_text(encoding="utf-8"))

    @property
    def questions(self) -> list[str]:
        """The grade ids of the answer cells, in the order of the notebook."""
        return [grade_id for grade_id, cell in self.source.items() if cell.metadata.nbgrader.solution]

    def written(self, question: str) -> bool:
        """Whether a question is answered in words and marked by a person."""
        return self.source[question].cell_type == "markdown"

    def tests(self, question: str) -> dict[str, float]:
        """The points of each test cell of a question, by grade id."""
        cells = ((grade_id, cell.metadata.nbgrader) for grade_id, cell in self.source.items())
        return {grade_id: data.points for grade_id, data in cells if data.grade and grade_id.startswith(f"{question}-")}

    @cached_property
    def answers(self) -> list[Answer]:
        """Every listed answer, each with the column that tries it."""
        return [answer for question, kinds in self.listed.items() for answer in self.columns(question, kinds)]

    def columns(self, question: str, kinds: dict[str, list[dict]]) -> list[Answer]:
        """The answers to one question: number k goes to column k."""
        full = sum(self.tests(question).values())
        rows = [(kind, row) for kind, given in kinds.items() for row in given]
        return [
            Answer(question, kind, row["name"], row.get("code") or row["text"], column,
                   full if kind == "right" else row.get("points", 0.0), row.get("says", ""))
            for column, (kind, row) in enumerate(rows)
        ]

    def mark(self, folder: Path) -> None:
        """Have nbgrader mark the reference, the blank and all columns in a course in `folder`."""
        self.course = Course(folder, self.assignment)
        self.course.run("generate_assignment")
        self.course.hand_in("reference", self.course.reference())
        self.course.hand_in("blank", {})
        for learner in {answer.learner for answer in self.answers}:
            given = {answer.question: answer.code for answer in self.answers if answer.learner == learner}
            self.course.hand_in(learner, given)
        self.course.run("autograde")
        learners = ["reference", "blank", *{answer.learner for answer in self.answers}]
        self.grades = {learner: self.course.grades(learner) for learner in learners}
        self.cells = {learner: by_grade_id(self.course.read("autograded", learner)) for learner in learners}

    def points(self, learner: str, question: str) -> float:
        """The points that the tests of a question gave a submission."""
        return sum(self.grades[learner][test]["auto_score"] for test in self.tests(question))

    def words(self, learner: str, test: str) -> str:
        """What a test cell said to a submission, on one line."""
        outputs = self.cells[learner][test].get("outputs", [])
        said = [line for output in outputs if output.output_type == "error" for line in output.traceback]
        return " ".join(" ".join(said).split())
