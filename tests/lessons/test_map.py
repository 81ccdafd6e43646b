"""The map of the course, and the table that it is drawn from, say what the notebooks say."""

import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from autoimmune.learning.lessons import lesson, lessons
from autoimmune.views.course_map import course_map

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "course").glob("*.ipynb"))
FILL_IN = "fill in src/autoimmune/lessons.toml, then run `make pages` and `make lessons`"


def words(path):
    return "\n\n".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown")


def patients(text):
    """The patients whom a lesson speaks of, as in "Patient A" or "Patients A and B"."""
    return tuple(sorted(set("".join(re.findall(r"\b[Pp]atients?\W{1,3}([AB](?: and [AB])?)\b", text))) & {"A", "B"}))


def test_a_lesson_has_minutes_when_it_has_a_notebook():
    assert [each.name for each in lessons() if each.written] == [path.stem for path in FILES], FILL_IN


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_its_row_says_what_the_notebook_says(path):
    row, text = lesson(path.stem[:2]), words(path)
    first = text.split("\n", 1)[0]
    builds = re.search(r"\*\*Builds on:\*\*(.*)", text)[1]
    assert (row.name, f"# {row.title}") == (path.stem, first), FILL_IN
    assert row.minutes == int(re.search(r"\*\*Time:\*\* about (\d+) minutes", text)[1]), FILL_IN
    assert row.builds_on == tuple(re.findall(r"\((\d\d)(?:_\w+\.ipynb)?\)", builds)), FILL_IN
    assert row.patients == patients(text), FILL_IN


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_its_row_says_what_the_assignment_gives(path):
    marked = nbformat.read(ROOT / "release" / path.stem / f"{path.stem}.ipynb", 4)
    assert lesson(path.stem[:2]).points == sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in marked.cells), FILL_IN


def test_a_lesson_builds_on_earlier_ones():
    known = [each.number for each in lessons()]
    assert known == sorted(known)
    assert all(before in known[:known.index(each.number)] for each in lessons() for before in each.builds_on)


def test_an_unknown_lesson_is_named():
    with pytest.raises(ValueError, match="no lesson '9'. Allowed: 00, 01"):
        lesson("9")


COURSE = (replace(lesson("00"), minutes=20), replace(lesson("01"), minutes=50, patients=("B",)),
          replace(lesson("02"), builds_on=("00", "01"), minutes=0))


def test_the_map_says_what_it_shows():
    drawing = course_map(COURSE)
    assert drawing.said == (
        "The course has 3 lessons. 00 and 01 take 70 minutes in all; 02 is in preparation. 01 builds on 00; 02 builds on 00 and 01. "
        "You meet patient A in 00; patient B in 00 and 01. Assignments give 5 points in 00; 20 points in 01.")
    (axes,) = drawing.figure.axes
    shown = [text.get_text() for text in axes.texts]
    assert [shown.count(words) for words in ("A", "B", "20", "50", "5 points", "20 points", "in preparation")] == [1, 2, 1, 1, 1, 1, 1]
    assert {"00", "01", "02", "Start here", "The immune response", "Self and non-self"} <= set(shown)


def test_the_map_has_a_dot_where_a_lesson_builds_on_another():
    (axes,) = course_map(COURSE).figure.axes
    stations = {text.get_text(): text.get_position() for text in axes.texts if text.get_text() in {"00", "01", "02"}}
    dots = [tuple(dot.get_offsets()[0]) for dot in axes.collections]
    assert dots == [(stations[before][0], stations[after][1]) for before, after in (("00", "01"), ("00", "02"), ("01", "02"))]


def test_nothing_on_the_map_of_the_course_covers_another_word():
    drawing = course_map()
    assert drawing.png.startswith(b"\x89PNG")
    (axes,) = drawing.figure.axes
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not [(one, other) for k, one in enumerate(boxes) for other in boxes[:k] if one.overlaps(other)]
    width, height = drawing.figure.bbox.size
    assert all(0 <= box.x0 and box.x1 <= width and 0 <= box.y0 and box.y1 <= height for box in boxes)
