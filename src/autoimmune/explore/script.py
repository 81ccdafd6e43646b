"""The script of a picture: the solver, the words, the model and the drawing, in one ES module.

Nothing is built and nothing is fetched. The parts share one scope, so their order does not matter much.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from autoimmune import describe, javascript
from autoimmune.describe import Rule
from autoimmune.explore.controls import Toggle
from autoimmune.model import Model

FOLDER = Path(__file__).parent


def script(model: Model, rules: tuple[Rule, ...], toggles: tuple[Toggle, ...]) -> str:
    """The ES module of a picture; its default export is an anywidget."""
    return runner(model, rules) + options(model, toggles) + part("picture.js")


def runner(model: Model, rules: tuple[Rule, ...] = ()) -> str:
    """The part that needs no page: `solve`, `summary`, `sentence` and `number`."""
    return javascript.module(model) + describe.javascript(model, rules) + part("solver.js") + part("words.js")


def options(model: Model, toggles: tuple[Toggle, ...]) -> str:
    """For each option of each toggle the values it sets and, where it has one, its condition."""
    rows = [", ".join(option(model, each) for each in toggle.options) for toggle in toggles]
    return "const OPTIONS = [" + ", ".join(f"[{row}]" for row in rows) + "];\n"


def option(model: Model, each) -> str:
    """One option as a JavaScript object."""
    condition = f"v => {describe.condition_in_javascript(model, each.when)}" if each.when else "null"
    return f"{{values: {json.dumps(each.values)}, when: {condition}}}"


@cache
def part(name: str) -> str:
    """One of the scripts beside this file, without comment lines and indentation (they travel with each picture)."""
    lines = (line.strip() for line in (FOLDER / name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"
