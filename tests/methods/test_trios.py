"""The transmission test against reference answers computed by independent code, and against chance."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from autoimmune.data import cohorts
from autoimmune.methods import trios


@pytest.fixture(scope="module")
def table():
    return cohorts.crohn_trios()


@pytest.fixture(scope="module")
def counts(table):
    return trios.family_counts(table)


def test_crohn_agrees_with_the_reference(table, counts):
    """`datasets.csv`: best locus 28 (IGR2063b_1), allele 3, 87 against 37, 68 of 103 below 0.05, 11 by Bonferroni."""
    tested = trios.transmission_test(table, counts)
    best = tested.loc[28]
    assert tested["p"].idxmin() == 28
    assert (best["marker"], best["allele"], best["passed"], best["kept"]) == ("IGR2063b_1", 3, 87, 37)
    assert best["chi2"] == pytest.approx(20.16, abs=5e-3) and best["p"] == pytest.approx(7.1e-6, abs=5e-8)
    assert ((tested["p"] < 0.05).sum(), (tested["p_corrected"] < 0.05).sum()) == (68, 11)


def test_the_exact_test_of_a_coin_agrees_at_the_best_marker(table, counts):
    tested = trios.transmission_test(table, counts)
    exact = binomtest(87, 124).pvalue
    assert tested.loc[28, "p"] == pytest.approx(exact, rel=0.2)


def one_family(child, father, mother, locus=1):
    return {"family": "a", "locus": locus, "marker": "m", "position": 1} | {
        f"{role}_{place + 1}": allele for role, pair in (("child", child), ("father", father), ("mother", mother)) for place, allele in enumerate(pair)}


@pytest.mark.parametrize("child, father, mother, passed, kept", [
    ((1, 1), (1, 2), (1, 2), 2, 0), ((1, 2), (1, 2), (1, 2), 1, 1), ((2, 2), (1, 2), (1, 2), 0, 2), ((1, 2), (1, 2), (2, 2), 1, 0),
    ((1, 2), (1, 2), (1, 1), 0, 1), ((1, 2), (1, 1), (2, 2), 0, 0), ((1, 1), (1, 2), (np.nan, 1), 0, 0)])
def test_only_parents_with_two_alleles_count(child, father, mother, passed, kept):
    others = one_family((1, 2), (1, 2), (1, 2)) | {"family": "b"}
    found = trios.family_counts(pd.DataFrame([one_family(child, father, mother), others]))
    if any(np.isnan(mother)):
        assert "a" not in found.passed.index
    else:
        assert (found.passed.loc["a", 1], found.kept.loc["a", 1]) == (passed, kept)


def test_with_a_fair_coin_a_marker_in_twenty_is_below_0_05(table, counts):
    """And nearly never one below the corrected line, which is what the correction promises (cautiously, for neighbours)."""
    rng = np.random.default_rng(0)
    runs = [trios.transmission_test(table, trios.tosses(counts, rng)) for _ in range(60)]
    assert np.mean([(run["p"] < 0.05).mean() for run in runs]) == pytest.approx(0.05, abs=0.03)
    assert np.mean([(run["p"] < 0.05).any() for run in runs]) > 0.5
    assert np.mean([(run["p_corrected"] < 0.05).any() for run in runs]) < 0.1


def test_a_toss_keeps_how_many_parents_count_and_swaps_whole_families(counts):
    tossed = trios.tosses(counts, np.random.default_rng(1))
    assert (tossed.passed + tossed.kept).equals(counts.passed + counts.kept)
    same, swapped = ((tossed.passed == other).all(axis=1) for other in counts)
    assert (same | swapped).all() and 0.3 < swapped.mean() < 0.7
