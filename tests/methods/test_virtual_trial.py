"""The virtual trial: its parts against the model run by itself, its statistics against closed forms and a second method."""

import numpy as np
import pytest
from scipy.stats import norm

from autoimmune.methods import virtual_trial
from autoimmune.methods.virtual_trial import ARMS, BY_LEVEL, compare, interaction, power, power_by_draws
from autoimmune.models.pan_2026 import model


@pytest.fixture(scope="module")
def trial():
    return virtual_trial.run(2400, progress=False)


# -- people and doses ---------------------------------------------------------------------------------


def test_half_get_each_dose_by_lot_and_the_seed_decides(trial):
    assert trial["arm"].value_counts().tolist() == [1200, 1200]
    gap = trial.groupby("arm", observed=True)["weight"].mean().diff().iloc[-1]
    assert abs(gap) < 3 * trial["weight"].std() * (2 / 1200) ** 0.5
    assert virtual_trial.run(60, progress=False).equals(virtual_trial.run(60, progress=False))
    assert not virtual_trial.run(60, progress=False).equals(virtual_trial.run(60, seed=2, progress=False))


def test_people_vary_as_the_study_says():
    """Medians and shares of the paper: 88.7 kg, 101 cm, 36.8 % women, 23.2 % with high blood pressure; weights of 42.6 to 170 kg."""
    table = virtual_trial.people(40_000, seed=1)
    assert table[["weight", "waist"]].median().tolist() == pytest.approx([88.7, 101], rel=0.01)
    assert table[["female", "hypertension"]].mean().tolist() == pytest.approx([0.368, 0.232], abs=0.01)
    assert table["weight"].between(42.6, 170).all() and (table["PASI"] == table["base"]).all()


def test_the_usual_arm_is_the_licensed_course_without_a_stop(trial):
    """The trial stops in week 5 to measure and starts again; in the usual arm nobody should notice."""
    usual = trial[trial["arm"] == ARMS[0]].head(200)
    numbers = usual[list(virtual_trial.people(1, 1))]
    last = model.simulate(virtual_trial.END, points=2, patients=numbers).query("t > 0").set_index("patient")
    assert usual["score"].to_numpy() == pytest.approx(last["PASI"].to_numpy(), rel=2e-4)


def test_one_person_gets_the_dose_that_their_level_asks_for():
    """A run by hand with doses of that person's own, from the model's own closed course."""
    from autoimmune.modelling.model import Dose

    table = virtual_trial.run(200, progress=False).query("arm == 'dose by level'")
    for group, dose in BY_LEVEL.items():
        person = table[table["group"] == group].iloc[0]
        assert person["dose"] == dose
        numbers = {symbol: person[symbol] for symbol in virtual_trial.people(1, 1).columns if symbol != "PASI"}
        course = (Dose("D", 80.0), Dose("D", 40.0, start=7, every=14, count=2), Dose("D", dose, start=35, every=14, count=11))
        last = model.simulate(182, points=2, doses=course, initial={"PASI": person["base"]}, **numbers).iloc[-1]
        assert person["score"] == pytest.approx(last["PASI"], rel=1e-3)


def test_groups_are_cut_at_the_range(trial):
    low, high = 3.2, 7.0
    said = np.select([trial["level"] <= low, trial["level"] <= high], ["below", "within"], "above")
    assert (trial["group"].astype(str) == said).all()
    assert (trial.loc[trial["arm"] == ARMS[0], "dose"] == 40).all()


def test_response_is_a_fall_by_three_quarters(trial):
    assert (trial["responds"] == (trial["score"] <= 0.25 * trial["base"])).all()


def test_usual_dosing_comes_near_the_papers_own_cohort(trial):
    """The paper's simulated cohort: PASI 75 in 62.4 % at 6 months, 34.8 % below 3.2 mg/l in week 5."""
    table = virtual_trial.responders(trial)
    assert table.loc[ARMS[0], "share"] == pytest.approx(0.624, abs=0.08)
    assert (trial["group"] == "below").mean() == pytest.approx(0.348, abs=0.06)


@pytest.mark.parametrize("arguments, reason", [({"count": 1}, "count = 1"), ({"rule": {"low": 80}}, "below, within, above")])
def test_what_is_not_allowed_is_named(arguments, reason):
    with pytest.raises(ValueError, match=reason):
        virtual_trial.run(progress=False, **arguments)


# -- statistics ---------------------------------------------------------------------------------------


def test_compare_counts_a_difference_both_ways():
    found, other = compare(28, 62, 29, 64), compare(29, 64, 28, 62)
    assert found.difference == pytest.approx(28 / 62 - 29 / 64) == -other.difference
    assert (found.low, found.high) == pytest.approx((-other.high, -other.low)) and found.p == pytest.approx(other.p)
    assert not found.excludes_0 and compare(142, 298, 88, 302).excludes_0


def test_newcombes_interval_is_the_one_of_his_paper():
    """Newcombe 1998, Table II, example (a), method 10: 56/70 - 48/80 = 0.2000, limits 0.0524 and 0.3339."""
    found = compare(56, 70, 48, 80)
    assert (found.difference, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize("per_arm", [50, 200, 1000, 2000])
def test_power_by_formula_is_power_by_draws(per_arm):
    drawn = power_by_draws(0.728, 0.675, per_arm, trials=4000)
    assert power(0.728, 0.675, per_arm) == pytest.approx(drawn, abs=0.03)


def test_without_a_difference_one_trial_in_twenty_finds_one():
    assert power(0.5, 0.5, 300) == pytest.approx(0.05) == pytest.approx(power_by_draws(0.5, 0.5, 300, trials=4000), abs=0.012)


def test_interaction_adds_squared_errors():
    """Altman and Bland 2003, by hand."""
    found = interaction((160, 298, 118, 302), (28, 62, 29, 64))
    shares = [160 / 298, 118 / 302, 28 / 62, 29 / 64]
    errors = [share * (1 - share) / of for share, of in zip(shares, (298, 302, 62, 64), strict=True)]
    difference = shares[0] - shares[1] - shares[2] + shares[3]
    assert found.difference == pytest.approx(difference)
    assert found.high - found.low == pytest.approx(2 * 1.96 * sum(errors) ** 0.5)
    assert found.p == pytest.approx(2 * norm.sf(difference / sum(errors) ** 0.5)) and not found.excludes_0


@pytest.mark.parametrize("call", [lambda: compare(5, 4, 1, 4), lambda: compare(1, 0, 1, 4), lambda: power(0, 0.5, 10), lambda: power(0.4, 1.0, 10)])
def test_impossible_counts_and_shares_are_named(call):
    with pytest.raises(ValueError, match="is not allowed"):
        call()
