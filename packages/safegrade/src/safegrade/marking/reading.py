"""What was handed in, read and written into the papers, in a process that has limits (see `bounded`).

    Reader       reads submissions; what it gives is made of its process's plain data
    read         in that process: a submission's folder -> plain data
    sheets_of    outside: that data and the papers -> sheets

Nothing here takes a learner's text apart. What it costs grows with the size of what is read, which has bounds; where a
bound is missed all the same, the process ends and the submission is one that cannot be read, with the reason.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from safegrade.limits import Limits
from safegrade.marking import ingest
from safegrade.marking.attached import attached
from safegrade.marking.paper import Item, Paper, Sheet, rebuild
from safegrade.sandbox.bounded import Bounded, Unfinished
from safegrade.sandbox.warm import Closing


class Reader(Closing):
    """Reads submissions to some papers. `limits` are those of this machine; `extras` says whether learners' own cells count."""

    def __init__(self, papers: list[Paper], extras: bool, limits: Limits):
        self.papers = papers
        bare = [replace(paper, files=dict.fromkeys(paper.files, b""), reference={}) for paper in papers]
        self.act = Bounded(partial, (read, bare, extras), limits.read_seconds, limits.read_memory)

    def __call__(self, folder: Path, learner: str) -> tuple[Sheet, ...]:
        """The sheets of a submission, one a notebook; Unreadable if none of them can be read."""
        try:
            found = self.act(str(folder), learner)
        except Unfinished as error:
            raise ingest.Unreadable(f"reading it was broken off: {error}. Look at it by hand") from error
        if "unreadable" in found:
            raise ingest.Unreadable(found["unreadable"])
        return sheets_of(found, self.papers, learner)

    def close(self) -> None:
        self.act.close()


# -- in the process ------------------------------------------------------------------------------------------------------


def read(papers: list[Paper], extras: bool, folder: str, learner: str) -> dict[str, Any]:
    """A submission as plain data, or why it cannot be read."""
    try:
        sheets, files = read_all(papers, extras, Path(folder), learner)
    except ingest.Unreadable as error:
        return {"unreadable": str(error)}
    return {"sheets": [[place, packed(sheet)] for place, sheet in sheets],
            "files": {name: base64.b64encode(content).decode() for name, content in files.items()}}


def read_all(papers: list[Paper], extras: bool, folder: Path, learner: str) -> tuple[list[tuple[int, Sheet]], dict[str, bytes]]:
    """The sheets of a submission with the places of their papers, and the files that came along."""
    if folder.parent.is_symlink():
        raise ingest.Unreadable("the learner's folder is a link")
    found, wrong, files, left = [], [], None, []
    for place, paper in enumerate(papers):
        try:
            cells = ingest.read(folder, paper.notebook)
            if files is None:
                files, left = attached(folder)
            sheet = rebuild(paper, learner, cells, extras, files)
            found.append((place, replace(sheet, dropped=(*sheet.dropped, *left))))
        except ingest.Unreadable as error:
            wrong.append(error)
    missing = [error for error in wrong if not str(error).startswith("there is no")]
    if missing or not found:
        raise (missing or wrong)[0]
    return found, files or {}


def packed(sheet: Sheet) -> dict[str, Any]:
    """A sheet without what its paper knows."""
    items = [[item.name, item.kind, item.source] if item.role == "extra" else [item.source, item.gone] for item in sheet.items]
    return {"items": items, "dropped": list(sheet.dropped), "doubts": sheet.doubts, "files": [*sheet.files]}


# -- outside -------------------------------------------------------------------------------------------------------------


def sheets_of(found: dict[str, Any], papers: list[Paper], learner: str) -> tuple[Sheet, ...]:
    """Sheets from what the process has said."""
    files = {name: base64.b64decode(content) for name, content in found["files"].items()}
    return tuple(sheet_of(said, papers[place], learner, files) for place, said in found["sheets"])


def sheet_of(said: dict[str, Any], paper: Paper, learner: str, files: dict[str, bytes]) -> Sheet:
    """One sheet: cells of the paper in their order with what the learner wrote, and the learner's own between them."""
    own = iter(paper.items)
    items = tuple(Item(words[0], "extra", words[1], words[2]) if len(words) == 3 else as_handed_in(next(own), *words) for words in said["items"])
    return Sheet(paper, learner, items, tuple(said["dropped"]), said["doubts"], {name: files[name] for name in said["files"]})


def as_handed_in(item: Item, source: str, gone: bool) -> Item:
    """A cell of the paper; where nothing was changed it stays the same object, which is what caches know."""
    return item if (source, gone) == (item.source, item.gone) else replace(item, source=source, gone=gone)
