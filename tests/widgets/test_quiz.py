"""Questions mark what is given in words, keep their answers to themselves, and return in later lessons."""

import json
import re
from itertools import permutations
from pathlib import Path

import nbformat
import pytest

from autoimmune.data import facts
from autoimmune.learning import questions
from autoimmune.learning.questions import (
    Answer,
    Attempt,
    Before,
    Choice,
    Idea,
    Numeric,
    Objective,
    Ordering,
    bank,
    faults,
    owed,
    question,
    retrieval,
)
from autoimmune.models.alexander_wahl_2011 import model
from autoimmune.widgets.quiz import quiz

COURSE = Path(__file__).parents[2] / "course"
LESSONS = {path.stem[:2]: path for path in COURSE.glob("*.ipynb")}
QUESTIONS = list(bank().questions.values())
CHOICE = Choice(
    "q",
    "o",
    "Which?",
    "Because.",
    (Answer("left", "No, not left.", misconception="M02"), Answer("right", "Yes.", right=True)),
)
NUMBER = Numeric(
    "n",
    "o",
    "How fast?",
    "Because.",
    answer=0.15,
    tolerance=0.005,
    unit="per day",
    ideas=(Idea(0.3, "That is twice as fast."),),
)
STEPS = Ordering(
    "s",
    "o",
    "In which order?",
    "Because.",
    {"a": "cook", "c": "lay the table", "b": "eat"},
    (Before("a", "b", "Cook first."), Before("c", "b", "The table comes first.")),
)


# -- marking ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given, right, said, counted",
    [
        (1, True, "Yes.", True),
        (0, False, "No, not left.", True),
        (None, False, "Choose one of the options first.", False),
        (2, False, "Choose one of the options first.", False),
        (-1, False, "Choose one of the options first.", False),
    ],
)
def test_a_choice_answers_each_option(given, right, said, counted):
    mark = CHOICE.mark(given)
    assert (mark.right, mark.feedback, mark.counted) == (right, said, counted)


@pytest.mark.parametrize(
    "given",
    [0.15, "0.15", "0.15 per day", " .15/day ", "0,15 per day.", "0.1549", "1.5e-1 per days", "+0.15"],
)
def test_a_number_is_read_as_people_write_it(given):
    assert NUMBER.mark(given).right


@pytest.mark.parametrize(
    "given, said",
    [
        ("0.3 per day", "That is twice as fast."),
        ("0.156", "It is not 0.156."),
        ("−0.15", "It is not −0.15."),
        ("1,500", "It is not 1,500."),
    ],
)
def test_a_wrong_number_costs_a_try(given, said):
    mark = NUMBER.mark(given)
    assert (mark.right, mark.feedback, mark.counted) == (False, said, True)


@pytest.mark.parametrize(
    "given, said",
    [
        ("", "Write a number, such as 2.5 per day."),
        ("slowly", "Write a number, such as 2.5 per day."),
        (None, "Write a number, such as 2.5 per day."),
        ("0.15 per hour", "Give the number in the unit “per day”; “per hour” was not understood."),
        ("1,2,3", "“1,2,3” was not understood. Write a number such as 1000 or 0.5."),
    ],
)
def test_what_cannot_be_read_costs_no_try(given, said):
    mark = NUMBER.mark(given)
    assert (mark.feedback, mark.counted) == (said, False)


def test_thousands_and_percent_are_read():
    assert Numeric("n", "o", "?", "!", answer=16e6, tolerance=1).mark("16,000,000").right
    assert Numeric("n", "o", "?", "!", answer=9, tolerance=0.5, unit="%").mark("9 per cent").right


def test_an_order_is_right_as_long_as_what_comes_before_does():
    right = [
        [STEPS.shown[place] for place in given] for given in permutations(range(3)) if STEPS.mark(given).right
    ]
    assert sorted(right) == [["a", "c", "b"], ["c", "a", "b"]]


def test_a_wrong_order_says_what_must_come_first():
    given = [STEPS.shown.index(key) for key in "bac"]
    assert STEPS.mark(given).feedback == "Cook first."


@pytest.mark.parametrize("given", [None, [], [0, 1], [0, 0, 1], [0, 1, 3]])
def test_an_incomplete_order_costs_no_try(given):
    assert not STEPS.mark(given).counted


def test_there_is_a_second_try_and_then_the_explanation():
    attempt = Attempt(CHOICE)
    first = attempt.answer(0)
    assert (
        first["verdict"] == "Not yet."
        and first["next"] == "You have one more try."
        and "explanation" not in first
    )
    assert attempt.answer(None)["verdict"] == "" and attempt.tried == 1
    second = attempt.answer(0)
    assert second["verdict"] == "Not right." and second["done"]
    assert (
        second["feedback"] == "No, not left."
        and second["solution"] == ["right"]
        and second["explanation"] == "Because."
    )
    with pytest.raises(ValueError, match="closed after 2 tries"):
        attempt.answer(1)


def test_the_same_answer_twice_costs_one_try():
    attempt = Attempt(CHOICE)
    assert attempt.answer(0) == attempt.answer(0) and attempt.tried == 1
    assert attempt.answer(1) == attempt.answer(1) and attempt.tried == 2


def test_a_right_answer_closes_the_question():
    reply = Attempt(CHOICE).answer(1)
    assert (
        reply["done"]
        and reply["verdict"] == "Right."
        and reply["solution"] == []
        and reply["explanation"] == "Because."
    )


@pytest.mark.parametrize(
    "make, said",
    [
        (
            lambda: Choice("q", "o", "?", "!", (Answer("a", "x"), Answer("b", "y"))),
            "2 options, 0 of them right",
        ),
        (lambda: Choice("q", "o", "?", "!", (Answer("a", "x", right=True),)), "1 options, 1 of them right"),
        (lambda: Numeric("q", "o", "?", "!", answer=1), "must be above 0"),
        (
            lambda: Numeric("q", "o", "?", "!", answer=1, tolerance=0.1, ideas=(Idea(1.05, "x"),)),
            "the idea 1.05 counts as right",
        ),
        (
            lambda: Ordering("q", "o", "?", "!", {"a": "x", "b": "y"}, (Before("b", "a", "no"),)),
            "its own order breaks “no”",
        ),
        (
            lambda: Ordering("q", "o", "?", "!", {"a": "x", "b": "y"}, (Before("a", "z", "no"),)),
            "'z' names a step that is not one of a, b",
        ),
        (lambda: Answer("a", "x", misconception="M15"), "'M15' is not the id of a misconception"),
        (lambda: question("02-thymos"), "Did you mean '02-thymus'"),
        (lambda: questions.built({"kind": "essay"}), "no kind of question named 'essay'"),
        (quiz, "at least one question"),
    ],
)
def test_mistakes_of_authors_are_named(make, said):
    with pytest.raises(ValueError, match=said):
        make()


@pytest.mark.parametrize(
    "row, said",
    [
        (
            {"objectives": [{"id": "00-a", "text": "x", "returns": {}}] * 2, "questions": []},
            "'00-a' is used twice",
        ),
        (
            {"objectives": [{"id": "00-a", "text": "x", "returns": {}}], "questions": []},
            "no question asks after the objective '00-a'",
        ),
    ],
)
def test_a_bank_is_whole(row, said):
    with pytest.raises(ValueError, match=said):
        questions.collected([row])


# -- the course's questions ---------------------------------------------------------------------------


def says(each):
    """Everything that is said to an answer, and what is right about it."""
    parts = {
        Choice: lambda q: [a.says for a in q.answers],
        Numeric: lambda q: [i.says for i in q.ideas] + [f"{q.answer:g}"],
        Ordering: lambda q: [pair.says for pair in q.before],
    }
    return parts[type(each)](each) + [each.explanation]


@pytest.mark.parametrize("each", QUESTIONS, ids=lambda each: each.id)
def test_a_page_is_not_told_what_is_right_before_it_is_answered(each):
    view = quiz(each.id)
    state = {name: value for name, value in view.get_state().items() if not name.startswith("_") and name != "layout"}
    data, _ = view._repr_mimebundle_()
    told = json.dumps([state, data["text/plain"], view.words], ensure_ascii=False)
    assert not [words for words in says(each) if re.search(rf"(?<!\w){re.escape(words)}(?!\w)", told)]
    assert "right" not in state["questions"][0]
    assert (
        not Attempt(each)
        .answer(list(range(len(each.steps))) if isinstance(each, Ordering) else None)
        .get("explanation")
    )


@pytest.mark.parametrize(
    "each", [each for each in QUESTIONS if isinstance(each, Ordering)], ids=lambda each: each.id
)
def test_steps_are_first_shown_in_a_wrong_order(each):
    assert each.broken(each.shown)


def test_the_right_option_does_not_always_stand_in_the_same_place():
    places = {
        next(k for k, answer in enumerate(each.answers) if answer.right)
        for each in QUESTIONS
        if isinstance(each, Choice)
    }
    assert len(places) > 2


@pytest.mark.parametrize("each", QUESTIONS, ids=lambda each: each.id)
def test_beliefs_are_those_of_the_facts(each):
    beliefs = {
        mark.misconception
        for mark in (*getattr(each, "answers", ()), *getattr(each, "ideas", ()), *getattr(each, "before", ()))
    }
    assert beliefs - {""} <= set(facts.load("misconceptions").index)


def test_each_objective_is_one_of_its_lesson():
    for objective in bank().objectives.values():
        prose = "\n".join(
            cell.source
            for cell in nbformat.read(LESSONS[objective.lesson], 4).cells
            if cell.cell_type == "markdown"
        )
        assert f"- {objective.text}" in prose.replace("\n  ", " "), objective.id


def test_numbers_of_lesson_02_are_the_models():
    published, doubled = model.evaluate("b_1_critical"), model.evaluate("b_1_critical", mu_E=0.125)
    assert published == pytest.approx(0.15, abs=0.001)
    assert doubled == pytest.approx(question("02-threshold").answer, abs=0.001)
    assert model.evaluate("R_0", mu_E=0.125) == pytest.approx(1.6, abs=0.01)
    for sigma, cells in ((3e-6, 39_800), (3e-5, 9_500)):
        assert model.evaluate("E_steady", b_1=0.05, sigma_1=sigma) == pytest.approx(cells, abs=50)
        assert f"{cells:,}" in question("02-brake").explanation


def test_the_causal_chain_of_lesson_02_has_three_right_orders():
    each = question("02-chance")
    assert sum(each.mark(given).right for given in permutations(range(len(each.steps)))) == 3


# -- returning ----------------------------------------------------------------------------------------


def test_objectives_of_the_lessons_that_exist_return_with_growing_gaps():
    assert {objective.lesson for objective in bank().objectives.values()} <= set(LESSONS)
    assert faults(bank().objectives.values()) == []
    assert owed(bank().objectives.values()) == ""


def test_a_longer_course_says_in_one_message_what_its_new_lesson_has_to_ask():
    said = owed([Objective("06-x", "do it", {"07": "q"}), Objective("06-y", "do it", {"07": "q"}), Objective("08-z", "do it", {})], (*questions.LESSONS, "09"))
    assert said == ("With 10 lessons some objectives need one more return. Lesson 09 has to ask again: 06-x, 06-y, 08-z. "
                    "Name a question for each in its `returns`.")


@pytest.mark.parametrize(
    "lesson, returns, said",
    [
        ("00", ("02", "04"), ["00-x returns after 2, 2 lessons; each gap must be longer than the last"]),
        ("00", ("03", "04"), ["00-x returns after 3, 1 lessons; each gap must be longer than the last"]),
        ("02", ("02", "05"), ["02-x returns after 0, 3 lessons; each gap must be longer than the last"]),
        ("00", ("09",), ["00-x returns in 09; the lessons are 00, 01, 02, 03, 04, 05, 06, 07, 08"]),
        ("05", ("06", "08"), []),
        ("06", ("07",), []),
        ("08", (), []),
    ],
)
def test_a_schedule_with_a_fault_is_told(lesson, returns, said):
    assert faults([Objective(f"{lesson}-x", "do it", dict.fromkeys(returns, "q"))]) == said


def test_a_lesson_asks_about_earlier_ones_only():
    for lesson in questions.LESSONS:
        assert all(name[:2] < lesson for name in retrieval(lesson))
    assert retrieval("02") == ["00-toggle", "00-extension"]
    with pytest.raises(ValueError, match="no lesson named '9'"):
        retrieval("9")


def test_a_new_question_changes_no_later_lesson():
    about = {name: Choice(name, "00-a", "?", "!", CHOICE.answers) for name in ("one", "two", "three")}
    objectives = {"00-a": Objective("00-a", "do it", {"01": "two", "03": "one"})}
    asked = [[retrieval(lesson, questions.Bank(dict(some), objectives)) for lesson in ("01", "03")] for some in ([*about.items()][:2], about.items())]
    assert asked == [[["two"], ["one"]]] * 2


def test_a_return_with_a_question_on_something_else_is_named():
    two = [{"text": "a", "says": "", "right": True}, {"text": "b", "says": ""}]
    table = {"objectives": [{"id": "00-a", "text": "x", "returns": {"01": "00-q"}}, {"id": "00-b", "text": "x", "returns": {}}],
             "questions": [{"id": "00-q", "kind": "choice", "objective": "00-b", "prompt": "?", "explanation": "!", "answers": two},
                           {"id": "00-r", "kind": "choice", "objective": "00-a", "prompt": "?", "explanation": "!", "answers": two}]}
    with pytest.raises(ValueError, match="00-a returns with '00-q', which is no question that asks after it"):
        questions.collected([table])


def test_a_saved_notebook_holds_the_questions_as_words():
    view = quiz("00-toggle", "02-threshold")
    assert repr(view) == "Run this cell to answer 2 questions." and len(view.words) == 3
    assert (
        view.words[0].startswith("In the first toggle")
        and "How strongly regulatory T cells suppressed" in view.words[1]
    )
