"""Predict first: what the learner expects and how sure they are, before the picture opens.

    predict(question, choices, id)       choose what will happen, say how sure, commit
    predict_curve(question, x, y, id)    draw what will happen
    prediction.reveal(answer)            afterwards: what was predicted beside what the model says

Both take `then`, a function that makes what is shown after the commitment, such as `then=tolerance`. Nobody
is trapped: "Show me anyway" opens it and counts as no prediction. What is committed is kept as `diary`
explains. A saved notebook holds the question, and of `reveal` the model's answer, never what the learner
predicted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
import traitlets

from autoimmune.learning import diary
from autoimmune.learning.diary import SURE, Axis
from autoimmune.showing import figures
from autoimmune.showing.describe import number
from autoimmune.widgets.base.instrument import Instrument, Still

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POINTS = 25  # columns of a drawn curve
VERDICTS = {  # whether it is a curve, whether it came true
    (False, True): "It came out as you predicted.",
    (False, False): "It came out otherwise.",
    (True, True): "Your curve ends near the model's.",
    (True, False): "Your curve ends elsewhere than the model's.",
}


def predict(question: str, choices: Sequence[str], id: str, then: Callable | None = None) -> Prediction:
    """Ask what will happen, by choices. ValueError for fewer than two choices, the same one twice, or an id
    that is not made of letters, digits and hyphens."""
    choices = list(choices)
    if len(choices) < 2 or len(set(choices)) < len(choices):
        raise ValueError(f"choices = {choices!r} is not allowed; it needs at least two, each a different one")
    return Prediction(question, id, then, choices=choices)


def predict_curve(question: str, x: Axis, y: Axis, id: str, then: Callable | None = None) -> Prediction:
    """Ask what will happen, as a curve drawn on the axes `x` and `y`. ValueError as in `predict`."""
    return Prediction(question, id, then, axes={"x": x, "y": y})


class PredictionForm(Instrument):
    """The form, and what became of it: its script holds no answer."""

    part = "predict"
    besides = ("base/words.js",)
    plan = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)


class Prediction(Still, ipywidgets.VBox):
    """A question, and below it what `then` makes once there is an answer. Cells may read `made`, the
    committed record (empty before, and after "Show me anyway"), and `opened`."""

    made = traitlets.Dict()
    opened = traitlets.Bool(False)

    def __init__(
        self,
        question: str,
        id: str,
        then: Callable | None,
        choices: list[str] | None = None,
        axes: dict[str, Axis] | None = None,
    ):
        self.question, self.id, self.then = question, diary.check_id(id), then
        self.choices, self.axes = choices, axes or {}
        self.said = "Run this cell to make a prediction."
        self.words = (question, choices or drawn_on(self.axes))
        plan = {
            "kind": "choice" if choices else "curve",
            "question": question,
            "choices": choices or [],
            "chart": chart(self.axes),
            "sure": SURE,
            "gates": then is not None,
        }
        self.form = PredictionForm(plan=plan, state={"phase": "asking"})
        self.form.on_msg(self.hear)
        super().__init__([self.form])
        self.add_class("snx")

    def hear(self, form, content, buffers) -> None:
        """What the page sends: a commitment, or the wish to go on without one."""
        if content.get("skip"):
            self.skip()
        elif not self.opened:  # a button is soon pressed twice
            answer = content["answer"]
            self.commit(self.choices[answer] if self.choices else answer, content["sure"])

    def commit(self, answer: str | Sequence[float | None], sure: float) -> None:
        """Commit to a choice, or to a curve: a value for each of the POINTS columns, None for a gap.

        `sure` is one of SURE, in per cent. ValueError for anything else, and for a second commitment.
        """
        if self.opened:
            raise ValueError(f"prediction {self.id!r} is closed; run its cell again to make another one")
        record = {
            "kind": "prediction",
            "id": self.id,
            "question": self.question,
            "answer": self.checked(answer),
            "axes": {name: asdict(axis) for name, axis in self.axes.items()},
            "sure": diary.check_sure(sure),
        }
        trouble, curve = diary.remember(record), record["answer"] if self.axes else None
        self.made = record
        said = diary.in_words(record)
        self.go_on({"phase": "made", "answer": said, "sure": sure, "curve": curve, "trouble": trouble})

    def skip(self) -> None:
        """Go on without a prediction; nothing is kept."""
        if not self.opened:
            self.go_on({"phase": "skipped"})

    def go_on(self, state: dict) -> None:
        """Close the form and open what comes next."""
        self.form.state = state
        self.opened = True
        if self.then:
            self.children = (*self.children, shown(self.then))

    def checked(self, answer):
        """An answer as it is kept; ValueError for one that is not allowed."""
        if not self.choices:
            return filled(self.axes, answer)
        if answer not in self.choices:
            raise ValueError(f"{answer!r} is not one of the choices: {', '.join(map(repr, self.choices))}")
        return answer

    def reveal(self, answer, said: str = "") -> Reveal:
        """What was predicted beside what the model says, once the prediction is made.

        `answer` is one of the choices, or the model's curve as (x values, y values); `said` may add a
        sentence, such as an explorer's. ValueError for an answer that is not allowed.
        """
        if self.axes:
            x, y = (np.asarray(values, float) for values in answer)
            if x.shape != y.shape or x.ndim != 1 or len(x) < 2 or not np.isfinite([x, y]).all():
                told = f"not {x.shape} and {y.shape}"
                raise ValueError(f"a curve needs as many x as y values, at least two and all finite; {told}")
            return Reveal(self, {"x": x.tolist(), "y": y.tolist()}, said)
        return Reveal(self, self.checked(answer), said)


class Reveal(Instrument):
    """Both answers. It waits for the prediction and then for a click, so that a notebook that was run from
    top to bottom does not give the answer away; run after the prediction, it shows them at once."""

    part = "predict"
    besides = ("base/words.js",)
    plan = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, prediction: Prediction, answer: str | dict, said: str):
        self.prediction, self.answer, self.comment = prediction, answer, said
        self.said = f"The model says: {self.model}. {said}".strip()
        self.still = figures.png(curve_figure(prediction.axes, answer)) if prediction.axes else None
        super().__init__(
            plan={"kind": "reveal", "question": prediction.question, "chart": chart(prediction.axes)},
            state={"phase": "waiting"},
        )
        self.on_msg(lambda widget, content, buffers: self.show())
        prediction.observe(self.get_ready, "opened")
        if prediction.opened:
            self.show()

    @property
    def model(self) -> str:
        """The model's answer in words."""
        return diary.told(self.answer, self.prediction.axes)

    def get_ready(self, change=None) -> None:
        """Offer both answers, now that there is a prediction (or the wish to go on without one)."""
        self.state = {"phase": "ready"}

    def show(self) -> None:
        """Show both, and keep the outcome for `calibration` if a prediction waits for it. Who sees the answer
        before they predict has gone on without a prediction."""
        self.prediction.skip()
        mine = self.prediction.made or diary.latest(self.prediction.id)
        if mine and diary.is_open(self.prediction.id):
            axes = self.prediction.axes
            kept = at_columns(axes["x"], self.answer) if axes else self.answer
            diary.remember({"kind": "outcome", "id": self.prediction.id, "answer": kept})
        self.state = {"phase": "shown", "model": self.model, "comment": self.comment} | self.compared(mine)

    def compared(self, mine: dict | None) -> dict:
        """What is shown of the prediction `mine`, and whether it came true."""
        axes = self.prediction.axes
        models = {"models": seen(axes, self.answer)} if axes else {}
        if not mine:
            return models | {"mine": "You made no prediction.", "verdict": ""}
        right = diary.is_right(mine, self.answer)
        curve = {"curve": mine["answer"]} if axes and mine["axes"] else {}
        verdict = f"{VERDICTS[bool(axes), right]} You were {number(mine['sure'])} % sure."
        return models | curve | {"mine": diary.in_words(mine), "right": right, "verdict": verdict}


# -- curves -------------------------------------------------------------------------------------------


def columns(axis: Axis) -> list[float]:
    """The x values of a drawn curve."""
    space = np.geomspace if axis.log else np.linspace
    return [float(f"{value:.5g}") for value in space(axis.low, axis.high, POINTS)]


def filled(axes: dict[str, Axis], drawn: Sequence[float | None]) -> dict[str, list[float]]:
    """A drawn curve with its gaps filled: straight between neighbours on the page, level at the ends.

    ValueError unless there is a value or None for each of the POINTS columns, and at least two values.
    """
    known = [(k, value) for k, value in enumerate(drawn) if value is not None and math.isfinite(value)]
    if len(drawn) != POINTS or len(known) < 2:
        told = f"this one has {len(drawn)} and {len(known)}"
        raise ValueError(f"a drawn curve has {POINTS} columns and at least 2 values; {told}")
    axis = axes["y"]
    heights = np.interp(range(POINTS), [k for k, _ in known], [axis.place(value) for _, value in known])
    values = [axis.value(height) for height in heights]
    return {"x": columns(axes["x"]), "y": [float(f"{value:.4g}") for value in values]}


def at_columns(axis: Axis, curve: dict) -> dict[str, list[float]]:
    """A curve at the x values of a drawn one."""
    x = columns(axis)
    return {"x": x, "y": [float(value) for value in np.interp(x, curve["x"], curve["y"])]}


def seen(axes: dict[str, Axis], curve: dict, most: int = 200) -> dict[str, list[float]]:
    """What the page draws of a curve: at most so many points, with four digits, held within the axes."""
    keep = np.unique(np.linspace(0, len(curve["x"]) - 1, most).astype(int))
    x, y = np.asarray(curve["x"])[keep], np.clip(np.asarray(curve["y"])[keep], axes["y"].low, axes["y"].high)
    return {"x": [float(f"{value:.4g}") for value in x], "y": [float(f"{value:.4g}") for value in y]}


def chart(axes: dict[str, Axis]) -> dict:
    """Axes with the places of their numbers, as the page needs them; empty without axes."""
    if not axes:
        return {}
    more = {name: {"ticks": ticks(axis), "name": axis_name(axis)} for name, axis in axes.items()}
    return {name: asdict(axis) | more[name] for name, axis in axes.items()} | {"points": POINTS}


def ticks(axis: Axis) -> list[tuple[float, str]]:
    """Round values along an axis, each with its text."""
    from matplotlib.ticker import LogLocator, MaxNLocator

    locator = LogLocator(10.0, numticks=7) if axis.log else MaxNLocator(4)
    values = locator.tick_values(axis.low, axis.high)
    return [(float(value), number(value)) for value in values if axis.low <= value <= axis.high]


def axis_name(axis: Axis) -> str:
    """The label of an axis with its unit."""
    return f"{axis.label} ({axis.unit})" if axis.unit else axis.label


def drawn_on(axes: dict[str, Axis]) -> list[str]:
    """What the axes are, for a page on which nothing can be drawn."""
    return [f"{axis_name(axis)}: from {number(axis.low)} to {number(axis.high)}" for axis in axes.values()]


def curve_figure(axes: dict[str, Axis], curve: dict) -> Figure:
    """The model's curve on the axes that the learner drew on."""
    picture = figures.blank(6.4, 3.4)
    plot, x, y = picture.subplots(), axes["x"], axes["y"]
    plot.plot(curve["x"], curve["y"], **figures.stroke("attack"))
    figures.scale(plot.yaxis, y.low, y.high, y.log)
    plot.set(xlim=(x.low, x.high), xscale="log" if x.log else "linear", xlabel=axis_name(x))
    figures.name_values(plot, axis_name(y))
    figures.finish(plot, "What the model says")
    return picture


def shown(make: Callable) -> ipywidgets.Widget:
    """A widget for what `make` returns: itself, or an output that holds it. What goes wrong is shown in its
    place, because an answer to the page has nowhere else to be seen."""
    output = ipywidgets.Output()
    try:
        thing = make()
    except Exception as error:  # noqa: BLE001 (it may come from anywhere)
        output.append_stderr(f"This could not be opened: {error}\n")
        return output
    if isinstance(thing, ipywidgets.Widget):
        return thing
    output.append_display_data(thing)
    return output
