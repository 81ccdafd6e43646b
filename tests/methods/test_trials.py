"""What trials showed: against the known answers, against other methods, and at the ends of what is allowed."""

import csv
import math
from pathlib import Path

import pytest

from autoimmune.data import cohorts, facts
from autoimmune.methods import trials
from autoimmune.models import ling_2024, pan_2026

TEXT = (Path(__file__).parents[1] / "data" / "exercise_answers.csv").read_text(encoding="utf-8")
ANSWERS = {row["id"]: row["answer"] for row in csv.DictReader(TEXT.splitlines())}


def test_the_arthritis_trial():
    found = trials.compare(28, 41, 14, 43)
    assert found.difference.value == pytest.approx(0.3573, abs=5e-5) and found.nnt.value == pytest.approx(2.80, abs=5e-3)
    assert found.odds_ratio == pytest.approx((4.4615, 1.7847, 11.1536), abs=5e-4)
    assert found.risk_ratio.value == pytest.approx(2.0976, abs=5e-4) and found.p == pytest.approx(0.002056, abs=5e-6)


def test_newcombes_interval_is_wilsons_of_each_group_joined():
    """The method in Newcombe's words, without statsmodels' function for it."""
    from autoimmune.methods.epidemiology import share

    one, other, found = share(28, 41), share(14, 43), trials.compare(28, 41, 14, 43).difference
    low = found.value - math.hypot(one.value - one.low, other.high - other.value)
    high = found.value + math.hypot(one.high - one.value, other.value - other.low)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_number_needed_to_treat_of_armada_is_the_known_answer():
    rows = facts.load("ra_trials_acr")
    for share, answer in (("acr20", "nnt-acr20"), ("acr70", "nnt-acr70")):
        placebo, drug = rows.loc["armada-placebo"], rows.loc["armada-40-mg"]
        counts = [round(row[share] * row["n"] / 100) for row in (drug, placebo)]
        found = trials.compare(counts[0], int(drug["n"]), counts[1], int(placebo["n"]))
        assert found.nnt.value == pytest.approx(float(ANSWERS[answer]), rel=0.01)


def test_a_difference_that_may_be_nothing_has_no_end_to_its_number_needed_to_treat():
    found = trials.compare(21, 40, 20, 40)
    assert found.difference.low < 0 < found.difference.high
    assert (found.nnt.low, found.nnt.high) == (-math.inf, math.inf) and found.nnt.value == pytest.approx(40)


def test_a_low_p_value_can_go_with_a_small_benefit():
    """The example of the lesson against M12."""
    large, small = trials.compare(20_600, 40_000, 20_000, 40_000), trials.compare(28, 41, 14, 43)
    assert large.p < small.p and large.nnt.value > 20 * small.nnt.value


@pytest.mark.parametrize("counts", [(0, 10, 5, 10), (5, 10, 10, 10), (2.5, 10, 5, 10), (-1, 10, 5, 10)])
def test_counts_lie_within_their_group(counts):
    with pytest.raises(ValueError, match="allowed"):
        trials.compare(*counts)


def test_hazard_ratios_of_two_drugs_in_one_disease():
    pbc = cohorts.primary_biliary_cholangitis().dropna(subset="treatment")
    failed = trials.hazard_ratio(pbc["days"], pbc["status"] == "died", pbc["treatment"] == "D-penicillamine")
    udca = cohorts.ursodeoxycholic_acid_trial()
    worked = trials.hazard_ratio(udca["days"], udca["event"], udca["treatment"] == "ursodeoxycholic acid")
    assert failed == pytest.approx((1.0589, 0.7453, 1.5044), abs=5e-4)
    assert worked == pytest.approx((0.422, 0.262, 0.681), abs=1e-3)


def test_crohn_counts_mislead_a_naive_model():
    table = cohorts.crohn_adverse_events()
    counts, groups = table["adverse_events"], table["treatment"]
    naive, honest = (trials.count_ratio(counts, groups, "drug 1", naive=which) for which in (True, False))
    assert (naive.p, honest.p) == pytest.approx((0.0085, 0.167), abs=5e-4)
    assert (naive.ratio.value, honest.ratio.value) == pytest.approx((1.564103 / 2.410256,) * 2, rel=1e-6)
    assert naive.ratio.high < 1 < honest.ratio.high
    assert trials.dispersion(counts, groups) == pytest.approx(3.6245, abs=5e-4)


def test_an_unknown_group_names_those_that_are_known():
    table = cohorts.crohn_adverse_events()
    with pytest.raises(ValueError, match="allowed are drug 1, drug 2"):
        trials.count_ratio(table["adverse_events"], table["treatment"], "placebo")


@pytest.mark.parametrize("model, every", [(pan_2026.model, 14), (ling_2024.model, 336)])
def test_trough_is_what_the_models_settle_at(model, every):
    CL, V = (model.defaults["CL_ref"], model.defaults["V_ref"]) if "CL_ref" in model.defaults else (model.defaults["CL"], model.defaults["V"])
    level = trials.trough(40, every, CL, V, model.defaults["k_a"])
    assert level == pytest.approx(model.evaluate("C_trough"), rel=1e-9)
    start = model.doses[-1].start
    run = model.simulate(start + 40 * every - 1e-6, points=2)
    assert run["C"].iloc[-1] == pytest.approx(level, rel=1e-3)


def test_trough_has_no_value_where_both_rates_are_equal():
    with pytest.raises(ValueError, match="take another value"):
        trials.trough(40, 14, 5, 10, 0.5)


def test_words_of_a_comparison():
    said = str(trials.compare(28, 41, 14, 43))
    assert "number needed to treat: 2.8 (1.89 to 6.96)" in said and "p: 0.0021" in said
