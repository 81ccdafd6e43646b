"""A ready view on relapses: four people with the same numbers, and what chance makes of each.

    relapse_histories()     the strength of the regulatory T cells' answer, and other people

It draws histories of the model of Vélez de Mendizábal and colleagues (2011). What counts as a relapse is a rule of
ours: a peak of effector T cells above the level at which damage is done, at least 30 days after the last one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoimmune.methods.flares import DAYS, listed
from autoimmune.models.velez_de_mendizabal_2011 import histories, model, relapses
from autoimmune.showing import figures
from autoimmune.showing.describe import OF_MODEL
from autoimmune.widgets.base.controls import Toggle
from autoimmune.widgets.base.drawn import Drawing, Drawn

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes

PEOPLE, YEARS = 4, 5
ANSWER = Toggle("Answer of the regulatory T cells (per day)",
                {f"{value:g}": {"alpha_R": value} for value in (0.25, 0.28, 0.32, 0.4)})
WORDS = ("no", "one", "two", "three", "four", "five")


def relapse_histories() -> Drawn:
    """Four people over five years, drawn anew for each strength of the answer and for other people."""
    return Drawn(picture, (ANSWER,), {"alpha_R": 0.25}, seed=3)


def picture(seed: int = 3, alpha_R: float = 0.25) -> Drawing:
    """Effector T cells of four people over five years, with their relapses marked."""
    from matplotlib.patheffects import withStroke

    table = histories(PEOPLE, YEARS, seed=seed, alpha_R=alpha_R)
    people = [rows for _, rows in table.groupby("patient")]
    found = [relapses(rows["E"]) for rows in people]
    canvas = figures.blank(8.4, 5.2)
    plots = canvas.subplots(PEOPLE, sharex=True)
    for axes, rows, days in zip(plots, people, found, strict=True):
        draw_history(axes, rows, days)
    plots[0].set_title(f"Effector T cells of {WORDS[PEOPLE]} people with the same numbers", loc="left", fontsize=13,
                       color=figures.INK, weight="bold")
    plots[0].text(0.995, model.defaults["a"] * 1.6, "damage above this line", transform=plots[0].get_yaxis_transform(),
                  color=figures.QUIET, fontsize=10, ha="right", path_effects=[withStroke(linewidth=3, foreground=figures.PAPER)])
    plots[-1].set_xlabel("Years", fontsize=11.5, color=figures.INK)
    return Drawing(canvas, said(alpha_R, [len(days) for days in found], table.attrs["ran_away"]))


def draw_history(axes: Axes, rows: pd.DataFrame, days: np.ndarray) -> None:
    """One history: the cells, the level of damage, a triangle over each relapse, and how many there are."""
    look = figures.stroke("attack") | {"linewidth": 1.3}
    axes.plot(rows["t"] / DAYS, rows["E"], **look)
    axes.axhline(model.defaults["a"], color=figures.QUIET, lw=1, ls=(0, (4, 3)))
    if len(days):
        axes.plot(days / DAYS, [5e6] * len(days), "v", color=figures.INK, ms=7, clip_on=False)
    axes.set(xlim=(0, YEARS))
    figures.scale(axes.yaxis, 10, 1e7, log=True)
    axes.set_yticks([1e2, 1e4, 1e6], ["100", "10,000", "1 million"])
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=figures.INK, labelsize=10)
    axes.text(1.01, 0.5, relapse_words(len(days)).replace(" ", "\n"), transform=axes.transAxes, color=figures.INK, va="center",
              fontsize=11)


def said(alpha_R: float, counts: list[int], ran_away: list[int]) -> str:
    """What the picture shows."""
    what = f"have {listed(counts)} relapses in {WORDS[YEARS]} years." if any(counts) else f"have no relapse in {WORDS[YEARS]} years."
    text = f"{OF_MODEL}At an answer of {alpha_R:g} per day, {WORDS[PEOPLE]} people with the same numbers {what}"
    if ran_away:
        who = "one of them" if len(ran_away) == 1 else f"{WORDS[len(ran_away)]} of them"
        text += f" In {who} the cells outgrow the model, which has no limit for them, and the line ends."
    return text


def relapse_words(count: int) -> str:
    """A number of relapses in words: "1 relapse", "3 relapses"."""
    return f"{count} relapse" if count == 1 else f"{count} relapses"
