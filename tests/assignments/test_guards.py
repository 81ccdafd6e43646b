"""The guards bark: each way to spoil an assignment is found."""

import re

import nbformat
import pytest
from nbformat.v4 import new_output

from tests.assignments.rules import HIDDEN, faults, leaks, secrets
from tools.coursework import ROOT, Course
from tools.nbgrader_commands import CommandFailed, by_grade_id, write

ASSIGNMENT = "02_self_and_nonself"  # it has every kind of question


def read(step):
    return nbformat.read(ROOT / step / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)


def cells(notebook, *, solution, kind="code"):
    """The answer cells or the test cells of a notebook."""
    return [cell for cell in by_grade_id(notebook).values() if cell.cell_type == kind
            and (cell.metadata.nbgrader.solution if solution else cell.metadata.nbgrader.grade)]


def hidden(notebook):
    """The first cell with hidden tests."""
    return next(cell for cell in cells(notebook, solution=False) if HIDDEN.search(cell.source))


def remove_the_hidden_tests(notebook):
    cell = hidden(notebook)
    cell.source = re.sub(r"### BEGIN HIDDEN TESTS[\s\S]*### END HIDDEN TESTS", "", cell.source)


def remove_the_solution_markers(notebook):
    cell = cells(notebook, solution=True)[0]
    cell.source = "\n".join(line for line in cell.source.splitlines() if "SOLUTION" not in line)


def remove_the_visible_test(notebook):
    notebook.cells.remove(by_grade_id(notebook)[f"{cells(notebook, solution=True)[0].id}-check"])


def show_what_is_hidden(notebook):
    hidden(notebook).source = hidden(notebook).source.replace("what=", "show=True, what=")


def lean_on_another_cell(notebook):
    hidden(notebook).source = hidden(notebook).source.replace("import safegrade_check as check", "")


def remove_the_rubric(notebook):
    notebook.cells.remove(by_grade_id(notebook)[f"{cells(notebook, solution=True, kind='markdown')[0].id}-rubric"])


def give_a_point_more(notebook):
    hidden(notebook).metadata.nbgrader.points += 1


def use_a_random_grade_id(notebook):
    hidden(notebook).metadata.nbgrader.grade_id = "cell-5F3a9"


def stop_the_page(notebook):
    hidden(notebook).metadata.tags = []


def save_a_run(notebook):
    cells(notebook, solution=True)[0].execution_count = 3
    cells(notebook, solution=True)[0].outputs = [new_output("stream", text="3")]


SPOILT = {
    remove_the_hidden_tests: "has not a hidden test",
    remove_the_solution_markers: "has not solution markers",
    remove_the_visible_test: "has not a visible test",
    show_what_is_hidden: "shows what it hides",
    lean_on_another_cell: "leans on check",
    remove_the_rubric: "has not a hidden rubric",
    give_a_point_more: "its first cell has not",
    use_a_random_grade_id: "is not words joined by hyphens",
    stop_the_page: "would stop the run of the page",
    save_a_run: "has an execution count",
}


@pytest.mark.parametrize("spoil, found", SPOILT.items(), ids=[spoil.__name__ for spoil in SPOILT])
def test_a_spoilt_source_is_found(spoil, found):
    notebook = read("source")
    spoil(notebook)
    assert any(found in fault for fault in faults(notebook))


def test_every_line_of_a_solution_a_hidden_test_or_a_rubric_would_be_found():
    source, release = read("source"), read("release")
    release.metadata["note"] = {"kept": [f"    {secret}" for secret in secrets(source)]}
    assert leaks(source, release) == [f"the release tells: {secret}" for secret in sorted(secrets(source))]


def test_a_saved_run_in_the_release_is_found():
    release = read("release")
    save_a_run(release)
    assert len(leaks(read("source"), release)) == 2


def test_a_marker_in_the_release_is_found():
    assert "the release holds BEGIN SOLUTION" in leaks(read("source"), read("source"))


@pytest.mark.parametrize("spoil", [remove_the_hidden_tests, remove_the_solution_markers], ids=lambda spoil: spoil.__name__)
def test_a_spoilt_source_gives_another_release(home, tmp_path, spoil):
    course = Course(tmp_path, ASSIGNMENT)
    notebook = course.read("source")
    spoil(notebook)
    write(notebook, course.path("source"))
    course.run("generate_assignment", "--no-db")
    assert course.path("release").read_bytes() != (ROOT / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()


def test_a_solution_without_its_end_is_refused(home, tmp_path):
    course = Course(tmp_path, ASSIGNMENT)
    course.path("source").write_text(course.path("source").read_text().replace("### END SOLUTION", "", 1))
    with pytest.raises(CommandFailed, match="no end solution statement found"):
        course.run("generate_assignment", "--no-db")
    assert not course.path("release").exists()
