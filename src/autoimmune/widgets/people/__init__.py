"""A test on 1,000 people under the learner's hand (see `methods.screening`).

    people(sensitivity=…, …)    the three numbers, the frequency tree and the people
    sentence(tree)              what a tree says
    figure(tree)                the tree and the 1,000 people, drawn with matplotlib
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import ipywidgets
import traitlets

from autoimmune.methods.screening import NAMES, PEOPLE, Tree, check, tree
from autoimmune.showing import figures
from autoimmune.widgets.base.instrument import Instrument, Still

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 40
RARE = (*(n / 10 for n in range(10)), 1, 1.5, *range(2, 10))
STEPS = (*RARE, *range(10, 20, 2), *range(20, 50, 5), *range(50, 101, 10))  # of prevalence, in per cent


# -- words --------------------------------------------------------------------------------------------


def sentence(tree: Tree, disease: str = "the disease") -> str:
    """The tree in words."""
    first = f"Of 1,000 people, {people_have(tree.ill)} {disease}."
    if not tree.positive:
        return f"{first} Nobody tests positive."
    tests = "1 person tests" if tree.positive == 1 else f"{tree.positive:,} people test"
    found, exact = in_100(tree.true_positive / tree.positive), in_100(tree.predictive_value)
    unrounded = "" if found == exact else f" Without rounding to whole people it is {exact}."
    groups = f"{group(tree.true_positive, 'with it')} and {group(tree.false_positive, 'without it')}"
    return f"{first} {tests} positive: {groups}. {positives(tree, found)}{unrounded}"


def positives(tree: Tree, found: str) -> str:
    """How many of those who test positive have the disease; `found` is the same in 100."""
    if tree.positive == 1:
        return f"That person {'has' if tree.true_positive else 'does not have'} it."
    who = f"of the {tree.positive:,} who test positive"
    if tree.true_positive in (0, tree.positive):
        return f"All {who} have it." if tree.true_positive else f"None {who} has it."
    return f"{who.capitalize()}, {people_have(tree.true_positive)} it: {found}."


def in_100(share: float) -> str:
    """A share as people say it: "about 9 in 100"."""
    if share in (0, 1):
        return "all of them" if share else "none of them"
    if share < 0.01:
        return "fewer than 1 in 100"
    return "more than 99 in 100" if share > 0.99 else f"about {math.floor(100 * share + 0.5)} in 100"


def people_have(count: int) -> str:
    """ "10 have", "1 has", "nobody has"."""
    return f"{count:,} have" if count > 1 else "1 has" if count else "nobody has"


def group(count: int, which: str) -> str:
    """ "97 without it", "nobody with it"."""
    return f"{f'{count:,}' if count else 'nobody'} {which}"


# -- picture ------------------------------------------------------------------------------------------


# In this order both the people with the disease and the people who test positive stand together.
GROUPS = (
    ("false_negative", "negative"),
    ("true_positive", "positive"),
    ("false_positive", "positive"),
    ("true_negative", "negative"),
)
ILL, WELL = figures.ROLES["attack"], figures.ROLES["regulation"]


def figure(tree: Tree, disease: str = "the disease") -> Figure:
    """The frequency tree and, beside it, the 1,000 people as marks: squares have the disease, circles have it
    not; filled marks test positive, hollow ones negative."""
    picture = figures.blank(8.6, 3.6)
    left, right = picture.subplots(1, 2, width_ratios=(1, 1.2))
    draw_tree(left, tree, disease)
    draw_people(right, tree)
    for axes in (left, right):
        axes.axis("off")
    return picture


def draw_tree(axes, tree: Tree, disease: str) -> None:
    """The tree from the top: everybody, by disease, by test; those who test positive stand together."""
    leaves = [0.125 + 0.25 * k for k in range(4)]
    nodes = [
        (0.5, 0.92, "1,000\npeople"),
        (0.25, 0.66, f"{tree.ill:,}\nhave {disease}"),
        (0.75, 0.66, f"{tree.well:,}\ndo not"),
        (0.5, 0.05, f"{tree.positive:,} test positive"),
    ]
    nodes += [
        (x, 0.3, f"{getattr(tree, name):,}\n{test}") for x, (name, test) in zip(leaves, GROUPS, strict=True)
    ]
    lines = [((0.5, x), (0.84, 0.75)) for x in (0.25, 0.75)]
    lines += [((0.25 if x < 0.5 else 0.75, x), (0.56, 0.47)) for x in leaves]
    lines += [((leaves[1], leaves[1], leaves[2], leaves[2]), (0.2, 0.13, 0.13, 0.2))]
    for x, y in lines:
        axes.plot(x, y, color=figures.QUIET, lw=1)
    for x, y, words in nodes:
        axes.text(x, y, words, ha="center", va="center", fontsize=11, color=figures.INK)
    for x, (name, test) in zip(leaves, GROUPS, strict=True):
        axes.scatter([x], [0.42], s=60, **mark(name, test))
    axes.set(xlim=(0, 1), ylim=(0, 1))


def draw_people(axes, tree: Tree) -> None:
    """One mark a person, column by column."""
    begin, rows = 0, PEOPLE // COLUMNS
    for name, test in GROUPS:
        places = range(begin, begin + getattr(tree, name))
        begin = places.stop
        x, y = [place // rows for place in places], [-(place % rows) for place in places]
        axes.scatter(x, y, s=14, linewidths=0.9, **mark(name, test))
    axes.set_aspect("equal")


def mark(name: str, test: str) -> dict:
    """How matplotlib draws one person of a group."""
    ill = name in ("true_positive", "false_negative")
    colour = "#8A8A8A" if name == "true_negative" else (ILL if ill else WELL).light
    inside = colour if test == "positive" else "none"
    return {"marker": "s" if ill else "o", "facecolors": inside, "edgecolors": colour}


# -- widget -------------------------------------------------------------------------------------------


def people(
    sensitivity: float, specificity: float, prevalence: float, disease: str = "the disease", test: str = ""
) -> People:
    """1,000 people and a test, with the three numbers (in per cent) under the learner's hand.

    `disease` and `test` are the words for them, such as "lupus" and "antinuclear antibodies at 1:80".
    ValueError for a number outside 0 to 100.
    """
    return People(tree(sensitivity, specificity, prevalence), disease, test)


class PeoplePicture(Instrument):
    """The tree and the people, drawn and counted in the browser; `controls` are the sliders' widget ids."""

    part = "people"
    view = traitlets.Dict().tag(sync=True)
    controls = traitlets.List().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)


class People(Still, ipywidgets.VBox):
    """Sliders and the picture. Cells may read `tree`, the groups on screen, and `sentence`."""

    def __init__(self, start: Tree, disease: str, test: str):
        self.disease, self.start = disease, {name: getattr(start, name) for name in NAMES}
        self.said, self.still = sentence(start, disease), figures.png(figure(start, disease), dpi=90)
        self._sliders = sliders(self.start, labels(disease))
        view = {
            "start": self.start,
            "disease": disease,
            "test": test,
            "groups": GROUPS,
            "columns": COLUMNS,
            "steps": list(self._sliders[0].options),
            "labels": labels(disease),
        }
        controls = [slider.model_id for slider in self._sliders]
        self.picture = PeoplePicture(view=view, controls=controls, values=self.start)
        reset = ipywidgets.Button(description="Reset").add_class("snx-reset")
        super().__init__([self.picture, ipywidgets.Box([*self._sliders, reset]).add_class("snx-sliders")])
        self.add_class("snx")

    @property
    def tree(self) -> Tree:
        """The groups for the numbers on screen."""
        return tree(**self.picture.values)

    @property
    def sentence(self) -> str:
        """What is on screen, in words."""
        return sentence(self.tree, self.disease)

    def set(self, **values: float) -> None:
        """Move the sliders from a cell; ValueError for another name, or a number that is not allowed."""
        for name in values:
            if name not in NAMES:
                raise ValueError(f"no slider sets {name!r}; allowed are {', '.join(NAMES)}")
        checked = {name: check(name, value) for name, value in values.items()}
        self.picture.values = self.picture.values | checked

    def __repr__(self) -> str:
        return self.sentence


def labels(disease: str) -> list[str]:
    """The sliders in the learner's words, in the order of NAMES."""
    return [
        f"Have {disease} (prevalence)",
        "Of those, test positive (sensitivity)",
        "Of the others, test negative (specificity)",
    ]


def sliders(start: dict[str, float], words: list[str]) -> list[ipywidgets.Widget]:
    """One slider a number. Prevalence moves through STEPS, each a whole number of people."""
    look = {"readout": False, "continuous_update": False, "style": {"description_width": "initial"}}
    first, *others = words
    steps = sorted({*map(float, STEPS), start["prevalence"]})
    rare = ipywidgets.SelectionSlider(options=steps, value=start["prevalence"], description=first, **look)
    pairs = zip(NAMES[1:], others, strict=True)
    look |= {"min": 0, "max": 100, "step": 0.5}
    shares = [ipywidgets.FloatSlider(value=start[name], description=told, **look) for name, told in pairs]
    return [rare, *shares]
