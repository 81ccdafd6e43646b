"""The settings of nbgrader_config.py count the same whichever door marks."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir
from dataclasses import replace
from datetime import datetime

import pytest
from nbgrader.apps.api import NbGraderAPI

from safegrade import app
from testing.marking.small import RIGHT, Small
from tools.nbgrader_commands import at_home

SETTINGS = """
c.LateSubmissionPlugin.penalty_method = "zero"
c.Safegrade.limits["cell_seconds"] = 1.0
c.Safegrade.options["extras"] = False
"""
SLOW = RIGHT | {"double": "def double(x):\n    import time\n    time.sleep(1e9)"}


def by_command(course):
    with chdir(course.folder), pytest.raises(SystemExit) as end:
        app.main(["mark", "ps1"])
    assert not end.value.code


def by_nbgrader(course):
    course.run("autograde")


def by_formgrader(course):
    async def press():
        with chdir(course.folder):
            here = app.course()
            return NbGraderAPI(here, parent=here.parent).autograde("ps1", "late")

    with ThreadPoolExecutor(1) as thread:  # this one may have a loop of a browser's
        thread.submit(lambda: asyncio.run(press())).result()


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """The small course: one learner, too late, with a cell of their own and an answer that never ends."""
    folder = tmp_path_factory.mktemp("doors")
    with at_home(folder / "home"):
        course = Small(folder / "course", {}, workers=1)
        with open(course.folder / "nbgrader_config.py", "a", encoding="utf-8") as file:
            file.write(SETTINGS)
        course.hand_in("late", SLOW, first="print('quokka')")
        (course.place("late") / "timestamp.txt").write_text("2026-02-03 10:00:00 UTC")
        with course.gradebook() as book:
            book.update_or_create_assignment("ps1", duedate=datetime(2026, 2, 2))
        yield course


@pytest.mark.parametrize("mark", [by_command, by_nbgrader, by_formgrader])
def test_late_policy_limits_and_extras_count(handed_in, tmp_path, mark):
    shutil.copytree(handed_in.folder, tmp_path / "course")
    course = replace(handed_in, folder=tmp_path / "course")
    mark(course)
    assert course.points("late") == {"double": 0, "total": 2, "table": 3}
    assert {verdict["reason"] for name, verdict in course.verdicts("late").items() if name.startswith("double")} == {"time"}
    assert "quokka" not in course.outputs("late")
    with course.gradebook() as book:
        pages = book.find_submission_notebook("ps1", "ps1", "late")
        assert (pages.late_submission_penalty, pages.score) == (5, 5)


def test_what_is_typed_goes_before_what_is_set(handed_in, tmp_path):
    shutil.copytree(handed_in.folder, tmp_path / "course")
    course = replace(handed_in, folder=tmp_path / "course")
    with chdir(course.folder), pytest.raises(SystemExit):
        app.main(["mark", "ps1", "--cell-seconds=0", "--memory=1500"])
    assert course.points("late") == {}
