"""Reynolds 2006 reproduces its paper's Figures 5 and 9; the boundaries between outcomes are regressions."""

import pandas as pd
import pytest

from autoimmune.models.reynolds_2006 import OUTCOMES, model, outcome

HEALTH, STERILE, INFECTION = OUTCOMES


COURSES = [(1.0, 0.3, HEALTH), (1.5, 0.3, STERILE), (1.0, 0.6, INFECTION)]


@pytest.mark.parametrize("dose, k_pg, expected", COURSES)
def test_the_three_courses_of_figure_5_are_the_papers(dose, k_pg, expected):
    assert outcome(model.simulate(500, k_pg=k_pg, initial={"P": dose})) == expected


@pytest.fixture(scope="module")
def after_ten_hours():
    """Figure 9: an infection with P(0) = 0.36 and k_pg = 0.6, ten hours on."""
    return model.simulate(10, k_pg=0.6, initial={"P": 0.36}).iloc[-1].drop("t").to_dict()


def test_figure_9_reaches_the_papers_level_of_mediator_after_ten_hours(after_ten_hours):
    assert after_ten_hours["C_A"] == pytest.approx(0.303, abs=5e-4)  # the paper's, to its three digits


def test_figure_9_too_little_mediator_inflames_and_too_much_lets_the_infection_win(after_ten_hours):
    levels = [0.0, 0.12, 0.2, 0.24, 0.32, 0.36, 0.8]  # the paper's levels, and below its outcomes
    patients = pd.DataFrame([after_ten_hours | {"C_A": level} for level in levels])
    result = outcome(model.simulate(800, k_pg=0.6, patients=patients, points=3))
    assert result.tolist() == [STERILE] * 3 + [HEALTH] * 2 + [INFECTION] * 2


def test_closed_forms_are_the_papers_health_and_its_loss_of_stability():
    assert model.evaluate("C_A_healthy") == pytest.approx(model.initial["C_A"])
    assert model.evaluate("k_pg_unstable") == pytest.approx(1.5)


@pytest.mark.parametrize("symbol, below, above, at, outcomes", [
    ("P", 1.035, 1.037, {}, (HEALTH, STERILE)),
    ("k_pg", 0.310, 0.312, {"P": 1.0}, (HEALTH, STERILE)),
    ("k_pg", 0.513, 0.516, {"P": 1.0}, (STERILE, INFECTION)),
])
def test_boundaries_between_outcomes_stay(symbol, below, above, at, outcomes):
    """Regressions of ours: the paper draws these boundaries in Figure 7 and gives no number."""
    patients = pd.DataFrame([at | {symbol: below}, at | {symbol: above}])
    assert tuple(outcome(model.simulate(1500, patients=patients, points=3))) == outcomes


def test_steroid_window_is_between_too_little_and_too_much():
    """A regression: at P(0) = 1.2 health needs s_c in (0.0143, 0.0313); C_A starts where s_c holds it."""
    supply = [0.0125, 0.0142, 0.0144, 0.0310, 0.0315]
    healthy = [model.evaluate("C_A_healthy", s_c=s) for s in supply]
    result = model.simulate(1500, patients=pd.DataFrame({"P": 1.2, "s_c": supply, "C_A": healthy}), points=3)
    assert outcome(result).tolist() == [STERILE] * 2 + [HEALTH] * 2 + [INFECTION]


@pytest.mark.parametrize("dose", [0.1, 1.0, 1.5, 20.0])
def test_no_state_falls_below_zero_by_more_than_the_solvers_noise(dose):
    assert model.simulate(500, initial={"P": dose}).min().min() > -1e-9
