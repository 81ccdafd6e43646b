"""Where a learner stands, worked out from what is kept on their own machine (see `kept`).

    self_check()        every objective of the course: solid, shaky or not yet met
    self_check("04")    those of one lesson, and the shaky ones of the lessons before it
    how_sure()          how sure of their predictions they were, and how often right

An objective is *solid* when its question was answered right at the first try the last two times that it was asked.
It is *shaky* when it was asked, but is not solid. An objective may have several questions; each asking counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from autoimmune.data.facts import unknown
from autoimmune.learning.diary import calibration, calibration_figure, calibration_sentence
from autoimmune.learning.kept import ANSWERS
from autoimmune.learning.lessons import lesson as lesson_of
from autoimmune.learning.questions import Objective, bank
from autoimmune.widgets.base.drawn import Drawing

if TYPE_CHECKING:
    import pandas as pd

LATEST = 2  # askings that must be right at the first try
SIGNS = {"solid": "●", "shaky": "◐", "not yet met": "○"}
COLUMNS = ("objective", "state", "first tries", "last asked")
MEANING = "Solid means: right at the first try, the last two times that it was asked."
HOW = "Commit to one in a lesson, let both answers be shown, and run this cell again."


@dataclass(frozen=True)
class Standing:
    """An objective with the `askings` of its questions, oldest first: each whether the first try was right, and
    when (UTC)."""

    objective: Objective
    askings: tuple[tuple[bool, str], ...] = ()

    @property
    def state(self) -> str:
        """One of SIGNS."""
        latest = [right for right, _ in self.askings[-LATEST:]]
        if not latest:
            return "not yet met"
        return "solid" if len(latest) == LATEST and all(latest) else "shaky"

    @property
    def row(self) -> tuple[str, str, str, str]:
        """What the table says of it, in the order of COLUMNS."""
        latest = ["right" if right else "wrong" for right, _ in self.askings[-LATEST:]]
        tries = f"{latest[0]} once so far" if len(latest) == 1 else ", then ".join(latest)
        when = self.askings[-1][1][:10] if self.askings else ""
        return self.objective.text, f"{SIGNS[self.state]} {self.state}", tries or "–", when or "–"


@dataclass(frozen=True)
class SelfCheck:
    """A table of objectives with its sentence."""

    standings: tuple[Standing, ...]

    @property
    def said(self) -> str:
        """How many are solid, shaky and not yet met."""
        states = [each.state for each in self.standings]
        counts = [f"{states.count(state)} {state}" for state in SIGNS]
        return f"Quizzes ask after {len(states)} objectives: {', '.join(counts)}. {MEANING}"

    def table(self) -> pd.DataFrame:
        """The same as a table, indexed by objective id, with the lesson's number."""
        import pandas as pd

        rows = [(each.objective.id, each.objective.lesson, *each.row) for each in self.standings]
        return pd.DataFrame(rows, columns=["id", "lesson", *COLUMNS]).set_index("id")

    def _repr_html_(self) -> str:
        """A table with the sentence above it, and a heading for each lesson."""
        head = html_row(map(str.capitalize, COLUMNS), "th")
        return (f'<table style="max-width: 1000px"><caption style="text-align: left">{escape(self.said)}</caption>'
                f"<thead>{head}</thead>{''.join(map(self.html, self.lessons))}</table>")

    @property
    def lessons(self) -> list[str]:
        """The numbers of the lessons in it, in the order of the rows."""
        return list(dict.fromkeys(each.objective.lesson for each in self.standings))

    def html(self, lesson: str) -> str:
        """The rows of one lesson."""
        heading = f'<th colspan="{len(COLUMNS)}" scope="rowgroup" {LEFT}>{escape(name_of(lesson))}</th>'
        rows = [html_row(each.row, "td") for each in self.standings if each.objective.lesson == lesson]
        return f"<tbody><tr>{heading}</tr>{''.join(rows)}</tbody>"

    def __repr__(self) -> str:
        lines = [f"- {state}: {text} ({each.objective.lesson}; first tries: {tries})"
                 for each in self.standings for text, state, tries, _ in [each.row]]
        return "\n".join([self.said, *lines])


@dataclass(frozen=True)
class Said:
    """A sentence where there is nothing to draw yet."""

    said: str

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.said)}</p>"

    def __repr__(self) -> str:
        return self.said


LOOK = "text-align: left; vertical-align: top; white-space: "
LEFT = f'style="{LOOK}normal"'


def self_check(lesson: str | None = None) -> SelfCheck:
    """Which objectives are solid; those of `lesson` with the shaky ones before it, or all of the course.

    ValueError for a lesson without objectives.
    """
    everything = standings(ANSWERS.records())
    if lesson is None:
        return SelfCheck(everything)
    own = [each for each in everything if each.objective.lesson == lesson]
    if not own:
        raise ValueError(unknown("lesson with objectives", lesson, SelfCheck(everything).lessons))
    return SelfCheck((*own, *(each for each in everything if each.objective.lesson < lesson and each.state == "shaky")))


def standings(answers: Iterable[dict]) -> tuple[Standing, ...]:
    """Each objective of the course with its askings; answers to questions that are no more are passed over."""
    askings: dict[str, list] = {name: [] for name in bank().objectives}
    for answer in answers:
        asked = bank().questions.get(str(answer["question"]))
        if asked and answer["try"] == 1:  # a new asking begins with its first try
            askings[asked.objective].append((answer["right"] is True, str(answer["when"])))
    return tuple(Standing(bank().objectives[name], tuple(found)) for name, found in askings.items())


def how_sure() -> Drawing | Said:
    """How sure the learner was of their predictions, and how many came true; a sentence while there are none."""
    table = calibration()
    said = calibration_sentence(table)
    return Said(f"{said} {HOW}") if table.empty else Drawing(calibration_figure(table), said)


def name_of(number: str) -> str:
    """A lesson's number and title."""
    return f"{number} {lesson_of(number).title}"


def html_row(cells: Iterable[str], kind: str) -> str:
    """A row of a table; `kind` is "th" or "td". Only its first cell breaks into lines."""
    scope = ' scope="col"' if kind == "th" else ""
    breaks = ("normal", *["nowrap"] * (len(COLUMNS) - 1))
    made = [f'<{kind}{scope} style="{LOOK}{how}">{escape(cell)}</{kind}>' for cell, how in zip(cells, breaks, strict=True)]
    return f"<tr>{''.join(made)}</tr>"
