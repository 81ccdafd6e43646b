"""The liability threshold against known cases, an integral, and chance."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from autoimmune.models import liability_threshold as lt


def test_twins_at_the_illustration():
    assert lt.twin_concordance() == pytest.approx({"monozygotic": 0.326, "dizygotic": 0.056}, abs=5e-4)


@pytest.mark.parametrize("K", [0.0001, 0.004, 0.2])
@pytest.mark.parametrize("r", [0.05, 0.4, 0.8, 0.99])
def test_concordance_is_the_integral_over_the_ill(K, r):
    t = lt.threshold(K)
    both = quad(lambda x: norm.pdf(x) * norm.sf((t - r * x) / (1 - r * r)**0.5), t, t + 12, epsabs=1e-15)[0]
    assert lt.concordance(K, r) == pytest.approx(both / K, rel=1e-6)


@pytest.mark.parametrize("K", [0.001, 0.5])
def test_strangers_have_the_risk_of_all_and_identical_liabilities_agree(K):
    assert lt.concordance(K, 0) == pytest.approx(K, rel=1e-6)
    assert lt.concordance(K, 1) == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("r", [0.2, 0.7])
def test_at_half_the_people_the_closed_form_of_sheppard_holds(r):
    assert lt.concordance(0.5, r) == pytest.approx(0.5 + np.arcsin(r) / np.pi, rel=1e-6)


def test_chance_agrees():
    rng = np.random.default_rng(0)
    ill = lt.liabilities(400_000, 0.8, rng) > lt.threshold(0.02)
    probands = ill.sum()
    simulated = 2 * ill.all(axis=1).sum() / probands
    expected = lt.concordance(0.02, 0.8)
    assert abs(simulated - expected) < 4 * np.sqrt(2 * expected * (1 - expected) / probands)
    both, one = ill.all(axis=1).sum(), (ill.sum(axis=1) == 1).sum()
    assert lt.pairwise(simulated) == pytest.approx(both / (both + one), rel=1e-12)


def test_random_liabilities_are_standard_and_correlated():
    pairs = lt.liabilities(200_000, 0.4, np.random.default_rng(1))
    assert pairs.shape == (200_000, 2)
    assert np.cov(pairs.T) == pytest.approx(np.array([[1, 0.4], [0.4, 1]]), abs=0.015)


@pytest.mark.parametrize("kind, h2, c2, r", [
    ("monozygotic", 0.8, 0, 0.8), ("dizygotic", 0.8, 0, 0.4),
    ("monozygotic", 0.5, 0.3, 0.8), ("dizygotic", 0.5, 0.3, 0.55)])
def test_correlation_of_twins(kind, h2, c2, r):
    assert lt.twin_correlation(h2, kind, c2) == pytest.approx(r)


def test_shared_surroundings_bring_the_two_kinds_of_twins_together():
    inherited, shared = lt.twin_concordance(0.01, 0.6), lt.twin_concordance(0.01, 0.0, 0.6)
    assert inherited["monozygotic"] > 2 * inherited["dizygotic"]
    assert shared["monozygotic"] == shared["dizygotic"] == inherited["monozygotic"]


@pytest.mark.parametrize("call, says", [
    (lambda: lt.concordance(0, 0.5), "somebody must be ill"),
    (lambda: lt.concordance(1.5, 0.5), "K = 1.5 is not allowed"),
    (lambda: lt.concordance(0.1, -0.5), "r = -0.5 is not allowed"),
    (lambda: lt.twin_correlation(0.8, "triplet"), "kind 'triplet' is not one of monozygotic, dizygotic"),
    (lambda: lt.twin_correlation(0.8, "dizygotic", 0.4), "h2 + c2 = 1.2 is not allowed"),
    (lambda: lt.pairwise(1.2), "a concordance of 1.2 is not allowed"),
])
def test_what_is_not_allowed_is_named(call, says):
    with pytest.raises(ValueError) as error:
        call()
    assert says in str(error.value)


def test_card_says_that_its_numbers_are_illustrations():
    assert {row.status for row in lt.model.parameters} == {"extension"}
    assert lt.model.says and lt.model.silent_on
