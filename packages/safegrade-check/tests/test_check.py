"""A check passes in silence or says in one sentence what it expected."""

import numpy as np
import pandas as pd
import pytest

import safegrade_check as check

NAN = float("nan")


def said(function, *arguments, **named):
    """What a check said; it has to say something."""
    with pytest.raises(AssertionError) as raised:
        function(*arguments, **named)
    return str(raised.value)


@pytest.mark.parametrize("passes", [
    lambda: check.number(3, what="x", low=0, high=3),
    lambda: check.close(1.005, 1, what="x"),
    lambda: check.close(np.float32(1), 1, what="x"),
    lambda: check.close(np.array(1.0), 1, what="x"),
    lambda: check.close(NAN, NAN, what="x"),
    lambda: check.close(104, 100, abs=5, what="x"),
    lambda: check.same(" Keep ", "keep", what="x"),
    lambda: check.same(np.array([True, False]), [True, False], what="x"),
    lambda: check.same(pd.Series(["a", "b"], index=[7, 3]), ["a", "b"], what="x"),
    lambda: check.same(("a", "b"), ["a", "b"], what="x"),
    lambda: check.choice("B)", "abc", right="b", what="x"),
    lambda: check.order("bca", "abc", what="x", before={"ba": "why"}),
    lambda: check.order(["C", "b", "a"], "abc", what="x", before={"ba": "why"}),
])
def test_a_right_answer_passes_in_silence(passes, capsys):
    assert passes() is None
    assert capsys.readouterr() == ("", "")


def test_a_call_hands_back_the_answer():
    assert check.call(lambda x, y: x + y, 1, y=2) == 3


def stops(x):
    raise KeyError("mu_A")


def gap(x):
    raise NotImplementedError


def forgets(x):
    str(x)


@pytest.mark.parametrize("function, words", [
    (stops, "stops(1): it stopped with KeyError: 'mu_A'"),
    (gap, "gap(1): not attempted yet."),
    (forgets, "forgets(1): no answer came back. It is not attempted yet, or a `return` is missing."),
    (..., "your function: not attempted yet."),
    (3, "your function: 3 (int) is not a function. Was its name used for something else?"),
    (lambda: 3, "it stopped with TypeError"),
])
def test_a_function_that_does_not_answer(function, words):
    assert words in said(check.call, function, 1)


def test_a_long_argument_is_cut_short():
    assert said(check.call, forgets, list(range(999))).startswith("forgets([0, 1, 2, 3, 4, 5, ...]): no answer")
    assert said(check.call, forgets, np.zeros((3, 4))).startswith("forgets(an array of 3 by 4): no answer")
    assert said(check.call, forgets, pd.DataFrame({"x": [1, 2]})).startswith("forgets(a table of 2 rows): no answer")


@pytest.mark.parametrize("function, right", [
    (check.close, (1,)), (check.same, ("keep",)), (check.choice, ("abc",)), (check.order, ("abc",)), (check.number, ()),
])
@pytest.mark.parametrize("got", [..., None])
def test_a_gap_is_not_attempted_yet(function, right, got):
    assert said(function, got, *right, what="The day") == "The day: not attempted yet."


@pytest.mark.parametrize("got, words", [
    ("12 days", "The day: '12 days' (str) is not a single number. Give the number alone, without quotes or unit."),
    (True, "True (bool) is not a single number"),
    ([1, 2], "[1, 2] (list) is not a single number"),
    (pd.Series([1.0]), "(Series) is not a single number"),
    (1j, "1j (complex) is not a single number"),
    (lambda: 1, "(function) is not a single number"),
    (NAN, "you have nan"),
    (float("inf"), "you have inf"),
])
@pytest.mark.parametrize("function, right", [(check.close, (1,)), (check.number, ())])
def test_what_is_not_a_number(function, right, got, words):
    assert words in said(function, got, *right, what="The day")


@pytest.mark.parametrize("limits, words", [
    ({"low": 0}, "expected a number of at least 0 days."),
    ({"high": -2}, "expected a number of at most -2 days."),
    ({"low": 0, "high": 60}, "expected a number from 0 to 60 days."),
])
def test_a_number_out_of_its_limits(limits, words):
    assert words in said(check.number, -1, what="The day", unit="days", **limits)


def test_a_wrong_number_is_named_and_the_right_one_only_where_it_may_be():
    assert said(check.close, 2, 1.5, what="R_0") == "R_0: you have 2, which is not it."
    assert said(check.close, 2, 1.5, what="R_0", unit="/d", show=True) == "R_0: you have 2 /d, expected about 1.5 /d."


@pytest.mark.parametrize("got, words", [
    (2, "x: you have 2, which is not it. This is two."),
    (2.01, "x: you have 2.01, which is not it. This is two."),
    (-4, "x: you have -4, which is not it. This is below zero."),
    (9, "x: you have 9, which is not it."),
])
def test_a_wrong_idea_about_a_number_is_recognised(got, words):
    ideas = {2: "This is two.", (lambda value: value < 0): "This is below zero."}
    assert said(check.close, got, 1, what="x", ideas=ideas) == words


def test_the_narrower_tolerance_does_not_count():
    check.close(0, 0, what="x")
    check.close(1e-10, 0, abs=1e-9, what="x")
    assert "you have 1e-08" in said(check.close, 1e-8, 0, abs=1e-9, what="x")


@pytest.mark.parametrize("got, words", [
    ("keep", "'keep' (str) is not a list. Expected a list of 3."),
    (["a", "b"], "your list has 2 entries, expected 3."),
    (["a", "c", "b"], "2 of 3 entries are not right; number 2 is 'c'."),
    (["c", "b", "a"], "2 of 3 entries are not right; number 1 is 'c'. It is turned around."),
])
def test_a_wrong_list(got, words):
    assert said(check.same, got, ["a", "b", "c"], what="x", ideas={("c", "b", "a"): "It is turned around."}) == f"x: {words}"


def test_a_right_word_is_told_only_where_it_may_be():
    assert said(check.same, "keep", "delete", what="x") == "x: you have 'keep', which is not it."
    assert said(check.same, "keep", "delete", what="x", show=True) == "x: you have 'keep', expected 'delete'."
    assert said(check.same, ["keep"], ["delete"], what="x", show=True).endswith("number 1 is 'keep', expected 'delete'.")


@pytest.mark.parametrize("got, words", [
    ("d", "x: you have 'd', expected one letter in quotes: a, b or c."),
    (1, "x: you have 1, expected one letter in quotes: a, b or c."),
    (["a"], "x: you have ['a'], expected one letter in quotes: a, b or c."),
    ("", "x: you have '', expected one letter in quotes: a, b or c."),
    ("a", "x: a is not it. Because."),
    ("c", "x: c is not it."),
])
def test_a_wrong_choice(got, words):
    assert said(check.choice, got, "abc", right="b", what="x", ideas={"a": "Because."}) == words


@pytest.mark.parametrize("got, words", [
    (["a", "b"], "expected a list with each of a, b and c once."),
    (["a", "b", "b"], "expected a list with each of a, b and c once."),
    ([1, 2, 3], "expected a list with each of a, b and c once."),
    (3, "expected a list with each of a, b and c once."),
    (["a", "b", "c"], "x: a stands before b. b makes a."),
])
def test_a_wrong_order(got, words):
    assert words in said(check.order, got, "abc", what="x", before={"ba": "b makes a."})


def test_a_notebook_shows_the_sentence_in_lines_that_nbgrader_does_not_cut():
    what = "The long-lasting day " * 9
    with pytest.raises(check.NotYet) as raised:
        check.close(1, 2, what=what)
    lines = raised.value._render_traceback_()
    assert " ".join(lines) == str(raised.value)
    assert max(map(len, lines)) <= check.WIDTH
