"""Models under the learner's hand.

    explore(model, …)             controls and a picture that answers at display rate
    Slider, Toggle, Option        what is moved
    TimeCourse, PhasePlane,
    SteadyState, DoseResponse,
    Curve, Rule                   what is shown and said
    tolerance(), first_toggle()   ready views
"""

from autoimmune.describe import Rule
from autoimmune.explore.controls import Option, Slider, Toggle
from autoimmune.explore.explorer import Explorer, explore
from autoimmune.explore.self_tolerance import first_toggle, tolerance
from autoimmune.figures import Curve, DoseResponse, PhasePlane, SteadyState, TimeCourse

__all__ = ["Curve", "DoseResponse", "Explorer", "Option", "PhasePlane", "Rule", "Slider", "SteadyState", "TimeCourse",
           "Toggle", "explore", "first_toggle", "tolerance"]
