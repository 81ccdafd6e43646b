"""Budu-Grajdeanu 2010 redraws the paper's Figure 5A, for patient 416; the long-run damage is a regression."""

from dataclasses import replace

import numpy as np
import pytest

from autoimmune.modelling import analysis
from autoimmune.models.budu_grajdeanu_2010 import model

FLARE = 180  # days after the start


@pytest.fixture(scope="module")
def course():
    return model.simulate(300, points=301)


@pytest.mark.parametrize("state, day, figure", [
    ("D", 120, 3.1), ("D", 180, 4.5), ("D", 240, 3.5), ("D", 300, 4.3),
    ("P", 60, 0.6), ("P", 120, 0.6), ("P", 180, 1.1), ("P", 240, 0.75), ("P", 300, 1.0),
])
def test_course_is_figure_5a(course, state, day, figure):
    """The paper's curves, read by eye: D to 0.1 and P to 0.05."""
    assert course[state][day] == pytest.approx(figure, abs={"D": 0.1, "P": 0.05}[state])


def test_the_flare_is_where_the_inputs_change(course):
    assert course.D.idxmax() == pytest.approx(FLARE, abs=1)
    assert course.D.max() == pytest.approx(4.51, abs=5e-3)


def test_the_other_way_of_writing_the_inhibition_misses_the_figure():
    squared = replace(model, equations=model.equations.replace("1 + (A/A_inf)^2", "(1 + A/A_inf)^2"))
    assert squared.simulate(300, points=301).D[FLARE] < 3


def test_more_treatment_means_less_damage_and_never_a_second_state():
    found = [analysis.steady_states(model, drug=drug) for drug in (0.5, 1.0, 5.0, 10.0, 20.0)]
    assert [len(states) for states in found] == [1] * 5 and all(states["stable"].all() for states in found)
    assert [states["D"][0] for states in found] == pytest.approx([4.97, 4.82, 3.66, 2.28, 0.52], abs=0.01)


def test_inputs_jump_where_the_integrator_stops(course):
    assert {float(time) for time in model.breaks} == {60, 120, 180, 240}
    slope = np.gradient(course.D)
    assert slope[FLARE - 2] > 0 > slope[FLARE + 5]


def test_no_state_falls_below_zero(course):
    assert course.min().min() >= 0
