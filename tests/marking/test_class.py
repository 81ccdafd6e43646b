"""A class of honest learners: the marks are stock nbgrader's to the point, and a marker that is killed loses nothing."""

from itertools import pairwise

import nbformat
import pytest

from safegrade.nbgrader.session import Session
from testing.marking.classes import (
    ODDITIES,
    coursedir,
    differences,
    hand_in,
    held,
    killed_and_resumed,
    learners,
    open_course,
    places,
    still_there,
    twin,
)
from testing.marking.stock import Stock
from tools.nbgrader_commands import at_home

CLASSES = {"00_start_here": 28, "02_self_and_nonself": 12}  # 40 together; stock nbgrader takes seconds for each
KILLS = 2  # `make bench` has more


# -- the same marks ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Each class as stock nbgrader marks it and as safegrade does: assignment -> (learners, stock marks, safe course)."""
    courses = {}
    with at_home(tmp_path_factory.mktemp("home")):
        for assignment, count in CLASSES.items():
            those, safe = learners(assignment, count), open_course(tmp_path_factory.mktemp("safe") / "course", assignment)
            hand_in(safe, those)
            courses[assignment] = those, Stock(tmp_path_factory.mktemp("stock"), assignment, those), safe
        for assignment, (_, _, safe) in courses.items():
            Session(coursedir(safe), assignment, workers=1).run()
        return {assignment: (those, stock.marks, safe) for assignment, (those, stock, safe) in courses.items()}


@pytest.mark.parametrize("assignment", CLASSES)
def test_marks_are_those_of_stock_nbgrader_to_the_point(both, assignment):
    _, stock, safe = both[assignment]
    apart, warned, cells = differences(stock, safe)
    assert apart == []
    assert warned < cells / 4  # stderr alone gives 0 there


def test_the_class_has_every_oddity_and_all_kinds_of_marks(both):
    assert {learner.oddity for learner in both["00_start_here"][0]} == set(ODDITIES)
    shares = [grade["score"] / grade["max_score"] for those, _, safe in both.values() for learner in those
              for grade in safe.grades(learner.name).values() if grade["max_score"]]
    assert 0.2 < sum(shares) / len(shares) < 0.9


# -- killed and resumed ----------------------------------------------------------------------------------------------


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
    assert held(calm) == held(other)
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
