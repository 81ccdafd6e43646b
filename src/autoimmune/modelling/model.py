"""A published model, written once and read many ways.

    Source      where a model or a number comes from
    Quantity    one row: a state or a parameter with its value, unit, meaning and status
    Derived     one row: a closed form that follows from the parameters, such as R_0
    Dose        a drug given at set times, as a bolus or an infusion
    Model       the equations as text, with those rows; everything else is derived from it

The equations are text that can be held against the paper:

    dA/dt = f*v*G - (mu_A + b_1)*A      a rate of change
    R     = k*N + p*P                   a shorthand, used by the lines below it
    g(x)  = x/(1 + (C/c_inf)^2)         a function; `t` is time; `^` is a power

Timed inputs are functions of `t`, with `Piecewise((value, t < 60), (value, True))` for steps. WORDS are the functions
that a formula may use; every other name in it is a row, a shorthand, a function of its own, or a mistake.

Readers of a model stand beside this module: `integrate` (SciPy), `card`, `javascript`, `sbml`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import sympy

STATUSES = ("published", "extension", "unverified")
WORDS = ("exp", "log", "sqrt", "sin", "cos", "tanh", "pi", "Abs", "Min", "Max", "Heaviside", "Piecewise", "And", "Or", "Not")
EQUATION = re.compile(r"^(?:d(?P<state>\w+)/dt|(?P<name>\w+)(?:\((?P<arguments>[\w, ]+)\))?)\s*=(?P<formula>.+)$")


@dataclass(frozen=True)
class Source:
    """Where a model comes from. `doi` is printed as a link only when `doi_resolved`."""

    citation: str
    doi: str = ""
    doi_resolved: bool = False
    biomodels: str = ""


@dataclass(frozen=True)
class Quantity:
    """A state (its value is the start value) or a parameter of a model."""

    symbol: str
    value: float
    unit: str
    meaning: str
    status: str = "published"
    note: str = ""
    lower: float = 0.0
    upper: float = float("inf")

    def __post_init__(self):
        check_status(self.symbol, self.status)

    def check(self, value: float) -> float:
        """Return `value` as a float, or raise a ValueError that says what is allowed."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise ValueError(f"{self.symbol} = {value!r} is not a number; {self.allowed}") from None
        if not self.lower <= number <= self.upper or number in (float("inf"), float("-inf")):
            raise ValueError(f"{self.symbol} = {value!r} is not allowed; {self.allowed}")
        return number

    def check_all(self, values) -> list[float]:
        """Each of `values` checked, one for each patient of a cohort."""
        return [self.check(value) for value in values]

    @property
    def allowed(self) -> str:
        """The allowed range in words, with the unit."""
        unit = f" {self.unit}" if self.unit else ""
        top = f" and at most {self.upper:g}" if self.upper < float("inf") else ""
        return f"{self.symbol} ({self.meaning}) must be a finite number of at least {self.lower:g}{top}{unit}"


@dataclass(frozen=True)
class Derived:
    """A closed form of the parameters, as text, such as a reproduction number or a steady state."""

    symbol: str
    formula: str
    unit: str
    meaning: str
    status: str = "published"

    def __post_init__(self):
        check_status(self.symbol, self.status)


@dataclass(frozen=True)
class Dose:
    """A drug that is given `count` times, first at `start`, then `every` so often.

    `amount` is in the unit of `state`: a number, or a formula of the parameters such as "dose_per_area*BSA" (so
    that each patient of a cohort can have their own). With a `duration` each dose is an infusion at a constant
    rate, without one a bolus. Times are in the model's time unit.
    """

    state: str
    amount: float | str
    start: float = 0.0
    every: float = 0.0
    count: int = 1
    duration: float = 0.0

    def __post_init__(self):
        if not all(0 <= time < float("inf") for time in (self.start, self.every, self.duration)):
            raise ValueError(f"start, every and duration of a dose must be finite and at least 0, not {self}")
        if self.count != int(self.count) or self.count < 1 or (self.count > 1 and self.every <= 0):
            raise ValueError(f"count = {self.count!r}: a dose is given a whole number of times, and more than once only with every > 0")
        if self.duration > self.every > 0:
            raise ValueError(f"an infusion of {self.duration:g} does not fit into every {self.every:g}")
        if not isinstance(self.amount, str) and not 0 <= self.amount < float("inf"):
            raise ValueError(f"amount = {self.amount!r} is not allowed; a dose must be a finite number of at least 0")

    @cached_property
    def times(self) -> list[float]:
        """When each dose starts."""
        return [tidy(self.start + number * self.every) for number in range(int(self.count))]

    @cached_property
    def ends(self) -> list[float]:
        """When each infusion ends."""
        return [tidy(start + self.duration) for start in self.times]


@dataclass(frozen=True, eq=False)
class Model:
    """A system of ordinary differential equations as its paper writes it.

    Attributes
    ----------
    name, title: an identifier, and the words that a learner reads.
    time_unit: the unit of `t`, such as "d".
    equations: one line for each rate of change, shorthand or function (see the module's text).
    states, parameters: a `Quantity` for each; every symbol in the equations is one of them.
    derived: closed forms that may use parameters and earlier closed forms.
    source: the paper and, where there is one, its BioModels entry.
    doses: the doses that are given unless `simulate` is told otherwise.
    says, silent_on: what the model is for, and what it must not be used for.
    method: the SciPy integrator; "LSODA" switches between stiff and non-stiff steps by itself.
    """

    name: str
    title: str
    time_unit: str
    equations: str
    states: tuple[Quantity, ...]
    parameters: tuple[Quantity, ...]
    source: Source
    derived: tuple[Derived, ...] = ()
    doses: tuple[Dose, ...] = ()
    says: str = ""
    silent_on: str = ""
    status: str = "published"
    method: str = "LSODA"

    def __post_init__(self):
        check_status(self.name, self.status)
        rows = ["t", *(row.symbol for row in (*self.states, *self.parameters, *self.derived))]
        lines = [line["name"] or f"d{line['state']}/dt" for line in self.lines()]
        repeated = sorted(name for name, times in Counter([*rows, *lines]).items() if times > 1)
        if repeated:
            raise ValueError(f"{self.name}: {', '.join(repeated)} defined more than once (t is the time)")

    # -- the rows ---------------------------------------------------------------------------------

    @property
    def defaults(self) -> dict[str, float]:
        """The published value of each parameter, by symbol."""
        return {row.symbol: row.value for row in self.parameters}

    @property
    def initial(self) -> dict[str, float]:
        """The published start value of each state, by symbol."""
        return {row.symbol: row.value for row in self.states}

    def parameter_values(self, changed: dict[str, float]) -> dict[str, float]:
        """All parameters with `changed` taken over; a ValueError names what is not allowed."""
        return checked(self, "parameter", self.parameters, changed)

    def initial_values(self, changed: dict[str, float]) -> dict[str, float]:
        """All start values with `changed` taken over; a ValueError names what is not allowed."""
        return checked(self, "state", self.states, changed)

    def row(self, symbol: str) -> Quantity | Derived:
        """The row of a state, parameter or closed form."""
        rows = {row.symbol: row for row in (*self.states, *self.parameters, *self.derived)}
        if symbol not in rows:
            raise ValueError(unknown(self, "symbol", symbol, rows))
        return rows[symbol]

    # -- the equations, read by SymPy -------------------------------------------------------------

    @cached_property
    def symbols(self) -> dict[str, sympy.Symbol]:
        """A real SymPy symbol for time, each state and each parameter."""
        import sympy

        names = ["t", *self.initial, *self.defaults]
        return {name: sympy.Symbol(name, real=True) for name in names}

    def lines(self) -> list[re.Match]:
        """The equations, one match a line with the groups state, name, arguments and formula."""
        matches = [(line, EQUATION.match(line)) for line in map(str.strip, self.equations.splitlines()) if line]
        for line, match in matches:
            if not match:
                raise ValueError(f"{self.name}: cannot read the equation {line!r}; write dX/dt = …, x = … or f(x) = …")
        return [match for _, match in matches]

    @cached_property
    def parsed_lines(self) -> tuple[dict, dict]:
        """The rates, and all names that the lines may use: symbols, shorthands and functions."""
        found, known = {}, dict(self.symbols)
        for line in self.lines():
            if line["state"]:
                found[line["state"]] = parse(self, line["formula"], known)
            else:
                known[line["name"]] = definition(self, line, known)
        return found, known

    @cached_property
    def rates(self) -> dict[str, sympy.Expr]:
        """dX/dt of each state in states, parameters and `t` only, in the order of the states."""
        found = self.parsed_lines[0]
        if set(found) != set(self.initial):
            raise ValueError(f"{self.name}: needs one dX/dt for each of {', '.join(self.initial)}, not {', '.join(found) or 'none'}")
        return {name: found[name] for name in self.initial}

    @cached_property
    def jacobian(self) -> sympy.Matrix:
        """Derivatives of the rates by the states, shape (states, states)."""
        import sympy

        states = [self.symbols[name] for name in self.initial]
        return sympy.Matrix(list(self.rates.values())).jacobian(states)

    @cached_property
    def breaks(self) -> list[sympy.Expr]:
        """Times at which a timed input jumps or bends, in parameters only.

        A condition that compares time with a state is left to the integrator's own control of its error.
        """
        import sympy

        time, parameters = self.symbols["t"], {self.symbols[name] for name in self.defaults}
        steps = [rate.rewrite(sympy.Piecewise) for rate in self.rates.values()]
        conditions = set().union(*(step.atoms(sympy.core.relational.Relational) for step in steps))
        timed = [condition for condition in conditions if time in condition.free_symbols <= parameters | {time}]
        roots = {root for condition in timed for root in sympy.solve(condition.lhs - condition.rhs, time)}
        return sorted(roots, key=sympy.default_sort_key)

    @cached_property
    def constants(self) -> dict[str, sympy.Expr]:
        """The equations' shorthands that hold parameters only, and of the derived quantities those that were read."""
        varying = {self.symbols[name] for name in ("t", *self.initial)}
        return {name: formula for name, formula in self.parsed_lines[1].items()
                if name not in ("t", *self.initial) and not varying & formula.free_symbols}

    def closed_form(self, symbol: str) -> sympy.Expr:
        """A derived quantity, in parameters only; it may use those above it and the equations' shorthands of parameters.

        Those below it are not read, because SymPy takes long over some.
        """
        for row in self.derived:
            if row.symbol not in self.constants:
                self.constants[row.symbol] = parse(self, row.formula, self.constants)
            if row.symbol == symbol:
                return self.constants[symbol]
        raise ValueError(unknown(self, "closed form", symbol, [row.symbol for row in self.derived]))

    @property
    def closed_forms(self) -> dict[str, sympy.Expr]:
        """All derived quantities, by symbol."""
        return {row.symbol: self.closed_form(row.symbol) for row in self.derived}

    def amount(self, dose: Dose) -> sympy.Expr:
        """What one dose gives, in parameters only; a ValueError names what is not one."""
        import sympy

        if not isinstance(dose.amount, str):
            return sympy.Float(dose.amount)
        return parse(self, dose.amount, {name: self.symbols[name] for name in self.defaults})

    def evaluate(self, symbol: str, **parameters):
        """The value of a closed form, such as R_0: a float, or an array or Series where a parameter is one."""
        from autoimmune.modelling.integrate import of_parameters

        formula = self.closed_form(symbol)
        many = {name: value for name, value in parameters.items() if hasattr(value, "__len__") and not isinstance(value, str)}
        one = {name: value for name, value in parameters.items() if name not in many}
        values = self.parameter_values(one) | {name: self.checked_column(name, column) for name, column in many.items()}
        try:
            found = of_parameters(self, formula)(*values.values())
        except ZeroDivisionError:
            raise ValueError(f"{self.title}: {symbol} = {self.row(symbol).formula} has no value at {values}") from None
        return found if many else float(found)

    def checked_column(self, symbol: str, values):
        """One value of a parameter for each patient or try, each checked; the same kind of container comes back."""
        import numpy as np

        if symbol not in self.defaults:
            raise ValueError(unknown(self, "parameter", symbol, self.defaults))
        self.row(symbol).check_all(values)
        return np.asarray(values, dtype=float) if isinstance(values, (list, tuple)) else values

    # -- what learners call -----------------------------------------------------------------------

    def simulate(self, until: float, *, initial: dict[str, float] | None = None, points: int = 401,
                 doses: tuple[Dose, ...] | None = None, patients: pd.DataFrame | None = None,
                 **parameters: float) -> pd.DataFrame:
        """Run the model from time 0 to `until`: one patient, or each row of `patients`.

        `parameters` and `initial` change published values; `doses` replace the model's own; the columns of
        `patients` are symbols of parameters or states. See `integrate.simulate` for the table that returns.
        """
        from autoimmune.modelling import integrate

        doses = self.doses if doses is None else tuple(doses)
        return integrate.simulate(self, until, initial or {}, parameters, doses, patients, points)

    @cached_property
    def latex(self) -> str:
        """The equations as one LaTeX `aligned` block, in the paper's symbols."""
        from autoimmune.modelling import card

        return card.latex(self)

    def _repr_html_(self) -> str:
        from autoimmune.modelling import card

        return card.html(self)

    def __repr__(self) -> str:
        return f"<Model {self.name}: {self.title} ({len(self.states)} states, {len(self.parameters)} parameters)>"


def tidy(time: float) -> float:
    """A time to twelve figures, so that 0.1 + 0.2 and 0.3 are the same moment."""
    return float(f"{time:.12g}")


def check_status(name: str, status: str) -> None:
    """Raise a ValueError unless `status` is one of STATUSES."""
    if status not in STATUSES:
        raise ValueError(f"status {status!r} of {name} is not one of {', '.join(STATUSES)}")


def checked(model: Model, kind: str, rows: tuple[Quantity, ...], changed: dict[str, float]) -> dict[str, float]:
    """The rows' values with `changed` taken over, each checked by its row."""
    known = {row.symbol: row for row in rows}
    for symbol in changed:
        if symbol not in known:
            raise ValueError(unknown(model, kind, symbol, known))
    return {symbol: row.check(changed.get(symbol, row.value)) for symbol, row in known.items()}


def unknown(model: Model, kind: str, given: str, allowed) -> str:
    """A message that names the unknown `given`, the closest allowed name, and all of them."""
    from difflib import get_close_matches

    close = get_close_matches(str(given), list(allowed), n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"{model.title} has no {kind} {given!r}.{hint} Allowed: {', '.join(allowed) or 'none'}."


def parse(model: Model, formula: str, known: dict) -> sympy.Expr:
    """Read one formula; a ValueError says what in it has no row or cannot be read."""
    import sympy
    from sympy.core.function import AppliedUndef

    expression = read(model, formula.strip(), known)
    allowed = {value for value in known.values() if isinstance(value, sympy.Symbol)}
    strangers = sorted(map(str, (expression.free_symbols | expression.atoms(AppliedUndef)) - allowed))
    if strangers:
        raise ValueError(f"{model.name}: {', '.join(strangers)} in {formula.strip()!r} has no row")
    if any(steps.args[-1].cond != sympy.true for steps in expression.atoms(sympy.Piecewise)):
        raise ValueError(f"{model.name}: the last step of Piecewise in {formula.strip()!r} must be (value, True)")
    return expression


def read(model: Model, formula: str, known: dict) -> sympy.Expr:
    """Text as a SymPy expression; names that are neither known nor in WORDS become new symbols."""
    import sympy
    from sympy.parsing.sympy_parser import TokenError, convert_xor, parse_expr, standard_transformations

    words = {name: getattr(sympy, name) for name in (*WORDS, "Symbol", "Function", "Integer", "Float")}
    try:
        expression = parse_expr(formula, local_dict=dict(known), global_dict=words,
                                transformations=(*standard_transformations, convert_xor))
    except (SyntaxError, TokenError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{model.name}: cannot read {formula!r}: {error.args[0]}; write every * and every bracket") from None
    is_number = isinstance(expression, sympy.Expr)
    if not is_number:
        raise ValueError(f"{model.name}: {formula!r} is not a formula for a number")
    return expression


def definition(model: Model, match: re.Match, known: dict):
    """A shorthand as an expression, or a function as a SymPy Lambda."""
    import sympy

    if not match["arguments"]:
        return parse(model, match["formula"], known)
    arguments = {name.strip(): sympy.Dummy(name.strip(), real=True) for name in match["arguments"].split(",")}
    return sympy.Lambda(tuple(arguments.values()), parse(model, match["formula"], known | arguments))
