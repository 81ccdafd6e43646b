"""How common, and how many live on: counts of people, with the uncertainty that counting brings.

    share           a share of people with its 95 % interval
    prevalence      twelve autoimmune diseases in one population, with intervals
    survival        the share of people who are alive some time after a diagnosis
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd
    from lifelines import KaplanMeierFitter

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
    from autoimmune import facts

    table = facts.load("epidemiology").filter(like="sardinia-", axis=0)
    names = table.index.str.removeprefix("sardinia-")
    people = (table["value"] * SARDINIANS / 1e5).round().astype(int)
    limits = [share(count, SARDINIANS) for count in people]
    found = table[["disease"]].assign(people=people, per_100_000=table["value"],
                                      low=[1e5 * each.low for each in limits], high=[1e5 * each.high for each in limits])
    found["kind"] = facts.load("diseases")["organ_specific"].reindex([SAME_AS.get(name, name) for name in names]).to_numpy()
    return found.sort_values("per_100_000", ascending=False, kind="stable").reset_index(drop=True)


def survival(years: pd.Series, died: pd.Series) -> KaplanMeierFitter:
    """The survival curve of Kaplan and Meier (J Am Stat Assoc 1958;53:457–481), as lifelines fits it.

    `years` are from diagnosis to death or to the last news; `died` says which of the two it was.
    """
    from lifelines import KaplanMeierFitter

    return KaplanMeierFitter().fit(years, died)
