"""The explorer: controls, the picture that they move, and what it says."""

from __future__ import annotations

import base64
from dataclasses import asdict, replace

import ipywidgets
import traitlets

from autoimmune import describe, figures
from autoimmune.describe import Rule
from autoimmune.explore.controls import Option, Slider, Toggle, check, holds_now
from autoimmune.explore.picture import Picture
from autoimmune.explore.script import script
from autoimmune.figures import DoseResponse, Pane, SteadyState, TimeCourse
from autoimmune.model import Model

POINTS = 401


def explore(model: Model, *, show: tuple[Pane, ...], until: float, sliders: tuple[Slider, ...] = (),
            toggles: tuple[Toggle, ...] = (), presets: dict[str, dict[str, float]] | None = None,
            rules: tuple[Rule, ...] = (), start: dict[str, float] | None = None) -> Explorer:
    """A model under the learner's hand.

    Controls set parameters or start values; `show` is one or two panes; the run goes from time 0 to `until` in
    the model's unit; `presets` are named sets of values as buttons; `rules` make the sentence; `start` holds
    values that differ from the published ones when it opens. ValueError for a symbol that the model has not, a
    value outside its slider, or more than four sliders.
    """
    return Explorer(model, tuple(show), until, tuple(sliders), tuple(toggles), presets or {}, tuple(rules), start or {})


class Explorer(ipywidgets.VBox):
    """Controls beside a picture. Cells may read, at any time:

    `parameters` and `initial`: what to give `model.simulate` for the run on screen;
    `summary`: the run in numbers, by name (see `describe.names`); `sentence`: the run in words.
    """

    parameters = traitlets.Dict()
    initial = traitlets.Dict()
    summary = traitlets.Dict()
    sentence = traitlets.Unicode()

    def __init__(self, model, show, until, sliders, toggles, presets, rules, start):
        buttons = tuple(Option(label, values) for label, values in presets.items())
        options = tuple(option for toggle in toggles for option in toggle.options) + buttons
        check(model, sliders, options, start)
        self.model, self.until, self.toggles, self.sliders = model, until, toggles, sliders
        self.panes = tuple(ranged(pane, sliders) for pane in show)
        self.rules = rules or (outline(self.panes),)
        symbols = dict.fromkeys([slider.symbol for slider in sliders] + [s for option in options for s in option.values] + list(start))
        published = model.defaults | model.initial
        self.start = {symbol: float(start.get(symbol, published[symbol])) for symbol in symbols}
        check(model, sliders, (), self.start)
        table = self.run(self.start)
        summary = describe.summary(model, table)
        self.still = figures.png(figures.figure(model, table, self.panes))
        self.said = describe.sentence(model, self.rules, summary)
        self._slider_widgets = [slider_widget(slider, self.start[slider.symbol]) for slider in sliders]
        self._toggle_widgets = [toggle_widget(model, toggle, self.start, summary) for toggle in toggles]
        self._buttons = [button(option.label, "snx-preset") for option in buttons] + [button("Reset", "snx-reset")]
        self.picture = Picture(
            script(model, self.rules, toggles), view=self.plan(buttons), controls=self.wires(),
            values=self.start, summary=summary, sentence=self.said)
        top = ipywidgets.HBox([*self._toggle_widgets, ipywidgets.HBox(self._buttons).add_class("snx-buttons")])
        bottom = ipywidgets.Box(self._slider_widgets)
        super().__init__([top.add_class("snx-top"), self.picture, bottom.add_class("snx-sliders")])
        self.add_class("snx")
        self.picture.observe(self.take_over, ["values", "summary", "sentence"])
        self.take_over()

    def run(self, values):
        """The table of `model.simulate` at the given controlled values."""
        parameters, initial = self.split(values)
        return self.model.simulate(self.until, initial=initial, points=POINTS, **parameters)

    def split(self, values):
        """Controlled values as parameters and start values."""
        parameters = {symbol: value for symbol, value in values.items() if symbol in self.model.defaults}
        return parameters, {symbol: value for symbol, value in values.items() if symbol in self.model.initial}

    def set(self, **values: float) -> None:
        """Move the controls from a cell; ValueError for a symbol that no control sets, or a value that is not allowed."""
        strangers = [symbol for symbol in values if symbol not in self.start]
        if strangers:
            raise ValueError(f"no control sets {', '.join(strangers)}; allowed are {', '.join(self.start)}")
        check(self.model, self.sliders, (), values)
        everything = {**self.picture.values, **{symbol: float(value) for symbol, value in values.items()}}
        summary = describe.summary(self.model, self.run(everything))
        with self.picture.hold_sync():
            self.picture.values, self.picture.summary = everything, summary
            self.picture.sentence = describe.sentence(self.model, self.rules, summary)
        for slider, widget in zip(self.sliders, self._slider_widgets, strict=True):
            widget.value = everything[slider.symbol]

    def take_over(self, change=None):
        """Take what the picture has sent back."""
        self.parameters, self.initial = self.split(self.picture.values)
        self.summary, self.sentence = dict(self.picture.summary), self.picture.sentence

    def plan(self, buttons) -> dict:
        """What the picture is told once, as JSON."""
        initial = self.model.initial_values(self.split(self.start)[1])
        return {
            "panes": [pane_plan(pane, self.until, self.model.time_unit) for pane in self.panes],
            "sliders": [asdict(slider) for slider in self.sliders],
            "toggles": [toggle.label for toggle in self.toggles],
            "presets": {option.label: option.values for option in buttons},
            "start": self.start, "initial": initial, "parameters": self.model.defaults,
            "until": self.until, "points": POINTS,
            "roles": {name: asdict(role) for name, role in figures.ROLES.items()},
        }

    def wires(self) -> dict:
        """The controls' widget ids, in the order of sliders and toggles."""
        return {"sliders": [widget.model_id for widget in self._slider_widgets],
                "toggles": [widget.model_id for widget in self._toggle_widgets]}

    def _repr_mimebundle_(self, **kwargs):
        """The live widget, with a picture and a sentence of its start for where it cannot run."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        data = {"text/plain": self.said, "image/png": base64.b64encode(self.still).decode(),
                "application/vnd.jupyter.widget-view+json": view}
        return data, {"image/png": {"alt": self.said}}

    def _ipython_display_(self):
        """Show the widget, and below it the sentence for readers of the picture; a live widget hides that one."""
        from html import escape

        from IPython.display import display

        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        display({"text/html": f'<p class="snx-still">{escape(self.said)}</p>', "text/plain": self.said}, raw=True)

    def __repr__(self) -> str:
        return self.sentence


def slider_widget(slider: Slider, value: float) -> ipywidgets.Widget:
    """An ipywidgets slider with the learner's words. The picture's script shows its value and hears each
    movement, so that the kernel need not be told before it is released."""
    from math import log10

    look = {"description": slider.label, "readout": False, "continuous_update": False, "value": value,
            "style": {"description_width": "initial"}}
    if slider.log:
        low, high = log10(slider.low), log10(slider.high)
        return ipywidgets.FloatLogSlider(base=10, min=low, max=high, step=slider.step or (high - low) / 120, **look)
    return ipywidgets.FloatSlider(min=slider.low, max=slider.high, step=slider.step or (slider.high - slider.low) / 100, **look)


def toggle_widget(model: Model, toggle: Toggle, values: dict, summary: dict) -> ipywidgets.ToggleButtons:
    """A row of buttons, the option that holds now pressed."""
    now = [option.label for option in toggle.options if holds_now(model, option, values, summary)]
    return ipywidgets.ToggleButtons(options=[option.label for option in toggle.options], value=now[0] if now else None,
                                    description=toggle.label, style={"description_width": "initial", "button_width": "auto"})


def button(label: str, name: str) -> ipywidgets.Button:
    """A button that the picture's script listens to by its class."""
    return ipywidgets.Button(description=label).add_class(name)


def ranged(pane: Pane, sliders: tuple[Slider, ...]) -> Pane:
    """A pane whose range, where it has none, is that of the slider of the same symbol."""
    if not isinstance(pane, (SteadyState, DoseResponse)) or None not in (pane.low, pane.high):
        return pane
    for slider in sliders:
        if slider.symbol == pane.against:
            return replace(pane, low=slider.low, high=slider.high)
    raise ValueError(f"pane {pane.title!r} needs low and high: no slider moves {pane.against}")


def outline(panes: tuple[Pane, ...]) -> Rule:
    """The sentence of an explorer without rules: the highest and the last value of each curve."""
    curves = [curve for pane in panes if isinstance(pane, TimeCourse) for curve in pane.curves]
    parts = [f"{c.label}: highest {{peak_{c.symbol}}} after {{peak_time_{c.symbol}:time}}, {{final_{c.symbol}}} at the end."
             for c in curves]
    return Rule("", " ".join(parts) or "The run ends after {until:time}.")


def pane_plan(pane: Pane, until: float, unit: str) -> dict:
    """A pane as JSON, with its kind, its heading and, for a time course, the unit of its axis."""
    size, word = figures.time_axis(until, unit)
    return {**asdict(pane), "kind": type(pane).__name__, "title": figures.title(pane, until, unit), "size": size, "word": word}
