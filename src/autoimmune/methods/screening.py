"""A test on 1,000 people: how many have the disease, how many test positive, how many of those have it.

    tree(sensitivity, specificity, prevalence)    the four groups, in whole people
    after(test, prevalence)                       the percentage with the disease among those positive in a published test

Rounding: from the top of the tree downwards. Of 1,000 people the ones with the disease are rounded to whole
people, halves upwards; the rest has it not. In each of the two groups the people who test positive are
rounded in the same way; the rest tests negative. So the parts always add up. The page of the widget does the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from autoimmune.data import facts

PEOPLE = 1000
NAMES = ("prevalence", "sensitivity", "specificity")


@dataclass(frozen=True)
class Tree:
    """The three numbers in per cent, and the four groups in whole people."""

    sensitivity: float
    specificity: float
    prevalence: float
    true_positive: int
    false_negative: int
    false_positive: int
    true_negative: int

    @property
    def ill(self) -> int:
        """People with the disease."""
        return self.true_positive + self.false_negative

    @property
    def well(self) -> int:
        """People without it."""
        return self.false_positive + self.true_negative

    @property
    def positive(self) -> int:
        """People who test positive."""
        return self.true_positive + self.false_positive

    @property
    def negative(self) -> int:
        """People who test negative."""
        return self.false_negative + self.true_negative

    @property
    def predictive_value(self) -> float:
        """The share of people with the disease among those who test positive, by Bayes' theorem and without
        rounding to whole people; NaN when nobody can test positive."""
        with_it = self.prevalence * self.sensitivity
        all_of_them = with_it + (100 - self.prevalence) * (100 - self.specificity)
        return with_it / all_of_them if all_of_them else math.nan


def tree(sensitivity: float, specificity: float, prevalence: float) -> Tree:
    """1,000 people by disease and test; each number in per cent, from 0 to 100, or a ValueError."""
    given = {"sensitivity": sensitivity, "specificity": specificity, "prevalence": prevalence}
    numbers = {name: check(name, value) for name, value in given.items()}
    ill = whole(PEOPLE, numbers["prevalence"])
    true_positive = whole(ill, numbers["sensitivity"])
    false_positive = whole(PEOPLE - ill, 100 - numbers["specificity"])
    return Tree(
        **numbers,
        true_positive=true_positive,
        false_negative=ill - true_positive,
        false_positive=false_positive,
        true_negative=PEOPLE - ill - false_positive,
    )


def whole(people: int, percent: float) -> int:
    """`percent` of `people` in whole people, halves upwards, with a hair for the computer's own rounding."""
    return math.floor(people * percent / 100 + 0.5 + 1e-9)


def check(name: str, value: float) -> float:
    """`value` as a float, or a ValueError that says what is allowed."""
    try:
        number_given = float(value)
    except (TypeError, ValueError):
        number_given = math.nan
    if not 0 <= number_given <= 100:
        raise ValueError(f"{name} = {value!r} is not allowed; it is a number of per cent from 0 to 100")
    return number_given


def after(test: str, prevalence: float) -> float:
    """The percentage with the disease among those positive in `test` (an id of `diagnostic_tests`); prevalence in per cent."""
    row = facts.load("diagnostic_tests").loc[test]
    return 100 * tree(row["sensitivity"], row["specificity"], prevalence).predictive_value
