"""Many small causes and one threshold: a disease can be mostly inherited and spare most twins of the ill.

Each person has a liability, the sum of many genetic and other influences, spread over people as a standard
normal variable. Ill are those above a threshold. The liabilities of two relatives are correlated, so the
chance that the relative of an ill person is ill as well follows from a bivariate normal distribution,
exactly.

    threshold               the liability above which people are ill
    twin_correlation        of the liabilities of one-egg or two-egg twins
    concordance             the chance that the relative of an ill person is ill
    twin_concordance        that chance for both kinds of twins
    pairwise                the same as a share of pairs
    liabilities             random pairs of relatives
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoimmune.modelling.model import Quantity, Source
from autoimmune.modelling.rules import Rules

if TYPE_CHECKING:
    import numpy as np

GENES_SHARED = {"monozygotic": 1.0, "dizygotic": 0.5}

model = Rules(
    name="liability_threshold",
    title="A threshold of liability",
    latex=r"""\begin{aligned}
t &= \Phi^{-1}(1 - K) \\
r &= g\,h^2 + c^2, \quad g = 1\ \text{(one-egg twins)},\ \tfrac{1}{2}\ \text{(two-egg twins)} \\
C &= \Phi_2(-t, -t;\, r) / K
\end{aligned}""",
    parameters=(
        Quantity("K", 0.004, "1", "share of people who have the disease", status="extension",
                 note="an illustration", upper=1.0),
        Quantity("h2", 0.8, "1",
                 "share of the variance of liability that is due to additive effects of genes",
                 status="extension", note="an illustration, not a measured heritability", upper=1.0),
        Quantity("c2", 0.0, "1", "share of that variance that is due to surroundings which twins share",
                 status="extension", note="an illustration", upper=1.0),
        Quantity("r", 0.8, "1", "correlation of the liabilities of two relatives",
                 status="extension", note="that of one-egg twins at h2 = 0.8", upper=1.0),
    ),
    source=Source("Falconer DS. The inheritance of liability to certain diseases, estimated from the "
                  "incidence among relatives. Ann Hum Genet 1965;29:51–76.",
                  doi="10.1111/j.1469-1809.1965.tb00500.x"),
    says="A disease can be mostly inherited and still spare most one-egg twins of the ill: what is inherited "
         "is a liability, and near the threshold a little decides. No single gene is needed, and no single "
         "cause.",
    silent_on="Genes of large effect such as those of the HLA region, causes that strengthen each other, the "
              "age at which people fall ill, and what the causes are. Heritability belongs to a population "
              "in its surroundings; it is not the share of a person's disease that comes from genes.",
)


def threshold(K: float) -> float:
    """The liability, in standard deviations, above which a share `K` of people lies: t = Φ⁻¹(1 − K).

    Raises ValueError unless 0 < K < 1.
    """
    from scipy.stats import norm

    (K,) = model.check(K=K)
    if K in (0.0, 1.0):
        raise ValueError(f"K = {K:g} is not allowed; somebody must be ill and somebody well")
    return float(norm.isf(K))


def twin_correlation(h2: float, kind: str, c2: float = 0.0) -> float:
    """Correlation of the liabilities of twins: h2 + c2 if "monozygotic", h2/2 + c2 if "dizygotic".

    Raises ValueError for another kind, and when h2 and c2 together are more than 1.
    """
    h2, c2 = model.check(h2=h2, c2=c2)
    if kind not in GENES_SHARED:
        raise ValueError(f"kind {kind!r} is not one of {', '.join(GENES_SHARED)}")
    if h2 + c2 > 1:
        raise ValueError(f"h2 + c2 = {h2 + c2:g} is not allowed; together they are shares of 1")
    return GENES_SHARED[kind] * h2 + c2


def concordance(K: float, r: float) -> float:
    """Chance that the relative of an ill person is ill, at the correlation `r` (0 to 1) of their liabilities.

    C = Φ₂(−t, −t; r) / K, the probandwise concordance; it is K at r = 0 and 1 at r = 1. Raises ValueError for
    a value that is not allowed.
    """
    from scipy.stats import multivariate_normal

    t, (r,) = threshold(K), model.check(r=r)
    both = multivariate_normal.cdf([-t, -t], cov=[[1, r], [r, 1]], allow_singular=True)
    return min(1.0, float(both) / K)


def twin_concordance(K: float = model.defaults["K"], h2: float = model.defaults["h2"],
                     c2: float = model.defaults["c2"]) -> dict[str, float]:
    """Probandwise concordance of "monozygotic" and "dizygotic" twins (see `concordance`)."""
    return {kind: concordance(K, twin_correlation(h2, kind, c2)) for kind in GENES_SHARED}


def pairwise(probandwise: float) -> float:
    """Share of the pairs with an ill twin in which both are, from the probandwise concordance: C / (2 − C).

    With n pairs in which both are ill and d with one, the probandwise figure is 2n/(2n + d), this n/(n + d).
    """
    if not 0 <= probandwise <= 1:
        raise ValueError(f"a concordance of {probandwise!r} is not allowed; it must be from 0 to 1")
    return probandwise / (2 - probandwise)


def liabilities(pairs: int, r: float, rng: np.random.Generator) -> np.ndarray:
    """Random liabilities of pairs of relatives, shape (pairs, 2), with the correlation `r` (0 to 1)."""
    (r,) = model.check(r=r)
    shared, own = rng.standard_normal((pairs, 1)), rng.standard_normal((pairs, 2))
    return r**0.5 * shared + (1 - r)**0.5 * own
