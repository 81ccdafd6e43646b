"""What a trial has found out is kept for the next session, and believed of the same alone; the rehearsal comes each time."""

from dataclasses import replace

import pytest

from packages.safegrade.tests import cases
from safegrade.limits import Limits
from safegrade.marking import found, mark, rehearsal, trial
from safegrade.marking.found import Found, keep, kept
from safegrade.marking.ingest import Cell
from safegrade.marking.paper import Item, rebuild
from safegrade.sandbox import Refused

WHOLE = Found({"t": "it seeds"}, {"c"}, ["builtins.len"], {"h"}, {"t": frozenset({1, 3})}, {"t": {"shape"}}, {"t": {"Circle"}}, True,
              {"y": [{"output_type": "stream", "name": "stdout", "text": "é\n"}]}, {"kernel": ["decimal"], "examiner": []})
CASE = cases.parse("kept", """
# %% given
import math

# %% answer half
import fractions
def half(x):
    return fractions.Fraction(x) / 2

# %% answer late
late = 0
def later():
    global late
    late += 1

# %% test half-check
assert half(4) == 2

# %% hidden half-hidden
assert half(3) * 2 == 3

# %% test beside
later()
assert late == 1 and id(later)
""")


@pytest.fixture
def runs(monkeypatch):
    """The submissions that are marked from beginning to end, and those of a trial."""
    made, whole, proves = [], mark.Room.afresh, trial.prove
    monkeypatch.setattr(mark.Room, "afresh", lambda room, sheet: made.append("marked") or whole(room, sheet))
    monkeypatch.setattr(trial, "prove", lambda *given: made.append("tried") or proves(*given))
    return made


@pytest.mark.parametrize("finding", [WHOLE, Found(), replace(WHOLE, keeps=None)])
def test_it_comes_back_as_it_was(tmp_path, finding):
    keep(tmp_path, CASE.paper, Limits(), finding)
    assert kept(tmp_path, CASE.paper, Limits()) == finding
    assert [path.stat().st_mode & 0o77 for path in tmp_path.iterdir()] == [0]


def test_one_that_ran_out_of_time_is_not_kept(tmp_path):
    keep(tmp_path, CASE.paper, Limits(), replace(WHOLE, hurried=True))
    assert not [*tmp_path.iterdir()]


OTHERS = {
    "another test": lambda paper: replace(paper, items=(*paper.items, Item("more", "test", "code", "assert half(2) == 1", 1.0))),
    "another answer of the instructor's": lambda paper: replace(paper, reference=paper.reference | {"half": "half = lambda x: x / 2"}),
    "another file": lambda paper: replace(paper, files={"data.csv": b"1"}),
}


@pytest.mark.parametrize("change", OTHERS)
def test_it_is_not_believed_of_another_paper(tmp_path, change):
    keep(tmp_path, CASE.paper, Limits(), WHOLE)
    assert kept(tmp_path, OTHERS[change](CASE.paper), Limits()) is None


def test_it_is_not_believed_with_other_packages_or_limits_or_where_the_file_is_spoilt(tmp_path, monkeypatch):
    keep(tmp_path, CASE.paper, Limits(), WHOLE)
    assert kept(tmp_path, CASE.paper, Limits(cell_seconds=1)) is None
    found.place(tmp_path, "kept").write_text("{", encoding="utf-8")
    assert kept(tmp_path, CASE.paper, Limits()) is None
    keep(tmp_path, CASE.paper, Limits(), WHOLE)
    monkeypatch.setattr(found, "surroundings", lambda: ("numpy 99",))
    assert kept(tmp_path, CASE.paper, Limits()) is None


def whole(paper, answers):
    """A notebook as it comes in: every cell of the release, with these answers."""
    return [Cell(item.name, item.id, item.kind, answers.get(item.name, item.released)) for item in paper.items]


def marks(room, **answers):
    sheet = rebuild(CASE.paper, "ada", whole(CASE.paper, CASE.reference | answers))
    return [verdict.points for verdict in room.mark(sheet).verdicts.values()]


def test_with_it_there_is_no_trial_and_the_rehearsal_all_the_same(tmp_path, runs):
    with rehearsal.opened(CASE.paper) as room:
        assert runs == ["tried", "marked", "marked"] and [*room.found.beside] == ["beside"]
        keep(tmp_path, CASE.paper, Limits(), room.found)
        first = [marks(room), marks(room, half="def half(x):\n    return x // 2"), marks(room, late="late = 0\ndef later():\n    pass")]
    runs.clear()
    with rehearsal.opened(replace(CASE.paper, found=kept(tmp_path, CASE.paper, Limits()))) as room:
        assert runs == ["marked", "marked"]
        assert [marks(room), marks(room, half="def half(x):\n    return x // 2"), marks(room, late="late = 0\ndef later():\n    pass")] == first
    assert first == [[1, 1, 1], [1, 0, 1], [1, 1, 0]]


def test_one_with_which_the_instructors_answers_fail_is_forgotten(runs):
    wrong = Found(outputs={}, keeps=[], modules={"kernel": []})  # says that every test can be run apart
    with rehearsal.opened(replace(CASE.paper, found=wrong)) as room:
        assert [*room.found.beside] == ["beside"] and runs == ["marked", "marked", "tried", "marked", "marked"]
    assert not wrong.beside


def test_a_course_that_forbids_tests_beside_forbids_them_with_it_too():
    with pytest.raises(Refused, match="beside .*switched off"):
        rehearsal.opened(replace(CASE.paper, found=Found({"beside": "it looks around"}, keeps=[], modules={"kernel": []})), beside=False)


# -- what the rehearsal has marked ------------------------------------------------------------------------------------


def test_what_was_handed_in_as_the_rehearsal_had_it_is_not_run_once_more(runs):
    with rehearsal.opened(CASE.paper) as room:
        runs.clear()
        assert marks(room) == [1, 1, 1] and runs == []
        assert room.mark(CASE.paper.sheet({})).verdicts["half-check"].reason == "not attempted" and runs == []
        assert rehearsal.wrong(room) == {} and runs == ["marked"]  # a look is one


def test_it_keeps_nothing_of_another_submission(runs):
    words = Item("words", "answer", "markdown", "?", points=3, by_hand=True, released="?")
    paper = replace(CASE.paper, items=(*CASE.paper.items, words))
    with rehearsal.opened(paper) as room:
        runs.clear()
        first, second, third = (room.mark(rebuild(paper, who, whole(paper, CASE.reference | {"words": said})))
                                for who, said in (("ada", "Because."), ("bob", "?"), ("eve", "?")))
        assert runs == []
        assert [first.learner, second.learner] == ["ada", "bob"] and first.items[-1].source == "Because."
        assert (first.verdicts["words"].points, second.verdicts["words"].points) == (None, 0)
        first.verdicts["half-check"].doubt = "look"
        assert not third.verdicts["half-check"].doubt


@pytest.mark.parametrize("odd", [Cell("", "", "code", "x = 1"), Cell("half-check", "", "code", "pass")])
def test_where_there_is_anything_more_it_is_run(runs, odd):
    with rehearsal.opened(CASE.paper) as room:
        runs.clear()
        room.mark(rebuild(CASE.paper, "ada", [*(each for each in whole(CASE.paper, CASE.reference) if each.name != odd.name), odd]))
        assert runs == ["marked"]
