"""Vélez de Mendizábal 2011: relapses out of chance and a weak answer of regulatory T cells.

The paper gives the clinical rate, about one relapse a year, and that relapses vanish with stronger
regulation. The rates measured here, and the rule that counts a relapse, are ours.
"""

import numpy as np
import pytest

from autoimmune.models.velez_de_mendizabal_2011 import histories, model, relapses


def rate(table):
    """Relapses a year over all histories."""
    found = table.groupby("patient").E.apply(lambda cells: len(relapses(cells)))
    return found.sum() / (table.groupby("patient").t.max().sum() / 365)


@pytest.fixture(scope="module")
def untreated():
    return histories(150, 3, seed=1)


def test_about_one_relapse_a_year(untreated):
    assert rate(untreated) == pytest.approx(1.0, abs=0.25)  # the paper's clinical rate; ours is 1.1


@pytest.mark.parametrize("alpha_R, low, high", [(0.28, 0.15, 0.45), (0.4, 0.0, 0.0)])
def test_a_stronger_answer_of_regulatory_cells_ends_relapses(alpha_R, low, high):
    assert low <= rate(histories(100, 2, seed=2, alpha_R=alpha_R)) <= high


@pytest.mark.parametrize("alpha_R", [0.25, 0.4, 2.0])
def test_without_chance_there_are_no_relapses(alpha_R):
    result = model.simulate(4000, alpha_R=alpha_R)
    assert np.ptp(result.E.iloc[-40:]) < 1e-3 and len(relapses(result.E, every=10.0)) == 0


def test_killing_effector_cells_makes_it_worse(untreated):
    """A trap of this model: a treatment that kills them must not be taught with it."""
    assert rate(histories(150, 2, seed=1, gamma_E=0.3)) > 1.5 * rate(untreated)


def test_answers_too_weak_for_the_model_are_refused():
    with pytest.raises(ValueError, match="at least 0.25 and at most 2"):
        histories(1, 1, alpha_R=0.2)


def test_a_history_that_runs_away_ends_there():
    table = histories(100, 2, seed=1, gamma_E=0.3)
    away = table.attrs["ran_away"]
    lengths = table.groupby("patient").t.max()
    assert away and (lengths[away] < 730).all() and (lengths.drop(away) == 730).all()
    assert table.E.max() <= 100 * model.defaults["a"] and table.notna().all().all()


def test_the_same_seed_tells_the_same_history():
    one, same, other = (histories(2, 0.2, seed=seed) for seed in (5, 5, 6))
    assert one.equals(same) and not one.E.equals(other.E)


def test_new_cells_arrive_as_often_as_the_mean_model_says():
    """With nothing but arrival and loss, resting cells have the mean n/(delta + beta)."""
    quiet = {"delta": 0.0, "beta": 1.0, "eta": 0.0}
    resting = histories(100, 2, seed=3, **quiet)
    mean = resting[resting.t > 100][["E_r", "R_r"]].mean()
    assert mean.tolist() == pytest.approx([model.defaults["n_E"]] * 2, rel=0.05)


def test_relapses_are_peaks_above_the_height_and_apart():
    days = np.arange(400.0)
    tops = {50: 3e4, 70: 4e4, 200: 2e4, 300: 3e4}
    cells = sum(top * np.exp(-((days - day) / 5) ** 2) for day, top in tops.items())
    assert relapses(cells).tolist() == [70, 300]


@pytest.mark.parametrize("arguments", [{"count": 0}, {"years": 0}, {"n_E": 3.0}])
def test_what_cannot_be_drawn_is_named(arguments):
    with pytest.raises(ValueError, match="not allowed|cannot be set"):
        histories(**({"count": 1, "years": 1} | arguments))


def test_rows_say_that_nobody_has_checked_them():
    statuses = {row.symbol: row.status for row in (*model.states, *model.parameters)}
    assert {statuses.pop("n_E"), statuses.pop("n_R")} == {"extension"}  # the steady mean is ours
    assert set(statuses.values()) == {"unverified"} and model.status == "unverified"


def test_no_state_falls_below_zero(untreated):
    assert untreated.min().min() >= 0
