"""The README's table of lessons says what the lessons and the assignments say."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "course").glob("*.ipynb"))
ROW = re.compile(r"^\| (\d\d) \| \[([^\]]+)\]\(course/(\w+)\.ipynb\) \| (\d+) \| \[(\d+) points\]\(release/(\w+)/(\w+)\.ipynb\) \|$", re.MULTILINE)
ROWS = {row[2]: row for row in ROW.findall((ROOT / "README.md").read_text(encoding="utf-8"))}


def test_every_lesson_stands_in_the_readme():
    assert sorted(ROWS) == [lesson.stem for lesson in LESSONS]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_its_row_says_what_it_says(lesson):
    number, title, name, minutes, points, folder, assignment = ROWS[lesson.stem]
    first = nbformat.read(lesson, 4).cells[0].source
    marked = nbformat.read(ROOT / "release" / folder / f"{assignment}.ipynb", 4)
    assert (number, folder, assignment) == (name[:2], name, name)
    assert first.startswith(f"# {title}\n") and f"**Time:** about {minutes} minutes" in first
    assert sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in marked.cells) == int(points)


@pytest.mark.parametrize("lesson", LESSONS[1:], ids=lambda path: path.stem)
def test_lesson_00_links_to_it(lesson):
    assert f"]({lesson.name})" in "".join(cell.source for cell in nbformat.read(LESSONS[0], 4).cells)
