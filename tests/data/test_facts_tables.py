"""The CSV files themselves: complete, tidy, and honest about what was checked."""

import re
from datetime import date
from importlib import resources
from itertools import product

import pytest

from autoimmune.data import facts
from autoimmune.learning.lessons import lessons

COMMON = ["source", "doi", "doi_status", "status", "unverified", "confidence", "read_in"]
FILES = resources.files("autoimmune.data.facts")
NAMES = list(facts.tables())
LIMITS = {
    "ci_low": ("value", "odds_ratio", "per_1000", "risk_percent"), "low": ("value",), "or_low": ("odds_ratio",),
    "hr_low": ("hazard_ratio",), "heritability_low": ("heritability",), "difference_low": ("printed_difference",),
    "sensitivity_low": ("sensitivity",), "specificity_low": ("specificity",),
}
ARTEFACTS = r"scribd|highwire|find_string|droracle|empr\.com|paperexplained|ablesci|build/|\bbrief\b|/work|/tmp"


def rows(name):
    return [dict(row, id=key) for key, row in facts.raw(name).to_dict("index").items()]


def numbers(name):
    return facts.load(name, unverified=True)


def own_columns(name):
    return [row["column"] for row in facts.dictionary() if row["table"] == name and row["column"]]


def test_every_file_is_a_table_and_every_table_a_file():
    assert sorted(path.name for path in (FILES / "tables").iterdir()) == sorted(f"{name}.csv" for name in NAMES)


@pytest.mark.parametrize("path", ["dictionary.csv", "glossary.csv", *(f"tables/{name}.csv" for name in NAMES)])
def test_files_are_utf8_with_unix_line_ends(path):
    content = FILES.joinpath(*path.split("/")).read_bytes()
    assert b"\r" not in content and content.endswith(b"\n") and not content.startswith(b"\xef\xbb\xbf")
    assert not re.search(ARTEFACTS, content.decode("utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_those_of_the_dictionary(name):
    assert list(facts.raw(name).columns) == own_columns(name) + COMMON


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_unique_and_readable(name):
    ids = facts.raw(name).index
    assert ids.is_unique
    assert all(re.fullmatch(r"M\d\d|[a-z0-9]+(-[a-z0-9]+)*", key) for key in ids)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_a_source_and_a_legal_status(name):
    for row in rows(name):
        assert all(facts.split(row["source"])), row["id"]
        assert row["status"] in facts.STATUSES, row["id"]
        assert row["status"] == "recalled" or row["read_in"], row["id"]
        assert row["confidence"] in (("",) if row["status"] == "verified" else ("high", "medium", "low")), row["id"]


@pytest.mark.parametrize("name", NAMES)
def test_partly_means_that_some_but_not_all_cells_are_unverified(name):
    for row in rows(name):
        cells = facts.split(row["unverified"], ";")
        assert bool(cells) == (row["status"] == "partly"), row["id"]
        assert set(cells) < set(own_columns(name)), row["id"]
        assert all(row[cell] for cell in cells), f"{row['id']}: an empty cell cannot be unverified"


@pytest.mark.parametrize("name", NAMES)
def test_each_source_has_a_place_for_its_doi(name):
    for row in rows(name):
        dois, statuses = facts.split(row["doi"]), facts.split(row["doi_status"])
        assert len(dois) == len(statuses) and len(dois) in (0, len(facts.split(row["source"]))), row["id"]
        for doi, status in zip(dois, statuses, strict=True):
            assert status in (("read", "recalled") if doi else ("",)), row["id"]
            assert not doi or re.fullmatch(r"10\.\d{4,9}/\S+", doi), row["id"]


def test_one_source_has_one_doi():
    found = {}
    for row in (row for name in NAMES for row in rows(name)):
        for source, doi in facts.row_sources(row):
            assert found.setdefault(source, doi) == doi, source


@pytest.mark.parametrize("name", NAMES)
def test_limits_bracket_their_value(name):
    table = numbers(name)
    for low, mains in LIMITS.items():
        high = low.replace("low", "high")
        for main in (main for main in mains if low in table and main in table):
            given = table.dropna(subset=[low, main])
            assert (given[low] <= given[main]).all(), (low, main)
            given = table.dropna(subset=[high, main])
            assert (given[main] <= given[high]).all(), (high, main)


@pytest.mark.parametrize("name", NAMES)
def test_every_pair_of_limits_is_checked(name):
    lows = {column for column in own_columns(name) if column.endswith("low")}
    assert all(set(LIMITS[low]) & set(own_columns(name)) for low in lows)


@pytest.mark.parametrize("name", NAMES)
def test_percentages_lie_between_0_and_100(name):
    table = numbers(name)
    columns = [column for column, unit in facts.units(name).items() if unit == "percent"]
    assert ((table[columns] >= 0) & (table[columns] <= 100) | table[columns].isna()).all(axis=None)
    if "unit" in table:
        assert table.loc[table["unit"] == "percent", "value"].between(0, 100).all()


@pytest.mark.parametrize("name", NAMES)
def test_ratios_and_their_limits_are_positive(name):
    table = numbers(name)
    columns = [column for column, unit in facts.units(name).items() if unit == "ratio"]
    assert ((table[columns] > 0) | table[columns].isna()).all(axis=None)
    if "unit" in table:
        ratios = table.loc[table["unit"] == "ratio", table.columns.intersection(["value", "ci_low", "ci_high"])]
        assert ((ratios > 0) | ratios.isna()).all(axis=None)


def test_peptides_are_as_long_as_their_residues_say():
    table = numbers("mimicry_peptides").dropna(subset=["sequence", "start"])
    assert table["sequence"].str.fullmatch("[ACDEFGHIKLMNPQRSTVWY]+").all()
    assert (table["end"] - table["start"] + 1 == table["sequence"].str.len()).all()


@pytest.mark.parametrize("name, total", [("ra_criteria_2010", 10), ("sle_criteria_2019", 51)])
def test_criteria_add_up_to_their_printed_maximum(name, total):
    assert facts.load(name).groupby("domain")["points"].max().sum() == total


def test_sardinian_counts_follow_from_the_prevalence():
    sardinia = facts.load("epidemiology").filter(like="sardinia-", axis="index")
    assert len(sardinia) == 12
    assert [int(note.split()[1]) for note in sardinia["note"]] == list((sardinia["value"] * 0.25885).round())


def test_armada_arm_sizes_are_the_only_ones_that_fit():
    """The abstract prints 271 people and eleven percentages, which fix the four arms."""
    arms = facts.load("ra_trials_acr").filter(like="armada-", axis="index")
    printed = [arm.dropna().tolist() for _, arm in arms[["acr20", "acr50", "acr70"]].iterrows()]
    fits = [[n for n in range(40, 120) if all(reachable(n, percent) for percent in arm)] for arm in printed]
    assert [list(sizes) for sizes in product(*fits) if sum(sizes) == 271] == [arms["n"].tolist()]


def reachable(n, percent):
    return any(round(100 * count / n, 1) == percent for count in range(n + 1))


def test_belimumab_arms_add_up_to_the_printed_totals():
    arms = facts.load("sle_trials").groupby("trial")["n"].sum()
    assert (arms["BLISS-52"], arms["BLISS-76"]) == (865, 819)


def test_ro60_and_ebna1_share_no_run_of_two_residues():
    """Misconception M06 says so."""
    peptides = facts.load("mimicry_peptides")["sequence"]
    ro60, ebna1 = peptides["ro60-ebna1-self"], peptides["ro60-ebna1-microbial"]
    assert not any(ro60[start:start + 2] in ebna1 for start in range(len(ro60) - 1))


def test_misconceptions_are_complete_and_rest_on_checked_figures():
    table = facts.load("misconceptions")
    assert list(table.index) == [f"M{number:02}" for number in range(1, len(table) + 1)]
    assert (table["status"] == "verified").all()
    for fact in (fact for cell in table["figures"].dropna() for fact in facts.split(cell, ";")):
        name, key = fact.split("/")
        assert key in facts.load(name).index, fact


@pytest.mark.parametrize("number, quoted", [
    ("M04", ["ana_titre/healthy-80"]),
    ("M05", ["ptpn22_r620w/rheumatoid-arthritis"]),
    ("M07", ["serious_infection/glucocorticoid-7-5-to-14-mg", "serious_infection/glucocorticoid-15-mg"]),
    ("M11", ["pml_natalizumab/months-1-11", "pml_natalizumab/months-25-36"]),
    ("M14", ["t1d_autoantibody_risk/multiple:risk_percent"]),
])
def test_a_refutation_quotes_its_figures(number, quoted):
    refutation = facts.load("misconceptions").loc[number, "refutation"]
    for fact in quoted:
        name, _, column = fact.partition(":")
        assert f"{facts.value(name, column or None):g}" in refutation


def test_what_is_current_was_looked_at_within_two_years():
    assert facts.overdue() == []


@pytest.mark.parametrize("today, found", [("2026-12-01", 0), ("2028-11-21", 0), ("2028-12-15", len(facts.raw("current")))])
def test_what_nobody_looked_at_for_two_years_is_told(today, found):
    told = facts.overdue(date.fromisoformat(today))
    assert len(told) == found and all("look whether it still holds" in sentence for sentence in told)


def test_what_is_current_names_its_day_and_its_lessons():
    rows = facts.load("current")
    assert set(rows["kind"]) == {"criteria", "guideline", "approval"}
    assert all(date.fromisoformat(day) <= date.today() for day in rows["read_on"])
    assert {lesson for named in rows["lessons"] for lesson in named.split()} <= {each.number for each in lessons()}


def test_glossary_explains_each_word_once_in_one_sentence():
    words = facts.glossary()
    assert words.index.is_unique and len(words) >= 40
    assert set(words["lesson"]) <= {each.number for each in lessons()}
    assert words["definition"].str.fullmatch(r"[A-Z][^.]*\.").all()
    assert (words["definition"].str.split().str.len() <= 25).all()


@pytest.mark.parametrize("name", NAMES)
def test_readme_describes_each_table_and_column(name):
    sections = (FILES / "README.md").read_text(encoding="utf-8").split("\n### ")
    section = next(section for section in sections if section.startswith(f"{name}\n"))
    assert [column for column in own_columns(name) if f"`{column}`" not in section] == []
