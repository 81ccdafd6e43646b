"""The loop as people do it: released, fetched, answered, submitted, collected, marked, returned, exported."""

import os
import subprocess
import sys

import nbformat
import pandas as pd
import pytest

from testing.proof import Proof
from tools.classroom import Classroom, steps
from tools.coursework import Course
from tools.nbgrader_commands import CommandFailed, at_home, by_grade_id, nbgrader

ASSIGNMENT = "02_self_and_nonself"

# What each learner has to get, question by question. A person gives 2 of 3 to whoever wrote something.
MARKS = pd.DataFrame(
    {
        "perfect": [2, 1, 2, 2, 3, 3, 2, 2, 2],
        "blank": [0, 0, 0, 0, 0, 0, 0, 0, 0],
        "partly": [2, 0, 2, 0, 3, 2, 0, 2, 2],
        "late": [2, 1, 2, 2, 3, 3, 2, 2, 2],
        "of": [2, 1, 2, 2, 3, 3, 2, 2, 3],
    },
    index=["negative-selection", "healthy-person", "causal-chain", "r0-function", "critical-suppression",
           "find-threshold", "quiet-day", "classify", "explain-sigma"],
)


def partly_wrong(right):
    """The right answers, with two wrong ideas, a step that is missing and a question left open."""
    ideas = {str(answer): answer.code for answer in Proof(ASSIGNMENT).answers}
    wrong = {
        "healthy-person": ideas["healthy-person: wrong: the thymus settles it once (M10)"],
        "r0-function": ideas["r0-function: wrong: leaves suppression out"],
        "find-threshold": ideas["find-threshold: partial: does not notice an empty bracket"],
    }
    return {question: code for question, code in {**right, **wrong}.items() if question != "quiet-day"}


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A classroom after the whole loop."""
    room = Classroom(tmp_path_factory.mktemp("loop") / "class", ASSIGNMENT)
    right = room.course.reference()
    answers = {"perfect": right, "blank": {}, "partly": partly_wrong(right), "late": right}
    for _, act in steps(room, answers, late="late"):
        act()
    return room


def test_everyone_gets_the_marks_of_their_answers(room):
    pd.testing.assert_frame_equal(room.marks(), MARKS, check_dtype=False)


def test_the_export_holds_the_sums_and_who_was_late(room):
    exported = room.export()
    assert exported["score"].to_dict() == MARKS.drop(columns="of").sum().to_dict()
    assert set(exported["max_score"]) == {20}
    late = exported["timestamp"] > exported["duedate"]
    assert late.to_dict() == {"perfect": False, "blank": False, "partly": False, "late": True}


def test_a_late_submission_loses_no_points_by_itself(room):
    exported = room.export()
    assert set(exported["late_submission_penalty"]) == {0}
    assert exported.loc["late", "score"] == exported.loc["perfect", "score"]


def test_learners_get_what_was_released_and_no_more(room):
    fetched = room.desks["blank"].notebook
    assert fetched.read_bytes() != room.course.path("source").read_bytes()
    assert [path.name for path in fetched.parent.iterdir() if path.is_file()] == [fetched.name]
    released = by_grade_id(room.course.read("release"))
    assert {name: cell.source for name, cell in by_grade_id(room.course.read("submitted", "blank")).items()} == {
        name: cell.source for name, cell in released.items()}


@pytest.mark.parametrize("name", ["perfect", "blank", "partly", "late"])
def test_feedback_comes_back_with_the_score(room, name):
    assert f"(Score: {MARKS[name].sum():.1f} / 20.0)" in room.desks[name].feedback


@pytest.mark.parametrize("words", [
    "Tolerance is not one event in the thymus",
    "This is R_0 without any suppression: where does b_1 come in?",
    "The experiment ends the same way at both ends",
    "Question 6: not attempted yet.",
    "Well explained. What would bring tolerance back?",
])
def test_feedback_says_what_was_lost_and_what_a_person_thought(room, words):
    assert words in " ".join(room.desks["partly"].feedback.split())


def test_everything_that_jupyter_keeps_about_a_learner_stays_at_the_desk(room):
    for desk in room.desks.values():
        assert (desk.folder / ".home" / "data" / "nbgrader_cache" / "autoimmune").is_dir()


# -- what goes wrong ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A classroom in which the assignment has just been released."""
    room = Classroom(tmp_path_factory.mktemp("released") / "class", ASSIGNMENT)
    room.run("generate_assignment")
    room.run("release_assignment")
    return room


def test_a_submission_that_is_not_json_stops_nobody_and_is_kept(released):
    broken, fine = released.desk("broken"), released.desk("fine")
    for desk in (broken, fine):
        desk.fetch()
    whole = broken.notebook.read_text(encoding="utf-8")
    broken.notebook.write_text(whole[:2000], encoding="utf-8")
    for desk in (broken, fine):
        desk.submit()
    (released.course.folder / "submitted" / "empty-handed" / ASSIGNMENT).mkdir(parents=True)
    released.run("collect")

    with pytest.raises(CommandFailed) as failure:
        released.run("autograde")
    assert f"error processing assignment '{ASSIGNMENT}' for student 'broken': the notebook is not JSON" in str(failure.value)
    assert f"for student 'empty-handed': there is no {ASSIGNMENT}.ipynb" in str(failure.value)
    assert released.course.path("submitted", "broken").read_text(encoding="utf-8") == whole[:2000]
    assert released.course.grades("fine")["negative-selection-check"]["auto_score"] == 0

    broken.notebook.write_text(whole, encoding="utf-8")
    broken.submit()
    released.run("collect", "--update")
    released.run("autograde", "--student=broken")
    assert released.course.grades("broken")["negative-selection-check"]["auto_score"] == 0


def test_a_deleted_test_cell_is_put_back_and_counts(released):
    desk = released.desk("tidy")
    desk.fetch()
    desk.answer({"causal-chain": 'causal_chain = list("ecbfdag")'})
    notebook = nbformat.read(desk.notebook, as_version=4)
    notebook.cells.remove(by_grade_id(notebook)["causal-chain-hidden"])
    nbformat.write(notebook, desk.notebook)
    desk.submit()
    released.run("collect")
    released.run("autograde", "--student=tidy")
    assert released.course.grades("tidy")["causal-chain-hidden"]["auto_score"] == 2


@pytest.mark.parametrize("command, says", [
    ("generate_assignment", "No notebooks were matched by"),
    ("release_assignment", "Assignment not found at"),
    ("autograde", "there is no assignment '20_self_and_nonself' in the gradebook"),
    ("fetch_assignment", "Assignment not found at"),
    ("generate_feedback", "No notebooks were matched by"),
])
def test_an_assignment_that_does_not_exist(released, command, says):
    with pytest.raises(CommandFailed, match=says):
        released.run_plain(command, "20_self_and_nonself")


def test_a_misspelt_assignment_is_answered_with_the_closest_name(released):
    with pytest.raises(CommandFailed, match=f"Did you mean: .*{ASSIGNMENT}"):
        released.run_plain("fetch_assignment", "02_self_and_nonslef")


def test_a_missing_notebook_is_told_to_the_learner_and_nothing_is_sent(released):
    desk = released.desk("renamed")
    desk.fetch()
    desk.notebook.rename(desk.notebook.with_name("my answers.ipynb"))
    with pytest.raises(CommandFailed, match=rf"missing notebooks(.|\n)*{ASSIGNMENT}.ipynb: MISSING(.|\n)*my answers.ipynb: EXTRA"):
        desk.submit()
    assert not list((released.exchange / "autoimmune" / "inbound").glob("renamed+*"))


def test_nothing_can_be_fetched_or_released_before_it_is_generated(tmp_path):
    room = Classroom(tmp_path / "class", ASSIGNMENT)
    with pytest.raises(CommandFailed, match="Assignment not found at"):
        room.desk("early").fetch()
    with pytest.raises(CommandFailed, match="run `nbgrader generate_assignment` first"):
        room.run("release_assignment")


def test_a_command_fails_with_what_nbgrader_printed(tmp_path):
    with at_home(tmp_path), pytest.raises(CommandFailed, match="No nbgrader_config.py file found"):
        nbgrader("generate_assignment", "nothing", folder=tmp_path)


def test_the_gradebook_is_made_without_an_activated_environment(tmp_path):
    course = Course(tmp_path / "course", ASSIGNMENT)
    with at_home(tmp_path / "home"):
        bare = {**os.environ, "PATH": "/usr/bin:/bin"}
        subprocess.run([sys.executable, "-m", "nbgrader", "generate_assignment", ASSIGNMENT], cwd=course.folder,
                       env=bare, check=True, capture_output=True)
    with course.gradebook() as book:
        assert [assignment.name for assignment in book.assignments] == [ASSIGNMENT]
