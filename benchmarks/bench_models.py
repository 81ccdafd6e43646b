"""One trajectory of each model, and how long a fresh Python takes to import and to simulate for the first time."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib import import_module
from pkgutil import iter_modules
from statistics import median

import autoimmune.models
from autoimmune.modelling.model import Model

UNTIL = {"min": 2000.0, "h": 240.0, "d": 120.0}  # and 60 where time has no unit
FIRST_RUN = "from autoimmune.models.alexander_wahl_2011 import model; model.simulate(365)"


def models() -> list[Model]:
    """Every model with equations in time, each once."""
    names = [module.name for module in iter_modules(autoimmune.models.__path__)]
    things = [thing for name in names for thing in vars(import_module(f"autoimmune.models.{name}")).values()]
    return list({thing.name: thing for thing in things if isinstance(thing, Model)}.values())


def trajectory(model: Model, repeats: int = 5) -> float:
    """Milliseconds of processor time of one run with 401 points, the median of `repeats` after one that warms up."""
    until, times = UNTIL.get(model.time_unit, 60.0), []
    for _ in range(repeats + 1):
        started = time.process_time()
        model.simulate(until)
        times.append(1000 * (time.process_time() - started))
    return median(times[1:])


def fresh(code: str, repeats: int = 3) -> float:
    """Seconds on the clock that a new Python process takes for `code`, beyond what an empty one takes; the least of `repeats`."""
    def least(line: str) -> float:
        taken = []
        for _ in range(repeats):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", line], check=True)
            taken.append(time.perf_counter() - started)
        return min(taken)

    return least(code) - least("pass")


def rows() -> list[tuple[str, str, str]]:
    """One line a model, the slowest first."""
    found = sorted(((trajectory(model), model) for model in models()), key=lambda pair: -pair[0])
    return [(f"{model.name}, {UNTIL.get(model.time_unit, 60.0):g} {model.time_unit}".rstrip(), f"{taken:.1f} ms", model.method)
            for taken, model in found]


def start_rows() -> list[tuple[str, str, str]]:
    """Starting up, each in a process of its own."""
    return [
        ("import autoimmune", f"{fresh('import autoimmune'):.2f} s", "beyond an empty Python"),
        ("import a model and simulate it once", f"{fresh(FIRST_RUN):.2f} s", "beyond an empty Python"),
    ]
