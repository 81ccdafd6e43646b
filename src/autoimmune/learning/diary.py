"""What a learner has predicted: kept in a plain file of their own, counted, and pictured.

    predictions()                 every prediction with what came of it, as a table
    calibration()                 how sure, how right
    calibration_sentence(table)   the same in words
    calibration_figure(table)     the same as a picture
    forget()                      delete them all, and the answers to quizzes

`kept` says where the file is. Nothing is sent anywhere.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoimmune.learning.kept import FOLDER_VARIABLE, PREDICTIONS, folder, forget
from autoimmune.showing import figures
from autoimmune.showing.describe import number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

SURE = (50, 60, 70, 80, 90, 100)  # per cent: a coin toss to certain
WITHIN = 0.1  # a drawn curve is right when it ends within this share of the axis of the model's
FEW, NEAR = 10, 10  # too few predictions to judge by; a difference in per cent that is none
COLUMNS = ("id", "question", "answer", "sure", "when", "outcome", "right")
remember, records = PREDICTIONS.remember, PREDICTIONS.records

__all__ = [
    "FOLDER_VARIABLE", "SURE", "Axis", "calibration", "calibration_figure", "calibration_sentence", "folder", "forget",
    "predictions", "remember"]


@dataclass(frozen=True)
class Axis:
    """An axis of a picture on which a curve is drawn, from `low` to `high` (by factors of ten with `log`)."""

    label: str
    low: float
    high: float
    unit: str = ""
    log: bool = False

    def __post_init__(self):
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"axis {self.label!r}: low = {self.low!r} must be below high = {self.high!r}")
        if self.log and self.low <= 0:
            raise ValueError(f"axis {self.label!r}: a logarithmic axis needs low above 0, not {self.low!r}")

    def place(self, value: float) -> float:
        """Where a value lies, from 0 at `low` to 1 at `high`; values beyond are put on the edge."""
        value = min(max(value, self.low), self.high)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value(self, place: float) -> float:
        """The value at a place from 0 to 1."""
        if self.log:
            return self.low * (self.high / self.low) ** place
        return self.low + (self.high - self.low) * place

    def say(self, value: float) -> str:
        """A value with its unit, in two digits: nobody draws more."""
        text = number(value, 2)
        return f"{text} {self.unit.removesuffix('s') if text == '1' else self.unit}".strip()


# -- one prediction -----------------------------------------------------------------------------------


def check_id(name: str) -> str:
    """An id of letters, digits and hyphens, or a ValueError."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", name):
        raise ValueError(
            f"id = {name!r} is not allowed; it needs letters, digits and hyphens, such as 'lesson02-toggle'"
        )
    return name


def check_sure(sure: float) -> float:
    """A confidence in per cent, or a ValueError."""
    if sure not in SURE:
        raise ValueError(f"sure = {sure!r} is not allowed; it is one of {', '.join(map(str, SURE))} per cent")
    return sure


def latest(name: str) -> dict | None:
    """The last prediction under an id."""
    made = [record for record in records() if record["kind"] == "prediction" and record["id"] == name]
    return made[-1] if made else None


def is_open(name: str) -> bool:
    """Whether a prediction under an id still waits for its outcome."""
    mine = [record["kind"] for record in records() if record["id"] == name]
    return bool(mine) and mine[-1] == "prediction"


def is_right(prediction: dict, outcome) -> bool:
    """Whether a prediction met its outcome: the same choice, or a curve that ends near the model's."""
    if isinstance(prediction["answer"], str) or isinstance(outcome, str):
        return prediction["answer"] == outcome
    axis = axes_of(prediction)["y"]
    mine, models = (axis.place(curve["y"][-1]) for curve in (prediction["answer"], outcome))
    return abs(mine - models) <= WITHIN + 1e-9


def axes_of(prediction: dict) -> dict[str, Axis]:
    """The axes on which a curve was drawn; empty for a choice."""
    return {name: Axis(**axis) for name, axis in prediction["axes"].items()}


def in_words(prediction: dict) -> str:
    """What was predicted, as text."""
    return told(prediction["answer"], axes_of(prediction))


def told(answer: str | dict, axes: dict[str, Axis]) -> str:
    """An answer as text: a choice as it is; of a curve its start, its highest point and its end."""
    if isinstance(answer, str):
        return answer
    x, y = answer["x"], answer["y"]
    top = max(range(len(y)), key=y.__getitem__)
    say, at = axes["y"].say, axes["x"].say
    return f"{say(y[0])} at the start, highest with {say(y[top])} at {at(x[top])}, {say(y[-1])} at the end"


# -- all predictions ----------------------------------------------------------------------------------


def predictions() -> pd.DataFrame:
    """Every prediction, oldest first: `id`, `question`, `answer` (of a curve its words), `sure` (per cent),
    `when` (UTC), and, once the outcome was shown, `outcome` and `right`."""
    import pandas as pd

    rows = [row(prediction, outcome) for prediction, outcome in pairs(records())]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["when"] = pd.to_datetime(table["when"], utc=True)
    return table.astype({"sure": float, "right": "boolean"})


def pairs(found: list[dict]) -> list[tuple[dict, dict | None]]:
    """Each prediction with the first outcome that was shown for its id afterwards."""
    made: list[list] = []
    for record in found:
        if record["kind"] == "prediction":
            made.append([record, None])
        for pair in made:
            if record["kind"] == "outcome" and pair[0]["id"] == record["id"] and pair[1] is None:
                pair[1] = record
    return [tuple(pair) for pair in made]


def row(prediction: dict, outcome: dict | None) -> dict:
    """One line of the table."""
    found = {name: prediction[name] for name in ("id", "question", "sure", "when")}
    found["answer"] = in_words(prediction)
    found["outcome"] = told(outcome["answer"], axes_of(prediction)) if outcome else None
    return found | {"right": is_right(prediction, outcome["answer"]) if outcome else None}


def calibration(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """How sure and how right, indexed by `sure` (per cent): `predictions`, `right` (how many) and `share`
    (per cent).

    Only the first prediction under each id counts, and only once its outcome was shown. `table` is one of
    `predictions()`, which is read when none is given.
    """
    table = predictions() if table is None else table
    first = table.drop_duplicates("id").dropna(subset=["right"])
    groups = first.assign(right=first["right"].astype(int)).groupby("sure")["right"]
    found = groups.agg(predictions="count", right="sum")
    return found.assign(share=100 * found["right"] / found["predictions"])


def calibration_sentence(table: pd.DataFrame) -> str:
    """A table of `calibration` in words, with a verdict from 10 predictions on."""
    count, right = int(table["predictions"].sum()), int(table["right"].sum())
    if not count:
        return "There are no predictions with an outcome yet."
    sure, share = float((table.index * table["predictions"]).sum() / count), 100 * right / count
    many = f"{count} predictions" if count > 1 else "1 prediction"
    lead = f"{many}: {right} came true, which is {number(share, 2)} %."
    lead = f"{lead} You were {number(sure, 2)} % sure on average."
    if count < FEW:
        return f"{lead} That is too few to judge by."
    if abs(sure - share) <= NEAR:
        return f"{lead} So you were about as sure as right."
    return f"{lead} So you were {'surer' if sure > share else 'less sure'} than right."


def calibration_figure(table: pd.DataFrame) -> Figure:
    """The share that came true against how sure you were; in each dot, of how many predictions."""
    picture = figures.blank(4.8, 4.4)
    axes, role = picture.subplots(), figures.ROLES["regulation"]
    axes.plot([50, 100], [50, 100], color=figures.QUIET, lw=1.5, dashes=(5, 4))
    look = {"rotation": 26.6, "rotation_mode": "anchor", "ha": "center", "color": figures.QUIET}
    axes.text(74, 79, "as sure as right", **look)
    axes.plot(table.index, table["share"], color=role.light, lw=2)
    axes.scatter(table.index, table["share"], s=330, color=role.light, zorder=3)
    for sure, line in table.iterrows():
        look = {"ha": "center", "va": "center", "color": figures.PAPER, "weight": "bold", "zorder": 4}
        axes.text(sure, line["share"], f"{line['predictions']:.0f}", **look)
    axes.set(xlim=(46, 104), ylim=(-6, 106), xticks=[float(sure) for sure in SURE], xlabel="How sure (per cent)")
    axes.set_yticks([0.0, 25.0, 50.0, 75.0, 100.0])
    figures.name_values(axes, "Came true (per cent); in each dot: how many")
    figures.finish(axes, "How sure, how right")
    return picture
