import json
import math

import numpy as np
import pytest

from autoimmune.models.alexander_wahl_2011 import model
from autoimmune.showing import describe
from autoimmune.showing.describe import Rule
from autoimmune.widgets.explorer.script import part, runner
from testing.browser import run_in_node

TWO_YEARS = 730.0
RULES = (
    Rule("R_0 < 1 and final_E < 1 or b_1 > 10", "Above {b_1_critical}: at most {peak_E} after {peak_time_E:time}."),
    Rule("", "Below: {final_E} after {until:time}, {b_1/b_1_critical:percent} of the threshold."),
)


@pytest.mark.parametrize(("value", "words"), [
    (0, "0"), (0.05, "0.05"), (0.1498, "0.15"), (1, "1"), (34_012, "34,000"), (2_683_000, "2.68 million"),
    (2.7e6, "2.7 million"), (1e8, "100 million"), (999_499, "999,000"), (999_500, "1 million"), (1.5e9, "1.5 billion"),
    (3e12, "3 trillion"), (1.234e16, "1.23 × 10¹⁶"), (0.00012, "1.2 × 10⁻⁴"), (0.001, "0.001"), (-4.25, "−4.25"),
    (1.125, "1.13"), (0.125, "0.125"), (123.5, "124"), (math.inf, "infinity"), (math.nan, "no value"),
])
def test_a_number_is_told_as_people_say_it(value, words):
    assert describe.number(value) == words


@pytest.mark.parametrize(("value", "unit", "words"), [
    (730, "d", "2 years"), (365, "d", "12 months"), (5.475, "d", "5.5 days"), (1, "y", "12 months"), (36, "h", "36 hours"),
    (48, "h", "2 days"), (1 / 24, "d", "60 minutes"), (60, "min", "60 minutes"), (0, "d", "0 days"), (4.77, "1", "4.8 time units"),
    (2 / 24, "d", "2 hours"),
])
def test_a_time_is_told_in_the_unit_that_suits_it(value, unit, words):
    assert describe.duration(value, unit) == words


def test_numbers_and_times_read_the_same_in_both_languages():
    grid = np.concatenate([np.geomspace(1e-20, 1e20, 2000), np.arange(0, 3000, 1.125), np.linspace(-2, 2, 401), [999_500, 0.9995]])
    times = np.geomspace(1e-4, 1e5, 500)
    script = part("base/words.js") + f"""
        const grid = {json.dumps(grid.tolist())}, times = {json.dumps(times.tolist())}, units = {json.dumps([*describe.DAYS, "1"])};
        const answer = [grid.map(x => number(x)), units.map(unit => times.map(x => duration(x, unit)))];"""
    numbers, durations = run_in_node(script)
    assert numbers == [describe.number(value) for value in grid]
    assert durations == [[describe.duration(value, unit) for value in times] for unit in [*describe.DAYS, "1"]]


@pytest.mark.parametrize("b_1", [0.0, 0.05, 0.14, 0.16, 0.25, 0.5, 11.0])
def test_a_run_is_told_in_the_same_words_in_both_languages(b_1):
    table = model.simulate(TWO_YEARS, b_1=b_1)
    values = describe.summary(model, table)
    script = runner(model, RULES) + f"""
        const p = {json.dumps(list(table.attrs["parameters"].values()))}, times = {json.dumps(table["t"].tolist())};
        const y = Float64Array.from({json.dumps(table[list(model.initial)].to_numpy().ravel().tolist())});
        const v = summary(MODEL, p, times, y);
        const answer = [v, sentence(v)];"""
    found, said = run_in_node(script)
    assert list(found) == list(values) == describe.names(model)
    assert found == pytest.approx(values, rel=1e-12)
    assert said == describe.sentence(model, RULES, values)


def test_the_first_rule_that_matches_speaks():
    tolerant = describe.summary(model, model.simulate(TWO_YEARS, b_1=0.25))
    assert describe.sentence(model, RULES, tolerant) == "Above 0.15: at most 6,910 after 5.5 days."
    ill = describe.summary(model, model.simulate(TWO_YEARS, b_1=0.05))
    assert describe.sentence(model, RULES, ill) == "Below: 39,800 after 2 years, 33.4 % of the threshold."


def test_features_are_those_of_the_table_and_a_trace_is_told_as_none():
    table = model.simulate(TWO_YEARS)
    assert 0 < table["G"].iloc[-1] < 1e-9 * table["G"].max()
    values = describe.summary(model, table)
    assert values["peak_E"] == table["E"].max() and values["peak_time_E"] == table["t"][table["E"].idxmax()] == 5.475
    assert (values["start_G"], values["final_G"], values["until"]) == (1e8, 0.0, TWO_YEARS)
    assert values["R_0"] == pytest.approx(model.evaluate("R_0"))


def test_a_run_that_stays_level_peaks_when_it_gets_there():
    table = model.simulate(TWO_YEARS, b_1=0.05)
    values = describe.summary(model, table)
    assert values["peak_E"] == table["E"].max()
    assert values["peak_time_E"] == table["t"][table["E"] >= 0.9999 * table["E"].max()].iloc[0] < 365


@pytest.mark.parametrize(("rule", "message"), [
    (Rule("R_1 < 1", "x"), "R_1"),
    (Rule("R_0", "x"), "'R_0' is not a condition"),
    (Rule("", "{peak_X}"), "peak_X"),
    (Rule("", "{R_0:.2f}"), "not :.2f"),
    (Rule("R_0 > 99", "x"), "no rule speaks"),
])
def test_a_rule_that_cannot_be_read_says_why(rule, message):
    with pytest.raises(ValueError, match=message):
        describe.sentence(model, (rule,), describe.summary(model, model.simulate(10, points=3)))
