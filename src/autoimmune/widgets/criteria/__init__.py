"""Classification criteria: tick the findings of a record, watch the points and the threshold (see `methods.criteria`).

    criteria("sle_2019")    the sheet with tick boxes
    figure(score)           the points against the threshold, drawn with matplotlib
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import traitlets

from autoimmune.methods.criteria import Criteria, Score, findings, highest, score
from autoimmune.showing import figures
from autoimmune.widgets.base.instrument import Instrument

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CAUTION = "Classification criteria choose similar patients for studies. They do not diagnose."


# -- the picture --------------------------------------------------------------------------------------


def figure(score: Score) -> Figure:
    """The points of each domain end to end, against the threshold."""
    picture = figures.blank(8.4, 1.7)
    axes, begin, role = picture.subplots(), 0, figures.ROLES["attack"]
    end, threshold = reach(score), score.criteria.threshold
    for domain, item in score.parts.items():
        if item.points:
            axes.barh(0, item.points, left=begin, height=0.5, color=role.light, edgecolor=figures.PAPER, lw=2)
            words = domain.replace(" ", "\n") if item.points >= 0.1 * end else ""
            below = f"{words}\n{item.points}".strip()
            axes.text(begin + item.points / 2, -0.42, below, ha="center", va="top", fontsize=9)
            begin += item.points
    axes.plot([threshold, threshold], [-0.27, 0.8], color=figures.INK, lw=1.5, dashes=(4, 3))
    axes.text(threshold, 0.5, f" threshold {threshold}", va="bottom", fontsize=11, color=figures.INK)
    axes.plot([0, end], [-0.27, -0.27], color=figures.QUIET, lw=1)
    axes.set(xlim=(-0.02 * end, end), ylim=(-1.1, 0.8))
    heading = f"{score.criteria.title}: {score.points} points"
    axes.set_title(heading, loc="left", fontsize=13, weight="bold", color=figures.INK)
    axes.axis("off")
    return picture


def reach(score: Score) -> int:
    """The end of the scale: twice the threshold or the score, and never beyond what can be scored."""
    most = sum(item.points for item in highest(score.criteria.items().values()).values())
    return min(most, max(2 * score.criteria.threshold, score.points))


# -- the sheet ----------------------------------------------------------------------------------------


def criteria(name: str, record: Mapping[str, bool] | Iterable[str] = ()) -> Sheet:
    """The sheet of "ra_2010" or "sle_2019", with the findings of `record` (as in `score`) ticked.

    ValueError for a set or a finding that does not exist.
    """
    return Sheet(score(record, name), findings(record))


class Sheet(Instrument):
    """Tick boxes by domain. Cells may read `ticked` (ids), `score` and `sentence`, and may set `ticked`."""

    part = "criteria"
    view = traitlets.Dict().tag(sync=True)
    ticked = traitlets.List().tag(sync=True)
    result = traitlets.Dict().tag(sync=True)

    def __init__(self, start: Score, found: set[str]):
        self.criteria = start.criteria
        self.said = f"{self.criteria.title}: {start.sentence} {CAUTION}"
        self.still = figures.png(figure(start))
        ticked = [name for name in self.criteria.items() if name in found]
        super().__init__(view=plan(self.criteria), ticked=ticked, result=told(start))
        self.observe(self.count, "ticked")

    @property
    def score(self) -> Score:
        """The score of what is ticked."""
        return score(self.ticked, self.criteria.name)

    @property
    def sentence(self) -> str:
        """The score in words."""
        return self.score.sentence

    @traitlets.validate("ticked")
    def known(self, proposal):
        """The findings, once each and in the order of the sheet; ValueError for one that is not on it."""
        score(proposal["value"], self.criteria.name)
        return [name for name in self.criteria.items() if name in proposal["value"]]

    def count(self, change=None):
        """Tell the page the score of what is ticked now."""
        self.result = told(self.score)

    def __repr__(self) -> str:
        return self.sentence


def plan(rules: Criteria) -> dict:
    """What the page shows once: the boxes by domain, and the words around them."""
    domains: dict[str, list] = {}
    for item in rules.items().values():
        domains.setdefault(item.domain, []).append(asdict(item))
    shown = {"title": rules.title, "threshold": rules.threshold, "words": rules.words, "caution": CAUTION}
    return shown | {"domains": domains}


def told(score: Score) -> dict:
    """A score as plain values."""
    parts = {domain: {"id": item.id, "points": item.points} for domain, item in score.parts.items()}
    return {
        "points": score.points,
        "parts": parts,
        "sentence": score.sentence,
        "classified": score.classified,
        "end": reach(score),
    }
