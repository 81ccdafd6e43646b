"""What every lesson promises, read from the notebook as it is saved."""

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from autoimmune.data import facts

COURSE = Path(__file__).parents[2] / "course"
LESSONS = sorted(COURSE.glob("*.ipynb"))
LONGEST_CELL, USUAL_CELL = 12, 5
DOI = r"\(https://doi\.org/((?:[^()\s]|\([^()\s]*\))+)\)"  # the Lancet's have brackets

pytestmark = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)


def cells(path, kind):
    return [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == kind]


def prose(path):
    return "\n\n".join(cell.source for cell in cells(path, "markdown"))


def compared(cell):
    """Whether nbval holds an output of this cell against a new run."""
    return bool(cell.outputs) and "nbval-ignore-output" not in cell.metadata.get("tags", [])


def test_outputs_are_saved_and_compared(lesson):
    """nbval silently compares nothing when a notebook was saved without outputs or execution counts."""
    code = cells(lesson, "code")
    assert all(cell.execution_count for cell in code), f"run `make lessons`: {lesson.name} was saved without execution counts"
    assert any(compared(cell) for cell in code), f"run `make lessons`: {lesson.name} holds no output that is compared"


def test_saved_without_an_error(lesson):
    assert not [output for cell in cells(lesson, "code") for output in cell.outputs if output.output_type == "error"]


def test_nothing_needs_a_kernel_to_be_read(lesson):
    """A picture is a PNG with its sentence; a widget is that, or is followed by its own words."""
    for cell in cells(lesson, "code"):
        shown = [output.data for output in cell.outputs if "data" in output]
        for data, after in pairwise([*shown, {}]):
            widget = "application/vnd.jupyter.widget-view+json" in data
            assert "image/svg+xml" not in data, f"{cell.id}: SVG differs in each run"
            assert not widget or "snx-still" in after.get("text/html", ""), f"{cell.id}: nothing to read without a kernel"
            if widget or "image/png" in data:
                assert re.match(r"[A-Z].*\.$", data["text/plain"], re.DOTALL), f"{cell.id}: no sentence"


def test_headings_are_in_order(lesson):
    levels = [len(mark) for mark in re.findall(r"^(#+) ", prose(lesson), re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(right - left <= 1 for left, right in pairwise(levels))


def test_code_cells_are_short(lesson):
    lengths = [len(cell.source.splitlines()) for cell in cells(lesson, "code")]
    assert max(lengths) <= LONGEST_CELL
    assert sum(length <= USUAL_CELL for length in lengths) > len(lengths) / 2


def test_no_helper_is_defined_in_a_lesson(lesson):
    assert not [cell.id for cell in cells(lesson, "code") if re.search(r"^\s*(def|class) ", cell.source, re.MULTILINE)]


def test_cell_ids_can_be_read(lesson):
    notebook = nbformat.read(lesson, 4)
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", cell.id) for cell in notebook.cells)


def test_says_what_it_is_for_and_how_long(lesson):
    text = prose(lesson)
    assert "**You will be able to**" in text and "**Builds on:**" in text and "## Recap" in text
    assert "**New words.**" in text and re.search(r"\*\*Sources?[.*]", text)
    assert "nothing in it is medical advice" in text


def test_new_words_are_few_and_stand_in_the_glossary(lesson):
    paragraph = re.search(r"\*\*New words\.\*\*(.*?)(?=\n\n|\Z)", prose(lesson), re.DOTALL)[1]
    new = {word.casefold() for word in re.findall(r"\*([^*]+)\*", paragraph)} - {"cell", "organ-specific or systemic"}
    known = {term.casefold() for term in facts.glossary().index} | {"mhc"}
    assert len(new) <= 15 and new <= known, sorted(new - known)


def test_minutes_add_up(lesson):
    total = int(re.search(r"\*\*Time:\*\* about (\d+) minutes", prose(lesson))[1])
    parts = [int(minutes) for minutes in re.findall(r"^## .*\((\d+) minutes?\)$", prose(lesson), re.MULTILINE)]
    assert 0.9 * total <= sum(parts) <= total


def test_minutes_are_honest(lesson):
    """No lesson is longer than 75 minutes, and none asks for more than 62 words a minute.

    What is folded away is not counted, and the minutes hold the questions, the drawings and the sums as well.
    """
    total = int(re.search(r"\*\*Time:\*\* about (\d+) minutes", prose(lesson))[1])
    read = re.sub(r"<details>.*?</details>|\]\([^)]*\)+", "", prose(lesson).rpartition("**Source")[0], flags=re.DOTALL)
    assert total <= 75 and len(re.findall(r"[A-Za-z][\w'’-]*", read)) <= 62 * total


OF_DATA_OR_DRAWINGS = {  # what is seen here is counted, or follows from the definition; the rest is what a model does
    ("05", "risk-explain"), ("05", "together-explain"), ("05", "many-explain"), ("08", "power-explain"),
    *(("06", name) for name in ("criteria-explain", "positive-explain", "cutoff-explain", "scan-explain")),
}


def test_what_was_seen_in_a_model_is_said_of_the_model(lesson):
    for cell in nbformat.read(lesson, 4).cells:
        if cell.cell_type == "markdown" and "**What you saw" in cell.source and (lesson.name[:2], cell.id) not in OF_DATA_OR_DRAWINGS:
            assert re.search(r"\*\*What you saw in this (model|cartoon)\.\*\*", cell.source), cell.id


def test_what_was_fitted_is_not_called_a_prediction(lesson):
    """A heritability that was worked out from twins cannot predict twins, and the text says so."""
    fitted = facts.load("twins_heritability").dropna(subset=["fitted_to", "heritability"])["heritability"]
    cells = nbformat.read(lesson, 4).cells
    for place, cell in enumerate(cells):
        given = re.findall(r"twin_concordance\([^)]*h2=([\d.]+)", cell.source) if cell.cell_type == "code" else []
        if any(abs(float(share) - fitted).min() < 0.005 for share in given):
            around = " ".join(near.source for near in cells[place - 1:place + 2] if near.cell_type == "markdown")
            assert not re.search(r"\bpredict|\bforecast", around) and "worked out from these very twins" in around


def test_links_lead_somewhere(lesson):
    links = re.findall(r"\[([^\]]+)\]\(([^)]+)\)", prose(lesson))
    for words, target in links:
        assert words.strip().lower() not in {"here", "link", "this"}, f"{target}: say where the link leads"
        if not re.match(r"https://doi\.org/10\.\d+/|https://|#", target):
            assert (COURSE / target).exists(), f"{target} does not exist"


def test_cited_sources_are_listed(lesson):
    """Each DOI linked in the text stands in full under Sources, and each listed source is cited."""
    body, _, listed = prose(lesson).rpartition("**Source")
    assert set(re.findall(DOI, listed)) >= set(re.findall(DOI, body))
