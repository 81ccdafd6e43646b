"""Running a model: doses, timed inputs, cohorts, and what happens when a run cannot go on."""

import numpy as np
import pandas as pd
import pytest

from autoimmune.modelling import integrate
from autoimmune.modelling.integrate import TOGETHER, IntegrationError, right_hand_side
from autoimmune.modelling.model import Dose, Model, Quantity, Source
from autoimmune.models import alexander_wahl_2011


def tank(equations="dA/dt = -k*A", start=0.0, method="LSODA", **parameters) -> Model:
    """One amount A in mg that leaves at the rate k; more parameters on request."""
    rows = {"k": 0.0, "dose": 10.0, "area": 2.0, "tau": 3.0} | parameters
    return Model(name="tank", title="A tank", time_unit="d", equations=equations, method=method,
                 states=(Quantity("A", start, "mg", "amount in the tank"),),
                 parameters=tuple(Quantity(symbol, value, "1/d", symbol) for symbol, value in rows.items()),
                 source=Source("Nobody. Nothing. 2000."))


def amounts(model: Model, until: float, points: int, *doses: Dose, **changed) -> list[float]:
    return model.simulate(until, points=points, doses=doses, **changed)["A"].tolist()


# -- doses --------------------------------------------------------------------------------------------------------


def test_a_bolus_is_there_at_once_and_its_moment_shows_the_state_after_it():
    assert amounts(tank(), 4, 5, Dose("A", 10, start=1, every=2, count=2)) == pytest.approx([0, 10, 10, 20, 20])


def test_a_bolus_at_the_start_and_one_at_the_end_are_given():
    assert amounts(tank(), 2, 3, Dose("A", 10, every=2, count=2)) == pytest.approx([10, 10, 20])


def test_an_infusion_runs_in_at_a_constant_rate():
    assert amounts(tank(), 4, 5, Dose("A", 10, start=1, duration=2)) == pytest.approx([0, 0, 5, 10, 10])


def test_infusions_that_follow_without_a_gap_add_up():
    drip = Dose("A", 1, every=0.1, count=10, duration=0.1)
    assert amounts(tank(), 1, 3, drip) == pytest.approx([0, 5, 10])


def test_an_infusion_into_a_tank_that_leaks_reaches_the_closed_form():
    rate, k = 10 / 4, 0.3
    found = amounts(tank(k=k), 4, 2, Dose("A", 10, duration=4))[-1]
    assert found == pytest.approx(rate / k * (1 - np.exp(-k * 4)), rel=1e-7)


@pytest.mark.parametrize("amount, given", [("dose", 10), ("dose*area", 20), ("Min(dose*area, 15)", 15), (7, 7)])
def test_an_amount_is_a_number_or_a_formula_of_the_parameters(amount, given):
    assert amounts(tank(), 1, 2, Dose("A", amount))[0] == pytest.approx(given)


def test_each_patient_gets_the_amount_of_their_own_parameters():
    patients = pd.DataFrame({"area": [1.0, 2.0, 3.0]})
    result = tank().simulate(1, points=2, patients=patients, doses=[Dose("A", "dose*area", duration=0.5)])
    assert result.loc[result.t == 1, "A"].tolist() == pytest.approx([10, 20, 30])


def test_moments_that_differ_only_by_rounding_are_one_moment():
    doses = (Dose("A", 1, start=0.1, every=0.1, count=9), Dose("A", 1, start=0.3), Dose("A", 1, every=0.3, count=4))
    assert amounts(tank(), 1, 2, *doses)[-1] == pytest.approx(14)


@pytest.mark.parametrize("until, points", [(364, 521), (182, 261), (365, 3651)])
def test_each_dose_shows_at_its_own_time_point(until, points):
    result = tank().simulate(until, points=points, doses=[Dose("A", 1, every=14, count=30)])
    at_doses = result[result.t % 14 == 0]
    assert len(at_doses) == until // 14 + 1
    assert at_doses["A"].tolist() == pytest.approx(np.arange(1, len(at_doses) + 1))


def test_a_models_own_doses_are_given_unless_others_are():
    from dataclasses import replace

    model = replace(tank(), doses=(Dose("A", 5),))
    assert model.simulate(1, points=2)["A"].tolist() == pytest.approx([5, 5])
    assert model.simulate(1, points=2, doses=())["A"].tolist() == pytest.approx([0, 0])


@pytest.mark.parametrize("fields, reason", [
    ({"start": -1}, "must be finite and at least 0"),
    ({"start": float("nan")}, "must be finite and at least 0"),
    ({"every": float("inf"), "count": 2}, "must be finite and at least 0"),
    ({"count": 0}, "count = 0"),
    ({"count": 2}, "only with every > 0"),
    ({"count": 2.5, "every": 1}, "count = 2.5: a dose is given a whole number of times"),
    ({"every": 1, "count": 2, "duration": 3}, "an infusion of 3 does not fit into every 1"),
    ({"amount": -4}, "amount = -4 is not allowed"),
    ({"amount": float("inf")}, "amount = inf is not allowed"),
])
def test_an_impossible_dose_is_refused(fields, reason):
    with pytest.raises(ValueError, match=reason):
        Dose(**{"state": "A", "amount": 1} | fields)


@pytest.mark.parametrize("dose, reason", [
    (Dose("B", 1), "A tank has no state 'B'.*Allowed: A"),
    (Dose("A", "bolus"), "bolus in 'bolus' has no row"),
    (Dose("A", "dose*A"), "A in 'dose\\*A' has no row"),
    (Dose("A", "dose*t"), "t in 'dose\\*t' has no row"),
])
def test_a_dose_that_does_not_fit_the_model_is_refused(dose, reason):
    with pytest.raises(ValueError, match=reason):
        tank().simulate(1, doses=[dose])


# -- runs that cannot go on ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["LSODA", "BDF"])
def test_a_state_that_grows_without_bound_stops_the_run_and_says_when(method):
    with pytest.raises(IntegrationError, match=r"A tank: .* \(between t = 0 and 2 d\)"):
        tank("dA/dt = A^2", start=1, method=method).simulate(2, points=3)


def test_a_rate_that_is_not_a_number_stops_the_run():
    with pytest.raises(IntegrationError, match="A tank"):
        tank("dA/dt = log(A)").simulate(2, points=3)


def test_a_switch_that_flutters_is_given_up():
    with pytest.raises(IntegrationError, match="A tank: Excess work"):
        tank("dA/dt = Piecewise((1, A < 2), (-1, True))").simulate(4, points=3)


def test_a_branch_that_is_not_taken_may_be_undefined():
    guarded = tank("dA/dt = Piecewise((0, A <= 0), (-log(A), True))")
    assert guarded.simulate(2, points=3)["A"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("patients", [pd.DataFrame(), pd.DataFrame({"k": []})])
def test_a_cohort_has_at_least_one_patient(patients):
    with pytest.raises(ValueError, match="patients has no rows or no columns"):
        tank().simulate(1, patients=patients)


@pytest.mark.parametrize("column, value, reason", [
    ("k", -1.0, "k = -1.0 is not allowed; k .* at least 0"),
    ("k", float("nan"), "k = nan is not allowed"),
    ("A", "x", "A = 'x' is not a number"),
    ("kk", 1.0, "A tank has no parameter or state 'kk'. Did you mean 'k'?"),
])
def test_a_cohort_is_checked_like_one_patient(column, value, reason):
    with pytest.raises(ValueError, match=reason):
        tank().simulate(1, patients=pd.DataFrame({column: [1.0, value] if column != "A" else [value, value]}))


@pytest.mark.parametrize("until, points, reason", [
    (0, 5, "until = 0 is not allowed"), (-1, 5, "until = -1"), (float("inf"), 5, "until = inf"), ("3", 5, "until = '3'"),
    (1, 1, "points = 1 is not allowed"), (1, 2.5, "points = 2.5"),
])
def test_times_are_checked(until, points, reason):
    with pytest.raises(ValueError, match=reason):
        tank().simulate(until, points=points)


# -- cohorts ------------------------------------------------------------------------------------------------------

LOGISTIC = "dA/dt = k*A*(1 - A/dose)"


@pytest.mark.parametrize("method", ["LSODA", "BDF", "Radau", "RK45"])
def test_one_busy_patient_among_many_quiet_ones_is_as_accurate_as_alone(method):
    model = tank(LOGISTIC, start=1e-3, method=method)
    cohort = model.simulate(3, points=13, patients=pd.DataFrame({"k": [8.0] + [0.0] * 299}))
    busy = cohort[cohort.patient == 0]
    exact = 10 / (1 + (10 / 1e-3 - 1) * np.exp(-8 * busy.t))
    assert busy["A"].to_numpy() == pytest.approx(exact.to_numpy(), rel=5e-5)


@pytest.mark.parametrize("method", ["LSODA", "BDF"])
def test_a_cohort_equals_its_patients_run_one_by_one(method):
    equations = "h = Piecewise((area, t < tau), (0, True))\n" + LOGISTIC + " + h"
    model = tank(equations, start=1e-3, method=method)
    patients = pd.DataFrame({"k": [0.3, 1.0, 4.0], "tau": [1.0, 2.5, 9.0], "A": [1e-3, 5.0, 0.1]}, index=["a", "b", "c"])
    doses = (Dose("A", "area", start=1, duration=0.5), Dose("A", 3, start=2, every=0.5, count=2))
    cohort = model.simulate(3, points=7, patients=patients, doses=doses)
    assert cohort.patient.unique().tolist() == ["a", "b", "c"]
    for name, row in patients.iterrows():
        alone = model.simulate(3, points=7, doses=doses, initial={"A": row.A}, k=row.k, tau=row.tau)
        found = cohort[cohort.patient == name]
        assert found.t.tolist() == alone.t.tolist()
        assert found["A"].to_numpy() == pytest.approx(alone["A"].to_numpy(), rel=1e-5)


def test_a_cohort_larger_than_one_system_keeps_its_order():
    rates = np.linspace(0.1, 2, 2 * TOGETHER + 7)
    cohort = tank(start=1.0).simulate(1, points=2, patients=pd.DataFrame({"k": rates}))
    assert cohort.loc[cohort.t == 1, "A"].to_numpy() == pytest.approx(np.exp(-rates), rel=1e-5)


# -- timed inputs -------------------------------------------------------------------------------------------------


def test_a_short_pulse_far_from_the_start_is_not_stepped_over():
    pulse = tank("dA/dt = Piecewise((1000, And(t >= 50, t < 50.001)), (0, True))")
    assert amounts(pulse, 100, 3) == pytest.approx([0, 0, 1], abs=1e-9)


def test_an_input_jumps_at_a_time_that_is_a_parameter():
    step = tank("dA/dt = Piecewise((1, t < tau), (0, True))")
    assert amounts(step, 5, 2, tau=4)[-1] == pytest.approx(4)


def test_each_patient_has_their_own_jump():
    step = tank("dA/dt = Heaviside(t - tau) + Max(0, t - 2*tau)")
    taus = [0.5, 1.0, 1.7, 2.5, 8.0]
    cohort = step.simulate(4, points=2, patients=pd.DataFrame({"tau": taus}))
    expected = [max(0, 4 - tau) + max(0, 4 - 2 * tau) ** 2 / 2 for tau in taus]
    assert cohort.loc[cohort.t == 4, "A"].to_numpy() == pytest.approx(expected, rel=1e-6)


def test_an_input_just_before_its_jump_is_the_old_one():
    step = tank("dA/dt = Piecewise((0, t < tau), (1e9, True))")
    assert amounts(step, 3, 4) == [0, 0, 0, 0]


# -- how a run is made --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("term", [
    "Heaviside(t - tau)", "Piecewise((1, And(t > 1, Not(A > 9))), (-1, Or(t < 0.5, A > 12)), (0, True))",
    "Min(A, area)", "Max(A, t)", "Abs(A - 3)", "tanh(A)*sin(pi*t)*cos(t)", "sqrt(A)*log(A)*exp(-t)",
])
def test_one_patient_and_a_cohort_of_one_read_the_formulas_alike(term):
    model = tank(f"dA/dt = {term} - 0.1*A", start=1.5)
    alone = model.simulate(5, points=6)["A"].to_numpy()
    cohort = model.simulate(5, points=6, patients=pd.DataFrame({"A": [1.5, 1.5]}))
    assert cohort.loc[cohort.patient == 1, "A"].to_numpy() == pytest.approx(alone, rel=2e-5)


def test_one_patient_costs_no_more_calls_than_with_scipys_own_jacobian(monkeypatch):
    calls = []

    def counted(system, times):
        rates = right_hand_side(system, times)
        return lambda t, y: calls.append(t) or rates(t, y)

    monkeypatch.setattr(integrate, "right_hand_side", counted)
    alexander_wahl_2011.model.simulate(100, b_1=0.0)
    ours = len(calls)
    monkeypatch.setattr(integrate, "odeint_jacobian", lambda system: {})
    alexander_wahl_2011.model.simulate(100, b_1=0.0)
    assert 0 < ours <= len(calls) - ours


def test_memory_follows_the_points_kept():
    import tracemalloc

    peaks = []
    for points in (11, 101):
        patients = pd.DataFrame({"k": np.linspace(0.1, 2, 1500)})
        tracemalloc.start()
        table = tank(start=1.0).simulate(400, points=points, patients=patients)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        kept = table["A"].nbytes
    assert peaks[1] - peaks[0] < 12 * kept
