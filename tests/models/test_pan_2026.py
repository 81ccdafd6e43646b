"""Pan 2026, adalimumab and PASI: the covariates, the half-life of lesions and the response rates are the paper's."""

import numpy as np
import pytest

from autoimmune.modelling.model import Dose
from autoimmune.models import pan_2026
from autoimmune.models.pan_2026 import model

WEEK = 7
EVERY_TWO_WEEKS = (Dose("D", "dose", every=14, count=60),)


def clearance(**covariates) -> float:
    """CL from the closed forms: C_average = F dose/(14 CL)."""
    return 40 / (14 * model.evaluate("C_average", **covariates))


@pytest.mark.parametrize("covariates, factor", [
    ({}, 1), ({"female": 1}, 1.216), ({"hypertension": 1}, 1.177), ({"weight": 88.7}, (88.7 / 70) ** 0.75),
    ({"waist": 120}, (120 / 101) ** 0.888), ({"ADA": 150}, (150 / 76.03) ** 0.368),
])
def test_clearance_follows_the_papers_covariates(covariates, factor):
    assert clearance(**covariates) == pytest.approx(0.386 * factor)


def test_half_of_the_lesions_fade_in_17_days():
    """The paper's 17.3 days."""
    assert np.log(2) / model.defaults["k_out"] == pytest.approx(17.3, abs=0.05)


def test_single_dose_has_the_closed_forms_peak():
    """One compartment with first-order absorption; the time of the peak, 8.7 d, follows from the paper's k_a, CL and V."""
    k_a, k = 0.268, 0.386 / 10.8
    peak = np.log(k_a / k) / (k_a - k)
    result = model.simulate(30, points=3001, doses=[Dose("D", 40)])
    top = result.loc[result.C.idxmax()]
    assert (top.t, top.C) == pytest.approx((peak, 40 / 10.8 * (k / k_a) ** (k / (k_a - k))), rel=1e-3)
    assert top.t == pytest.approx(8.7, abs=0.05)


def test_without_the_drug_the_score_stays():
    assert model.simulate(365, points=5, doses=()).PASI.to_numpy() == pytest.approx(14.3, rel=1e-9)


@pytest.mark.parametrize("ADA, PASI, fall", [(76.03, 1.775, 0.88), (1000, 3.667, 0.74), (10000, 6.422, 0.55)])
def test_more_antibodies_against_the_drug_leave_more_psoriasis(ADA, PASI, fall):
    """Week 16 of the licensed course. REGRESSIONS."""
    last = model.simulate(16 * WEEK, points=17, ADA=ADA).iloc[-1]
    assert last.PASI == pytest.approx(PASI, abs=0.002)
    assert 1 - last.PASI / 14.3 == pytest.approx(fall, abs=0.01)


@pytest.mark.parametrize("changed", [{}, {"weight": 120}, {"ADA": 1000}, {"weight": 50, "female": 1}])
def test_long_run_trough_and_mean_are_the_closed_forms(changed):
    late = model.simulate(728, points=2913, doses=EVERY_TWO_WEEKS, **changed).query("t >= 714")
    assert late.C.iloc[0] == pytest.approx(model.evaluate("C_trough", **changed), rel=1e-4)
    assert np.trapezoid(late.C, late.t) / 14 == pytest.approx(model.evaluate("C_average", **changed), rel=3e-4)


def test_a_heavier_person_has_a_lower_level_and_a_higher_score():
    results = [model.simulate(16 * WEEK, points=2, weight=weight).iloc[-1] for weight in (60, 90, 130)]
    assert [r.C for r in results] == sorted((r.C for r in results), reverse=True)
    assert [r.PASI for r in results] == sorted(r.PASI for r in results)


def test_bioavailability_is_in_cl_and_v_already():
    """Trap: taking the label's 64 % off as well lowers every level by 36 %."""
    assert model.defaults["F"] == 1 and "hold it already" in model.row("F").note
    assert model.evaluate("C_trough", F=0.64) == pytest.approx(0.64 * model.evaluate("C_trough"))


def test_antibodies_are_never_zero():
    with pytest.raises(ValueError, match="ADA = 0 is not allowed; ADA .* at least 0.01 AU/ml"):
        model.simulate(1, ADA=0)


def test_response_rates_of_a_virtual_cohort_come_near_the_papers():
    """The paper's simulated cohort on standard care: PASI 75 in 62.4 % and PASI 90 in 28.3 % at 6 months, 34.8 % below 3.2 mg/l
    at week 5. It does not publish how antibodies are distributed; a log-normal around 76.03 is assumed here."""
    chance = np.random.default_rng(2)
    patients = pan_2026.virtual_patients(1500, seed=1).assign(
        weight=np.clip(88.7 * np.exp(0.27 * chance.standard_normal(1500)), 42.6, 170),
        waist=np.clip(101 * np.exp(0.17 * chance.standard_normal(1500)), 46, 165),
        female=(chance.random(1500) < 0.368).astype(float), hypertension=(chance.random(1500) < 0.232).astype(float),
        ADA=76.03 * np.exp(chance.standard_normal(1500)))
    result = model.simulate(182, points=27, patients=patients)
    response = 1 - result[result.t == 182].PASI.to_numpy() / patients.base
    assert (response >= 0.75).mean() == pytest.approx(0.624, abs=0.08)
    assert (response >= 0.90).mean() == pytest.approx(0.283, abs=0.06)
    low, _ = pan_2026.THERAPEUTIC_RANGE
    assert (result[result.t == 35].C < low).mean() == pytest.approx(0.348, abs=0.06)
    assert result[["D", "C", "PASI"]].to_numpy().min() >= 0


def test_virtual_patients_start_at_their_own_score_and_are_the_same_for_the_same_seed():
    patients = pan_2026.virtual_patients(200, seed=3)
    assert (patients.PASI == patients.base).all() and patients.PASI.max() <= 72
    assert patients.equals(pan_2026.virtual_patients(200, seed=3)) and not patients.equals(pan_2026.virtual_patients(200, seed=4))
    assert model.simulate(10, points=2, patients=patients, doses=()).query("t == 10").PASI.to_numpy() == pytest.approx(
        patients.base.to_numpy(), rel=1e-6)
