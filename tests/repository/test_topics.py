"""The README's table of topics: each has its lesson, simulation, data and marked question, and they are really there."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from autoimmune.data import cohorts, facts

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([^|]+) \| (\d\d) \| `(\w+)` \| `(\w+)` \| `([\w-]+)` \|$", re.MULTILINE)
TOPICS = ROW.findall((ROOT / "README.md").read_text(encoding="utf-8"))
MISSION = ("antigens", "lymphocytes", "antibodies", "cytokines", "self and non-self", "type 1 diabetes", "rheumatoid arthritis",
           "multiple sclerosis", "lupus", "genes", "environment", "infections", "hormones", "molecular mimicry", "clinical evaluation",
           "autoantibodies", "imaging", "immunosuppressants", "corticosteroids", "biologics", "research", "personalised medicine",
           "recognising signs and seeking advice")
topics = pytest.mark.parametrize("topic, lesson, view, data, question", TOPICS, ids=lambda word: word)


def notebooks(folder, lesson):
    """Notebooks of a lesson in one of the course's folders."""
    return [nbformat.read(path, 4) for path in sorted((ROOT / folder).rglob(f"{lesson}_*.ipynb"))]


def text(*folders, lesson):
    """Everything that stands in a lesson's notebooks, and in the view modules that the lesson imports."""
    found = [cell.source for folder in folders for notebook in notebooks(folder, lesson) for cell in notebook.cells]
    modules = set(re.findall(r"from autoimmune\.([\w.]+) import", "\n".join(found)))
    places = [ROOT / "src" / "autoimmune" / module.replace(".", "/") for module in modules]
    paths = [path for place in places for path in (place.with_suffix(".py"), place / "__init__.py") if path.exists()]
    return "\n".join([*found, *(path.read_text(encoding="utf-8") for path in paths)])


def test_every_topic_of_the_mission_is_named():
    named = " ".join(topic for topic, *_ in TOPICS)
    assert [topic for topic in MISSION if topic not in named] == []


@topics
def test_the_lesson_shows_its_view(topic, lesson, view, data, question):
    code = "\n".join(cell.source for notebook in notebooks("course", lesson) for cell in notebook.cells if cell.cell_type == "code")
    assert re.search(rf"(?<!\w){view}\(", code)


@topics
def test_the_lesson_or_its_assignment_uses_its_data(topic, lesson, view, data, question):
    if data == "findings":  # cited by its source
        rows = {doi.strip() for cell in facts.load("findings")["doi"] for doi in str(cell).split("|")} - {"", "nan"}
        assert any(doi in json.dumps(text("course", lesson=lesson)) for doi in rows)
    else:
        assert data in facts.tables() or hasattr(cohorts, data) or data == "imaging"
        assert re.search(rf"\b{data}\b", text("course", "source", lesson=lesson)), f"{data} is not used"


@topics
def test_its_question_is_marked(topic, lesson, view, data, question):
    cells = [cell.metadata.nbgrader for notebook in notebooks("source", lesson) for cell in notebook.cells if "nbgrader" in cell.metadata]
    worth = sum(cell.get("points", 0) for cell in cells if f"{cell.grade_id}-".startswith(f"{question}-"))
    assert worth > 0
