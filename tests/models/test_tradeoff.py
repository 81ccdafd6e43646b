"""One knob, two outcomes. All numbers are ours, REGRESSIONS; the two halves must stay the published models."""

import numpy as np
import pytest

from autoimmune.models.alexander_wahl_2011 import model as self_attack
from autoimmune.models.reynolds_2006 import model as infection
from autoimmune.models.reynolds_2006 import outcome
from autoimmune.models.tradeoff import CHOSEN, model, u_most


@pytest.mark.parametrize("u_less", [0.0, 0.3])
def test_self_half_is_alexander_and_wahl_with_fewer_effectors(u_less):
    ours = model.simulate(300, points=7, u=u_less)
    paper = self_attack.simulate(300, points=7, b_1=CHOSEN["b_1"], lambda_E=1000 * (1 - u_less))
    assert ours[list(self_attack.initial)].to_numpy() == pytest.approx(paper[list(self_attack.initial)].to_numpy(), rel=1e-5)


def test_infection_half_is_reynolds_in_days():
    ours = model.simulate(10, points=11)
    paper = infection.simulate(240, points=11, k_pg=CHOSEN["k_pg"], initial={"P": CHOSEN["P"]})
    assert ours[list(infection.initial)].to_numpy() == pytest.approx(paper[list(infection.initial)].to_numpy(), rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("b_1, needed", [(0.1, 0.125), (0.0, 0.375), (0.25, 0.0)])
def test_suppression_that_ends_the_attack_is_one_minus_one_over_r0(b_1, needed):
    u = model.evaluate("u_needed", b_1=b_1)
    assert u == pytest.approx(needed, abs=5e-4)
    assert model.evaluate("R_0", b_1=b_1, u=u) == pytest.approx(min(1, self_attack.evaluate("R_0", b_1=b_1)))


def test_the_attack_lasts_below_and_ends_above():
    below, above = (model.simulate(3000, points=2, u=u).E.iloc[-1] for u in (0.05, 0.2))
    assert below > 1e4 and above < 1e-6


@pytest.mark.parametrize("infected, most", [({}, 0.263), ({"P": 0.4, "k_pg": 0.55}, 0.448), ({"P": 0.05}, 1.0)])
def test_suppression_up_to_which_the_infection_is_cleared(infected, most):
    assert u_most(**infected) == pytest.approx(most, abs=5e-4)


def test_a_window_a_narrow_one_and_none():
    needed = {b_1: model.evaluate("u_needed", b_1=b_1) for b_1 in (0.1, 0.0)}
    usual, other = u_most(), u_most(P=0.4, k_pg=0.55)
    assert needed[0.1] < usual and needed[0.0] < other  # room, and a little room
    assert needed[0.0] > usual  # none
    assert other - needed[0.0] < usual - needed[0.1]


def test_an_infection_that_wins_without_the_drug_is_said_so():
    with pytest.raises(ValueError, match="P = 3 is not cleared even without the drug"):
        u_most(P=3, k_pg=0.7)


def test_two_outcomes_of_one_knob():
    found = {u: model.simulate(200, points=2, u=u) for u in (0.0, 0.2, 0.5)}
    assert [outcome(result) for result in found.values()] == ["health", "health", "infection"]
    effectors = [result.E.iloc[-1] for result in found.values()]
    assert effectors == sorted(effectors, reverse=True)


def test_what_is_ours_is_labelled():
    assert model.status == "extension"
    ours = {row.symbol for row in (*model.states, *model.parameters) if row.status == "extension"}
    assert ours == {"u", *CHOSEN}
    assert model.row("b_1").note == "chosen; the paper's is 0.25" and "coupling is ours" in model.source.citation


def test_nothing_falls_below_zero():
    assert model.simulate(1000, points=1001)[list(model.initial)].to_numpy().min() >= -1e-9
    assert np.isfinite(model.simulate(1000, points=11, u=1.0).to_numpy()).all()
