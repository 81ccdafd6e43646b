"""A marking session: everything that was handed in for one assignment, from reading to the last mark.

    Session    what to mark and how; `run` marks it
    Outcome    what became of it, as a table
"""

from __future__ import annotations

import errno
import fcntl
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Configurable

from safegrade.limits import Limits
from safegrade.marking import ingest
from safegrade.marking.found import keep, kept, place
from safegrade.marking.mark import Marked
from safegrade.marking.paper import Paper
from safegrade.marking.reading import Reader
from safegrade.nbgrader.batch import EVERY, Cluster, Local, Task
from safegrade.nbgrader.course import CourseError, Record, Submission, is_marked, papers, submissions
from safegrade.sandbox import apart, compiled

USUAL = {"workers": None, "scheduler": "", "extras": True, "accept": (), "every": EVERY, "beside": True}


def settings(asker: Configurable) -> dict:
    """What nbgrader_config.py has said to `converters.install`, as an nbgrader program or a part of one knows it."""
    return asker.config.get("Safegrade", {})


def limits_of(asker: Configurable, **typed: float) -> Limits:
    """The limits that nbgrader_config.py sets, but for those that somebody has `typed`."""
    return Limits(**{**settings(asker).get("limits", {}), **typed})


@dataclass
class Outcome:
    """Submissions by what became of them."""

    assignment: str
    rows: list[dict] = field(default_factory=list)
    skipped: int = 0
    unreadable: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, learner: str, marked: list[Marked]) -> None:
        """Note a recorded submission."""
        verdicts = [verdict for each in marked for verdict in each.verdicts.values()]
        reasons = Counter(verdict.reason for verdict in verdicts if verdict.reason not in ("right", "by hand"))
        self.rows.append({
            "learner": learner,
            "points": sum(verdict.points or 0.0 for verdict in verdicts),
            "of": sum(verdict.of for verdict in verdicts),
            "by hand": sum(verdict.points is None for verdict in verdicts),
            "flagged": sum(bool(verdict.doubt) for verdict in verdicts),
            "less protected": sum(verdict.beside for verdict in verdicts),
            "lost by": ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items())),
            "seconds": round(sum(each.seconds for each in marked), 2),
        })

    @property
    def table(self) -> pd.DataFrame:
        """One row a learner."""
        columns = ["learner", "points", "of", "by hand", "flagged", "less protected", "lost by", "seconds"]
        return pd.DataFrame(self.rows, columns=columns).sort_values("learner", ignore_index=True)

    def __str__(self) -> str:
        told = [f"{self.assignment}: {len(self.rows)} marked, {self.skipped} marked before, {len(self.unreadable)} not readable"]
        if self.rows:
            told.append(self.table.to_string(index=False))
        told += self.notes
        return "\n".join([*told, *(f"{learner}: {why}" for learner, why in sorted(self.unreadable.items()))])


@dataclass
class Session:
    """One assignment to be marked. What is None is as the course's nbgrader_config.py has it, whoever asks.

    `scheduler` is the address of a Dask scheduler, or empty for this machine; `extras` says whether cells that learners
    added are run. `accept` are cells whose test may fail its rehearsal: they are marked, and flagged for a person.
    Marks are recorded after `every` so many submissions, once the instructor's own answers were right again.
    """

    coursedir: CourseDirectory
    assignment: str
    learner: str = "*"
    force: bool = False
    workers: int | None = None
    scheduler: str | None = None
    limits: Limits | None = None
    trusted: bool = False
    extras: bool | None = None
    accept: Collection[str] | None = None
    every: int | None = None
    beside: bool | None = None
    parent: Configurable | None = None

    def __post_init__(self):
        self.parent = self.parent or self.coursedir.parent or self.coursedir  # the program, which has read nbgrader_config.py
        self.limits = self.limits or limits_of(self.parent)
        said = settings(self.parent).get("options", {})
        for name, usual in USUAL.items():
            if getattr(self, name) is None:
                setattr(self, name, said.get(name, usual))
        if self.every < 1:
            raise ValueError(f"every = {self.every} is not allowed; it must be at least 1")
        if self.trusted and self.scheduler:
            raise CourseError("trusted submissions are run on this machine only; leave --scheduler out")

    def run(self, progress=lambda done, total: None) -> Outcome:
        """Mark what was handed in and not marked yet; `progress` is called after each. CourseError says what is in the way."""
        outcome = Outcome(self.assignment)
        root = Path(self.coursedir.root)
        sheets = [replace(paper, found=kept(root, paper, self.limits)) for paper in papers(self.coursedir, self.assignment)]
        with only_one(Path(self.coursedir.root), self.assignment):
            with Reader(sheets, self.extras, self.limits.paced()) as reader:
                tasks = [*self.tasks(reader, outcome)]
            if not tasks:
                return outcome
            brings_files = any(sheet.files for task in tasks for sheet in task.sheets)
            with (Record(self.coursedir, self.assignment, self.parent, self.limits.paced().gradebook_seconds) as record,
                  self.markers(sheets, brings_files) as markers):
                outcome.notes = markers.notes
                for done, (submission, marked) in enumerate(markers.run(tasks), 1):
                    if isinstance(marked, Exception):
                        outcome.unreadable[submission.learner] = f"it could not be marked: {type(marked).__name__}: {marked}"
                    else:
                        self.record(record, submission, marked, sheets)
                        outcome.add(submission.learner, marked)
                    progress(done, len(tasks))
        return outcome

    def markers(self, sheets: list[Paper], with_files: bool) -> Local | Cluster:
        if self.scheduler:
            return Cluster(self.scheduler, self.limits, self.accept, self.every, self.beside, with_files)
        if not self.trusted:
            apart(*self.secret())
            compiled()
        made = Local(sheets, self.workers, self.limits, self.trusted, self.accept, self.every, self.beside, with_files)
        if not self.trusted:
            for room in made.rooms.values():
                keep(Path(self.coursedir.root), room.paper, self.limits, room.found)
        return made

    def secret(self) -> list[Path]:
        """The folders and the file of the course that no learner may see."""
        here, root = self.coursedir, Path(self.coursedir.root)
        folders = (here.source_directory, here.submitted_directory, here.autograded_directory, here.feedback_directory)
        book = here.db_url.removeprefix("sqlite:///")
        return [*(root / folder for folder in folders), place(root, self.assignment), *([root / book] if book != here.db_url else [])]

    def tasks(self, reader: Reader, outcome: Outcome) -> Iterator[Task]:
        """What is to be marked. What cannot be read is noted, and stops nobody."""
        found = submissions(self.coursedir, self.assignment, self.learner)
        if not found:
            raise CourseError(f"nothing was handed in for {self.assignment!r}"
                              + ("" if self.learner == "*" else f" by {self.learner!r}") + f" in {self.coursedir.submitted_directory}/")
        for submission in found:
            if not self.force and is_marked(self.coursedir, submission):
                outcome.skipped += 1
                continue
            try:
                yield Task(submission, reader(submission.folder, submission.learner))
            except ingest.Unreadable as error:
                outcome.unreadable[submission.learner] = str(error)

    def record(self, record: Record, submission: Submission, marked: list[Marked], sheets: list[Paper]) -> None:
        """Write one submission's marks."""
        by_name = {paper.notebook: paper for paper in sheets}
        try:
            record.write(submission, marked, [by_name[each.notebook] for each in marked])
        except OSError as error:
            full = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else f"{error.filename}: {error.strerror}"
            raise CourseError(f"{full}. What was recorded before is kept; run the same command again to go on") from error


@contextmanager
def only_one(root: Path, assignment: str) -> Iterator[None]:
    """Keep a second session away from an assignment that is being marked."""
    path = root / f".safegrade-{assignment}.lock"
    with open(path, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError(f"{assignment!r} is being marked by another program ({path} is locked)") from None
        yield
