"""Virtual patients: log-normal around the published values, the same for the same seed."""

import numpy as np
import pytest

from autoimmune.modelling.population import draw, log_sd
from autoimmune.models.alexander_wahl_2011 import model


@pytest.mark.parametrize("variation", [0.1, 0.5, 1.2])
def test_log_sd_gives_the_coefficient_of_variation(variation):
    values = draw(model, {"b_1": log_sd(variation)}, 400_000, seed=1)["b_1"]
    assert values.std() / values.mean() == pytest.approx(variation, rel=0.03)
    assert values.median() == pytest.approx(0.25, rel=0.01)


def test_the_seed_decides_and_no_variation_is_the_published_value():
    spread = {"b_1": 0.4, "gamma": 0.0}
    assert draw(model, spread, 9, seed=1).equals(draw(model, spread, 9, seed=1))
    assert not draw(model, spread, 9, seed=1).equals(draw(model, spread, 9, seed=2))
    assert (draw(model, spread, 9, seed=1)["gamma"] == 2000).all()
    assert np.isfinite(model.simulate(1, points=2, patients=draw(model, spread, 3, seed=1)).to_numpy()).all()


@pytest.mark.parametrize("spread, patients, reason", [({"b_1": 0.1}, 0, "patients = 0"), ({"b_9": 0.1}, 3, "no symbol 'b_9'")])
def test_what_is_not_allowed_is_named(spread, patients, reason):
    with pytest.raises(ValueError, match=reason):
        draw(model, spread, patients, seed=1)
