"""Prove an assignment before anybody works on it: `safegrade check`.

    proven    what is wrong, in words: tests that safegrade cannot run, answers that fail their own tests; and which tests
              are less protected, and how to write them protected
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from safegrade.limits import Limits
from safegrade.marking.found import keep
from safegrade.marking.mark import Marked, Room
from safegrade.marking.paper import Paper
from safegrade.marking.trial import BLANK, REFERENCE, rehearse
from safegrade.nbgrader.course import CourseError, papers
from safegrade.nbgrader.session import limits_of, settings

HOW = ("{}: {} is run beside the learner's code, where that code could lead it astray (less protected): {}. To have it protected, let it "
       "call the answer's functions with numbers, text, lists, arrays or tables and look at what they return.")


def proven(coursedir: CourseDirectory, assignment: str) -> tuple[list[str], list[str]]:
    """What is wrong with an assignment, and what there is to know about it."""
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    program = coursedir.parent or coursedir
    limits, may = limits_of(program), settings(program).get("options", {}).get("beside", True)
    notes: list[str] = []
    known = papers(coursedir, assignment)
    if missing := next((each.notebook for each in known if not (folder / f"{each.notebook}.ipynb").is_file()), ""):
        raise CourseError(f"there is no {missing}.ipynb in {folder}, so nobody knows the instructor's own answers")
    return [fault for paper in known for fault in faults_of(paper, Path(coursedir.root), notes, limits, may)], notes


def faults_of(paper: Paper, root: Path, notes: list[str], limits: Limits, beside: bool = True) -> Iterator[str]:
    """What is wrong with one notebook; what there is to know about it is added to `notes`, and what its trial finds out is kept in `root`.

    `beside` says whether tests may be less protected.
    """
    with Room(paper, limits, beside=beside) as room:
        if not room.rehearsed:
            rehearse(room)
        right, blank = (room.rehearsed[name][1] for name in (REFERENCE, BLANK))
    if not [*reference_faults(paper, right, room.found.beside)]:
        keep(root, paper, limits, room.found)
    notes += [HOW.format(paper.notebook, name, why) for name, why in room.found.beside.items() if right.verdicts[name].points]
    notes += [f"{paper.notebook}: {name} misses a module or a file; it was not tried with one that learners hand in" for name in sorted(room.handed_in)]
    yield from (fault for name, fault in reference_faults(paper, right, room.found.beside) if name not in room.handed_in)
    for name, verdict in blank.verdicts.items():
        if verdict.points:
            yield f"{paper.notebook}: a blank answer gets {verdict.points:g} points from {name}"


def reference_faults(paper: Paper, marked: Marked, beside: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Tests that the instructor's own answers do not pass, by name; `beside` says why one was not run apart."""
    for name, verdict in ((test.name, marked.verdicts[test.name]) for test in paper.tests):
        if verdict.doubt:
            yield name, f"{paper.notebook}: {name}: {verdict.doubt}"
        elif verdict.points is not None and verdict.points < verdict.of:
            why = "; ".join(filter(None, (verdict.message or verdict.reason, beside.get(name))))
            yield name, f"{paper.notebook}: {name} gives the instructor's own answer {verdict.points:g} of {verdict.of:g}: {why}"
