"""The scripts of a picture. Nothing is built and nothing is fetched from elsewhere.

    engine     solver, words and drawing: the same for all pictures, so it travels once
    script     one picture's own part: its model, its rules, its options
    runner     what needs no page: `solve`, `summary`, `sentence`, `number`
"""

from __future__ import annotations

import json
from functools import cache

from autoimmune.modelling.model import Model
from autoimmune.showing import describe
from autoimmune.showing.describe import Rule
from autoimmune.widgets.base.controls import Option, Toggle
from autoimmune.widgets.base.files import part


@cache
def engine() -> str:
    """An ES module whose default export makes, from a model with its rules and options, a picture's `render`."""
    inside = part("base/solver.js") + part("base/words.js") + part("explorer/picture.js")
    return f"export default (MODEL, RULES, OPTIONS) => {{\n{inside}return render;\n}};\n"


def script(model: Model, rules: tuple[Rule, ...], toggles: tuple[Toggle, ...]) -> str:
    """The ES module of one picture; its default export is an anywidget."""
    from autoimmune.modelling import javascript

    return javascript.module(model) + describe.javascript(model, rules) + options(model, toggles) + part("explorer/entry.js")


def runner(model: Model, rules: tuple[Rule, ...] = ()) -> str:
    """The model with its solver and its words, for use without a page."""
    from autoimmune.modelling import javascript

    return javascript.module(model) + describe.javascript(model, rules) + part("base/solver.js") + part("base/words.js")


def options(model: Model, toggles: tuple[Toggle, ...]) -> str:
    """For each option of each toggle the values it sets and, where it has one, its condition."""
    rows = [", ".join(option(model, each) for each in toggle.options) for toggle in toggles]
    return "const OPTIONS = [" + ", ".join(f"[{row}]" for row in rows) + "];\n"


def option(model: Model, each: Option) -> str:
    """One option as a JavaScript object."""
    condition = f"v => {describe.condition_in_javascript(model, each.when)}" if each.when else "null"
    return f"{{values: {json.dumps(each.values)}, when: {condition}}}"
