"""Every lesson in a real JupyterLab: it opens, runs to its end, and complains of nothing; the toggle does what it says."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

from autoimmune.models.alexander_wahl_2011 import model
from autoimmune.views.course_map import course_map
from testing.browser import listening_page

TOGGLED = Path(__file__).parents[2] / "course" / "02_self_and_nonself.ipynb"
LESSONS = sorted(TOGGLED.parent.glob("*.ipynb"), key=lambda lesson: (lesson == TOGGLED, lesson))  # its own test comes next
STATE = """() => {
    const cells = window.jupyterapp.shell.currentWidget.content.model.cells, state = [];
    for (let k = 0; k < cells.length; k++) if (cells.get(k).type === "code") state.push(cells.get(k).toJSON());
    return state;
}"""

SHOW = """async id => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const place = notebook.widgets.findIndex(cell => cell.model.id === id);
    notebook.activeCellIndex = place;
    await notebook.scrollToItem(place, "start");
}"""


OPEN = """async path => {
    const { commands, shell } = window.jupyterapp, before = shell.currentWidget;
    const panel = await commands.execute("docmanager:open", { path });
    await panel.context.ready; await panel.sessionContext.ready; await panel.sessionContext.session.kernel.info;
    shell.activateById(panel.id);
    if (before && before !== panel) { await before.sessionContext?.shutdown(); before.dispose(); }
    while (shell.currentWidget !== panel) await new Promise(requestAnimationFrame);
    await commands.execute("notebook:run-all-cells");
}"""


@pytest.fixture(scope="module")
def desk(browser, lab):
    """One JupyterLab for all lessons, each opened in the place of the one before."""
    page = listening_page(browser, viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    lab.write("empty.ipynb", ["1"])
    lab.open(page, "empty.ipynb")
    yield page
    page.close()


@pytest.fixture
def page(desk):
    """The same, of whose earlier complaints nothing is left."""
    desk.complaints.clear()
    return desk


def run(page, lab, lesson):
    """Open a copy of a lesson, run all of it, and return its code cells as they are afterwards."""
    shutil.copy(lesson, lab.folder / lesson.name)
    page.evaluate(OPEN, lesson.name)
    return page.evaluate(STATE)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_lesson_runs_to_its_end(page, lab, lesson):
    cells = run(page, lab, lesson)
    assert len(cells) == sum(cell.cell_type == "code" for cell in nbformat.read(lesson, 4).cells)
    assert all(cell["execution_count"] for cell in cells)
    assert not [cell["id"] for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]
    assert page.complaints == []


def test_the_toggle_of_lesson_02_shows_what_the_model_says(page, lab):
    """It needs the lesson open, which the test of that lesson leaves so when it is the last."""
    if page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path") != TOGGLED.name:
        run(page, lab, TOGGLED)
    page.evaluate(SHOW, "toggle-widget")  # JupyterLab keeps cells that are out of sight out of the page
    box = page.locator(".jp-mod-active .snx:has(.snx-pane)")
    box.wait_for()
    sentence, picture = box.locator(".snx-said"), box.locator("[data-frames]")
    calm, frames = sentence.inner_text(), int(picture.get_attribute("data-frames"))
    assert "the attack dies out" in calm

    box.get_by_role("button", name="Dysregulated").click()
    page.wait_for_function("([el, old]) => el.innerText !== old", arg=[sentence.element_handle(), calm])
    weak = sentence.inner_text()
    expected = model.simulate(730, b_1=0.05)["E"].iloc[-1]
    told = float(re.search(r"about ([\d,]+) effector", weak)[1].replace(",", ""))
    assert "keeps itself going" in weak and told == pytest.approx(expected, rel=0.01)
    assert int(picture.get_attribute("data-frames")) > frames

    slider = box.get_by_role("slider", name=re.compile("Suppression"))
    for _ in range(22):
        slider.press("ArrowRight")
    page.wait_for_function("([el, old]) => el.innerText !== old", arg=[sentence.element_handle(), weak])
    page.wait_for_function("el => el.innerText.includes('dies out')", arg=sentence.element_handle())
    assert box.get_by_role("button", name="Self-tolerant").get_attribute("aria-pressed") == "true"
    assert page.complaints == []


def test_a_picture_that_python_drew_is_read_out_as_its_sentence(page, lab):
    lab.write("drawn.ipynb", ["from autoimmune.views.course_map import course_map", "course_map()",
                              "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"])
    page.evaluate(OPEN, "drawn.ipynb")
    pictures = page.locator(".jp-RenderedImage img")
    page.wait_for_function("() => document.querySelectorAll('.jp-RenderedImage img').length === 2")
    assert [pictures.nth(place).get_attribute("alt") for place in (0, 1)] == [course_map().said, "<Figure size 640x480 with 1 Axes>"]
    found = Axe().run(page, context=".jp-OutputArea")
    assert found.violations_count == 0, found.generate_report()
    assert page.complaints == []
