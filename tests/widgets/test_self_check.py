"""Answers to quizzes stay with the learner, and say which objectives are solid."""

import json
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

from autoimmune.learning import kept
from autoimmune.learning.diary import forget, predictions
from autoimmune.learning.questions import Choice, bank, question
from autoimmune.widgets.predict import predict
from autoimmune.widgets.quiz import quiz
from autoimmune.widgets.self_check import how_sure, self_check
from testing.browser import listening_page

LESSONS = sorted((Path(__file__).parents[2] / "course").glob("*.ipynb"))
ASKED = "04-joints"
ABOUT = "04-kind"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(kept.FOLDER_VARIABLE, str(tmp_path / "kept"))
    for each in (kept.PREDICTIONS, kept.ANSWERS):
        monkeypatch.setattr(each, "waiting", [])
    return tmp_path / "kept"


def options(name):
    """A right and a wrong option of a choice."""
    answers = question(name).answers
    return next(k for k, one in enumerate(answers) if one.right), next(k for k, one in enumerate(answers) if not one.right)


def ask(*first_tries, name=ASKED):
    """Ask a question anew for each first try, right or wrong."""
    right, wrong = options(name)
    for each in first_tries:
        quiz(name).answer(right if each else wrong)


def state(objective=ABOUT):
    return self_check().table()["state"][objective].split(" ", 1)[1]


# -- what is kept -------------------------------------------------------------------------------------


def test_an_answer_is_one_readable_line(folder):
    right, wrong = options(ASKED)
    asked = quiz(ASKED)
    asked.answer(wrong)
    asked.answer(right)
    lines = [json.loads(line) for line in (folder / "answers.jsonl").read_text().splitlines()]
    assert [{name: line[name] for name in ("question", "right", "try")} for line in lines] == [
        {"question": ASKED, "right": False, "try": 1}, {"question": ASKED, "right": True, "try": 2}]
    assert all(pd.Timestamp(line["when"]).tzinfo for line in lines)


def test_a_double_click_and_what_cannot_be_read_are_no_answers(folder):
    asked = quiz(ASKED)
    asked.answer(None)
    assert not folder.exists()
    for _ in range(2):
        asked.answer(options(ASKED)[1])
    assert len((folder / "answers.jsonl").read_text().splitlines()) == 1


def test_answers_and_predictions_do_not_mix():
    predict("?", ["a", "b"], id=ASKED).commit("a", 80)
    ask(True)
    assert len(predictions()) == 1 and len(kept.ANSWERS.records()) == 1


@pytest.mark.parametrize("line", ["nonsense", "[1]", '{"kind": "answer", "question": "04-joints"}', '{"kind": "wish"}'])
def test_a_line_that_is_no_answer_is_left_out_with_a_word(folder, line):
    ask(True)
    with (folder / "answers.jsonl").open("a") as file:
        file.write(line + "\n")
    ask(True)
    with pytest.warns(UserWarning, match="line 2 of .* holds no answer and was left out"):
        assert state() == "solid"


@pytest.mark.parametrize("change", [{"question": "04-gone"}, {"question": ["x"]}, {"try": "first"}, {"right": "yes"}])
def test_a_line_with_strange_values_is_never_solid(folder, change):
    folder.mkdir()
    record = {"kind": "answer", "question": ASKED, "right": True, "try": 1, "when": "2026-01-01"} | change
    (folder / "answers.jsonl").write_text(2 * (json.dumps(record) + "\n"))
    assert state() in {"shaky", "not yet met"}


def test_where_nothing_can_be_written_the_learner_is_told_and_nothing_is_lost(folder, monkeypatch):
    folder.parent.joinpath("file").write_text("")
    monkeypatch.setenv(kept.FOLDER_VARIABLE, str(folder.parent / "file" / "below"))
    reply = quiz(ASKED).answer(options(ASKED)[0])
    assert "could not be saved in" in reply["trouble"] and state() == "shaky"
    monkeypatch.setenv(kept.FOLDER_VARIABLE, str(folder))
    ask(True)
    kept.ANSWERS.waiting.clear()
    assert state() == "solid"


def test_forget_deletes_answers_too(folder):
    ask(True, False)
    with (folder / "answers.jsonl").open("a") as file:
        file.write("nonsense\n")
    assert forget() == "0 predictions deleted. 2 answers deleted."
    assert list(folder.iterdir()) == [] and state() == "not yet met"


def test_forget_says_what_it_could_not_delete(folder):
    (folder / "answers.jsonl").mkdir(parents=True)
    assert forget().startswith(f"0 predictions deleted. The answers in {folder} could not be deleted (")


# -- what it says -------------------------------------------------------------------------------------


@pytest.mark.parametrize("first_tries, expected", [
    ([], "not yet met"),
    ([True], "shaky"),
    ([False], "shaky"),
    ([True, True], "solid"),
    ([False, True, True], "solid"),
    ([True, True, False], "shaky"),
    ([True, False, True], "shaky"),
])
def test_solid_is_right_at_the_first_try_twice(first_tries, expected):
    ask(*first_tries)
    assert state() == expected


def test_a_right_second_try_does_not_count():
    right, wrong = options(ASKED)
    for _ in range(2):
        asked = quiz(ASKED)
        asked.answer(wrong)
        asked.answer(right)
    assert state() == "shaky"


def test_each_question_of_an_objective_counts():
    about = {}
    for each in bank().questions.values():
        if isinstance(each, Choice):
            about.setdefault(each.objective, []).append(each.id)
    objective, (one, other, *_) = next((name, ids) for name, ids in about.items() if len(ids) > 1)
    ask(True, name=one)
    ask(True, name=other)
    assert state(objective) == "solid"


def test_a_lesson_shows_its_own_objectives_and_earlier_ones_that_are_shaky():
    ask(True, True, name="00-toggle")
    ask(False, name="00-extension")
    ask(False)
    table = self_check("01").table()
    assert list(table["lesson"].unique()) == ["01", "00"] and (table["lesson"] == "00").sum() == 1
    assert table["state"].iloc[-1] == "◐ shaky" and set(table["state"].iloc[:-1]) == {"○ not yet met"}
    assert len(self_check().table()) == len(bank().objectives)


def test_the_sentence_counts_and_the_page_says_the_same():
    ask(True, True)
    found = self_check("04")
    assert found.said.startswith("Quizzes ask after 5 objectives: 1 solid, 0 shaky, 4 not yet met. Solid means")
    page = found._repr_html_()
    assert found.said in page and "04 The diseases" in page and "<td" in page and page.count('scope="col"') == 4
    assert "● solid" in page and "right, then right" in page and repr(found).startswith(found.said)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser, scheme):
    ask(True, True)
    page = listening_page(browser, color_scheme=scheme)
    page.set_content(f'<!doctype html><html lang="en"><title>Self-check</title><main><h1>Self-check</h1>{self_check()._repr_html_()}</main></html>')
    found = Axe().run(page)
    page.close()
    assert found.violations_count == 0, found.generate_report()


def test_an_unknown_lesson_is_named():
    with pytest.raises(ValueError, match="no lesson with objectives named '4'"):
        self_check("4")


def test_how_sure_is_a_sentence_until_there_is_something_to_draw():
    assert repr(how_sure()).startswith("There are no predictions with an outcome yet. Commit to one")
    guess = predict("?", ["a", "b"], id="x")
    guess.commit("a", 80)
    guess.reveal("a")
    assert how_sure().said.startswith("1 prediction: 1 came true") and how_sure().png.startswith(b"\x89PNG")


# -- what a lesson saves ------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_ends_with_both_and_was_saved_with_nobodys_answers(lesson):
    cells = {cell.id: cell for cell in nbformat.read(lesson, 4).cells}
    sure, check = cells["how-sure"], cells["self-check"]
    assert all("nbval-ignore-output" in cell.metadata["tags"] for cell in (sure, check))
    assert [output.data["text/plain"] for output in sure.outputs] == [repr(how_sure())]
    assert [output.data["text/plain"] for output in check.outputs] == [repr(self_check(lesson.stem[:2]))]
