"""Kimmel 2021, CAR T cells: levels over time are the paper's; the return of B cells is ours."""

import numpy as np
import pytest

from autoimmune.models.chen_2024 import model as chen
from autoimmune.models.kimmel_2021 import b_cell_return, model


def at(days: list[int], **changed) -> np.ndarray:
    """CAR T cells per microlitre on these days."""
    result = model.simulate(180, points=181, **changed)
    return result.C.to_numpy()[days]


def test_an_independent_run_of_the_biomodels_file_ends_in_the_same_place():
    """BIOMD0000001041 run elsewhere with another program: N 159.5, C 25.922, B 0.0710; that is day 9."""
    last = model.simulate(9, points=2).iloc[-1]
    assert (last.N, last.C, last.B) == pytest.approx((159.5, 25.922, 0.0710), rel=1e-3)


@pytest.mark.parametrize("day, low, high", [(7, 16.5, 57.5), (14, 3.8, 31.1), (28, 0.6, 6.1), (90, 0.01, 0.4)])
def test_car_t_cells_lie_between_the_papers_quartiles(day, low, high):
    """Patients of ZUMA-1: medians 27.5, 9.1, 2.1 and 0.1 per microlitre."""
    assert low < at([day])[0] < high


def test_peak_after_a_week():
    """The paper's figure peaks within the first two weeks; day 7.0 and 30.1 are REGRESSIONS."""
    result = model.simulate(30, points=3001)
    top = result.loc[result.C.idxmax()]
    assert (top.t, top.C) == pytest.approx((7.0, 30.1), abs=0.05)


def test_limits_per_microlitre_are_those_of_table_1():
    """Table 1 counts cells in the body, the figures and BioModels per microlitre of blood: 5e8 microlitres between them."""
    for symbol, cells in (("K_N", 2.5e11), ("K_C", 6.96e10), ("k_B", 2.024e9)):
        assert model.defaults[symbol] == pytest.approx(cells / 5e8, rel=2e-3)
    assert (model.initial["N"], model.initial["C"]) == pytest.approx((3e9 / 5e8, 1.8e8 / 5e8))


def test_without_lymphodepletion_car_t_cells_do_not_expand():
    """The paper's conclusion."""
    full = model.simulate(60, points=61, initial={"N": 500.0})
    assert full.C.max() == pytest.approx(0.36) and model.simulate(60, points=61).C.max() > 80 * full.C.max()


def test_normal_t_cells_fill_their_niche_and_crowd_out_car_t_cells():
    last = model.simulate(400, points=2).iloc[-1]
    assert last.N == pytest.approx(500, rel=1e-3) and last.C < 1e-3


def test_the_tumour_falls_below_one_cell_and_would_still_return():
    """Trap: the equations keep a millionth of a cell (1e-9 ml is one) and let it grow; the paper draws the last cells by chance."""
    result = model.simulate(1500, points=1501, r_B=0.05)
    assert result.B.min() < 1e-9 and result.B.iloc[-1] > 94.86


def test_room_for_the_logarithm():
    with pytest.raises(ValueError, match="K_N = 0 is not allowed"):
        model.simulate(1, K_N=0)


def test_b_cells_vanish_and_return():
    """EXTENSION: lowest 4.9 % on day 9, half back on day 118. REGRESSIONS; 112 days (SD 47) without B cells were reported for
    15 patients, by another measure."""
    result = b_cell_return.simulate(400, points=4001)
    lowest = result.B.idxmin()
    assert result.B[lowest] / 200 == pytest.approx(0.049, abs=5e-4) and result.t[lowest] == pytest.approx(9, abs=0.2)
    half_back = result[(result.index > lowest) & (result.B >= 100)].t.iloc[0]
    assert half_back == pytest.approx(117.9, abs=0.2)
    assert result.B.iloc[-1] == pytest.approx(200, rel=1e-3)
    assert result.B.min() > 0.01 * 200  # Trap: not the complete absence that patients had


def test_the_extension_is_labelled_and_leaves_the_t_cells_alone():
    ours, paper = b_cell_return.simulate(60, points=7), model.simulate(60, points=7)
    assert ours[["N", "C"]].to_numpy() == pytest.approx(paper[["N", "C"]].to_numpy(), rel=1e-6)
    assert b_cell_return.status == "extension" and model.status == "published"
    assert {row.symbol for row in (*b_cell_return.states, *b_cell_return.parameters) if row.status == "extension"} == {"B", "B_0", "k_out"}
    assert b_cell_return.defaults["k_out"] == chen.defaults["k_out"] and "sketch" in b_cell_return.silent_on


@pytest.mark.parametrize("either", [model, b_cell_return], ids=["paper", "extension"])
def test_nothing_falls_below_zero(either):
    assert either.simulate(400, points=401).to_numpy().min() >= -1e-9
