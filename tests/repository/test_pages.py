"""The glossary and the list of sources say what the data says, and can be followed."""

import re
from importlib import import_module

import nbformat
import pytest

from autoimmune.data import cohorts, facts
from autoimmune.learning.lessons import lessons
from tools import api, pages

MADE = pages.pages()
LINK = re.compile(r"\[[^\]]+\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")


@pytest.mark.parametrize("name", MADE)
def test_a_page_is_in_step_with_the_data(name):
    assert (pages.COURSE / name).read_text(encoding="utf-8") == MADE[name], f"course/{name} is stale: run `make pages`"


@pytest.mark.parametrize("name", MADE)
def test_links_lead_somewhere(name):
    anchors = re.findall(r'<a id="([^"]+)">', MADE[name])
    assert len(anchors) == len(set(anchors))
    for target in LINK.findall(MADE[name]):
        assert target.startswith("https://doi.org/10.") or target.removeprefix("#") in anchors or (pages.COURSE / target).exists(), target


def test_every_term_stands_in_the_glossary_once_from_a_to_z():
    found = re.findall(r'^<a id="[a-z0-9-]+"></a>\*\*(.+?)\*\*: ', MADE["glossary.md"], re.MULTILINE)
    assert found == sorted(facts.glossary().index, key=str.casefold) and len(found) > 80


def test_every_checked_source_stands_on_its_page_and_no_other_doi():
    text, rows = MADE["sources.md"], facts.sources()
    assert all(pages.cited(row.source, row.doi) in text for row in rows.itertuples())
    assert all(pages.cited(citation, doi) in text for citation, (doi, _) in pages.of_models().items())
    assert all(cohort.provenance in text for cohort in cohorts.COHORTS)
    resolved = {doi for doi, _ in pages.of_models().values()} | set(rows["doi"].dropna())
    assert {target.removeprefix("https://doi.org/") for target in LINK.findall(text) if "doi.org" in target} == resolved - {""}


def test_a_source_names_the_lessons_that_cite_it():
    said = pages.citing("10.1006/jtbi.2000.2150")  # the model of beta cells
    assert "[lesson 04](04_the_diseases.ipynb)" in said and "[lesson 01]" not in said
    assert "[lesson 04]" in pages.citing("10.1/x", "Mathematical modelling of cytokine-mediated inflammation in rheumatoid arthritis")
    assert pages.citing("Nobody, 1900") == ""


def test_a_lesson_that_is_not_written_is_named_without_a_link():
    assert all(pages.where([each.number]) == f"lesson {each.number}" for each in lessons() if not each.written)
    assert pages.where(["00", "01"]) == "[lesson 00](00_start_here.ipynb), [lesson 01](01_the_immune_response.ipynb)"


@pytest.mark.parametrize("lesson", sorted(pages.COURSE.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_lesson_says_where_each_of_its_sources_was_read(lesson):
    last = [cell.source for cell in nbformat.read(lesson, 4).cells if "**Source" in cell.source][-1]
    assert last == pages.with_readings(last), f"{lesson.name} is stale: run `make pages`"
    assert lesson.stem.startswith("00") or "*Read: abstract" in last


def test_a_reading_is_that_of_the_facts():
    assert pages.reading("10.1126/science.1086907") == " *Read: abstract, PubMed 12920303.*"
    assert pages.reading("10.1/nobody") == ""
    line = "**Sources**\n\n- Nobody, 1900. [doi:10.1126/science.1086907](https://doi.org/10.1126/science.1086907) *Read: a blog.*"
    assert pages.with_readings(line).endswith("science.1086907) *Read: abstract, PubMed 12920303.*")


def test_the_page_of_what_a_learner_may_call_is_in_step_with_the_code():
    assert api.FILE.read_text(encoding="utf-8") == api.page(), "docs/api.md is stale: run `make pages`"


def test_everything_that_a_learner_may_call_says_what_it_does():
    for module, names in api.called().items():
        things = {name: getattr(import_module(module), name) for name in names}
        assert [name for name, thing in things.items() if callable(thing) and not api.said(thing)] == [], module


def test_imports_of_a_cell_are_found_whole_and_by_name():
    code = "from autoimmune.data import facts\nfrom autoimmune.methods.risk import carrier_risk\nfacts.load('x')\n%matplotlib inline\n"
    assert set(api.imported(code)) == {("autoimmune.methods.risk", "carrier_risk"), ("autoimmune.data.facts", "load"), ("autoimmune.data.facts", "")}
    assert api.imported("x = ") == []
