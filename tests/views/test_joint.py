"""The views on the joint: driven to the ends of their controls, against runs ten times as long and against root-finding."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from autoimmune.modelling import analysis
from autoimmune.models import baker_2013, baker_2013_episode
from autoimmune.models.baker_2013_episode import CALM, FOLDS, INFLAMED
from autoimmune.showing.describe import number
from autoimmune.views import joint


@pytest.fixture(scope="module")
def episode():
    return joint.episode()


@pytest.fixture(scope="module")
def push():
    return joint.push()


def long_run(model, values):
    """Whether the joint is inflamed after ten times the time of the view."""
    parameters = {name: value for name, value in values.items() if name in model.defaults}
    initial = {name: value for name, value in values.items() if name in model.initial}
    return model.simulate(10 * joint.RUN, initial=initial, points=3, **parameters).p.iloc[-1] > joint.INFLAMED_ABOVE


@pytest.mark.parametrize("start, rest, strength, length",
                         list(product((CALM, INFLAMED), (1.0, 7.0, 7.5, 12.0, 15.5, 16.0, 20.0), (0.0, 40.0), (0.0, 8.0))))
def test_episode_says_what_lasts(episode, start, rest, strength, length):
    values = start | {"alpha_rest": rest, "alpha_episode": strength, "length": length}
    episode.set(**values)
    inflamed, said = long_run(baker_2013_episode.model, values), episode.sentence
    assert f"ends at {number(episode.summary['final_p'])}." in said
    if not FOLDS[0] < rest < FOLDS[1]:
        assert ("only the inflamed joint lasts" in said) == inflamed != ("only the calm joint lasts" in said)
    else:
        was = start is INFLAMED
        words = {(False, False): "was calm and is calm again", (False, True): "the inflammation stays",
                 (True, False): "it stays calm", (True, True): "was inflamed and is inflamed again"}
        assert words[was, inflamed] in said


STORIES = ("calm again", "the inflammation stays", "inflamed again", "stays calm")


@pytest.mark.parametrize("preset, words", list(zip(joint.PRESETS, STORIES, strict=True)))
def test_presets_tell_the_four_stories(episode, preset, words):
    episode.set(**joint.PRESETS[preset])
    assert words in episode.sentence


@pytest.mark.parametrize("strength, level", list(product((1.0, 7.0, 7.5, 9.0, 12.0, 15.5, 16.0, 20.0), (0.02, 0.05, 0.2, 5.0))))
def test_push_says_which_recover(push, strength, level):
    values = {"a": CALM["a"], "p": level, "alpha_2": strength}
    push.set(**values)
    inflamed, said = long_run(baker_2013.model, values), push.sentence
    assert f"ends at {number(push.summary['final_p'])}." in said
    inside = FOLDS[0] < strength < FOLDS[1]
    assert ("both joints can last" in said) == inside
    recovers = "does not recover" not in said and "only the inflamed" not in said
    assert recovers == (not inflamed)


def test_a_large_push_can_recover_where_a_smaller_one_does_not():
    """At a strength of 9 a very large push calls in so much brake that the joint comes to rest calm."""
    people = pd.DataFrame({"p": [0.1, 0.2, 1.0]})
    last = baker_2013.model.simulate(200, initial=CALM, patients=people, alpha_2=9.0).groupby("patient").p.last()
    assert (last > joint.INFLAMED_ABOVE).tolist() == [False, True, False]


def test_the_line_between_calm_and_inflamed_holds_everywhere():
    table = analysis.sweep(baker_2013.model, "alpha_2", np.linspace(1, 20, 20), starts=20)
    stable = table[table["stable"]]
    calm, inflamed = stable[stable["a"] < 0.1], stable[stable["a"] > 0.1]
    assert calm["p"].max() < joint.INFLAMED_ABOVE < inflamed["p"].min()


def test_branches_are_the_roots():
    calm, unstable, inflamed = joint.branches()
    assert (calm[0].max(), inflamed[0].min()) == pytest.approx((FOLDS[1], FOLDS[0]), abs=1e-3)
    found = analysis.steady_states(baker_2013.model, alpha_2=12.0)["p"].tolist()
    assert [np.interp(12, *sorted_by_strength(each)) for each in (calm, unstable, inflamed)] == pytest.approx(found, rel=1e-4)


def sorted_by_strength(branch):
    order = np.argsort(branch[0])
    return branch[0][order], branch[1][order]


def test_the_map_says_both_folds():
    drawing = joint.resting_states()
    assert drawing.said.count("15.7") == 2 and drawing.said.count("7.33") == 2
    assert drawing.png.startswith(b"\x89PNG")
