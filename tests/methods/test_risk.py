"""Risks and interactions against closed forms, printed figures and the reference answers."""

import csv
from pathlib import Path

import pytest
from statsmodels.stats.contingency_tables import Table2x2

from autoimmune.data import facts
from autoimmune.methods import risk

REFERENCE = Path(__file__).parents[1] / "data" / "exercise_answers.csv"
ANSWERS = {row["id"]: row["answer"] for row in csv.DictReader(REFERENCE.read_text(encoding="utf-8").splitlines())}


@pytest.mark.parametrize("without", [1e-4, 0.02, 0.3, 0.9])
@pytest.mark.parametrize("odds_ratio", [0.03, 1.0, 16.59, 251])
def test_the_odds_have_the_ratio_that_was_asked_for(without, odds_ratio):
    having = risk.risk_with(without, odds_ratio)
    people = Table2x2([[having, 1 - having], [without, 1 - without]])
    assert people.oddsratio == pytest.approx(odds_ratio)


def test_an_odds_ratio_is_a_risk_ratio_only_where_the_disease_is_rare():
    """M13."""
    assert risk.risk_with(1e-5, 17) / 1e-5 == pytest.approx(17, rel=1e-3)
    assert risk.risk_with(0.3, 17) / 0.3 < 3


@pytest.mark.parametrize("prevalence, carriers, odds_ratio", [(0.0055, 0.08, 46), (0.3, 0.5, 5), (0.01, 0.9, 0.2)])
def test_both_risks_have_the_ratio_and_the_mean(prevalence, carriers, odds_ratio):
    without, having = risk.risks_by_carriage(prevalence, carriers, odds_ratio)
    assert (1 - carriers) * without + carriers * having == pytest.approx(prevalence)
    assert having == pytest.approx(risk.risk_with(without, odds_ratio))


def test_the_two_roads_to_the_risk_of_a_carrier_agree():
    """Bayes from the share among the ill, and the odds ratio of the same fourfold table."""
    prevalence, ill, everybody = 0.0055, 0.80, 0.08
    well = (everybody - prevalence * ill) / (1 - prevalence)
    odds_ratio = Table2x2([[ill, 1 - ill], [well, 1 - well]]).oddsratio
    assert risk.carrier_risk(prevalence, ill, everybody) == pytest.approx(risk.risks_by_carriage(prevalence, everybody, odds_ratio)[1])


def test_b27_agrees_with_the_reference_answer():
    prevalence = facts.value("epidemiology/europe-ankylosing-spondylitis") / 1e5
    assert 100 * risk.carrier_risk(prevalence, 0.84, 0.08) == pytest.approx(float(ANSWERS["b27-risk"]), abs=0.05)


def test_smoking_and_hla_in_multiple_sclerosis_agree_with_the_reference_answers():
    odds = facts.load("hla_associations")["odds_ratio"]
    found = risk.interaction(*(odds[f"ms-{row}-2011"] for row in ("smoker", "drb1-15-no-a-02", "drb1-15-no-a-02-smoker")))
    assert found.excess == pytest.approx(float(ANSWERS["reri-ms"]), abs=0.05)
    assert found.proportion == pytest.approx(float(ANSWERS["attributable-ms"]), abs=0.005)


def test_causes_that_only_add_up_leave_no_excess_and_causes_that_multiply_do():
    assert risk.interaction(2, 3, 4) == (4, 0, 0)
    assert risk.interaction(2, 3, 6) == pytest.approx((4, 2, 1 / 3))
    assert risk.interaction(2, 3, 3).excess == -1


@pytest.mark.parametrize("call, says", [
    (lambda: risk.risk_with(2, 5), "2 % is 0.02"), (lambda: risk.risk_with(0.1, 0), "odds_ratio = 0 is not allowed"),
    (lambda: risk.risks_by_carriage(0, 0.1, 2), "prevalence = 0 is not allowed"),
    (lambda: risk.risks_by_carriage(0.1, 1, 2), "carriers = 1 is not allowed"),
    (lambda: risk.carrier_risk(0.1, 0.8, 8), "8 % is 0.08"), (lambda: risk.carrier_risk(0.1, 0.8, 0.05), "ill carriers alone"),
    (lambda: risk.interaction(2, -1, 3), "second = -1 is not allowed"),
])
def test_what_is_not_allowed_is_named(call, says):
    with pytest.raises(ValueError) as error:
        call()
    assert says in str(error.value)
