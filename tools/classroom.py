"""A class hands in, is marked and gets its work back, as people do it: `make class`.

    Desk        one person's folder: a learner's, with the commands a learner types
    Classroom   an instructor's course, an exchange and the learners' desks
    steps       the whole loop, one command after the other
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pandas as pd

from tools.coursework import ASSIGNMENTS, Course, configure
from tools.nbgrader_commands import CommandFailed, answered, at_home, nbgrader, write

Step = tuple[str, Callable[[], object]]


@dataclass
class Desk:
    """Where a learner works: `name` is the id under which nbgrader knows them."""

    name: str
    folder: Path
    exchange: Path
    assignment: str

    def __post_init__(self):
        configure(self.folder, f"c.Exchange.root = {str(self.exchange)!r}")

    @property
    def notebook(self) -> Path:
        """The learner's copy of the assignment."""
        return self.folder / self.assignment / f"{self.assignment}.ipynb"

    def run(self, command: str, *words: str) -> str:
        """Run an nbgrader command on the assignment at this desk."""
        with at_home(self.folder / ".home"):
            return nbgrader(command, self.assignment, *words, folder=self.folder)

    def fetch(self) -> str:
        return self.run("fetch_assignment")

    def answer(self, answers: Mapping[str, str]) -> None:
        """Write answers into the notebook, by grade id."""
        write(answered(nbformat.read(self.notebook, as_version=4), answers), self.notebook)

    def submit(self) -> str:
        return self.run("submit", f"--student={self.name}")

    def fetch_feedback(self) -> str:
        return self.run("fetch_feedback", f"--student={self.name}")

    @property
    def feedback(self) -> str:
        """The pages that came back, as one text."""
        pages = sorted((self.folder / self.assignment / "feedback").rglob("*.html"))
        return "\n".join(page.read_text(encoding="utf-8") for page in pages)


@dataclass
class Classroom:
    """A course, an exchange and desks, all inside `folder`."""

    folder: Path
    assignment: str
    desks: dict[str, Desk] = field(default_factory=dict)

    def __post_init__(self):
        self.exchange = self.folder / "exchange"
        self.exchange.mkdir(parents=True)
        self.exchange.chmod(0o777)
        self.course = Course(self.folder / "course", self.assignment)
        # Everybody here is the same user of this computer, which a real class is not.
        configure(self.course.folder, f"c.Exchange.root = {str(self.exchange)!r}", "c.ExchangeCollect.check_owner = False")

    def desk(self, name: str) -> Desk:
        """The desk of a learner; it is set up when first asked for."""
        if name not in self.desks:
            self.desks[name] = Desk(name, self.folder / "desks" / name, self.exchange, self.assignment)
        return self.desks[name]

    def run(self, command: str, *words: str) -> str:
        """Run an nbgrader command on the assignment as the instructor."""
        with at_home(self.folder / "course" / ".home"):
            return self.course.run(command, *words)

    def due_now(self) -> None:
        """Set the due date to this moment, as an instructor sets it in Formgrader."""
        with self.course.gradebook() as book:
            book.update_or_create_assignment(self.assignment, duedate=datetime.now(UTC).replace(tzinfo=None))

    def mark_by_hand(self, points: float, comment: str) -> None:
        """Give every written answer that waits for a person the same points and comment, as Formgrader records them."""
        with self.course.gradebook() as book:
            for submission in book.assignment_submissions(self.assignment):
                for notebook in submission.notebooks:
                    for grade in [grade for grade in notebook.grades if grade.needs_manual_grade]:
                        grade.manual_score, grade.needs_manual_grade = points, False
                        name = grade.name, notebook.name, self.assignment, submission.student.id
                        book.find_comment(*name).manual_comment = comment
            book.db.commit()

    def export(self) -> pd.DataFrame:
        """The grades as nbgrader exports them to CSV, one row a learner."""
        path = self.course.folder / "grades.csv"
        self.run_plain("export", f"--to={path}")
        return pd.read_csv(path, parse_dates=["duedate", "timestamp"]).set_index("student_id")

    def run_plain(self, *words: str) -> str:
        """Run an nbgrader command that is not about one assignment."""
        with at_home(self.folder / "course" / ".home"):
            return nbgrader(*words, folder=self.course.folder)

    def marks(self) -> pd.DataFrame:
        """Points by question (rows) and learner (columns), with what a question is worth."""
        questions = list(self.course.reference())
        grades = {name: self.course.grades(name) for name in self.desks}
        table = {name: by_question(questions, cells, "score") for name, cells in grades.items()}
        worth = by_question(questions, next(iter(grades.values())), "max_score")
        return pd.DataFrame({**table, "of": worth})


def by_question(questions: list[str], cells: Mapping[str, dict], column: str) -> dict[str, float]:
    """Sum the points of test cells and answer cells into the questions that they belong to."""
    return {question: sum(cell[column] for name, cell in cells.items() if f"{name}-".startswith(f"{question}-"))
            for question in questions}


def steps(room: Classroom, answers: Mapping[str, Mapping[str, str]], late: str) -> Iterator[Step]:
    """The loop from source to marks. `answers` holds each learner's answers by grade id; `late` hands in after the date."""
    yield "generate", lambda: room.run("generate_assignment")
    yield "release", lambda: room.run("release_assignment")
    for name in sorted(answers, key=late.__eq__):  # who is late comes last
        desk = room.desk(name)
        if name == late:
            yield "the due date passes", room.due_now
        yield f"{name} fetches", desk.fetch
        yield f"{name} answers", lambda desk=desk: desk.answer(answers[desk.name])
        yield f"{name} submits", desk.submit
    yield "collect", lambda: room.run("collect")
    for name in answers:
        yield f"autograde {name}", lambda name=name: room.run("autograde", f"--student={name}")
    yield "mark by hand", lambda: room.mark_by_hand(2, "Well explained. What would bring tolerance back?")
    yield "generate feedback", lambda: room.run("generate_feedback")
    yield "release feedback", lambda: room.run("release_feedback")
    for desk in room.desks.values():
        yield f"{desk.name} reads the feedback", desk.fetch_feedback
    yield "export", room.export


def demonstrate(folder: Path, assignment: str) -> Classroom:
    """Play the loop with a class of four, with a progress bar, and print the marks."""
    from tqdm import tqdm

    room = Classroom(folder, assignment)
    right = room.course.reference()
    half = dict(list(right.items())[: len(right) // 2])
    todo = list(steps(room, {"perfect": right, "blank": {}, "half": half, "late": right}, late="late"))
    with tqdm(total=len(todo), bar_format="{bar:30} {n_fmt}/{total_fmt}  {desc}") as bar:
        for label, act in todo:
            bar.set_description_str(label)
            act()
            bar.update()
    print(report(room))
    return room


def report(room: Classroom) -> str:
    """The table of marks, and who was late."""
    marks, exported = room.marks(), room.export()
    marks.loc["total"] = marks.sum()
    lateness = (exported["timestamp"] - exported["duedate"]).dt.total_seconds()
    tardy = [f"{name} handed in {seconds:.1f} s after the due date" for name, seconds in lateness.items() if seconds > 0]
    return "\n".join(["", room.assignment, "", marks.to_string(float_format="{:g}".format), "", *tardy,
                      "A late submission loses no points by itself: nbgrader_config.py says so."])


def main() -> None:
    parser = argparse.ArgumentParser(description="Show a class handing in, being marked and getting its work back.")
    parser.add_argument("assignment", nargs="?", default=ASSIGNMENTS[0], choices=ASSIGNMENTS)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="play it in this new folder, and leave it there")
    given = parser.parse_args()
    if given.keep and given.keep.exists():
        parser.error(f"{given.keep} is there already; name a new folder")
    with tempfile.TemporaryDirectory() as folder:
        try:
            demonstrate(given.keep.resolve() if given.keep else Path(folder), given.assignment)
        except CommandFailed as failure:
            parser.exit(1, f"\n{failure}")


if __name__ == "__main__":
    main()
