"""Relapses as data: how many each history has, and how often they come.

    counts(table)     relapses and years of each history
    rate(table)       relapses a year over all histories, with a 95 % interval
    listed            words joined as people say them: "3, 5 and 4"

A history is what `velez_de_mendizabal_2011.histories` returns; what counts as a relapse is said there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

DAYS = 365.0
Z = 1.959963984540054  # 97.5 % of a normal distribution lies below


class Rate(NamedTuple):
    """Relapses a year, and the ends of a 95 % interval."""

    value: float
    low: float
    high: float

    def __repr__(self) -> str:
        return f"{self.value:.2f} relapses a year (95 % interval {self.low:.2f} to {self.high:.2f})"


def counts(table: pd.DataFrame, **rule: float) -> pd.DataFrame:
    """The `relapses` and the `years` of each history, indexed by patient; `rule` is given to `relapses`."""
    from autoimmune.models.velez_de_mendizabal_2011 import relapses

    people = table.groupby("patient")
    found = people["E"].apply(lambda cells: len(relapses(cells, **rule))).rename("relapses").to_frame()
    return found.assign(years=people["t"].max() / DAYS)


def rate(table: pd.DataFrame, **rule: float) -> Rate:
    """Relapses a year over all histories of `table`, each weighted by its length.

    The interval counts people, not relapses, as what is drawn by chance: the variance of a ratio of two means
    (Cochran, Sampling Techniques, 3rd ed., section 6.4). Raises ValueError for fewer than two histories.
    """
    each = counts(table, **rule)
    people, total = len(each), each["years"].sum()
    if people < 2:
        raise ValueError(f"{people} history is too few; an interval needs at least two people")
    value = each["relapses"].sum() / total
    off = each["relapses"] - value * each["years"]
    error = (people / (people - 1) * (off**2).sum()) ** 0.5 / total
    return Rate(float(value), max(0.0, float(value - Z * error)), float(value + Z * error))


def listed(words: Iterable[object]) -> str:
    """Words as people list them: "3", "3 and 5", "3, 5 and 4"."""
    *most, last = map(str, words)
    return f"{', '.join(most)} and {last}" if most else last
