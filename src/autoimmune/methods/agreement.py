"""How well a test tells two groups apart, and how well two people agree.

    roc_area(apart)       the area under the ROC curve of two normal groups
    area_of(…)            that of a sample
    neurologists(…)       how two neurologists judged the same patients, as a table of counts
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoimmune.data import cohorts

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def roc_area(apart: float) -> float:
    """The area under the ROC curve of two normal groups of equal spread, `apart` standard deviations: Φ(d′/√2)."""
    from scipy.stats import norm

    return float(norm.cdf(apart / 2**0.5))


def area_of(with_it: np.ndarray, without: np.ndarray) -> float:
    """The share of pairs in which the one with the disease has the higher result; ties count half."""
    from scipy.stats import mannwhitneyu

    return float(mannwhitneyu(with_it, without).statistic) / (len(with_it) * len(without))


def neurologists(patients_from: str = "Winnipeg") -> pd.DataFrame:
    """Counts of patients: rows are the judgements of the neurologist from Winnipeg, columns those of his colleague.

    `patients_from` is "Winnipeg" (149 patients) or "New Orleans" (69); ValueError for anything else.
    """
    import pandas as pd

    if patients_from not in ("Winnipeg", "New Orleans"):
        raise ValueError(f"patients_from = {patients_from!r} is not allowed; it is 'Winnipeg' or 'New Orleans'")
    table = cohorts.ms_two_neurologists().query("patients_from == @patients_from")
    return pd.crosstab(table["winnipeg_neurologist"], table["new_orleans_neurologist"], dropna=False)
