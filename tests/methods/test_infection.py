"""Infections: damage as a state, parts knocked out one at a time, and rates with their limits."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from autoimmune.data import cohorts
from autoimmune.methods.infection import (
    ARRIVING,
    FIRST,
    GONE,
    ILL,
    KNOCK_OUTS,
    arrivals,
    influenza,
    knock_outs,
    rates,
)
from autoimmune.models.hancioglu_2007 import model, whole_cells


@pytest.fixture(scope="module")
def table():
    return knock_outs()


@pytest.mark.parametrize("missing", KNOCK_OUTS)
def test_damage_as_a_state_is_what_is_neither_healthy_resistant_nor_infected(missing):
    result = influenza.simulate(14, **KNOCK_OUTS[missing])
    assert np.abs(result.D - (1 - result.H - result.R - result.I)).max() < 1e-6


def test_nothing_else_differs_from_the_model_that_it_comes_from():
    expected, found = whole_cells.simulate(12), influenza.simulate(12)
    assert found[list(model.initial)].to_numpy() == pytest.approx(expected[list(model.initial)].to_numpy(), rel=1e-4, abs=1e-6)
    assert influenza.status == "extension" and list(influenza.initial) == [*model.initial, "D"]


def test_who_clears_the_virus(table):
    """Regressions of ours; that there is no cure without antibodies, and one without killer cells, is the paper's."""
    assert table["virus in the end"].to_dict() == {
        "nothing": "gone", "interferon": "gone, and so is the lining", "killer T cells": "gone",
        "antibodies": "still there", "killer T cells and antibodies": "still there"}
    assert table.loc["nothing"].to_dict() == {
        "virus peak": 99.0, "on day": 5.7, "dead at worst (%)": 39.2, "virus in the end": "gone"}
    assert table.loc["killer T cells", "dead at worst (%)"] == pytest.approx(39.0, abs=0.1)
    assert table.loc["interferon", "dead at worst (%)"] == 100.0


def test_parts_of_the_response_arrive_one_after_the_other():
    found = arrivals()
    assert found.index.tolist() == list(ARRIVING.values())
    assert found.loc["antibodies"].tolist() == pytest.approx([8.5, 15.3])
    for when in found.columns:
        assert found.loc[["virus", "interferon", "killer T cells", "antibodies"], when].is_monotonic_increasing


def test_a_first_infection_dips_and_still_counts_as_there():
    """Virus that is counted as gone must not come back."""
    result = influenza.simulate(14, initial=FIRST, points=1401)
    early = result[result.t < 5]
    assert GONE < early.V.min() < 1e-3
    assert result.V[result.t > result.t[result.V >= GONE].max()].max() < GONE
    assert result.D.max() > ILL


def test_rates_of_serious_infections():
    found = rates(cohorts.chronic_granulomatous_disease(), by="treatment", event="infection").round(3)
    assert found.loc["placebo"].to_dict() == pytest.approx(
        {"people": 65, "events": 56, "person-years": 50.716, "rate": 1.104, "low": 0.834, "high": 1.434})
    assert found.loc["interferon-gamma"].to_dict() == pytest.approx(
        {"people": 63, "events": 20, "person-years": 51.890, "rate": 0.385, "low": 0.235, "high": 0.595})


@pytest.mark.parametrize("events, years", [(0, 10.0), (1, 2.5), (56, 50.7)])
def test_limits_are_those_of_garwood(events, years):
    days = years * 365.25
    intervals = pd.DataFrame({"id": range(events + 1), "group": "all", "start": 0.0, "stop": days / (events + 1), "event": [True] * events + [False]})
    found = rates(intervals, by="group", event="event").loc["all"]
    low = chi2.ppf(0.025, 2 * events) / 2 / years if events else 0
    assert found[["low", "high"]].tolist() == pytest.approx([low, chi2.ppf(0.975, 2 * events + 2) / 2 / years])
    assert found["rate"] == pytest.approx(events / years)
