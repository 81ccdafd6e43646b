"""What a learner moves: sliders, toggles and presets, in the learner's words.

    Slider     one parameter or start value, from low to high
    Option     a named set of values, and the condition under which it is the one that holds
    Toggle     two or more options as a row of buttons
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from autoimmune.modelling.model import Model
from autoimmune.showing import describe

AT_MOST = 4  # sliders: more than a learner can keep in mind


@dataclass(frozen=True)
class Slider:
    """Moves the parameter or start value `symbol` from `low` to `high` (by `step`, or by factors with `log`).

    `label` is in the learner's words and `unit` as it is read aloud ("per day").
    """

    symbol: str
    label: str
    low: float
    high: float
    unit: str = ""
    log: bool = False
    step: float | None = None

    def __post_init__(self):
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"slider {self.label!r}: low = {self.low!r} must be a number below high = {self.high!r}")
        if self.log and self.low <= 0:
            raise ValueError(f"slider {self.label!r}: a logarithmic slider needs low above 0, not {self.low!r}")

    def check(self, value: float) -> float:
        """`value`, or a ValueError when it lies outside the slider."""
        if not self.low <= value <= self.high:
            raise ValueError(f"{self.symbol} = {value!r} is outside the slider {self.label!r}: "
                             f"allowed are {self.low:g} to {self.high:g} {self.unit}".rstrip())
        return float(value)


@dataclass(frozen=True)
class Option:
    """`values` are set when it is chosen. It is shown as chosen while `when` holds (a condition as in
    `describe.Rule`) or, without a condition, while all of its values do."""

    label: str
    values: dict[str, float]
    when: str = ""


@dataclass(frozen=True)
class Toggle:
    """A row of buttons of which at most one is pressed. `options` may be a dict {label: values}."""

    label: str
    options: tuple[Option, ...] | dict[str, dict[str, float]] = field(default=())

    def __post_init__(self):
        if isinstance(self.options, dict):
            object.__setattr__(self, "options", tuple(Option(label, values) for label, values in self.options.items()))
        if len(self.options) < 2:
            raise ValueError(f"toggle {self.label!r} needs at least two options, not {len(self.options)}")


def holds_now(model: Model, option: Option, values: dict[str, float], summary: dict[str, float]) -> bool:
    """Whether an option is the one that holds, from all controlled `values` and the run's `summary`."""
    if option.when:
        return describe.holds(model, option.when, summary)
    return all(values[symbol] == value for symbol, value in option.values.items())
