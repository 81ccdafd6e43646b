"""A submission is hostile data until it has been read here.

    read        the notebooks of one submission, bounded in count, size and depth; nothing else of it is opened
    Unreadable  what is wrong with it, in words for the instructor

Only regular files are read, by name, without following links; nothing is unpacked and nothing is run.
"""

from __future__ import annotations

import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from safegrade.limits import MB

STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)  # a string without an end goes on to the end of all
QUOTE = ord('"')
LARGEST, MOST_FILES, MOST_CELLS, LONGEST_CELL, DEEPEST = 20 * MB, 1000, 2000, 1 * MB, 50


class Unreadable(ValueError):
    """A submission, or a notebook of it, that cannot be taken as one."""


@dataclass(frozen=True)
class Cell:
    """All that is believed of a submitted cell: what it was called, its kind, and its text."""

    name: str
    id: str
    kind: str
    source: str


def read(folder: Path, name: str) -> list[Cell]:
    """The cells of `name`.ipynb in a submission's folder; Unreadable says what is wrong."""
    count_files(folder)
    return cells(parse(read_plain_file(folder / f"{name}.ipynb")))


def count_files(folder: Path) -> None:
    """Refuse a folder that is a link or holds very many files."""
    if folder.is_symlink():
        raise Unreadable(f"{folder.name} is a link, not a folder")
    count = 0
    for _, folders, files in os.walk(folder, followlinks=False):
        count += len(folders) + len(files)
        if count > MOST_FILES:
            raise Unreadable(f"{folder.name} holds more than {MOST_FILES} files")


def read_plain_file(path: Path) -> bytes:
    """The content of a regular file of bounded size, opened without following a link and without waiting."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Unreadable(f"there is no {path.name}") from None
    except OSError as error:
        raise Unreadable(f"{path.name} is not a plain file that can be read: {error.strerror}") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(f"{path.name} is not a plain file")
        if status.st_size > LARGEST:
            raise Unreadable(f"{path.name} has {status.st_size / MB:.0f} MB; at most {LARGEST // MB} MB are read")
        return b"".join(iter(lambda: os.read(descriptor, MB), b""))
    finally:
        os.close(descriptor)


def parse(content: bytes) -> dict:
    """JSON of bounded depth, as a dictionary."""
    if depth(content) > DEEPEST:
        raise Unreadable(f"the notebook is nested more than {DEEPEST} deep")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise Unreadable("the notebook is not JSON") from None
    if not isinstance(found, dict) or found.get("nbformat") != 4 or not isinstance(found.get("cells"), list):
        raise Unreadable("the notebook is not of format 4")
    return found


def depth(content: bytes) -> int:
    """How deep brackets are nested outside of strings."""
    deepest = now = 0
    for found in STRING_OR_BRACKET.finditer(content):
        sign = content[found.start()]
        if sign != QUOTE:
            now += 1 if sign in b"[{" else -1
            deepest = max(deepest, now)
    return deepest


def cells(notebook: dict) -> list[Cell]:
    """The submitted cells that are cells."""
    if len(notebook["cells"]) > MOST_CELLS:
        raise Unreadable(f"the notebook has {len(notebook['cells'])} cells; at most {MOST_CELLS} are read")
    return [cell(each) for each in notebook["cells"] if isinstance(each, dict)]


def cell(data: dict) -> Cell:
    """What is believed of one cell."""
    source = data.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    source = source if isinstance(source, str) else ""
    if len(source) > LONGEST_CELL:
        raise Unreadable(f"a cell has {len(source):,} characters; at most {LONGEST_CELL:,} are read")
    metadata = data.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else ""
    words = [value if isinstance(value, str) else "" for value in (name, data.get("id"), data.get("cell_type"))]
    return Cell(*words, source.encode("utf-8", "replace").decode())
