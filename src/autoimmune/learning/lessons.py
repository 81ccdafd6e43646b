"""The lessons of the course, read from `lessons.toml`, where their titles and minutes stand once.

    lessons()       every lesson, in order
    lesson("04")    one of them
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Lesson:
    """A lesson. `name` is its file's; `builds_on` holds numbers, `patients` "A" or "B"; `points` are those of its
    assignment. Without `minutes` it is not written yet."""

    name: str
    title: str
    question: str
    builds_on: tuple[str, ...]
    minutes: int = 0
    patients: tuple[str, ...] = ()
    points: int = 0

    @property
    def number(self) -> str:
        """Its number, such as "04"."""
        return self.name[:2]

    @property
    def written(self) -> bool:
        """Whether its notebook exists."""
        return self.minutes > 0


@cache
def lessons() -> tuple[Lesson, ...]:
    """Every lesson, in order."""
    text = resources.files(__package__).joinpath("lessons.toml").read_text(encoding="utf-8")
    rows = [{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
            for row in tomllib.loads(text)["lessons"]]
    return tuple(Lesson(**row) for row in rows)


def lesson(number: str) -> Lesson:
    """A lesson by its number; ValueError for one that is not there."""
    for each in lessons():
        if each.number == number:
            return each
    raise ValueError(f"there is no lesson {number!r}. Allowed: {', '.join(each.number for each in lessons())}.")
