"""Alignments of known pairs, and what shuffling makes of them."""

import numpy as np
import pytest

from autoimmune.methods import mimicry

MBP, BALF5 = "ENPVVHFFKNIVTPR", "TGGVYHFVKKHVHES"
# EBNA1 386 to 405: Lanz 2022 names these residues; the letters were recalled, not read there.
GLIALCAM, EBNA1 = "ATGRTHSSPPRAPSSPGRSR", "SQSSSSGSPPRRPPPGRRPF"
RO60, EBNA1_RO = "TKYKQRNGWSHK", "GGSGSGPRHRDGVRR"
B27, KLEBSIELLA = "KAKAQTDREDLRTLL", "NSRQTDRED"


def test_myelin_basic_protein_and_balf5_agree_at_five_of_fifteen_places():
    assert mimicry.identical_positions(MBP, BALF5) == (4, 6, 7, 9, 12)


def test_glialcam_and_ebna1_agree_at_six_of_twenty_places_and_share_sppr():
    assert len(mimicry.identical_positions(GLIALCAM, EBNA1)) == 6
    assert mimicry.longest_common_run(GLIALCAM, EBNA1) == "SPPR"


def test_ro60_and_ebna1_share_no_run():
    assert len(mimicry.longest_common_run(RO60, EBNA1_RO)) == 1
    assert mimicry.longest_common_run("AAA", "CCC") == ""


def test_local_alignment_finds_the_stretch():
    found = mimicry.alignment(B27, KLEBSIELLA)
    assert found.rows == ("QTDRED", "QTDRED")
    assert found.starts == (5, 4)
    assert (found.score, found.identity, found.similarity) == (32, 1.0, 1.0)


def test_global_alignment_covers_both_peptides_and_pays_for_gaps():
    found = mimicry.alignment("KKKK", "KK", "global")
    assert [row.replace("-", "") for row in found.rows] == ["KKKK", "KK"]
    assert found.score == 5 + 5 - (11 + 2)
    assert (found.identical, found.length, found.identity) == (2, 4, 0.5)


def test_similar_letters_count_beside_identical_ones():
    found = mimicry.alignment(MBP, BALF5, "global")
    assert (found.score, found.identical, found.similar) == (15, 5, 5)
    assert mimicry.alignment("KILD", "RLLE", "global").similar == 4
    assert str(mimicry.alignment("KILD", "RLLE", "global")) == "KILD\n::|:\nRLLE"


def test_nothing_aligns_when_no_pair_is_alike():
    found = mimicry.alignment("KKK", "LLL")
    assert (found.score, found.length, found.identity, found.similarity) == (0, 0, 0, 0)


@pytest.mark.parametrize("mode", mimicry.MODES)
@pytest.mark.parametrize("first, second", [(MBP, BALF5), (GLIALCAM, EBNA1), (RO60, EBNA1_RO)])
def test_score_does_not_depend_on_the_order_of_the_pair(first, second, mode):
    assert mimicry.alignment(first, second, mode).score == mimicry.alignment(second, first, mode).score


def test_small_letters_and_spaces_around_are_accepted():
    assert mimicry.alignment(f" {MBP.lower()}\n", BALF5) == mimicry.alignment(MBP, BALF5)


def test_shuffle_test_repeats_with_its_seed_and_takes_a_generator():
    once, again = (mimicry.shuffle_test(MBP, BALF5, shuffles=50, rng=7) for _ in range(2))
    assert np.array_equal(once.shuffled, again.shuffled)
    drawn = mimicry.shuffle_test(MBP, BALF5, shuffles=50, rng=np.random.default_rng(7))
    assert np.array_equal(once.shuffled, drawn.shuffled)


def test_p_value_counts_the_pair_itself_so_it_is_never_zero():
    test = mimicry.shuffle_test("ACDEFGHIKLMNPQRSTVWY", "ACDEFGHIKLMNPQRSTVWY", shuffles=99)
    assert test.p_value == 1 / 100
    assert mimicry.shuffle_test("AAAA", "AAAA", shuffles=99).p_value == 1.0


def test_p_values_of_unrelated_peptides_are_not_small_too_often():
    rng = np.random.default_rng(1)
    letters = list(mimicry.AMINO_ACIDS)
    pairs = ["".join(rng.choice(letters, 30)) for _ in range(200)]
    p = [mimicry.shuffle_test(pair[:15], pair[15:], "global", 99, rng).p_value for pair in pairs]
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.065)  # three standard errors


def test_likeness_of_letters_and_evidence_of_mimicry_are_different_things():
    """The disputed pair is remarkable by its letters; the pair with a crystal structure is not."""
    assert mimicry.shuffle_test(B27, KLEBSIELLA).p_value < 0.01
    assert mimicry.shuffle_test(GLIALCAM, EBNA1).p_value > 0.1


@pytest.mark.parametrize("bad, says", [
    ("ACDZ", "'Z' at position 4 of 'ACDZ' is not an amino acid; allowed are ACDEFGHIKLMNPQRSTVWY"),
    ("AC DE", "' ' at position 3"), ("", "'' is not a peptide"), (None, "None is not a peptide")])
@pytest.mark.parametrize("function", [
    mimicry.alignment, mimicry.identical_positions, mimicry.longest_common_run, mimicry.shuffle_test])
def test_what_is_not_a_peptide_is_named(function, bad, says):
    for pair in ((bad, "ACDE"), ("ACDE", bad)):
        with pytest.raises(ValueError, match=says):
            function(*pair)


def test_other_wrong_values_are_named():
    with pytest.raises(ValueError, match="mode 'semi' is not one of local, global"):
        mimicry.alignment(MBP, BALF5, "semi")
    with pytest.raises(ValueError, match="MVP has 3 letters and MVPR has 4"):
        mimicry.identical_positions("MVP", "MVPR")
    with pytest.raises(ValueError, match="shuffles = 0 is not allowed"):
        mimicry.shuffle_test(MBP, BALF5, shuffles=0)
