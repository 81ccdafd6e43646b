"""Skeletons of a lesson, a model and a graded question: `make new-lesson`, `make new-model`, `make new-question`.

    lesson(name, title)          its notebook, its assignment, its proof and its quiz
    model(name, title)           its file and its tests
    question(lesson, name)       its cells in the assignment, before the hand-in, and its proof

What has to be written stands as FILL IN; a test fails while one is left.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[1]
GAP = "FILL IN"
PAGES = {"lesson": "A lesson", "model": "A model, and a view of it", "question": "A graded question, with its proof"}
USE = """say what to make:
    make new-lesson NAME=09_living_with_it TITLE="Living with it"
    make new-model NAME=baccam_2006 TITLE="Influenza in target cells"
    make new-question LESSON=02_self_and_nonself NAME=peak-day"""


def main(words: list[str]) -> int:
    """Make what the words name, and say which files are there now and what comes next."""
    kinds = {"lesson": (lesson, 2), "model": (model, 2), "question": (question, 2)}
    if not words or words[0] not in kinds or len(words) - 1 != kinds[words[0]][1] or not all(words):
        sys.exit(USE)
    try:
        made = kinds[words[0]][0](*words[1:])
    except (ValueError, FileExistsError) as error:
        sys.exit(f"nothing was made: {error}")
    print("\n".join([*(str(path.relative_to(ROOT)) for path in made), f"Write what stands as {GAP}; what comes then, CONTRIBUTING.md says under {PAGES[words[0]]!r}."]))
    return 0


def named(name: str, pattern: str, example: str) -> None:
    """ValueError unless a name is as the course names such things."""
    if not re.fullmatch(pattern, name):
        raise ValueError(f"{name!r} is not a name such as {example}")


def write(texts: dict[Path, str]) -> list[Path]:
    """Write new files; FileExistsError, and nothing written, if one is there already."""
    if there := [path for path in texts if path.exists()]:
        raise FileExistsError(f"{there[0].relative_to(ROOT)} is there already")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(texts)


# -- a lesson ----------------------------------------------------------------------------------------------------------


def lesson(name: str, title: str) -> list[Path]:
    """A lesson with its assignment, proof and quiz."""
    named(name, r"\d\d_[a-z0-9]+(_[a-z0-9]+)*", "09_living_with_it")
    texts = {
        ROOT / "course" / f"{name}.ipynb": text_of(pages(name, title), f"FILL IN the question of {title}?"),
        ROOT / "source" / name / f"{name}.ipynb": text_of(assignment(name, title)),
        ROOT / "tests" / "assignments" / "proofs" / f"{name}.toml": PROOF_HEAD,
        ROOT / "src" / "autoimmune" / "learning" / "quizzes" / f"{name}.toml": QUIZ.replace("NN", name[:2]),
    }
    return write(texts)


def text_of(cells: list, question: str = "") -> str:
    """A notebook's file; `question` goes where `make pages` looks for it."""
    notebook = new_notebook(cells=cells, metadata={"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
                                                   "language_info": {"name": "python"}})
    if question:
        notebook.cells[0].metadata["question"] = question
    return nbformat.writes(notebook) + "\n"


def pages(name: str, title: str) -> list:
    """The cells of a lesson, in the order that all lessons have."""
    number = name[:2]
    said, code = new_markdown_cell, new_code_cell
    return [
        said(LESSON_HEAD.format(title=title), id="title"),
        said("## Before you start: questions from memory (3 minutes)", id="retrieval"),
        code(f'from autoimmune.learning.questions import retrieval\nfrom autoimmune.widgets.quiz import quiz\n\nquiz(*retrieval("{number}"))', id="retrieval-quiz"),
        said(f"## FILL IN: the first idea (15 minutes)\n\n{GAP}: what is asked, what one sees, where it comes from.", id="first"),
        code(f'from autoimmune.widgets.predict import predict\n\nfirst = predict("{GAP}?", ["{GAP}", "{GAP}"], id="{number}-first")\nfirst', id="first-predict"),
        said(f"## Check yourself (4 minutes)\n\n{GAP}: one line.", id="check-yourself"),
        code(f'from autoimmune.widgets.self_check import how_sure, self_check\n\nself_check("{number}")', id="self-check"),
        said(RECAP.format(name=name), id="recap"),
    ]


LESSON_HEAD = """# {title}

**You will be able to**

- FILL IN what is written in the quiz as an objective, word for word.

**Time:** about 70 minutes. **Builds on:** FILL IN (00)."""
RECAP = """## Recap

- FILL IN.

**New words.** FILL IN.

**Assignment:** `release/{name}/{name}.ipynb`, 0 points.

**Sources.** FILL IN.

*This course teaches. It does not diagnose, and nothing in it is medical advice. If something worries you, ask a doctor.*"""
QUIZ = """# Questions on lesson NN. `returns` names the later lessons in which an objective comes back, and the question that asks after it there.

[[objectives]]
id = "NN-first"
text = "FILL IN what is written in the quiz as an objective, word for word"
returns = {}

[[questions]]
id = "NN-first"
kind = "choice"
objective = "NN-first"
prompt = "FILL IN?"
explanation = "FILL IN."
answers = [
    { text = "FILL IN the right one", says = "FILL IN why.", right = true },
    { text = "FILL IN a wrong one that people hold", says = "FILL IN why not." },
]
"""


# -- an assignment and its questions -----------------------------------------------------------------------------------


def assignment(name: str, title: str) -> list:
    """The cells of an assignment without a question."""
    first = nbformat.read(ROOT / "source" / "02_self_and_nonself" / "02_self_and_nonself.ipynb", 4).cells[0].source
    how = first[first.index("## How to answer"):]
    head = f"# Assignment {name[:2]}: {title}\n\n{GAP}: what it asks. It goes with lesson {name[:2]}.\n\n**Marks:** 0 points for 0 questions. **Time:** about 60 minutes.\n\n"
    return [new_markdown_cell(head + how, id="title"), new_markdown_cell("## Hand in\n\nChoose *Kernel → Restart Kernel and Run All Cells…*, save, and hand in.", id="hand-in")]


def question(of: str, name: str) -> list[Path]:
    """A question in code with a check and a hidden test, and what its proof needs."""
    named(name, r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "peak-day")
    path, proof = ROOT / "source" / of / f"{of}.ipynb", ROOT / "tests" / "assignments" / "proofs" / f"{of}.toml"
    if not path.exists():
        raise ValueError(f"there is no assignment {of!r}; there are {', '.join(sorted(each.name for each in (ROOT / 'source').iterdir()))}")
    if not proof.exists():
        raise ValueError(f"{of} has no proof {proof.relative_to(ROOT)}; a file with a comment in it is enough to begin with")
    notebook = nbformat.read(path, 4)
    if name in {cell.id for cell in notebook.cells}:
        raise FileExistsError(f"{of} has a question {name} already")
    place = next((at for at, cell in enumerate(notebook.cells) if cell.id == "hand-in"), len(notebook.cells))
    number = 1 + sum(cell.source.startswith("## Question") for cell in notebook.cells)
    notebook.cells[place:place] = cells_of(name, number)
    nbformat.write(notebook, path)
    proof.write_text(proof.read_text(encoding="utf-8").rstrip() + "\n\n" + PROOF.format(name=name, function=name.replace("-", "_")), encoding="utf-8")
    return [path, proof]


def cells_of(name: str, number: int) -> list:
    """The five cells of a question."""
    function = name.replace("-", "_")
    head = f"## Question {number}. {GAP}\n\n*2 points (check 1, more tests 1) · about 8 minutes*\n\n{GAP}: what to give back, its unit, and how near is right."
    answer = f'def {function}(x):\n    """{GAP} (unit)."""\n    ### BEGIN SOLUTION\n    return {GAP!r}\n    ### END SOLUTION'
    ask = f'check.close(check.call({function}, 1), {GAP!r}, what="{GAP}"'
    check = f'# Check (1 point): {GAP}.\nimport safegrade_check as check\n\n{ask}, show=True)\nprint("The check passes.")'
    hidden = f"# More tests (1 point): {GAP}.\n### BEGIN HIDDEN TESTS\nimport safegrade_check as check\n\n{ask}, ideas={{{GAP!r}: \"{GAP}: why not.\"}})\n### END HIDDEN TESTS"
    return [new_markdown_cell(head, id=f"question-{name}"), graded(name, answer, solution=True), graded(f"{name}-check", check, points=1, folded=True),
            graded(f"{name}-hidden", hidden, points=1)]


def graded(name: str, source: str, *, solution: bool = False, points: int = 0, folded: bool = False):
    """A cell with nbgrader's metadata."""
    data = {"grade": bool(points), "grade_id": name, "locked": not solution, "schema_version": 3, "solution": solution, "task": False}
    return new_code_cell(source, id=name, metadata={"nbgrader": data | ({"points": points} if points else {}), "tags": ["raises-exception"]}
                         | ({"jupyter": {"source_hidden": True}} if folded else {}))


PROOF_HEAD = """# What the assignment has to give for which answer. One table for each answer cell, named by its grade id.
#   right     a correct answer written another way than in source/: full marks
#   wrong     a wrong idea: no marks, and its own message, of which `says` is a part
#   partial   right in one step only: `points`, and a message
# The reference (source/) and the blank (release/) are tried as well.
"""
PROOF = """[[{name}.right]]
name = "FILL IN: right, written another way"
code = '''
def {function}(x):
    return "FILL IN"
'''

[[{name}.wrong]]
name = "FILL IN: a wrong idea that people hold"
code = '''
def {function}(x):
    return "FILL IN"
'''
says = "FILL IN: a part of its message"
"""


# -- a model -----------------------------------------------------------------------------------------------------------


def model(name: str, title: str) -> list[Path]:
    """A model's file and its tests."""
    named(name, r"[a-z]+(_[a-z]+)*_\d{4}", "baccam_2006")
    texts = {ROOT / "src" / "autoimmune" / "models" / f"{name}.py": MODEL.replace("NAME", name).replace("TITLE", title),
             ROOT / "tests" / "models" / f"test_{name}.py": MODEL_TEST.replace("NAME", name)}
    return write(texts)


MODEL = '''"""FILL IN: what the model is for, in a line: TITLE.

FILL IN: what happens in it, and its trap.
"""

from autoimmune.modelling.model import Model, Quantity, Source

model = Model(
    name="NAME",
    title="TITLE",
    time_unit="d",
    equations="""
        dX/dt = -k*X
    """,
    states=(
        Quantity("X", 1.0, "1", "FILL IN"),
    ),
    parameters=(
        Quantity("k", 1.0, "1/d", "FILL IN"),
    ),
    source=Source(
        "FILL IN: authors. Title. Journal year;volume:pages.",
        doi="FILL IN: then open https://doi.org/ with it, and compare the title", doi_resolved=False),
    says="FILL IN.",
    silent_on="FILL IN.",
)
'''
MODEL_TEST = '''"""FILL IN: what the paper's figure or number is that this model gives again."""

import pytest

from autoimmune.models.NAME import model


def test_it_gives_the_number_of_the_paper():
    """FILL IN: figure, page."""
    assert model.simulate(1.0).X.iloc[-1] == pytest.approx("FILL IN")
'''

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
