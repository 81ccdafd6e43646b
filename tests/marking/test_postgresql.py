"""nbgrader's gradebook on a PostgreSQL server, which this test makes for itself and takes away again."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from safegrade.nbgrader.course import CourseError
from safegrade.nbgrader.session import Session
from testing.marking.classes import coursedir, hand_in, learners, open_course, record
from tools.nbgrader_commands import at_home

ASSIGNMENT = "00_start_here"
NOBODY = "nobody" if os.getuid() == 0 else None  # PostgreSQL does not run as root


def program(name):
    """Where Debian keeps a program of PostgreSQL's server."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    assert found, "PostgreSQL's server is missing on this machine. Install it with: sudo apt-get install postgresql"
    return str(found[-1])


def run(*words, folder):
    """Run a program as somebody who is not root."""
    said = folder / "said.txt"  # not a pipe: the server would hold it open
    with open(said, "a") as out:
        ended = subprocess.run(words, cwd=folder, stdout=out, stderr=out, user=NOBODY, group="nogroup" if NOBODY else None, check=False)
    assert ended.returncode == 0, said.read_text()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server on a socket in a short folder that is its own; a function from the name of a new database to its address."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    if NOBODY:
        shutil.chown(folder, NOBODY)
    run(program("initdb"), "--pgdata=data", "--username=course", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", folder=folder)
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    run(program("pg_ctl"), "--pgdata=data", "--wait", f"--options={options}", "--log=log.txt", "start", folder=folder)

    def database(name):
        run(program("createdb"), f"--host={folder}", "--username=course", name, folder=folder)
        return f"postgresql+psycopg://course@/{name}?host={folder}"

    yield database
    run(program("pg_ctl"), "--pgdata=data", "--wait", "--mode=immediate", "stop", folder=folder)
    shutil.rmtree(folder)


@pytest.fixture
def home(tmp_path):
    with at_home(tmp_path / "home"):
        yield


def marked(folder, *settings):
    """A class of six, marked in a course with these settings; what its gradebook holds."""
    course = open_course(folder, ASSIGNMENT, False, *settings)
    hand_in(course, learners(ASSIGNMENT, 6, seed=11))
    place = coursedir(course)
    first, second = Session(place, ASSIGNMENT, workers=2).run(), Session(place, ASSIGNMENT, workers=2).run()
    assert (len(first.rows), first.skipped, len(second.rows), second.skipped) == (6, 0, 0, 6)
    with Gradebook(place.db_url, place.course_id) as book:
        return record(book, ASSIGNMENT)


def test_a_gradebook_on_postgresql_holds_what_one_on_sqlite_holds(server, home, tmp_path):
    there = marked(tmp_path / "there", f"c.CourseDirectory.db_url = {server('gradebook')!r}")
    assert not (tmp_path / "there" / "gradebook.db").exists()
    assert there == marked(tmp_path / "here")


def test_a_server_that_is_away_is_told_in_one_line(home, tmp_path):
    course = open_course(tmp_path / "course", ASSIGNMENT)
    hand_in(course, learners(ASSIGNMENT, 2))
    away = coursedir(course)
    away.db_url = f"postgresql+psycopg://course@/gradebook?host={tmp_path}"
    with pytest.raises(CourseError, match="cannot be used as a gradebook") as told:
        Session(away, ASSIGNMENT).run()
    assert "\n" not in str(told.value)
