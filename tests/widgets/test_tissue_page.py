"""The living tissue on a page: it plays, pauses and steps; what it shows is what the rules give; in
JupyterLab it is named, read by a cell, worked by keyboard, and alive without a kernel."""

import subprocess
import sys

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from autoimmune.widgets.tissue.rules import numbers
from autoimmune.widgets.tissue.still import runs, sentence
from testing.browser import let_frames_pass, listening_page
from testing.deadlines import DEADLINE
from testing.tissue_runs import run
from testing.tissue_stage import colours, show

DAY = 1440


@pytest.fixture
def page(browser, request):
    """A page of its own; `page.options` says whether motion is reduced."""
    page = listening_page(
        browser, reduced_motion=getattr(request, "param", "reduce"), viewport={"width": 1000, "height": 800}
    )
    yield page
    assert page.complaints == []
    page.close()


def minute(page):
    return int(page.locator("#picture").get_attribute("data-minute"))


def play_until(page, day):
    """Play, and pause when the day has come; then wait until it is at rest."""
    click(page, "play")
    page.wait_for_function(
        "minute => Number(document.querySelector('#picture').dataset.minute) >= minute", arg=day * DAY
    )
    after(page, lambda: click(page, "play"))


def click(page, name):
    page.locator(f".snx-{name}").click()


def after(page, act):
    """Do something, and wait until the tissue has come to rest again."""
    rests = page.evaluate("Number(document.querySelector('#picture').dataset.rests || 0)")
    act()
    page.wait_for_function(
        "rests => Number(document.querySelector('#picture').dataset.rests || 0) > rests", arg=rests
    )


def counted(page):
    """The numbers beside the legend, in its order."""
    return [int(text.replace(",", "")) for text in page.locator(".snx-key strong").all_inner_texts()]


def greens(page):
    """The share of pixels in which green stands out, as it does in healthy tissue only."""
    red, green, blue = np.moveaxis(colours(page), 2, 0)
    return float(((green - red > 20) & (green >= blue)).mean())


def heard(page, name):
    return page.evaluate("name => models.picture.state[name]", name)


# -- play, pause, step ---------------------------------------------------------------------------------


def test_it_waits_where_motion_is_reduced_plays_pauses_and_steps(page):
    show(page)
    assert page.evaluate("models.play.state.description") == "Play"
    let_frames_pass(page)
    assert minute(page) == 0
    click(page, "play")
    assert page.evaluate("models.play.state.description") == "Pause"
    page.wait_for_function("Number(document.querySelector('#picture').dataset.minute) > 600")
    after(page, lambda: click(page, "play"))
    paused, shown = minute(page), colours(page)
    let_frames_pass(page)
    assert minute(page) == paused and (colours(page) == shown).all()
    after(page, lambda: click(page, "step"))
    assert minute(page) == paused + 1 and not (colours(page) == shown).all()
    after(page, lambda: click(page, "restart"))
    assert minute(page) == 0


@pytest.mark.parametrize("page", ["no-preference"], indirect=True)
def test_it_plays_at_once_where_motion_is_not_reduced_and_step_pauses_it(page):
    show(page)
    page.wait_for_function("Number(document.querySelector('#picture').dataset.minute) > 100")
    after(page, lambda: click(page, "step"))
    assert page.evaluate("models.play.state.description") == "Play"


def test_speed_is_that_of_the_clock(page):
    """A day a second: an hour takes a 24th of a second, and never less."""
    show(page, speeds=[DAY])
    began = page.evaluate("performance.now()")
    play_until(page, 0.5)
    assert minute(page) <= (page.evaluate("performance.now()") - began) / 1000 * DAY


def test_it_ends_by_itself_and_begins_again(page):
    show(page, days=1.2)
    after(page, lambda: click(page, "play"))
    assert minute(page) == 1.2 * DAY and page.evaluate("models.play.state.description") == "Play"
    after(page, lambda: click(page, "step"))
    assert minute(page) == 1.2 * DAY
    # Read in the same turn as the click: the run may be over again when a next question comes.
    read = "(document.querySelector('.snx-play').click(), document.querySelector('#picture').dataset.minute)"
    assert page.evaluate(read) == "0"


# -- what is shown -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "labels"),
    [((0, 0, 0), ("complete", "present", "yes")), ((2, 1, 0), ("none", "absent", "yes"))],
)
def test_page_picture_and_sentence_are_what_the_rules_give(page, options, labels):
    show(page, options, seed=2)
    assert greens(page) > 0.7
    play_until(page, 5)
    days = (minute(page) - 0.5) / DAY  # half a minute less, so that rounding adds none
    c = run([{"numbers": numbers(*labels), "seed": 2, "days": days}])[0]["counts"]
    names = (
        "healthy",
        "infected",
        "lost",
        "presenting",
        "alert",
        "resting",
        "defending",
        "attacking",
        "regulatory",
    )
    assert counted(page) == [c[name] for name in names]
    assert {name: heard(page, "counts")[name] for name in names} == {name: c[name] for name in names}
    if labels[0] == "none":
        assert greens(page) < 0.5 and c["healthy"] < 10_000
        assert f"{c['attacking']:,} T cells attack the tissue" in page.get_by_role("status").inner_text()
    else:
        assert greens(page) > 0.6 and c["healthy"] > 15_500
        assert "none attacks the tissue" in page.get_by_role("status").inner_text()
    assert (
        heard(page, "sentence")
        == page.locator(".snx-said").inner_text()
        == page.get_by_role("status").inner_text()
    )
    assert heard(page, "sentence") in page.locator("canvas").get_attribute("aria-label")


def test_a_toggle_begins_again_with_the_same_tissue_and_shows_the_run_before(page):
    show(page)
    start = colours(page)
    play_until(page, 1.5)
    after(page, lambda: page.evaluate("models.toggle2.set('index', 1)"))
    assert minute(page) == 0 and (colours(page) == start).all()
    assert page.locator(".snx-ghost path").count() == 1
    after(page, lambda: page.evaluate("models.seed.set('value', 7)"))
    assert not (colours(page) == start).all()


@pytest.mark.parametrize(("light", "brightness"), [(True, 160), (False, 90)])
def test_it_follows_the_theme(page, light, brightness):
    show(page, light=light)
    assert (colours(page).mean() > brightness) == light


def test_it_is_as_wide_as_it_may_be_on_a_phone(page):
    show(page, width=340)
    boxes = [page.locator(name).first.bounding_box() for name in ("canvas", ".snx-side", ".snx-key")]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 350 for box in boxes)
    assert boxes[1]["y"] > boxes[0]["y"] + boxes[0]["height"]


def test_it_tells_nobody_anything_while_it_plays(page):
    show(page)
    after(page, lambda: click(page, "step"))
    saves, said = page.evaluate("models.picture.saves"), page.get_by_role("status").inner_text()
    click(page, "play")
    page.wait_for_function("Number(document.querySelector('#picture').dataset.frames || 0) > 10")
    assert page.evaluate("models.picture.saves") == saves and page.get_by_role("status").inner_text() == said


# -- in JupyterLab -------------------------------------------------------------------------------------

CELL = "from autoimmune.widgets.tissue import tissue\nview = tissue()\nview"


@pytest.fixture(scope="module")
def notebook(browser, lab):
    page = listening_page(browser, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    lab.write("tissue.ipynb", [CELL, "# room for keys that go astray"])
    lab.open(page, "tissue.ipynb")
    lab.run_all(page)
    page.locator("[data-rests]").wait_for()
    yield page
    page.close()


def rested(page, act):
    rests = int(page.locator("[data-rests]").get_attribute("data-rests"))
    act()
    page.wait_for_function(
        "rests => Number(document.querySelector('[data-rests]').dataset.rests) > rests", arg=rests
    )


def test_a_screen_reader_finds_every_control_and_number(notebook):
    snapshot = notebook.locator(".snx").aria_snapshot()
    for line in (
        'group "Thymic deletion"',
        'button "complete" [pressed]',
        'button "leaks 1 in 10"',
        'group "Regulatory T cells"',
        'group "Infection"',
        'button "Play"',
        'button "Step"',
        'button "Restart"',
        'combobox "Speed"',
        'spinbutton "Seed"',
        'figure "Healthy tissue"',
        'img "Living tissue. Day 0.0. All of the tissue is healthy.',
        "status: Day 0.0.",
    ):
        assert line in snapshot


def test_it_is_worked_by_keyboard_alone_and_keys_stay_with_it(notebook):
    cells = notebook.locator(".jp-Notebook .jp-Cell").count()
    notebook.get_by_role("button", name="complete").focus()
    names = []
    for _ in range(11):
        notebook.keyboard.press("a")
        names.append(
            notebook.evaluate(
                "document.activeElement.innerText.split('\\n')[0] || document.activeElement.tagName"
            ).replace("\xa0", " ")
        )
        notebook.keyboard.press("Tab")
    assert names == [
        "complete",
        "leaks 1 in 10",
        "none",
        "present",
        "absent",
        "yes",
        "no",
        "Play",
        "Step",
        "Restart",
        "1 hour a second",
    ]
    notebook.get_by_role("button", name="Step").focus()
    rested(notebook, lambda: notebook.keyboard.press("Enter"))
    assert notebook.locator("[data-minute]").get_attribute("data-minute") == "1"
    assert notebook.locator(".jp-Notebook .jp-Cell").count() == cells


def test_a_cell_reads_the_run(notebook, lab):
    rested(notebook, lambda: notebook.get_by_role("button", name="none", exact=True).click())
    rested(notebook, lambda: notebook.get_by_role("button", name="Step").click())
    asked = "[view.counts, view.sentence, [each.value for each in view.toggles]]"
    counts, said, options = lab.heard(
        notebook, asked, lambda found: found[2][0] == "none" and found[0]["day"] > 0
    )
    assert (
        counts["healthy"] == counts["lowest"] == 16_000
        and counts["regulatory"] == 120
        and counts["day"] == pytest.approx(1 / DAY)
    )
    assert (
        said == "Day 0.0. All of the tissue is healthy. The infection begins on day 1. No T cell is active."
    )
    assert options == ["none", "present", "yes"]


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_nothing(notebook, theme):
    notebook.evaluate(
        "theme => { window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }", theme
    )
    notebook.wait_for_function(
        "light => document.body.dataset.jpThemeLight === light", arg=str(theme.endswith("Light")).lower()
    )
    found = Axe().run(notebook, context=".snx")
    assert found.violations_count == 0, found.generate_report()


def test_it_goes_on_when_the_kernel_is_gone(notebook):
    assert notebook.complaints == []
    notebook.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    rested(notebook, lambda: notebook.get_by_role("button", name="Restart", exact=True).click())
    notebook.get_by_label("Speed").select_option("1 day a second")
    notebook.get_by_role("button", name="Play").click()
    notebook.wait_for_function("Number(document.querySelector('[data-minute]').dataset.minute) > 60")
    rested(notebook, lambda: notebook.get_by_role("button", name="Pause").click())


def test_a_notebook_executed_without_a_browser_holds_picture_and_sentence_and_passes_nbval(tmp_path):
    from nbclient import NotebookClient

    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)], metadata=kernel)
    NotebookClient(made, timeout=DEADLINE, store_widget_state=True).execute()
    live, still = made.cells[0].outputs
    assert (
        live.data["text/plain"]
        == still.data["text/plain"]
        == live.metadata["image/png"]["alt"]
        == sentence(runs())
    )
    assert len(nbformat.writes(made)) < 100_000
    nbformat.write(made, tmp_path / "tissue.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--nbval",
        "-c",
        "/dev/null",
        str(tmp_path / "tissue.ipynb"),
    ]
    found = subprocess.run(command, check=False, capture_output=True, text=True, timeout=DEADLINE)
    assert found.returncode == 0, found.stdout
