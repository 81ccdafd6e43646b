"""The attack corpus, marked in one batch beside two bystanders.

Nobody gets a point that is not deserved, nobody loses one that is, no hidden test is told, and the batch goes on.
"""

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from testing.marking.attacks import PAGES, submit
from testing.marking.corpus import ATTACKS, BYSTANDERS, LIMITS, READ, listening
from testing.marking.small import MARKER, QUESTIONS, TESTS, Small
from tools.nbgrader_commands import CommandFailed, at_home


def children() -> set[int]:
    """The processes that this one has started and that still are."""
    return {int(pid) for thread in Path("/proc/self/task").iterdir() for pid in (thread / "children").read_text().split()}


def marked(folder: Path, attacks: list) -> SimpleNamespace:
    """A course in `folder` in which the attacks and the bystanders were marked together and got their feedback."""
    course = Small(folder, LIMITS)
    before = children()
    with listening(folder) as port:
        for learner, answers in BYSTANDERS.items():
            course.hand_in(learner, answers)
        for attack in attacks:
            submit(course, attack, port)
        try:
            printed = course.run("autograde")
        except CommandFailed as error:
            printed = str(error)
    return SimpleNamespace(course=course, printed=printed, left=children() - before, feedback=course.run("generate_feedback"))


@pytest.fixture(scope="module")
def rooms(tmp_path_factory, own_processes):
    """Where warm processes keep their folders, for all of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("r")))
        yield Path(tempfile.tempdir)


@pytest.fixture(scope="module")
def batch(tmp_path_factory, rooms, request):
    """All attacks that were asked for, marked."""
    wanted = {item.callspec.params["attack"] for item in request.session.items if hasattr(item, "callspec") and "attack" in item.callspec.params}
    with at_home(tmp_path_factory.mktemp("home")):
        yield marked(tmp_path_factory.mktemp("c") / "course", [attack for attack in ATTACKS if attack in wanted])


@pytest.fixture(scope="module")
def alone(tmp_path_factory, rooms):
    """The bystanders, marked without anybody else."""
    with at_home(tmp_path_factory.mktemp("home")):
        yield marked(tmp_path_factory.mktemp("a") / "alone", []).course


@pytest.mark.parametrize("attack", READ, ids=str)
def test_it_gets_what_it_deserves(batch, attack):
    points = batch.course.points(attack.learner)
    assert points, batch.printed[-3000:]
    verdicts = batch.course.verdicts(attack.learner)
    assert points == dict(zip(QUESTIONS, attack.points)), verdicts
    lost = {verdict["reason"] for name, verdict in verdicts.items() if verdict["points"] is not None and verdict["points"] < verdict["of"]}
    assert lost <= set(attack.reason), verdicts


@pytest.mark.parametrize("attack", READ, ids=str)
def test_no_hidden_test_is_told(batch, attack):
    assert MARKER not in batch.course.feedback(attack.learner)
    assert batch.course.feedback(attack.learner)


@pytest.mark.parametrize("attack", [attack for attack in READ if attack.says], ids=str)
def test_a_probe_finds_nothing(batch, attack):
    said = batch.course.outputs(attack.learner)
    assert attack.says in said
    assert "ESCAPED" not in said


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack.unreadable], ids=str)
def test_what_cannot_be_read_is_told_and_gets_nothing(batch, attack):
    told = [line for line in batch.printed.splitlines() if f"'{attack.learner}'" in line]
    assert told and attack.unreadable in told[0], batch.printed[-3000:]
    assert batch.course.points(attack.learner) == {}


@pytest.mark.parametrize("learner", BYSTANDERS)
def test_bystanders_get_what_they_get_alone(batch, alone, learner):
    assert batch.course.points(learner) == alone.points(learner)
    assert batch.course.points(learner) == {question: points if learner == "bystander-1" or question != "total" else 0 for question, points in QUESTIONS.items()}


def test_nothing_is_left_over(batch, rooms):
    assert batch.left == set()
    assert os.listdir(rooms) == []


def test_every_question_is_in_the_corpus():
    assert set(TESTS) == set(QUESTIONS) and len(ATTACKS) >= 45


def no_network(page):
    """A page that loads nothing but the file itself."""
    page.route("http*://**", lambda route: route.abort())
    return page


@pytest.mark.parametrize("attack", PAGES, ids=str)
def test_nothing_of_a_learner_runs_in_the_feedback_page(batch, browser, attack):
    page, asked = no_network(browser.new_page()), []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.goto((batch.course.folder / "feedback" / attack.learner / "ps1" / "ps1.html").as_uri(), wait_until="load")
    page.wait_for_timeout(200)
    assert (page.title(), asked) == ("ps1", [])
    assert page.locator("a[href^='javascript:'], [onerror], [onload], svg").count() == 0
    page.close()
