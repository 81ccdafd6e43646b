"""The branching approximation against its own equations, against luck, and against the paper's claim.

All numbers are ours. The paper's abstract says that the chance of a lasting attack rises with the first exposure.
"""

import numpy as np
import pytest

from autoimmune.models import alexander_wahl_branching as branching
from autoimmune.models.alexander_wahl_2011 import model as deterministic


@pytest.mark.parametrize("b_1", [0.0, 0.05, 0.1, 0.14])
def test_closed_form_solves_the_equations_on_the_card(b_1):
    k = deterministic.defaults | {"b_1": b_1}
    p, m = branching.maturing(k), k["mu_A"] + b_1
    q_A = 1 - branching.take_off(b_1=b_1)
    q_E = k["mu_E"] / (k["mu_E"] + k["gamma"] * p * (1 - q_A))
    assert q_A == pytest.approx(m / (m + k["lambda_E"] * (1 - q_E)), rel=1e-12) and q_A < 1
    assert q_A == pytest.approx(1 / deterministic.evaluate("R_0", b_1=b_1), rel=1e-3)  # one cell's line dies out: 1/R_0


@pytest.mark.parametrize("b_1, expected", [(0.0, 0.846), (0.05, 0.713), (0.1, 0.463), (0.14, 0.115)])
def test_chance_at_the_published_trigger(b_1, expected):
    assert branching.chance(b_1=b_1) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize("b_1", [0.15, 0.25, 0.5])
def test_below_the_threshold_no_attack_lasts(b_1):
    assert branching.chance(1e12, b_1=b_1) == 0 == branching.take_off(b_1=b_1)
    assert (branching.generations(200, 1e8, count=400, b_1=b_1)[:, -1] < branching.ESTABLISHED).all()


def test_a_larger_trigger_has_a_larger_chance():
    found = branching.chance(np.geomspace(1, 1e12, 30), b_1=0.05)
    assert (np.diff(found[found < 1]) > 0).all() and found[0] < 1e-7 and found[-1] == 1


def test_a_trigger_matures_five_cells():
    assert branching.founders() == pytest.approx(5.0, abs=0.01)
    assert branching.generations(4000, seed=3)[:, 0].mean() == pytest.approx(5.0, abs=0.15)


@pytest.mark.parametrize("G, b_1", [(1e7, 0.05), (1e8, 0.05), (1e8, 0.1)])
def test_luck_agrees_with_the_closed_form(G, b_1):
    last = branching.generations(4000, G, count=150, b_1=b_1, seed=1)[:, -1]
    assert set(np.unique(last)) <= {0, branching.ESTABLISHED} or ((last > 0) & (last < branching.ESTABLISHED)).mean() < 0.01
    assert (last > 0).mean() == pytest.approx(branching.chance(G, b_1=b_1), abs=0.025)


def test_each_cell_leaves_r0_cells():
    cells = branching.generations(200_000, 2e7, count=1, b_1=0.05, seed=2).astype(float)
    assert cells[:, 1].sum() / cells[:, 0].sum() == pytest.approx(deterministic.evaluate("R_0", b_1=0.05), rel=0.01)


def test_nothing_starts_from_nothing():
    assert branching.chance(0) == 0 == branching.chance(gamma=0.0) and branching.generations(3, 0).sum() == 0
    assert branching.generations(3, gamma=0.0)[:, 1:].sum() == 0


@pytest.mark.parametrize("bad", [{"G": -1}, {"b_1": -0.1}, {"sigma_1": 1e-6}])
def test_what_is_not_allowed_is_named(bad):
    with pytest.raises(ValueError, match="not allowed|no parameter"):
        branching.chance(**bad)


def test_card_says_that_it_is_ours():
    card = branching.model._repr_html_()
    assert branching.model.status == "extension" and "Our approximation" in card
