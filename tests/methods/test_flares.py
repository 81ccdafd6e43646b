"""Counting relapses and their rate, on histories made by hand and on those of the model."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from autoimmune.methods.flares import Rate, counts, listed, rate
from autoimmune.models.velez_de_mendizabal_2011 import histories


def made(*people, days=730):
    """One history a person, with a peak of 50,000 cells on each of the given days."""
    t = np.arange(days + 1.0)
    rows = [pd.DataFrame({"patient": n, "t": t, "E": 1e3 + 5e4 * np.isin(t, peaks)}) for n, peaks in enumerate(people)]
    return pd.concat(rows, ignore_index=True)


def test_counts_of_each_history():
    found = counts(made([100, 300, 310], [], [50]))
    assert found["relapses"].tolist() == [2, 0, 1] and found["years"].tolist() == [2, 2, 2]
    assert counts(made([100, 300, 310]), apart=5)["relapses"].tolist() == [3]


def test_rate_of_equal_histories_is_the_mean_with_its_standard_error():
    table = made([100], [100, 300], [100, 200, 300], [])
    each = counts(table)["relapses"] / 2
    error = each.std() / 2  # of four people
    assert rate(table) == pytest.approx((0.75, max(0, 0.75 - norm.isf(0.025) * error), 0.75 + norm.isf(0.025) * error))


def test_a_short_history_weighs_less():
    short = made([100], days=365)
    assert rate(pd.concat([made([50], [60]), short.assign(patient=2)]))[0] == pytest.approx(3 / 5)


def test_no_relapse_gives_no_interval_below_zero():
    assert rate(made([], [])) == Rate(0.0, 0.0, 0.0)


def test_a_rate_is_said_with_its_interval():
    assert repr(Rate(1.0322, 0.9423, 1.1221)) == "1.03 relapses a year (95 % interval 0.94 to 1.12)"


def test_one_person_has_no_interval():
    with pytest.raises(ValueError, match="1 history is too few"):
        rate(made([100]))


def test_the_interval_covers_the_rate_of_many_people():
    """About one a year, as in the paper; at least eight of ten intervals from 30 people hold the rate of 300."""
    parts = [histories(30, 2, seed=seed) for seed in range(10)]
    whole = pd.concat([part.assign(patient=part["patient"] + 100 * n) for n, part in enumerate(parts)])
    value = rate(whole).value
    assert value == pytest.approx(1.0, abs=0.25)
    assert sum(low <= value <= high for _, low, high in map(rate, parts)) >= 8


def test_the_years_of_people_who_outgrow_the_model_do_not_count():
    """Lesson 03 says why the 507 relapses of its table are 1.03 a year and not 1.01."""
    people = histories(100, 5, seed=1)
    found = counts(people)
    assert (found["relapses"].sum(), len(people.attrs["ran_away"]), round(found["years"].sum())) == (507, 4, 491)
    assert round(rate(people).value, 2) == round(507 / 491, 2) == 1.03 != round(507 / 500, 2)


@pytest.mark.parametrize("words, said", [([3], "3"), ([3, 5], "3 and 5"), (["a", "b", "c"], "a, b and c")])
def test_lists_are_said_as_people_say_them(words, said):
    assert listed(words) == said
