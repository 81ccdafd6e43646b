"""Quiz, prediction, 1,000 people and criteria in a real JupyterLab: every control, by hand and by key."""

import json
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from autoimmune.learning.diary import FOLDER_VARIABLE
from autoimmune.learning.questions import question
from autoimmune.methods.criteria import CRITERIA, items, score
from autoimmune.methods.screening import tree
from autoimmune.widgets.criteria import CAUTION
from autoimmune.widgets.people import people, sentence
from autoimmune.widgets.predict import POINTS
from testing.browser import listening_page
from testing.deadlines import DEADLINE

CELLS = """
import os
os.environ["{variable}"] = "{folder}"
from autoimmune.widgets.predict import predict, predict_curve
from autoimmune.learning.diary import Axis, predictions
from autoimmune.widgets.quiz import quiz
from autoimmune.widgets.people import people
from autoimmune.widgets.criteria import criteria
CHOICES = ["It dies out", "It keeps going"]
#
asked = quiz("02-thymus", "02-threshold", "02-chance")
asked
#
from autoimmune.views.self_tolerance import first_toggle
toggle = predict("What will the attack do?", CHOICES, id="toggle", then=first_toggle)
toggle
#
toggle.reveal("It keeps going", "It is below the threshold.")
#
skipped = predict("And now?", CHOICES, id="skipped")
skipped
#
skipped.reveal("It dies out")
#
time, count = Axis("Time", 0, 730, "days"), Axis("Effector T cells", 1, 1e6, "cells", log=True)
curve = predict_curve("How many will there be?", time, count, id="curve")
curve
#
curve.reveal(([0, 730], [10, 1e6]))
#
crowd = people(97.8, 90.2, 1, disease="lupus", test="Antinuclear antibodies at 1:80")
crowd
#
lupus = criteria("sle_2019")
lupus
#
arthritis = criteria("ra_2010", {{"swelling"}})
arthritis
#
# room for keys that go astray"""
PLACES = {
    "quiz": (1, ".snx-question"),
    "toggle": (2, ".snx-predict"),
    "compared": (3, ".snx-predict"),
    "skipped": (4, ".snx-predict"),
    "bare": (5, ".snx-predict"),
    "curve": (6, ".snx-predict"),
    "curves": (7, ".snx-predict"),
    "people": (8, ".snx-tree"),
    "lupus": (9, ".snx-sheet"),
    "arthritis": (10, ".snx-sheet"),
}


# JupyterLab takes cells that are out of sight from the page; here they all stay.
ALL_CELLS = """() => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.notebookConfig = { ...notebook.notebookConfig, windowingMode: "none" };
}"""


def cells(folder):
    return [cell.strip() for cell in CELLS.format(variable=FOLDER_VARIABLE, folder=folder).split("#\n")]


def output_of(page, name):
    """The output of a cell by its name in PLACES."""
    return page.locator(".jp-Notebook .jp-Cell").nth(PLACES[name][0]).locator(".jp-Cell-outputArea")


@pytest.fixture(scope="module")
def page(browser, lab):
    """A page with the notebook, run from top to bottom."""
    page = listening_page(browser, reduced_motion="reduce", viewport={"width": 1280, "height": 1000})
    page.sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: page.sent.append(frame)))
    lab.write("instruments.ipynb", cells(lab.folder / "kept"))
    lab.open(page, "instruments.ipynb")
    page.evaluate(ALL_CELLS)
    lab.run_all(page)
    for name, (_, content) in PLACES.items():
        output_of(page, name).locator(content).first.wait_for()
    yield page
    page.close()


@pytest.fixture
def place(page):
    """Finds the output of a cell by its name in PLACES."""
    yield lambda name: output_of(page, name)
    assert page.complaints == []


def press(locator, *keys):
    for key in keys:
        locator.press(key)


# -- before anything is answered ----------------------------------------------------------------------


def check_axe(page):
    for name in PLACES:
        output_of(page, name).locator(".snx").first.evaluate("el => { el.dataset.axe = 'here'; }")
        found = Axe().run(page, context="[data-axe]")
        page.locator("[data-axe]").evaluate("el => { delete el.dataset.axe; }")
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_nothing(page, theme):
    page.evaluate("theme => { window.jupyterapp.commands.execute('apputils:change-theme', {theme}); }", theme)
    page.wait_for_function(
        "light => document.body.dataset.jpThemeLight === light", arg=str(theme.endswith("Light")).lower()
    )
    check_axe(page)


def test_a_screen_reader_finds_every_control_with_its_unit(place):
    expected = {
        "quiz": [
            'radio "The thymus failed: tolerance is made there, once"',
            'textbox "In the toggle model of lesson 02 the threshold',
            "twice the antigen",
            'button "Move up: Pieces of receptor genes are cut and joined at random"',
            'button "Check"',
        ],
        "toggle": [
            'radiogroup "What will the attack do?"',
            'radio "It dies out"',
            'slider "How sure are you, in per cent?"',
            'button "Commit"',
            'button "Show me anyway"',
        ],
        "curve": [
            'slider "Draw Effector T cells (cells) against Time (days)',
            'button "Start the curve again"',
        ],
        "people": [
            'slider "Have lupus (prevalence), per cent"',
            'slider "Of those, test positive (sensitivity), per cent"',
            'slider "Of the others, test negative (specificity), per cent"',
            'button "Reset"',
            'status: "Of 1,000 people, 10 have lupus.',
        ],
        "lupus": [
            'group "Neuropsychiatric"',
            'checkbox "Seizure 5 points"',
            'checkbox "Antinuclear antibodies at 1:80 or more"',
            'status: "0 points',
        ],
        "arthritis": [
            'checkbox "Abnormal CRP or abnormal ESR 1 point"',
            'checkbox "At least one swollen joint that no other disease explains better" [checked]',
        ],
    }
    for name, lines in expected.items():
        snapshot = place(name).aria_snapshot()
        assert [line for line in lines if line not in snapshot] == [], snapshot


def test_the_page_does_not_know_what_is_right(page):
    source = page.content() + page.evaluate("""async () => {
        const panel = window.jupyterapp.shell.currentWidget, manager = panel.context.sessionContext;
        return JSON.stringify(panel.content.model.toJSON());
    }""")
    secrets = [answer.says for answer in question("02-thymus").answers] + [
        idea.says for idea in question("02-threshold").ideas
    ]
    secrets += [pair.says for pair in question("02-chance").before] + [
        question(name).explanation for name in ("02-thymus", "02-threshold", "02-chance")
    ]
    assert "The thymus failed" in source and [words for words in secrets if words in source] == []


# -- quiz ---------------------------------------------------------------------------------------------


def test_a_choice_gives_a_second_try(place):
    card = place("quiz").locator(".snx-question").nth(0)
    check, reply = card.get_by_role("button", name="Check"), card.get_by_role("status")
    check.click()
    expect(reply).to_have_text("Choose one of the options first.")
    card.get_by_label("The thymus failed").focus()
    press(card.get_by_label("The thymus failed"), "Space")
    press(check, "Enter")
    expect(reply).to_contain_text("✗ Not yet. What these children lack works outside the thymus.")
    expect(reply).to_contain_text("(M10)You have one more try.")
    press(card.get_by_label("The thymus failed"), "ArrowUp")  # round to the last option
    check.click()
    expect(reply).to_contain_text("✓ Right.")
    expect(reply).to_contain_text(question("02-thymus").explanation)
    expect(check).to_have_count(0)
    assert card.get_by_role("radio").nth(0).is_disabled() and card.get_by_role("radio").nth(3).is_checked()


def test_a_number_is_marked_with_its_unit(place):
    card = place("quiz").locator(".snx-question").nth(1)
    reply, field = card.get_by_role("status"), card.get_by_role("textbox")
    for given, said in (
        ("fast", "Write a number, such as 2.5 per day."),
        ("0.3 per day", "You doubled the suppression."),
        ("0.8", "✗ Not right. That is the whole rate"),
    ):
        field.fill(given)
        field.press("Enter")
        expect(reply).to_contain_text(said)
    expect(reply).to_contain_text("The answer: 0.55 per day")
    expect(card.get_by_role("button", name="Check")).to_have_count(0)


def test_steps_are_put_in_order_with_the_keyboard(place):
    each = question("02-chance")
    card = place("quiz").locator(".snx-question").nth(2)
    reply = card.locator(".snx-reply")
    card.get_by_role("button", name="Check").dblclick()
    expect(reply).to_contain_text("✗ Not yet.")
    for target, text in enumerate(each.steps.values()):
        up = card.get_by_role("button", name=f"Move up: {text}")
        for _ in range(card.get_by_role("listitem").all_inner_texts().index(f"{text}\n↑\n↓") - target):
            up.press("Enter")
            assert up.evaluate("node => node === document.activeElement")
    expect(card.get_by_role("listitem")).to_contain_text(list(each.steps.values()))
    up.press("Enter")
    card.get_by_role("button", name=f"Move down: {text}").press("Enter")
    expect(card.locator(".snx-aloud")).to_have_text("Step 6 of 6")
    card.get_by_role("button", name="Check").press("Enter")
    expect(reply).to_contain_text("✓ Right.")
    expect(reply).to_be_focused()


# -- predictions --------------------------------------------------------------------------------------


def test_a_prediction_is_committed_with_the_keyboard_and_opens_the_explorer(place, page, lab):
    form, both = place("toggle"), place("compared")
    expect(both).to_contain_text("Make your prediction first")
    commit = form.get_by_role("button", name="Commit")
    commit.press("Enter")
    expect(form.get_by_role("status")).to_have_text("Choose one first.")
    press(form.get_by_label("It dies out"), "Space", "ArrowDown")
    sure = form.get_by_role("slider")
    for key, said in (
        ("End", "100 %, certain"),
        ("Home", "50 %, a coin toss"),
        ("ArrowRight", "60 %"),
        ("ArrowUp", "70 %"),
    ):
        sure.press(key)
        assert sure.get_attribute("aria-valuetext") == form.locator(".snx-how-sure").inner_text() == said
    assert form.locator(".snx-plot").count() == 0
    commit.press("Enter")
    expect(form.locator(".snx-told")).to_have_text("You said: It keeps going. You were 70 % sure.")
    expect(form.locator(".snx-told")).to_be_focused()
    expect(form.get_by_role("button", name="Self-tolerant")).to_be_visible()
    both.get_by_role("button", name="Compare with the model").press("Enter")
    expect(both.get_by_role("status")).to_have_text("You saidIt keeps goingThe model saysIt keeps going")
    expect(both).to_contain_text("✓ It came out as you predicted. You were 70 % sure.")
    expect(both).to_contain_text("It is below the threshold.")
    table = lab.heard(
        page,
        "json.loads(predictions().query(\"id == 'toggle'\").to_json(orient='records'))",
        lambda table: table and table[0]["outcome"],
    )
    assert [(row["answer"], row["sure"], row["outcome"], row["right"]) for row in table] == [
        ("It keeps going", 70, "It keeps going", True)
    ]


def test_nobody_is_trapped(place, page, lab):
    form, both = place("skipped"), place("bare")
    both.get_by_role("button", name="Show me anyway").click()
    expect(form).to_contain_text("You made no prediction.")
    expect(both.get_by_role("status")).to_have_text(
        "You saidYou made no prediction.The model saysIt dies out"
    )
    assert lab.ask(page, "print('skipped' in set(predictions()['id']), skipped.made)") == "False {}\n"


def test_a_curve_is_drawn_by_hand_and_with_the_keyboard(place, page, lab):
    form, both = place("curve"), place("curves")
    board = form.get_by_role("slider", name="Draw Effector T cells")
    form.get_by_role("button", name="Commit").click()
    expect(form.get_by_role("status")).to_have_text("Draw your curve first.")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    left, right, bottom, top = box["x"] + 62, box["x"] + box["width"] - 16, box["y"] + 270 - 42, box["y"] + 28
    page.mouse.move(left, bottom)
    page.mouse.down()
    page.mouse.move(right, (bottom + top) / 2)
    page.mouse.up()
    press(board, "End")
    assert board.get_attribute("aria-valuetext") == "At 730 days: 1,000 cells"
    press(board, "PageUp", "ArrowUp", "ArrowDown", "PageDown", "Home")
    assert board.get_attribute("aria-valuetext") == "At 0 days: 1 cell"
    for _ in range(13):
        board.press("PageUp")
    assert board.get_attribute("aria-valuetext") == "At 0 days: 1 million cells"
    form.get_by_role("button", name="Start the curve again").click()
    press(board, "Home", "ArrowUp", "ArrowRight")
    assert board.get_attribute("aria-valuetext") == "At 30.4 days: 1,320 cells"
    press(board, "End")
    form.get_by_role("button", name="Commit").click()
    expect(form.locator(".snx-told")).to_contain_text("You drew: 1,300 cells at the start")
    both.get_by_role("button", name="Compare with the model").click()
    expect(both).to_contain_text("✗ Your curve ends elsewhere than the model's. You were 50 % sure.")
    assert both.locator(".snx-board .snx-mine").count() == both.locator(".snx-board .snx-models").count() == 1
    made = lab.heard(page, "curve.made['answer']['y']", bool)
    np.testing.assert_allclose(made, [1000 * 1e6**0.02] * POINTS, rtol=0.01)


# -- 1,000 people -------------------------------------------------------------------------------------


def counts(output):
    """The numbers in the tree, from its top to the people who test positive, and how many marks are drawn."""
    shown = output.locator(".snx-tree .snx-count").all_text_contents() + [
        output.locator(".snx-tree .snx-name").text_content().split()[0]
    ]
    marks = output.locator(".snx-crowd .snx-mark").evaluate_all(
        "nodes => nodes.map(node => (node.getAttribute('d').match(/M/g) || []).length)"
    )
    return [int(text.replace(",", "")) for text in shown], marks


def shows(output, **values):
    """The picture and the sentence are those that Python makes of the numbers."""
    now = tree(**({"sensitivity": 97.8, "specificity": 90.2, "prevalence": 1} | values))
    groups = [now.false_negative, now.true_positive, now.false_positive, now.true_negative]
    expect(output.locator(".snx-said")).to_have_text(sentence(now, "lupus"))
    expect(output.get_by_role("status")).to_have_text(sentence(now, "lupus"))
    assert counts(output) == ([1000, now.ill, now.well, *groups, now.positive], groups)


@pytest.mark.parametrize(
    "number, name, step", [(0, "prevalence", 1.5), (1, "sensitivity", 98.5), (2, "specificity", 90.5)]
)
def test_each_slider_goes_to_both_ends(place, number, name, step):
    output = place("people")
    slider = output.get_by_role("slider").nth(number)
    shows(output)
    for key, value in (("Home", 0), ("End", 100)):
        slider.press(key)
        shows(output, **{name: value})
        assert slider.get_attribute("aria-valuetext") == f"{value} %"
    output.get_by_role("button", name="Reset").click()
    shows(output)
    slider.press("ArrowRight")
    text = slider.get_attribute("aria-valuetext").removesuffix(" %")
    shows(output, **{name: float(text)})
    assert float(text) == pytest.approx(step, abs=0.51)
    output.get_by_role("button", name="Reset").click()
    shows(output)


def test_dragging_counts_without_a_word_to_the_kernel(place, page):
    output = place("people")
    slider = output.get_by_role("slider").nth(0)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    before, said = len(page.sent), output.locator(".snx-said").inner_text()
    for step in range(1, 11):
        page.mouse.move(box["x"] + 12 * step, box["y"] + box["height"] / 2)
    expect(output.locator(".snx-said")).not_to_have_text(said)
    assert len(page.sent) == before
    page.mouse.up()
    output.get_by_role("button", name="Reset").click()
    shows(output)


def test_a_cell_reads_and_moves_the_people(place, page, lab):
    output = place("people")
    lab.ask(page, "crowd.set(prevalence=0.081, specificity=86.7)")
    shows(output, prevalence=0.081, specificity=86.7)
    output.get_by_role("slider").nth(1).press("End")
    shows(output, prevalence=0.081, specificity=86.7, sensitivity=100)
    expected = sentence(tree(100, 86.7, 0.081), "lupus")
    lab.heard(page, "crowd.sentence", lambda said: said == expected)
    output.get_by_role("button", name="Reset").click()
    shows(output)


# -- criteria -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, cell, start", [("sle_2019", "lupus", set()), ("ra_2010", "arthritis", {"swelling"})]
)
def test_every_finding_can_be_ticked(place, page, lab, name, cell, start):
    output, ticked = place(cell), set(start)
    boxes, status = output.get_by_role("checkbox"), output.get_by_role("status")
    assert boxes.count() == len(items(CRITERIA[name]))
    expect(output).to_contain_text(CAUTION)
    for number, finding in enumerate(items(CRITERIA[name])):
        boxes.nth(number).press("Space")
        ticked ^= {finding}
        expect(status).to_have_text(score(ticked, name).sentence)
        expect(output.locator(".snx-total")).to_have_text(str(score(ticked, name).points))
    assert boxes.nth(1).is_checked()
    expect(output.get_by_text("(another one counts)").first).to_be_visible()
    output.get_by_role("button", name="Reset").click()
    expect(status).to_have_text(score((), name).sentence)
    assert not boxes.nth(1).is_checked()
    lab.ask(page, f"{cell}.ticked = {sorted(start)!r}")
    expect(status).to_have_text(score(start, name).sentence)


# -- everywhere ---------------------------------------------------------------------------------------


def test_keys_stay_with_the_control(place, page):
    before = page.locator(".jp-Notebook .jp-Cell").count()
    for control in (
        place("lupus").get_by_role("checkbox").first,
        place("people").get_by_role("slider").first,
        place("lupus").get_by_role("button").first,
    ):
        control.focus()
        for key in ("a", "b", "x", "d", "d"):
            page.keyboard.press(key)
        assert control.evaluate("node => node === document.activeElement")
    assert page.locator(".jp-Notebook .jp-Cell").count() == before


def test_axe_finds_nothing_after_the_answers(page):
    check_axe(page)


def test_on_a_phone_nothing_is_cut_off(page):
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    page.set_viewport_size({"width": 390, "height": 800})
    for name in PLACES:
        for box in output_of(page, name).locator(".snx-card, .snx-people").all():
            wide, room = box.evaluate("node => [node.scrollWidth, node.clientWidth]")
            assert 200 < wide <= room < 390
    page.set_viewport_size({"width": 1280, "height": 1000})
    assert page.complaints == []


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The same notebook, executed without a browser."""
    from nbclient import NotebookClient

    folder = tmp_path_factory.mktemp("executed")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells(folder / "kept")],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    NotebookClient(notebook, timeout=DEADLINE, store_widget_state=True).execute()
    nbformat.write(notebook, folder / "instruments.ipynb")
    return folder / "instruments.ipynb"


def test_an_executed_notebook_passes_nbval(executed):
    found = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--nbval",
            "-c",
            "/dev/null",
            str(executed),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert found.returncode == 0, found.stdout


def test_an_executed_notebook_shows_words_and_pictures_and_keeps_secrets(executed):
    notebook = nbformat.read(executed, 4)
    for number, _ in PLACES.values():
        live, still = notebook.cells[number].outputs
        assert live.data["text/plain"].endswith(".") and still.data["text/html"].startswith(
            '<div class="snx-still">'
        )
    assert notebook.cells[8].outputs[0].data["text/plain"] == people(97.8, 90.2, 1, disease="lupus").said
    assert {
        number
        for number, cell in enumerate(notebook.cells)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    } == {7, 8, 9, 10}
    assert question("02-thymus").explanation not in executed.read_text()
    sizes = [
        len(json.dumps(model["state"]))
        for model in notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
    ]
    assert max(sizes) < 40_000


def test_a_notebook_opened_without_running_shows_the_words(page, lab, executed):
    (lab.folder / "executed-instruments.ipynb").write_text(executed.read_text())
    opened = "path => { window.jupyterapp.commands.execute('docmanager:open', { path }); }"
    page.evaluate(opened, "executed-instruments.ipynb")
    still = page.locator(".snx-still", has_text="Children with a broken FOXP3 gene")
    expect(still.last).to_be_visible()
    expect(still.first).to_be_hidden()  # the live notebook's own, below the widget
    page.evaluate("() => window.jupyterapp.shell.currentWidget.close()")
