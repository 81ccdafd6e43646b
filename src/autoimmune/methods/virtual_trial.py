"""A virtual trial: thousands of synthetic patients, two ways of giving one drug, one endpoint.

    people           synthetic patients with psoriasis, each with their own numbers
    run              the trial: half of them get the usual dose, half a dose that follows their drug level
    responders       how many responded in each arm, by level at week 5 if wished
    compare          two shares: their difference with its 95 % interval and p-value
    power            the chance that a trial of a given size finds a difference, by formula
    power_by_draws   the same by running many small trials
    interaction      whether the benefit differs between two groups of people

The model is `models.pan_2026`, adalimumab and the skin. How people vary in clearance, volume, score and response
is the paper's; how weight, waist and antibodies against the drug are spread over people, and the rule by which one
arm is dosed, are our extension. Nobody in it is real, and it says nothing of any person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

WEEK = 7.0
MEASURED, END = 5 * WEEK, 26 * WEEK  # days: the level is measured, the score is read
USUAL = 40.0  # mg every two weeks
BY_LEVEL = {"below": 80.0, "within": 40.0, "above": 20.0}  # the same, by the level that was measured
TOGETHER = 1000  # patients between two steps of the progress bar
ARMS = ("usual dose", "dose by level")
RESPONSE = 0.75  # PASI 75: the score has fallen by three quarters or more


class Comparison(NamedTuple):
    """A difference of two shares, or of two differences, with its 95 % interval, from -1 to 1, and the p-value."""

    difference: float
    low: float
    high: float
    p: float

    @property
    def excludes_0(self) -> bool:
        """Whether 0 lies outside the interval."""
        return self.low > 0 or self.high < 0

    def __repr__(self) -> str:
        return f"{points(self.difference)} points, interval from {points(self.low)} to {points(self.high)}, p = {self.p:.2g}"


def points(value: float) -> str:
    """A share as percentage points with one decimal, "−" for minus."""
    return f"{100 * value:.1f}".replace("-", "−")


# -- the people and the trial -------------------------------------------------------------------------


def people(count: int, seed: int) -> pd.DataFrame:
    """Synthetic patients for `pan_2026.model.simulate(patients=…)`, one a row.

    CL_ref, V_ref, base, k_out, IC_50 and PASI vary as the paper says. The rest is an extension: weight (kg), waist
    (cm) and ADA (AU/ml) are log-normal around medians of the study and cut at its limits, `female` and
    `hypertension` have its shares, and nothing is correlated. ValueError for fewer than one patient.
    """
    import numpy as np

    from autoimmune.models.pan_2026 import virtual_patients

    table, chance = virtual_patients(count, seed), np.random.default_rng([seed, 1])
    return table.assign(
        weight=np.clip(88.7 * np.exp(0.27 * chance.standard_normal(count)), 42.6, 170),
        waist=np.clip(101 * np.exp(0.17 * chance.standard_normal(count)), 46, 165),
        female=(chance.random(count) < 0.368).astype(float),
        hypertension=(chance.random(count) < 0.232).astype(float),
        ADA=76.03 * np.exp(chance.standard_normal(count)))


def run(count: int = 10_000, rule: dict[str, float] = BY_LEVEL, seed: int = 1, progress: bool = True) -> pd.DataFrame:
    """The trial: a row for each patient, with their numbers and what became of them.

    `rule` is the dose (mg every two weeks from week 5 on) in the arm with a dose by level, for those below, within and
    above the range. Added columns: `arm` (drawn by lot, half and half), `level` (mg/l, before the dose of week 5), `group` (below,
    within or above 3.2 to 7 mg/l), `dose` (mg every two weeks from week 5 on), `score` (PASI at week 26), `fall` (from
    0 to 1) and `responds` (a fall by three quarters or more). ValueError for fewer than two patients, or a rule that does
    not name the three groups.
    """
    import sys

    import numpy as np
    import pandas as pd
    from tqdm import tqdm

    if count < 2:
        raise ValueError(f"count = {count!r} is not allowed; a trial with two arms has at least 2 patients")
    if set(rule) != set(BY_LEVEL):
        raise ValueError(f"a rule for {', '.join(map(repr, rule))} is not allowed; it names a dose for {', '.join(BY_LEVEL)}")
    everybody = people(count, seed)
    lots = np.random.default_rng([seed, 2]).permutation(count) % 2
    everybody["arm"] = pd.Categorical.from_codes(lots, ARMS)
    parts = [everybody.iloc[start:start + TOGETHER] for start in range(0, count, TOGETHER)]
    bar = tqdm(parts, desc="Patients, in thousands", disable=not progress, ncols=80,
               file=sys.stdout)  # what is written to stderr looks like an error in a notebook
    return pd.concat([treated(part, rule) for part in bar])


def treated(patients: pd.DataFrame, rule: dict[str, float]) -> pd.DataFrame:
    """Both halves of the trial for some patients: to the measurement, and on with each person's dose."""
    from autoimmune.modelling.model import Dose
    from autoimmune.models.pan_2026 import model

    numbers = patients.drop(columns="arm")
    first = model.simulate(MEASURED, points=2, patients=numbers).query("t > 0").set_index("patient")
    found = patients.assign(level=first["C"], group=grouped(first["C"]))
    found["dose"] = doses(found, rule)
    later = numbers.assign(D=first["D"], C=first["C"], PASI=first["PASI"], dose=found["dose"])
    later["D"] -= USUAL  # the dose of week 5 is in `first` already, and here it is given anew
    go_on = (Dose("D", "dose", every=14, count=11),)
    last = model.simulate(END - MEASURED, points=2, patients=later, doses=go_on).query("t > 0").set_index("patient")
    found["score"] = last["PASI"]
    found["fall"] = 1 - found["score"] / found["base"]
    return found.assign(responds=found["fall"] >= RESPONSE)


def grouped(level: pd.Series) -> pd.Categorical:
    """Below, within or above the range of levels that the study takes from earlier work."""
    import numpy as np
    import pandas as pd

    from autoimmune.models.pan_2026 import THERAPEUTIC_RANGE

    return pd.cut(level, [0, *THERAPEUTIC_RANGE, np.inf], labels=list(BY_LEVEL))


def doses(patients: pd.DataFrame, rule: dict[str, float]) -> np.ndarray:
    """Each person's dose (mg) from week 5 on: the usual one, or in the arm with a dose by level what the rule says."""
    import numpy as np

    by_level = patients["group"].map(rule).astype(float)
    return np.where(patients["arm"] == ARMS[1], by_level, USUAL)


def responders(trial: pd.DataFrame, *by: str) -> pd.DataFrame:
    """People, responders, their share, and the mean dose (mg), for each arm and each value of the columns `by`."""
    groups = trial.groupby([*by, "arm"], observed=True)
    return groups.agg(people=("responds", "size"), responders=("responds", "sum"), share=("responds", "mean"), mean_dose=("dose", "mean"))


# -- what a trial shows, and how often -----------------------------------------------------------------


def compare(count: int, of: int, other: int, other_of: int) -> Comparison:
    """The share `count`/`of` less the share `other`/`other_of`, with Newcombe's interval (Stat Med 1998;17:873–890)
    and the p-value of the score test, as statsmodels gives them. ValueError unless counts lie within their totals."""
    from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep

    check_count(count, of)
    check_count(other, other_of)
    low, high = confint_proportions_2indep(count, of, other, other_of, method="newcomb")
    p = test_proportions_2indep(count, of, other, other_of, method="score").pvalue
    return Comparison(float(count / of - other / other_of), float(low), float(high), float(p))


def check_count(count: int, of: int) -> None:
    """ValueError unless `count` lies from 0 to `of`, and `of` is at least 1."""
    if of < 1 or not 0 <= count <= of:
        raise ValueError(f"{count} of {of} people is not allowed; the count lies from 0 to the total, and the total is at least 1")


def power(share: float, other: float, per_arm: int) -> float:
    """The chance (0 to 1) that the interval excludes 0 when the true shares are `share` and `other` and each arm has
    `per_arm` people; normal approximation, as statsmodels gives it. ValueError unless shares lie between 0 and 1."""
    from statsmodels.stats.proportion import power_proportions_2indep

    check_shares(share, other)
    if share == other:
        return 0.05
    return float(power_proportions_2indep(share - other, other, per_arm).power)


def check_shares(*shares: float) -> None:
    """ValueError unless each share lies between 0 and 1."""
    for share in shares:
        if not 0 < share < 1:
            raise ValueError(f"a share of {share!r} is not allowed; it lies between 0 and 1")


def differences(share: float, other: float, per_arm: int, trials: int, seed: int) -> np.ndarray:
    """The difference of shares and the ends of its interval (Newcombe) in many small trials, shape (3, trials)."""
    import numpy as np
    from statsmodels.stats.proportion import confint_proportions_2indep

    check_shares(share, other)
    chance = np.random.default_rng(seed)
    counts = chance.binomial(per_arm, share, trials), chance.binomial(per_arm, other, trials)
    low, high = confint_proportions_2indep(counts[0], per_arm, counts[1], per_arm, method="newcomb")
    return np.array([(counts[0] - counts[1]) / per_arm, low, high])


def power_by_draws(share: float, other: float, per_arm: int, trials: int = 2000, seed: int = 1) -> float:
    """The share of so many small trials whose interval excludes 0."""
    _, low, high = differences(share, other, per_arm, trials, seed)
    return float(((low > 0) | (high < 0)).mean())


def interaction(first: tuple[int, int, int, int], second: tuple[int, int, int, int]) -> Comparison:
    """How much larger the benefit is in the first group than in the second, with its interval and p-value.

    Each group is (responders, people) on the drug, then on the comparator. The formula is that of Altman and Bland (BMJ
    2003;326:219): standard errors of independent estimates add as squares.
    """
    from math import hypot

    from scipy.stats import norm

    (one, error), (two, other_error) = benefit(*first), benefit(*second)
    both = hypot(error, other_error)
    return Comparison(one - two, one - two - 1.96 * both, one - two + 1.96 * both, float(2 * norm.sf(abs(one - two) / both)))


def benefit(count: int, of: int, other: int, other_of: int) -> tuple[float, float]:
    """The difference of two shares and its standard error."""
    check_count(count, of)
    check_count(other, other_of)
    share, compared = count / of, other / other_of
    return share - compared, (share * (1 - share) / of + compared * (1 - compared) / other_of) ** 0.5
