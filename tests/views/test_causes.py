"""The views on causes: their words against the models, the tables and the reference answers."""

import re

import numpy as np
import pytest
from scipy.integrate import quad

from autoimmune.data import facts
from autoimmune.methods import mimicry, risk
from autoimmune.models import liability_threshold, maree_2006, thymic_selection
from autoimmune.showing.describe import number
from autoimmune.views import causes


def pressings(view):
    """Each option of each toggle of a Drawn, pressed once: (values, drawing)."""
    for toggle, widget in view.toggles:
        for option in toggle.options:
            widget.value = option.label
            yield dict(view.values), view.drawing


# -- twins ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("K, h2, kind", [(0.005, 0.8, "monozygotic"), (0.05, 0.2, "dizygotic"), (0.001, 0.95, "monozygotic")])
def test_the_shaded_part_of_a_hump_is_the_concordance(K, h2, kind):
    r, t = liability_threshold.twin_correlation(h2, kind), liability_threshold.threshold(K)
    shaded = quad(lambda x: causes.liability_density(x, K, r), t, 12)[0]
    assert shaded == pytest.approx(liability_threshold.concordance(K, r), rel=1e-4)
    assert quad(lambda x: causes.liability_density(x, K, r), -12, 12)[0] == pytest.approx(1, rel=1e-4)


def test_twins_says_what_the_model_expects_and_what_is_drawn():
    for values, drawing in pressings(causes.twins()):
        expected = liability_threshold.twin_concordance(**values)
        for share in expected.values():
            assert f"{number(100 * share, 2)}" in drawing.said
        drawn = [int(axes.get_title("left").split()[-2]) for axes in drawing.figure.axes[1:]]
        assert drawing.said.endswith(f"in this picture {drawn[0]} and {drawn[1]} are.")
        assert all(abs(count - 100 * share) < 5 * (100 * share * (1 - share))**0.5 + 1 for count, share in zip(drawn, expected.values(), strict=True))


def test_heritability_of_sardinian_and_finnish_type_1_diabetes_is_near_what_was_counted():
    """The lesson sets a Finnish heritability beside a Sardinian prevalence, and says so."""
    K, h2 = facts.value("epidemiology/sardinia-type-1-diabetes") / 1e5, facts.value("twins_heritability/type-1-diabetes-finland", "heritability")
    model = liability_threshold.twin_concordance(K, h2)
    counted = facts.load("twins_heritability").loc["type-1-diabetes-finland"]
    assert 100 * model["monozygotic"] == pytest.approx(counted["mz_concordance_percent"], abs=5)
    assert 100 * model["dizygotic"] == pytest.approx(counted["dz_concordance_percent"], abs=1)


# -- risks and interaction ----------------------------------------------------------------------------------


def test_my_risk_says_the_risk_and_its_ratio():
    for values, drawing in pressings(causes.my_risk()):
        having = risk.risk_with(values["without"], values["odds_ratio"])
        assert f"the risk is {number(100 * having)} %" in drawing.said and f"The risk is {number(having / values['without'])} times" in drawing.said
        drawn = [int(axes.get_title("left").split()[-2].replace(",", "")) for axes in drawing.figure.axes[:2]]
        assert f"By chance {drawn[0]} and {drawn[1]} are ill" in drawing.said


def test_together_says_the_reference_answers_and_its_bars_reach_them():
    drawing = causes.together()
    assert "The excess is 8.2: 61 %" in drawing.said and "5.3 would be expected" in drawing.said
    tops = {}
    for bar in drawing.figure.axes[0].patches:
        place = round(bar.get_x() + bar.get_width() / 2)
        tops[place] = max(tops.get(place, 0), bar.get_y() + bar.get_height())
    assert list(tops.values()) == pytest.approx([1, 1.4, 4.9, 13.5])


# -- gene and trigger ---------------------------------------------------------------------------------------


def test_the_appetite_multiplies_both_published_rates_and_is_named_an_extension():
    ours = causes.EATERS.simulate(causes.SEASON, appetite=1.7, points=50)
    published = maree_2006.model.simulate(causes.SEASON, f_1=1.7e-5, f_2=1.7e-5, points=50)
    assert np.allclose(ours["M_a"], published["M_a"], rtol=1e-3, atol=1)
    assert causes.EATERS.row("appetite").status == "extension"


def test_neither_the_gene_nor_the_trigger_is_enough():
    view, stays = causes.gene_and_trigger(), {}
    for name, values in causes.CORNERS.items():
        view.set(**values)
        stays[name] = "inflammation stays" in view.sentence
        assert stays[name] == (view.summary["final_M_a"] > causes.BURNS)
    assert stays == {"Slow eaters, tiny wave": False, "Fast eaters, high wave": False, "Slow eaters, high wave": True}


def test_the_map_is_what_single_runs_give_and_no_run_ends_near_the_line():
    appetites, waves, stays = causes.burning()
    for row, column in ((0, 0), (4, 20), (40, 40), (20, 5), (17, 30)):
        run = causes.EATERS.simulate(causes.SEASON, appetite=appetites[row], W_max=waves[column])
        assert (run["M_a"].iloc[-1] > causes.BURNS) == stays[row, column]
        assert run["M_a"].iloc[-1] < 1 or run["M_a"].iloc[-1] > 10 * causes.BURNS
    assert not stays[-1].any() and not stays[np.abs(appetites - 1).argmin(), 0]
    assert "above about 3,100 cells" in causes.gene_trigger_map().said and "Above about 1.6 times" in causes.gene_trigger_map().said


# -- suspects -------------------------------------------------------------------------------------------------


def test_how_strong_draws_each_ratio_with_its_limits():
    drawing, table = causes.how_strong(), facts.load("environment").loc[list(causes.SUSPECTS)]
    ranges = [tuple(line.get_xdata()) for line in drawing.figure.axes[0].lines if len(line.get_xdata()) == 2]
    assert set(zip(table["ci_low"], table["ci_high"], strict=True)) <= set(ranges)
    assert len(table) == 9 and "32.4" in drawing.said and "0.78 (0.61 to 0.99)" in drawing.said


def test_pregnancy_agrees_with_the_reference_mean():
    assert "it is 0.625." in causes.pregnancy().said


# -- many markers ---------------------------------------------------------------------------------------------


def test_needles_as_it_was_and_by_coin():
    view = causes.needles()
    assert "68 of 103 markers" in view.drawing.said and "11 below 0.05 divided by 103" in view.drawing.said
    assert "the one 87 times and the other 37 times" in view.drawing.said
    view.toggles[0][1].value = "by a fair coin"
    first = view.drawing.said
    view.chance()
    assert first.startswith("With a fair coin") and view.drawing.said != first
    assert int(re.search(r"(\d+) of 103", first)[1]) < 40


# -- mimicry ----------------------------------------------------------------------------------------------------


def test_alike_says_score_and_p_of_each_pair_and_knows_what_was_shown():
    for values, drawing in pressings(causes.alike()):
        own, foreign = causes.sequences(values["pair"])
        test = mimicry.shuffle_test(own, foreign, rng=1)
        assert f"scores {number(test.score)}" in drawing.said and f"p = {number(test.p_value, 2)}." in drawing.said


def test_the_disputed_pair_stands_out_and_the_pair_that_antibodies_confuse_does_not():
    p = {pair: mimicry.shuffle_test(*causes.sequences(pair), rng=1).p_value for pair in causes.PAIRS}
    assert p["b27-klebsiella"] == min(p.values()) < 0.01 and p["ro60-ebna1"] > 0.1


def test_all_pairs_shown_have_sequences_that_were_read():
    for pair in causes.PAIRS:
        assert all(isinstance(letters, str) for letters in causes.sequences(pair))


def test_cells_that_answer_a_germ_do_and_come_from_a_perfect_thymus():
    germs, cells = causes.answering(1)
    energies = thymic_selection.contact_energies()[cells, germs].sum(axis=1)
    assert len(germs) > 150 and (energies < thymic_selection.E_N).all()


def test_nothing_attacks_before_priming_and_each_difference_makes_it_rarer_afterwards():
    naive = [causes.primed_picture(relief=0.0, differ=count).said for count in (1, 3, 5)]
    assert all("0 of them attack" in said for said in naive)
    shares = [(causes.meeting(1, count) < thymic_selection.E_N + thymic_selection.RELIEF).mean() for count in range(1, 6)]
    assert shares == sorted(shares, reverse=True) and shares[0] > 0.8 and shares[-1] < 0.2


def test_primed_agrees_with_the_models_own_cross_reaction():
    """`cross_reaction` weighs each pair alike over all its cells; here each pair has one cell."""
    germs, cells = causes.answering(1)
    resembling = thymic_selection.mutated(germs, 2, np.random.default_rng([1, 2]))
    found = [thymic_selection.cross_reaction(cell[None], germ[None], own[None]) for cell, germ, own in zip(cells, germs, resembling, strict=True)]
    ignoring, attacking = (sum(int(getattr(each, name)[0]) for each in found) for name in ("ignoring", "attacking"))
    assert f"{ignoring} T cells answer" in causes.primed_picture(relief=3.0, differ=2).said
    assert f"{attacking} of them attack" in causes.primed_picture(relief=3.0, differ=2).said


@pytest.mark.parametrize("view", ["twins", "my_risk", "together", "gene_trigger_map", "how_strong", "pregnancy", "needles", "alike", "primed"])
def test_each_picture_is_drawn_and_said(view):
    shown = getattr(causes, view)()
    drawing = getattr(shown, "drawing", shown)
    assert drawing.png[:4] == b"\x89PNG" and re.match(r"[A-Z].*\.$", drawing.said)
