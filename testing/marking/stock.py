"""What stock nbgrader gives a class, kept as a record, because it takes seconds for each learner.

    Stock       stock nbgrader's marks of a class: `marks` come from the record where it is of the same class, the same
                assignment and the same nbgrader; otherwise nbgrader marks them, and the record is made anew

The record is `stock_marks.json`, a part of the repository: commit it when a test has made it anew.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import safegrade_check as check
from testing.marking import classes
from testing.marking.classes import Course, Learner, by_grade_id, hand_in, heard_a_warning, open_course
from tools.coursework import ROOT

RECORD = Path(__file__).with_name("stock_marks.json")
MARKED_BY = ("nbgrader", "nbconvert", "nbclient", "ipykernel", "IPython")


class Stock:
    """Stock nbgrader and a class that hands in an assignment; where it has to mark, it does so in a process beside this one."""

    def __init__(self, folder: Path, assignment: str, those: list[Learner]):
        self.assignment, self.those, self.key = assignment, those, key(assignment, those)
        self.running: subprocess.Popen | None = None
        if kept().get(assignment, {}).get("key") != self.key:
            self.course = open_course(folder / "course", assignment, stock=True)
            hand_in(self.course, those)
            self.running = subprocess.Popen([sys.executable, "-m", "nbgrader", "autograde", assignment], cwd=self.course.folder,
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @property
    def marks(self) -> dict[str, dict[str, dict]]:
        """By learner and graded cell: nbgrader's columns, and `warned` where only something on stderr cost the points."""
        if self.running:
            assert self.running.wait() == 0, "stock nbgrader did not come to its end"
            self.running = None
            found = {"key": self.key, "marks": marks_of(self.course, self.those)}
            RECORD.write_text(json.dumps(kept() | {self.assignment: found}, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        return kept()[self.assignment]["marks"]


def marks_of(course: Course, those: list[Learner]) -> dict[str, dict[str, dict]]:
    """What stock nbgrader has given a class, by learner and graded cell."""
    return {learner.name: of(course, learner.name) for learner in those}


def of(course: Course, learner: str) -> dict[str, dict]:
    """One learner's."""
    executed = by_grade_id(course.read("autograded", learner))
    return {cell: {name: grade[name] for name in classes.COMPARED} | {"warned": heard_a_warning(executed[cell])}
            for cell, grade in course.grades(learner).items()}


def kept() -> dict:
    """The record."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}


def key(assignment: str, those: list[Learner]) -> str:
    """A number that changes with who hands in what, with the assignment, and with the nbgrader that marks it."""
    source = ROOT / "source" / assignment / f"{assignment}.ipynb"
    parts = [source.read_bytes(), Path(classes.__file__).read_bytes(), Path(check.__file__).read_bytes(),
             json.dumps([asdict(learner) for learner in those], sort_keys=True).encode(),
             json.dumps({name: version(name) for name in MARKED_BY}).encode()]
    return sha256(b"\0".join(parts)).hexdigest()
