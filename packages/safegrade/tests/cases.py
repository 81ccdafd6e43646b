"""Small assignments as other people write them, each with the marks that are right: a text file in `courses/`.

    # %% given                 a cell of the instructor's
    # %% answer NAME           an answer cell, with the instructor's answer
    # %% test NAME [points]    a test; with `hidden` instead of `test`, one that learners do not see
    # %% as WHO NAME           what a learner has in the answer cell NAME; `reference` has the instructor's answers
    # %% beside WHO PATH       a file that a learner hands in beside the notebook; `ships PATH` is one of the assignment's
    # %% marks                 a line for each learner: WHO and the points of the tests, in their order
    # %% apart                 the tests that are run apart, where it matters
    # %% flagged               a line for each learner whom a person has to look at: WHO and the tests, where it matters

    Case     one of them: its paper, its sheets, the right marks
    Rooms    rooms for cases, whose processes share what is warm
"""

import re
import threading
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from safegrade.marking.ingest import Cell
from safegrade.marking.paper import Item, Paper, Sheet, rebuild

COURSES = Path(__file__).parent / "courses"
MARK = re.compile(r"^# %% (.*)$", re.MULTILINE)
BLANK = "# YOUR CODE HERE\nraise NotImplementedError()"


@dataclass
class Case:
    """An assignment and its submissions."""

    name: str
    items: list[Item] = field(default_factory=list)
    reference: dict[str, str] = field(default_factory=dict)
    shipped: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, dict[str, str]] = field(default_factory=lambda: {"reference": {}})
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    marks: dict[str, dict[str, float]] = field(default_factory=dict)
    apart: list[str] | None = None
    flagged: dict[str, set[str]] | None = None

    @cached_property
    def paper(self) -> Paper:
        return Paper(self.name, self.name, tuple(self.items), self.shipped, reference=self.reference)

    def sheet(self, learner: str) -> Sheet:
        """What a learner hands in."""
        given = self.reference if learner == "reference" else self.answers[learner]
        return rebuild(self.paper, learner, [Cell(name, "", "code", text) for name, text in given.items()], files=self.files.get(learner))


def read(name: str) -> Case:
    """The case in a file of `courses/`."""
    return parse(name, (COURSES / f"{name}.txt").read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Case:
    """A case from its text."""
    case = Case(name)
    pieces = MARK.split(text)[1:]
    for head, body in zip(pieces[::2], pieces[1::2]):
        kind, *words = head.split()
        add(case, kind, words, body.strip("\n"))
    return case


def add(case: Case, kind: str, words: list[str], body: str) -> None:
    """Add one piece of a case."""
    tests = [item for item in case.items if item.role == "test"]
    if kind == "given":
        name = f"given-{len(case.items)}"
        case.items.append(Item(name, "code", "code", body, released=body, id=name))
    elif kind == "answer":
        case.items.append(Item(words[0], "answer", "code", BLANK, released=BLANK))
        case.reference[words[0]] = body
    elif kind in ("test", "hidden"):
        case.items.append(Item(words[0], "test", "code", body, float(words[1]) if words[1:] else 1.0, released=body if kind == "test" else ""))
    elif kind == "as":
        case.answers.setdefault(words[0], {})[words[1]] = body
    elif kind == "ships":
        case.shipped[words[0]] = body.encode()
    elif kind == "beside":
        case.files.setdefault(words[0], {})[words[1]] = body.encode()
    elif kind == "apart":
        case.apart = body.split()
    elif kind == "flagged":
        case.flagged = {who: {*tests} for who, *tests in map(str.split, body.splitlines())}
    elif kind == "marks":
        for who, *points in map(str.split, body.splitlines()):
            case.marks[who] = {test.name: float(each) for test, each in zip(tests, points, strict=True)}
            case.answers.setdefault(who, {})


class Shared:
    """A warm process that many rooms use: nobody of them ends it."""

    warm: ClassVar[dict] = {}
    lock = threading.Lock()

    def __init__(self, make):
        self.make = make

    def __call__(self, role, imports=(), trusted=False, given=None, *more):
        with self.lock:
            if role not in self.warm:
                self.warm[role] = self.make(role, (), trusted)
        return Kept(self.warm[role])

    def close(self):
        for warm in self.warm.values():
            warm.close()
        self.warm.clear()


class Kept:
    """A warm process as one room sees it."""

    def __init__(self, warm):
        self.warm = warm

    def __getattr__(self, name):
        return getattr(self.warm, name)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass
