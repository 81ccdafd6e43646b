"""What lessons call: only what was checked comes through, and errors say what is allowed."""

import subprocess
import sys

import pandas as pd
import pytest

from autoimmune.data import facts

NAMES = list(facts.tables())


def test_import_stays_light():
    code = "import sys, autoimmune.data.facts as f; f.tables(); assert 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_tables_have_one_sentence_each():
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in facts.tables().values())


@pytest.mark.parametrize("name", NAMES)
def test_load_shows_no_unverified_cell(name):
    table, raw = facts.load(name), facts.raw(name)
    assert "recalled" not in set(table["status"])
    for key, columns in raw.loc[table.index, "unverified"].items():
        assert table.loc[key, facts.split(columns, ";")].isna().all(), key


@pytest.mark.parametrize("name", NAMES)
def test_load_shows_no_doi_that_was_not_read(name):
    table, raw = facts.load(name), facts.raw(name)
    for key, row in raw.loc[table.index].iterrows():
        recalled = {doi for doi, how in zip(facts.split(row["doi"]), facts.split(row["doi_status"]), strict=True)
                    if how == "recalled"}
        assert not recalled & set(facts.split(table["doi"].fillna("")[key])), key


@pytest.mark.parametrize("name", NAMES)
def test_load_unverified_shows_everything_as_it_stands(name):
    table, raw = facts.load(name, unverified=True), facts.raw(name)
    texts = [column for column in table if column not in facts.numeric_columns(name)]
    pd.testing.assert_frame_equal(table[texts].fillna(""), raw[texts])
    assert (table.notna() == (raw != "")).all(axis=None)


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_numeric_and_units_in_reach(name):
    table = facts.load(name)
    assert all(pd.api.types.is_numeric_dtype(table[column]) for column in facts.numeric_columns(name))
    assert set(table.attrs["units"]) <= set(table.columns)
    assert all("unit" in table for unit in table.attrs["units"].values() if unit == "see unit")
    assert table.attrs["table"] == name and table.attrs["meaning"] == facts.tables()[name]


def test_load_returns_its_own_copy():
    table = facts.load("ana_titre")
    table.loc["healthy-80", "value"] = 99
    assert facts.load("ana_titre").loc["healthy-80", "value"] == 13.3


def test_what_is_not_checked_is_missing():
    ebv = facts.load("environment").loc["ms-ebv-positive"]
    assert ebv["value"] == 26.5 and pd.isna(ebv["ci_low"])
    assert facts.load("environment", unverified=True).loc["ms-ebv-positive", "ci_low"] == 3.7
    assert "sle-female" not in facts.load("environment").index


@pytest.mark.parametrize("fact, column, number", [
    ("environment/ms-ebv-seroconversion", None, 32.4),
    ("environment/ms-ebv-seroconversion", "ci_high", 245.3),
    ("sle_criteria_2019/nephritis-iii-or-iv", None, 10),
    ("ra_trials_acr/armada-40-mg", "acr70", 26.9),
    ("pml_natalizumab/antibody-negative", "ci_low", 0),
])
def test_value(fact, column, number):
    assert facts.value(fact, column) == number


@pytest.mark.parametrize("fact, column, message", [
    ("environment/ms-ebv-positive", "ci_low", "was not verified"),
    ("environment/sle-female", None, "was not verified"),
    ("ptpn22_r620w/psoriasis", None, "is not given"),
    ("hla_associations/t1d-dr3-dr4", None, "name one of odds_ratio"),
    ("environment/ms-ebv-seroconversion", "disease", "Allowed: value, ci_low, ci_high"),
    ("environment/ms-ebv-seroconversion", "vlaue", "Did you mean 'value'"),
    ("environment/ms-ebv-seroconversio", None, "Did you mean 'ms-ebv-seroconversion'"),
    ("enviroment/ms-ebv-seroconversion", None, "Did you mean 'environment'"),
    ("ms-ebv-seroconversion", None, "table/id"),
])
def test_value_refuses_and_says_why(fact, column, message):
    with pytest.raises(ValueError, match=message):
        facts.value(fact, column)


def test_an_unknown_table_is_named_with_the_closest_and_all_allowed():
    with pytest.raises(ValueError, match=r"'epidemology'.*Did you mean 'epidemiology'.*adalimumab_pk, ana_titre"):
        facts.load("epidemology")


@pytest.mark.parametrize("fact, line", [
    ("environment/ms-ebv-seroconversion",
     "Bjornevik K et al., Science 2022;375:296–301, https://doi.org/10.1126/science.abj8222"),
    ("ms_pregnancy/before", "Confavreux C et al. (PRIMS), N Engl J Med 1998;339:285–91"),
    ("ptpn22_r620w/lupus", "Lee YH et al., Rheumatology 2007;46:49–56, https://doi.org/10.1093/rheumatology/kel170"),
])
def test_cite(fact, line):
    assert facts.cite(fact) == line


def test_cite_links_each_source_of_several_to_its_own_doi():
    sorensen, strangfeld = facts.cite("misconceptions/M11").split("; ")
    assert sorensen == "Sørensen PS et al., Mult Scler 2012;18:143–52, https://doi.org/10.1177/1352458511435105"
    assert strangfeld == "Strangfeld A et al. (RABBIT), Ann Rheum Dis 2011;70:1914–20, https://doi.org/10.1136/ard.2011.151043"


@pytest.mark.parametrize("name", NAMES)
def test_cite_prints_each_read_doi_and_no_other(name):
    for key, row in facts.raw(name).query("status != 'recalled'").iterrows():
        line = facts.cite(f"{name}/{key}")
        statuses = dict(zip(facts.split(row["doi"]), facts.split(row["doi_status"]), strict=True))
        assert all((f", https://doi.org/{doi}" in line) == (how == "read") for doi, how in statuses.items() if doi), key
        assert line.count("doi.org") == list(statuses.values()).count("read"), key
        assert not any(doi in line for doi, how in statuses.items() if how == "recalled"), key


def test_cite_refuses_what_is_only_recalled():
    recalled = [f"{name}/{key}" for name in NAMES for key in facts.raw(name).query("status == 'recalled'").index]
    assert recalled
    for fact in recalled:
        with pytest.raises(ValueError, match="only recalled"):
            facts.cite(fact)


def test_sources_lists_each_source_once_with_read_dois_only():
    sources = facts.sources()
    assert sources["source"].is_unique and list(sources) == ["source", "doi", "facts", "tables"]
    prims = sources[sources["source"].str.startswith("Confavreux")].iloc[0]
    assert (prims["doi"], prims["facts"], prims["tables"]) == (None, 5, "ms_pregnancy")
    assert len(facts.sources(unverified=True)) > len(sources)
    checked = [row for name in NAMES for _, row in facts.raw(name).iterrows() if row["status"] != "recalled"]
    assert set(sources["source"]) == {source for row in checked for source, _ in facts.row_sources(row)}
