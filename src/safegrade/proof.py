"""Prove an assignment before anybody works on it: `safegrade check`.

    faults    what is wrong, in words: tests that safegrade cannot run, answers that fail their own tests
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from safegrade import ingest
from safegrade.course import CourseError, papers
from safegrade.limits import Limits
from safegrade.mark import Marked, Room
from safegrade.paper import Paper, rebuild
from safegrade.session import limits_of


def faults(coursedir: CourseDirectory, assignment: str) -> list[str]:
    """What is wrong with an assignment; nothing when its own answers get full marks and blank ones none."""
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    limits = limits_of(coursedir.parent or coursedir)
    return [fault for paper in papers(coursedir, assignment) for fault in faults_of(paper, folder, limits)]


def faults_of(paper: Paper, folder: Path, limits: Limits) -> Iterator[str]:
    """What is wrong with one notebook."""
    try:
        own = ingest.read(folder, paper.notebook)
    except ingest.Unreadable as error:
        raise CourseError(f"{folder}: {error}") from error
    with Room(paper, limits) as room:
        right = room.mark(rebuild(paper, "reference", own))
        blank = room.mark(paper.sheet({}))
    yield from reference_faults(paper, right)
    for name, verdict in blank.verdicts.items():
        if verdict.points:
            yield f"{paper.notebook}: a blank answer gets {verdict.points:g} points from {name}"


def reference_faults(paper: Paper, marked: Marked) -> Iterator[str]:
    """Tests that the instructor's own answers do not pass."""
    for name, verdict in marked.verdicts.items():
        if verdict.doubt:
            yield f"{paper.notebook}: {name}: {verdict.doubt}"
        elif verdict.points is not None and verdict.points < verdict.of:
            yield f"{paper.notebook}: {name} gives the instructor's own answer {verdict.points:g} of {verdict.of:g}: {verdict.message or verdict.reason}"
