"""The episode is ours: it has to be Baker's model while nothing happens, and Baker's folds decide what lasts."""

import numpy as np
import pytest

from autoimmune.modelling import analysis
from autoimmune.models.baker_2013 import model as published
from autoimmune.models.baker_2013_episode import CALM, FOLDS, INFLAMED, model


def end(start, **parameters):
    """The pro-inflammatory level long after an episode."""
    return model.simulate(150, initial=start, **parameters).p.iloc[-1]


def test_folds_and_resting_states_are_bakers():
    assert analysis.folds(published, "alpha_2", np.linspace(1, 30, 15))["alpha_2"].tolist() == pytest.approx(FOLDS, abs=5e-5)
    states = analysis.steady_states(published, alpha_2=12.0)
    assert states["stable"].tolist() == [True, False, True]
    assert states.iloc[0][["a", "p"]].to_dict() == pytest.approx(CALM, rel=1e-9)
    assert states.iloc[2][["a", "p"]].to_dict() == pytest.approx(INFLAMED, rel=1e-9)


def test_without_an_episode_it_is_the_published_model():
    for quiet in ({"length": 0.0}, {"alpha_episode": 12.0}):
        ours = model.simulate(40, initial={"p": 0.2}, **quiet)
        paper = published.simulate(40, initial=CALM | {"p": 0.2}, alpha_2=12.0)
        assert ours.p.to_numpy() == pytest.approx(paper.p.to_numpy(), rel=1e-5)


@pytest.mark.parametrize("start, strength, critical", [(CALM, 30.0, 1.574), (CALM, 20.0, 4.546), (INFLAMED, 2.0, 1.478)])
def test_an_episode_has_to_last_long_enough(start, strength, critical):
    """Regressions of ours: the length at which the outcome changes."""
    before, after = (end(start, alpha_episode=strength, length=critical + step) for step in (-0.01, 0.01))
    assert abs(before - start["p"]) < 1e-3 and abs(after - start["p"]) > 0.4


def test_nothing_lasts_outside_the_folds():
    assert end(CALM, alpha_rest=16.5, length=0.0) > 0.5
    assert end(INFLAMED, alpha_rest=7.0, length=0.0) < 0.05


def test_what_is_ours_says_so():
    rows = {row.symbol: row.status for row in (*model.states, *model.parameters)}
    assert model.status == "extension"
    assert {symbol for symbol, status in rows.items() if status == "published"} == {"alpha_1", "alpha_3", "alpha_4", "gamma"}
