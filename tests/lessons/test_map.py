"""The map of the course, and the table that it is drawn from, say what the notebooks say."""

from dataclasses import replace

import nbformat
import pytest

from autoimmune.learning.lessons import lesson, lessons
from autoimmune.views.course_map import course_map
from tools import contents


def test_the_list_says_what_the_notebooks_say():
    assert contents.LIST.read_text(encoding="utf-8") == contents.listed(), "run `make pages`, then `make lessons LESSON=00_start_here`"


def test_the_tables_of_lessons_are_those_of_the_list():
    readme, first = (contents.ROOT / "README.md").read_text(encoding="utf-8"), nbformat.read(contents.ROOT / "course" / "00_start_here.ipynb", 4)
    cell = next(cell.source for cell in first.cells if cell.id == "map-lessons")
    assert contents.tables(readme, cell) == (readme, cell), "run `make pages`"


def test_a_first_cell_that_lacks_something_is_named(tmp_path):
    path = tmp_path / "09_new.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# New", id="title")]), path)
    with pytest.raises(ValueError, match=r"09_new.ipynb: its first cell needs .*Builds on"):
        contents.row(path)


def test_texts_follow_the_points_and_questions_of_an_assignment():
    of = {"02_x": (21, 9), "": (21, 9)}
    assert contents.counted("**Marks:** 20 points for 8 questions. `release/02_x/02_x.ipynb`, 20 points.", of) == (
        "**Marks:** 21 points for 9 questions. `release/02_x/02_x.ipynb`, 21 points.")


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
