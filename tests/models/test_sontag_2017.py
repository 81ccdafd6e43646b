"""Sontag 2017: antigen that stays is ignored, antigen that grows is answered.

The paper's own claim is the adaptation; the growth rate is a derivation of ours, and the peaks are
regressions.
"""

import numpy as np
import pytest

from autoimmune.models.sontag_2017 import imposed, model, ramp


@pytest.mark.parametrize("growth, killing, expected", [(0.2, 1.0, -0.4), (1.2, 1.5, -0.12), (1.4, 1.0, 0.2)])
def test_antigen_grows_in_the_long_run_as_the_closed_form_says(growth, killing, expected):
    result = model.simulate(15, lambda_u=growth, kappa=killing)
    measured = np.diff(np.log(result.u.iloc[-2:]))[0] / np.diff(result.t.iloc[-2:])[0]
    assert model.evaluate("net_growth", lambda_u=growth, kappa=killing) == pytest.approx(expected)
    assert measured == pytest.approx(expected, abs=1e-5)


def test_closed_form_holds_when_no_rate_is_one():
    rates = {"lambda_u": 0.9, "kappa": 0.7, "beta": 1.3, "delta_x": 0.8, "mu": 1.1, "delta_y": 1.7}
    result = model.simulate(40, **rates)
    measured = np.diff(np.log(result.u.iloc[-2:]))[0] / np.diff(result.t.iloc[-2:])[0]
    assert measured == pytest.approx(model.evaluate("net_growth", **rates), abs=1e-5)


@pytest.mark.parametrize("amount", ["0.01", "1", "100"])
def test_constant_antigen_is_ignored_whatever_its_amount(amount):
    assert imposed(amount).simulate(60).y.iloc[-1] == pytest.approx(1.0, abs=1e-6)


def test_a_step_is_answered_and_forgotten():
    effectors = imposed("Piecewise((1, t < 5), (10, True))").simulate(60).y
    assert effectors.max() == pytest.approx(2.10, abs=0.005)
    assert effectors.iloc[-1] == pytest.approx(1.0, abs=1e-6)


def test_the_ramp_of_the_biomodels_file_is_answered_once():
    result = ramp.simulate(200, points=2001)
    assert result.y.max() == pytest.approx(1.367, abs=1e-3)
    assert result.y[result.t < 100].max() == pytest.approx(1.0, abs=1e-6)


def test_exponential_growth_is_answered_for_as_long_as_it_lasts():
    assert imposed("exp(t/2)").simulate(30).y.iloc[-1] == pytest.approx(1.5, abs=1e-6)


def test_regulatory_cells_must_be_there_from_the_start():
    with pytest.raises(ValueError, match="x = 0"):
        model.simulate(1, initial={"x": 0.0})


def test_no_state_falls_below_zero():
    assert model.simulate(30, lambda_u=0.2).min().min() > -1e-9
