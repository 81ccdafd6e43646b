"""The picture on a blank page: what it draws, says and hears, without Jupyter."""

import numpy as np
import pytest

from autoimmune.modelling.model import Model, Quantity, Source
from autoimmune.models.alexander_wahl_2011 import model as alexander_wahl
from autoimmune.showing import describe
from autoimmune.showing.figures import Curve, DoseResponse, PhasePlane, TimeCourse
from autoimmune.views.self_tolerance import tolerance
from autoimmune.widgets.base.controls import Option, Slider, Toggle
from autoimmune.widgets.explorer import explore
from autoimmune.widgets.explorer.script import engine
from testing.browser import listening_page
from testing.stage import curves, settle, show

EFFECTORS = Curve("E", "Effector T cells", "attack")
REGULATORS = Curve("R", "Regulatory T cells", "regulation")


@pytest.fixture
def page(browser):
    page = listening_page(browser, viewport={"width": 1000, "height": 900}, reduced_motion="reduce")
    yield page
    assert page.complaints == []
    page.close()


@pytest.fixture(scope="module")
def view():
    return tolerance()


def move(page, widget, name, value):
    """Set a trait of a control's stand-in."""
    page.evaluate("([id, name, value]) => models[id].set(name, value)", [widget.model_id, name, value])


def told(page, name):
    """What the picture has sent back to Python."""
    return page.evaluate("name => models.picture.state[name]", name)


ECHO = """([id, name, now, before]) => {
    const control = models[id], set = control.set;
    control.set = (...given) => {
        set.apply(control, given);
        if (given[0] !== name || given[1] !== now) return;
        control.set = set;
        queueMicrotask(() => {
            control._state_lock = { [name]: before }; // as ipywidgets has it while it takes over what Python says
            control.set(name, before);
            control._state_lock = null;
        });
    };
}"""


def echo(page, widget, name, now, before):
    """Have Python repeat what a control was `before`, at the moment when the picture moves it to `now`."""
    page.evaluate(ECHO, [widget.model_id, name, now, before])


def press(page, label):
    """Press a button of the explorer, which the blank page has not got: a stand-in with its class and label."""
    page.evaluate("""label => {
        const button = document.createElement("button");
        button.className = label === "Reset" ? "snx-reset" : "snx-preset";
        button.textContent = label;
        document.querySelector(".snx").append(button);
        button.click();
        button.remove();
    }""", label)


@pytest.mark.parametrize("b_1", [0.0, 0.14, 0.25, 0.5])
def test_the_drawn_curves_are_those_of_scipy(page, view, b_1):
    show(page, view)
    move(page, view.sliders[0], "value", b_1)
    settle(page, 1 if b_1 != 0.25 else 0)
    run = view.plan.run({"b_1": b_1, "G": 1e8})
    course, steady = page.locator(".snx-pane").all()
    drawn = curves(course)
    for symbol in ("E", "R"):
        t, y = drawn[symbol].T
        expected = run[symbol].to_numpy()
        seen = expected > 1.05  # the axis ends at 1
        np.testing.assert_allclose(t, run["t"] / 365, atol=2 / 300)
        np.testing.assert_allclose(y[seen], expected[seen], rtol=0.01)
    x, y = curves(steady)[""].T
    expected = [alexander_wahl.evaluate("E_steady", b_1=value) for value in np.linspace(0, 0.5, 201)[::20]]
    np.testing.assert_allclose(x, np.linspace(0, 0.5, 201), atol=0.001)
    np.testing.assert_allclose(y[::20], expected, atol=60)  # of 60,000: a tenth of a per cent of the axis


def test_sentence_and_numbers_return_to_python(page, view):
    show(page, view)
    move(page, view.sliders[0], "value", 0.1)
    settle(page, 1)
    expected = describe.summary(alexander_wahl, view.plan.run({"b_1": 0.1, "G": 1e8}))
    assert told(page, "values") == {"b_1": 0.1, "G": 1e8}
    assert told(page, "summary") == pytest.approx(expected, rel=1e-3, abs=1e-6)
    assert told(page, "sentence") == view.plan.said(expected) == page.locator(".snx-said").inner_text()


def test_it_draws_at_most_once_a_frame_and_speaks_once_at_rest(page, view):
    show(page, view)
    page.evaluate("""() => {
        window.spoken = 0;
        new MutationObserver(() => { window.spoken += 1; }).observe(document.querySelector(".snx-aloud"), { childList: true });
    }""")
    before = int(page.locator("#picture").get_attribute("data-frames"))
    page.evaluate("""([id]) => { for (let k = 1; k <= 25; k++) models[id].set("value", 0.25 - 0.008 * k); }""", [view.sliders[0].model_id])
    settle(page, 1)
    frames = int(page.locator("#picture").get_attribute("data-frames")) - before
    assert frames <= 3  # one for the 25 moves, one at rest
    assert page.evaluate("spoken") == 1
    assert page.evaluate("models.picture.saves") == 1


def test_the_toggle_sets_the_slider_and_follows_it(page, view):
    show(page, view)
    slider, toggle = view.sliders[0], view.toggles[0]
    move(page, toggle, "index", 1)
    settle(page, 1)
    assert page.evaluate("id => models[id].state.value", slider.model_id) == 0.05
    move(page, slider, "value", 0.16)
    settle(page, 2)
    assert page.evaluate("id => models[id].state.index", toggle.model_id) == 0
    move(page, slider, "value", 0.14)
    settle(page, 3)
    assert page.evaluate("id => models[id].state.index", toggle.model_id) == 1


def test_a_late_word_of_pythons_does_not_undo_a_reset(page, view):
    show(page, view)
    slider, toggle = view.sliders[0], view.toggles[0]
    move(page, toggle, "index", 1)
    settle(page, 1)
    echo(page, toggle, "index", 0, 1)
    echo(page, slider, "value", 0.25, 0.05)
    press(page, "Reset")
    settle(page, 2)
    assert told(page, "values")["b_1"] == 0.25
    assert page.evaluate("ids => ids.map(id => models[id].state.value ?? models[id].state.index)", [slider.model_id, toggle.model_id]) == [0.25, 0]


def test_the_run_before_stays_as_a_ghost_and_reset_restores_the_start(page, view):
    show(page, view)
    first = page.locator(".snx-pane").first
    start = curves(first)["E"]
    assert page.locator(".snx-ghost path").count() == 0
    move(page, view.sliders[0], "value", 0.05)
    settle(page, 1)
    assert first.locator(".snx-ghost path").count() == 2
    press(page, "Reset")
    settle(page, 2)
    assert page.locator(".snx-ghost path").count() == 0
    np.testing.assert_array_equal(curves(first)["E"], start)
    assert told(page, "values") == view.plan.start


def test_arrow_keys_and_the_pointer_read_values(page, view):
    show(page, view)
    reader = page.get_by_role("slider", name="Read values: Over 2 years")
    reader.focus()
    for key in ("End", "ArrowLeft", "Home"):
        page.keyboard.press(key)
    assert reader.get_attribute("aria-valuetext") == "After 0 days: Effector T cells 0, Regulatory T cells 0"
    page.keyboard.press("ArrowRight")
    run = view.plan.first
    words = f"Effector T cells {describe.number(run['E'].iloc[8])}"
    assert words in reader.get_attribute("aria-valuetext")
    assert words in page.locator(".snx-tip").first.inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".snx-tip").first.is_hidden()
    page.locator(".snx-plot").nth(1).hover(position={"x": 100, "y": 100})
    assert "Suppression (per day) 0.0" in page.locator(".snx-tip").nth(1).inner_text()


def test_a_value_set_in_python_moves_the_picture(page, view):
    show(page, view)
    page.evaluate("() => models.picture.set('values', {b_1: 0.05, G: 1e6})")
    settle(page, 1)
    assert "Suppression 0.05 per day is below" in page.locator(".snx-aloud").text_content()


def test_phase_plane_dose_response_and_presets(page):
    mixed = explore(alexander_wahl, until=100, sliders=(Slider("G", "Trigger", 1e4, 1e10, log=True),),
                    presets={"Small": {"G": 1e5}, "No suppression": {"b_1": 0.0}},
                    show=(PhasePlane(EFFECTORS, REGULATORS),
                          DoseResponse("peak_E", "G", "Most effector T cells", "Trigger", "attack", log_x=True, log=True, points=7)))
    show(page, mixed)
    run = mixed.plan.first
    plane, response = page.locator(".snx-pane").all()
    x, y = curves(plane)["R"].T
    np.testing.assert_allclose(x, run["E"], atol=run["E"].max() / 200)
    np.testing.assert_allclose(y, run["R"], atol=run["R"].max() / 200)
    x, y = curves(response)[""].T
    peaks = [mixed.plan.run({"G": dose, "b_1": 0.25})["E"].max() for dose in np.geomspace(1e4, 1e10, 7)]
    np.testing.assert_allclose(y, peaks, rtol=0.01)
    press(page, "No suppression")
    settle(page, 1)
    assert told(page, "values") == {"G": 1e8, "b_1": 0.0}
    assert curves(response)[""][-1, 1] > 1.02 * peaks[-1]


def test_an_option_without_condition_is_pressed_only_while_its_values_hold(page):
    knocked = explore(alexander_wahl, until=50, show=(TimeCourse((EFFECTORS,), "cells"),), sliders=(Slider("b_1", "Suppression", 0, 0.5),),
                      toggles=(Toggle("Attack", (Option("on", {"lambda_E": 1000.0}), Option("off", {"lambda_E": 0.0}))),
                               Toggle("Suppression", {"some": {"b_1": 0.25}, "none": {"b_1": 0.0}})))
    show(page, knocked)
    move(page, knocked.toggles[0], "index", 1)
    settle(page, 1)
    assert told(page, "summary")["peak_E"] == 0
    move(page, knocked.sliders[0], "value", 0.1)
    settle(page, 2)
    assert page.evaluate("id => models[id].state.index", knocked.toggles[1].model_id) is None


def test_a_run_that_takes_too_long_stops_with_a_sentence(page):
    runaway = Model("runaway", "Runaway", "d", "dX/dt = k*X^2", (Quantity("X", 1.0, "1", "grows without bound"),),
                    (Quantity("k", 0.1, "1/d", "rate"),), Source("a textbook example"))
    view = explore(runaway, until=5, show=(TimeCourse((Curve("X", "X", "attack"),), "units"),), sliders=(Slider("k", "Rate", 0.1, 2.0),))
    show(page, view)
    move(page, view.sliders[0], "value", 1.0)
    settle(page, 1)
    assert "This run was stopped after 24 hours" in page.locator(".snx-said").inner_text()
    move(page, view.sliders[0], "value", 0.1)
    settle(page, 2)
    assert "stopped" not in page.locator(".snx-said").inner_text()


@pytest.mark.parametrize(("width", "columns"), [(900, 2), (360, 1)])
def test_panes_stand_side_by_side_or_one_below_the_other(page, view, width, columns):
    show(page, view, width)
    boxes = [pane.bounding_box() for pane in page.locator(".snx-pane").all()]
    assert len({box["y"] for box in boxes}) == (1 if columns == 2 else 2)
    assert page.evaluate("document.querySelector('.snx').scrollWidth") <= width


def test_scripts_stay_small(view):
    assert len(engine()) < 34_000  # once for all pictures of a notebook
    assert len(view.picture._esm) < 4_000
