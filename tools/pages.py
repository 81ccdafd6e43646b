"""Write course/glossary.md and course/sources.md from the data, where each source of a lesson was read, and what `contents` gathers: `make pages`."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache
from itertools import groupby
from pathlib import Path

import nbformat

import autoimmune.models
from autoimmune.data import cohorts, facts
from autoimmune.learning.lessons import lesson, lessons
from autoimmune.modelling.model import Model
from autoimmune.modelling.rules import Rules
from tools import api, contents

COURSE = Path(__file__).parents[1] / "course"
BACK = "[Start here](00_start_here.ipynb)"
NOTE = "<!-- Made by `make pages`; do not edit. -->"


def pages() -> dict[str, str]:
    """The text of each page, by the name of its file."""
    return {"glossary.md": glossary(), "sources.md": sources()}


# -- the glossary -------------------------------------------------------------------------------------


def glossary() -> str:
    """Every term with an anchor of its own, under its letter, and above them a line of letters to jump from."""
    terms = list(facts.glossary().itertuples())
    letters = {letter: list(rows) for letter, rows in groupby(terms, key=lambda row: row.Index[0].upper())}
    lead = f"{len(terms)} words in plain language, each with the lesson that explains it first. Back to {BACK}."
    jump = " · ".join(f"[{letter}](#{anchor(rows[0].Index)})" for letter, rows in letters.items())
    sections = [f"## {letter}\n\n" + "\n\n".join(map(entry, rows)) for letter, rows in letters.items()]
    return "\n\n".join([NOTE, "# Glossary", lead, jump, *sections]) + "\n"


def entry(row) -> str:
    """A term, what it means, and where it is explained."""
    return f'<a id="{anchor(row.Index)}"></a>**{row.Index}**: {row.definition} ({where([row.lesson])})'


def anchor(term: str) -> str:
    """What a link to a term ends in, such as "b-cell": small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", term.casefold()).strip("-")


def where(numbers: list[str]) -> str:
    """Lessons by their numbers, each as a link where it is written."""
    return ", ".join(f"[lesson {each.number}]({each.name}.ipynb)" if each.written else f"lesson {each.number}" for each in map(lesson, numbers))


# -- the sources --------------------------------------------------------------------------------------


FACTS = "Below each source stands how many rows of which tables rest on it; `facts.load` shows a table."
DATA = "The course reads these from packages, each by a function of `autoimmune.data.cohorts`."


def sources() -> str:
    """What the models, the facts and the data rest on."""
    rows, models, data = list(facts.sources().itertuples()), of_models(), cohorts.COHORTS
    lead = (f"{len(models)} sources of models, {len(data)} sets of data on patients and {len(rows)} sources of facts. A DOI is a link only where it was "
            f"read beside the title of the paper. Sources of facts that nobody has checked yet are left out. "
            f"A lesson is named where it or its assignment cites the source. Back to {BACK}.")
    parts = {"Models": [of_model(*each) for each in models.items()], "Data": [DATA, *map(of_data, data)], "Facts": [FACTS, *map(of_facts, rows)]}
    sections = [f"## {name}\n\n" + "\n\n".join(lines) for name, lines in parts.items()]
    return "\n\n".join([NOTE, "# Sources", lead, *sections]) + "\n"


def of_models() -> dict[str, tuple[str, list[str]]]:
    """Each source of a model, in alphabetical order, with its resolved DOI (or "") and the titles of its models."""
    names = [f"autoimmune.models.{found.name}" for found in pkgutil.iter_modules(autoimmune.models.__path__)]
    modules = [importlib.import_module(name) for name in [*names, "autoimmune.widgets.tissue.rules"]]
    found: dict[str, tuple[str, list[str]]] = {}
    for each in (thing for module in modules for thing in vars(module).values() if isinstance(thing, Model | Rules)):
        doi = each.source.doi if each.source.doi_resolved else ""
        _, titles = found.setdefault(each.source.citation, (doi, []))
        titles += [each.title] if each.title not in titles else []
    return dict(sorted(found.items(), key=lambda pair: pair[0].casefold()))


def of_model(citation: str, found: tuple[str, list[str]]) -> str:
    """A source of models: which come from it, and which lessons cite it, by its DOI or the paper's title."""
    doi, titles = found
    names = (doi, citation.split(". ")[1]) if doi else (citation,)
    return f"- {cited(citation, doi)}  \n  {'; '.join(titles)}.{citing(*names)}"


def of_data(cohort: cohorts.Cohort) -> str:
    """A set of data: what it is about, and where it comes from."""
    return (f"- {cited(cohort.provenance)}  \n  {cohort.disease[0].upper()}{cohort.disease[1:]}, {cohort.rows:,} rows: `{cohort.name}`, "
            f"from {cohort.source}.{citing(cohort.name)}")


def of_facts(row) -> str:
    """A source of facts: how many rest on it, in which tables, and which lessons cite it."""
    names = ", ".join(f"`{name}`" for name in row.tables.split(", "))
    read = facts.read_in(row.doi or row.source)
    return f"- {cited(row.source, row.doi)}  \n  {row.facts} row{'' if row.facts == 1 else 's'} of {names}. Read: {plain(read)}.{citing(row.doi or row.source)}"


def cited(source: str, doi: str | None = None) -> str:
    """A citation, with its DOI as a link."""
    return f"{plain(source)}. [doi:{doi}](https://doi.org/{doi})" if doi else f"{plain(source)}."


def plain(text: str) -> str:
    """A text without a dot at its end, in which Markdown sees no marks of its own."""
    return re.sub(r"([*_<>])", r"\\\1", text).rstrip(".")


def citing(*names: str) -> str:
    """The lessons in which one of the names of a source stands: its DOI, its title, its citation."""
    wanted = re.compile("|".join(rf"{re.escape(name.casefold())}(?!\w)" for name in names))
    numbers = [number for number, text in texts() if wanted.search(text)]
    return f" Cited in {where(numbers)}." if numbers else ""


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Each lesson's number with everything that stands in it and in its assignment, in small letters."""
    files = {each.number: (COURSE / f"{each.name}.ipynb", COURSE.parent / "release" / each.name / f"{each.name}.ipynb")
             for each in lessons() if each.written}
    return tuple((number, "".join(path.read_text(encoding="utf-8").casefold() for path in paths)) for number, paths in files.items())


# -- where the sources of a lesson were read --------------------------------------------------------------

LISTED = re.compile(r"^(- .*\(https://doi\.org/((?:[^()\s]|\([^()\s]*\))+)\))(?: \*Read: .*\*)?(.*)$", re.MULTILINE)


def with_readings(prose: str) -> str:
    """A lesson's last cell in which each listed source says where it was read; those of models say it on their cards."""
    head, mark, listed = prose.rpartition("**Source")
    return head + mark + LISTED.sub(lambda line: line[1] + reading(line[2]) + line[3], listed)


def reading(doi: str) -> str:
    """What stands behind a source: " *Read: abstract.*", or nothing where no fact rests on it."""
    found = facts.read_in(doi)
    return f" *Read: {plain(found)}.*" if found else ""


def write_readings(path: Path) -> None:
    """Put the readings into a lesson, and leave all else as it is."""
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and "**Source" in cell.source:
            cell.source = with_readings(cell.source)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    contents.write()
    api.FILE.write_text(api.page(), encoding="utf-8")
    for path in sorted(COURSE.glob("*.ipynb")):
        write_readings(path)
    for name, text in pages().items():
        (COURSE / name).write_text(text, encoding="utf-8")
        print(f"{COURSE.name}/{name}: {len(text.splitlines())} lines")
