import io

import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image

from autoimmune.models.alexander_wahl_2011 import model
from autoimmune.showing import figures
from autoimmune.showing.figures import ROLES, Curve, DoseResponse, PhasePlane, SteadyState, TimeCourse

EFFECTORS = Curve("E", "Effector T cells", "attack")
REGULATORS = Curve("R", "Regulatory T cells", "regulation")
COURSE = TimeCourse((EFFECTORS, REGULATORS), "cells", log=True, low=1, high=1e6)
STEADY = SteadyState("E_steady", "b_1", "Effector T cells", "Suppression (per day)", "attack", "b_1_critical", "lasts", "dies out", 0, 0.5)


def words(axes):
    return [text.get_text() for text in axes.texts if text.get_visible()]


def luminance(colour):
    parts = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("role", ROLES)
def test_each_role_stands_out_from_light_and_dark_pages(role):
    look = ROLES[role]
    assert 1.05 / (luminance(look.light) + 0.05) >= 4.5
    assert (luminance(look.dark) + 0.05) / (luminance("#1e1e1e") + 0.05) >= 4.5


def test_no_two_roles_differ_by_colour_alone():
    assert len({look.dash for look in ROLES.values()}) == len(ROLES)


def test_a_time_course_draws_the_table_and_names_its_curves():
    table = model.simulate(730, b_1=0.05)
    axes = figures.figure(model, table, (COURSE,)).axes[0]
    for line, curve in zip(axes.lines, COURSE.curves, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), table[curve.symbol])
        np.testing.assert_allclose(line.get_xdata(), table["t"] / 365)
        assert to_hex(line.get_color()).upper() == ROLES[curve.role].light
    assert (axes.get_yscale(), axes.get_ylim()) == ("log", (1, 1e6))
    assert (axes.get_title(loc="left"), axes.get_xlabel()) == ("Over 2 years", "Time (years)")
    assert {"Effector T cells", "Regulatory T cells", "Cells"} <= set(words(axes))


@pytest.mark.parametrize("b_1", [0.0, 0.05, 0.14, 0.25, 0.5])
def test_names_of_curves_do_not_cover_each_other(b_1):
    figure = figures.figure(model, model.simulate(730, b_1=b_1), (COURSE, STEADY))
    boxes = [text.get_window_extent() for text in figure.axes[0].texts if text.get_text().endswith("T cells")]
    assert len(boxes) == 2 and not boxes[0].overlaps(boxes[1])


def test_the_steady_state_is_marked_where_the_run_is_and_at_its_threshold():
    axes = figures.figure(model, model.simulate(730, b_1=0.05), (STEADY,)).axes[0]
    curve, edge, dot = axes.lines
    at = np.interp([0.05, 0.1], *curve.get_data())
    np.testing.assert_allclose(at, [model.evaluate("E_steady", b_1=b_1) for b_1 in (0.05, 0.1)], rtol=1e-3)
    assert edge.get_xdata()[0] == pytest.approx(0.1498, abs=1e-5)
    assert dot.get_data() == ([0.05], pytest.approx([model.evaluate("E_steady", b_1=0.05)]))
    assert {" threshold\n 0.15", "lasts", "dies out"} <= set(words(axes))


def test_a_phase_plane_marks_start_and_end():
    table = model.simulate(100, b_1=0.05)
    axes = figures.figure(model, table, (PhasePlane(EFFECTORS, REGULATORS),)).axes[0]
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), table[["E", "R"]])
    assert words(axes)[:2] == ["start", "end"]


def test_a_dose_response_runs_the_model_at_each_dose():
    table = model.simulate(100, points=101)
    pane = DoseResponse("peak_E", "G", "Most effector T cells", "Trigger", "attack", 1e4, 1e10, log_x=True, log=True, points=4)
    curve, dot = figures.figure(model, table, (pane,)).axes[0].lines
    expected = [model.simulate(100, points=101, initial={"G": dose})["E"].max() for dose in (1e4, 1e6, 1e8, 1e10)]
    np.testing.assert_allclose(curve.get_ydata(), expected)
    assert dot.get_xydata() == pytest.approx(np.array([[1e8, expected[2]]]))


def test_a_png_is_small_and_the_same_each_time():
    table = model.simulate(730)
    first, again = (figures.png(figures.figure(model, table, (COURSE, STEADY))) for _ in range(2))
    assert first == again
    assert len(first) < 25_000
    picture = Image.open(io.BytesIO(first)).convert("RGB")
    assert picture.size == (924, 374)
    assert picture.getpixel((2, 2)) == (255, 255, 255)
    colours = {tuple(int(ROLES[role].light[place:place + 2], 16) for place in (1, 3, 5)) for role in ("attack", "regulation")}
    found = np.array(picture).reshape(-1, 3).astype(int)
    for colour in colours:
        assert (np.abs(found - colour).max(axis=1) < 12).sum() > 150


def test_no_figure_stays_open():
    from matplotlib import pyplot

    figures.figure(model, model.simulate(10), (COURSE,))
    assert pyplot.get_fignums() == []
