"""Write course/glossary.md and course/sources.md from the data: `make pages`."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache
from itertools import groupby
from pathlib import Path

import autoimmune.models
from autoimmune import facts
from autoimmune.lessons import lesson, lessons
from autoimmune.model import Model

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
    return f'<a id="{anchor(row.Index)}"></a>**{row.Index}**: {row.definition} *{where([row.lesson])}*'


def anchor(term: str) -> str:
    """What a link to a term ends in, such as "b-cell": small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", term.casefold()).strip("-")


def where(numbers: list[str]) -> str:
    """Lessons by their numbers, each as a link where it is written."""
    links = [f"[{each.number} {each.title}]({each.name}.ipynb)" if each.written else f"{each.number} {each.title}"
             for each in map(lesson, numbers)]
    return f"{'Lesson' if len(links) == 1 else 'Lessons'} {', '.join(links)}."


# -- the sources --------------------------------------------------------------------------------------


def sources() -> str:
    """What the models and the facts rest on."""
    models, rows = of_models(), list(facts.sources().itertuples())
    lead = (f"{len(models)} sources of models and {len(rows)} sources of facts. A DOI is a link only where it was read beside the title of the "
            f"paper. Sources that nobody has checked yet are left out. Back to {BACK}.")
    published = "\n".join(f"- {cited(citation, doi)}  \n  *{model_line(citation, doi, titles)}*" for citation, (doi, titles) in models.items())
    found = "\n".join(f"- {cited(row.source, row.doi)}  \n  *{fact_line(row)}*" for row in rows)
    return f"{NOTE}\n\n# Sources\n\n{lead}\n\n## Models\n\n{published}\n\n## Facts\n\n{FACTS}\n\n{found}\n"


FACTS = "Below each source stands how many rows of which tables rest on it (`facts.load` shows a table), and which lessons cite it."


def of_models() -> dict[str, tuple[str, list[str]]]:
    """Each source of a model, in alphabetical order, with its resolved DOI (or "") and the titles of its models."""
    names = [f"autoimmune.models.{found.name}" for found in pkgutil.iter_modules(autoimmune.models.__path__)]
    models = [each for name in names for each in vars(importlib.import_module(name)).values() if isinstance(each, Model)]
    found: dict[str, tuple[str, list[str]]] = {}
    for each in models:
        doi = each.source.doi if each.source.doi_resolved else ""
        _, titles = found.setdefault(each.source.citation, (doi, []))
        titles += [each.title] if each.title not in titles else []
    return dict(sorted(found.items(), key=lambda pair: pair[0].casefold()))


def cited(source: str, doi: str | None) -> str:
    """A citation, with its DOI as a link."""
    plain = re.sub(r"([*_<>])", r"\\\1", source).rstrip(".")
    return f"{plain}. [doi:{doi}](https://doi.org/{doi})" if doi else f"{plain}."


def model_line(citation: str, doi: str, titles: list[str]) -> str:
    """Which models come from a source, and which lessons cite it."""
    return " ".join([f"{'; '.join(titles)}.", *citing(citation, doi)])


def fact_line(row) -> str:
    """How many facts rest on a source, in which tables, and which lessons cite it."""
    names = ", ".join(f"`{name}`" for name in row.tables.split(", "))
    count = f"{row.facts} row{'' if row.facts == 1 else 's'} of {names}."
    return " ".join([count, *citing(row.source, row.doi)])


def citing(source: str, doi: str | None) -> list[str]:
    """The lessons that cite a source, in words; by its DOI, or by its own words where it has none."""
    wanted = re.compile(re.escape((doi or source).casefold()) + r"(?!\w)")
    numbers = [number for number, text in texts() if wanted.search(text)]
    return [where(numbers)] if numbers else []


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Each lesson's number with everything that stands in it, in small letters."""
    return tuple((each.number, (COURSE / f"{each.name}.ipynb").read_text(encoding="utf-8").casefold()) for each in lessons() if each.written)


if __name__ == "__main__":
    for name, text in pages().items():
        (COURSE / name).write_text(text, encoding="utf-8")
        print(f"{COURSE.name}/{name}: {len(text.splitlines())} lines")
