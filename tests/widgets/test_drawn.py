"""Pictures that Python draws anew: their controls, and that picture and sentence agree with the numbers behind them."""

import base64
import re

import pytest

from autoimmune.methods.flares import counts
from autoimmune.models.alexander_wahl_branching import chance, generations
from autoimmune.models.velez_de_mendizabal_2011 import histories
from autoimmune.views import luck, relapses
from autoimmune.widgets.base.controls import Toggle
from autoimmune.widgets.base.drawn import Drawing, Drawn


def drawing(seed, x):
    from matplotlib.figure import Figure

    return Drawing(Figure(figsize=(1, 1)), f"x is {x:g}, by chance {seed}.")


@pytest.fixture
def drawn():
    return Drawn(drawing, (Toggle("x", {"one": {"x": 1.0}, "two": {"x": 2.0}}),), {"x": 1.0})


def press(drawn, words):
    """Press the button that says `words`."""
    row = drawn.children[0].children[1]
    next(button for button in row.children if button.description == words).click()


def test_controls_redraw(drawn):
    assert drawn.said == "x is 1, by chance 1." and drawn.toggles[0][1].value == "one"
    drawn.toggles[0][1].value = "two"
    press(drawn, "Other people, same numbers")
    assert drawn.said == "x is 2, by chance 2." and drawn.said in drawn.picture.value
    press(drawn, "Reset")
    assert (drawn.said, drawn.toggles[0][1].value) == ("x is 1, by chance 1.", "one")


def test_a_saved_page_keeps_the_first_picture_and_its_sentence(drawn):
    data, metadata = drawn._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == data["text/plain"] == "x is 1, by chance 1."


def test_a_start_that_no_option_offers_is_refused():
    with pytest.raises(ValueError, match="no option of 'x' sets"):
        Drawn(drawing, (Toggle("x", {"one": {"x": 1.0}, "two": {"x": 2.0}}),), {"x": 3.0})


@pytest.mark.parametrize("alpha_R, seed", [(0.25, 2), (0.25, 3), (0.28, 3), (0.4, 3)])
def test_relapses_are_counted_as_they_are_said(alpha_R, seed):
    table = histories(relapses.PEOPLE, relapses.YEARS, seed=seed, alpha_R=alpha_R)
    found, said = counts(table)["relapses"].tolist(), relapses.picture(seed, alpha_R).said
    assert [int(n) for n in re.findall(r"\d+", said.split("have ")[1])] == (found if any(found) else [])
    assert ("outgrow" in said) == bool(table.attrs["ran_away"])


def test_relapses_open_with_the_ends_of_the_answer():
    view = relapses.relapse_histories()
    assert "0.25 per day" in view.said and "relapses in five years" in view.said
    view.toggles[0][1].value = "0.4"
    assert "0.4 per day" in view.said and "no relapse" in view.said


@pytest.mark.parametrize("b_1", [0.0, 0.05, 0.2])
@pytest.mark.parametrize("G", [1e6, 3e7, 1e9])
def test_luck_says_the_chance_and_counts_people(b_1, G):
    said = luck.picture(5, b_1, G).said
    last = generations(luck.PEOPLE, G, count=luck.COUNT, seed=5, b_1=b_1)[:, -1]
    assert f"lasts in {(last > 0).sum()} of these 40 people" in said
    share = chance(G, b_1=b_1)
    if share == 0:
        assert "every attack dies out: it lasts in 0 " in said
    else:
        percent = re.search(r"is (over )?([\d.]+) %", said)
        assert share > 0.99 if percent[1] else float(percent[2]) == pytest.approx(100 * share, rel=0.05)


def test_luck_is_settled_when_it_is_counted():
    for toggle in luck.SUPPRESSION.options:
        last = generations(2000, 1e8, count=luck.COUNT, seed=1, **toggle.values)[:, -1]
        assert ((last > 0) & (last < 1000)).sum() == 0
