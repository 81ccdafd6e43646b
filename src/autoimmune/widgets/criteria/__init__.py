"""Classification criteria: tick the findings of a record, watch the points and the threshold.

    CRITERIA                         the sets: "ra_2010" and "sle_2019"
    score(record, "sle_2019")        points, the part of each domain, classified or not, and why
    figure(score)                    the points against the threshold, drawn with matplotlib
    criteria("sle_2019")             the sheet with tick boxes

The weights are the verified rows of the tables `ra_criteria_2010` and `sle_criteria_2019`: Aletaha D et al.,
Ann Rheum Dis 2010;69:1580–8 and Aringer M et al., Ann Rheum Dis 2019;78:1151–9. Of each domain the highest
item counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING

import traitlets

from autoimmune.data import facts
from autoimmune.showing import figures
from autoimmune.widgets.base.instrument import Instrument

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CAUTION = "Classification criteria choose similar patients for studies. They do not diagnose."


@dataclass(frozen=True)
class Criteria:
    """A published set. `entry` maps the finding without which nothing is classified to its words; `clinical`
    says whether at least one clinical item is needed; `words` explain abbreviations."""

    name: str
    title: str
    disease: str
    table: str
    threshold: int
    entry: tuple[str, str]
    clinical: bool
    words: str

    def items(self) -> dict[str, Item]:
        """Each item by its id, in the order of the table, with the entry finding first."""
        return items(self)


@dataclass(frozen=True)
class Item:
    """A finding that can be ticked. `group` is "entry", "clinical", "immunologic" or empty."""

    id: str
    domain: str
    text: str
    points: int
    group: str = ""


RA_2010 = Criteria(
    name="ra_2010",
    title="Rheumatoid arthritis, 2010 criteria",
    disease="rheumatoid arthritis",
    table="ra_criteria_2010",
    threshold=6,
    entry=("swelling", "At least one swollen joint that no other disease explains better"),
    clinical=False,
    words="RF: rheumatoid factor. ACPA: antibodies against citrullinated proteins. ULN: upper limit of "
          "normal. CRP (C-reactive protein) and ESR (erythrocyte sedimentation rate): blood tests that rise "
          "with inflammation.",
)
SLE_2019 = Criteria(
    name="sle_2019",
    title="Lupus (SLE), 2019 criteria",
    disease="lupus",
    table="sle_criteria_2019",
    threshold=10,
    entry=("ana", "Antinuclear antibodies at 1:80 or more"),
    clinical=True,
    words="SLE: systemic lupus erythematosus. C3, C4: proteins of the complement system. "
          "dsDNA: double-stranded DNA. GP1: glycoprotein 1.",
)
CRITERIA = {each.name: each for each in (RA_2010, SLE_2019)}
PRINT = {">=": "≥ ", "<=": "≤ ", "3xULN": "3 × ULN", "mm3": "mm³", "beta2": "β2-", " to ≤": ", ≤"}


@cache
def items(criteria: Criteria) -> dict[str, Item]:
    """The items of a set, by id."""
    table = facts.load(criteria.table)
    rows = [
        Item(name, row["domain"], tidy(row["criterion"]), int(row["points"]), row.get("group", ""))
        for name, row in table.iterrows()
    ]
    name, words = criteria.entry
    return {row.id: row for row in (Item(name, "entry", words, 0, "entry"), *rows)}


def tidy(text: str) -> str:
    """A criterion of the table with the signs of print, and a capital where it begins with a word."""
    for sign, better in PRINT.items():
        text = text.replace(sign, better)
    text = re.sub(r"(\d)-(\d)", r"\1–\2", re.sub(r"([<>])(\d)", r"\1 \2", text))
    return text if text.startswith("anti-d") else text[0].upper() + text[1:]


# -- the score ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """`parts` maps each domain with a finding to its item that counts; `missing` says what is lacking."""

    criteria: Criteria
    points: int
    parts: dict[str, Item]
    missing: tuple[str, ...]

    @property
    def classified(self) -> bool:
        """Whether the record meets the criteria."""
        return not self.missing

    @property
    def sentence(self) -> str:
        """The score in words."""
        counted = ", ".join(f"{domain} {item.points}" for domain, item in self.parts.items() if item.points)
        points = f"{self.points} {'point' if self.points == 1 else 'points'}"
        total = f"{points}{f' ({counted})' if counted else ''}; the threshold is {self.criteria.threshold}."
        if self.classified:
            return f"{total} The record is classified as {self.criteria.disease}."
        return f"{total} The record is not classified as {self.criteria.disease}: {'; '.join(self.missing)}."


def score(record: Mapping[str, bool] | Iterable[str], criteria: str) -> Score:
    """Score a record: the ids of its findings, or a mapping from ids to whether they were found.

    `criteria` is "ra_2010" or "sle_2019". The entry findings are "swelling" and "ana"; the other ids are
    those of the facts' tables. ValueError for a set or a finding that does not exist.
    """
    rules, found = chosen(criteria), findings(record)
    for name in found:
        if name not in rules.items():
            raise ValueError(facts.unknown(f"finding in {criteria}", name, rules.items()))
    parts = highest(item for name, item in rules.items().items() if name in found and item.group != "entry")
    points = sum(item.points for item in parts.values())
    return Score(rules, points, parts, tuple(gaps(rules, found, points)))


def chosen(criteria: str) -> Criteria:
    """A set by its name."""
    if criteria not in CRITERIA:
        raise ValueError(facts.unknown("set of criteria", criteria, CRITERIA))
    return CRITERIA[criteria]


def findings(record: Mapping[str, bool] | Iterable[str]) -> set[str]:
    """The ids of what was found; a text is taken for one id."""
    if isinstance(record, Mapping):
        return {name for name, found in record.items() if found}
    return {record} if isinstance(record, str) else set(record)


def highest(found: Iterable[Item]) -> dict[str, Item]:
    """The item of each domain that counts: the one with most points, the first of equals."""
    parts: dict[str, Item] = {}
    for item in found:
        if item.domain not in parts or item.points > parts[item.domain].points:
            parts[item.domain] = item
    return parts


def gaps(rules: Criteria, found: set[str], points: int) -> Iterable[str]:
    """What a record lacks to be classified, in words."""
    name, words = rules.entry
    if name not in found:
        yield f"the entry criterion is missing ({words[0].lower()}{words[1:]})"
    if points < rules.threshold:
        yield f"it needs {rules.threshold - points} more"
    if rules.clinical and not any(rules.items()[each].group == "clinical" for each in found):
        yield "it needs at least one clinical finding"


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
