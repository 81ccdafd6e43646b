"""A class of honest learners: the marks are stock nbgrader's to the point, and a marker that is killed loses nothing."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from random import Random

import nbformat
import pytest

from safegrade.session import Session
from tests.safegrade.classes import (
    ODDITIES,
    coursedir,
    hand_in,
    learners,
    marks_of,
    open_course,
    record,
    twin,
)
from tools.coursework import at_home

CLASSES = {"00_start_here": 28, "02_self_and_nonself": 12}  # 40 together; stock nbgrader takes seconds for each
KILLS = 2  # `make bench` has more


# -- the same marks ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Each class as stock nbgrader marks it and as safegrade does: assignment -> (learners, stock course, safe course)."""
    courses, running = {}, []
    with at_home(tmp_path_factory.mktemp("home")):
        for assignment, count in CLASSES.items():
            those = learners(assignment, count)
            stock, safe = (open_course(tmp_path_factory.mktemp(kind) / "course", assignment, kind == "stock") for kind in ("stock", "safe"))
            hand_in(stock, those), hand_in(safe, those)
            running.append(subprocess.Popen([sys.executable, "-m", "nbgrader", "autograde", assignment], cwd=stock.folder,
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
            courses[assignment] = those, stock, safe
        for assignment, (_, _, safe) in courses.items():
            Session(coursedir(safe), assignment, workers=1).run()
        assert [each.wait() for each in running] == [0, 0]
    return courses


def heard_a_warning(course, learner, cell):
    """Whether stock nbgrader gave a test nothing because something was written to stderr in it (see its `has_failed`)."""
    outputs = marks_of(course, learner)[cell].get("outputs", [])
    return any(output.output_type == "stream" and output.name == "stderr" for output in outputs) and not any(
        output.output_type == "error" for output in outputs)


@pytest.mark.parametrize("assignment", CLASSES)
def test_marks_are_those_of_stock_nbgrader_to_the_point(both, assignment):
    those, stock, safe = both[assignment]
    apart = []
    for learner in those:
        theirs, ours = stock.grades(learner.name), safe.grades(learner.name)
        assert theirs.keys() == ours.keys()
        for cell, grade in theirs.items():
            if heard_a_warning(stock, learner.name, cell):  # stock's own fault: a warning takes all points
                assert (grade["auto_score"], ours[cell]["auto_score"]) == (0, grade["max_score"])
                grade["auto_score"] = grade["score"] = grade["max_score"]
            apart += [(learner, cell, grade, ours[cell])] if wanted(grade) != wanted(ours[cell]) else []
    assert apart == []


def wanted(grade):
    """What has to be the same of a graded cell."""
    return [grade[name] for name in ("auto_score", "manual_score", "needs_manual_grade", "score", "max_score", "failed_tests")]


def test_the_class_has_every_oddity_and_all_kinds_of_marks(both):
    assert {learner.oddity for learner in both["00_start_here"][0]} == set(ODDITIES)
    shares = [grade["score"] / grade["max_score"] for those, _, safe in both.values() for learner in those
              for grade in safe.grades(learner.name).values() if grade["max_score"]]
    assert 0.2 < sum(shares) / len(shares) < 0.9


# -- killed and resumed ----------------------------------------------------------------------------------------------


def places(course):
    """The folder of each marked submission that is in its place, as the disk numbers it."""
    return {path.parent.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in course.folder.glob("autograded/*/[!.]*") if path.is_dir()}


@contextmanager
def marking(course, temporary):
    """`safegrade mark` in a process of its own, which keeps what it needs in `temporary`."""
    with open(course.folder / "said.txt", "a+") as said:
        process = subprocess.Popen([sys.executable, "-m", "safegrade.app", "mark", course.assignment, "--workers=2"], cwd=course.folder,
                                   env=os.environ | {"TMPDIR": str(temporary)}, stdout=said, stderr=said)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def kill_after(course, temporary, count, delay):
    """Kill the marker -9, `delay` seconds after it has put the submission number `count` into its place."""
    with marking(course, temporary) as process:
        while len(places(course)) < count and process.poll() is None:
            time.sleep(0.01)
        time.sleep(delay)
        assert process.poll() is None, (course.folder / "said.txt").read_text()
        process.send_signal(signal.SIGKILL)


def still_there(temporary):
    """Processes in a sandbox that was made for a folder in `temporary`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found += [process.name] if str(temporary) in (process / "mountinfo").read_text() else []
        except OSError:
            continue
    return found


def all_gone(temporary, seconds=20):
    """Whether no process is left within some seconds."""
    until = time.monotonic() + seconds
    while still_there(temporary) and time.monotonic() < until:
        time.sleep(0.1)
    return still_there(temporary) == []


def killed_and_resumed(course, temporary, kills, seed):
    """Kill a marker at random moments, then let it come to its end; what was in place after each."""
    random, seen = Random(seed), []
    for count in sorted(random.sample(range(10), kills)):
        kill_after(course, temporary, count, random.uniform(0, 0.4))
        assert all_gone(temporary)
        seen.append(places(course))
    with marking(course, temporary) as process:
        assert process.wait() == 0, (course.folder / "said.txt").read_text()
    return [*seen, places(course)]


@pytest.fixture(scope="module")
def disturbed(tmp_path_factory):
    """A class marked in peace, its twin marked by a marker that was killed, and what was in place after each kill."""
    folder, temporary = tmp_path_factory.mktemp("killed"), tmp_path_factory.mktemp("tmp")
    with at_home(folder / "home"):
        calm = open_course(folder / "calm", "00_start_here")
        hand_in(calm, learners("00_start_here", 12, seed=3))
        other = twin(calm, folder / "other")
        Session(coursedir(calm), calm.assignment, workers=2).run()
        seen = killed_and_resumed(other, temporary, KILLS, seed=20)
    return calm, other, seen, temporary


def test_a_marker_that_was_killed_and_run_again_leaves_the_same_gradebook(disturbed):
    calm, other, _, _ = disturbed
    with calm.gradebook() as one, other.gradebook() as two:
        assert record(one, calm.assignment) == record(two, calm.assignment)
    assert places(calm).keys() == places(other).keys()


def test_nothing_is_marked_twice(disturbed):
    seen = disturbed[2]
    assert len(seen[-1]) == 12
    for earlier, later in pairwise(seen):
        assert earlier.items() <= later.items()


def test_nothing_half_done_is_left(disturbed):
    _, other, _, temporary = disturbed
    assert [path.name for path in other.folder.glob("autograded/*/.*")] == []
    for name in learners_in(other):
        nbformat.validate(other.read("autograded", name))
    assert still_there(temporary) == []
    assert [path.name for path in temporary.iterdir() if "safegrade" in path.name] == []


def learners_in(course):
    """Who has something in autograded/."""
    return [path.name for path in (course.folder / "autograded").iterdir()]
