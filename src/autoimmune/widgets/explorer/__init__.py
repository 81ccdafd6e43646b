"""The explorer: controls, the picture that they move, and what it says."""

from __future__ import annotations

from math import log10

import ipywidgets
import traitlets

from autoimmune.modelling.model import Model
from autoimmune.showing import describe
from autoimmune.showing.describe import Rule
from autoimmune.showing.figures import Pane
from autoimmune.widgets.base.controls import Slider, Toggle
from autoimmune.widgets.base.instrument import Still
from autoimmune.widgets.explorer import ready
from autoimmune.widgets.explorer.picture import Picture
from autoimmune.widgets.explorer.plan import Plan, make


def explore(model: Model, *, show: tuple[Pane, ...], until: float, sliders: tuple[Slider, ...] = (),
            toggles: tuple[Toggle, ...] = (), presets: dict[str, dict[str, float]] | None = None,
            rules: tuple[Rule, ...] = (), start: dict[str, float] | None = None) -> Explorer:
    """A model under the learner's hand.

    Controls set parameters or start values; `show` is one or two panes; the run goes from time 0 to `until` in
    the model's unit; `presets` are named sets of values as buttons; `rules` make the sentence; `start` holds
    values that differ from the published ones when it opens. ValueError for a symbol that the model has not, a
    value outside its slider, or more than four sliders.
    """
    return Explorer(make(model, show, until, sliders, toggles, presets, rules, start))


class Explorer(Still, ipywidgets.VBox):
    """Controls beside a picture. Cells may read, at any time:

    `parameters` and `initial`: what to give `model.simulate` for the run on screen;
    `summary`: the run in numbers, by name (see `describe.names`); `sentence`: the run in words.

    `sliders` and `toggles` are the controls, in the order in which they were given.
    """

    parameters = traitlets.Dict()
    initial = traitlets.Dict()
    summary = traitlets.Dict()
    sentence = traitlets.Unicode()

    def __init__(self, plan: Plan):
        self.plan, self.opening = plan, ready.opening(plan)
        self.said = self.opening.sentence
        bare = {"layout": ipywidgets.Layout()}  # one for all: each of its own would be saved with the notebook
        self.sliders = [slider_widget(slider, plan.start[slider.symbol], bare) for slider in plan.sliders]
        self.toggles = [toggle_widget(*each, bare) for each in zip(plan.toggles, self.opening.pressed, strict=True)]
        ids = {"sliders": [widget.model_id for widget in self.sliders], "toggles": [widget.model_id for widget in self.toggles]}
        self.picture = Picture(self.opening.script, view=plan.view(), controls=ids,
                               values=plan.start, summary=self.opening.summary, sentence=self.said, **bare)
        labels = [(option.label, "snx-preset") for option in plan.presets] + [("Reset", "snx-reset")]
        buttons = [ipywidgets.Button(description=label, **bare).add_class(name) for label, name in labels]
        top = ipywidgets.HBox([*self.toggles, ipywidgets.HBox(buttons, **bare).add_class("snx-buttons")], **bare).add_class("snx-top")
        super().__init__([top, self.picture, ipywidgets.Box(self.sliders, **bare).add_class("snx-sliders")])
        self.add_class("snx")
        self.picture.observe(self.take_over, ["values", "summary", "sentence"])
        self.take_over()

    @property
    def still(self) -> bytes:
        """The picture with which it opened, as a PNG."""
        return self.opening.still

    def set(self, **values: float) -> None:
        """Move the controls from a cell; ValueError for a symbol that no control sets, or a value that is not allowed."""
        strangers = [symbol for symbol in values if symbol not in self.plan.start]
        if strangers:
            raise ValueError(f"no control sets {', '.join(strangers)}; allowed are {', '.join(self.plan.start)}")
        self.plan.check(values)
        everything = {**self.picture.values, **{symbol: float(value) for symbol, value in values.items()}}
        summary = describe.summary(self.plan.model, self.plan.run(everything))
        with self.picture.hold_sync():
            self.picture.values, self.picture.summary = everything, summary
            self.picture.sentence = self.plan.said(summary)
        for slider, widget in zip(self.plan.sliders, self.sliders, strict=True):
            widget.value = everything[slider.symbol]

    def take_over(self, change=None) -> None:
        """Take what the picture has sent back."""
        self.parameters, self.initial = self.plan.split(self.picture.values)
        self.summary, self.sentence = dict(self.picture.summary), self.picture.sentence

    def __repr__(self) -> str:
        return self.sentence


def slider_widget(slider: Slider, value: float, bare: dict) -> ipywidgets.Widget:
    """An ipywidgets slider with the learner's words. The picture's script shows its value and hears each
    movement, so that the kernel need not be told before it is released."""
    look = {"description": slider.label, "readout": False, "continuous_update": False, "value": value,
            "style": {"description_width": "initial"}, **bare}
    if slider.log:
        low, high = log10(slider.low), log10(slider.high)
        return ipywidgets.FloatLogSlider(base=10, min=low, max=high, step=slider.step or (high - low) / 120, **look)
    return ipywidgets.FloatSlider(min=slider.low, max=slider.high, step=slider.step or (slider.high - slider.low) / 100, **look)


def toggle_widget(toggle: Toggle, pressed: int | None, bare: dict) -> ipywidgets.ToggleButtons:
    """A row of buttons, the option that holds at the start pressed."""
    labels = [option.label for option in toggle.options]
    return ipywidgets.ToggleButtons(options=labels, value=None if pressed is None else labels[pressed], description=toggle.label,
                                    style={"description_width": "initial", "button_width": "auto"}, **bare)
