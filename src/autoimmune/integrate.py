"""Run a model with SciPy.

The right-hand side and its Jacobian are compiled once from the model's own equations. The default method,
LSODA, measures stiffness as it goes and switches between an Adams and a BDF formula; a model that LSODA
cannot manage names another method of `scipy.integrate.solve_ivp`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from autoimmune.model import Model

RTOL = 1e-8
ATOL = 1e-10


class IntegrationError(RuntimeError):
    """The integrator gave up; the message says at which time."""


def simulate(model: Model, until: float, *, initial: dict[str, float], points: int,
             parameters: dict[str, float]) -> pd.DataFrame:
    """Integrate `model` from time 0 to `until`, in the model's time unit.

    Returns a table with a column `t` and a column for each state, shape (points, 1 + states); its `attrs`
    hold the model's name, the units of the columns and the parameters. Relative tolerance 1e-8, absolute
    1e-10. Raises ValueError for a value that is not allowed, IntegrationError when SciPy gives up.
    """
    from scipy.integrate import solve_ivp

    values = model.parameter_values(parameters)
    start = list(model.initial_values(initial).values())
    times = time_points(until, points, model.time_unit)
    rates, jacobian = compiled(model)
    with_jacobian = {"jac": jacobian} if model.method in ("LSODA", "BDF", "Radau") else {}
    answer = solve_ivp(rates, (0.0, times[-1]), start, model.method, times, args=(tuple(values.values()),),
                       rtol=RTOL, atol=ATOL, **with_jacobian)
    if not answer.success:
        raise IntegrationError(f"{model.title}: {answer.message} (at t = {answer.t[-1]:g} {model.time_unit})")
    return table(model, answer.t, answer.y, values)


def time_points(until: float, points: int, unit: str) -> np.ndarray:
    """Evenly spaced times from 0 to `until`, shape (points,)."""
    if not (isinstance(until, (int, float, np.number)) and 0 < until < float("inf")):
        raise ValueError(f"until = {until!r} is not allowed; it must be a finite time above 0 {unit}")
    if not (isinstance(points, (int, np.integer)) and points >= 2):
        raise ValueError(f"points = {points!r} is not allowed; it must be a whole number of at least 2")
    return np.linspace(0.0, float(until), points)


def table(model: Model, t: np.ndarray, y: np.ndarray, values: dict[str, float]) -> pd.DataFrame:
    """A result as a tidy table: one row a time, one column a state."""
    result = pd.DataFrame({"t": t, **dict(zip(model.initial, y, strict=True))})
    units = {"t": model.time_unit, **{row.symbol: row.unit for row in model.states}}
    result.attrs = {"model": model.name, "units": units, "parameters": values}
    return result


@lru_cache(maxsize=64)
def compiled(model: Model):
    """The rates and their Jacobian as functions of (t, y, parameters), shapes (n,) and (n, n)."""
    import sympy

    symbols = model.symbols
    arguments = (symbols["t"], [symbols[name] for name in model.initial], [symbols[name] for name in model.defaults])
    rates = sympy.lambdify(arguments, list(model.rates.values()), "numpy", cse=True)
    jacobian = sympy.lambdify(arguments, model.jacobian.tolist(), "numpy", cse=True)
    return rates, lambda t, y, p: np.array(jacobian(t, y, p), dtype=float)
