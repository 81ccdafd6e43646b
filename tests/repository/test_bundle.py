"""What learners are given holds no solution, no hidden test and no proof, and is enough to work with."""

import re
import subprocess
import sys
import tomllib

import nbformat
import pytest

from testing.deadlines import DEADLINE
from tools.bundle import ROOT, bundle, makefile, tracked
from tools.coursework import ASSIGNMENTS

BETWEEN = re.compile(r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)### END (?:SOLUTION|HIDDEN TESTS)", re.DOTALL)
TELLING = 24  # letters of a line that is no common phrase of Python's


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    return bundle(tmp_path_factory.mktemp("given") / "course")


@pytest.fixture(scope="module")
def words(given):
    """All text that is given, by file; of notebooks and tables what a reader finds in them."""
    texts = {}
    for path in given.rglob("*"):
        if path.is_file():
            raw = path.read_bytes().decode("utf-8", "replace")
            texts[str(path.relative_to(given))] = "\n".join(cell.source for cell in nbformat.reads(raw, 4).cells) if path.suffix == ".ipynb" else raw
    return texts


def lines(text):
    """The telling lines of a piece of code or of an answer."""
    return {line.strip() for line in text.splitlines() if len(line.strip()) >= TELLING and not line.strip().startswith(("import ", "from "))}


def secrets(assignment):
    """The lines of an assignment's solutions, hidden tests and proofs that the instructor does not give to learners anyway."""
    source = nbformat.read(ROOT / "source" / assignment / f"{assignment}.ipynb", 4)
    whole = "\n".join(cell.source for cell in source.cells)
    proofs = tomllib.loads((ROOT / "tests" / "assignments" / "proofs" / f"{assignment}.toml").read_text(encoding="utf-8"))
    answers = [row.get("code") or row["text"] for kinds in proofs.values() for rows in kinds.values() for row in rows]
    on_purpose = BETWEEN.sub("", whole)
    return {line for piece in [*BETWEEN.findall(whole), *answers] for line in lines(piece) if line not in on_purpose}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_no_line_of_a_solution_a_hidden_test_or_a_proof_is_given(words, assignment):
    found = {name: [line for line in secrets(assignment) if line in text] for name, text in words.items()
             if name.endswith((".ipynb", ".toml", ".csv", ".md"))}
    assert {name: told for name, told in found.items() if told} == {}


def test_the_folders_of_the_workshop_are_not_given(given):
    assert {path.name for path in given.iterdir()} == {
        "README.md", "Makefile", "LICENSE", "LICENSE-CONTENT", "CITATION.cff", "course", "release", "src", "packages", "tools", "jupyter_lab_config.py",
        "pyproject.toml", "uv.lock", "environment.yml"}
    assert not [path for path in given.rglob("*") if path.suffix == ".db" or "proof" in path.parts]


def test_only_what_git_tracks_is_given(given):
    made = {"README.md", "Makefile"}
    assert {str(path.relative_to(given)) for path in given.rglob("*") if path.is_file()} - made <= set(tracked())


def test_what_is_there_already_is_not_written_over(given):
    with pytest.raises(FileExistsError):
        bundle(given)


def test_its_makefile_opens_the_course_and_does_nothing_else(given):
    text = (given / "Makefile").read_text()
    assert re.findall(r"^([a-z./]+):(?!=)", text, re.MULTILINE) == ["lab", ".uv/bin/uv"]
    assert text == makefile((ROOT / "Makefile").read_text())
    planned = subprocess.run(["make", "--dry-run", "lab", "UV=/bin/true", "BROWSER=0"], cwd=given, capture_output=True, text=True, timeout=DEADLINE, check=True)
    assert "tools.desk" in planned.stdout and "--no-browser" in planned.stdout


def test_a_learner_can_import_and_check_an_answer_in_it(given):
    """The given packages are enough; nothing of this repository is on the path."""
    code = ("import autoimmune, safegrade_check; from autoimmune.data import facts; from autoimmune.views.self_tolerance import tolerance; "
            "print(autoimmune.__file__, len(facts.glossary()) > 0, tolerance().said[:20])")
    ran = subprocess.run([sys.executable, "-c", code], cwd=given, env={"PYTHONPATH": str(given / "src"), "PATH": "/usr/bin:/bin", "HOME": str(given)},
                         capture_output=True, text=True, timeout=DEADLINE, check=True)
    assert ran.stdout.startswith(str(given / "src")) and " True " in ran.stdout
