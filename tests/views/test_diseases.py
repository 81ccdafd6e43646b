"""The views on the diseases: driven to the ends of their controls, their words against runs of the models."""

from itertools import product

import pytest

from autoimmune.data import cohorts, facts
from autoimmune.methods.epidemiology import prevalence, survival
from autoimmune.modelling import analysis
from autoimmune.models import budu_grajdeanu_2010, maree_2006, topp_2000
from autoimmune.models.velez_de_mendizabal_2011 import histories, relapses
from autoimmune.models.velez_de_mendizabal_2011 import model as cross_regulation
from autoimmune.showing.describe import number
from autoimmune.views import diseases
from autoimmune.views.diseases import BETA_CELLS, FOUR_YEARS, SADDLE


@pytest.fixture(scope="module")
def cells():
    return diseases.beta_cells()


@pytest.fixture(scope="module")
def mice():
    return diseases.two_mice()


@pytest.fixture(scope="module")
def kidney():
    return diseases.kidney()


# -- type 1 diabetes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kill, start", list(product((0.0, 0.010, 0.013, 0.014, 0.03),
                                                     (0.0, 20.0, 1020.0, 1060.0, FOUR_YEARS - 20, FOUR_YEARS))))
def test_beta_cells_says_what_is_left_and_why(cells, kill, start):
    cells.set(kill=kill, start=start)
    said = cells.sentence
    attack = {"relief": 1.0, "start": start, "stop": 1e6} if start < FOUR_YEARS else {}
    last = topp_2000.autoimmune.simulate(FOUR_YEARS, kill=kill, **attack).iloc[-1]
    later = topp_2000.autoimmune.simulate(5 * FOUR_YEARS, kill=kill, **attack).iloc[-1]
    assert ("No beta cells are killed" in said) == (kill * start == 0)
    if kill * start and start == FOUR_YEARS:
        assert ("made good by growth" in said) == (later.B > 1) == (kill < 0.0135)
    elif kill * start:
        assert ("in time" in said) == (later.B > 1) and ("too late" in said) == (later.B < 1)
    assert number(last.B) in said if last.B > 1 else ("none is left" in said or "no beta cells are left" in said)


def test_at_the_end_of_the_run_a_loss_that_goes_on_says_so(cells):
    cells.set(kill=0.0136, start=FOUR_YEARS)
    assert "both are still getting worse" in cells.sentence and topp_2000.autoimmune.simulate(3650, kill=0.0136).B.iloc[-1] < 1e-3
    cells.set(kill=0.014, start=1440.0)
    assert "too late" in cells.sentence
    cells.set(kill=0.010, start=1440.0)
    assert "still recovering" in cells.sentence


@pytest.mark.parametrize("preset, words", list(zip(BETA_CELLS, ("made good", "not made good", "in time", "too late"), strict=True)))
def test_presets_tell_the_four_stories(cells, preset, words):
    cells.set(**BETA_CELLS[preset])
    assert words in cells.sentence


def test_the_saddle_is_the_papers():
    assert topp_2000.model.evaluate("G_saddle") == pytest.approx(SADDLE)


def test_most_cells_are_gone_before_the_sugar_has_doubled():
    """What the lesson says of the faster attack."""
    run = topp_2000.autoimmune.simulate(FOUR_YEARS, kill=0.014, points=1461)
    doubled = run.G.gt(200).idxmax()
    assert run.B[doubled] == pytest.approx(60, abs=1) and run.t[doubled] == pytest.approx(940, abs=3)
    assert run.t[run.G.gt(SADDLE).idxmax()] == pytest.approx(1036, abs=3) and run.t[run.G.gt(500).idxmax()] == pytest.approx(1073, abs=3)
    assert run.G[run.B.lt(150).idxmax()] == pytest.approx(133, abs=1)


# -- two mice -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mouse, wave", list(product((maree_2006.model, maree_2006.balb_c), (1e3, 3e3, 3.2e3, 4e7, 1e9))))
def test_mice_say_what_stays(mice, mouse, wave):
    eats = {name: mouse.defaults[name] for name in ("f_1", "f_2")}
    mice.set(W_max=wave, **eats)
    burns = mouse.simulate(1000, W_max=wave, points=3).M_a.iloc[-1] > 1
    assert ("inflammation stays" in mice.sentence) == burns
    assert ("NOD" in mice.sentence) == (mouse is maree_2006.model) and ("unverified" in mice.sentence) == (mouse is maree_2006.balb_c)


def test_the_inflammation_that_stays_does_not_remember_the_wave(mice):
    levels = []
    for wave in (4e4, 4e7):
        mice.set(W_max=wave, f_1=1e-5, f_2=1e-5)
        levels.append(mice.summary["final_M_a"])
    assert levels[0] == pytest.approx(levels[1], rel=2e-3)


def test_a_toggle_presses_the_mouse_that_is_shown(mice):
    assert [option.label for option in mice.plan.toggles[0].options] == ["NOD", "Balb/c (its rates are unverified)"]


# -- lupus --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("drug", [0.0, 0.5, 1.0, 2.0, 15.0, 16.0, 20.0])
def test_kidney_says_the_worst_and_the_last(kidney, drug):
    kidney.set(drug=drug)
    run = budu_grajdeanu_2010.model.simulate(300, drug=drug)
    said = kidney.sentence
    assert f"{number(run.D.iloc[-1])} on day 300" in said or "Without treatment" in said
    assert ("hardly rises" in said) == (run.D.max() < 1.03 * 1.7)
    assert number(run.D.max()) in said or "hardly rises" in said
    assert ("With the treatment that was given" in said) == (drug == 1)


# -- pictures -----------------------------------------------------------------------------------------


def test_the_ageing_joint_turns_once():
    drawing = diseases.ageing_joint()
    longer = diseases.ageing_joint(400.0)
    assert "For 14 time units" in drawing.said and "For 14 time units" in longer.said
    end = analysis.steady_states(diseases.baker_2013.ageing)
    assert len(end) == 1 and end["p"][0] > diseases.INFLAMED_ABOVE


def test_ten_years_counts_its_relapses_and_its_damage():
    table = histories(1, 10, seed=1)
    drawing = diseases.ten_years()
    assert f"has {len(relapses(table.E))} relapses" in drawing.said and table.L.is_monotonic_increasing
    half = table.t[table.L <= table.L.iloc[-1] / 2].max() / 365
    assert f"first {number(half, 2)} years" in drawing.said


def test_damage_heals_for_the_most_part():
    row = {name: cross_regulation.defaults[name] for name in ("d_2", "r")}
    assert row["r"] / (row["r"] + row["d_2"]) > 0.95


def test_how_common_draws_every_row_and_says_the_ends():
    table, drawing = prevalence(), diseases.how_common()
    intervals = [line for line in drawing.figure.axes[0].lines if len(line.get_xdata()) == 2]
    assert [tuple(line.get_xdata()) for line in intervals] == list(zip(table["low"], table["high"], strict=True))
    first, last = table.iloc[0], table.iloc[-1]
    assert all(number(value, 3) in drawing.said for value in (first["low"], first["high"])) and f"from {last['people']} people" in drawing.said
    assert "Of 11 neighbours in this order 8 have intervals that overlap" in drawing.said


def test_lupus_then_and_now():
    table = cohorts.lupus_survival()
    curve = survival(table["years"], table["died"])
    said = diseases.lupus_then().said
    assert f"Of {len(table)} people" in said and f"{number(100 * curve.at(0.25), 2)} in 100" in said
    assert f"after {number(curve.median, 2)} years fewer than half" in said
    assert "95 %" in facts.load("findings").loc["lupus-survival-now", "finding"] and "95 in 100 alive" in said
