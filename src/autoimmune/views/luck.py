"""A ready view on luck: the same trigger in forty people, when few cells begin.

    luck()     suppression and the size of the trigger, and other people

It draws our branching approximation of the model of Alexander and Wahl (2011); see `models.alexander_wahl_branching`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autoimmune.models.alexander_wahl_branching import ESTABLISHED, chance, founders, generations
from autoimmune.showing import figures
from autoimmune.showing.describe import OF_MODEL, number
from autoimmune.widgets.base.controls import Toggle
from autoimmune.widgets.base.drawn import Drawing, Drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PEOPLE, SHOWN, COUNT = 40, 40, 200  # generations that are drawn, and after which the outcome is settled
SUPPRESSION = Toggle("Suppression (per day)", {f"{value:g}": {"b_1": value} for value in (0.0, 0.05, 0.1, 0.2)})
TRIGGER = Toggle("Molecules of self antigen set free", {
    "1 million": {"G": 1e6}, "10 million": {"G": 1e7}, "30 million": {"G": 3e7}, "100 million": {"G": 1e8}, "1 billion": {"G": 1e9}})


def luck() -> Drawn:
    """Forty people with the same trigger, drawn anew for each suppression, each trigger, and for other people."""
    return Drawn(picture, (SUPPRESSION, TRIGGER), {"b_1": 0.05, "G": 3e7})


def picture(seed: int = 1, b_1: float = 0.05, G: float = 3e7) -> Drawing:
    """The lines of forty people, and the chance of a lasting attack against the size of the trigger."""
    lines = generations(PEOPLE, G, count=COUNT, seed=seed, b_1=b_1)
    canvas = figures.blank(8.4, 3.8)
    left, right = canvas.subplots(1, 2)
    draw_lines(left, lines)
    draw_chance(right, b_1, G)
    return Drawing(canvas, said(lines, b_1, G))


def lasting(lines: np.ndarray) -> int:
    """How many people have a line that has not died out."""
    return int((lines[:, -1] > 0).sum())


def draw_lines(axes: Axes, lines: np.ndarray) -> None:
    """Antigen-presenting cells in each generation; what died out is dashed and ends at none."""
    for line in lines:
        role = "attack" if line[-1] else "regulation"
        look = figures.stroke(role) | {"linewidth": 1.1, "alpha": 0.75}
        end = len(line) if line[-1] else int(np.argmin(line > 0)) + 1
        axes.plot(np.arange(end), np.maximum(line[:end], 0.5), **look)
    axes.set(xlim=(0, SHOWN), xlabel="Generation")
    figures.scale(axes.yaxis, 0.5, 1.25 * ESTABLISHED, log=True)
    figures.name_values(axes, "Antigen-presenting cells")
    last = lasting(lines)
    for height, role, words in ((0.60, "attack", f"lasts: {last}"), (0.16, "regulation", f"dies out: {PEOPLE - last}")):
        axes.text(0.97, height, words, transform=axes.transAxes, color=figures.ROLES[role].light, weight="bold", ha="right")
    figures.finish(axes, f"{PEOPLE} people, the same trigger")
    axes.set_yticks([0.5, 1, 10, 100, 1000], ["none", "1", "10", "100", "1,000"])


def draw_chance(axes: Axes, b_1: float, G: float) -> None:
    """The chance against the size of the trigger, with a dot for this one."""
    sizes = np.geomspace(1e5, 1e10, 201)
    axes.plot(sizes, 100 * chance(sizes, b_1=b_1), **figures.stroke("attack"))
    axes.plot(G, 100 * chance(G, b_1=b_1), "o", ms=9, color=figures.INK, mec=figures.PAPER, mew=1.5, clip_on=False, zorder=5)
    axes.set(xlim=(1e5, 1e10), ylim=(0, 102), xscale="log", xlabel="Molecules of self antigen set free")
    axes.minorticks_off()
    figures.name_values(axes, "Chance of a lasting attack (%)")
    figures.finish(axes, "Chance and trigger")
    axes.set_xticks([1e6, 1e8, 1e10])


def said(lines: np.ndarray, b_1: float, G: float) -> str:
    """What the picture shows."""
    cells, share, last = founders(G), chance(G, b_1=b_1), lasting(lines)
    start = (f"{OF_MODEL}At a suppression of {b_1:g} per day, {number(G)} molecules mature {number(cells, 2)} antigen-presenting cells on "
             "average.")
    if share == 0:
        return f"{start} R₀ is below 1, so every attack dies out: it lasts in {last} of these {PEOPLE} people."
    percent = f"{number(100 * share, 2)} %" if share < 0.995 else "over 99 %"
    return f"{start} The chance of a lasting attack is {percent}; by luck it lasts in {last} of these {PEOPLE} people."
