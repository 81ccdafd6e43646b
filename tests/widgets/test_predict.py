"""Predictions are kept by the learner, compared with the model, and counted."""

import json
from pathlib import Path

import ipywidgets
import numpy as np
import pandas as pd
import pytest

from autoimmune.learning import diary as store
from autoimmune.learning.diary import (
    SURE,
    Axis,
    calibration,
    calibration_figure,
    calibration_sentence,
    forget,
    predictions,
)
from autoimmune.showing import figures
from autoimmune.widgets.predict import POINTS, filled, predict, predict_curve

CHOICES = ["It dies out", "It keeps going"]
TIME, CELLS = Axis("Time", 0, 730, "days"), Axis("Effector T cells", 1, 1e6, "cells", log=True)
LEVEL = [100.0] * POINTS


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(store.FOLDER_VARIABLE, str(tmp_path / "kept"))
    monkeypatch.setattr(store.PREDICTIONS, "waiting", [])
    return tmp_path / "kept"


def ask(id="toggle", **options):
    return predict("What will the attack do?", CHOICES, id=id, **options)


def draw(id="curve", x=TIME, y=CELLS):
    return predict_curve("How many will there be?", x, y, id=id)


# -- the file -----------------------------------------------------------------------------------------


def test_a_prediction_is_one_readable_line(folder):
    ask().commit("It dies out", 80)
    (line,) = (folder / "predictions.jsonl").read_text().splitlines()
    record = json.loads(line)
    assert {name: record[name] for name in ("kind", "id", "question", "answer", "sure")} == {
        "kind": "prediction",
        "id": "toggle",
        "question": "What will the attack do?",
        "answer": "It dies out",
        "sure": 80,
    }
    assert pd.Timestamp(record["when"]).tzinfo is not None


def test_lines_are_only_added(folder):
    ask().commit("It dies out", 80)
    before = (folder / "predictions.jsonl").read_bytes()
    ask("other").commit("It keeps going", 50)
    assert (folder / "predictions.jsonl").read_bytes().startswith(before) and len(predictions()) == 2


def test_an_edited_file_without_a_last_newline_loses_nothing(folder):
    ask().commit("It dies out", 80)
    path = folder / "predictions.jsonl"
    path.write_text(path.read_text().rstrip("\n"))
    ask("other").commit("It keeps going", 50)
    assert list(predictions()["id"]) == ["toggle", "other"]


@pytest.mark.parametrize(
    "line",
    ["nonsense", "[1, 2]", '{"kind": "prediction", "id": "x"}', '{"kind": "wish", "id": "x", "answer": 1}'],
)
def test_a_line_that_is_no_prediction_is_left_out_with_a_warning(folder, line):
    ask().commit("It dies out", 80)
    with (folder / "predictions.jsonl").open("a") as file:
        file.write(line + "\n")
    with pytest.warns(UserWarning, match="line 2 of .* holds no prediction and was left out"):
        assert list(predictions()["id"]) == ["toggle"]


def unwritable(folder, monkeypatch):
    folder.parent.joinpath("file").write_text("")
    monkeypatch.setenv(store.FOLDER_VARIABLE, str(folder.parent / "file" / "below"))


def test_where_nothing_can_be_written_the_learner_is_told_and_nothing_is_lost(folder, monkeypatch):
    unwritable(folder, monkeypatch)
    question = ask()
    question.commit("It dies out", 80)
    assert (
        "could not be saved in" in question.form.state["trouble"]
        and "until this kernel stops" in question.form.state["trouble"]
    )
    assert list(predictions()["answer"]) == ["It dies out"]
    monkeypatch.setenv(store.FOLDER_VARIABLE, str(folder))
    ask("later").commit("It keeps going", 60)
    store.PREDICTIONS.waiting.clear()
    assert list(predictions()["id"]) == ["toggle", "later"]


def test_a_read_only_file_system_is_named(monkeypatch):
    def refuse(*arguments, **named):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "open", refuse)
    assert "(Read-only file system)" in store.remember({"kind": "prediction"})


def test_forget_deletes_everything(folder):
    ask().commit("It dies out", 80)
    ask("other").commit("It dies out", 80)
    assert forget() == "2 predictions deleted. 0 answers deleted."
    assert not (folder / "predictions.jsonl").exists() and predictions().empty
    assert forget() == "0 predictions deleted. 0 answers deleted."


def test_the_folder_is_the_learners_own(folder, monkeypatch):
    assert store.folder() == folder
    monkeypatch.delenv(store.FOLDER_VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/learner/data")
    assert store.folder().name == "self-and-non-self"


# -- choosing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sure", SURE)
def test_what_was_committed_can_be_read(sure):
    question = ask()
    question.commit("It keeps going", sure)
    assert question.opened and question.made["answer"] == "It keeps going" and question.made["sure"] == sure
    assert question.form.state["answer"] == "It keeps going"


@pytest.mark.parametrize(
    "act, said",
    [
        (
            lambda: ask().commit("It explodes", 80),
            "'It explodes' is not one of the choices: 'It dies out', 'It keeps going'",
        ),
        (
            lambda: ask().commit("It dies out", 75),
            "sure = 75 is not allowed; it is one of 50, 60, 70, 80, 90, 100 per cent",
        ),
        (lambda: ask("two words"), "id = 'two words' is not allowed"),
        (lambda: ask("../up"), "id = '../up' is not allowed"),
        (lambda: predict("?", ["one"], id="x"), "needs at least two"),
        (lambda: predict("?", ["a", "a"], id="x"), "each a different one"),
        (lambda: ask().reveal("It explodes"), "is not one of the choices"),
        (lambda: draw().reveal(([0, 1], [1, 2, 3])), r"at least two and all finite; not \(2,\) and \(3,\)"),
        (lambda: draw().reveal(([0, 1], [1, np.nan])), "all finite"),
        (
            lambda: draw().commit([None] * POINTS, 50),
            "25 columns and at least 2 values; this one has 25 and 0",
        ),
        (lambda: draw().commit([1.0, 2.0], 50), "this one has 2 and 2"),
        (lambda: Axis("Time", 5, 5), "low = 5 must be below high = 5"),
        (lambda: Axis("Time", 0, 5, log=True), "needs low above 0, not 0"),
    ],
)
def test_what_is_not_allowed_is_named(act, said):
    with pytest.raises(ValueError, match=said):
        act()
    assert predictions().empty


def test_a_commitment_is_made_once():
    question = ask()
    question.commit("It dies out", 80)
    with pytest.raises(ValueError, match="'toggle' is closed; run its cell again"):
        question.commit("It keeps going", 100)
    question.skip()
    assert question.form.state["phase"] == "made" and len(predictions()) == 1


@pytest.mark.parametrize(
    "go_on", [lambda question: question.commit("It dies out", 80), lambda question: question.skip()]
)
def test_what_comes_next_opens_after_the_answer_and_not_before(go_on):
    made = []
    question = ask(then=lambda: made.append("opened") or ipywidgets.Label("the explorer"))
    assert not made and len(question.children) == 1
    go_on(question)
    assert made == ["opened"] and question.children[1].value == "the explorer"


def test_next_may_be_anything_that_a_cell_can_show():
    question = ask(then=lambda: pd.DataFrame({"cells": [1]}))
    question.skip()
    assert "cells" in question.children[1].outputs[0]["data"]["text/plain"]


def test_what_goes_wrong_when_opening_is_shown():
    question = ask(then=lambda: 1 / 0)
    question.commit("It dies out", 80)
    assert question.children[1].outputs[0]["text"] == "This could not be opened: division by zero\n"


def test_going_on_without_an_answer_keeps_nothing(folder):
    question = ask()
    question.skip()
    assert question.opened and question.made == {} and not folder.exists()


def test_the_page_commits_and_skips_through_messages():
    chosen, skipped = ask(), ask("other")
    for _ in range(2):  # a double click
        chosen.form._handle_custom_msg({"answer": 1, "sure": 90}, [])
    skipped.form._handle_custom_msg({"skip": True}, [])
    assert chosen.made["answer"] == "It keeps going" and skipped.opened and len(predictions()) == 1


# -- revealing ----------------------------------------------------------------------------------------


def test_a_reveal_run_too_early_waits_and_gives_nothing_away():
    question = ask()
    both = question.reveal("It keeps going", "There are 39,800 effector T cells.")
    assert both.state == {"phase": "waiting"} and "keeps" not in json.dumps(both.plan)
    question.commit("It dies out", 80)
    assert both.state == {"phase": "ready"}
    both._handle_custom_msg({"show": True}, [])
    assert both.state == {
        "phase": "shown",
        "mine": "It dies out",
        "model": "It keeps going",
        "right": False,
        "verdict": "It came out otherwise. You were 80 % sure.",
        "comment": "There are 39,800 effector T cells.",
    }


def test_a_reveal_run_afterwards_shows_both_at_once_and_keeps_the_outcome_once(folder):
    question = ask()
    question.commit("It keeps going", 70)
    assert (
        question.reveal("It keeps going").state["verdict"]
        == "It came out as you predicted. You were 70 % sure."
    )
    question.reveal("It keeps going")
    assert len((folder / "predictions.jsonl").read_text().splitlines()) == 2
    assert list(predictions()["right"]) == [True]


def test_a_reveal_without_a_prediction_shows_the_model_and_keeps_nothing(folder):
    question = ask()
    question.skip()
    assert question.reveal("It dies out").state == {
        "phase": "shown",
        "mine": "You made no prediction.",
        "model": "It dies out",
        "verdict": "",
        "comment": "",
    }
    assert not folder.exists()


def test_after_a_new_start_the_last_prediction_is_still_known():
    ask().commit("It dies out", 60)
    again = ask()
    both = again.reveal("It dies out")
    assert both.state == {"phase": "waiting"}
    both.show()
    assert again.opened and again.made == {}
    assert both.state["mine"] == "It dies out" and both.state["right"]


def test_a_question_that_has_changed_its_kind_is_still_compared():
    ask("same").commit("It dies out", 60)
    both = draw("same").reveal(([0, 730], [1, 1000]))
    both.show()
    assert both.state["mine"] == "It dies out" and both.state["right"] is False and "curve" not in both.state


def test_what_a_notebook_saves_never_holds_the_prediction():
    question = ask()
    question.commit("It dies out", 80)
    both = question.reveal("It keeps going")
    for view in (question, both):
        data, metadata = view._repr_mimebundle_()
        assert "dies out" not in json.dumps([data["text/plain"], metadata])
    assert (
        repr(question) == "Run this cell to make a prediction."
        and repr(both) == "The model says: It keeps going."
    )
    assert question.words == ("What will the attack do?", CHOICES)


# -- curves -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "y, drawn, expected",
    [
        (CELLS, [100] + [None] * 23 + [10_000], 1000),
        (Axis("Cells", 0, 100), [0] + [None] * 23 + [50], 25),
        (CELLS, [None] * 12 + [7, 7] + [None] * 11, 7),
    ],
)
def test_gaps_are_filled_straight_as_the_axis_is_seen(y, drawn, expected):
    curve = filled({"x": TIME, "y": y}, drawn)
    assert curve["y"][12] == pytest.approx(expected, rel=0.01) and len(curve["x"]) == POINTS
    assert (curve["x"][0], curve["x"][-1]) == (0, 730)


@pytest.mark.parametrize(
    "y, end, right",
    [
        (CELLS, 100, True),
        (CELLS, 390, True),
        (CELLS, 410, False),
        (CELLS, 25, False),
        (CELLS, 1e9, False),
        (Axis("Cells", 0, 1000), 190, True),
        (Axis("Cells", 0, 1000), 210, False),
        (Axis("Cells", 0, 1000), 0, True),
    ],
)
def test_a_curve_is_right_when_it_ends_within_a_tenth_of_the_axis(y, end, right):
    question = draw(y=y)
    question.commit(LEVEL, 50)
    shown = question.reveal((np.linspace(0, 730, 300), np.linspace(5, end, 300))).state
    assert shown["right"] is right and list(predictions()["right"]) == [right]
    assert (
        shown["curve"]["y"][-1] == 100
        and max(shown["models"]["y"]) <= y.high
        and len(shown["models"]["x"]) == 200
    )


def test_a_curve_is_told_in_words():
    question = draw()
    question.commit([10.0] * 12 + [5000.0] + [300.0] * 12, 50)
    assert (
        question.form.state["answer"]
        == "10 cells at the start, highest with 5,000 cells at 370 days, 300 cells at the end"
    )
    assert predictions()["answer"][0] == question.form.state["answer"]
    data, _ = question.reveal(([0, 730], [1, 1000]))._repr_mimebundle_()
    top = "1,000 cells"
    assert (
        data["text/plain"]
        == f"The model says: 1 cell at the start, highest with {top} at 730 days, {top} at the end."
    )
    assert len(data["image/png"]) < 40_000


def test_axes_have_round_numbers_within_them():
    plan = draw().form.plan["chart"]
    assert [text for _, text in plan["x"]["ticks"]] == ["0", "200", "400", "600"]
    assert [text for _, text in plan["y"]["ticks"]] == [
        "1",
        "10",
        "100",
        "1,000",
        "10,000",
        "100,000",
        "1 million",
    ]
    assert plan["y"]["name"] == "Effector T cells (cells)"


# -- calibration --------------------------------------------------------------------------------------


def kept(*made):
    """Keep predictions, each (id, sure, right or None for no outcome)."""
    for name, sure, right in made:
        question = ask(name)
        question.commit("It dies out", sure)
        if right is not None:
            question.reveal("It dies out" if right else "It keeps going")


def test_calibration_counts_the_first_prediction_under_each_id():
    kept(("a", 80, True), ("b", 80, False), ("c", 100, True), ("c", 50, False), ("d", 90, None))
    table = calibration()
    assert table.to_dict("index") == {
        80: {"predictions": 2, "right": 1, "share": 50},
        100: {"predictions": 1, "right": 1, "share": 100},
    }
    assert len(predictions()) == 5


@pytest.mark.parametrize(
    "sure, right, said",
    [
        (50, 5, "You were 50 % sure on average. So you were about as sure as right."),
        (90, 5, "You were 90 % sure on average. So you were surer than right."),
        (60, 9, "You were 60 % sure on average. So you were less sure than right."),
    ],
)
def test_the_sentence_compares_sure_and_right(sure, right, said):
    kept(*((f"q{k}", sure, k < right) for k in range(10)))
    assert (
        calibration_sentence(calibration())
        == f"10 predictions: {right} came true, which is {10 * right} %. {said}"
    )


def test_few_predictions_are_not_judged():
    assert calibration_sentence(calibration()) == "There are no predictions with an outcome yet."
    kept(("a", 80, True))
    assert calibration_sentence(calibration()) == (
        "1 prediction: 1 came true, which is 100 %. You were 80 % sure on average. "
        "That is too few to judge by."
    )


@pytest.mark.parametrize(
    "made", [[], [("a", 80, True)], [(f"q{k}", SURE[k % 6], k % 3 == 0) for k in range(12)]]
)
def test_the_picture_shows_each_group(made):
    kept(*made)
    table = calibration()
    picture = calibration_figure(table)
    (axes,) = picture.axes
    assert figures.png(picture).startswith(b"\x89PNG")
    dots = axes.collections[0].get_offsets()
    assert np.allclose(dots, np.column_stack([table.index, table["share"]]))
