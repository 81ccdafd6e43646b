"""Scores of records by the criteria of 2010 and 2019."""

import pytest

from autoimmune.data import facts
from autoimmune.methods.criteria import CRITERIA, items, score
from autoimmune.widgets.criteria import CAUTION, criteria, figure, reach

SWOLLEN, ANA = {"swelling"}, {"ana"}


@pytest.mark.parametrize(
    "record, points, classified",
    [
        (set(), 0, False),
        ({"joints-over-10", "serology-high", "acute-phase-abnormal", "duration-6-weeks"}, 10, True),
        ({"joints-4-10-small", "serology-low", "duration-6-weeks"}, 6, True),
        ({"joints-4-10-small", "serology-low"}, 5, False),
        (
            {
                "joints-1-large",
                "joints-2-10-large",
                "joints-1-3-small",
                "serology-high",
                "acute-phase-normal",
            },
            5,
            False,
        ),
        ({"serology-negative", "joints-over-10", "acute-phase-abnormal"}, 6, True),
    ],
)
def test_rheumatoid_arthritis(record, points, classified):
    result = score(record | SWOLLEN, "ra_2010")
    assert (result.points, result.classified) == (points, classified)
    assert not score(record, "ra_2010").classified and score(record, "ra_2010").points == points


@pytest.mark.parametrize(
    "record, points, classified",
    [
        ({"nephritis-iii-or-iv"}, 10, True),
        ({"joints", "proteinuria"}, 10, True),
        ({"joints", "low-c3-or-c4"}, 9, False),
        ({"acute-cutaneous", "alopecia", "oral-ulcers", "subacute-or-discoid"}, 6, False),
        ({"low-c3-and-c4", "low-c3-or-c4", "dsdna-or-sm", "antiphospholipid"}, 12, False),  # no clinical item
        ({"low-c3-and-c4", "dsdna-or-sm", "fever"}, 12, True),
    ],
)
def test_lupus(record, points, classified):
    result = score(record | ANA, "sle_2019")
    assert (result.points, result.classified) == (points, classified)
    assert not score(record, "sle_2019").classified and score(record, "sle_2019").points == points


@pytest.mark.parametrize("name, most", [("ra_2010", 10), ("sle_2019", 51)])
def test_everything_at_once_gives_the_highest_score(name, most):
    result = score(items(CRITERIA[name]), name)
    assert result.points == most == reach(result) and result.classified


@pytest.mark.parametrize("name", CRITERIA)
def test_each_item_counts_its_weight_alone(name):
    for item in items(CRITERIA[name]).values():
        assert score([item.id], name).points == item.points
        assert item.points == 0 or score([item.id], name).parts == {item.domain: item}


@pytest.mark.parametrize("name", CRITERIA)
def test_the_sheet_holds_every_verified_row(name):
    table = facts.load(CRITERIA[name].table)
    assert set(items(CRITERIA[name])) == set(table.index) | {CRITERIA[name].entry[0]}
    assert table["points"].notna().all() and (table["status"] == "verified").all()


@pytest.mark.parametrize(
    "record",
    [
        {"ana": True, "joints": 1, "fever": False},
        ["ana", "joints"],
        ("joints", "ana", "joints"),
        {"ana", "joints"},
    ],
)
def test_a_record_is_a_mapping_or_a_collection(record):
    assert score(record, "sle_2019").sentence == score({"ana", "joints"}, "sle_2019").sentence


LUPUS_12 = "12 points (musculoskeletal 6, SLE-specific antibodies 6); the threshold is 10."
LUPUS_10 = "10 points (complement 4, SLE-specific antibodies 6); the threshold is 10."
NO_ENTRY = "the entry criterion is missing (antinuclear antibodies at 1:80 or more)"
NO_LUPUS = "The record is not classified as lupus:"
NO_ARTHRITIS = "The record is not classified as rheumatoid arthritis:"


@pytest.mark.parametrize(
    "record, name, said",
    [
        (ANA | {"joints", "dsdna-or-sm"}, "sle_2019", f"{LUPUS_12} The record is classified as lupus."),
        ({"joints", "dsdna-or-sm"}, "sle_2019", f"{LUPUS_12} {NO_LUPUS} {NO_ENTRY}."),
        (ANA | {"dsdna-or-sm", "low-c3-and-c4"}, "sle_2019",
         f"{LUPUS_10} {NO_LUPUS} it needs at least one clinical finding."),
        (SWOLLEN | {"duration-6-weeks"}, "ra_2010",
         f"1 point (duration 1); the threshold is 6. {NO_ARTHRITIS} it needs 5 more."),
        (SWOLLEN, "ra_2010", f"0 points; the threshold is 6. {NO_ARTHRITIS} it needs 6 more."),
    ],
)
def test_the_sentence_says_why(record, name, said):
    assert score(record, name).sentence == said


@pytest.mark.parametrize(
    "record, name, said",
    [
        ({"joint"}, "sle_2019", "no finding in sle_2019 named 'joint'. Did you mean 'joints'"),
        ("serology-hihg", "ra_2010", "Did you mean 'serology-high'"),
        ({"ana": False, "rash": False, "cough": True}, "sle_2019", "'cough'"),
        ((), "sle_2012", "no set of criteria named 'sle_2012'. Did you mean 'sle_2019'"),
    ],
)
def test_what_does_not_exist_is_named(record, name, said):
    with pytest.raises(ValueError, match=said):
        score(record, name)


def test_a_sheet_follows_its_ticks():
    sheet = criteria("sle_2019", ANA | {"joints"})
    assert (
        sheet.ticked == ["ana", "joints"] and sheet.result["points"] == 6 and not sheet.result["classified"]
    )
    sheet.ticked = ["joints", "proteinuria", "ana", "ana"]
    assert (
        sheet.ticked == ["ana", "joints", "proteinuria"]
        and sheet.result["points"] == 10
        and sheet.result["classified"]
    )
    assert repr(sheet) == sheet.sentence == sheet.score.sentence == sheet.result["sentence"]
    with pytest.raises(ValueError, match="'cough'"):
        sheet.ticked = ["cough"]


@pytest.mark.parametrize("name", CRITERIA)
def test_a_saved_notebook_holds_picture_sentence_and_caution(name):
    sheet = criteria(name, items(CRITERIA[name]))
    data, metadata = sheet._repr_mimebundle_()
    assert data["text/plain"].endswith(CAUTION) and metadata["image/png"]["alt"] == data["text/plain"]
    assert len(data["image/png"]) < 40_000 and len(sheet._esm + sheet._css) < 25_000


@pytest.mark.parametrize("record", [set(), ANA | {"joints", "proteinuria"}, set(items(CRITERIA["sle_2019"]))])
def test_the_picture_is_as_long_as_the_score(record):
    result = score(record, "sle_2019")
    (axes,) = figure(result).axes
    assert sum(bar.get_width() for bar in axes.patches) == result.points
