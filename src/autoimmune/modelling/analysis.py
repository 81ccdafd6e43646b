"""What a model does in the long run, and where that changes.

    steady_states   where nothing changes any more, and whether a small push dies out there
    sweep           the same along one parameter: the table behind a bifurcation diagram
    folds           the parameter values at which two of them meet and vanish
    threshold       the value at which the outcome of any experiment changes, by bisection

All of them work on any `Model`; SciPy does the numerics, SymPy gave the Jacobian.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from autoimmune.modelling.model import Model, unknown

LATE = 1e9  # a time at which every timed input has come to rest
SAME = 1e-5  # two roots nearer than this, relative to their size, are one
ZERO = 1e-9  # a state below this is empty


@dataclass(frozen=True)
class Field:
    """The rates of a model at fixed parameters and time, as SciPy's solvers want them."""

    model: Model
    values: tuple[float, ...]
    t: float

    def rates(self, y: np.ndarray) -> np.ndarray:
        """dy/dt, shape (states,)."""
        return np.array(frozen(self.model, self.t)[0](y, self.values), dtype=float)

    def jacobian(self, y: np.ndarray) -> np.ndarray:
        """Derivatives of the rates by the states, shape (states, states)."""
        return np.array(frozen(self.model, self.t)[1](y, self.values), dtype=float)

    def step(self, y: np.ndarray) -> np.ndarray:
        """Newton's correction at `y`: how far the nearest root still is, shape (states,)."""
        return np.linalg.lstsq(self.jacobian(y), -self.rates(y), rcond=None)[0]

    def at(self, parameter: str, value: float) -> Field:
        """The same field with one parameter changed."""
        values = dict(zip(self.model.defaults, self.values, strict=True)) | {parameter: value}
        return Field(self.model, tuple(values.values()), self.t)


def steady_states(model: Model, *, t: float = LATE, starts: int = 200, seed: int = 0,
                  **parameters: float) -> pd.DataFrame:
    """The isolated steady states with no negative state, one a row, sorted by the states.

    The columns are the states, `stable` (every eigenvalue of the Jacobian has a negative real part) and
    `growth` (the largest real part, per time unit: below 0 a small push dies out). Found by
    `scipy.optimize.root` from `starts` seeded random states; one that few of them lead to can be missed, so
    a doubt is settled with more. Timed inputs are held at what they are at time `t`. Raises ValueError for
    a value that is not allowed.
    """
    field = Field(model, tuple(model.parameter_values(parameters).values()), t)
    return described(field, roots(field, random_starts(model, starts, seed)))


def sweep(model: Model, parameter: str, values: Sequence[float], *, t: float = LATE, starts: int = 60,
          seed: int = 0, **parameters: float) -> pd.DataFrame:
    """The steady states at each of `values` of one parameter: its column first, then those of
    `steady_states`.

    The roots at one value are tried again at the next, so a branch is not lost between them.
    """
    field = checked_field(model, parameter, values, t, parameters)
    guesses, tables = random_starts(model, starts, seed), []
    known = np.empty((0, len(model.states)))
    for value in values:
        here = field.at(parameter, float(value))
        known = roots(here, np.vstack([known, guesses]))
        tables.append(described(here, known).assign(**{parameter: float(value)}))
    table = pd.concat(tables, ignore_index=True)
    return table[[parameter, *table.columns.drop(parameter)]]


def folds(model: Model, parameter: str, values: Sequence[float], *, t: float = LATE, starts: int = 60,
          seed: int = 0, **parameters: float) -> pd.DataFrame:
    """Where within `values` two steady states meet and vanish (saddle-node): the parameter and the states.

    A sweep over `values` gives the starts; each is refined on the extended system f(y, p) = 0, J(y, p) v = 0,
    |v| = 1. Where a state only changes its stability there is no fold: give `threshold` its `growth` instead.
    """
    table = sweep(model, parameter, values, t=t, starts=starts, seed=seed, **parameters)
    field = checked_field(model, parameter, values, t, parameters)
    found: list[np.ndarray] = []
    for value, states in table.groupby(parameter)[list(model.initial)]:
        for y, null in candidates(field.at(parameter, value), states.to_numpy()):
            point = fold(field, parameter, value, y, null)
            if point is not None and min(values) <= point[0] <= max(values) and is_new(point, found):
                found.append(point)
    return pd.DataFrame(sorted(found, key=tuple), columns=[parameter, *model.initial])


def threshold(outcome: Callable[[float], Hashable], low: float, high: float, *, rel: float = 1e-6) -> float:
    """The value between `low` and `high` at which `outcome(value)` changes, to a relative tolerance `rel`.

    `outcome` runs an experiment and returns a yes/no or a word (bisection finds where the answer of `low`
    ends), or a float (Brent's method finds where it is 0). Raises ValueError when both ends give the same
    answer.
    """
    from scipy.optimize import bisect, brentq

    first, last = outcome(low), outcome(high)
    smooth = isinstance(first, (float, np.floating))
    if (first > 0) == (last > 0) if smooth else first == last:
        raise ValueError(f"outcome is {first!r} at {low!r} and {last!r} at {high!r}; it must differ")
    options = {"xtol": 1e-12 * abs(high - low), "rtol": rel}
    if smooth:
        return brentq(outcome, low, high, **options)
    return bisect(lambda value: 1.0 if outcome(value) == first else -1.0, low, high, **options)


# -- the parts ------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def frozen(model: Model, t: float):
    """The rates and their Jacobian as functions of (states, parameters), with inputs as they are at `t`."""
    import sympy

    arguments = [[model.symbols[name] for name in names] for names in (model.initial, model.defaults)]
    formulas = sympy.Matrix(list(model.rates.values())), model.jacobian
    now = [formula.subs(model.symbols["t"], t).tolist() for formula in formulas]
    return (sympy.lambdify(arguments, [row[0] for row in now[0]], "numpy", cse=True),
            sympy.lambdify(arguments, now[1], "numpy", cse=True))


def checked_field(model: Model, parameter: str, values: Sequence[float], t: float, parameters: dict) -> Field:
    """The field at `parameters`; a ValueError when `parameter` or one of its `values` is not allowed."""
    if parameter not in model.defaults:
        raise ValueError(unknown(model, "parameter", parameter, model.defaults))
    model.row(parameter).check_all(values)
    return Field(model, tuple(model.parameter_values(parameters).values()), t)


def random_starts(model: Model, starts: int, seed: int) -> np.ndarray:
    """The model's start, zero, and random mixtures, shape (starts + 2, states).

    In a mixture each state is 0, its own start, or that times a random power of ten between -4 and 4.
    """
    rng = np.random.default_rng(seed)
    own = np.array(list(model.initial.values()))
    random = np.maximum(own, 1.0) * 10.0 ** rng.uniform(-4, 4, (starts, len(own)))
    plain = rng.random(random.shape) < 0.5
    plain[::2] = False
    return np.vstack([own, np.zeros_like(own), np.where(plain, rng.choice(2, random.shape) * own, random)])


def roots(field: Field, guesses: np.ndarray) -> np.ndarray:
    """The different non-negative roots reached from `guesses`, in order, shape (roots, states)."""
    from scipy.optimize import root

    found: list[np.ndarray] = []
    with np.errstate(all="ignore"):
        for guess in [*guesses, *(downstream(field, guess) for guess in guesses[::4])]:
            y = settled(field, root(field.rates, guess, jac=field.jacobian).x)
            if y is not None and is_new(y, found):
                found.append(y)
    return np.array(sorted(found, key=tuple)).reshape(-1, len(field.model.states))


def downstream(field: Field, y: np.ndarray) -> np.ndarray:
    """Where the model itself goes from `y`: linearised implicit Euler, 40 steps that double from 0.001."""
    for step in 1e-3 * 2.0 ** np.arange(40):
        matrix = np.eye(len(y)) / step - field.jacobian(y)
        if not np.isfinite(matrix).all():
            return y
        y = np.maximum(y + np.linalg.solve(matrix, field.rates(y)), 0.0)
    return y


def settled(field: Field, y: np.ndarray) -> np.ndarray | None:
    """The non-negative root that Newton's method confirms at `y`, or None."""
    for _ in range(3):
        if not np.isfinite(field.jacobian(y)).all():
            return None
        step = field.step(y)
        y = y + step
    if (np.abs(step) > SAME * np.abs(y) + ZERO).any() or (y < -ZERO).any():
        return None
    y = np.where(y < ZERO, 0.0, y)
    left = np.abs(field.rates(y)) - SAME * np.abs(field.jacobian(y)) @ (y + ZERO)
    return y if (left <= 0).all() else None


def is_new(point: np.ndarray, found: list[np.ndarray]) -> bool:
    """Whether `point` is none of the points `found` so far, reached again."""
    return not any(np.allclose(point, other, rtol=SAME, atol=10 * ZERO) for other in found)


def described(field: Field, states: np.ndarray) -> pd.DataFrame:
    """Steady states, shape (roots, states), with their stability."""
    growth = np.array([np.linalg.eigvals(field.jacobian(y)).real.max() for y in states])
    return pd.DataFrame(states, columns=list(field.model.initial)).assign(stable=growth < 0, growth=growth)


def scales(field: Field, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sizes of the states and of the rates near `y`, so that cells and nanomoles weigh the same."""
    size = np.maximum(np.abs(y), ZERO)
    return size, np.maximum(np.abs(field.jacobian(y)) @ size, np.finfo(float).tiny)


def candidates(field: Field, states: np.ndarray):
    """Points near which two states may meet, each with the (scaled) direction in which they would."""
    for number, y in enumerate(states):
        for other in states[number + 1:]:
            middle = (y + other) / 2
            apart = (other - y) / scales(field, middle)[0]
            yield middle, apart / np.linalg.norm(apart)


def fold(field: Field, parameter: str, value: float, y: np.ndarray, null: np.ndarray) -> np.ndarray | None:
    """(parameter, *states) of the fold that the extended system has near `y`, or None."""
    from scipy.optimize import root

    n = len(y)
    size, rate = scales(field.at(parameter, value), y)

    def scaled(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        here, state = field.at(parameter, z[-1] * value), z[:n] * size
        return here.rates(state) / rate, here.jacobian(state) * size / rate[:, None]

    def extended(z: np.ndarray) -> np.ndarray:
        rates, jacobian = scaled(z)
        return np.concatenate([rates, jacobian @ z[n:-1], [z[n:-1] @ z[n:-1] - 1]])

    with np.errstate(all="ignore"):
        answer = root(extended, np.concatenate([y / size, null, [1.0]]))
        if not answer.success or (answer.x[:n] < -ZERO).any():
            return None
        left = np.linalg.svd(scaled(answer.x)[1])[0][:, -1]
        push = left @ (scaled(answer.x + 1e-6 * np.eye(2 * n + 1)[-1])[0] - scaled(answer.x)[0]) / 1e-6
    if abs(push) < 1e-4:  # the parameter does not push along `null`: two branches cross, and none vanishes
        return None
    states = answer.x[:n] * size
    return np.append(answer.x[-1] * value, np.where(states < ZERO, 0.0, states))
