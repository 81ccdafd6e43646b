"""Explorers in a real JupyterLab: every control to its ends, against SciPy; what a cell, a screen reader and a saved
notebook get of them."""

import re

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from autoimmune.showing import describe
from testing.browser import listening_page
from testing.deadlines import DEADLINE
from testing.stage import curves
from testing.views import VIEWS

DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
CELL = "from testing.views import VIEWS\n{0} = VIEWS['{0}']()\n{0}"


@pytest.fixture(scope="module")
def plans():
    """What the notebook's explorers show, worked out here with SciPy."""
    return {name: view().plan for name, view in VIEWS.items()}


@pytest.fixture(scope="module")
def page(browser, lab):
    page = listening_page(browser, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: page.sent.append(frame)))
    lab.write("explore.ipynb", [CELL.format(name) for name in VIEWS] + ["# room for keys that go astray"])
    lab.open(page, "explore.ipynb")
    lab.run_all(page)
    page.locator("[data-frames]").nth(len(VIEWS) - 1).wait_for()
    yield page
    page.close()


@pytest.fixture
def box(page, request):
    """The explorer of one cell, put back to its start and at rest."""
    box = page.locator(".snx").nth(list(VIEWS).index(request.param))
    box.name = request.param
    after(box, lambda: box.get_by_role("button", name="Reset").click())
    yield box
    assert page.complaints == []


def after(box, act):
    """Do something to an explorer that is at rest, and wait until it has come to rest again."""
    picture = at_rest(box)
    rests = int(picture.get_attribute("data-rests") or 0)
    act()
    box.page.wait_for_function("([el, rests]) => Number(el.dataset.rests || 0) > rests && !('moving' in el.dataset)",
                               arg=[picture.element_handle(), rests])


def at_rest(box):
    """The picture of an explorer, once nothing moves in it."""
    picture = box.locator("[data-frames]")
    box.page.wait_for_function("el => !('moving' in el.dataset)", arg=picture.element_handle())
    return picture


def agrees(box, plan, values):
    """Picture and sentence are those of SciPy at `values`, to 1 %."""
    run = plan.run({**plan.start, **values})
    assert_same_words(box.locator(".snx-said").inner_text(), plan.said(describe.summary(plan.model, run)))
    course, low = curves(box.locator(".snx-pane").first), plan.panes[0].low
    for curve in getattr(plan.panes[0], "curves", ()):  # none where a response is drawn first
        expected = run[curve.symbol].to_numpy()
        seen = expected > 1.05 * low
        step = 0 if plan.panes[0].log else 1e-4 * (plan.panes[0].high or 0)  # places on the page are rounded
        np.testing.assert_allclose(course[curve.symbol][seen, 1], expected[seen], rtol=0.01, atol=step)


def assert_same_words(found, expected):
    """The same sentence but for a last digit, which two integrators may round differently."""
    def split(sentence):
        sentence = re.sub(r" × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda power: "e" + power[1].translate(DIGITS), sentence)
        words = sentence.replace(",", "").rstrip(".").split()
        return [float(word.rstrip(".:;")) if word[0].isdigit() else word for word in words]

    for one, other in zip(split(found), split(expected), strict=True):
        assert one == other or one == pytest.approx(other, rel=0.01), (found, expected)


def opening(plan):
    """The sentence with which an explorer opens."""
    return plan.said(describe.summary(plan.model, plan.first))


def slider(box, plan, number):
    """The handle of a slider, found as a screen reader finds it: by its words with their unit."""
    each = plan.sliders[number]
    return box.get_by_role("slider", name=f"{each.label}, {each.unit}" if each.unit else each.label, exact=True)


@pytest.mark.parametrize("box", list(VIEWS), indirect=True)
def test_every_slider_goes_to_both_ends(box, plans):
    plan = plans[box.name]
    agrees(box, plan, {})
    for number, each in enumerate(plan.sliders):
        for key, value in (("Home", each.low), ("End", each.high)):
            handle = slider(box, plan, number)
            after(box, lambda handle=handle, key=key: handle.press(key))
            assert handle.get_attribute("aria-valuetext") == f"{describe.number(value)} {each.unit}".strip()
            agrees(box, plan, {each.symbol: value})
        after(box, lambda: box.get_by_role("button", name="Reset").click())
        agrees(box, plan, {})


@pytest.mark.parametrize("box", list(VIEWS), indirect=True)
def test_every_option_and_preset_is_shown(box, plans):
    plan = plans[box.name]
    for toggle in plan.toggles:
        group = box.get_by_role("group", name=toggle.label, exact=True)
        for option in reversed(toggle.options):
            button = group.get_by_role("button", name=option.label, exact=True)
            after(box, button.click)
            assert button.get_attribute("aria-pressed") == "true"
            assert group.locator("[aria-pressed=true]").count() == 1
            agrees(box, plan, option.values)
    for option in plan.presets:
        after(box, box.get_by_role("button", name=option.label).click)
        agrees(box, plan, option.values)


@pytest.mark.parametrize("box", ["tolerance"], indirect=True)
def test_a_cell_reads_what_is_on_screen(box, plans, page, lab):
    plan = plans["tolerance"]
    after(box, lambda: slider(box, plan, 0).press("Home"))
    question = ("[tolerance.sentence, tolerance.parameters, tolerance.initial, "
                "tolerance.summary['final_E'], tolerance.toggles[0].value]")
    said = lab.heard(page, question, lambda said: said[4] == "Dysregulated" and said[1] == {"b_1": 0.0})
    expected = describe.summary(plan.model, plan.run({"b_1": 0.0, "G": 1e8}))
    assert said[:3] == [plan.said(expected), {"b_1": 0.0}, {"G": 1e8}]
    assert said[3] == pytest.approx(expected["final_E"], rel=1e-3)
    after(box, lambda: lab.ask(page, "tolerance.set(b_1=0.3)"))
    agrees(box, plan, {"b_1": 0.3})
    assert "is not allowed" in lab.ask(page, "try: tolerance.set(b_1=-1)\nexcept ValueError as error: print(error)")


@pytest.mark.parametrize("box", ["tolerance"], indirect=True)
def test_dragging_redraws_without_a_word_to_the_kernel(box, plans, page):
    picture, handle = box.locator("[data-frames]"), slider(box, plans["tolerance"], 0)
    handle.scroll_into_view_if_needed()
    place = handle.bounding_box()
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    sent, frames = len(page.sent), int(picture.get_attribute("data-frames"))
    page.mouse.move(x - 100, y, steps=20)
    page.wait_for_function("([el, frames]) => Number(el.dataset.frames) >= frames + 5", arg=[picture.element_handle(), frames])
    assert len(page.sent) <= sent + 1  # a busy machine stands still long enough to count as at rest
    page.mouse.up()
    at_rest(box)
    assert len(page.sent) > sent


@pytest.mark.parametrize("box", ["tolerance"], indirect=True)
def test_keys_stay_with_the_control(box, plans, page):
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    slider(box, plans["tolerance"], 0).focus()
    for key in ("a", "b", "x", "ArrowDown", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    assert page.evaluate("document.activeElement.className").startswith("noUi-handle")


@pytest.mark.parametrize("box", ["tolerance"], indirect=True)
def test_it_can_be_worked_with_the_keyboard_alone(box, page):
    box.get_by_role("button", name="Self-tolerant").focus()
    page.keyboard.press("Tab")
    after(box, lambda: page.keyboard.press("Enter"))
    assert "is below the threshold" in box.get_by_role("status").inner_text()
    names = []
    for _ in range(5):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText"))
    assert names == ["Reset", "Read values: Over 2 years", "Read values: In the long run",
                     "Suppression by regulatory T cells, per day", "Size of the trigger (released self antigen), molecules"]


@pytest.mark.parametrize("box", ["tolerance"], indirect=True)
def test_a_screen_reader_finds_every_control_with_its_unit(box):
    snapshot = box.aria_snapshot()
    for line in ('group "Immune response"', 'button "Self-tolerant" [pressed]', 'button "Dysregulated"', 'button "Reset"',
                 'slider "Suppression by regulatory T cells, per day"', 'figure "Over 2 years"', "status: "):
        assert line in snapshot


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing(page, theme):
    page.evaluate("theme => { window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }", theme)
    page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=str(theme.endswith("Light")).lower())
    for number in range(len(VIEWS)):
        page.locator(".snx").nth(number).evaluate("el => { el.dataset.axe = 'here'; }")
        found = Axe().run(page, context="[data-axe]")
        page.locator("[data-axe]").evaluate("el => { delete el.dataset.axe; }")
        assert found.violations_count == 0, found.generate_report()


def test_it_goes_on_when_the_kernel_is_gone(page, plans):
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    box, plan = page.locator(".snx").nth(list(VIEWS).index("tolerance")), plans["tolerance"]
    after(box, lambda: slider(box, plan, 0).press("Home"))
    agrees(box, plan, {"b_1": 0.0})


def test_a_saved_notebook_shows_picture_and_sentence_where_the_widget_cannot_run(browser, lab, executed, plans):
    (lab.folder / "executed.ipynb").write_text(executed)
    page = listening_page(browser)
    lab.open(page, "executed.ipynb", kernel=False)
    page.locator(".jp-OutputArea-output img").first.wait_for()
    assert page.locator(".snx-still").first.inner_text() == opening(plans["tolerance"])
    page.close()


@pytest.fixture(scope="module")
def executed():
    """A notebook with an explorer, executed without a browser, as text."""
    from nbclient import NotebookClient

    cells = [nbformat.v4.new_code_cell("from autoimmune.views.self_tolerance import tolerance\ntolerance()")]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    NotebookClient(notebook, timeout=DEADLINE, store_widget_state=True).execute()
    return nbformat.writes(notebook)


def test_an_executed_notebook_holds_the_widget_its_picture_and_its_sentence(executed, plans):
    live, still = nbformat.reads(executed, as_version=4).cells[0].outputs
    said = opening(plans["tolerance"])
    assert set(live.data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert live.data["text/plain"] == said == still.data["text/plain"]
    assert live.metadata["image/png"]["alt"] == said
    assert said in still.data["text/html"]
    assert len(executed) < 100_000


@pytest.mark.parametrize(("template", "found"), [("classic", 'alt="{}"'), ("lab", "<p>{}</p>")])
def test_a_page_made_by_nbconvert_has_the_sentence_with_the_picture(executed, template, found):
    from nbconvert import HTMLExporter

    notebook = nbformat.reads(executed, as_version=4)
    live = notebook.cells[0].outputs[0]
    del live.data["application/vnd.jupyter.widget-view+json"]
    page, _ = HTMLExporter(template_name=template).from_notebook_node(notebook)
    assert found.format(live.data["text/plain"]) in page
