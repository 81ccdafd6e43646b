"""A Dask cluster of processes that share no folder gives the same gradebook; one that is away or dies loses nothing."""

import pytest

from safegrade.limits import Limits
from safegrade.nbgrader import batch
from safegrade.nbgrader.course import CourseError
from safegrade.nbgrader.session import Session
from testing.marking.classes import coursedir, hand_in, held, learners, open_course, twin
from testing.marking.clusters import cluster
from tools.nbgrader_commands import at_home

ASSIGNMENT = "00_start_here"
SOON = Limits(scheduler_seconds=1.0)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A course in which a class of ten has handed in."""
    folder = tmp_path_factory.mktemp("handed-in")
    with at_home(folder / "home"):
        opened = open_course(folder / "course", ASSIGNMENT)
        hand_in(opened, learners(ASSIGNMENT, 10, seed=5))
        yield opened


@pytest.fixture(scope="module")
def here(handed_in, tmp_path_factory):
    """What a gradebook holds when the class was marked on this machine."""
    course = twin(handed_in, tmp_path_factory.mktemp("here") / "course")
    Session(coursedir(course), ASSIGNMENT, workers=1).run()
    return held(course)


def test_a_cluster_without_a_shared_folder_gives_the_same_gradebook(handed_in, here, tmp_path):
    course = twin(handed_in, tmp_path / "course")
    with cluster(tmp_path / "cluster") as (address, _):
        outcome = Session(coursedir(course), ASSIGNMENT, scheduler=address).run()
        left = [path for path in (tmp_path / "cluster").rglob("*") if path.suffix in (".ipynb", ".db")]
    assert (len(outcome.rows), outcome.unreadable) == (10, {})
    assert held(course) == here
    assert left == []


def test_a_scheduler_that_dies_in_the_middle_leaves_what_was_recorded_and_the_rest_is_marked_later(handed_in, here, tmp_path):
    course = twin(handed_in, tmp_path / "course")
    with cluster(tmp_path / "cluster", workers=1) as (address, scheduler):
        def end_it(done, total):
            if done == 3:
                scheduler.kill()

        with pytest.raises(CourseError, match="went away. What it had marked is recorded; run the same command again") as lost:
            Session(coursedir(course), ASSIGNMENT, scheduler=address, limits=Limits(scheduler_seconds=5.0), every=1).run(end_it)
    assert "\n" not in str(lost.value)
    recorded = held(course)["marks"]
    assert len(recorded) >= 3 and recorded.items() <= here["marks"].items()
    outcome = Session(coursedir(course), ASSIGNMENT, workers=1).run()
    assert (outcome.skipped, len(outcome.rows)) == (len(recorded), 10 - len(recorded))
    assert held(course) == here


def test_a_scheduler_that_is_away_is_told_in_one_line_and_nothing_is_written(handed_in, tmp_path):
    course = twin(handed_in, tmp_path / "course")
    with pytest.raises(CourseError, match="no Dask scheduler answers at 'tcp://127.0.0.1:9'.* Start one with `dask scheduler --host 127.0.0.1`") as away:
        Session(coursedir(course), ASSIGNMENT, scheduler="tcp://127.0.0.1:9", limits=SOON).run()
    assert "\n" not in str(away.value)
    assert held(course)["marks"] == {}


@pytest.mark.parametrize("address", ["tcp://localhost:port", "127.0.0.1:port", "ftp://127.0.0.1:1"])
def test_what_is_no_address_is_told_in_one_line(handed_in, address):
    with pytest.raises(CourseError, match="no Dask scheduler answers at") as wrong:
        Session(coursedir(handed_in), ASSIGNMENT, scheduler=address, limits=SOON).run()
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize("address", ["tcp://192.0.2.1:8786", "192.0.2.1:8786", "nonsense", "tcp://", "ws://host:80", "tcp://0.0.0.0:8786", "ucx://10.0.0.1:1", "tcp://127.evil.example:1"])
def test_a_scheduler_that_others_can_reach_and_that_asks_nobody_who_they_are_is_refused(handed_in, address):
    with pytest.raises(CourseError, match="runs the code of anybody who does. Start it with --host 127.0.0.1 .*TLS") as wrong:
        Session(coursedir(handed_in), ASSIGNMENT, scheduler=address, limits=SOON).run()
    assert "\n" not in str(wrong.value)


def test_a_scheduler_that_listens_to_everybody_is_refused_though_it_was_asked_on_loopback(tmp_path):
    with cluster(tmp_path / "cluster", workers=0, host="0.0.0.0") as (address, _), pytest.raises(CourseError, match="can be reached by others"):
        batch.Cluster(address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.2:1", "tcp://localhost:1", "tcp://[::1]:1", "tls://10.0.0.1:8786", "inproc://10.0.0.1/2/3"])
def test_loopback_and_tls_are_private(address):
    batch.private(address)
