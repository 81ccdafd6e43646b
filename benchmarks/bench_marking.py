"""Marking a generated class: safegrade against stock `nbgrader autograde`, on the same submissions in one run.

SUBMISSIONS=20 in the environment makes the class smaller than 300. Times are on the clock, because marking waits for
other processes; on a busy machine only the ratios mean anything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, wraps
from itertools import pairwise
from pathlib import Path
from statistics import mean
from unittest.mock import patch

import psutil

from safegrade.marking import ingest
from safegrade.marking.mark import Room, Sitting
from safegrade.marking.paper import rebuild
from safegrade.nbgrader import session
from safegrade.nbgrader.course import Record, papers, submissions
from safegrade.nbgrader.session import Session
from safegrade.sandbox.ahead import Ahead
from testing.marking.classes import (
    coursedir,
    differences,
    hand_in,
    held,
    killed_and_resumed,
    learners,
    open_course,
    twin,
)
from testing.marking.clusters import cluster
from testing.marking.stock import marks_of
from tools.coursework import ROOT, Course
from tools.nbgrader_commands import at_home

ASSIGNMENT = "02_self_and_nonself"
COUNT = int(os.environ.get("SUBMISSIONS", "300"))
ROOM = "a room: imports, and a rehearsal"
WAITING, CELLS, AGAIN, WRITING = "waiting for a kernel", "learners' cells", "cells once more", "writing marks and notebooks"
PARTS = {ROOM: (Room, "__init__"), WAITING: (Ahead, "take"), CELLS: (Sitting, "run"), "tests": (Sitting, "test"),
         AGAIN: (Room, "untold"), WRITING: (Record, "write")}

THIRDS = ("*[0-2]", "*[3-6]", "*[7-9]")  # of the class, by the last digit of a learner's name

Row = tuple[str, str, str]


@cache
def courses() -> tuple[ExitStack, Course, Course]:
    """What keeps the folders, and a course that is stock and one that is not, in which the class has handed in."""
    stack = ExitStack()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    stack.enter_context(at_home(folder / "home"))
    pair = [open_course(folder / kind, ASSIGNMENT, kind == "stock") for kind in ("stock", "safe")]
    for course in pair:
        hand_in(course, learners(ASSIGNMENT, COUNT))
    return stack, *pair


def fresh() -> Course:
    """The course that is not stock, not marked yet."""
    _, _, safe = courses()
    return twin(safe, Path(tempfile.mkdtemp(dir=safe.folder.parent)) / "course")


def seconds(act: Callable[[], object]) -> float:
    """How long something takes on the clock."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def stock_marks(part: str) -> None:
    """Have stock nbgrader mark a part of the class, as it is typed."""
    command = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, f"--student={part}"]
    subprocess.run(command, cwd=courses()[1].folder, check=True, capture_output=True)


def ours(course: Course, workers: int) -> float:
    """Seconds in which `safegrade mark` marks a course, start and imports included."""
    command = [sys.executable, "-m", "safegrade.app", "mark", ASSIGNMENT, f"--workers={workers}"]
    return seconds(lambda: subprocess.run(command, cwd=course.folder, check=True, capture_output=True))


def bare(workers: int) -> float:
    """Seconds for the same cells and tests in one bare fork each (see `benchmarks.bare`), start and imports included."""
    _, _, safe = courses()
    here = coursedir(safe)
    (sheet,) = papers(here, ASSIGNMENT)
    told = {"imports": sheet.imports, "given": sheet.own, "submissions": [
        [item.source for item in rebuild(sheet, each.learner, ingest.read(each.folder, ASSIGNMENT)).items if item.kind == "code" and not item.gone]
        for each in submissions(here, ASSIGNMENT)]}
    file = safe.folder.parent / "bare.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.bare", file, str(workers)]
    return seconds(lambda: subprocess.run(command, cwd=ROOT, check=True, capture_output=True))


def rows() -> Iterator[Row]:
    """Submissions a minute, and whether the marks are the same.

    A machine's speed drifts within minutes, so stock nbgrader marks the class in parts, and safegrade all of it after each.
    """
    stock, taken, floor = 0.0, {1: [], 2: []}, {1: [], 2: []}
    for part in THIRDS:
        stock += seconds(lambda part=part: stock_marks(part))
        for workers, times in taken.items():
            course = fresh()
            times.append(ours(course, workers))
            floor[workers].append(bare(workers))
    yield f"stock nbgrader autograde, {COUNT} submissions", f"{60 * COUNT / stock:.1f}", "a minute"
    for workers, times in taken.items():
        each = ", ".join(f"{60 * COUNT / time:.0f}" for time in times)
        yield f"safegrade, {workers} at a time ({each})", f"{60 * COUNT / mean(times):.1f}", f"a minute, {stock / mean(times):.1f} x stock"
        yield (f"  in one bare forked Python each, {workers} at a time", f"{60 * COUNT / mean(floor[workers]):.1f}",
               f"a minute: safegrade takes {mean(times) / mean(floor[workers]):.1f} x as long")
    apart, warned, cells = differences(marks_of(courses()[1], learners(ASSIGNMENT, COUNT)), course)
    yield "graded cells whose marks differ from stock's", f"{len(apart)}", f"of {cells:,}"
    yield "  and cells that a warning cost all points with stock alone", f"{warned}", "its own fault"


# -- where the time goes ---------------------------------------------------------------------------------------------


@contextmanager
def timed(spent: Counter) -> Iterator[None]:
    """Add up the seconds in each of PARTS; what is run again counts as that alone."""
    again = threading.local()

    def watch(name: str, act: Callable) -> Callable:
        @wraps(act)
        def watched(*given, **named):
            began, inside = time.perf_counter(), getattr(again, "runs", False)
            again.runs = inside or name == AGAIN
            try:
                return act(*given, **named)
            finally:
                again.runs = inside
                if name == ROOM:
                    spent.clear()  # its rehearsal is a part of it
                if not inside:
                    spent[name] += time.perf_counter() - began
        return watched

    with ExitStack() as stack:
        for name, (owner, method) in PARTS.items():
            stack.enter_context(patch.object(owner, method, watch(name, getattr(owner, method))))
        yield


def time_rows(count: int = 20) -> Iterator[Row]:
    """Where the time of one submission after the other goes; marks are written while the next one is marked."""
    course, spent = some(count), Counter()
    with timed(spent):
        Session(coursedir(course), ASSIGNMENT, workers=1).run()
    yield f"{ROOM}; once for all", f"{spent.pop(ROOM):.1f} s", ""
    spent[CELLS] -= spent[WAITING]
    meanwhile = {name: spent.pop(name, 0.0) for name in (WRITING,)}
    for name, taken in spent.items():
        yield f"{name}, each submission", f"{1000 * taken / count:.0f} ms", f"{taken / spent.total():.0%}"
    for name, taken in meanwhile.items():
        yield f"{name}, each submission", f"{1000 * taken / count:.0f} ms", "while the next is marked"


def some(count: int) -> Course:
    """A course in which `count` learners have handed in."""
    course = fresh()
    for folder in sorted((course.folder / "submitted").iterdir())[count:]:
        folder.rename(course.folder / f"later-{folder.name}")
    return course


# -- memory ----------------------------------------------------------------------------------------------------------


def held_by_others() -> float:
    """MB that the processes below this one hold, what they share counted once."""
    total = 0
    for process in psutil.Process().children(recursive=True):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 1e6


def memory_rows(count: int = 12) -> Iterator[Row]:
    """What the warm processes hold, and what each submission that is being marked adds."""
    idle, peaks = [], {}
    for workers in (1, 2):
        peaks[workers] = peak(some(count), workers, idle)
    yield "the warm kernel and examiner together", f"{idle[0]:.0f} MB", "proportional share (PSS)"
    yield "and one submission at a time, at most", f"{peaks[1]:.0f} MB", f"{peaks[1] - idle[0]:.0f} MB more"
    yield "and two at a time, at most", f"{peaks[2]:.0f} MB", f"{peaks[2] - peaks[1]:.0f} MB for the second"


def peak(course: Course, workers: int, idle: list[float]) -> float:
    """The most that is held while a course is marked; what is held before the first is added to `idle`."""
    seen, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            seen.append(held_by_others())

    class Waiting(session.Local):
        def run(self, tasks):
            idle.append(held_by_others())
            return super().run(tasks)

    watcher = threading.Thread(target=look)
    with patch.object(session, "Local", Waiting):
        watcher.start()
        Session(coursedir(course), ASSIGNMENT, workers=workers).run()
        over.set()
        watcher.join()
    return max(seen)


# -- a cluster, and kill -9 ------------------------------------------------------------------------------------------


def safety_rows(count: int = 30, kills: int = 5) -> Iterator[Row]:
    """A cluster without a shared folder, and a marker that is killed: how fast, and whether the gradebook is the same."""
    calm, spread, killed = some(count), some(count), some(count)
    Session(coursedir(calm), ASSIGNMENT, workers=2).run()
    folder = Path(tempfile.mkdtemp(dir=calm.folder.parent))
    with cluster(folder / "cluster") as (address, _):
        taken = seconds(lambda: Session(coursedir(spread), ASSIGNMENT, scheduler=address).run())
    yield "a Dask cluster of two worker processes, no shared folder", f"{60 * count / taken:.1f}", f"a minute, {same(spread, calm)}"
    seen = killed_and_resumed(killed, folder, kills, seed=9)
    twice = sum(not earlier.items() <= later.items() for earlier, later in pairwise(seen))
    yield f"killed -9 {kills} times and run again", f"{twice}", f"marked twice, {same(killed, calm)}"


def same(one: Course, other: Course) -> str:
    return "the same gradebook" if held(one) == held(other) else "ANOTHER GRADEBOOK"
