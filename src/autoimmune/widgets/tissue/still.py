"""What a page shows of the living tissue where it cannot run: a picture and a sentence of runs that were made
before.

Python does not know the rules of the tissue. `runs.json` holds what Node made of them, and a test
holds it to them.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autoimmune.showing import figures
from autoimmune.widgets.tissue.rules import LABEL, rules

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FILE = Path(__file__).parent / "runs.json"
MAP_DAY, DPI = 8, 72
SCENES = (
    ("complete", "present"),
    ("leaks 1 in 10", "present"),
    ("leaks 1 in 10", "absent"),
    ("none", "present"),
    ("none", "absent"),
)
MAPS = (SCENES[0], SCENES[-1])
BARS = (
    "complete deletion",
    "deletion leaks",
    "the same, no regulatory T cells",
    "no deletion",
    "the same, no regulatory T cells",
)


@cache
def runs() -> list[dict]:
    """A run of 15 days with seed 1 for each of SCENES: `healthy` cells on each day, the `lowest` number,
    the day on which the infection was `cleared` and, for those in MAPS, the `map` of day 8, a letter for
    each site."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def percent(cells: int) -> float:
    """Cells in per cent of the tissue."""
    return 100 * cells / (rules.defaults["width"] * rules.defaults["height"])


def sentence(runs: list[dict]) -> str:
    """What the runs show."""
    whole, *others = (percent(run["lowest"]) for run in runs)
    helped, leak, mild, bare = (f"{share:.0f} %" for share in others)
    begun = rules.defaults["infection_day"]
    return (
        f"{LABEL}. In runs with seed 1 an infection begins on day {begun:g}. With thymic deletion and "
        f"regulatory T cells it is cleared {runs[0]['cleared'] - begun:.1f} days later, and at least "
        f"{whole:.1f} % of the tissue stays healthy. When deletion leaks, {helped} is healthy at the worst "
        f"moment with regulatory T cells and {leak} without them. Without deletion it is {mild} with them "
        f"and {bare} without."
    )


# -- the picture ---------------------------------------------------------------------------------------

# Letters of the map: what they mean, and how matplotlib marks them. A capital stands on lost tissue.
ATTACK, CALM, SIGNAL = (figures.ROLES[name].light for name in ("attack", "regulation", "signal"))
HOLLOW = {"marker": "o", "facecolors": figures.PAPER}
MARKS = {
    "r": ("T cells at rest", HOLLOW | {"s": 5, "edgecolors": figures.QUIET, "linewidths": 0.6}),
    "p": ("antigen-presenting cells", {"marker": "*", "s": 24, "facecolors": SIGNAL, "edgecolors": "none"}),
    "d": ("T cells against the infection", HOLLOW | {"s": 6, "edgecolors": ATTACK, "linewidths": 0.9}),
    "t": ("regulatory T cells", {"marker": "D", "s": 7, "facecolors": CALM, "edgecolors": "none"}),
    "a": ("T cells against the tissue", {"marker": "^", "s": 6, "facecolors": ATTACK, "edgecolors": "none"}),
}
GROUND = {
    ".": ("healthy tissue", "#A6D3C6"),
    "*": ("infected tissue", figures.ROLES["trigger"].light),
    "-": ("lost tissue", figures.PAPER),
}


@cache
def still() -> bytes:
    """The figure as a PNG."""
    return figures.png(figure(runs()), dpi=DPI)


def figure(runs: list[dict]) -> Figure:
    """Two maps of day 8, the worst moment of each run, and what the marks mean.

    Sizes are in pixels at DPI. A site of a map is 2 by 2 pixels: on whole pixels the PNG is half as large.
    """
    from matplotlib.figure import Figure

    wide, high = 656, 404
    picture = Figure(figsize=(wide / DPI, high / DPI), facecolor=figures.PAPER)
    places = ((4, 180, 320, 200), (332, 180, 320, 200), (206, 12, 190, 120), (456, 4, 196, 166))
    left, right, below, key = (
        picture.add_axes((x / wide, y / high, w / wide, h / high)) for x, y, w, h in places
    )
    draw_map(left, runs[0]["map"], f"Day {MAP_DAY}, complete deletion")
    draw_map(right, runs[-1]["map"], f"Day {MAP_DAY}, no deletion, no regulatory T cells")
    draw_bars(below, runs)
    draw_key(key, {letter for run in (runs[0], runs[-1]) for row in run["map"] for letter in row})
    return picture


def draw_map(axes: Axes, rows: list[str], heading: str) -> None:
    """The tissue as a picture of sites, and the cells on it as marks."""
    import numpy as np
    from matplotlib.colors import to_rgb

    letters = np.array([list(row) for row in rows])
    below = np.where(np.char.isupper(letters), "-", ".")
    ground = np.where(np.isin(letters, list(GROUND)), letters, below)
    image = np.zeros((*letters.shape, 3))
    for letter, (_, hue) in GROUND.items():
        image[ground == letter] = to_rgb(hue)
    axes.imshow(image, interpolation="none", aspect="auto")
    for letter, (_, look) in MARKS.items():
        y, x = np.nonzero(np.char.lower(letters) == letter)
        axes.scatter(x, y, antialiased=False, **look)
    high, wide = letters.shape
    axes.set(xticks=[], yticks=[], xlim=(-0.5, wide - 0.5), ylim=(high - 0.5, -0.5))
    axes.spines[:].set_visible(False)
    axes.set_title(heading, loc="left", fontsize=12, color=figures.INK, weight="bold")


def draw_bars(axes: Axes, runs: list[dict]) -> None:
    """Healthy tissue at the worst moment, a bar for each run; hatched without regulatory T cells."""
    solid = {"color": figures.ROLES["tissue"].light}
    hatched = {"facecolor": GROUND["."][1], "hatch": "///", "edgecolor": figures.PAPER}
    for k, (run, (_, tregs)) in enumerate(zip(runs, SCENES, strict=True)):
        worst = percent(run["lowest"])
        axes.barh(-k, worst, height=0.7, **(solid if tregs == "present" else hatched))
        axes.text(worst + 2, -k, f"{worst:.0f}", va="center", fontsize=11, color=figures.INK)
    axes.set_yticks([-k for k in range(len(runs))], BARS)
    axes.set(xlim=(0, 112), xticks=[])
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.spines["left"].set_color(figures.QUIET)
    axes.tick_params(colors=figures.INK, labelsize=11, length=0)
    heading = {"loc": "left", "fontsize": 12, "color": figures.INK, "weight": "bold"}
    axes.set_title("Healthy tissue at the worst moment (%)", x=-1.06, **heading)


def draw_key(axes: Axes, letters: set[str]) -> None:
    """What the colours and the marks of the maps mean, for the letters that they have."""
    square = {"marker": "s", "s": 80, "edgecolors": figures.QUIET, "linewidths": 0.6}
    shown = [GROUND[sign] for sign in GROUND if sign in letters]
    looks = [(words, square | {"facecolors": hue}) for words, hue in shown]
    looks += [(words, look | {"s": 5 * look["s"]}) for words, look in MARKS.values()]
    for k, (words, look) in enumerate(looks):
        axes.scatter([0], [-k], **look)
        axes.text(0.09, -k, words, va="center", fontsize=11, color=figures.INK)
    label = LABEL.replace("from the ", "from the\n")
    axes.text(-0.03, -len(looks) - 0.3, label, va="top", fontsize=10, color=figures.QUIET)
    axes.set(xlim=(-0.05, 1), ylim=(-len(looks) - 2, 0.6))
    axes.axis("off")
