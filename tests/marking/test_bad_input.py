"""What is in the way is told in one line, what was recorded is kept, and nobody is stopped by somebody else."""

import errno
import fcntl
import os
import sqlite3
import subprocess
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from traitlets.config import Config

from safegrade import app, converters
from safegrade.limits import Limits
from safegrade.nbgrader.batch import Local
from safegrade.nbgrader.course import CourseError
from safegrade.nbgrader.session import Session
from testing.marking.classes import coursedir, hand_in, learners, open_course, record, twin
from tools.nbgrader_commands import at_home

ASSIGNMENT = "00_start_here"


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A course in which a class of three has handed in."""
    folder = tmp_path_factory.mktemp("handed-in")
    with at_home(folder / "home"):
        opened = open_course(folder / "course", ASSIGNMENT)
        hand_in(opened, learners(ASSIGNMENT, 3))
        yield opened


@pytest.fixture
def opened(handed_in, tmp_path):
    """A copy of it for one test."""
    return twin(handed_in, tmp_path / "course")


def held(opened):
    with opened.gradebook() as book:
        return record(book, ASSIGNMENT)["marks"]


def refused(opened, **settings):
    """The one line with which a session is refused."""
    with pytest.raises(CourseError) as told:
        Session(coursedir(opened), **{"assignment": ASSIGNMENT, "workers": 1, **settings}).run()
    assert "\n" not in str(told.value)
    return str(told.value)


def test_no_such_assignment(opened):
    assert refused(opened, assignment="00_start_hear") == (
        "there is no assignment '00_start_hear' in the gradebook; there are: 00_start_here. "
        "Make it with: nbgrader generate_assignment 00_start_hear")


def test_no_release_yet(opened):
    opened.path("release").unlink()
    assert refused(opened).endswith("00_start_here.ipynb is missing. Make it with: nbgrader generate_assignment 00_start_here")


def test_nothing_handed_in(opened):
    (opened.folder / "submitted").rename(opened.folder / "elsewhere")
    assert refused(opened) == "nothing was handed in for '00_start_here' in submitted/"
    assert "nothing was handed in for '00_start_here' by 'nobody'" in refused(opened, learner="nobody")


@pytest.mark.parametrize("content, says", [
    (b"{", "the notebook is not JSON"),
    (b"", "the notebook is not JSON"),
    (b"[]", "the notebook is not of format 4"),
    (b'{"nbformat": 3, "worksheets": []}', "the notebook is not of format 4"),
    (b"\xff\xfe\x00", "the notebook is not JSON"),
])
def test_what_cannot_be_read_is_told(opened, content, says):
    for name in ("learner-000", "learner-001", "learner-002"):
        opened.path("submitted", name).write_bytes(content)
    outcome = Session(coursedir(opened), ASSIGNMENT, workers=1).run()
    assert outcome.unreadable == dict.fromkeys(["learner-000", "learner-001", "learner-002"], says)
    assert (outcome.rows, held(opened)) == ([], {})


def test_one_that_cannot_be_read_stops_nobody(opened):
    opened.path("submitted", "learner-001").write_bytes(b"{")
    outcome = Session(coursedir(opened), ASSIGNMENT, workers=1).run()
    assert [row["learner"] for row in outcome.rows] == ["learner-000", "learner-002"] == list(held(opened))
    assert "learner-001: the notebook is not JSON" in str(outcome)


# -- the gradebook ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"this is no database\n" * 100, b"SQLite format 3\0" + bytes(4000)])
def test_a_file_that_is_no_gradebook_is_told_and_kept(opened, content):
    path = opened.folder / "gradebook.db"
    path.write_bytes(content)
    assert "cannot be used as a gradebook" in refused(opened)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_told_and_kept(opened):
    path = opened.folder / "gradebook.db"
    path.unlink()
    with contextmanager(connected)(path) as other:
        other.execute("create table assignment (colour text)")
        other.commit()
    assert refused(opened).endswith("cannot be used as a gradebook: it holds another program's tables (assignment)")
    with contextmanager(connected)(path) as other:
        assert [name for name, in other.execute("select name from sqlite_master")] == ["assignment"]


def connected(path):
    """A connection of another program."""
    other = sqlite3.connect(path, timeout=1)
    yield other
    other.close()


def test_a_gradebook_that_another_program_holds_is_waited_for_and_then_told(opened):
    with contextmanager(connected)(opened.folder / "gradebook.db") as other:
        other.execute("begin immediate")
        told = refused(opened, limits=Limits(gradebook_seconds=0.1))
        other.rollback()
    assert told == ("the gradebook cannot be written: (sqlite3.OperationalError) database is locked. What was recorded before is kept; run the same command again to go on")
    assert len(Session(coursedir(opened), ASSIGNMENT, workers=1).run().rows) == 3


# -- the disk --------------------------------------------------------------------------------------------------------


@contextmanager
def small_disk(folder, size):
    """A disk of a few bytes at a folder."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def full_after(opened, monkeypatch):
    """A disk for autograded/ that takes one marked notebook and then is full: a real one where we may mount it."""
    if os.getuid() == 0:
        (opened.folder / "autograded").mkdir()
        with small_disk(opened.folder / "autograded", "48k"):
            yield
        return
    write, count = nbformat.write, iter(range(10))

    def refuse(notebook, path):
        write(notebook, path)
        if next(count):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with monkeypatch.context() as patched:
        patched.setattr(nbformat, "write", refuse)
        yield


def test_a_full_disk_is_told_and_what_was_recorded_is_kept(opened, monkeypatch):
    with full_after(opened, monkeypatch):
        told = refused(opened)
        marked = {path.name for path in (opened.folder / "autograded").glob(f"*/{ASSIGNMENT}")}
        kept = held(opened)
    assert told == "the disk is full. What was recorded before is kept; run the same command again to go on"
    assert len(kept) < 3
    assert len(marked) <= 1
    assert len(Session(coursedir(opened), ASSIGNMENT, workers=1).run().rows) + len(marked) >= 3
    assert kept.items() <= held(opened).items()


# -- settings --------------------------------------------------------------------------------------------------------


def test_a_second_session_on_the_same_assignment_is_turned_away(opened):
    with open(opened.folder / f".safegrade-{ASSIGNMENT}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert "'00_start_here' is being marked by another program" in refused(opened)
    assert held(opened) == {}


@pytest.mark.parametrize("workers", [0, -1])
def test_no_workers_are_refused(opened, workers):
    with pytest.raises(ValueError, match=f"workers = {workers} is not allowed; it must be at least 1"):
        Session(coursedir(opened), ASSIGNMENT, workers=workers).run()
    with pytest.raises(ValueError, match="it must be at least 1"):
        Local([], workers)


@pytest.mark.parametrize("settings, says", [
    ({"limits": {"memory": 0}}, "memory = 0 is not allowed; it must be above 0"),
    ({"limits": {"cell_seconds": -1.0}}, "cell_seconds = -1.0 is not allowed"),
    ({"limits": {"cell_seconds": float("nan")}}, "cell_seconds = nan is not allowed"),
    ({"limits": {"memory": "2 GB"}}, "memory = '2 GB' is not allowed"),
    ({"limits": {"cpu": 1}}, "cpu: unknown; the limits are cell_seconds, "),
    ({"worker": 2}, "worker: unknown; the options are accept, beside, every, extras, prove, scheduler, workers and limits"),
    ({"workers": 0}, "workers = 0 is not allowed; it must be at least 1"),
])
def test_wrong_settings_in_nbgrader_config_are_told_at_once(settings, says):
    with pytest.raises(ValueError, match=says):
        converters.install(Config(), **settings)


@pytest.mark.parametrize("name", ["memory", "cell_seconds", "processes", "output"])
def test_a_limit_has_to_be_above_nothing(name):
    with pytest.raises(ValueError, match=f"{name} = 0 is not allowed; it must be above 0"):
        Limits(**{name: 0})


def test_trusted_submissions_go_to_no_cluster(opened):
    with pytest.raises(CourseError, match="run on this machine only"):
        Session(coursedir(opened), ASSIGNMENT, scheduler="tcp://127.0.0.1:1", trusted=True)


def test_the_command_ends_with_one_line_and_1(opened, monkeypatch, capsys):
    monkeypatch.chdir(opened.folder)
    with pytest.raises(SystemExit) as end:
        app.main(["mark", "nothing"])
    assert str(end.value).startswith("safegrade: there is no assignment 'nothing' in the gradebook")
    with pytest.raises(SystemExit) as end:
        app.main(["report", ASSIGNMENT])
    assert str(end.value) == f"safegrade: nothing of '{ASSIGNMENT}' is marked yet. Mark it with: safegrade mark {ASSIGNMENT}"
    assert Path("gradebook.db").is_file()
