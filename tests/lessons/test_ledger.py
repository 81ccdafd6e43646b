"""Every claim of a lesson traces to a row of the facts or to a model's card."""

import importlib
import pkgutil
import re
from itertools import chain
from pathlib import Path

import nbformat
import pytest

import autoimmune.models
from autoimmune.data import facts

COURSE = Path(__file__).parents[2] / "course"
LESSONS = sorted(COURSE.glob("*.ipynb"))
LINK = re.compile(r"\[[^\]]+\]\(https://doi\.org/((?:[^()\s]|\([^()\s]*\))+)\)")  # the Lancet's DOIs have brackets
NUMBER = re.compile(r"(?<![\w.:])\d+(?:\.\d+)?(?![\w:])")
OUT_OF = {"100", "1000", "10,000"}  # "13 in 100" says 13 %


def body(lesson):
    """The prose of a lesson without its list of sources."""
    text = "\n\n".join(cell.source for cell in nbformat.read(lesson, 4).cells if cell.cell_type == "markdown")
    return text.rpartition("**Source")[0]


def known_rows():
    """The verified rows of all tables by DOI, each as one text."""
    found = {}
    for name in facts.tables():
        for _, row in facts.load(name).iterrows():
            for doi in str(row["doi"]).split("|"):
                words = [str(cell) for label, cell in row.items() if label not in {"doi", "source", "read_in"}]
                found.setdefault(doi.strip(), []).append(" ".join(words))
    return found


ROWS = known_rows()


def sentences(lesson):
    """The sentences of a lesson, without its headings."""
    blocks = re.split(r"\n\s*\n|\n(?=- )", body(lesson))
    return [sentence for block in blocks if not block.lstrip().startswith("#")
            for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z*“])", block)]


def model_dois():
    """The resolved DOIs of the papers that models come from."""
    modules = [importlib.import_module(f"autoimmune.models.{found.name}") for found in pkgutil.iter_modules(autoimmune.models.__path__)]
    return {module.model.source.doi for module in modules if hasattr(module, "model") and module.model.source.doi_resolved}


def cited_sentences(lesson):
    """(sentence without its links, DOIs) of each sentence that cites something."""
    return [(LINK.sub("", sentence), LINK.findall(sentence)) for sentence in sentences(lesson) if LINK.search(sentence)]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_each_cited_source_has_a_row_or_is_a_model(lesson):
    cited = set(LINK.findall(body(lesson)))
    assert cited <= set(ROWS) | model_dois()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_each_number_that_is_cited_stands_in_its_row(lesson):
    for sentence, dois in cited_sentences(lesson):
        rows = " ".join(chain.from_iterable(ROWS.get(doi, []) for doi in dois))
        exact = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", rows)}
        allowed = exact | {float(round(number)) for number in exact}
        stated = {number for number in NUMBER.findall(sentence) if number not in OUT_OF}
        assert {number for number in stated if float(number) not in allowed} == set(), sentence


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_shares_of_people_are_cited(lesson):
    for sentence in sentences(lesson):
        if re.search(r"\d+ (in|of|out of) \d+|\d ?%|per cent", sentence):
            worked_from_the_card = "$" in sentence
            assert LINK.search(sentence) or worked_from_the_card, f"no source: {sentence}"


def everything_that_cites():
    """The text of lessons, assignments, quizzes and library code."""
    root = COURSE.parent
    files = chain(COURSE.glob("*.ipynb"), root.glob("source/*/*.ipynb"), root.glob("src/**/*.py"), root.glob("src/**/quizzes/*.toml"))
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize("name", sorted(facts.tables()))
def test_each_table_is_used(name):
    by_row = {"findings", "misconceptions"}  # cited by source (see below) and by id, such as M03
    used = re.search(rf"[\"']{name}\\?[\"'/]", everything_that_cites())
    assert used or name in by_row


def test_each_finding_is_cited_somewhere():
    text, rows = everything_that_cites(), facts.load("findings")
    orphans = [fact for fact, row in rows.iterrows()
               if not any(doi.strip() in text for doi in str(row["doi"]).split("|")) and row["source"].split(",")[0].split()[0] not in text]
    assert orphans == []
