"""Skeletons: complete, refused by the tests until they are filled in, and never over what is there."""

import runpy
import shutil
from pathlib import Path

import nbformat
import pytest

from autoimmune.learning import questions
from tools import contents, new
from tools.nbgrader_commands import by_grade_id

TEXTS = ("course", "source", "src", "tests/models", "tests/assignments/proofs", "packages")
OTHER = {".ipynb", ".py", ".toml", ".csv", ".md"}


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A course with one assignment, in which something is made."""
    monkeypatch.setattr(new, "ROOT", tmp_path)
    monkeypatch.setattr(contents, "ROOT", tmp_path)
    for part in ("source/02_self_and_nonself/02_self_and_nonself.ipynb", "tests/assignments/proofs/02_self_and_nonself.toml"):
        (tmp_path / part).parent.mkdir(parents=True)
        shutil.copy(Path(__file__).parents[2] / part, tmp_path / part)
    return tmp_path


def test_nothing_that_has_to_be_filled_in_is_left():
    files = [path for part in TEXTS for path in (Path(__file__).parents[2] / part).rglob("*") if path.suffix in OTHER]
    assert [path for path in files if new.GAP in path.read_text(encoding="utf-8")] == []


def test_a_new_lesson_has_all_its_parts_and_stands_in_the_list(root):
    made = new.lesson("09_living_with_it", "Living with it")
    assert [path.relative_to(root).parts[0] for path in made] == ["course", "source", "tests", "src"]
    assert all(new.GAP in path.read_text() or path.suffix == ".toml" for path in made)
    assert contents.row(made[0]) | {"question": ""} == {
        "name": "09_living_with_it", "title": "Living with it", "question": "", "minutes": 70, "builds_on": ["00"], "patients": [], "points": 0}
    questions.collected([questions.tomllib.loads(made[3].read_text())])


def test_a_new_question_has_its_cells_and_its_proof(root):
    before = by_grade_id(nbformat.read(root / "source/02_self_and_nonself/02_self_and_nonself.ipynb", 4))
    source, proof = new.question("02_self_and_nonself", "peak-day")
    notebook = nbformat.read(source, 4)
    assert by_grade_id(notebook).keys() - before.keys() == {"peak-day", "peak-day-check", "peak-day-hidden"}
    assert notebook.cells[-1].id == "hand-in" and contents.counts(notebook) == (22, 9)
    assert questions.tomllib.loads(proof.read_text())["peak-day"].keys() == {"right", "wrong"}


def test_a_new_model_reads_as_one(root):
    path, _ = new.model("baccam_2006", "Influenza in target cells")
    made = runpy.run_path(str(path))["model"]
    assert made.title == "Influenza in target cells" and not made.source.doi_resolved


@pytest.mark.parametrize("make, words, said", [
    (new.model, ("Baccam", "x"), "'Baccam' is not a name such as baccam_2006"),
    (new.lesson, ("living", "x"), "'living' is not a name such as 09_living"),
    (new.question, ("99_x", "peak-day"), "there is no assignment '99_x'; there are 02_self_and_nonself"),
    (new.question, ("02_self_and_nonself", "quiet-day"), "has a question quiet-day already"),
])
def test_what_cannot_be_made_is_named_and_nothing_is_written(root, make, words, said):
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with pytest.raises((ValueError, FileExistsError), match=said):
        make(*words)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_a_question_without_a_proof_to_write_it_into_changes_nothing(root):
    proof, source = (root / part / "02_self_and_nonself" for part in ("tests/assignments/proofs", "source/02_self_and_nonself"))
    proof.with_suffix(".toml").unlink()
    before = source.with_suffix(".ipynb").read_bytes()
    with pytest.raises(ValueError, match="has no proof tests/assignments/proofs/02_self_and_nonself.toml"):
        new.question("02_self_and_nonself", "peak-day")
    assert source.with_suffix(".ipynb").read_bytes() == before


def test_what_comes_then_stands_on_a_page_for_contributors():
    text = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert all(f"## {page}\n" in text for page in new.PAGES.values())


def test_what_is_there_is_not_written_over(root):
    path, _ = new.model("baccam_2006", "x")
    with pytest.raises(FileExistsError, match=r"src/autoimmune/models/baccam_2006.py is there already"):
        new.model("baccam_2006", "y")
    assert '"x"' in path.read_text()
