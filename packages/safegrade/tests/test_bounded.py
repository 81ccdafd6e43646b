"""Learners' bytes are read and laid out in a process with limits: what passes one costs nobody anything but that one submission."""

import json
import os
import signal
import subprocess
import sys
from contextlib import chdir

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config import Config

from packages.safegrade.tests import greedy
from safegrade import converters
from safegrade.app import course as opened
from safegrade.limits import MB, Limits
from safegrade.marking import ingest
from safegrade.marking.paper import rebuild
from safegrade.marking.reading import Reader
from safegrade.nbgrader.course import papers
from safegrade.nbgrader.layout import LaidOut
from safegrade.sandbox.bounded import Bounded, Unfinished
from testing.deadlines import DEADLINE
from testing.marking import rewritten
from testing.marking.small import QUESTIONS, RIGHT, Small
from tools.nbgrader_commands import CommandFailed, at_home

SMALL = {"cell_seconds": 10, "read_seconds": 0.05}  # twenty times what an honest notebook takes, a twentieth of what a hostile one does


@pytest.fixture(scope="module")
def eats():
    with Bounded(greedy.eater, (), seconds=0.3, memory=400 * MB) as made:
        yield made


@pytest.mark.parametrize("what, reason, says", [
    ("time", "time", "longer than 0.3 seconds of the processor"), ("sleep", "time", "longer"), ("memory", "memory", "more than 400 MB of memory"),
    ("crash", "crash", "Python ended"), ("raise", "crash", "KeyError: 'odd'"),
])
def test_a_call_that_passes_a_limit_says_which_and_the_next_is_answered(eats, what, reason, says):
    with pytest.raises(Unfinished, match=says) as found:
        eats(what)
    assert found.value.reason == reason
    assert eats("fine") == "fine"


def test_an_answer_has_an_end_too():
    with Bounded(greedy.eater, (), seconds=20.0, memory=2000 * MB) as made, pytest.raises(Unfinished, match="it gave more than 128 MB"):
        made("output")


def test_a_process_that_was_ended_is_started_again(eats):
    eats.process.kill()
    eats.process.wait()
    with pytest.raises(Unfinished, match="run the same command again"):
        eats("fine")
    assert eats("fine") == "fine"


STARTS = """
from safegrade.sandbox.bounded import Bounded
from packages.safegrade.tests import greedy
made = Bounded(greedy.eater, (), 1e6, 1 << 30)
print(made("fine"), made.process.pid, flush=True)
made("time")
"""


def test_it_ends_with_the_process_that_has_started_it():
    with subprocess.Popen([sys.executable, "-c", STARTS], stdout=subprocess.PIPE, text=True,
                          env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}) as marker:
        word, number = marker.stdout.readline().split()
        helper = psutil.Process(int(number))
        while not (forks := helper.children()):
            assert marker.poll() is None
        os.kill(marker.pid, signal.SIGKILL)
    assert word == "fine"
    _, alive = psutil.wait_procs([helper, *forks], timeout=DEADLINE)
    assert not alive


# -- reading -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The small course with limits that a hostile notebook passes, and its bystanders."""
    with at_home(tmp_path_factory.mktemp("home")):
        made = Small(tmp_path_factory.mktemp("bounded") / "course", SMALL, workers=1)
        for learner in ("before", "zoe"):
            made.hand_in(learner, RIGHT)
        yield made


def bomb(piece: bytes) -> bytes:
    """A notebook of 19 MB that is within every limit of what may be read."""
    return b'{"nbformat": 4, "cells": [{"metadata": {"x": [' + piece * (19 * MB // len(piece)) + b"0]}}]}"


HOSTILE = {"lists": bomb(b"[],"), "escapes": bomb(b'"\\u0041",')}


@pytest.mark.parametrize("content, limits, says", [
    (HOSTILE["lists"], {"read_seconds": 0.05}, "longer than .* seconds of the processor"), (HOSTILE["escapes"], {"read_seconds": 0.05}, "longer than"),
    (HOSTILE["lists"], {"read_memory": 200 * MB}, "more than 200 MB of memory"),
], ids=["lists, time", "escapes, time", "lists, memory"])
def test_a_hostile_notebook_is_not_read_to_its_end(course, tmp_path, content, limits, says):
    (tmp_path / "ps1").mkdir()
    rewritten.file("ps1.ipynb", content)(tmp_path / "ps1", course.folder)
    with Reader(papers_of(course), True, Limits(**limits).paced()) as reader, pytest.raises(ingest.Unreadable, match=says):
        reader(tmp_path / "ps1", "hostile")


def test_a_hostile_notebook_is_flagged_with_the_reason_and_the_batch_goes_on(course):
    for learner, content in HOSTILE.items():
        course.hand_in(learner, {})
        rewritten.file("ps1.ipynb", content)(course.place(learner), course.folder)
    with pytest.raises(CommandFailed) as told:
        course.run("autograde")
    for learner in HOSTILE:
        line = next(line for line in str(told.value).splitlines() if f"for student '{learner}'" in line)
        assert "reading it was broken off: it took longer" in line and "Look at it by hand" in line and course.points(learner) == {}
    assert [course.points(learner) for learner in ("before", "zoe")] == [QUESTIONS, QUESTIONS]


def papers_of(course):
    """The papers of the course's assignment."""
    with chdir(course.folder):
        return papers(opened(), "ps1")


def test_what_is_read_in_the_process_is_what_is_read_here(course):
    course.hand_in("odd", RIGHT | {"words": "half \ud800 a character"}, first="print('ä\\ud800')")
    for change in (rewritten.answer_split, rewritten.answer_deleted, rewritten.metadata_of_odd_types, rewritten.file("sub/data.csv", b"\xff\x00")):
        change(course.place("odd"), course.folder)
    made = papers_of(course)
    with Reader(made, True, Limits()) as reader:
        sheet, = reader(course.place("odd").resolve(), "odd")
    assert sheet == rebuild(made[0], "odd", ingest.read(course.place("odd"), "ps1"), True, {"sub/data.csv": b"\xff\x00"})
    assert sheet.paper is made[0]


# -- pages ---------------------------------------------------------------------------------------------------------------

GREEDY = """
c.HTMLExporter.preprocessors = ["packages.safegrade.tests.greedy.Eats", "safegrade.nbgrader.pages.Tame"]
c.Safegrade.limits.update(page_seconds=2.0, page_memory=1 << 30)
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A course in which some have written what eats the process that lays it out; marked, with feedback."""
    with at_home(tmp_path_factory.mktemp("home")):
        made = Small(tmp_path_factory.mktemp("shown") / "course", {"cell_seconds": 10}, workers=2)
        with open(made.folder / "nbgrader_config.py", "a", encoding="utf-8") as file:
            file.write(GREEDY)
        for what in ("time", "memory", "crash", "raise"):
            made.hand_in(what, RIGHT | {"words": f"</pre><b>begins</b> {greedy.AFTER}{what}"})
        made.hand_in("zoe", RIGHT)
        made.run("autograde")
        made.printed = made.run("generate_feedback")
        yield made


@pytest.mark.parametrize("what", ["time", "memory", "crash", "raise"])
def test_a_page_that_eats_is_told_and_shows_the_beginning_of_each_cell(shown, what):
    page = shown.feedback(what)
    assert "This page shows the beginning of each cell and no outputs" in page and "was broken off" in page
    assert "&lt;b&gt;begins" in page and "<b>begins" not in page and greedy.AFTER not in page
    assert "pangolin" not in page and "Score: 8" in page
    assert f"/{what}/ps1/ps1.ipynb: the page shows the beginning" in shown.printed


def test_the_pages_of_others_are_whole(shown):
    assert "This page shows the beginning" not in shown.feedback("zoe") and "Score: 8" in shown.feedback("zoe")


def test_each_preprocessor_is_handed_over_once():
    made = LaidOut(config=Config())
    made.register_preprocessor(greedy.Eats, enabled=True)
    made.register_preprocessor("packages.safegrade.tests.greedy.Eats")
    assert made.added == [greedy.Eats, "packages.safegrade.tests.greedy.Eats"]


def test_formgraders_exporter_is_the_one_with_limits(shown, tmp_path):
    from nbgrader.server_extensions.formgrader import formgrader
    converters.install(config := Config())
    made = formgrader.HTMLExporter(config=config)
    assert isinstance(made, LaidOut)
    cells = [new_code_cell("1 + 1"), new_markdown_cell("**bold**")]
    path = tmp_path / "any.ipynb"
    path.write_text(json.dumps(new_notebook(cells=cells)))
    page, resources = made.from_filename(str(path), {"base_url": "/"})
    process = LaidOut.kept[0][1].process
    assert made.from_filename(str(path), {"base_url": "/"})[0] == page and LaidOut.kept[0][1].process is process
    assert "<strong>bold</strong>" in page and resources["output_extension"] == ".html" and resources["base_url"] == "/"
