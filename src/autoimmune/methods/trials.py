"""What a trial showed: how much was gained, how sure that is, and what counts hide.

    compare         improved or not, in two groups: difference, number needed to treat, odds ratio, with intervals
    hazard_ratio    how often something happens on a drug against without it, with its interval
    dispersion      how much wider counts are spread than a Poisson law allows
    count_ratio     how many events one group has for each of another, by a Poisson model or one that allows for spread
    trough          the concentration just before the next dose, when doses have been given for long

Intervals are 95 %. statsmodels and SciPy do the statistics.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd


class Estimate(NamedTuple):
    """A value and the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        from autoimmune.showing.describe import number

        return f"{number(self.value)} ({number(self.low)} to {number(self.high)})"


class Comparison(NamedTuple):
    """Two groups compared.

    `difference` of the shares (0 to 1); `nnt`, the number needed to treat; `odds_ratio`; `risk_ratio`; `p`, of
    Fisher's exact test.
    """

    difference: Estimate
    nnt: Estimate
    odds_ratio: Estimate
    risk_ratio: Estimate
    p: float

    def __str__(self) -> str:
        told = zip(("difference", "number needed to treat", "odds ratio", "risk ratio"), self, strict=False)
        return "\n".join([f"{name}: {estimate}" for name, estimate in told] + [f"p: {self.p:.2g}"])


def compare(treated: int, of_treated: int, control: int, of_control: int) -> Comparison:
    """`treated` of `of_treated` people improved, and `control` of `of_control` in the other group.

    The difference has Newcombe's interval (Stat Med 1998;17:873–890); the number needed to treat has the inverse of its
    ends. Where the difference may be nothing, that interval has no end and reads infinity. The ratios have Woolf's
    intervals. ValueError unless each count lies within its group, and when a group has nobody in one of the columns.
    """
    from scipy.stats import fisher_exact
    from statsmodels.stats.contingency_tables import Table2x2
    from statsmodels.stats.proportion import confint_proportions_2indep

    rows = [[inner(treated, of_treated), of_treated - treated], [inner(control, of_control), of_control - control]]
    table = Table2x2(rows, shift_zeros=False)
    ends = confint_proportions_2indep(treated, of_treated, control, of_control, method="newcomb", compare="diff")
    difference = Estimate(treated / of_treated - control / of_control, *map(float, ends))
    odds = Estimate(float(table.oddsratio), *map(float, table.oddsratio_confint()))
    risk = Estimate(float(table.riskratio), *map(float, table.riskratio_confint()))
    return Comparison(difference, needed(difference), odds, risk, float(fisher_exact(rows).pvalue))


def inner(count: int, people: int) -> int:
    """`count`, or a ValueError unless it is a whole number between 0 and `people`, both ends left out."""
    if count != int(count) or not 0 < count < people:
        raise ValueError(f"{count!r} of {people!r} cannot be compared: a whole number from 1 to {people - 1} is allowed")
    return int(count)


def needed(difference: Estimate) -> Estimate:
    """The number needed to treat: the inverse of a difference, and of its ends where both have one sign."""
    value = math.inf if difference.value == 0 else 1 / difference.value
    if difference.low <= 0 <= difference.high:
        return Estimate(value, -math.inf, math.inf)
    return Estimate(value, 1 / difference.high, 1 / difference.low)


def hazard_ratio(time: pd.Series, event: pd.Series, treated: pd.Series) -> Estimate:
    """Cox's hazard ratio (J R Stat Soc B 1972;34:187–220) of the `treated` against the others, as statsmodels fits it.

    `time` runs to the event or to the last news, in any unit; `event` says which of the two it was. Ties are handled as
    Efron (J Am Stat Assoc 1977;72:557–565) does.
    """
    import numpy as np
    from statsmodels.duration.hazard_regression import PHReg

    fitted = PHReg(np.asarray(time, float), np.asarray(treated, float), np.asarray(event, float), ties="efron").fit()
    return Estimate(*np.exp([fitted.params[0], *fitted.conf_int()[0]]).tolist())


def model_of_counts(counts: pd.Series, groups: pd.Series):
    """A Poisson model of `counts` with a mean for each group (statsmodels), not fitted yet."""
    import pandas as pd
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    table = pd.DataFrame({"counts": counts, "groups": groups})
    return smf.glm("counts ~ groups", table, family=sm.families.Poisson())


def dispersion(counts: pd.Series, groups: pd.Series) -> float:
    """How many times the spread within groups is what a Poisson law allows: Pearson's χ² over its degrees of freedom."""
    fitted = model_of_counts(counts, groups).fit()
    return float(fitted.pearson_chi2 / fitted.df_resid)


class CountRatio(NamedTuple):
    """Events in a group for each of the first group, and the p-value of a ratio of 1."""

    ratio: Estimate
    p: float

    def __str__(self) -> str:
        return f"{self.ratio}, p = {self.p:.2g}"


def count_ratio(counts: pd.Series, groups: pd.Series, group: str, naive: bool = False) -> CountRatio:
    """Mean count in `group` against that in the first of the categories `groups`.

    By quasi-Poisson, which widens the interval by the root of the dispersion; `naive` leaves that out. ValueError for
    an unknown group.
    """
    import numpy as np

    others = list(groups.cat.categories[1:])
    if group not in others:
        raise ValueError(f"{group!r} is not compared with {groups.cat.categories[0]!r}; allowed are {', '.join(others)}")
    fitted, name = model_of_counts(counts, groups).fit(scale=None if naive else "X2"), f"groups[T.{group}]"
    ends = np.exp([fitted.params[name], *fitted.conf_int().loc[name]])
    return CountRatio(Estimate(*map(float, ends)), float(fitted.pvalues[name]))


def trough(dose: float, every: float, clearance: float, volume: float, absorption: float) -> float:
    """Concentration just before the next dose in the long run: each earlier dose leaves its share, and the shares add up.

    `dose` (mg) every so many `every` (d); `clearance` (l/d), `volume` (l), `absorption` (1/d); the answer is in mg/l.
    ValueError where absorption and elimination are equally fast: the formula has no value there.
    """
    leaving = clearance / volume
    if math.isclose(leaving, absorption):
        raise ValueError(f"absorption = {absorption!r} equals clearance/volume; take another value")
    left = [1 / math.expm1(rate * every) for rate in (leaving, absorption)]
    return dose * absorption / (volume * (absorption - leaving)) * (left[0] - left[1])
