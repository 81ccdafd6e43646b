"""Does a child with a disease get one of its parent's two alleles more often than the other?

    family_counts         what the parents of each family passed on, marker by marker
    transmission_test     the test of Spielman, McGinnis and Ewens (1993) at every marker, with a correction for their number
    tosses                what the same families would give if each child had got what it did not

A parent who has two different alleles passes on one of them by a fair toss, unless the allele goes with the disease or
lies near one that does. Parents with the same allele twice tell nothing and do not count. Tables are those of
`cohorts.crohn_trios`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

PARENTS = ["father_1", "father_2", "mother_1", "mother_2"]
CHILD = ["child_1", "child_2"]


class Counts(NamedTuple):
    """Of each family (row) and marker (column): how often the lower-numbered allele was `passed` on by a parent with
    both alleles, and how often it was `kept`. Both are 0 where a genotype is missing."""

    passed: pd.DataFrame
    kept: pd.DataFrame


def family_counts(trios: pd.DataFrame) -> Counts:
    """What parents with two different alleles passed on, by family and locus; families with a missing genotype count 0.

    A child with both alleles whose parents both have both counts once each way, because who gave which does not matter.
    """
    typed = trios.dropna(subset=PARENTS + CHILD)
    low = typed.groupby("locus")[PARENTS].min().min(axis=1)
    is_low = typed[PARENTS + CHILD].eq(typed["locus"].map(low), axis=0)
    parents = is_low[PARENTS].to_numpy().reshape(-1, 2, 2).sum(axis=2)
    mixed, sure = (parents == 1).sum(axis=1), (parents == 2).sum(axis=1)
    passed = is_low[CHILD].sum(axis=1).to_numpy() - sure
    table = typed[["family", "locus"]].assign(passed=passed, kept=mixed - passed)
    wide = table.pivot(index="family", columns="locus", values=["passed", "kept"]).fillna(0).astype(int)
    return Counts(wide["passed"], wide["kept"])


def transmission_test(trios: pd.DataFrame, counts: Counts | None = None, method: str = "bonferroni") -> pd.DataFrame:
    """The transmission test at each locus, indexed by `locus`.

    Columns: `marker`, `position` (bases), `allele` (the one passed on more often), `passed` and `kept` (how often it was,
    by parents who have another one too), `chi2` = (passed - kept)²/(passed + kept) with its p-value `p`, and
    `p_corrected` for as many tests as loci (`method` as in statsmodels.stats.multitest.multipletests).
    """
    from scipy.stats import chi2
    from statsmodels.stats.multitest import multipletests

    counts = counts or family_counts(trios)
    low, high = counts.passed.sum(), counts.kept.sum()
    numbered = trios.groupby("locus")[PARENTS].agg(["min", "max"])
    alleles = {"min": numbered.xs("min", axis=1, level=1).min(axis=1), "max": numbered.xs("max", axis=1, level=1).max(axis=1)}
    table = trios.groupby("locus")[["marker", "position"]].first()
    table["allele"] = alleles["min"].where(low >= high, alleles["max"]).astype(int)
    table["passed"], table["kept"] = low.where(low >= high, high), high.where(low >= high, low)
    table["chi2"] = (table["passed"] - table["kept"])**2 / (table["passed"] + table["kept"]).clip(lower=1)
    table["p"] = chi2.sf(table["chi2"], 1)
    table["p_corrected"] = multipletests(table["p"], method=method)[1]
    return table


def tosses(counts: Counts, rng: np.random.Generator) -> Counts:
    """The counts with what was passed and what was kept swapped in each family by a fair toss.

    Nothing can then go with the disease. Neighbouring markers of a family are swapped together, as they are inherited
    together.
    """
    coins = rng.random((len(counts.passed), 1)) < 0.5
    swap = coins.repeat(counts.passed.shape[1], axis=1)
    return Counts(counts.passed.mask(swap, counts.kept), counts.kept.mask(swap, counts.passed))
