"""What an explorer accepts, and what it says when it does not."""

import pytest

from autoimmune.models.alexander_wahl_2011 import model
from autoimmune.showing.describe import Rule
from autoimmune.showing.figures import Curve, DoseResponse, PhasePlane, SteadyState, TimeCourse
from autoimmune.widgets.base.controls import Option, Slider, Toggle
from autoimmune.widgets.explorer import explore
from autoimmune.widgets.explorer.plan import make

COURSE = TimeCourse((Curve("E", "Effector T cells", "attack"),), "cells")
SUPPRESSION = Slider("b_1", "Suppression", 0.0, 0.5, "per day")


def steady(**changed):
    return SteadyState(**{"of": "E_steady", "against": "b_1", "label": "Cells", "against_label": "Suppression", "role": "attack"} | changed)


@pytest.mark.parametrize(("changed", "message"), [
    ({"sliders": (Slider("b_2", "x", 0, 1),)}, "no parameter or start value 'b_2'. Did you mean 'b_1'"),
    ({"sliders": (Slider("b_1", "x", -1, 1),)}, "b_1 = -1 is not allowed"),
    ({"sliders": tuple(Slider(symbol, symbol, 0.1, 1) for symbol in ("f", "v", "beta", "mu_A", "mu_R"))}, "5 sliders are too many: at most 4"),
    ({"sliders": (SUPPRESSION,), "start": {"b_1": 0.7}}, "b_1 = 0.7 is outside the slider 'Suppression': allowed are 0 to 0.5 per day"),
    ({"sliders": (Slider("G", "Trigger", 1, 10),)}, "G = 100000000.0 is outside the slider 'Trigger'"),
    ({"sliders": (SUPPRESSION,), "presets": {"Much": {"b_1": 2.0}}}, "b_1 = 2.0 is outside the slider"),
    ({"toggles": (Toggle("x", {"on": {"lambda": 1}, "off": {}}),)}, "no parameter or start value 'lambda'"),
    ({"start": {"mu_E": float("nan")}}, "mu_E = nan is not allowed"),
    ({"panes": ()}, "0 panes cannot be shown"),
    ({"panes": (COURSE, COURSE, COURSE)}, "3 panes cannot be shown"),
    ({"panes": (TimeCourse((Curve("X", "x", "attack"),), "cells"),)}, "no quantity to show 'X'"),
    ({"panes": (steady(of="E_stead"),)}, "Did you mean 'E_steady'"),
    ({"panes": (steady(),)}, "needs low and high: no slider moves b_1"),
    ({"panes": (steady(low=0, high=1, threshold="b_critical"),)}, "no quantity to show 'b_critical'"),
    ({"panes": (DoseResponse("most_E", "G", "x", "y", "attack", 1, 2),)}, "no quantity to show 'most_E'"),
    ({"panes": (PhasePlane(Curve("E", "x", "attack"), Curve("Q", "y", "attack")),)}, "no quantity to show 'Q'"),
    ({"until": -3}, "until = -3 is not allowed"),
    ({"rules": (Rule("R_0 < 1", "{peak_Q}"), Rule("", "x"))}, "peak_Q"),
    ({"rules": (Rule("R_0 > 1", "x"),)}, "no rule speaks"),
])
def test_what_is_not_allowed_is_named(changed, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        explore(model, **{"show" if key == "panes" else key: value for key, value in {"panes": (COURSE,), "until": 10, **changed}.items()})


@pytest.mark.parametrize(("made", "message"), [
    (lambda: Slider("b_1", "Suppression", 1, 1), "low = 1 must be a number below high = 1"),
    (lambda: Slider("G", "Trigger", 0, 1, log=True), "needs low above 0, not 0"),
    (lambda: Toggle("Response", (Option("only", {}),)), "needs at least two options, not 1"),
    (lambda: Curve("E", "Effector T cells", "red"), "role 'red' is not one of attack, regulation"),
])
def test_a_control_that_makes_no_sense_is_refused(made, message):
    with pytest.raises(ValueError, match=message):
        made()


def test_a_pane_takes_the_range_of_its_slider():
    plan = make(model, (steady(),), 10, sliders=(SUPPRESSION,))
    assert (plan.panes[0].low, plan.panes[0].high) == (0.0, 0.5)


def test_controls_start_at_published_values_unless_told_otherwise():
    plan = make(model, (COURSE,), 10, sliders=(SUPPRESSION,), presets={"Quick": {"mu_E": 1.0}}, start={"G": 1e5})
    assert plan.start == {"b_1": 0.25, "mu_E": 0.25, "G": 1e5}


def test_without_rules_the_curves_are_told():
    assert repr(explore(model, show=(COURSE,), until=730)) == "Effector T cells: highest 6,910 after 5.5 days, 0 at the end."
