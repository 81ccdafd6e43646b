"""1,000 people: the parts add up, Python and JavaScript count and say the same, and the formula agrees."""

import json
import math
from itertools import product

import pytest

from autoimmune.data import facts
from autoimmune.methods.screening import PEOPLE, tree
from autoimmune.widgets.base.files import part
from autoimmune.widgets.people import COLUMNS, figure, people, sentence
from testing.browser import run_in_node

ENDS = (0, 0.04, 0.05, 0.1, 1, 2.5, 33.3, 50, 86.7, 97.8, 99.95, 100)
GRID = [
    dict(zip(("sensitivity", "specificity", "prevalence"), each, strict=True))
    for each in product(ENDS, repeat=3)
]
GROUPS = ("ill", "well", "true_positive", "false_positive", "false_negative", "true_negative", "positive")


@pytest.fixture(scope="module")
def in_javascript():
    """Each point of the grid as the browser counts and says it."""
    script = part("base/page.js") + part("people/people.js").replace("export default", "const widget =")
    return run_in_node(
        f'{script}const answer = {json.dumps(GRID)}.map(each => [tree(each), sentence(tree(each), "lupus")]);'
    )


def test_python_and_javascript_agree(in_javascript):
    for given, (counted, said) in zip(GRID, in_javascript, strict=True):
        mine = tree(**given)
        assert {name: counted[name] for name in GROUPS} == {name: getattr(mine, name) for name in GROUPS}, (
            given
        )
        assert said == sentence(mine, "lupus")


def test_parts_add_up_and_nobody_is_negative():
    for given in GRID:
        now = tree(**given)
        assert now.ill + now.well == 1000 and now.positive + now.negative == 1000
        assert min(now.true_positive, now.false_negative, now.false_positive, now.true_negative) >= 0


def test_whole_people_are_within_one_of_the_shares():
    for given in GRID:
        now = tree(**given)
        assert abs(now.ill - 10 * given["prevalence"]) <= 0.5 + 1e-6
        assert abs(now.true_positive - now.ill * given["sensitivity"] / 100) <= 0.5 + 1e-6
        assert abs(now.true_negative - now.well * given["specificity"] / 100) <= 0.5 + 1e-6


SAID = {
    (97.8, 90.2, 1): "10 have the disease. 107 people test positive: 10 with it and 97 without it. "
                     "Of the 107 who test positive, 10 have it: about 9 in 100.",
    (0, 100, 50): "500 have the disease. Nobody tests positive.",
    (100, 100, 100): "1,000 have the disease. 1,000 people test positive: 1,000 with it and nobody "
                     "without it. All of the 1,000 who test positive have it.",
    (50, 50, 0): "nobody has the disease. 500 people test positive: nobody with it and 500 without it. "
                 "None of the 500 who test positive has it.",
    (100, 100, 0.1): "1 has the disease. 1 person tests positive: 1 with it and nobody without it. "
                     "That person has it.",
    (20, 90, 0.1): "1 has the disease. 100 people test positive: nobody with it and 100 without it. None of "
                   "the 100 who test positive has it. Without rounding to whole people it is "
                   "fewer than 1 in 100.",
    (99, 99.9, 99): "990 have the disease. 980 people test positive: 980 with it and nobody without it. All "
                    "of the 980 who test positive have it. Without rounding to whole people it is "
                    "more than 99 in 100.",
}


@pytest.mark.parametrize("given", SAID)
def test_the_sentence(given):
    assert sentence(tree(*given)) == f"Of 1,000 people, {SAID[given]}"


def test_predictive_values_are_those_of_bayes():
    """Anti-CCP at 1 % and 30 %, antinuclear antibodies in anybody: tests/facts/exercise_answers.csv."""
    test = facts.load("diagnostic_tests").loc["ra-anti-ccp"]
    for prevalence, expected in ((1, 0.1192), (30, 0.8517)):
        assert tree(test["sensitivity"], test["specificity"], prevalence).predictive_value == pytest.approx(
            expected, abs=5e-5
        )
    lupus = tree(
        facts.value("ana_titre/lupus-sensitivity-80"), 100 - facts.value("ana_titre/healthy-80"), 0.081
    )
    assert lupus.predictive_value == pytest.approx(0.00593, abs=5e-6) and "fewer than 1 in 100" in sentence(
        lupus
    )


def test_nobody_can_test_positive():
    assert math.isnan(tree(0, 100, 50).predictive_value)


@pytest.mark.parametrize(
    "given",
    [
        {"sensitivity": 101},
        {"specificity": -0.1},
        {"prevalence": "many"},
        {"prevalence": None},
        {"sensitivity": math.nan},
    ],
)
def test_a_number_that_is_not_a_share_is_named(given):
    ((name, value),) = given.items()
    with pytest.raises(
        ValueError, match=f"{name} = {value!r} is not allowed; it is a number of per cent from 0 to 100"
    ):
        tree(**{"sensitivity": 90, "specificity": 90, "prevalence": 1} | given)


@pytest.mark.parametrize("given", [(97.8, 86.7, 1), (0, 0, 0), (100, 100, 100), (50, 0, 0.05)])
def test_the_picture_shows_each_person_once(given):
    tree_axes, crowd = figure(tree(*given), "lupus").axes
    assert sum(len(marks.get_offsets()) for marks in crowd.collections) == 1000
    assert f"{tree(*given).positive:,} test positive" in [text.get_text() for text in tree_axes.texts]


def test_a_cell_reads_and_moves_the_numbers():
    view = people(97.8, 90.2, 1, disease="lupus")
    assert view.tree == tree(97.8, 90.2, 1) and view.said == view.sentence
    view.set(prevalence=0.081, sensitivity=100)
    assert view.tree == tree(100, 90.2, 0.081)
    assert repr(view) == sentence(tree(100, 90.2, 0.081), "lupus")
    with pytest.raises(
        ValueError, match="no slider sets 'prior'; allowed are prevalence, sensitivity, specificity"
    ):
        view.set(prior=1)
    with pytest.raises(ValueError, match="prevalence = 101 is not allowed"):
        view.set(prevalence=101)


@pytest.mark.parametrize("prevalence", [0, 0.081, 1, 100])
def test_the_slider_of_prevalence_has_the_starting_value_and_both_ends(prevalence):
    steps = list(people(90, 90, prevalence)._sliders[0].options)
    assert prevalence in steps and steps[0] == 0 and steps[-1] == 100 and steps == sorted(set(steps))
    assert all((10 * step) % 1 == pytest.approx(0, abs=1e-9) for step in steps if step != prevalence)


def test_a_saved_notebook_holds_picture_and_sentence():
    view = people(97.8, 90.2, 1)
    data, metadata = view._repr_mimebundle_()
    assert data["text/plain"] == sentence(tree(97.8, 90.2, 1)) == metadata["image/png"]["alt"]
    assert len(data["image/png"]) < 40_000 and len(view.picture._esm + view.picture._css) < 25_000
    assert PEOPLE % COLUMNS == 0
