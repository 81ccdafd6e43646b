"""From ratios to people: how often the ill have something, and how often those who have it are ill.

    risk_with           the risk with a factor, from the risk without it and an odds ratio
    risks_by_carriage   both risks, from how common the disease and the factor are, and an odds ratio
    carrier_risk        the risk of carriers, from how common the factor is among the ill and among all (Bayes)
    interaction         what two causes do together, beyond the sum of what each does alone

Risks and shares are from 0 to 1.
"""

from __future__ import annotations

from typing import NamedTuple


class Interaction(NamedTuple):
    """Two causes together. `expected` is their ratio if each added its own part; `excess` is what lies above it, the
    relative excess risk due to interaction (RERI); `proportion` is that as a share of the ratio with both."""

    expected: float
    excess: float
    proportion: float


def risk_with(risk_without: float, odds_ratio: float) -> float:
    """The risk with a factor: odds = odds without it times `odds_ratio`, and risk = odds/(1 + odds).

    ValueError unless 0 <= `risk_without` < 1 and `odds_ratio` is above 0.
    """
    if not 0 <= risk_without < 1:
        raise ValueError(f"risk_without = {risk_without!r} is not allowed; a risk here is from 0 to below 1, so 2 % is 0.02")
    odds = risk_without / (1 - risk_without) * checked_ratio("odds_ratio", odds_ratio)
    return odds / (1 + odds)


def risks_by_carriage(prevalence: float, carriers: float, odds_ratio: float) -> tuple[float, float]:
    """The risks without and with a factor that the share `carriers` of people have, when `prevalence` of all are ill.

    The one pair of risks that have this odds ratio and, weighed by how many have the factor, this mean. ValueError
    unless both shares lie between 0 and 1.
    """
    from scipy.optimize import brentq

    for name, share in (("prevalence", prevalence), ("carriers", carriers)):
        if not 0 < share < 1:
            raise ValueError(f"{name} = {share!r} is not allowed; it is a share between 0 and 1")
    checked_ratio("odds_ratio", odds_ratio)

    def surplus(without: float) -> float:
        return (1 - carriers) * without + carriers * risk_with(without, odds_ratio) - prevalence

    without = brentq(surplus, 0.0, 1 - 1e-12, xtol=1e-15)
    return without, risk_with(without, odds_ratio)


def carrier_risk(prevalence: float, among_ill: float, among_all: float) -> float:
    """The risk of those who carry something: prevalence · among_ill / among_all, by Bayes' theorem.

    `among_ill` and `among_all` are the shares that carry it. ValueError for a share outside 0 to 1, and when there
    would be more carriers among the ill than among all.
    """
    for name, share in (("prevalence", prevalence), ("among_ill", among_ill), ("among_all", among_all)):
        if not 0 <= share <= 1:
            raise ValueError(f"{name} = {share!r} is not allowed; it is a share from 0 to 1, so 8 % is 0.08")
    if prevalence * among_ill > among_all or among_all == 0:
        raise ValueError(f"among_all = {among_all!r} is not allowed: ill carriers alone are {prevalence * among_ill:g} of all people")
    return prevalence * among_ill / among_all


def interaction(first: float, second: float, both: float) -> Interaction:
    """What two causes do together, from three risk (or odds) ratios against people with neither.

    With `first` and `second` alone one expects first + second - 1. RERI = both - first - second + 1, and the
    attributable proportion is RERI / both (Rothman). ValueError for a ratio that is not above 0.
    """
    for name, ratio in (("first", first), ("second", second), ("both", both)):
        checked_ratio(name, ratio)
    expected = first + second - 1
    return Interaction(expected, both - expected, (both - expected) / both)


def checked_ratio(name: str, ratio: float) -> float:
    """`ratio`, or a ValueError when it is not above 0."""
    if not ratio > 0:
        raise ValueError(f"{name} = {ratio!r} is not allowed; a ratio is above 0, and 1 means no difference")
    return ratio
