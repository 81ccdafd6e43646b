"""The views on new treatments: driven to the ends of their controls, their words against models, papers and tables."""

import csv
import re
from itertools import product
from pathlib import Path

import pytest

from autoimmune.data import facts
from autoimmune.methods import virtual_trial
from autoimmune.models import pan_2026
from autoimmune.models.kimmel_2021 import b_cell_return
from autoimmune.showing.describe import number
from autoimmune.views import frontiers

ANSWERS = {row["id"]: row["answer"] for row in
           csv.DictReader((Path(__file__).parents[1] / "data" / "exercise_answers.csv").read_text(encoding="utf-8").splitlines())}


@pytest.fixture(scope="module")
def cells():
    return frontiers.car_t()


@pytest.fixture(scope="module")
def dosing():
    return frontiers.dosing()


@pytest.fixture(scope="module")
def trial():
    return virtual_trial.run(progress=False)


# -- CAR T cells --------------------------------------------------------------------------------------


@pytest.mark.parametrize("N, C, k_out", list(product((1.0, 6.0, 100.0, 500.0), (0.01, 0.36, 10.0), (0.01, 0.051, 0.1))))
def test_car_t_says_what_becomes_of_both_kinds_of_cells(cells, N, C, k_out):
    cells.set(N=N, C=C, k_out=k_out)
    run = b_cell_return.simulate(365, initial={"N": N, "C": C}, k_out=k_out)
    said = cells.sentence
    assert number(run.B.min()) in said and number(run.B.iloc[-1]) in said
    assert ("no room" in said) == (run.C.max() < 1.5 * C)
    assert ("only" in said) == (run.B.iloc[-1] < 100 and run.C.max() >= 1.5 * C)


def test_half_of_the_b_cells_are_back_when_the_lesson_says():
    """118 days; in five people with lupus B cells were seen again after 110 (SD 32), by another measure."""
    run = b_cell_return.simulate(200, points=2001)
    lowest = run.B.idxmin()
    back = run[(run.index > lowest) & (run.B >= 100)].t.iloc[0]
    assert back == pytest.approx(118, abs=0.5)
    seen = facts.load("car_t").loc["lupus-2022-b-cell-return"]
    assert abs(back - seen["value"]) < seen["sd"]


# -- dosing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight, ADA, dose", list(product((40.0, 70.0, 160.0), (10.0, 76.03, 10_000.0), (0.0, 10.0, 40.0, 80.0))))
def test_dosing_says_where_the_level_lies(dosing, weight, ADA, dose):
    dosing.set(weight=weight, ADA=ADA, dose=dose)
    said = dosing.sentence
    assert number(pan_2026.model.simulate(182, weight=weight, ADA=ADA, dose=dose).PASI.iloc[-1]) in said
    if dose == 0:
        assert "nothing more is given" in said
        return
    level = pan_2026.model.evaluate("C_trough", weight=weight, ADA=ADA, dose=dose)
    place = "below" if level < 3.2 else "above" if level > 7 else "within"
    assert f"{number(level)} mg/l are left in the long run before each dose, {place} the range" in said


def test_three_people_with_one_dose_have_three_levels(dosing):
    places = []
    for person in frontiers.PEOPLE.values():
        dosing.set(**person)
        places.append(re.search(r"(below|within|above) the range", dosing.sentence)[1])
    assert places == ["above", "within", "below"]


# -- who benefits, and how much later -----------------------------------------------------------------


@pytest.mark.parametrize("endpoint, group", list(product(("bicla", "sri-4"), ("high", "low"))))
def test_differences_agree_with_the_answers_and_nearly_with_the_paper(endpoint, group):
    found = virtual_trial.compare(*frontiers.counts(endpoint, group))
    assert 100 * found.difference == pytest.approx(float(ANSWERS[f"{endpoint}-{group}"]), abs=0.1)
    row = facts.load("tulip_interferon_signature").loc[f"{endpoint}-{group}"]
    assert 100 * found.difference == pytest.approx(row["printed_difference"], abs=0.35)
    assert (100 * found.low, 100 * found.high) == pytest.approx((row["difference_low"], row["difference_high"]), abs=1.1)


def test_who_benefits_says_that_neither_interaction_is_sure():
    said = frontiers.who_benefits().said
    assert "18.5 (10.8 to 26.0)" in said and "−0.2 (−17.0 to 16.7)" in said
    assert "differs by 14.8 (−4.3 to 33.9)" in said and said.endswith("Both of these last intervals include 0.")


def test_delay_is_the_difference_of_medians():
    said = frontiers.delay().said
    assert float(ANSWERS["teplizumab-delay-2019"]) == 24.0 and "24.0 months later" in said
    assert float(ANSWERS["teplizumab-delay-2021"]) == 32.5 and "32.5 months later" in said


# -- the virtual trial --------------------------------------------------------------------------------


def test_the_trial_finds_what_the_views_of_its_size_assume(trial):
    share = virtual_trial.responders(trial)["share"]
    assert (share.iloc[1], share.iloc[0]) == pytest.approx(frontiers.SHARES, abs=5e-4)


def test_the_average_hides_a_gain_and_a_loss(trial):
    """What the lesson tells of the three groups, and of a rule that leaves high levels alone."""
    found = {group: frontiers.versus(trial[trial["group"] == group]) for group in frontiers.GROUPS}
    assert found["below"].low > 0.2 and found["above"].high < -0.15 and not found["within"].excludes_0
    spared = virtual_trial.run(rule={"below": 80, "within": 40, "above": 40}, progress=False)
    assert frontiers.versus(spared).difference == pytest.approx(0.081, abs=0.002)
    assert "8.1 (6.3 to 9.8)" in frontiers.trial_result(spared).said


def test_trial_result_tells_its_numbers(trial):
    said = frontiers.trial_result(trial).said
    assert "Of 10,000 synthetic patients" in said and "The difference is 5.3 (3.5 to 7.1) points." in said
    assert "below 3.2 mg/l 26.0" in said and "above 7 mg/l −20.0" in said


@pytest.mark.parametrize("per_arm, seed", list(product((50.0, 200.0, 1000.0, 5000.0), (1, 2))))
def test_size_counts_the_trials_that_find_it(per_arm, seed):
    said = frontiers.size_picture(seed=seed, per_arm=per_arm).said
    drawn = virtual_trial.differences(*frontiers.SHARES, int(per_arm), 40, seed)
    sure = sum(low > 0 or high < 0 for low, high in drawn[1:].T)
    assert f"{sure} of these 40 trials" in said
    told = float(re.search(r"trials ([\d.]+) in 100 do", said)[1])
    assert told == pytest.approx(100 * virtual_trial.power(*frontiers.SHARES, per_arm), abs=3.5)


def test_a_small_trial_that_finds_it_makes_it_too_large():
    """What the lesson says: at 200 in each arm only differences above about 9 points exclude 0; the true one is 5.3."""
    middle, low, _ = virtual_trial.differences(*frontiers.SHARES, 200, 5000, 1)
    assert middle[low > 0].min() > 0.08 and middle[low > 0].mean() == pytest.approx(0.115, abs=0.01)


def test_a_size_that_is_pressed_is_drawn():
    view = frontiers.trial_size()
    view.toggles[0][1].value = "5,000"
    assert view.values == {"per_arm": 5000.0} and "With 5,000 people in each arm" in view.said
