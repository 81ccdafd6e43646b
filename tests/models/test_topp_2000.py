"""Topp 2000: its three fixed points are the paper's; the killing of beta cells and its numbers are ours."""

import numpy as np
import pytest

from autoimmune.modelling import analysis
from autoimmune.models.topp_2000 import autoimmune, model

YEAR = 365


def test_fixed_points_are_the_papers():
    """Healthy and diabetic, stable, with a saddle between them."""
    found = analysis.steady_states(model)
    paper = np.array([[100, 10, 300], [250, 2.8, 36.96], [600, 0, 0]])
    assert found[["G", "I", "B"]].to_numpy() == pytest.approx(paper)
    assert found["stable"].tolist() == [True, False, True]
    assert (model.evaluate("G_normal"), model.evaluate("G_saddle")) == pytest.approx((100, 250))


def test_start_is_healthy_and_not_the_saddle_of_the_biomodels_file():
    assert model.initial == {"G": 100.0, "I": 10.0, "B": 300.0}
    from_saddle = model.simulate(60, initial={"G": 250.0, "I": 2.8, "B": 37.0})
    assert from_saddle.B.iloc[-1] == pytest.approx(37, abs=0.5)  # for two months nothing can be seen there


def test_without_killing_the_extension_is_the_paper():
    hurt = {"G": 180.0, "I": 5.0, "B": 100.0}
    ours, paper = autoimmune.simulate(200, initial=hurt), model.simulate(200, initial=hurt)
    assert ours[["G", "I", "B"]].to_numpy() == pytest.approx(paper[["G", "I", "B"]].to_numpy(), rel=1e-5)
    assert autoimmune.status == autoimmune.row("kill").status == "extension"


def test_slow_killing_is_made_good():
    last = autoimmune.simulate(2000, kill=0.01).iloc[-1]
    assert (last.G, last.B) == pytest.approx((136.8, 140.1), abs=0.1)
    assert autoimmune.evaluate("G_compensated", kill=0.01) == pytest.approx(last.G, abs=1e-3)


def test_the_critical_rate_is_where_the_healthy_state_vanishes():
    assert autoimmune.evaluate("kill_critical") == pytest.approx(0.0135)
    fold = analysis.folds(autoimmune, "kill", np.linspace(0.001, 0.02, 6))
    assert fold["kill"].tolist() == pytest.approx([0.0135])
    below, above = (autoimmune.simulate(30 * YEAR, kill=kill).B.iloc[-1] for kill in (0.0134, 0.0136))
    assert below > 80 and above < 1e-3


def test_a_little_more_hides_for_a_year_and_a_half_and_then_falls():
    sugar = autoimmune.simulate(1000, kill=0.0145, points=1001).G
    assert sugar[550] < 190 and sugar[800] > 500


def test_a_course_of_treatment_buys_about_its_own_time():
    untreated, treated = (autoimmune.simulate(3 * YEAR, kill=0.02, points=3 * YEAR + 1, **course)
                          for course in ({}, {"relief": 0.8, "start": 100.0, "stop": 465.0}))
    delay = (treated.G > 200).idxmax() - (untreated.G > 200).idxmax()
    assert 365 < delay < 550


def test_no_state_falls_below_zero_by_more_than_the_solvers_noise():
    assert autoimmune.simulate(2000, kill=0.02).min().min() > -1e-9
