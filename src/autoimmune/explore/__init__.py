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

from autoimmune.describe import Rule
from autoimmune.explore.controls import Option, Slider, Toggle
from autoimmune.explore.criteria import criteria, score
from autoimmune.explore.diary import (
    Axis,
    calibration,
    calibration_figure,
    calibration_sentence,
    forget,
    predictions,
)
from autoimmune.explore.explorer import Explorer, explore
from autoimmune.explore.people import people
from autoimmune.explore.predict import predict, predict_curve
from autoimmune.explore.questions import retrieval
from autoimmune.explore.quiz import quiz
from autoimmune.explore.self_tolerance import first_toggle, tolerance
from autoimmune.explore.tissue import tissue
from autoimmune.figures import Curve, DoseResponse, PhasePlane, SteadyState, TimeCourse

__all__ = [
    "Axis", "Curve", "DoseResponse", "Explorer", "Option", "PhasePlane", "Rule", "Slider", "SteadyState",
    "TimeCourse", "Toggle", "calibration", "calibration_figure", "calibration_sentence", "criteria", "explore",
    "first_toggle", "forget", "people", "predict", "predict_curve", "predictions", "quiz", "retrieval", "score",
    "tissue", "tolerance"]
