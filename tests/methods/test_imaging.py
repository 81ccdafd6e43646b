"""Synthetic scans: lesions stand where the truth says, and what is found is counted rightly."""

import numpy as np
import pytest

from autoimmune.methods.imaging import (
    GAP,
    SHAPE,
    changes,
    compare,
    find_lesions,
    follow_up,
    label_lesions,
    measure,
    scan,
    suggested_threshold,
    ventricles,
)


@pytest.mark.parametrize("seed", range(1, 9))
def test_lesions_are_apart_in_white_matter_and_numbered_from_the_top(seed):
    made = scan(seed)
    table = measure(made.truth)
    assert table["label"].tolist() == list(range(1, 9)) and table["row"].is_monotonic_increasing
    assert not np.any(ventricles() & (made.truth > 0))
    places = [np.argwhere(made.truth == n) for n in table["label"]]
    nearest = min(np.abs(a[:, None] - b[None]).max(axis=2).min() for k, a in enumerate(places) for b in places[k + 1:])
    assert nearest > GAP


def test_the_seed_decides_and_the_noise_does_not_move_lesions():
    calm, noisy, other = scan(3, noise=0.0), scan(3, noise=0.2), scan(4)
    assert np.array_equal(scan(3).image, scan(3).image) and np.array_equal(calm.truth, noisy.truth)
    assert not np.array_equal(calm.truth, other.truth)
    assert calm.image.min() >= 0 and noisy.image.max() <= 1
    residue = (noisy.image - calm.image)[60:120, 50:100]  # the middle: far from 0 and 1, where it would be cut off
    assert residue.std() == pytest.approx(0.2, rel=0.15)


@pytest.mark.parametrize("seed", range(1, 9))
def test_on_a_calm_scan_everything_is_found_at_its_place(seed):
    made = scan(seed)
    found, result = find_lesions(made.image), compare(label_lesions(made.image), made.truth)
    assert (len(result.hits), result.missed, result.false) == (8, (), ()) and result.dice > 0.85
    true = measure(made.truth)
    for _, lesion in true.iterrows():
        assert np.hypot(found["row"] - lesion["row"], found["column"] - lesion["column"]).min() < 1


def test_a_high_threshold_misses_and_noise_under_a_low_one_invents():
    made = scan(1, noise=0.2)
    strict, loose = (compare(label_lesions(made.image, level), made.truth) for level in (0.75, 0.5))
    assert len(strict.missed) == 3 and not strict.false
    assert not loose.missed and len(loose.false) > 30


def test_the_suggested_threshold_parts_lesions_from_brain_until_there_is_too_much_noise():
    assert 0.43 < suggested_threshold(scan(1, noise=0.0).image) < 0.86
    lost = compare(label_lesions(scan(1, noise=0.2).image), scan(1).truth)
    assert len(lost.false) > 20


@pytest.mark.parametrize("area, kept", [(6, False), (7, True), (8, True)])
def test_what_is_too_small_is_left_out(area, kept):
    image = np.full(SHAPE, 0.4)
    image[80, 60:60 + area] = 0.9
    assert bool(len(find_lesions(image, 0.6, smooth=0))) == kept


def test_dice_and_counts_by_hand():
    truth, found = np.zeros((2, 10), int), np.zeros((2, 10), int)
    truth[0, 0:4], truth[0, 6:8] = 1, 2
    found[0, 2:5], found[1, 9] = 1, 2
    result = compare(found, truth)
    assert (result.hits, result.missed, result.false) == ((1,), (2,), (2,))
    assert result.dice == pytest.approx(2 * 2 / (6 + 4))
    assert np.isnan(compare(np.zeros((2, 2)), np.zeros((2, 2))).dice)


def test_area_and_place_of_a_rectangle():
    labels = np.zeros((20, 20), int)
    labels[4:8, 10:16] = 3
    row = measure(labels, pixel=0.5).iloc[0]
    assert (row.label, row.row, row.column, row.area_mm2) == (3, 5.5, 12.5, 6.0)


@pytest.mark.parametrize("seed", range(1, 7))
def test_the_second_scan_has_the_changes_that_were_asked_for(seed):
    first = scan(seed)
    second = follow_up(first, new=2, gone=1, grown=2)
    told = changes(first.truth, second.truth)["what"].value_counts().to_dict()
    assert told == {"same": 5, "grown": 2, "new": 2, "gone": 1}
    before, after = ({lesion.number: lesion for lesion in each.lesions} for each in (first, second))
    assert set(after) - set(before) == {9, 10} and len(set(before) - set(after)) == 1
    stayed = [n for n in after if n in before]
    assert all((before[n].row, before[n].column) == (after[n].row, after[n].column) for n in stayed)


def test_changes_by_hand():
    before, after = np.zeros((4, 12), int), np.zeros((4, 12), int)
    before[0, 0:4], before[0, 8:12], before[3, 0:4] = 1, 2, 3
    after[0, 0:6], after[2, 6:8], after[3, 0:5] = 1, 2, 3
    table = changes(before, after)
    assert table["what"].tolist() == ["grown", "new", "same", "gone"]
    assert table["after_mm2"].tolist() == [6, 2, 5, 0] and table["before_mm2"].tolist() == [4, 0, 4, 4]


@pytest.mark.parametrize("make, words", [
    (lambda: scan(lesions=21), "lesions = 21 is not allowed"),
    (lambda: scan(noise=0.6), "noise = 0.6 is not allowed"),
    (lambda: scan(noise=-0.1), "from 0 to 0.5"),
    (lambda: follow_up(scan(lesions=2), gone=1, grown=2), "more than the 2 lesions"),
    (lambda: find_lesions(scan().image, 1.5), "threshold = 1.5 is not allowed"),
    (lambda: compare(np.zeros((2, 2)), np.zeros((3, 2))), "differ in shape"),
])
def test_what_is_not_allowed_is_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_brain_without_lesions():
    made = scan(lesions=0)
    assert not made.lesions and len(find_lesions(made.image, 0.6)) == 0
    assert follow_up(made, new=1, gone=0, grown=0).truth.max() == 1
