"""A result as one or two plain sentences: for alt text, for screen readers, for tests.

    Rule         when a condition holds, what is said: both are text, read once and used in Python and JavaScript
    summary      what a run of a model amounts to, by name
    sentence     the first rule that matches speaks
    number       a number as people say it: "34,000", "2.7 million", "0.05"
    duration     a time as people say it: "6 days", "2 years"
    javascript   the same rules for the browser, where `widgets/base/words.js` formats the same numbers

Rules may use parameters (`b_1`), closed forms (`R_0`), `until`, and for each state `start_E`, `final_E`, `peak_E`,
`peak_time_E`, `lowest_E` and `lowest_time_E`:

    Rule("R_0 < 1 and final_E < 1", "The attack dies out. It was largest after {peak_time_E:time}.")

Braces hold a formula; after a colon may stand `time` or `percent`. A sentence on a run begins with OF_MODEL, for a run is not a person.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import sympy

    from autoimmune.modelling.model import Model

OF_MODEL = "In this model: "
FEATURES = ("start", "final", "peak", "peak_time", "lowest", "lowest_time")
SAME = 1e-4  # a run that stays level has reached its peak when it is this near, as a share of it
LEAST = 1e-9  # what is left at the end is told as 0 below this share of the peak: no integrator can tell it from 0
FORMATS = ("", "time", "percent")
LARGE = {12: "trillion", 9: "billion", 6: "million"}
DAYS = {"s": 1 / 86400, "min": 1 / 1440, "h": 1 / 24, "d": 1.0, "wk": 7.0, "y": 365.0}
CALENDAR = ((0.0, 1 / 1440, "minute"), (1 / 12, 1 / 24, "hour"), (2.0, 1.0, "day"), (90.0, 365 / 12, "month"), (730.0, 365.0, "year"))
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Rule:
    """`say` is spoken when `when` holds; an empty `when` always does. Conditions may be joined by `and`, `or`."""

    when: str
    say: str


# -- what a run amounts to --------------------------------------------------------------------------


def names(model: Model) -> list[str]:
    """Every name that a rule may use."""
    features = [f"{feature}_{state}" for state in model.initial for feature in FEATURES]
    return [*model.defaults, *(row.symbol for row in model.derived), *features, "until"]


def summary(model: Model, table: pd.DataFrame) -> dict[str, float]:
    """Parameters, closed forms and features of the run in `table` (from `model.simulate`), by name."""
    parameters = table.attrs["parameters"]
    closed = {symbol: closed_form(model, symbol)(**parameters) for symbol in model.closed_forms}
    times, found = table["t"].to_numpy(), {}
    for state in model.initial:
        values = table[state].to_numpy()
        top, bottom = first(values >= values.max() - SAME * abs(values.max())), first(values <= values.min() + SAME * abs(values.min()))
        final, lowest = (value if abs(value) > LEAST * abs(values).max() else 0.0 for value in (values[-1], values.min()))
        numbers = (values[0], final, values.max(), times[top], lowest, times[bottom])
        found |= {f"{feature}_{state}": value for feature, value in zip(FEATURES, numbers, strict=True)}
    everything = parameters | closed | found | {"until": times[-1]}
    return {name: float(value) for name, value in everything.items()}


def first(true) -> int:
    """The place of the first True."""
    return int(true.argmax())


def closed_form(model: Model, symbol: str):
    """A closed form as a function of the parameters by name; each may be a number or an array."""
    from autoimmune.modelling.integrate import of_parameters

    return of_parameters(model, model.closed_form(symbol))


# -- the sentence -----------------------------------------------------------------------------------


def sentence(model: Model, rules: tuple[Rule, ...], values: dict[str, float]) -> str:
    """What the first matching rule says about `values` (from `summary`); ValueError when none matches."""
    for rule in rules:
        if holds(model, rule.when, values):
            return "".join(spoken(model, piece, values) for piece in pieces(model, rule.say))
    raise ValueError(f"no rule speaks for this run of {model.name}; end the rules with one whose condition is empty")


def holds(model: Model, when: str, values: dict[str, float]) -> bool:
    """Whether a condition is true of `values`."""
    return bool(function(model, condition(model, when))(**values))


def spoken(model: Model, piece, values: dict[str, float]) -> str:
    """One piece of a template as text: a literal, or a (formula, format) with its number."""
    if isinstance(piece, str):
        return piece
    formula, style = piece
    value = function(model, formula)(**values)
    if style == "time":
        return duration(value, model.time_unit)
    return number(100 * value) + " %" if style == "percent" else number(value)


@lru_cache(maxsize=512)
def condition(model: Model, text: str) -> sympy.Basic:
    """A condition as SymPy reads it; `and` binds before `or`."""
    import sympy

    if not text.strip():
        return sympy.true
    return sympy.Or(*[sympy.And(*[comparison(model, part) for part in each.split(" and ")]) for each in text.split(" or ")])


def comparison(model: Model, text: str) -> sympy.Basic:
    """Two formulas with one of < <= > >= between them; ValueError for anything else."""
    import sympy

    parts = re.split(r"(<=|>=|<|>)", text)
    if len(parts) != 3:
        raise ValueError(f"{text.strip()!r} is not a condition; write one of < <= > >= between two formulas")
    return sympy.Rel(read(model, parts[0]), read(model, parts[2]), parts[1])


@lru_cache(maxsize=512)
def pieces(model: Model, template: str) -> tuple:
    """A template as literals and (formula, format) pairs; ValueError for an unknown name or format."""
    found = []
    for literal, field, style, _ in Formatter().parse(template):
        if literal:
            found.append(literal)
        if field is not None:
            if style not in FORMATS:
                raise ValueError(f"{{{field}:{style}}}: a number may be followed by :time or :percent, not :{style}")
            found.append((read(model, field), style))
    return tuple(found)


def read(model: Model, text: str) -> sympy.Basic:
    """A formula over `names(model)`."""
    import sympy

    from autoimmune.modelling.model import parse

    return parse(model, text, {name: sympy.Symbol(name, real=True) for name in names(model)})


@lru_cache(maxsize=1024)
def function(model: Model, formula: sympy.Basic):
    """A formula as a Python function of all names."""
    import sympy

    return sympy.lambdify([sympy.Symbol(name, real=True) for name in names(model)], formula, "math")


def javascript(model: Model, rules: tuple[Rule, ...]) -> str:
    """JavaScript source of `const RULES`: a function of the three formats that returns, for each rule, its condition
    and its sentence as functions of the summary `v`."""
    pairs = [f"[v => {condition_in_javascript(model, rule.when)}, v => {template(model, rule.say)}]" for rule in rules]
    return "const RULES = (number, time, percent) => [\n" + ",\n".join(pairs) + "\n];\n"


def condition_in_javascript(model: Model, when: str) -> str:
    """A condition as a JavaScript expression over the summary `v`."""
    from autoimmune.modelling.javascript import expression

    return expression(condition(model, when), {name: f"v.{name}" for name in names(model)})


def template(model: Model, say: str) -> str:
    """A template as a JavaScript expression over the summary `v`."""
    from autoimmune.modelling.javascript import expression

    def part(piece):
        if isinstance(piece, str):
            return json.dumps(piece, ensure_ascii=False)
        formula = expression(piece[0], {name: f"v.{name}" for name in names(model)})
        return f"{piece[1] or 'number'}({formula})"

    return " + ".join(['""', *map(part, pieces(model, say))])


# -- numbers in words -------------------------------------------------------------------------------


def number(value: float, digits: int = 3) -> str:
    """A number with three significant digits as people say it; halves are rounded away from zero."""
    if math.isnan(value):
        return "no value"
    if math.isinf(value):
        return "infinity" if value > 0 else "minus infinity"
    if value == 0:
        return "0"
    return ("−" if value < 0 else "") + in_words(*rounded(abs(value), digits))


def rounded(value: float, digits: int) -> tuple[str, int]:
    """The leading digits of a positive number and the power of ten of the first."""
    decimal = Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal(Decimal(float(value)))
    return "".join(map(str, decimal.as_tuple().digits)).ljust(digits, "0")[:digits], decimal.adjusted()


def in_words(digits: str, power: int) -> str:
    """Leading digits and a power of ten as text: "2.7 million", "34,000", "0.05", "1.2 × 10⁻⁵"."""
    if not -4 < power < 15:
        return f"{plain(digits, 0)} × 10{str(power).translate(SUPERSCRIPTS)}"
    for unit, word in LARGE.items():
        if power >= unit:
            return f"{plain(digits, power - unit)} {word}"
    return plain(digits, power)


def plain(digits: str, power: int) -> str:
    """Leading digits and a small power of ten as a decimal number, without needless zeros."""
    if power < 0:
        return "0." + ("0" * (-power - 1) + digits).rstrip("0")
    whole, rest = digits[: power + 1].ljust(power + 1, "0"), digits[power + 1:].rstrip("0")
    whole = f"{whole[:-3]},{whole[-3:]}" if power >= 3 else whole
    return f"{whole}.{rest}" if rest else whole


def duration(value: float, unit: str) -> str:
    """A time in `unit` ("d", "h", …) as people say it, with two significant digits: minutes up to two hours, hours
    up to two days, days up to three months, months up to two years, then years. A model without a unit of time has
    "time units"."""
    if unit not in DAYS or math.isnan(value):
        return f"{number(value, 2)} time units"
    days = value * DAYS[unit]
    size, word = calendar(days)
    text = number(days / size, 2)
    return f"{text} {word}" if text == "1" else f"{text} {word}s"


def calendar(days: float) -> tuple[float, str]:
    """The unit in which a time of so many days is told: its length in days, and its name."""
    if days == 0:
        return 1.0, "day"
    return [(size, word) for least, size, word in CALENDAR if abs(days) >= least][-1]
