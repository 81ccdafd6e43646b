"""`make release` proves first and swaps afterwards; what fails leaves release/ and the gradebook as they were."""

import shutil
import subprocess

import nbformat
import pytest

from safegrade.marking import trial
from tools import coursework, release
from tools.coursework import Course
from tools.nbgrader_commands import CommandFailed, at_home, nbgrader

ASSIGNMENT = "00_start_here"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A repository with one assignment, which was released and handed in."""
    folder = tmp_path_factory.mktemp("repository")
    with at_home(folder / "home"):
        course = Course(folder / "root", ASSIGNMENT)
        course.run("generate_assignment")
        course.hand_in("ann", course.reference())
        yield folder / "root"


@pytest.fixture
def root(made, tmp_path, monkeypatch):
    shutil.copytree(made, tmp_path / "root")
    monkeypatch.setattr(coursework, "ROOT", tmp_path / "root")
    return tmp_path / "root"


def held(root):
    """What a release that fails may not change."""
    return {path.relative_to(root): path.read_bytes() for path in (root / "release").rglob("*") if path.is_file()}, (root / "gradebook.db").read_bytes()


def changed(root, change):
    path = root / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def breaks_a_test(notebook):
    test = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code")
    test.source += "\nassert False, 'never'"


def drops_a_question(notebook):
    names = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    notebook.cells = [cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith(names[-1])]


def test_a_proof_that_fails_leaves_all_as_it_was(root):
    before = held(root)
    changed(root, breaks_a_test)
    with pytest.raises(CommandFailed, match="gives the instructor's own answer 0 of"):
        release.release(ASSIGNMENT, root)
    assert held(root) == before


def test_what_the_trial_of_a_release_has_found_out_spares_marking_one(root, monkeypatch):
    release.release(ASSIGNMENT, root)
    monkeypatch.setattr(trial, "try_all", lambda *_: pytest.fail("it was tried once more"))
    nbgrader("autograde", ASSIGNMENT, folder=root)


def test_a_question_that_is_dropped_after_work_was_marked_is_told_and_nothing_is_lost(root):
    nbgrader("autograde", ASSIGNMENT, folder=root)
    before = held(root)
    changed(root, drops_a_question)
    with pytest.raises(CommandFailed) as failure:
        release.release(ASSIGNMENT, root)
    assert held(root) == before
    told = release.why(ASSIGNMENT, failure.value)
    assert "give it 0 points" in told and f"nbgrader db assignment remove {ASSIGNMENT} --force" in told


def test_what_the_refusal_says_helps(root):
    nbgrader("autograde", ASSIGNMENT, folder=root)
    changed(root, drops_a_question)
    nbgrader("db", "assignment", "remove", ASSIGNMENT, "--force", folder=root)
    release.release(ASSIGNMENT, root)
    nbgrader("autograde", ASSIGNMENT, folder=root)
    assert (root / "autograded" / "ann" / ASSIGNMENT).is_dir()


def test_an_assignment_that_there_is_not_is_named():
    with pytest.raises(SystemExit, match="99_nothing: unknown; source/ holds 00_start_here"):
        release.main(["99_nothing"])


@pytest.mark.parametrize("words, makes", [([], "tools.release"), (["LESSON=02_self_and_nonself"], "tools.release 02_self_and_nonself")])
def test_make_release_makes_all_or_one(words, makes):
    printed = subprocess.run(["make", "--no-print-directory", "--dry-run", "release", *words], cwd=release.ROOT, check=True, capture_output=True, text=True).stdout
    assert printed.strip().splitlines()[-1].strip().endswith(makes)
