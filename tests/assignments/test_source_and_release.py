"""The instructor's notebooks keep to the rules, and what is released follows from them and tells nothing."""

import re

import nbformat
import pytest

from tests.assignments.rules import faults, leaks
from tools.coursework import ASSIGNMENTS, ROOT, Course
from tools.nbgrader_commands import by_grade_id, nbgrader

each_assignment = pytest.mark.parametrize("assignment", ASSIGNMENTS)


def notebook(step, assignment):
    return nbformat.read(ROOT / step / assignment / f"{assignment}.ipynb", as_version=4)


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@each_assignment
def test_the_source_keeps_to_the_rules(assignment):
    assert faults(notebook("source", assignment)) == []


@each_assignment
def test_the_release_tells_nothing(assignment):
    assert leaks(notebook("source", assignment), notebook("release", assignment)) == []


def test_nothing_but_assignments_is_released():
    released = {path for path in files(ROOT / "release") if ".ipynb_checkpoints" not in path}
    assert released == {f"{assignment}/{assignment}.ipynb" for assignment in ASSIGNMENTS}


@each_assignment
def test_the_release_is_what_the_source_gives(home, tmp_path, assignment):
    course = Course(tmp_path, assignment)
    course.run("generate_assignment", "--no-db")
    assert files(tmp_path / "release" / assignment) == files(ROOT / "release" / assignment), "run `make release`"


@each_assignment
def test_validating_a_blank_says_in_words_what_each_answer_misses(home, tmp_path, assignment):
    path = tmp_path / "blank.ipynb"
    nbformat.write(notebook("release", assignment), path)
    errors = re.findall(r"The error was:\n\n([\s\S]*?)\n\n", nbgrader("validate", path, folder=tmp_path))
    cells = by_grade_id(notebook("release", assignment))
    expected = ["not attempted yet" if name.endswith("-check") else "You did not provide a response."
                for name, cell in cells.items() if name.endswith("-check") or cell.cell_type == "markdown"]
    said = [" ".join(error.split()) for error in errors]
    assert len(said) == len(expected)
    assert all(words in error for words, error in zip(expected, said, strict=True))
    assert not any("..." in error for error in said), "nbgrader cut a line that is too long"
    assert not any("Traceback" in error for error in said)
