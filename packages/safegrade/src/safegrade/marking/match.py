"""Which submitted cell is which cell of the release, also where a tool took their names away.

    placed    submitted cells under the names of the release, and how each that had lost its name was found

By name; then by the cell's id; then by its text, where that is the release's; and what is left between two cells that
were found is an answer that is missing there. Names give nothing away and cost nothing: an answer is the learner's text
wherever it stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from safegrade.marking.ingest import Cell

if TYPE_CHECKING:
    from safegrade.marking.paper import Item, Paper

LONGEST = 10_000  # characters of a text that are compared word by word
BY_PLACE = "had lost its name and was found by its place"


def placed(paper: Paper, submitted: Iterable[Cell]) -> tuple[list[Cell], dict[str, str]]:
    """Submitted cells, with the names of the release; and for each answer that was found by its place, the words that say so."""
    cells, found = [*submitted], {}
    for name_anew in (by_id, by_text):
        for place, name in name_anew(lost_items(paper, cells), cells, named(paper, cells)):
            cells[place] = replace(cells[place], name=name)
    for place, name in by_place(paper, cells):
        cells[place], found[name] = replace(cells[place], name=name), f"the cell of {name} {BY_PLACE}"
    return cells, found


def named(paper: Paper, cells: list[Cell]) -> set[int]:
    """The places of cells that have a name of the release."""
    names = {item.name for item in paper.items}
    return {place for place, cell in enumerate(cells) if cell.name in names}


def lost_items(paper: Paper, cells: list[Cell]) -> list[Item]:
    """The cells of the release that no submitted cell is named after."""
    held = {cell.name for cell in cells}
    return [item for item in paper.items if item.name not in held]


def by_id(lost: list[Item], cells: list[Cell], taken: set[int]) -> Iterator[tuple[int, str]]:
    """Places of cells that still have the id of the release, and their names."""
    ids = {item.id: item.name for item in lost if item.id}
    for place, cell in enumerate(cells):
        if place not in taken and cell.id in ids:
            yield place, ids.pop(cell.id)


def by_text(lost: list[Item], cells: list[Cell], taken: set[int]) -> Iterator[tuple[int, str]]:
    """Places of cells whose text is the release's, in its order, and their names."""
    free = [place for place in range(len(cells)) if place not in taken and cells[place].source.strip()]
    texts = {item.released.strip() or item.source.strip() for item in lost}
    free = [place for place in free if cells[place].source.strip() in texts]
    if not lost or not free:
        return
    left = [item.released.strip() or item.source.strip() for item in lost]
    right = [cells[place].source.strip() for place in free]
    for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            yield free[block.b + step], lost[block.a + step].name


def by_place(paper: Paper, cells: list[Cell]) -> Iterator[tuple[int, str]]:
    """Places of nameless cells that stand where an answer is missing, and its name; several of them are its pieces."""
    where = {cell.name: place for place, cell in enumerate(cells)}
    taken, gap, begin = named(paper, cells), [], -1
    for item in [*paper.items, None]:
        if item and item.name not in where:
            gap += [item] if item.role == "answer" else []
            continue
        end = where[item.name] if item else len(cells)
        free = [place for place in range(begin + 1, end) if place not in taken and cells[place].source.strip()]
        if gap and free:
            yield from dealt_out(gap, cells, free)
        gap, begin = [], max(begin, end)


def dealt_out(gap: list[Item], cells: list[Cell], free: list[int]) -> Iterator[tuple[int, str]]:
    """Nameless cells among the answers that are missing in one place, code to code and words to words where there are both."""
    for code in (True, False):
        answers = [item for item in gap if (item.kind == "code") == code]
        of_kind = [place for place in free if (cells[place].kind == "code") == code]
        if not of_kind and len({item.kind == "code" for item in gap}) == 1:
            of_kind = free  # its kind was changed
        if len(answers) == 1:
            yield from ((place, answers[0].name) for place in of_kind)
        elif len(answers) == len(of_kind):
            yield from ((place, item.name) for place, item in zip(of_kind, answers))
        else:
            yield from alike(answers, cells, of_kind)


def alike(answers: list[Item], cells: list[Cell], places: list[int]) -> Iterator[tuple[int, str]]:
    """Cells and the answers whose release they are most like, in their order; one that is like none stays without a name."""
    words, first = [counted(item.released) for item in answers], 0
    for place in places:
        own = counted(cells[place].source)
        likeness = [(own & each).total() / max(1, each.total()) for each in words[first:]]
        if likeness and max(likeness) > 0:
            first += likeness.index(max(likeness))
            yield place, answers[first].name


def counted(text: str) -> Counter[str]:
    """The words of a text."""
    return Counter(re.findall(r"\w+", text[:LONGEST]))
