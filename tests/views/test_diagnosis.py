"""The views on diagnosis: their words against the facts, closed forms, and the truth of the scans."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.stats.inter_rater import cohens_kappa

from autoimmune.data import facts
from autoimmune.methods import agreement, imaging, screening
from autoimmune.methods.agreement import area_of, roc_area
from autoimmune.methods.criteria import score
from autoimmune.showing.describe import number
from autoimmune.views import diagnosis
from autoimmune.views.diagnosis import PATIENT_A, draw_cut_off, draw_find, sample

LINES = (Path(__file__).parents[1] / "data" / "exercise_answers.csv").read_text(encoding="utf-8").splitlines()
ANSWERS = {row["id"]: row["answer"] for row in csv.DictReader(LINES)}


# -- blood tests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, test, prevalence", [
    ("ppv-anti-ccp-1", "ra-anti-ccp", 1), ("ppv-anti-ccp-30", "ra-anti-ccp", 30), ("ppv-ttg-1", "coeliac-ttg-adults", 1),
])
def test_what_a_positive_test_means_is_the_known_answer(name, test, prevalence):
    assert screening.after(test, prevalence) == pytest.approx(100 * float(ANSWERS[name]), abs=0.01)


def test_two_tests_multiply_what_is_known():
    said = diagnosis.two_tests().said
    assert f"antibodies {number(100 * float(ANSWERS['ppv-ttg-1']), 2)} have it" in said
    assert f"as well, {number(100 * float(ANSWERS['ema-after-ttg']), 2)}." in said and "independent" in said


@pytest.mark.parametrize("criteria, points, classified", [("ra_2010", 5, False), ("sle_2019", 19, True)])
def test_patient_a_is_classified_as_the_lesson_says(criteria, points, classified):
    result = score(PATIENT_A[criteria], criteria)
    assert (result.points, result.classified) == (points, classified)


# -- a cut-off -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("apart, area", [(0.0, 0.5), (1.0, 0.7602), (1.5, 0.8556), (2.0, 0.9214), (4.0, 0.9977)])
def test_the_area_is_the_closed_form(apart, area):
    assert roc_area(apart) == pytest.approx(area, abs=1e-4)
    cuts = np.linspace(-12, 16, 4001)
    assert np.trapezoid(norm.sf(cuts - apart)[::-1], norm.sf(cuts)[::-1]) == pytest.approx(area, abs=1e-4)


def test_the_area_of_a_sample_counts_pairs_and_halves_ties():
    assert area_of(np.array([2, 3, 3]), np.array([1, 3])) == pytest.approx((1 + 0 + 1 + 0.5 + 1 + 0.5) / 6)
    areas = [area_of(*sample(seed, 1.5)[::-1]) for seed in range(200)]
    assert np.mean(areas) == pytest.approx(roc_area(1.5), abs=0.01)


@pytest.mark.parametrize("cut", [-2.0, 0.0, 1.0, 5.0])
@pytest.mark.parametrize("apart", [0.0, 1.5, 4.0])
def test_cut_off_says_what_it_trades(cut, apart):
    said = draw_cut_off(1, cut, apart).said
    found, spared = round(100 * norm.sf(cut - apart)), round(100 * norm.cdf(cut))
    assert f"{found} of 100 people with the disease" in said and f"{spared} of 100 without it" in said
    assert f"curve is {roc_area(apart):.2f}" in said and "binormal model, and of no real test" in said


def test_sliders_redraw_and_reset():
    view = diagnosis.cut_off()
    assert view.still.startswith(b"\x89PNG") and "69 of 100" in view.said
    view.sliders[0][1].value = 2.0
    assert "With the cut-off at 2, 31 of 100" in view.said and view.said in view.picture.value
    view.chance()
    view.reset()
    assert (view.said, view.sliders[0][1].value) == (draw_cut_off().said, 1.0)


# -- years before --------------------------------------------------------------------------------------


def test_pictures_say_the_figures_of_the_papers():
    said = diagnosis.islet_risk().said
    assert all(words in said for words in ("69.7 (65.1 to 74.3)", "14.5 (10.3 to 18.7)", "0.4 (0.2 to 0.6)"))
    before = diagnosis.years_before()
    assert "Of 130 people" in before.said and "78 of 100 had ANA" in before.said and "26 of 100 and 1.2 years" in before.said
    table = facts.load("sle_preclinical_autoantibodies")
    drawn = [text.get_text() for text in before.figure.axes[0].texts]
    assert drawn and all(f": {number(value)} of 100" in " ".join(drawn) for value in table.drop(index="any")["percent_positive"])


# -- two neurologists ----------------------------------------------------------------------------------


@pytest.mark.parametrize("patients, people, agreed, kappa, weighted", [
    ("Winnipeg", 149, 0.4295, 0.208, 0.380), ("New Orleans", 69, 0.478, 0.297, 0.477),
])
def test_the_neurologists_agree_as_is_known(patients, people, agreed, kappa, weighted):
    counts = agreement.neurologists(patients)
    assert counts.shape == (4, 4) and counts.to_numpy().sum() == people
    assert np.trace(counts) / people == pytest.approx(agreed, abs=5e-4)
    assert cohens_kappa(counts).kappa == pytest.approx(kappa, abs=5e-4)
    assert cohens_kappa(counts, wt="linear").kappa == pytest.approx(weighted, abs=5e-4)
    told = [int(n) for n in re.findall(r"\d+", diagnosis.two_neurologists(patients).said)]
    assert told[:2] == [people, np.trace(counts)] and told[1] + told[-2] + told[-1] == people


def test_an_unknown_place_is_named():
    with pytest.raises(ValueError, match="'Winnipeg' or 'New Orleans'"):
        agreement.neurologists("Paris")


# -- scans ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threshold", [0.45, 0.6, 0.8])
@pytest.mark.parametrize("noise", [0.0, 0.15, 0.3])
def test_a_scan_says_what_is_found_and_what_is_not(threshold, noise):
    made = imaging.scan(1, noise=noise)
    found = imaging.label_lesions(made.image, threshold)
    result = imaging.compare(found, made.truth)
    drawing = draw_find(1, threshold, noise)
    assert f"the program reports {found.max()}." in drawing.said and f"finds {len(result.hits)} of the 8" in drawing.said
    assert (f"{len(result.false)} of those" in drawing.said) == bool(result.false) and f"{result.dice:.2f}." in drawing.said
    marked = drawing.figure.axes[1].texts
    assert sum(text.get_text() == "×" for text in marked) == len(result.false)
    assert sum("missed" in text.get_text() for text in marked) == len(result.missed)
    assert all(diagnosis.SYNTHETIC in [text.get_text() for text in axes.texts] for axes in drawing.figure.axes)


def test_what_the_lesson_predicts_about_the_threshold():
    said = draw_find(threshold=0.5).said
    assert "reports 45. It finds 8 of the 8, and 37 of those" in said and "reports 7. It finds 7 of the 8 (missed: number 7)" in draw_find().said


def test_two_scans_agree_with_the_truth_and_two_that_grow_together_do_not():
    clean, joined = diagnosis.two_scans(), diagnosis.two_scans(seed=7)
    told = "2 new, 1 gone, 2 grown, 5 about the same."
    assert clean.said.count(told) == 2
    assert joined.said.endswith(told) and joined.said.count(told) == 1 and "1 grown" in joined.said
    words = [text.get_text() for text in clean.figure.axes[1].texts]
    assert [words.count(word) for word in ("new", "gone", "grown")] == [2, 1, 2]


def test_the_card_tells_what_is_ours():
    card = diagnosis.assumptions()
    assert card.loc["Scans", "numbers"] == card.loc["Cut-off and ROC", "numbers"] == "extension"
