"""Every reader of every model tells the same story: card, LaTeX, SciPy, a cohort, SBML and JavaScript.

The models are found, not listed, so a new one is tested from the day it is there. Curves are compared on the
scale of each state, its largest value in the run.
"""

import importlib
import json
import pkgutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import roadrunner
import sympy

import autoimmune.models
from autoimmune.modelling import card, javascript, sbml
from autoimmune.modelling.model import Model
from autoimmune.widgets.base.files import part
from testing.browser import run_in_node

UNTIL = {"min": 2000.0, "h": 240.0, "d": 120.0, "wk": 52.0}  # and 60 where time has no unit
POINTS = 61
TOLERANCE = 1e-4
TAKE_OFF = {"baker_2013_ageing": 3e-4}  # its switch magnifies what a cohort's tolerance of 1e-6 leaves open


def found() -> dict[str, Model]:
    """Every model that a module of `autoimmune.models` holds, by name."""
    names = [info.name for info in pkgutil.iter_modules(autoimmune.models.__path__)]
    things = [thing for name in names for thing in vars(importlib.import_module(f"autoimmune.models.{name}")).values()]
    return {thing.name: thing for thing in things if isinstance(thing, Model)}


MODELS = found()


@pytest.fixture(scope="module", params=MODELS.values(), ids=MODELS)
def model(request):
    return request.param


def test_every_doi_was_resolved():
    hidden = {name: each.source.doi for name, each in MODELS.items() if each.source.doi and not each.source.doi_resolved}
    assert not hidden, "no card and no page prints these: open https://doi.org/ with each, compare the title, then say doi_resolved=True"


def start(model: Model, share: float = 0.8) -> dict[str, float]:
    """A start at `share` of the model's own, so that a model that starts at rest moves."""
    return {row.symbol: max(row.lower, share * row.value) for row in model.states}


def until(model: Model) -> float:
    return UNTIL.get(model.time_unit, 60.0)


@pytest.fixture(scope="module")
def curve(model):
    """The states of one run, shape (points, states)."""
    return model.simulate(until(model), initial=start(model), points=POINTS)[list(model.initial)].to_numpy()


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference between two runs, relative to the scale of each state."""
    scale = np.maximum(np.abs(one).max(axis=0), 1e-6)
    return float((np.abs(one - other) / scale).max())


def test_names_are_unique_and_say_the_paper():
    assert len(MODELS) >= 12
    assert all(name.isidentifier() and any(part.isdigit() for part in name.split("_")) for name in MODELS)


def test_card_says_what_is_published_and_what_is_not(model):
    text = model._repr_html_()
    for row in (*model.states, *model.parameters, *model.derived):
        assert row.symbol in text and card.STATUS_WORDS[row.status].split(":")[0] in text
    assert card.STATUS_WORDS[model.status].split(":")[0] in text and model.source.citation[:20] in text


def test_card_says_what_the_model_is_for_and_what_not(model):
    assert model.says.strip() and model.silent_on.strip()


def test_latex_holds_every_state_and_every_line(model):
    text = model.latex
    for symbol in model.initial:
        assert rf"\frac{{d{sympy.latex(sympy.Symbol(symbol))}}}{{dt}}" in text
    assert text.count("&=") == len(model.lines())


def test_jacobian_is_the_derivative_of_the_rates(model):
    from autoimmune.modelling.integrate import compiled

    rates, jacobian = compiled(model)
    y = np.array([0.7 * row.value + 0.3 for row in model.states])
    p = np.array(list(model.defaults.values()))
    exact = np.array(jacobian(1.0, y, p), dtype=float)
    for column in range(len(y)):
        step = 1e-6 * max(1.0, y[column]) * (np.arange(len(y)) == column)
        slope = (np.array(rates(1.0, y + step, p)) - np.array(rates(1.0, y - step, p))) / (2 * step[column])
        assert exact[:, column] == pytest.approx(slope, rel=1e-4, abs=1e-4 * (1 + np.abs(slope).max()))


def test_states_stay_non_negative(curve):
    """To one part in a billion of each state's scale, the noise of the solver."""
    assert (curve.min(axis=0) >= -1e-9 * np.maximum(1.0, curve.max(axis=0))).all()


def test_cohort_is_five_single_runs(model):
    shares = [1.0, 1.01, 1.02, 1.03, 1.04]
    rows = (*model.states, *model.parameters)
    patients = pd.DataFrame({row.symbol: [min(row.upper, share * row.value) for share in shares] for row in rows})
    together = model.simulate(until(model), patients=patients, points=POINTS)
    for number, patient in patients.iterrows():
        alone = model.simulate(until(model), initial=patient[list(model.initial)].to_dict(), points=POINTS,
                               **patient[list(model.defaults)].to_dict())
        states = together.loc[together.patient == number, list(model.initial)]
        allowed = TAKE_OFF.get(model.name, TOLERANCE)
        assert apart(alone[list(model.initial)].to_numpy(), states.to_numpy()) < allowed


def test_sbml_runs_the_same_curve_in_libroadrunner(model, curve):
    begun = replace(model, states=tuple(replace(row, value=start(model)[row.symbol]) for row in model.states))
    runner = roadrunner.RoadRunner(sbml.text(begun))  # a start set later would undo a dose given at time 0
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-9, 1e-12
    runner.integrator.maximum_num_steps = 1_000_000
    result = runner.simulate(0, until(model), POINTS, ["time", *model.initial])
    assert apart(curve, np.array(result)[:, 1:]) < TOLERANCE


def test_javascript_draws_the_same_curve_in_node(model, curve):
    times = np.linspace(0, until(model), POINTS).tolist()
    options = {"budget": {"steps": 1_000_000}, "tolerance": {"relative": 1e-7, "absolute": 1e-11}}
    given = json.dumps([list(model.defaults.values()), list(start(model).values()), times, options])
    found = run_in_node(javascript.module(model) + part("base/solver.js") + f"const answer = solve(MODEL, ...{given});")
    assert found["stopped"] is None
    assert apart(curve, np.array(found["y"]).reshape(POINTS, -1)) < TOLERANCE
