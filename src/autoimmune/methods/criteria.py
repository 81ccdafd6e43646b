"""Classification criteria: the points of a record against the threshold.

    CRITERIA                      the sets: "ra_2010" and "sle_2019"
    score(record, "sle_2019")     points, the part of each domain, classified or not, and why

The weights are the verified rows of the tables `ra_criteria_2010` and `sle_criteria_2019`: Aletaha D et al.,
Ann Rheum Dis 2010;69:1580–8 and Aringer M et al., Ann Rheum Dis 2019;78:1151–9. Of each domain the highest
item counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from autoimmune.data import facts


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
