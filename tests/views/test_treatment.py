"""The views on treatment: driven through their controls, their words against runs of the published models and the facts."""

from itertools import product

import numpy as np
import pytest

from autoimmune.data import cohorts, facts
from autoimmune.methods import trials
from autoimmune.modelling import analysis
from autoimmune.models import chen_2024, pan_2026, reynolds_2006, tradeoff
from autoimmune.showing.describe import duration, number
from autoimmune.views import treatment
from autoimmune.views.treatment import KNOB, ON_STEROID, STEROID, TWO_YEARS


@pytest.fixture(scope="module")
def window():
    return treatment.steroid_window()


@pytest.fixture(scope="module")
def skin():
    return treatment.skin_score()


@pytest.fixture(scope="module")
def cells():
    return treatment.b_cells()


@pytest.fixture(scope="module")
def knob():
    return treatment.one_knob()


# -- the steroid window -------------------------------------------------------------------------------

SAYS = dict(zip(reynolds_2006.OUTCOMES, ("inflammation ends", "goes on without them", "infection wins"), strict=True))


@pytest.mark.parametrize("supply, germs", list(product((0.0125, 0.0143, 0.0144, 0.020, 0.031, 0.0315, 0.05), (0.4, 1.2, 1.5))))
def test_on_a_steroid_is_the_published_model_of_a_patient_who_is_already_on_it(window, supply, germs):
    run = reynolds_2006.model.simulate(treatment.SIX_WEEKS, initial={"P": germs, "C_A": supply / 0.1}, s_c=supply)
    same = ON_STEROID.simulate(treatment.SIX_WEEKS, initial={"P": germs}, s_c=supply)
    for state in ("P", "N", "D"):
        assert np.allclose(run[state], same[state], atol=2e-3 * max(1, run[state].max()))
    window.set(s_c=supply, P=germs)
    assert SAYS[reynolds_2006.outcome(run)] in window.sentence


def test_the_ends_of_the_window_are_those_that_the_lesson_tells():
    def heals(supply, germs=treatment.GERMS):
        return reynolds_2006.outcome(ON_STEROID.simulate(3000, points=2, initial={"P": germs}, s_c=supply)) == "health"

    assert analysis.threshold(heals, 0.0125, 0.02) == pytest.approx(0.01431, abs=1e-5)
    assert analysis.threshold(heals, 0.02, 0.04) == pytest.approx(0.03125, abs=1e-5)
    assert analysis.threshold(lambda s: heals(s, 1.5), 0.0125, 0.02) == pytest.approx(0.01707, abs=1e-5)
    assert analysis.threshold(lambda s: heals(s, 1.5), 0.02, 0.04) == pytest.approx(0.03125, abs=1e-5)


@pytest.mark.parametrize("preset, words", list(zip(
    STEROID, ("goes on without", "goes on without", "inflammation ends", "infection wins"), strict=True)))
def test_presets_tell_what_their_names_say(window, preset, words):
    window.set(**STEROID[preset])
    assert words in window.sentence


# -- adalimumab ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight, ADA, dose", list(product((45.0, 70.0, 140.0), (10.0, 76.03, 1000.0), (10.0, 40.0, 120.0))))
def test_skin_score_says_level_and_score(skin, weight, ADA, dose):
    values = {"weight": weight, "ADA": ADA, "dose": dose}
    skin.set(**values)
    level, last = pan_2026.model.evaluate("C_trough", **values), pan_2026.model.simulate(treatment.YEAR, **values)["PASI"].iloc[-1]
    assert f"{number(level)} mg/l" in skin.sentence and f"to {number(last)} points" in skin.sentence
    low, high = pan_2026.THERAPEUTIC_RANGE
    assert ("below the range" in skin.sentence, "above the range" in skin.sentence) == (level < low, level > high)
    assert f"{number(low)} to {number(high)}" in skin.sentence


def test_without_further_doses_the_skin_score_returns(skin):
    skin.set(weight=70.0, ADA=76.03, dose=0.0)
    assert "nothing more is given" in skin.sentence and skin.summary["final_PASI"] > 14


def test_twice_the_dose_is_a_little_more(skin):
    """What the lesson says before and after its prediction."""
    fall = []
    for dose in (40.0, 80.0):
        skin.set(**treatment.PEOPLE["70 kg"] | {"dose": dose})
        fall.append(14.3 - skin.summary["final_PASI"])
    assert fall == pytest.approx([12.7, 13.4], abs=0.05)


def test_the_worked_example_is_the_known_answer():
    clearance = 24 * facts.value("adalimumab_pk/clearance") / 1000
    volume, share = facts.value("adalimumab_pk/volume"), facts.value("adalimumab_pk/bioavailability")
    found = [(np.log(2) * volume / c, share * 40 / (14 * c)) for c in (clearance, clearance * (1 - facts.value("adalimumab_pk/clearance-fall-multiple") / 100))]
    assert found[0] == pytest.approx((12.9, 6.35), abs=0.05) and found[1] == pytest.approx((23.0, 11.34), abs=0.05)


# -- rituximab ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dose, k_out", list(product((25.0, 375.0, 750.0), (0.02, 0.051, 0.15))))
def test_the_gap_is_as_long_as_the_published_model_says(cells, dose, k_out):
    run = chen_2024.model.simulate(365, points=7301, dose=dose, k_out=k_out, dose_most=1000.0)
    given = 2 * dose * 0.9
    late = run[run["t"] > 8]
    drug = late.loc[late["A_1"] + late["A_2"] > given / 100, "t"].max()
    cells.set(dose=dose, k_out=k_out)
    assert cells.summary["final_T_drug"] == pytest.approx(drug, abs=1.5)
    seen = np.interp(drug, run["t"], run["B"])
    assert cells.summary["final_B_seen"] == pytest.approx(seen, rel=0.03)
    assert f"there are {number(cells.summary['final_B_seen'])}." in cells.sentence
    if run["B"].iloc[-1] > 200:
        gap = late.loc[late["B"] < 395 / 2, "t"].max()
        assert cells.summary["final_T_gap"] == pytest.approx(gap, abs=2)
        assert duration(cells.summary["final_T_gap"], "d") in cells.sentence
        assert ("outlasts the drug" in cells.sentence) == (gap > drug)


def test_the_clocks_act_on_nothing():
    run, same = chen_2024.model.simulate(365), treatment.WATCHED.simulate(365)
    assert np.allclose(run["B"], same["B"], rtol=1e-3) and np.allclose(run["A_1"], same["A_1"], rtol=1e-3, atol=1e-3)


def test_one_in_twenty_when_a_hundredth_of_the_drug_is_left():
    run = chen_2024.model.simulate(365, points=3651)
    left = (run["A_1"] + run["A_2"]) / (2 * 375 * 0.9)
    day = run.loc[(left < 0.01) & (run["t"] > 10), "t"].min()
    assert day == pytest.approx(108.4, abs=0.5) and run.loc[run["t"] >= day, "B"].iloc[0] / 395 == pytest.approx(0.05, abs=0.003)


def test_twice_the_dose_adds_weeks(cells):
    gaps = []
    for preset in ("As given", "Twice the dose"):
        cells.set(**treatment.INFUSIONS[preset])
        gaps.append(cells.summary["final_T_gap"])
    assert 14 < gaps[1] - gaps[0] < 21


# -- one knob -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset, words", list(zip(
    KNOB, ("in the window", "in the window", "worst of both", "in the window"), strict=True)))
def test_the_knob_tells_four_stories(knob, preset, words):
    knob.set(**KNOB[preset])
    assert words in knob.sentence


@pytest.mark.parametrize("u", [0.0, 0.1, 0.14, 0.26, 0.27, 0.8])
@pytest.mark.parametrize("preset", ["A window", "No window", "A milder germ"])
def test_the_knob_says_both_outcomes(knob, preset, u):
    values = {**KNOB[preset], "u": u}
    knob.set(**values)
    germ = {name: values[name] for name in ("b_1", "k_pg")}
    wins, dies = u > tradeoff.u_most(days=TWO_YEARS, **germ), u > tradeoff.model.evaluate("u_needed", **germ)
    assert ("infection wins" in knob.sentence) == wins and ("Here it dies out" in knob.sentence) == dies


def test_the_windows_are_those_of_the_names():
    needed = {name: tradeoff.model.evaluate("u_needed", b_1=values["b_1"]) for name, values in KNOB.items()}
    most = tradeoff.u_most()
    assert needed["A window"] == pytest.approx(0.125, abs=1e-3) and most == pytest.approx(0.263, abs=1e-3)
    assert 0 < most - needed["A narrow window"] < 0.05 and needed["No window"] == pytest.approx(0.375, abs=1e-3)


# -- pictures -----------------------------------------------------------------------------------------


def test_a_hundred_people_add_up():
    said = treatment.hundred_people().said
    assert "of 100 on the drug 68 improve, and of 100 on placebo 33: 35 more on the drug, where 32 do not improve" in said and "because of" not in said and "2.8 (1.9 to 7)" in said
    with pytest.raises(ValueError, match="swap the groups"):
        treatment.hundred_people(14, 43, 28, 41)


def test_a_hundred_people_draws_a_mark_each():
    axes = treatment.hundred_people().figure.axes[0]
    counts = [len(marks.get_offsets()) for marks in axes.collections]
    assert counts == [33, 1, 35, 1, 32, 1]


def test_two_drugs_say_their_hazard_ratios():
    drawing, udca = treatment.two_drugs(), cohorts.ursodeoxycholic_acid_trial()
    worked = trials.hazard_ratio(udca["days"], udca["event"], udca["treatment"] == "ursodeoxycholic acid")
    assert "1.06 times as often" in drawing.said and f"{number(worked.value, 2)} times as many events" in drawing.said
    assert [len(axes.lines) for axes in drawing.figure.axes] == [4, 4]


def test_crohn_counts_are_those_of_the_table():
    counts, drawing = cohorts.crohn_adverse_events()["adverse_events"], treatment.crohn_counts()
    bars = [bar.get_height() for bar in drawing.figure.axes[0].patches]
    assert bars == np.bincount(counts).tolist() and "Of 117 people 50 had no adverse event" in drawing.said
    assert f"variance is {number(counts.var() / counts.mean(), 2)} times the mean" in drawing.said


def test_infections_draws_the_facts():
    rows, drawing = facts.load("serious_infection"), treatment.infections()
    intervals = [tuple(line.get_xdata()) for line in drawing.figure.axes[0].lines if line.get_linewidth() == 2.4]
    expected = [tuple(rows.loc[name, ["ci_low", "ci_high"]]) for name in (*treatment.EXPOSURES, *treatment.ALL_KINDS)]
    assert intervals == expected and all(number(rows.loc[name, "value"]) in drawing.said for name in treatment.EXPOSURES)


def test_rare_infection_draws_the_facts():
    rows, drawing = facts.load("pml_natalizumab"), treatment.rare_infection()
    marks = [line.get_xdata()[0] for line in drawing.figure.axes[0].lines if line.get_marker() != "None"]
    assert marks == rows.loc[list(treatment.STRATA), "per_1000"].tolist()
    assert "0.04" in drawing.said and "1.99" in drawing.said


def test_drug_map_draws_the_facts():
    rows, axes = facts.load("drug_classes"), treatment.drug_map().figure.axes[0]
    boxes = [label.get_text() for label in axes.get_xticklabels()]
    drawn = {int(line.get_ydata()[0]): {boxes[int(x)] for x in line.get_xdata()} for line in axes.lines if len(line.get_xdata())}
    assert drawn == {place: set(hits) for place, hits in enumerate(rows["hits"].map(treatment.listed)) if hits}
    diseases = facts.load("diseases").index
    assert all(name in diseases and name in treatment.SHORT for names in rows["diseases"].map(treatment.listed) for name in names)


def test_drug_map_counts_what_it_draws():
    said = treatment.drug_map().said
    rows = facts.load("drug_classes")
    on_b_cells = sum("B cells" in treatment.listed(hits) for hits in rows["hits"])
    assert said.startswith(f"Of {len(rows)} classes") and f"{on_b_cells} on B cells" in said and "methotrexate" in said
