"""Baker 2013: two stable joints, a threshold between them, and a cycle.

The paper's own check is the bistable range of its Figure 3a, which BioModels' curators read as about 7.5 to
15.5; the other numbers are regressions.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.signal import find_peaks

from autoimmune.modelling import analysis
from autoimmune.models.baker_2013 import ageing, model


def test_bistable_range_is_the_papers():
    low, high = analysis.folds(model, "alpha_2", np.linspace(1, 30, 30))["alpha_2"]
    assert (low, high) == pytest.approx((7.5, 15.5), abs=0.2)  # the curators' reading
    assert (low, high) == pytest.approx((7.3313, 15.6657), abs=5e-5)  # ours


def test_start_is_the_healthy_state_of_the_biomodels_file():
    result = model.simulate(50)
    assert result.iloc[-1][["a", "p"]].to_dict() == pytest.approx(model.initial, rel=1e-6)


def test_a_push_over_the_threshold_stays():
    """Between 0.07 and 0.085 lies the threshold, an unstable state at p = 0.0791."""
    patients = pd.DataFrame({"p": [0.07, 0.085]})
    last = model.simulate(200, patients=patients, alpha_2=12.0).groupby("patient").p.last()
    assert last.tolist() == pytest.approx([0.02698, 0.47582], abs=1e-4)


def test_raising_and_lowering_the_same_knob_ends_in_different_joints():
    """Hysteresis: at 12 the joint is healthy on the way up and inflamed on the way down."""
    up = model.simulate(300, alpha_2=12.0).iloc[-1]
    inflamed = model.simulate(300, alpha_2=20.0).iloc[-1]
    down = model.simulate(300, alpha_2=12.0, initial=inflamed[["a", "p"]].to_dict()).iloc[-1]
    assert up.p < 0.03 and down.p > 0.4


def test_strong_anti_inflammatory_cytokines_make_it_swing():
    late = model.simulate(600, alpha_2=20.0, alpha_4=7.0, initial={"p": 0.3}, points=12001).iloc[10000:]
    peaks = late.t.to_numpy()[find_peaks(late.p)[0]]
    assert np.diff(peaks).mean() == pytest.approx(4.72, abs=0.02)
    assert (late.p.min(), late.p.max()) == pytest.approx((0.22, 0.41), abs=0.01)


@pytest.mark.parametrize("alpha_2, stable", [(20.0, [False]), (22.0, [True])])
def test_the_swing_dies_out_above_21(alpha_2, stable):
    assert analysis.steady_states(model, alpha_2=alpha_2, alpha_4=7.0)["stable"].tolist() == stable


def test_ageing_starts_healthy_and_ends_inflamed():
    result = ageing.simulate(60, points=601)
    assert result.p.iloc[0] < 0.03 and result.p.iloc[-1] > 0.3
    assert ageing.defaults["alpha_4"] == 7.0 and "alpha_2" not in ageing.defaults


def test_no_state_falls_below_zero():
    assert min(result.min().min() for result in (model.simulate(200, alpha_2=20.0), ageing.simulate(60))) >= 0
