"""The list of lessons, gathered from what each lesson and its assignment say of themselves (`make pages`).

    rows()       what the notebooks say, a dict a lesson
    listed()     the text of `lessons.toml`, from which the package and its map read it
    tables()     the tables of lessons of the README and of lesson 00
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
LIST = ROOT / "src" / "autoimmune" / "learning" / "lessons.toml"
HEAD = ("# The lessons of the course, in order. Made by `make pages` from the notebooks: title, minutes and what a lesson builds on\n"
        "# stand in its first cell, its question in that cell's metadata, the points in its assignment.\n")


def rows() -> list[dict]:
    """Every lesson of `course/`, in order."""
    return [row(path) for path in sorted((ROOT / "course").glob("*.ipynb"))]


def row(path: Path) -> dict:
    """One lesson; ValueError where its first cell lacks what the list needs."""
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown"]
    first, text = cells[0].source, "\n\n".join(cell.source for cell in cells)
    minutes = re.search(r"\*\*Time:\*\* about (\d+) minutes", first)
    builds = re.search(r"\*\*Builds on:\*\*(.*)", first)
    question = cells[0].metadata.get("question")
    if not (first.startswith("# ") and minutes and builds and question):
        raise ValueError(f"{path.name}: its first cell needs '# Title', '**Time:** about 70 minutes', '**Builds on:** …', and a question in its metadata")
    return {"name": path.stem, "title": first.split("\n", 1)[0].removeprefix("# "), "question": question, "minutes": int(minutes[1]),
            "builds_on": re.findall(r"\((\d\d)(?:_\w+\.ipynb)?\)", builds[1]), "patients": patients(text), "points": points(path.stem)}


def patients(text: str) -> list[str]:
    """The patients whom a lesson speaks of, as in "Patient A" or "Patients A and B"."""
    return sorted(set("".join(re.findall(r"\b[Pp]atients?\W{1,3}([AB](?: and [AB])?)\b", text))) & {"A", "B"})


def points(lesson: str) -> float:
    """The points of a lesson's assignment."""
    return counts(nbformat.read(ROOT / "source" / lesson / f"{lesson}.ipynb", 4))[0]


def listed() -> str:
    """The text of `lessons.toml`."""
    tables = ("\n".join(["[[lessons]]", *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in each.items())]) for each in rows())
    return "\n\n".join([HEAD.rstrip(), *tables]) + "\n"


def tables(readme: str, first_lesson: str) -> tuple[str, str]:
    """The README, and the cell of lesson 00 that lists the lessons, with their tables as the lessons are."""
    of_readme = [f"| {each['name'][:2]} | [{each['title']}](course/{each['name']}.ipynb) | {each['minutes']} | "
                 f"[{each['points']} points](release/{each['name']}/{each['name']}.ipynb) |" for each in rows()]
    here, *others = rows()
    of_lesson = [f"| {here['name'][:2]} | {here['title']} (you are here) | {here['question']} |",
                 *(f"| {each['name'][:2]} | [{each['title']}]({each['name']}.ipynb) | {each['question']} |" for each in others)]
    return replaced(readme, "| No. | Lesson | Minutes | Assignment |", of_readme), replaced(first_lesson, "| No. | Lesson | Its question |", of_lesson)


def replaced(text: str, head: str, lines: list[str]) -> str:
    """A text with other rows in the table that has this head."""
    table = re.compile(rf"^({re.escape(head)}\n\|[-|]+\|\n)(?:\|.*\|\n?)*", re.MULTILINE)
    end = "\n" if table.search(text)[0].endswith("\n") else ""
    return table.sub(lambda found: found[1] + "\n".join(lines) + end, text)


def write() -> None:
    """Write the list and the tables."""
    LIST.write_text(listed(), encoding="utf-8")
    readme, path = ROOT / "README.md", min((ROOT / "course").glob("*.ipynb"))
    notebook = nbformat.read(path, 4)
    cell = next(cell for cell in notebook.cells if cell.id == "map-lessons")
    text, cell.source = tables(readme.read_text(encoding="utf-8"), cell.source)
    readme.write_text(text, encoding="utf-8")
    nbformat.write(notebook, path)
    for path in [*(ROOT / "source").glob("*/*.ipynb"), *(ROOT / "course").glob("*.ipynb")]:
        rewrite(path)


# -- points and counts in texts ---------------------------------------------------------------------------------------


def counted(source: str, of: dict[str, tuple[float, int]]) -> str:
    """A text of a lesson or an assignment with the points and counts that its assignments have; `of` gives both by name."""
    text = re.sub(r"`release/(\w+)/\1\.ipynb`, \d+ points", lambda found: f"`release/{found[1]}/{found[1]}.ipynb`, {of[found[1]][0]} points", source)
    own = of.get("")
    return re.sub(r"\*\*Marks:\*\* \d+ points for \d+ questions", f"**Marks:** {own[0]} points for {own[1]} questions", text) if own else text


def counts(notebook: nbformat.NotebookNode) -> tuple[float, int]:
    """The points and the number of questions of an assignment."""
    marks = sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in notebook.cells)
    return marks, sum(cell.cell_type == "markdown" and cell.source.startswith("## Question") for cell in notebook.cells)


def rewrite(path: Path) -> None:
    """Put the points and counts of assignments into a notebook's texts, and leave all else as it is."""
    notebook = nbformat.read(path, 4)
    of = {folder.name: counts(nbformat.read(folder / f"{folder.name}.ipynb", 4)) for folder in (ROOT / "source").iterdir() if folder.is_dir()}
    if path.parent.parent.name == "source":
        of[""] = counts(notebook)
    texts = {cell.id: counted(cell.source, of) for cell in notebook.cells if cell.cell_type == "markdown"}
    if any(texts.get(cell.id, cell.source) != cell.source for cell in notebook.cells):
        for cell in notebook.cells:
            cell.source = texts.get(cell.id, cell.source)
        nbformat.write(notebook, path)
