"""Models under the learner's hand.

    explore(model, …)             controls and a picture that answers at display rate
    Slider, Toggle, Option        what is moved
    TimeCourse, PhasePlane,
    SteadyState, DoseResponse,
    Curve, Rule                   what is shown and said
    tolerance(), first_toggle()   ready views

    predict(…), predict_curve(…)  what a learner expects, before the picture opens (Axis: to draw on)
    predictions(), calibration()  what came of it (calibration_sentence, calibration_figure); forget()
    quiz(…), retrieval(lesson)    questions that answer back, and those that return in a lesson
    people(…)                     a test on 1,000 people
    criteria(…), score(…)         a record against classification criteria
    tissue()                      cells that move by rules: a cartoon of tolerance and its loss
"""

import sys
from importlib import import_module
from types import ModuleType

FROM = {
    "describe": ("Rule",),
    "explore.controls": ("Option", "Slider", "Toggle"),
    "explore.criteria": ("criteria", "score"),
    "explore.diary": ("Axis", "calibration", "calibration_figure", "calibration_sentence", "forget", "predictions"),
    "explore.explorer": ("Explorer", "explore"),
    "explore.people": ("people",),
    "explore.predict": ("predict", "predict_curve"),
    "explore.questions": ("retrieval",),
    "explore.quiz": ("quiz",),
    "explore.self_tolerance": ("first_toggle", "tolerance"),
    "explore.tissue": ("tissue",),
    "figures": ("Curve", "DoseResponse", "PhasePlane", "SteadyState", "TimeCourse"),
}
MODULES = {name: module for module, names in FROM.items() for name in names}
__all__ = [*MODULES]  # noqa: PLE0604 (names all the same)


def __getattr__(name: str):
    """What a lesson asks for is imported when it does, because each lesson needs a few of these and waits for each."""
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"autoimmune.{MODULES[name]}"), name)
    setattr(sys.modules[__name__], name, found)
    return found


def __dir__() -> list[str]:
    return __all__


class Package(ModuleType):
    """This package, in which `tissue` is what the module of that name gives, whichever of the two is imported first."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in MODULES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = Package
