"""The views of lesson 01: right words at the ends of every control, and one answer from browser and SciPy."""

import json
import re
from itertools import product

import numpy as np
import pytest

from autoimmune.methods.infection import GONE, ILL, influenza
from autoimmune.models.reynolds_2006 import OUTCOMES, outcome
from autoimmune.models.reynolds_2006 import model as inflammation
from autoimmune.showing import describe
from autoimmune.views.immune_response import (
    BEFORE,
    COURSES,
    DOSE,
    DOSE_RULES,
    FIT,
    GROWTH,
    INOCULUM,
    PART_RULES,
    PARTS,
    SECOND_RULES,
    THREE_WEEKS,
    TWO_WEEKS,
    dose_decides,
    second_infection,
    who_clears,
)
from autoimmune.widgets.explorer.script import runner
from testing.browser import run_in_node

POINTS = 401


def run(model, until, values):
    """A run as the explorer makes it, from controlled values."""
    initial = {symbol: value for symbol, value in values.items() if symbol in model.initial}
    parameters = {symbol: value for symbol, value in values.items() if symbol in model.defaults}
    return model.simulate(until, initial=initial, points=POINTS, **parameters)


def said(model, rules, table):
    return describe.sentence(model, rules, describe.summary(model, table))


def in_browser(model, rules, until, cases):
    """For each case of controlled values: what the browser's solver finds and says, [{y, stopped, words}]."""
    starts = [([(model.defaults | case)[symbol] for symbol in model.defaults], [(model.initial | case)[symbol] for symbol in model.initial])
              for case in cases]
    found = run_in_node(runner(model, rules) + f"""
        const times = Float64Array.from({{length: {POINTS}}}, (_, k) => {until} * k / {POINTS - 1});
        const answer = {json.dumps(starts)}.map(([p, y0]) => {{
          const {{y, stopped}} = solve(MODEL, p, y0, times);
          return {{y, stopped, words: sentence(summary(MODEL, p, times, y))}};
        }});""")
    for each in found:
        each["y"] = np.array(each["y"], dtype=float).reshape(POINTS, len(model.initial))
    return found


def numbers(words):
    return [float(each) for each in re.findall(r"\d+(?:\.\d+)?", words)]


def alike(words, other):
    """The same sentence, its numbers within 1 %: the last shown digit may differ between two solvers."""
    same = re.sub(r"\d+(\.\d+)?", "0", words) == re.sub(r"\d+(\.\d+)?", "0", other)
    return same and numbers(words) == pytest.approx(numbers(other), rel=0.01)


# -- the dose decides -------------------------------------------------------------------------------

DOSES = [{"P": dose, "k_pg": growth} for dose, growth in product((DOSE.low, 0.5, 1.0, 1.5, DOSE.high), (GROWTH.low, 0.1, 0.3, 0.6, GROWTH.high))]
NAMED = {"Health": OUTCOMES[0], "Inflammation without germs": OUTCOMES[1], "Infection that stays": OUTCOMES[2]}
BEGINS = {OUTCOMES[0]: "Health", OUTCOMES[1]: "The germs are gone, but the inflammation is not", OUTCOMES[2]: "The infection stays"}


@pytest.mark.parametrize("values", DOSES, ids=str)
def test_dose_is_told_as_it_ends_in_the_long_run(values):
    words = said(inflammation, DOSE_RULES, run(inflammation, THREE_WEEKS, values))
    assert words.startswith(BEGINS[outcome(run(inflammation, 5 * THREE_WEEKS, values))])


def test_every_outcome_is_met_at_some_end_of_the_controls():
    ends = {outcome(run(inflammation, THREE_WEEKS, values)) for values in DOSES}
    assert ends == set(OUTCOMES)


@pytest.mark.parametrize("name", COURSES)
def test_a_preset_is_what_it_is_called(name):
    assert outcome(run(inflammation, THREE_WEEKS, COURSES[name])) == NAMED[name]


def test_a_run_that_hangs_between_is_not_called_either_way():
    undecided = describe.summary(inflammation, run(inflammation, THREE_WEEKS, {"P": 1.0, "k_pg": 0.3})) | {"final_N": 0.05}
    assert describe.sentence(inflammation, DOSE_RULES, undecided).startswith("After 21 days it is not decided yet")


def test_the_browser_says_the_same_about_doses():
    found = in_browser(inflammation, DOSE_RULES, THREE_WEEKS, DOSES)
    for values, browser in zip(DOSES, found, strict=True):
        table = run(inflammation, THREE_WEEKS, values)
        assert browser["stopped"] is None
        assert browser["y"] == pytest.approx(table[list(inflammation.initial)].to_numpy(), rel=1e-3, abs=1e-5)
        assert alike(browser["words"], said(inflammation, DOSE_RULES, table)), values


# -- who clears the virus ---------------------------------------------------------------------------

SWITCHES = [{symbol: value for option in chosen for symbol, value in option.values.items()} for chosen in product(*(part.options for part in PARTS))]


@pytest.fixture(scope="module")
def influenzas():
    return [run(influenza, TWO_WEEKS, values) for values in SWITCHES]


def test_each_switch_is_told_as_it_ends(influenzas):
    for values, table in zip(SWITCHES, influenzas, strict=True):
        words = said(influenza, PART_RULES, table)
        assert ("the lining is lost" in words) == (values["b_F"] == 0)
        assert ("it does not go" in words) == (values["b_F"] > 0 and values["b_PM"] == 0)
        assert ("gone by the end" in words) == (values["b_F"] > 0 and values["b_PM"] > 0)
        if values["b_F"] > 0:
            assert f"worst {describe.number(100 * table['D'].max())} %" in words
            assert (table["V"].iloc[-1] < GONE) == (values["b_PM"] > 0)


def test_killer_cells_change_almost_nothing_and_interferon_everything(influenzas):
    damage = {tuple(values[symbol] > 0 for symbol in ("b_F", "b_EM", "b_PM")): table["D"].max()
              for values, table in zip(SWITCHES, influenzas, strict=True)}
    for interferon, antibodies in product((True, False), repeat=2):
        assert damage[interferon, True, antibodies] == pytest.approx(damage[interferon, False, antibodies], abs=5e-3)
    assert min(damage[False, killers, antibodies] for killers, antibodies in product((True, False), repeat=2)) > 0.999


def test_the_browser_agrees_at_every_setting_of_the_switches(influenzas):
    found = in_browser(influenza, PART_RULES, TWO_WEEKS, SWITCHES)
    shown = [list(influenza.initial).index(symbol) for symbol in "VIRD"]
    for values, table, browser in zip(SWITCHES, influenzas, found, strict=True):
        expected = table[list(influenza.initial)].to_numpy()[:, shown]
        assert browser["stopped"] is None
        assert (np.abs(browser["y"][:, shown] - expected).max(axis=0) <= 1e-4 * np.maximum(expected.max(axis=0), 1e-2)).all()
        assert alike(browser["words"], said(influenza, PART_RULES, table)), values


# -- the second time --------------------------------------------------------------------------------

MEETINGS = [option.values | {"S": fit, "V": dose}
            for option in BEFORE.options for fit in (FIT.low, 0.1, FIT.high) for dose in (INOCULUM.low, 0.01, INOCULUM.high)]


@pytest.fixture(scope="module")
def meetings():
    return [run(influenza, TWO_WEEKS, values) for values in MEETINGS]


def test_each_meeting_is_told_as_it_ends(meetings):
    for values, table in zip(MEETINGS, meetings, strict=True):
        words = said(influenza, SECOND_RULES, table)
        assert ("falls ill" in words) == (table["D"].max() >= ILL), values
        assert ("not gone" in words or "stand-off" in words.lower()) == (table["V"].iloc[-1] >= GONE), values
        assert ("less than 1 %" in words) == (table["D"].max() < 0.01 and table["V"].iloc[-1] < GONE), values


def test_a_stand_off_is_told_as_one():
    table = run(influenza, TWO_WEEKS, {"A": 1.0, "S": 0.14, "V": 0.01})
    assert said(influenza, SECOND_RULES, table).startswith("A stand-off: after 14 days nothing is felt")


def test_a_late_illness_is_told_as_one():
    table = run(influenza, TWO_WEEKS, {"A": 1.0, "S": 0.1, "V": 0.0024})
    assert "falls ill, and late" in said(influenza, SECOND_RULES, table)


def test_what_remains_after_two_months_and_after_a_year_is_the_models():
    later = influenza.simulate(365, points=366)
    for option, day in zip(BEFORE.options[1:], (60, 365), strict=True):
        assert option.values == pytest.approx(later.loc[day, ["A", "S"]].to_dict(), rel=0.01)


def test_the_browser_says_the_same_about_meetings(meetings):
    found = in_browser(influenza, SECOND_RULES, TWO_WEEKS, MEETINGS)
    for values, table, browser in zip(MEETINGS, meetings, found, strict=True):
        assert browser["stopped"] is None, values
        assert alike(browser["words"], said(influenza, SECOND_RULES, table)), values


# -- the views --------------------------------------------------------------------------------------


@pytest.mark.parametrize("view, begins", [(dose_decides, "Health"), (who_clears, "The virus is highest"), (second_infection, "The person falls ill")])
def test_each_view_opens_somewhere_interesting(view, begins):
    shown = view()
    assert shown.sentence.startswith(describe.OF_MODEL + begins) and shown.still
    assert len(shown.sliders) + len(shown.toggles) <= 4
