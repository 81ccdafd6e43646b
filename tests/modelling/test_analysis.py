"""Steady states, folds and thresholds against papers and closed forms."""

import numpy as np
import pytest

from autoimmune.modelling import analysis
from autoimmune.modelling.model import Model, Quantity, Source
from autoimmune.models import (
    alexander_wahl_2011,
    baker_2013,
    budu_grajdeanu_2010,
    maree_2006,
    reynolds_2006,
    sontag_2017,
    topp_2000,
    velez_de_mendizabal_2011,
)

cubic = Model(
    name="cubic", title="Three roots", time_unit="d", equations="dx/dt = b - (x - 2) + (x - 2)^3",
    states=(Quantity("x", 1.0, "1", "state"),), parameters=(Quantity("b", 0.0, "1", "push", lower=-10.0),),
    source=Source("nobody"),
)


def test_roots_of_a_cubic_and_their_stability():
    found = analysis.steady_states(cubic)
    assert found["x"].tolist() == pytest.approx([1, 2, 3])
    assert found["stable"].tolist() == [False, True, False]
    assert found["growth"].tolist() == pytest.approx([2, -1, 2])


def test_negative_states_are_left_out():
    assert analysis.steady_states(cubic, b=-10.0)["x"].min() > 0
    assert len(analysis.steady_states(cubic, b=10.0)) == 0  # the only root, near -0.3, is below 0


def test_folds_of_a_cubic_are_exact():
    found = analysis.folds(cubic, "b", np.linspace(-1, 1, 15))
    assert found["b"].tolist() == pytest.approx([-2 / np.sqrt(27), 2 / np.sqrt(27)], abs=1e-8)
    assert found["x"].tolist() == pytest.approx([2 - 1 / np.sqrt(3), 2 + 1 / np.sqrt(3)], abs=1e-6)


def test_sweep_follows_every_branch():
    table = analysis.sweep(cubic, "b", [-0.3, 0.0, 0.3, 0.5])
    assert list(table.columns) == ["b", "x", "stable", "growth"]
    assert table.groupby("b").size().to_dict() == {-0.3: 3, 0.0: 3, 0.3: 3, 0.5: 1}


def test_folds_of_baker():
    """The paper's Figure 3a has them at about 7.5 and 15.5, as BioModels' curators read it."""
    found = analysis.folds(baker_2013.model, "alpha_2", np.linspace(1, 30, 15))
    assert found["alpha_2"].tolist() == pytest.approx([7.3313, 15.6657], abs=5e-5)


def test_septic_state_of_reynolds_appears_where_the_paper_says():
    """Figure 6 of the paper: a saddle-node at k_pg = 0.5137."""
    found = analysis.folds(reynolds_2006.model, "k_pg", np.linspace(0.45, 0.6, 7))
    assert found["k_pg"].tolist() == pytest.approx([0.5137], abs=5e-5)


def test_sterile_state_of_reynolds_vanishes_at_the_papers_level_of_mediator():
    """Figure 3b of the paper: at C_A = 0.6264 inflammation without pathogen can no longer last."""
    found = analysis.folds(reynolds_2006.model, "s_c", np.linspace(0.015, 0.027, 5))
    sterile = found[found["P"] == 0]
    assert sterile["C_A"].tolist() == pytest.approx([0.6264], abs=5e-5)


@pytest.mark.parametrize("row, low, high, paper", [(0, 1.0, 1.6, 1.5), (-1, 1.6, 1.9, 1.755)])
def test_where_a_state_of_reynolds_loses_its_stability(row, low, high, paper):
    """Figure 6 of the paper: health at 1.5, aseptic death at 1.755."""
    def growth(k_pg):
        states = analysis.steady_states(reynolds_2006.model, k_pg=k_pg)
        return states[states["P"] == 0]["growth"].iloc[row]

    assert analysis.threshold(growth, low, high) == pytest.approx(paper, abs=5e-4)


def test_tolerance_of_alexander_and_wahl_ends_at_the_closed_form():
    def growth(b_1):
        return analysis.steady_states(alexander_wahl_2011.model, b_1=b_1, starts=20)["growth"].iloc[0]

    critical = alexander_wahl_2011.model.evaluate("b_1_critical")
    assert analysis.threshold(growth, 0.0, 0.5) == pytest.approx(critical, rel=1e-5)
    assert critical == pytest.approx(0.1498, abs=5e-5)


def test_a_crossing_is_no_fold():
    assert analysis.folds(alexander_wahl_2011.model, "b_1", np.linspace(0.01, 0.3, 12)).empty


@pytest.mark.parametrize("b_1", [0.0, 0.1, 0.2])
def test_states_of_alexander_and_wahl_are_the_closed_forms(b_1):
    model = alexander_wahl_2011.model
    found = analysis.steady_states(model, b_1=b_1)
    ill = [model.evaluate(f"{state}_steady", b_1=b_1) for state in "AREG"]
    assert found["stable"].sum() == 1
    assert found[found["stable"]][list("AREG")].to_numpy()[0] == pytest.approx(ill, rel=1e-6)


def test_a_model_that_never_rests_has_no_steady_state():
    """Damage that stays grows for ever in Vélez de Mendizábal's model."""
    assert analysis.steady_states(velez_de_mendizabal_2011.model).empty


def test_fixed_points_of_topp():
    found = analysis.steady_states(topp_2000.model)
    paper = np.array([[100, 10, 300], [250, 2.8, 36.96], [600, 0, 0]])
    assert found[["G", "I", "B"]].to_numpy() == pytest.approx(paper)
    assert found["stable"].tolist() == [True, False, True]


def test_timed_inputs_are_held_at_the_time_asked_for():
    early, late = (analysis.steady_states(budu_grajdeanu_2010.model, t=t)["D"][0] for t in (150.0, 200.0))
    assert (early, late) == pytest.approx((5.23, 2.28), abs=0.01)
    assert analysis.steady_states(maree_2006.model)["M"][0] == pytest.approx(477225.6, rel=1e-6)


def test_states_where_the_rates_do_not_exist_are_left_out():
    found = analysis.steady_states(sontag_2017.model, starts=20)
    assert np.isfinite(found.to_numpy(dtype=float)).all() and (found["x"] > 0).all()


def test_dose_at_which_inflammation_outlives_the_pathogen():
    def ends(dose):
        return reynolds_2006.outcome(reynolds_2006.model.simulate(1000, initial={"P": dose}, points=2))

    assert analysis.threshold(ends, 1.0, 1.1, rel=1e-3) == pytest.approx(1.036, abs=2e-3)  # a regression


def test_supply_of_mediator_that_restores_health():
    def ends(s_c):
        initial = {"P": 1.2, "C_A": reynolds_2006.model.evaluate("C_A_healthy", s_c=s_c)}
        return reynolds_2006.outcome(reynolds_2006.model.simulate(2000, s_c=s_c, initial=initial, points=2))

    assert analysis.threshold(ends, 0.0125, 0.02, rel=2e-3) == pytest.approx(0.0143, abs=1e-4)  # a regression
    assert analysis.threshold(ends, 0.02, 0.035, rel=1e-3) == pytest.approx(0.03125, abs=1e-4)  # a regression


def test_eating_rate_above_which_macrophages_win():
    def burns(f_2):
        return bool(maree_2006.model.simulate(400, f_2=f_2, points=2).M_a.iloc[-1] > 1e3)

    assert analysis.threshold(burns, 1e-5, 1e-4, rel=2e-2) == pytest.approx(3.44e-5, rel=0.03)  # a regression


@pytest.mark.parametrize("outcome, expected", [
    (lambda x: x * x - 2, np.sqrt(2)), (lambda x: x > 1.5, 1.5), (lambda x: "ill" if x > 0.5 else "well", 0.5),
])
def test_threshold_of_a_function_a_yes_or_no_and_a_word(outcome, expected):
    assert analysis.threshold(outcome, 0.0, 2.0) == pytest.approx(expected, rel=2e-6)


@pytest.mark.parametrize("outcome", [lambda x: True, lambda x: 1.0 + x])
def test_threshold_needs_two_ends_that_differ(outcome):
    with pytest.raises(ValueError, match=r"at 0.0 and .* at 1.0; it must differ"):
        analysis.threshold(outcome, 0.0, 1.0)


@pytest.mark.parametrize("call, message", [
    (lambda: analysis.steady_states(cubic, c=1.0), "no parameter 'c'"),
    (lambda: analysis.sweep(cubic, "x", [1.0]), "no parameter 'x'. .*Allowed: b"),
    (lambda: analysis.folds(cubic, "b", [-11.0, 0.0]), "b = -11.0 is not allowed"),
])
def test_errors_name_the_value_and_what_is_allowed(call, message):
    with pytest.raises(ValueError, match=message):
        call()
