"""The explorers that the browser tests put into a notebook: every ready view, and one with all that none of them has."""

from autoimmune.models.hancioglu_2007 import model
from autoimmune.showing.figures import Curve, PhasePlane, TimeCourse
from autoimmune.widgets.base.controls import Option, Slider, Toggle
from autoimmune.widgets.explorer import explore
from tools.views import views


def influenza():
    """A stiff model with two toggles, a preset that takes everything away, and a phase plane."""
    virus = Curve("V", "Virus", "trigger")
    return explore(
        model, until=15, start={"V": 0.1},
        sliders=(Slider("V", "Virus at the start", 1e-3, 10, "per cell", log=True),),
        toggles=(Toggle("Interferon", (Option("on", {"b_F": 250000.0, "c_F": 2000.0}), Option("off", {"b_F": 0.0, "c_F": 0.0}))),
                 Toggle("Antibodies", {"yes": {"b_PM": 11.5}, "no": {"b_PM": 0.0}})),
        presets={"Large dose, nothing helps": {"V": 10.0, "b_F": 0.0, "c_F": 0.0, "b_PM": 0.0, "b_EM": 0.0}},
        show=(TimeCourse((virus, Curve("A", "Antibodies", "regulation")), "per cell", log=True, low=1e-3, high=1e3),
              PhasePlane(virus, Curve("H", "Healthy tissue", "tissue"))))


VIEWS = {name.rpartition(".")[2]: view for name, view in views().items()} | {"influenza": influenza}
