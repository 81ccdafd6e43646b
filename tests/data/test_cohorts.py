"""The loaders give what their docstrings say, and say clearly what they cannot give."""

import re
from pathlib import Path

import pandas as pd
import pytest

from autoimmune.data import cohorts

NAMES = [cohort.name for cohort in cohorts.COHORTS]


def test_catalogue_has_a_row_for_each_loader():
    table = cohorts.catalogue()
    assert list(table["name"]) == NAMES
    assert {"disease", "rows", "source", "provenance", "licence"} <= set(table.columns)


@pytest.mark.parametrize("name", NAMES)
def test_loader_gives_the_rows_of_its_catalogue_entry(name):
    table = getattr(cohorts, name)()
    assert len(table) == table.attrs["rows"]
    assert table.attrs["name"] == name
    assert f"{table.shape}" in getattr(cohorts, name).__doc__


@pytest.mark.parametrize("name", NAMES)
def test_loader_documents_every_column_and_has_units_only_for_columns_it_has(name):
    table = getattr(cohorts, name)()
    documented = getattr(cohorts, name).__doc__
    assert [column for column in table.columns if f"`{column}`" not in documented] == []
    assert set(table.attrs["units"]) <= set(table.columns)


def test_nobody_is_missing_in_the_arthritis_trial():
    improved = cohorts.arthritis_trial()["improved"]
    assert improved.value_counts().to_dict() == {"none": 42, "some": 14, "marked": 28}
    assert (improved > "none").sum() == 42


def test_a_transplant_is_not_a_death_and_106_were_not_randomised():
    table = cohorts.primary_biliary_cholangitis()
    assert table["status"].value_counts().to_dict() == {"censored": 232, "died": 161, "transplant": 25}
    assert table["treatment"].isna().sum() == 106
    never_recorded = table.loc[table["treatment"].isna()].isna().all()
    assert never_recorded.sum() == 1 + 8


def test_trios_keep_the_child_apart_from_affected_parents():
    trios = cohorts.crohn_trios()
    assert trios.groupby("family")["child"].nunique().eq(1).all()
    alleles = trios.filter(regex="_[12]$")
    assert alleles.isna().to_numpy().mean() == pytest.approx(0.101, abs=5e-4)
    assert set(alleles.stack()) == {1, 2, 3, 4}


def test_markers_run_along_the_chromosome():
    trios = cohorts.crohn_trios()
    markers = trios.drop_duplicates("locus")
    assert markers["position"].is_monotonic_increasing and markers["marker"].is_unique
    assert markers.set_index("locus").loc[28, "marker"] == "IGR2063b_1"


def test_no_child_carries_an_allele_that_neither_parent_has():
    typed = cohorts.crohn_trios().dropna()

    def from_parent(allele, parent):
        return typed[allele].eq(typed[f"{parent}_1"]) | typed[allele].eq(typed[f"{parent}_2"])

    one_way = from_parent("child_1", "father") & from_parent("child_2", "mother")
    other_way = from_parent("child_2", "father") & from_parent("child_1", "mother")
    assert (one_way | other_way).all()


def test_wrong_name_is_an_error_that_names_it():
    with pytest.raises(LookupError, match="'nope'. Allowed: .*survival_pbc"):
        cohorts.published("nope")


def test_every_table_stands_with_its_licence():
    folder = Path(cohorts.__file__).with_name("cohort_tables")
    listed = (folder / "README.md").read_text(encoding="utf-8")
    for table in folder.glob("*.csv"):
        assert f"`{table.name}`" in listed, f"{table.name}: the README there does not say whose it is"
    for licence in re.findall(r"\]\(([\w.-]+)\)", listed):
        assert (folder / licence).exists()


def test_unknown_code_is_an_error_that_names_it():
    with pytest.raises(ValueError, match="arm has the codes 3; known are 1, 2"):
        cohorts.coded(pd.Series([1, 2, 3], name="arm"), {1: "placebo", 2: "drug"})
