"""The explorers that the browser tests put into a notebook."""

from autoimmune.models.hancioglu_2007 import model
from autoimmune.showing.figures import Curve, PhasePlane, TimeCourse
from autoimmune.views.causes import gene_and_trigger
from autoimmune.views.diseases import beta_cells, kidney, two_mice
from autoimmune.views.frontiers import car_t, dosing
from autoimmune.views.immune_response import dose_decides, second_infection, who_clears
from autoimmune.views.joint import episode, push
from autoimmune.views.self_tolerance import first_toggle, tolerance
from autoimmune.views.treatment import b_cells, one_knob, skin_score, steroid_window
from autoimmune.widgets.base.controls import Option, Slider, Toggle
from autoimmune.widgets.explorer import explore


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


VIEWS = {"toggle": first_toggle, "tolerance": tolerance, "influenza": influenza, "dose": dose_decides, "clears": who_clears,
         "second": second_infection, "episode": episode, "push": push, "beta_cells": beta_cells, "mice": two_mice, "kidney": kidney,
         "car_t": car_t, "dosing": dosing, "steroid": steroid_window, "skin": skin_score, "b_cells": b_cells, "knob": one_knob,
         "gene": gene_and_trigger}
