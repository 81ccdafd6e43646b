"""`safegrade collect` believes nothing of what it finds in the exchange."""

import os
import pwd
import shutil
from contextlib import chdir
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from safegrade import app
from safegrade.nbgrader.collect import MOST_FILES, collect
from safegrade.nbgrader.course import CourseError, timestamp
from testing.marking.small import RIGHT, Small
from tools.nbgrader_commands import at_home

ME = pwd.getpwuid(os.getuid()).pw_name
WHEN = "2026-02-03 10:00:00.000000 UTC"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with at_home(tmp_path_factory.mktemp("home")):
        yield Small(tmp_path_factory.mktemp("made") / "course")


@pytest.fixture
def course(made, tmp_path):
    with at_home(tmp_path / "home"):
        shutil.copytree(made.folder, tmp_path / "course")
        made = replace(made, folder=tmp_path / "course")
        with open(made.folder / "nbgrader_config.py", "a", encoding="utf-8") as file:
            file.write(f"c.Exchange.root = {str(tmp_path / 'exchange')!r}\n")
        (tmp_path / "exchange" / "small" / "inbound").mkdir(parents=True)
        yield made


def put(course, learner=ME, when=WHEN, content="{}", name=None):
    """A folder in the exchange, as `nbgrader submit` makes it."""
    folder = course.folder.parent / "exchange" / "small" / "inbound" / (name or f"{learner}+ps1+{when}+random")
    folder.mkdir()
    (folder / "ps1.ipynb").write_text(content)
    return folder


def fetched(course, **how):
    with chdir(course.folder):
        return collect(app.course(), "ps1", **how)


def test_the_latest_is_fetched_and_again_only_when_asked(course):
    put(course, content="old")
    put(course, when="2026-02-04 10:00:00 UTC", content="new")
    put(course, name=f"{ME}+ps2+{WHEN}+random")
    assert (fetched(course).new, fetched(course).kept) == ([ME], [ME])
    assert (course.place(ME) / "ps1.ipynb").read_text() == "new" and timestamp(course.place(ME)) == datetime(2026, 2, 4, 10)
    put(course, when="2026-02-05 10:00:00 UTC", content="newest")
    assert fetched(course).kept == [ME] and fetched(course, update=True).new == [ME]
    assert (course.place(ME) / "ps1.ipynb").read_text() == "newest"


def test_links_are_not_followed(course):
    folder = put(course)
    solution = course.folder / "source" / "ps1" / "ps1.ipynb"
    (folder / "ps1.ipynb").unlink()
    (folder / "ps1.ipynb").symlink_to(solution)
    (folder / "all").symlink_to(course.folder / "source")
    os.link(solution, folder / "hard.ipynb")
    os.mkfifo(folder / "fifo")
    (folder / "own").mkdir()
    (folder / "own" / "data.csv").write_text("1")
    assert fetched(course).new == [ME]
    assert sorted(path.relative_to(course.place(ME)).as_posix() for path in course.place(ME).rglob("*")) == ["own", "own/data.csv", "timestamp.txt"]


def test_a_folder_that_is_a_link_is_left(course, tmp_path):
    (tmp_path / "exchange" / "small" / "inbound" / f"{ME}+ps1+{WHEN}+x").symlink_to(course.folder / "source" / "ps1")
    found = fetched(course)
    assert found.new == [] and "not a folder" in found.left[0] and not course.place(ME).exists()


def test_what_says_that_it_is_another_learners_replaces_nothing(course):
    course.hand_in("alice", RIGHT)
    put(course, learner="alice", when="2026-02-09 10:00:00 UTC", content="forged")
    found = fetched(course, update=True)
    assert found.new == [] and f"it says that it is alice's, and {ME} owns it" in found.left[0]
    assert "double" in (course.place("alice") / "ps1.ipynb").read_text()


@pytest.mark.parametrize("when", ["not a time", "", "9999-99-99", "\udcff\udcfe", "2026-02-03 10:00:00 UTC" * 50])
def test_a_time_that_is_none_stops_nobody(course, when):
    name = f"{ME}+ps1+{when}+x"[:200]
    put(course, name=name)
    put(course, content="fine")
    found = fetched(course)
    assert found.new == [ME] and "no time" in found.left[0]


def test_a_time_that_has_not_come_stops_no_later_hand_in(course):
    put(course, when=f"{datetime.now(UTC) + timedelta(days=99):%Y-%m-%d %H:%M:%S} UTC", content="first")
    put(course, content="second")
    assert "has not come yet" in fetched(course).left[0]
    assert (course.place(ME) / "ps1.ipynb").read_text() == "second"


def test_a_stamp_in_submitted_that_is_none_stops_nobody(course):
    course.hand_in(ME, RIGHT)
    (course.place(ME) / "timestamp.txt").write_bytes(b"\xff\xfe")
    put(course, content="new")
    assert fetched(course, update=True).new == [ME]


@pytest.mark.parametrize("learner", ["..", ".", ".hidden", ""])
def test_odd_names_write_nowhere_else(course, learner):
    put(course, name=f"{learner}+ps1+{WHEN}+x")
    found = fetched(course, check_owner=False)
    assert found.new == [] and "no learner's id" in found.left[0]


def test_too_many_files_are_left(course):
    folder = put(course)
    for number in range(MOST_FILES):
        (folder / str(number)).touch()
    assert "more than" in fetched(course).left[0] and not course.place(ME).exists()


def test_where_there_is_no_exchange_that_is_told(course, tmp_path):
    (tmp_path / "exchange" / "small" / "inbound").rmdir()
    with pytest.raises(CourseError, match="Exchange.root"):
        fetched(course)
