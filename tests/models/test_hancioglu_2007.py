"""Hancioglu 2007 against the numbers printed in its paper, and the traps of its stiffness.

Its steady states agree with the paper to the digits printed. Of its course the paper reports a maximum
damage of 36 % on day 6.1, 53 % infected on day 5.2, infectious from day 4.9 for 2.6 days; the printed
equations and table give 39 % on day 5.8, 57 % on day 5.1, from day 4.7 for 2.8 days. Both agree on 2.4 days
of illness.
"""

import numpy as np
import pandas as pd
import pytest

from autoimmune.modelling import analysis
from autoimmune.modelling.model import Dose
from autoimmune.models.hancioglu_2007 import model, whole_cells


def dead(result):
    return 1 - result.H - result.R - result.I


def days(result, condition):
    """First day and number of days on which a condition holds."""
    t = result.t[condition]
    return (t.min(), np.ptp(t)) if len(t) else (None, 0.0)


@pytest.fixture(scope="module")
def course():
    return model.simulate(20, points=2001)


@pytest.fixture(scope="module")
def knock_outs():
    off = [{}, {"b_F": 0.0, "c_F": 0.0}, {"b_EM": 0.0}, {"b_PM": 0.0}, {"b_EM": 0.0, "b_PM": 0.0}]
    names = ["all", "no interferon", "no killer cells", "no antibodies", "neither"]
    runs = [whole_cells.simulate(22, points=221, **changed) for changed in off]
    return dict(zip(names, runs, strict=True))


def test_steady_states_are_the_papers():
    """The paper's three states, to the digits it prints: healthy, threshold, high virulence."""
    threshold = [0.0014698, 0.9865, 0.00031472, 0.00012869, 1.3243, 0.013064, 1.0005, 1.0037, 0.16739, 1]
    virulent = [2.9646, 0.0903, 0.056947, 0.034516, 916.91, 0.82797, 1.49024, 130.29, 0.012925, 1]
    found = analysis.steady_states(model)
    assert found["stable"].tolist() == [True, False, False]
    states = found[list(model.initial)].to_numpy()
    assert states[0] == pytest.approx([0, 1, 0, 0, 0, 0, 1, 1, 1, 1])
    assert states[1] == pytest.approx(threshold, rel=1e-3) and states[2] == pytest.approx(virulent, rel=1e-3)


def test_course_of_an_infection_is_near_the_papers(course):
    ill, infectious = days(course, dead(course) > 0.1), days(course, course.V > 1)
    assert ill[1] == pytest.approx(2.4, abs=0.05)  # the paper's
    assert dead(course).max() == pytest.approx(0.36, rel=0.1)  # the paper's; ours is 0.392
    assert course.I.max() == pytest.approx(0.53, rel=0.1)  # the paper's; ours is 0.565
    assert infectious == pytest.approx((4.9, 2.6), rel=0.1)  # the paper's; ours are 4.66 and 2.81
    assert course.S.iloc[1500] == pytest.approx(0.8, abs=0.05)  # the paper's, on day 15


def test_course_of_an_infection_stays(course):
    """Regressions of ours."""
    assert course.V.max() == pytest.approx(99.02, rel=1e-3)
    assert course.t[course.V.idxmax()] == pytest.approx(5.72, abs=0.02)
    assert dead(course).max() == pytest.approx(0.392, abs=1e-3)
    assert course.V[course.t >= 8].max() < 1e-3


def test_small_doses_never_make_ill():
    """The paper's threshold is V(0) = 0.00227."""
    below, above = (model.simulate(14, initial={"V": dose}) for dose in (0.0022, 0.0024))
    assert dead(below).max() < 1e-3 and dead(above).max() > 0.3


@pytest.mark.parametrize("changed, initial, damage", [({"gamma_HV": 1.0}, {}, 0.68), ({}, {"S": 0.0}, 0.48)])
def test_damage_follows_virulence_and_fit_as_in_the_paper(changed, initial, damage):
    """The paper's Figures 4 and 5a; ours are 0.71 and 0.47."""
    assert dead(model.simulate(10, initial=initial, **changed)).max() == pytest.approx(damage, abs=0.035)


def test_knocking_out_one_arm_at_a_time(knock_outs):
    """Regressions of ours; that there is no cure without antibodies is the paper's."""
    damage = {name: dead(result).max() for name, result in knock_outs.items()}
    virus = {name: result.V.iloc[-1] for name, result in knock_outs.items()}
    assert damage["no interferon"] == pytest.approx(1.0, abs=1e-6)
    assert damage["no killer cells"] == pytest.approx(damage["all"], abs=5e-3)
    assert virus["no antibodies"] > 1 and virus["neither"] > 1
    assert max(virus["all"], virus["no killer cells"]) < 1e-9


def test_second_infection_meets_antibodies_that_fit():
    """A thousand times the dose on day 60, and nobody notices; a regression of ours."""
    result = model.simulate(75, doses=[Dose("V", 10.0, start=60.0)], points=751)
    second = result[result.t > 60]
    assert second.V.max() < 10 and dead(second).max() < 1e-4


def test_memory_protects():
    """The paper: with S(0) above 0.2 nobody falls ill unless V(0) exceeds 0.1."""
    patients = pd.DataFrame({"S": [0.2, 0.2, 0.1], "V": [0.01, 0.05, 0.01]})
    result = model.simulate(20, patients=patients, points=201)
    assert (dead(result).groupby(result.patient).max() > 0.1).tolist() == [False, False, True]


def test_tissue_without_interferon_grows_back_from_less_than_a_cell_only_as_published(knock_outs):
    published = model.simulate(22, b_F=0.0, c_F=0.0)
    assert published.H.min() < 1e-15 and dead(published).iloc[-1] < 0.01
    assert dead(knock_outs["no interferon"]).iloc[-1] == pytest.approx(1.0, abs=1e-6)


def test_whole_cells_changes_nothing_else(course):
    assert dead(whole_cells.simulate(20, points=2001)).max() == pytest.approx(dead(course).max(), abs=1e-6)
    assert whole_cells.status == "extension" and whole_cells.row("one_cell").status == "extension"


def test_the_decay_that_differs_in_biomodels_changes_no_outcome(course):
    file = model.simulate(20, points=2001, a_E=0.1)
    assert file.V.max() == pytest.approx(course.V.max(), rel=2e-3)
    assert dead(file).max() == pytest.approx(dead(course).max(), abs=1e-3)


def test_a_stiff_solver_is_used_because_lsoda_gives_up():
    assert model.method == whole_cells.method == "BDF"


def test_no_state_falls_below_zero_by_more_than_the_solvers_noise(course, knock_outs):
    assert min(result.min().min() for result in (course, *knock_outs.values())) > -1e-9
