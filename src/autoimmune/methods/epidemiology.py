"""How common, and how many live on: counts of people, with the uncertainty that counting brings.

    share           a share of people with its 95 % interval
    prevalence      twelve autoimmune diseases in one population, with intervals
    survival        the share of people who are alive some time after a diagnosis, as a Survival
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

SARDINIANS = 25_885  # people whose diseases were counted: facts, epidemiology, population
SAME_AS = {"autoimmune-thyroiditis": "hashimoto"}  # two names of one disease in the two tables


class Share(NamedTuple):
    """A share from 0 to 1, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def share(count: int, people: int) -> Share:
    """`count` of `people` as a share, with Wilson's interval (J Am Stat Assoc 1927;22:209–212).

    ValueError unless `count` is a whole number from 0 to `people`.
    """
    from scipy.stats import binomtest

    limits = binomtest(count, people).proportion_ci(confidence_level=0.95, method="wilson")
    return Share(count / people, float(limits.low), float(limits.high))


def prevalence() -> pd.DataFrame:
    """Twelve diseases in Southern Sardinia, the commonest first; shape (12, 6).

    Columns: `disease`; `people` who have it (worked back from the printed prevalence, which is rounded); `per_100_000`
    and its 95 % limits `low` and `high`; `kind`: organ-specific or systemic.
    """
    from autoimmune.data import facts

    table = facts.load("epidemiology").filter(like="sardinia-", axis=0)
    names = table.index.str.removeprefix("sardinia-")
    people = (table["value"] * SARDINIANS / 1e5).round().astype(int)
    limits = [share(count, SARDINIANS) for count in people]
    found = table[["disease"]].assign(people=people, per_100_000=table["value"],
                                      low=[1e5 * each.low for each in limits], high=[1e5 * each.high for each in limits])
    found["kind"] = facts.load("diseases")["organ_specific"].reindex([SAME_AS.get(name, name) for name in names]).to_numpy()
    return found.sort_values("per_100_000", ascending=False, kind="stable").reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Survival:
    """A survival curve as steps: from each of `times` on the share `alive` lives, with its 95 % limits `low` and `high`.

    All four have shape (steps,); the first step is at time 0, when everybody lives.
    """

    times: np.ndarray
    alive: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def at(self, time: float | np.ndarray) -> float | np.ndarray:
        """The share alive at a time, or at each of several; ValueError for a time before 0."""
        if np.any(np.asarray(time) < 0):
            raise ValueError(f"time = {time!r} is not allowed; it is counted from the diagnosis, at 0")
        found = self.alive[np.searchsorted(self.times, time, side="right") - 1]
        return float(found) if np.ndim(time) == 0 else found

    @property
    def median(self) -> float:
        """The first time at which no more than half are alive; infinity where that is not seen."""
        few = self.alive <= 0.5 + 1e-12  # half of an even number is a product of rounded fractions
        return float(self.times[few.argmax()]) if few.any() else float("inf")

    def __repr__(self) -> str:
        return f"<Survival: {len(self.times) - 1} steps over {self.times[-1]:g}, median {self.median:g}>"


def survival(times: pd.Series, events: pd.Series) -> Survival:
    """The survival curve of Kaplan and Meier (J Am Stat Assoc 1958;53:457–481), as SciPy works it out.

    `times` run from the diagnosis to death or to the last news; `events` says which of the two it was. The limits are
    those of Greenwood's variance on the scale log(−log) (Kalbfleisch and Prentice 1980). ValueError for two columns of
    different length, a missing value, or a time before 0.
    """
    from scipy.stats import CensoredData, ecdf

    times, events = np.asarray(times, dtype=float), np.asarray(events).astype(bool)
    if times.shape != events.shape or np.isnan(times).any() or (times < 0).any():
        raise ValueError(f"needs a time of at least 0 and an event for each person, not {times.size} times and {events.size} events")
    curve = ecdf(CensoredData.right_censored(times, ~events)).sf
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # no limits where all are alive, or none
        limits = curve.confidence_interval(0.95, method="log-log")
    low, high = (np.where(np.isnan(each.probabilities), curve.probabilities, each.probabilities) for each in (limits.low, limits.high))
    before = [] if curve.quantiles[0] == 0 else [(0.0, 1.0, 1.0, 1.0)]
    return Survival(*np.array([*before, *zip(curve.quantiles, curve.probabilities, low, high, strict=True)]).T)
