"""Run a model with SciPy: one patient, or a whole cohort at once.

A cohort is integrated as one system, the patients side by side. Its Jacobian is banded, one block a patient,
so an implicit step costs no more a patient than it does alone, and no Python loop runs over patients. The
default method, LSODA, measures stiffness as it goes and switches between an Adams and a BDF formula; a model
that LSODA cannot manage names another method of `scipy.integrate.solve_ivp`. Integration stops and starts
again wherever a dose is given or a timed input jumps.
"""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from autoimmune.modelling.model import Dose, Model, tidy, unknown

RTOL_ONE, RTOL_COHORT = 1e-8, 1e-6
ATOL = 1e-10
MOST_STEPS = 100_000  # between two time points, before LSODA gives up
TOGETHER = 1000  # patients in one system: few enough to stay in the processor's cache


class IntegrationError(RuntimeError):
    """The integrator gave up; the message says at which time."""


def simulate(model: Model, until: float, initial: dict[str, float], parameters: dict[str, float],
             doses: tuple[Dose, ...] = (), patients: pd.DataFrame | None = None,
             points: int = 401) -> pd.DataFrame:
    """Integrate `model` from time 0 to `until`, in the model's time unit.

    Returns a table with a column `t` and a column for each state, shape (points, 1 + states); with `patients`
    it has a first column `patient` (the index of that table) and `points` rows for each. Its `attrs` hold the
    model's name, the units and, for one patient, the parameters. Relative tolerance 1e-8 for one patient, 1e-6
    for a cohort; absolute 1e-10. Raises ValueError for a value that is not allowed, IntegrationError when
    SciPy gives up.
    """
    times = time_points(until, points, model.time_unit)
    for dose in doses:
        check_dose(model, dose)
    if patients is None:
        values, start = model.parameter_values(parameters), model.initial_values(initial)
        y = run(System(model, columns(values, 1), doses, RTOL_ONE), columns(start, 1), times)
        return table(model, times, y[0], values)
    if patients.empty:
        raise ValueError("patients has no rows or no columns; "
                         "it needs a row for each patient and a column for each symbol")
    values, start = cohort_values(model, parameters, initial, patients)
    return cohort_table(model, times, run_cohort(model, values, start, doses, times), patients.index)


@dataclass(frozen=True)
class System:
    """Patients side by side: `values` has shape (parameters, patients), a state vector (patients * states,)."""

    model: Model
    values: np.ndarray
    doses: tuple[Dose, ...]
    rtol: float

    @cached_property
    def patients(self) -> int:
        """How many they are."""
        return self.values.shape[1]

    @cached_property
    def states(self) -> int:
        """How many states each has."""
        return len(self.model.states)

    @cached_property
    def numbers(self) -> list[float]:
        """The parameters of the only patient."""
        return self.values[:, 0].tolist()

    def rates(self, t: float, y: np.ndarray, infusion: np.ndarray) -> np.ndarray:
        """dy/dt, shape (patients * states,)."""
        parts = self.evaluated(0, t, y)
        if self.patients == 1:
            return np.array(parts, dtype=float).ravel() + infusion[0]
        out = np.empty((self.patients, self.states))
        for place, part in enumerate(parts):
            out[:, place] = part
        return (out + infusion).ravel() if self.doses else out.ravel()

    def jacobian(self, t: float, y: np.ndarray) -> np.ndarray:
        """One block for each patient, shape (patients, states, states)."""
        out = np.empty((self.patients, self.states, self.states))
        for row, parts in enumerate(self.evaluated(1, t, y)):
            for column, part in enumerate(parts):
                out[:, row, column] = part
        return out

    def evaluated(self, which: int, t: float, y: np.ndarray) -> list:
        """The rates (0) or the Jacobian (1), in plain numbers for one patient, which is faster."""
        if self.patients == 1:
            with suppress(ArithmeticError, ValueError):  # where `math` raises, NumPy gives inf or nan
                return compiled(self.model, "math")[which](t, y.tolist(), self.numbers)
        everywhere = np.full(self.patients, t)  # NumPy joins two conditions only when both are arrays
        return compiled(self.model)[which](everywhere, y.reshape(-1, self.states).T, self.values)

    @cached_property
    def amounts(self) -> list[np.ndarray]:
        """What each dose gives: a number, or shape (patients,)."""
        return [of_parameters(self.model, self.model.amount(dose))(*self.values) for dose in self.doses]

    def given(self, share) -> np.ndarray:
        """Sum over the doses of `share(dose)` times its amount, shape (patients, states)."""
        total = np.zeros((self.patients, self.states))
        for dose, amount in zip(self.doses, self.amounts, strict=True):
            total[:, list(self.model.initial).index(dose.state)] += share(dose) * amount
        return total

    def bolus(self, t: float) -> np.ndarray:
        """What is given at once at time `t`."""
        return self.given(lambda dose: dose.times.count(t) if not dose.duration else 0)

    def infusion(self, t: float) -> np.ndarray:
        """The rate at which drugs run in just after time `t`."""
        def rate(dose):
            running = sum(start <= t < end for start, end in zip(dose.times, dose.ends, strict=True))
            return running / dose.duration if dose.duration else 0

        return self.given(rate)

    def stops(self, until: float) -> list[float]:
        """Times strictly between 0 and `until` at which a dose starts or ends or an input jumps."""
        found = {time for dose in self.doses for time in (*dose.times, *dose.ends)}
        for jump in self.model.breaks:
            found |= {tidy(time) for time in np.atleast_1d(of_parameters(self.model, jump)(*self.values))}
        return sorted(time for time in found if 0 < time < until)


def run_cohort(model: Model, values: np.ndarray, start: np.ndarray, doses: tuple[Dose, ...],
               times: np.ndarray) -> np.ndarray:
    """Integrate all patients, a system of like ones at a time, and return shape (states, patients, times)."""
    order = alike(System(model, values, doses, RTOL_COHORT), start)
    y = np.empty((len(start), len(order), len(times)))
    for first in range(0, len(order), TOGETHER):
        part = order[first:first + TOGETHER]
        system = System(model, values[:, part], doses, RTOL_COHORT)
        y[:, part] = run(system, start[:, part], times).swapaxes(0, 1)
    return y


def alike(system: System, start: np.ndarray) -> np.ndarray:
    """An order in which patients who need like steps stand together: by the fastest growth at the start."""
    if system.patients <= TOGETHER:
        return np.arange(system.patients)
    with np.errstate(all="ignore"):
        blocks = np.nan_to_num(system.jacobian(0.0, start.T.ravel()))
    return np.argsort(np.linalg.eigvals(blocks).real.max(axis=1), kind="stable")


def run(system: System, start: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Integrate from `start`, shape (states, patients), and return shape (patients, states, times)."""
    y, kept = start.T.ravel(), []
    edges = [0.0, *system.stops(times[-1]), times[-1]]
    for left, right in pairwise(edges):
        y = y + system.bolus(left).ravel()
        wanted = times[(times >= left) & (times < right)]
        found, y = leg(system, y, left, right, wanted)
        kept.append(found)
    kept.append((y + system.bolus(times[-1]).ravel())[:, None])
    return np.concatenate(kept, axis=1).reshape(system.patients, system.states, len(times))


def leg(system: System, y: np.ndarray, left: float, right: float,
        wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Integrate between two stops; return the states at `wanted` and at `right`."""
    times = np.concatenate(([left], wanted, [right]))
    # A branch of Piecewise that is not taken is worked out too, and SciPy warns where it gives up.
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found, reason = (lsoda if system.model.method == "LSODA" else other_method)(system, y, times)
    if reason:
        raise gave_up(system, left, right, reason)
    if not np.isfinite(found).all():
        raise gave_up(system, left, right, "a state is no longer a finite number")
    return found[:, 1:-1], found[:, -1]


def lsoda(system: System, y: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, str]:
    """The states at `times` by `scipy.integrate.odeint` (LSODA, no Python call a step), and why it gave up."""
    from scipy.integrate import odeint

    found, report = odeint(right_hand_side(system, times), y, times, tfirst=True, tcrit=times[-1:], **odeint_jacobian(system),
                           rtol=system.rtol, atol=ATOL, mxstep=MOST_STEPS, full_output=True)
    return found.T, "" if report["message"] == "Integration successful." else report["message"]


def odeint_jacobian(system: System) -> dict:
    """The Jacobian as `odeint` takes it: in bands, but dense for one patient, because LSODA then takes as few as half the steps."""
    if system.patients == 1:
        return {"Dfun": lambda t, y: system.jacobian(t, y)[0]}
    band = system.states - 1
    return {"Dfun": lambda t, y: banded(system.jacobian(t, y)), "ml": band, "mu": band}


def other_method(system: System, y: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, str]:
    """The states at `times` by `scipy.integrate.solve_ivp` and the model's method, and why it gave up.

    These methods bound the root mean square of the errors, so more patients need a tighter tolerance.
    """
    from scipy.integrate import solve_ivp

    share, method = system.patients**-0.5, system.model.method
    implicit = {"jac": lambda t, y: block_diagonal(system.jacobian(t, y))} if method in ("BDF", "Radau") else {}
    answer = solve_ivp(right_hand_side(system, times), (times[0], times[-1]), y, method, times[1:],
                       rtol=system.rtol * share, atol=ATOL * share, **implicit)
    return np.column_stack((y, answer.y)), "" if answer.success else answer.message


def right_hand_side(system: System, times: np.ndarray):
    """dy/dt as SciPy calls it between the first and the last of `times`, two stops."""
    infusion = system.infusion(times[0])
    just_before = float(np.nextafter(times[-1], times[0]))  # a timed input that jumps at the end has not jumped yet
    if system.patients == 1 and not infusion.any():
        return of_one(system, infusion, just_before)
    return lambda t, y: system.rates(min(t, just_before), y, infusion)


def of_one(system: System, infusion: np.ndarray, just_before: float):
    """The same for one patient without an infusion, as short as it can be: SciPy calls it thousands of times."""
    rates, numbers = compiled(system.model, "math")[0], system.numbers

    def right(t: float, y: np.ndarray):
        t = min(t, just_before)
        try:
            return rates(t, y.tolist(), numbers)
        except (ArithmeticError, ValueError):
            return system.rates(t, y, infusion)

    return right


def gave_up(system: System, left: float, right: float, reason) -> IntegrationError:
    """The error that names the model, the reason and the stretch of time."""
    stretch = f"between t = {left:g} and {right:g} {system.model.time_unit}"
    return IntegrationError(f"{system.model.title}: {reason} ({stretch})")


def banded(blocks: np.ndarray) -> np.ndarray:
    """Blocks, shape (patients, n, n), in LAPACK's banded form, shape (2n - 1, patients * n)."""
    patients, n, _ = blocks.shape
    bands = np.zeros((2 * n - 1, patients, n))
    for row in range(n):
        for column in range(n):
            bands[n - 1 + row - column, :, column] = blocks[:, row, column]
    return bands.reshape(2 * n - 1, patients * n)


def block_diagonal(blocks: np.ndarray):
    """Blocks, shape (patients, n, n), as a dense matrix for one patient and a sparse one for more."""
    from scipy.sparse import bsr_array

    patients = len(blocks)
    if patients == 1:
        return blocks[0]
    return bsr_array((blocks, np.arange(patients), np.arange(patients + 1))).tocsc()


@lru_cache(maxsize=128)
def compiled(model: Model, module: str = "numpy"):
    """The rates and their Jacobian as functions of (t, y, parameters): arrays ("numpy") or numbers ("math")."""
    import sympy

    symbols = model.symbols
    states, parameters = ([symbols[name] for name in names] for names in (model.initial, model.defaults))
    arguments = (symbols["t"], states, parameters)
    rates = sympy.lambdify(arguments, list(model.rates.values()), module, cse=True)
    jacobian = sympy.lambdify(arguments, model.jacobian.tolist(), module, cse=True)
    return rates, jacobian


@lru_cache(maxsize=256)
def of_parameters(model: Model, expression):
    """A formula of the parameters, such as a dose, the time of a jump or a closed form, as a function of their values."""
    import sympy

    return sympy.lambdify([model.symbols[name] for name in model.defaults], expression, "numpy")


def columns(values: dict[str, float], patients: int) -> np.ndarray:
    """The same values for each patient, shape (symbols, patients)."""
    return np.repeat(np.array(list(values.values()), dtype=float)[:, None], patients, axis=1)


def cohort_values(model: Model, parameters: dict, initial: dict,
                  patients: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Parameters and start values of each patient, shapes (parameters, patients) and (states, patients)."""
    values = columns(model.parameter_values(parameters), len(patients))
    start = columns(model.initial_values(initial), len(patients))
    for symbol, column in patients.items():
        if symbol not in model.defaults and symbol not in model.initial:
            raise ValueError(unknown(model, "parameter or state", symbol, [*model.defaults, *model.initial]))
        numbers = model.row(symbol).check_all(column)
        target, names = (values, model.defaults) if symbol in model.defaults else (start, model.initial)
        target[list(names).index(symbol)] = numbers
    return values, start


def check_dose(model: Model, dose: Dose) -> None:
    """Raise a ValueError unless the dose's state, and what its amount is made of, belong to the model."""
    if dose.state not in model.initial:
        raise ValueError(unknown(model, "state", dose.state, model.initial))
    model.amount(dose)


def time_points(until: float, points: int, unit: str) -> np.ndarray:
    """Evenly spaced times from 0 to `until`, shape (points,)."""
    if not (isinstance(until, (int, float, np.number)) and 0 < until < float("inf")):
        raise ValueError(f"until = {until!r} is not allowed; it must be a finite time above 0 {unit}")
    if not (isinstance(points, (int, np.integer)) and points >= 2):
        raise ValueError(f"points = {points!r} is not allowed; it must be a whole number of at least 2")
    return even_times(float(until), int(points))


@lru_cache(maxsize=64)  # learners run one model again and again, and each tidy number takes its time
def even_times(until: float, points: int) -> np.ndarray:
    """Evenly spaced times without the noise of their last digits, shape (points,); nobody can change them."""
    times = np.array([tidy(time) for time in np.linspace(0.0, until, points)])
    times.flags.writeable = False
    return times


def units(model: Model) -> dict[str, str]:
    """The unit of each column of a result."""
    return {"t": model.time_unit, **{row.symbol: row.unit for row in model.states}}


def table(model: Model, t: np.ndarray, y: np.ndarray, values: dict[str, float]) -> pd.DataFrame:
    """The result of one patient: one row a time, one column a state."""
    result = pd.DataFrame({"t": t, **dict(zip(model.initial, y, strict=True))})
    result.attrs = {"model": model.name, "units": units(model), "parameters": values}
    return result


def cohort_table(model: Model, t: np.ndarray, y: np.ndarray, index: pd.Index) -> pd.DataFrame:
    """The results of a cohort, `y` of shape (states, patients, times): one row for each patient and time."""
    states = dict(zip(model.initial, y.reshape(len(y), -1), strict=True))
    columns = {"patient": np.repeat(index.to_numpy(), len(t)), "t": np.tile(t, len(index)), **states}
    result = pd.DataFrame(columns, copy=False)  # the states are views of `y`
    result.attrs = {"model": model.name, "units": units(model)}
    return result
