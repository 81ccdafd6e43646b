"""What a trial finds out about the tests of a paper (see `trial`), and where it is kept from one session to the next.

    Found       how each test is run, and what the instructor's own answers show
    key         a number that changes with the paper, its limits, this Python and every package: a finding holds for one
    kept, keep  read and write a finding in the folder of a course

A finding that is kept spares the trial and nothing else. Whether the instructor's answers get full marks with it, and the
blank release none, is looked at each time, and where they do not it is forgotten (see `rehearsal`).
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from safegrade import sandbox
from safegrade.limits import Limits
from safegrade.marking.paper import Paper


@dataclass
class Found:
    """`beside` holds the tests that are run beside the learner's code, and why."""

    beside: dict[str, str] = field(default_factory=dict)
    changes: set[str] = field(default_factory=set)  # tests whose arguments the instructor's own answers change
    keeps: list[str] | None = None  # what the notebook itself replaces in Python and its libraries
    handed_in: set[str] = field(default_factory=set)  # tests that miss a module or file in the instructor's answers: learners may hand it in
    homemade: dict[str, frozenset[int]] = field(default_factory=dict)  # where the instructor's own objects are compared, by test
    attributes: dict[str, set[str]] = field(default_factory=dict)  # what tests ask of the objects in the instructor's own answers
    handled: dict[str, set[str]] = field(default_factory=dict)  # the types of those of their objects that no copy could be made of, by test
    replays_hidden: bool = False  # whether a test beside needs what hidden tests before it have done
    outputs: dict[str, list[dict]] = field(default_factory=dict)  # what cells print with those answers
    modules: dict[str, list[str]] = field(default_factory=dict)  # what answers and tests have imported, by the role of the process
    hurried: bool = False  # whether a limit of time had a part in it: then it is for this once

    def as_text(self) -> str:
        """The finding as JSON."""
        return json.dumps(asdict(self), default=sorted)

    @classmethod
    def of_text(cls, text: str) -> Found:
        """The finding in such a text."""
        told = json.loads(text)
        sets = {name: {*told[name]} for name in ("changes", "handed_in")}
        homemade = {name: frozenset(places) for name, places in told["homemade"].items()}
        by_test = {name: {test: {*words} for test, words in told[name].items()} for name in ("attributes", "handled")}
        return cls(**told | sets | by_test | {"homemade": homemade})


def key(paper: Paper, limits: Limits) -> str:
    """What a finding is kept by."""
    whole = (paper.items, sorted(paper.files.items()), sorted(paper.reference.items()), sorted(paper.theirs), limits, *surroundings())
    return hashlib.sha256(repr(whole).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def surroundings() -> tuple[str, ...]:
    """This Python, its packages and their versions, and the state of what is imported from folders of one's own."""
    versions = sorted({f"{each.name} {each.version}" for each in distributions()})
    own = [path for path in map(Path, sandbox.importable()) if path.is_dir() and not path.is_relative_to(os.path.realpath(sys.base_prefix))]
    files = sorted(path for folder in own if folder not in sandbox.packages() for path in folder.rglob("*.py"))
    return (platform.python_version(), platform.platform(), *versions, *(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files))


def place(root: Path, assignment: str) -> Path:
    """The file that holds an assignment's findings, which nobody but the instructor may read."""
    return root / f".safegrade-{assignment}.found.json"


def kept(root: Path, paper: Paper, limits: Limits) -> Found | None:
    """The finding of an earlier session, if it is about the same."""
    known = all_kept(root, paper.assignment).get(paper.notebook, {})
    return Found.of_text(known["found"]) if known.get("key") == key(paper, limits) else None


def all_kept(root: Path, assignment: str) -> dict[str, dict[str, str]]:
    """What is kept of an assignment, by notebook; nothing where the file is none or not there."""
    with suppress(OSError, ValueError):
        return json.loads(place(root, assignment).read_text(encoding="utf-8"))
    return {}


def keep(root: Path, paper: Paper, limits: Limits, found: Found) -> None:
    """Keep a finding beside those of the assignment's other notebooks; a folder that cannot be written goes without."""
    if found.hurried:
        return
    path, known = place(root, paper.assignment), all_kept(root, paper.assignment)
    if known.get(paper.notebook, {}).get("key") == key(paper, limits) and known[paper.notebook]["found"] == found.as_text():
        return
    known[paper.notebook] = {"key": key(paper, limits), "found": found.as_text()}
    with suppress(OSError):
        beside = path.with_suffix(".new")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(known, file)
        beside.replace(path)
