"""What an explorer shows and moves, settled and checked before any widget is made."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from autoimmune.modelling.model import Model, unknown
from autoimmune.showing import describe, figures
from autoimmune.showing.describe import Rule
from autoimmune.showing.figures import DoseResponse, Pane, PhasePlane, SteadyState, TimeCourse
from autoimmune.widgets.base.controls import AT_MOST, Option, Slider, Toggle

if TYPE_CHECKING:
    import pandas as pd

POINTS = 401


@dataclass(frozen=True)
class Plan:
    """A model, what is shown of it, and what is moved. Values are dicts by symbol, parameters and start values alike."""

    model: Model
    panes: tuple[Pane, ...]
    until: float
    sliders: tuple[Slider, ...]
    toggles: tuple[Toggle, ...]
    presets: tuple[Option, ...]
    rules: tuple[Rule, ...]
    start: dict[str, float]

    @property
    def options(self) -> tuple[Option, ...]:
        """Every option of every toggle, and the presets."""
        return tuple(option for toggle in self.toggles for option in toggle.options) + self.presets

    def check(self, values: dict[str, float]) -> None:
        """Raise a ValueError for a symbol that the model has not, or a value that it or a slider does not allow."""
        allowed = [*self.model.defaults, *self.model.initial]
        for symbol, value in values.items():
            if symbol not in allowed:
                raise ValueError(unknown(self.model, "parameter or start value", symbol, allowed))
            self.model.row(symbol).check(value)
            for slider in self.sliders:
                if slider.symbol == symbol:
                    slider.check(value)

    def split(self, values: dict[str, float]) -> tuple[dict[str, float], dict[str, float]]:
        """Values as parameters and start values."""
        parameters = {symbol: value for symbol, value in values.items() if symbol in self.model.defaults}
        return parameters, {symbol: value for symbol, value in values.items() if symbol in self.model.initial}

    def run(self, values: dict[str, float]) -> pd.DataFrame:
        """The table of `model.simulate` at these values."""
        parameters, initial = self.split(values)
        return self.model.simulate(self.until, initial=initial, points=POINTS, **parameters)

    def said(self, summary: dict[str, float]) -> str:
        """The sentence of a run."""
        return describe.sentence(self.model, self.rules, summary)

    @cached_property
    def first(self) -> pd.DataFrame:
        """The run with which it opens."""
        return self.run(self.start)

    def view(self) -> dict:
        """What the picture is told once, as JSON."""
        return {
            "panes": [pane_view(pane, self.until, self.model.time_unit) for pane in self.panes],
            "sliders": [asdict(slider) for slider in self.sliders],
            "toggles": [toggle.label for toggle in self.toggles],
            "presets": {option.label: option.values for option in self.presets},
            "start": self.start, "parameters": self.model.defaults, "initial": self.model.initial,
            "until": self.until, "points": POINTS,
            "roles": {role: asdict(figures.ROLES[role]) for role in roles(self.panes)},
        }


def of_model(rule: Rule) -> Rule:
    """The rule with words in front that say of what it speaks."""
    return Rule(rule.when, describe.OF_MODEL + rule.say)


def make(model: Model, panes, until: float, sliders=(), toggles=(), presets=None, rules=(), start=None) -> Plan:
    """A plan from what `explore` is given, checked; ValueError says what is not allowed."""
    if len(sliders) > AT_MOST:
        raise ValueError(f"{len(sliders)} sliders are too many: at most {AT_MOST} are allowed")
    if not 1 <= len(panes) <= 2:
        raise ValueError(f"{len(panes)} panes cannot be shown: one or two are allowed")
    options = tuple(Option(label, values) for label, values in (presets or {}).items())
    plan = Plan(model, tuple(ranged(model, pane, sliders) for pane in panes), until, tuple(sliders), tuple(toggles), options,
                tuple(map(of_model, rules)) or (outline(panes),), dict(start or {}))
    published = model.defaults | model.initial
    symbols = [slider.symbol for slider in sliders] + [symbol for option in plan.options for symbol in option.values]
    for values in (*({slider.symbol: end} for slider in sliders for end in (slider.low, slider.high)),
                   *(option.values for option in plan.options), plan.start):
        plan.check(values)
    everything = {symbol: float(plan.start.get(symbol, published[symbol])) for symbol in dict.fromkeys([*symbols, *plan.start])}
    plan.check(everything)
    return replace(plan, start=everything)


def ranged(model: Model, pane: Pane, sliders: tuple[Slider, ...]) -> Pane:
    """A pane that names only what the model has, with the range of the slider of the same symbol where it has none."""
    for symbol, allowed in named(model, pane):
        if symbol not in allowed:
            raise ValueError(unknown(model, "quantity to show", symbol, allowed))
    if not isinstance(pane, (SteadyState, DoseResponse)) or None not in (pane.low, pane.high):
        return pane
    for slider in sliders:
        if slider.symbol == pane.against:
            return replace(pane, low=slider.low, high=slider.high)
    raise ValueError(f"pane {pane.title!r} needs low and high: no slider moves {pane.against}")


def named(model: Model, pane: Pane) -> list[tuple[str, list[str]]]:
    """Each symbol that a pane names, with what it may be."""
    if isinstance(pane, TimeCourse):
        return [(curve.symbol, list(model.initial)) for curve in pane.curves]
    if isinstance(pane, PhasePlane):
        return [(pane.x.symbol, list(model.initial)), (pane.y.symbol, list(model.initial))]
    if isinstance(pane, SteadyState):
        closed = [row.symbol for row in model.derived]
        threshold = [(pane.threshold, closed)] if isinstance(pane.threshold, str) else []
        return [(pane.of, closed), (pane.against, list(model.defaults)), *threshold]
    return [(pane.of, describe.names(model)), (pane.against, [*model.defaults, *model.initial])]


def roles(panes: tuple[Pane, ...]) -> list[str]:
    """The roles that the panes use."""
    found = []
    for pane in panes:
        curves = pane.curves if isinstance(pane, TimeCourse) else (pane.x, pane.y) if isinstance(pane, PhasePlane) else (pane,)
        found += [curve.role for curve in curves]
    return list(dict.fromkeys(found))


def outline(panes: tuple[Pane, ...]) -> Rule:
    """The sentence of an explorer without rules: the highest and the last value of each curve."""
    curves = [curve for pane in panes if isinstance(pane, TimeCourse) for curve in pane.curves]
    parts = [f"{c.label}: highest {{peak_{c.symbol}}} after {{peak_time_{c.symbol}:time}}, {{final_{c.symbol}}} at the end."
             for c in curves]
    return Rule("", " ".join(parts) or "The run ends after {until:time}.")


def pane_view(pane: Pane, until: float, unit: str) -> dict:
    """A pane as JSON, with its kind, its heading and the unit of a time axis."""
    size, word = figures.time_axis(until, unit)
    return {**asdict(pane), "kind": type(pane).__name__, "title": figures.title(pane, until, unit), "size": size, "word": word}
