"""Counts of people: intervals against statsmodels, the table against the facts, survival against the cohort."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from autoimmune.data import cohorts, facts
from autoimmune.methods.epidemiology import SARDINIANS, prevalence, share, survival


@pytest.mark.parametrize("count, people", [(0, 10), (4, SARDINIANS), (5, 10), (678, SARDINIANS), (10, 10)])
def test_interval_is_wilsons(count, people):
    assert share(count, people) == pytest.approx((count / people, *proportion_confint(count, people, method="wilson")), abs=1e-12)


@pytest.mark.parametrize("count", [-1, 11, 2.5])
def test_a_count_is_a_whole_number_of_the_people(count):
    with pytest.raises((ValueError, TypeError)):
        share(count, 10)


def test_every_disease_is_there_with_its_kind_and_the_commonest_first():
    table, rows = prevalence(), facts.load("epidemiology").filter(like="sardinia-", axis=0)
    assert set(table["disease"]) == set(rows["disease"]) and len(table) == 12
    assert table["per_100_000"].is_monotonic_decreasing and table["kind"].isin(["organ-specific", "systemic"]).all()
    assert table.loc[table["kind"] == "systemic", "disease"].tolist() == [
        "Rheumatoid arthritis", "Systemic lupus erythematosus", "Systemic sclerosis", "Sjögren's disease"]
    assert (table["low"] < table["per_100_000"]).all() and (table["per_100_000"] < table["high"]).all()


def test_people_are_those_of_the_notes():
    rows = facts.load("epidemiology").filter(like="sardinia-", axis=0).set_index("disease")
    noted = rows["note"].str.extract(r"about (\d+) people")[0].astype(int)
    assert rows["population"].str.contains(f"{SARDINIANS:,}").all()
    assert prevalence().set_index("disease")["people"].to_dict() == noted.to_dict()


def test_survival_counts_those_who_were_lost_from_sight():
    """Of four people one dies after 1 year, one is lost after 2 years, one dies after 3, and one lives."""
    curve = survival(pd.Series([1, 2, 3, 4]), pd.Series([True, False, True, False]))
    assert curve.at([0.5, 1, 2.5, 3]).tolist() == pytest.approx([1, 3 / 4, 3 / 4, 3 / 8])
    table = cohorts.lupus_survival()
    assert survival(table["years"], table["died"]).at(np.array([1.0, 4.0])).tolist() == pytest.approx([0.743, 0.535], abs=5e-4)


def test_survival_is_that_of_lifelines_with_its_limits_and_its_median():
    """An implementation that is not ours, on a table with ties and people who were lost at once."""
    from lifelines import KaplanMeierFitter

    table = cohorts.lupus_survival()
    ours, theirs = survival(table["years"], table["died"]), KaplanMeierFitter().fit(table["years"], table["died"])
    limits = theirs.confidence_interval_survival_function_.loc[ours.times].to_numpy().T
    inside = (ours.alive > 0) & (ours.alive < 1)
    assert ours.alive == pytest.approx(theirs.survival_function_at_times(ours.times).to_numpy())
    assert np.array([ours.low, ours.high])[:, inside] == pytest.approx(limits[:, inside])
    assert ours.median == theirs.median_survival_time_


def test_a_median_that_was_not_seen_is_infinite_and_what_is_not_allowed_is_named():
    assert survival(pd.Series([1.0, 2.0]), pd.Series([False, False])).median == float("inf")
    with pytest.raises(ValueError, match="2 times and 1 events"):
        survival(pd.Series([1.0, 2.0]), pd.Series([True]))
    with pytest.raises(ValueError, match="time = -1 is not allowed"):
        survival(pd.Series([1.0]), pd.Series([True])).at(-1)


def test_half_of_an_even_number_of_people_is_half():
    assert survival(pd.Series(range(1, 9)), pd.Series([True] * 8)).median == 4
