"""Ready views on self-tolerance: the toggle of lesson 02, and a first one for lesson 00.

Both run the model of Alexander and Wahl (2011). The two positions of the toggle differ in one parameter, the
removal of antigen-presenting cells by regulatory T cells: the published value, and one below the threshold.
"""

from autoimmune.models.alexander_wahl_2011 import model
from autoimmune.showing.describe import Rule
from autoimmune.showing.figures import Curve, SteadyState, TimeCourse
from autoimmune.widgets.base.controls import Option, Slider, Toggle
from autoimmune.widgets.explorer import Explorer, explore

TWO_YEARS = 730.0
SELF_TOLERANT = Option("Self-tolerant", {"b_1": 0.25}, when="R_0 < 1")
DYSREGULATED = Option("Dysregulated", {"b_1": 0.05}, when="R_0 >= 1")
TOGGLE = Toggle("Immune response", (SELF_TOLERANT, DYSREGULATED))
CELLS = TimeCourse((Curve("E", "Effector T cells", "attack"), Curve("R", "Regulatory T cells", "regulation")), "cells",
                   log=True, low=1, high=1e6)
LONG_RUN = SteadyState("E_steady", "b_1", "Effector T cells", "Suppression (per day)", "attack", threshold="b_1_critical",
                       left="attack lasts", right="attack dies out")
SUPPRESSION = Slider("b_1", "Suppression by regulatory T cells", 0.0, 0.5, "per day", step=0.005)
TRIGGER = Slider("G", "Size of the trigger (released self antigen)", 1e4, 1e10, "molecules", log=True)
RULES = (
    Rule("R_0 < 1 and final_E < 1",
         "Suppression {b_1} per day is above the threshold of {b_1_critical}: the attack dies out. Effector T cells "
         "reach about {peak_E} after {peak_time_E:time}; after {until:time} none is left."),
    Rule("R_0 < 1",
         "Suppression {b_1} per day is only just above the threshold of {b_1_critical}: the attack dies out, but slowly. "
         "After {until:time} about {final_E} effector T cells remain."),
    Rule("final_E < 0.5*E_steady",
         "Suppression {b_1} per day is below the threshold of {b_1_critical}: the attack keeps itself going. After "
         "{until:time} there are about {final_E} effector T cells, and their number is still rising."),
    Rule("",
         "Suppression {b_1} per day is below the threshold of {b_1_critical}: the attack keeps itself going. "
         "After {until:time} about {final_E} effector T cells remain."),
)


def tolerance() -> Explorer:
    """Self-tolerant or dysregulated: suppression and the trigger under the hand, with the threshold in sight."""
    return explore(model, toggles=(TOGGLE,), sliders=(SUPPRESSION, TRIGGER), show=(CELLS, LONG_RUN), until=TWO_YEARS, rules=RULES)


def first_toggle() -> Explorer:
    """The toggle alone, with the cells over two years."""
    return explore(model, toggles=(TOGGLE,), show=(CELLS,), until=TWO_YEARS, rules=RULES)
