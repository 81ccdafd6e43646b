"""An nbgrader course, read and written: what is to be marked, and what was.

    papers(coursedir, assignment)     the papers of an assignment, from its release and the gradebook
    Submission, submissions(…)        what was handed in, still unread
    Record                            the one writer: marks into the gradebook, executed notebooks into autograded/

nbgrader's own gradebook, folders and classes are used throughout. A submission is recorded in one transaction, and
its notebook is in place only after that: a run that was stopped anywhere can be run again.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors.latesubmissions import AssignLatePenalties
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import OperationalError

from safegrade.limits import MB, Limits
from safegrade.marking import ingest
from safegrade.marking.mark import Marked
from safegrade.marking.paper import Item, Paper
from safegrade.sandbox.warm import Closing

MOST_SHIPPED = 64 * MB
MOST_NOTEBOOKS = 64 * MB  # of one submission together
LONGEST_TIME = 100  # characters of a time stamp
LONGEST_NOTE = 4096  # bytes of what nbgrader put there; its secret has more than a hundred


class CourseError(RuntimeError):
    """Something about the course that keeps anything from being marked; the message says what to do."""


# -- what is to be marked --------------------------------------------------------------------------------------------


@contextmanager
def gradebook(coursedir: CourseDirectory) -> Iterator[Gradebook]:
    """The course's gradebook; CourseError where there is none, or it is another program's."""
    try:
        not_of_another(coursedir.db_url)
        book = Gradebook(coursedir.db_url, coursedir.course_id)
    except Exception as error:
        raise CourseError(f"{coursedir.db_url} cannot be used as a gradebook: {str(error).splitlines()[0]}") from error
    with book:
        yield book


def not_of_another(db_url: str) -> None:
    """ValueError for a database of another program: nbgrader would put its tables beside those."""
    engine = create_engine(db_url)
    try:
        tables = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if tables and "submitted_assignment" not in tables:
        raise ValueError(f"it holds another program's tables ({', '.join(sorted(tables)[:5])})")


def no_assignment(book: Gradebook, assignment: str) -> CourseError:
    """The error that says which assignments there are."""
    known = ", ".join(sorted(each.name for each in book.assignments)) or "none yet"
    return CourseError(f"there is no assignment {assignment!r} in the gradebook; there are: {known}. "
                       f"Make it with: nbgrader generate_assignment {assignment}")


def papers(coursedir: CourseDirectory, assignment: str) -> list[Paper]:
    """The papers of an assignment, one a notebook; CourseError where there is none or it was not released yet."""
    released = Path(coursedir.format_path(coursedir.release_directory, ".", assignment))
    with gradebook(coursedir) as book:
        try:
            names = [notebook.name for notebook in book.find_assignment(assignment).notebooks]
        except MissingEntry:
            raise no_assignment(book, assignment) from None
        for name in names:
            if not (released / f"{name}.ipynb").is_file():
                raise CourseError(f"{released / name}.ipynb is missing. Make it with: nbgrader generate_assignment {assignment}")
        files = shipped(released)
        return [paper(coursedir, book, assignment, name, released / f"{name}.ipynb", files) for name in names]


def paper(coursedir: CourseDirectory, book: Gradebook, assignment: str, name: str, released: Path, files: dict[str, bytes]) -> Paper:
    """One notebook of an assignment as a paper."""
    notebook = nbformat.read(released, as_version=4)
    full = {cell.name: cell.source for cell in book.find_notebook(name, assignment).source_cells}
    items = tuple(item(cell, place, full) for place, cell in enumerate(notebook.cells))
    theirs = frozenset(coursedir.config.get("Autograde", {}).get("exclude_overwriting", {}).get(assignment, ()))
    return Paper(assignment, name, items, files, dict(notebook.metadata), solved(coursedir, assignment, name), theirs)


def item(cell: NotebookNode, place: int, full: dict[str, str]) -> Item:
    """A released cell as an item; a test has the source that the gradebook keeps."""
    data = cell.metadata.get("nbgrader", {})
    name = data.get("grade_id") or cell.get("id") or f"cell-{place}"
    solution, grade = bool(data.get("solution")), bool(data.get("grade"))
    role = "answer" if solution else "test" if grade else "text" if cell.cell_type != "code" else "code"
    source = full.get(name, cell.source) if role == "test" else cell.source
    by_hand = solution and grade or role == "test" and cell.cell_type != "code"
    points = float(data.get("points", 0)) if grade else 0.0
    return Item(name, role, cell.cell_type, source, points, by_hand, json.loads(json.dumps(cell.metadata)), cell.source, cell.get("id", ""))


def solved(coursedir: CourseDirectory, assignment: str, name: str) -> dict[str, str]:
    """The instructor's own answers in code, by grade id, where the source is at hand."""
    path = Path(coursedir.format_path(coursedir.source_directory, ".", assignment), f"{name}.ipynb")
    if not path.is_file():
        return {}
    cells = nbformat.read(path, as_version=4).cells
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in cells if cell.cell_type == "code" and utils.is_solution(cell)}


def shipped(folder: Path) -> dict[str, bytes]:
    """The files that an assignment ships beside its notebooks, by their path in its folder."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".ipynb"]
    size = sum(path.stat().st_size for path in found)
    if size > MOST_SHIPPED:
        raise CourseError(f"{folder} ships {size / MB:.0f} MB; at most {MOST_SHIPPED // MB} MB go along with each submission")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@dataclass(frozen=True)
class Submission:
    """A submission's folder, and where its marked copy goes."""

    learner: str
    folder: Path
    marked: Path


def submissions(coursedir: CourseDirectory, assignment: str, learner: str = "*") -> list[Submission]:
    """What was handed in, by learner; nothing of it has been opened."""
    pattern = Path(coursedir.format_path(coursedir.submitted_directory, "LEARNER", assignment))
    place = pattern.parts.index("LEARNER")
    root = Path(*pattern.parts[:place])
    names = sorted(path.name for path in root.iterdir()) if learner == "*" and root.is_dir() else [] if learner == "*" else [learner]
    found = []
    for name in names:
        folder = Path(coursedir.format_path(coursedir.submitted_directory, name, assignment))
        if not name.startswith(".") and os.path.lexists(folder):
            found.append(Submission(name, folder, Path(coursedir.format_path(coursedir.autograded_directory, name, assignment))))
    return found


def is_marked(coursedir: CourseDirectory, submission: Submission) -> bool:
    """Whether a submission has been marked and has not been handed in again since."""
    if not submission.marked.is_dir():
        return False
    if (known := submitted_then(submission.marked)) and known != fingerprint(submission.folder):
        return False
    new, old = (timestamp(folder) for folder in (submission.folder, submission.marked))
    return not (new and old and new > old)


def fingerprint(folder: Path) -> str:
    """What a submission's notebooks hold, as one number: one that was handed in again may have no time stamp."""
    found, size = hashlib.sha256(), 0
    with suppress(ingest.Unreadable, OSError):
        ingest.count_files(folder)
        for path in sorted(folder.glob("*.ipynb")):
            content = ingest.read_plain_file(path)
            size += len(content)
            if size > MOST_NOTEBOOKS:  # nobody hands in so much, and a file with holes costs its sender nothing
                break
            found.update(path.name.encode("utf-8", "surrogateescape") + b"\0" + hashlib.sha256(content).digest())
    return found.hexdigest()


def submitted_then(marked: Path) -> str:
    """The fingerprint of what was marked, or nothing where it was not noted."""
    for path in sorted(marked.glob("*.ipynb")):
        with suppress(OSError, ValueError, AttributeError):
            return str(json.loads(path.read_bytes())["metadata"].get("safegrade", {}).get("submitted", ""))
    return ""


def timestamp(folder: Path):
    """When a submission was handed in, or None where that is not known."""
    with suppress(Exception):  # whatever a learner wrote there, it is a time or it is none
        return utils.parse_utc(ingest.read_plain_file(folder / "timestamp.txt")[:LONGEST_TIME].decode(errors="replace").strip())
    return None


# -- what was marked -------------------------------------------------------------------------------------------------


class Record(Closing):
    """The one writer of marks; a context manager, which holds the gradebook open and no lock on it between two submissions."""

    def __init__(self, coursedir: CourseDirectory, assignment: str, parent=None, patience: float = Limits.gradebook_seconds):
        self.assignment, self.patience, self.stack = assignment, patience, ExitStack()
        self.penalties = AssignLatePenalties(parent=parent)
        self.book = self.stack.enter_context(gradebook(coursedir))
        self.book.db.commit = self.book.db.flush  # nbgrader commits at each step; here a submission is one step

    def close(self) -> None:
        self.stack.close()

    def write(self, submission: Submission, marked: list[Marked], papers: list[Paper]) -> None:
        """Record a marked submission: its notebooks beside their place, its marks in one transaction, then into place."""
        beside = submission.marked.with_name(f".{submission.marked.name}.new")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        for each, paper_ in zip(marked, papers):
            text = json.dumps(notebook(each, paper_, fingerprint(submission.folder)), ensure_ascii=False)  # nbformat's own writer takes ten times as long
            (beside / f"{each.notebook}.ipynb").write_bytes(text.encode("utf-8", "replace"))  # a learner may print half a character
        for name, content in papers[0].files.items() if papers else ():
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).write_bytes(content)
        self.nbgraders_own(submission.folder, beside)
        self.patiently(lambda: self.marks(submission, marked))
        if submission.marked.exists():
            utils.rmtree(str(submission.marked))
        beside.rename(submission.marked)

    def nbgraders_own(self, folder: Path, beside: Path) -> None:
        """Write the two files that nbgrader needs when it gives feedback back: a time that is one, and a secret.

        Where a learner handed in none, nobody knows the secret that is made here, and the feedback is for the marked copy only.
        """
        when = timestamp(folder) or datetime.now(UTC)
        (beside / "timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S.%f} UTC", encoding="utf-8")
        try:
            secret = ingest.read_plain_file(folder / "submission_secret.txt")[:LONGEST_NOTE].decode()
        except (ingest.Unreadable, ValueError):
            secret = secrets.token_hex(64)
        (beside / "submission_secret.txt").write_text(secret or secrets.token_hex(64), encoding="utf-8")

    def patiently(self, act) -> None:
        """Try again for a while where another program holds the gradebook."""
        until = time.monotonic() + self.patience
        while True:
            try:
                return act()
            except (OperationalError, InvalidEntry) as error:  # nbgrader makes the second of the first
                if "locked" not in str(error) or time.monotonic() > until:
                    raise CourseError(f"the gradebook cannot be written: {str(error).splitlines()[0]}. What was recorded before is kept; "
                                      "run the same command again to go on") from error
                time.sleep(0.5)

    def marks(self, submission: Submission, marked: list[Marked]) -> None:
        """Write the marks of a submission in one transaction."""
        session = self.book.db()
        try:
            self.enter(submission, marked)
            session.commit()
        except BaseException:
            session.rollback()
            raise

    def enter(self, submission: Submission, marked: list[Marked]) -> None:
        """Put the marks of a submission into the transaction that is open."""
        book, learner, when = self.book, submission.learner, timestamp(submission.folder)
        book.update_or_create_student(learner)
        with book.db.no_autoflush:  # nbgrader makes rows that refer to one another, and SQLAlchemy warns of those half made
            sent = book.update_or_create_submission(self.assignment, learner, **({"timestamp": when} if when else {}))
        for each in marked:
            self.notebook_marks(book.find_submission_notebook(each.notebook, self.assignment, learner), each)
        for missing in {pages.name for pages in sent.notebooks} - {each.notebook for each in marked}:
            no_notebook(book.find_submission_notebook(missing, self.assignment, learner))
        book.db.flush()
        self.late(sent, learner)

    def notebook_marks(self, pages, marked: Marked) -> None:
        """Set scores and comments of a submitted notebook."""
        for grade in pages.grades:
            if verdict := marked.verdicts.get(grade.name):
                grade.auto_score = verdict.points
                grade.needs_manual_grade = verdict.points is None or bool(verdict.doubt) or grade.manual_score is not None
        untouched = {item.name for item in marked.items if item.role == "answer" and item.untouched
                     and (item.name not in marked.verdicts or marked.verdicts[item.name].points is not None)}
        for comment in pages.comments:
            comment.auto_comment = "No response." if comment.name in untouched else None

    def late(self, sent, learner: str) -> None:
        """Set the penalty for handing in late, by the course's own plugin."""
        self.penalties.init_plugin()
        for pages in sent.notebooks:
            pages.late_submission_penalty = None
            if sent.total_seconds_late > 0:
                penalty = self.penalties.plugin_inst.late_submission_penalty(learner, pages.score, sent.total_seconds_late)
                if penalty is not None:
                    pages.late_submission_penalty = self.penalties._check_late_penalty(pages, penalty)


def no_notebook(pages) -> None:
    """A notebook that was not handed in has no points."""
    for grade in pages.grades:
        grade.auto_score, grade.needs_manual_grade = 0, False


def notebook(marked: Marked, paper: Paper, submitted: str = "") -> dict:
    """The executed notebook, as Formgrader shows it; what marking noted lies in its metadata."""
    noted = {"submitted": submitted, "dropped": list(marked.dropped), "seconds": round(marked.seconds, 3), "trusted": marked.trusted,
             "less protected": [name for name, verdict in marked.verdicts.items() if verdict.beside]}
    used: set[str] = set()
    cells = [cell(marked, each, place, used) for place, each in enumerate(marked.items)]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {**paper.metadata, "safegrade": noted}, "cells": cells}


def cell(marked: Marked, item: Item, place: int, used: set[str]) -> dict:
    """One cell of the executed notebook, with an id of its own."""
    name = item.id if item.id and item.id not in used else f"cell-{place}"
    used.add(name)
    verdict = marked.verdicts.get(item.name)
    metadata = {**item.metadata, "safegrade": asdict(verdict)} if verdict else item.metadata
    run = {"execution_count": None, "outputs": marked.outputs.get(item.name, [])} if item.kind == "code" else {}
    return {"cell_type": item.kind, "id": name, "metadata": metadata, "source": item.source, **run}
