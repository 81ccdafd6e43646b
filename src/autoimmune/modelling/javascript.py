"""The same model in JavaScript, for pictures that run in the browser.

    module(model)        `const MODEL = {…}`: names, rates, Jacobian, closed forms, jumps and doses
    expression(formula)  one SymPy formula as a JavaScript expression

The text is the same each time it is made. In it `t` is the time, `y` the states and `p` the parameters, in the
model's order; results are written into `out`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from sympy.printing.jscode import JavascriptCodePrinter

if TYPE_CHECKING:
    import sympy

    from autoimmune.modelling.model import Model


class Printer(JavascriptCodePrinter):
    """SymPy's JavaScript with names looked up in `names`, and small whole powers written as products."""

    def __init__(self, names: dict):
        super().__init__({"contract": False})
        self.names = names

    def _print_Symbol(self, symbol):
        return self.names.get(symbol.name, symbol.name)

    def _print_Dummy(self, symbol):
        return symbol.name

    def _print_Pow(self, power):
        base, exponent = power.args
        if base.is_Symbol and exponent.is_Integer and 2 <= exponent <= 6:
            return "(" + "*".join([self._print(base)] * int(exponent)) + ")"
        return super()._print_Pow(power)

    def _print_BooleanTrue(self, _):
        return "true"

    def _print_BooleanFalse(self, _):
        return "false"

    def _print_Heaviside(self, step):
        return f"(({self._print(step.args[0])}) > 0 ? 1 : 0)"


def expression(formula: sympy.Basic, names: dict[str, str] | None = None) -> str:
    """One formula or condition as a JavaScript expression; `names` says where each symbol is found."""
    return Printer(names or {}).doprint(formula)


@lru_cache(maxsize=64)
def module(model: Model) -> str:
    """JavaScript source of `const MODEL`, which the solver and the picture read."""
    parts = [
        f"timeUnit: {json.dumps(model.time_unit)}",
        f"states: {json.dumps(list(model.initial))}",
        f"parameters: {json.dumps(list(model.defaults))}",
        f"closedForms: {json.dumps(list(model.closed_forms))}",
        function("rates(t, y, p, out)", model, list(model.rates.values())),
        function("jacobian(t, y, p, out)", model, list(model.jacobian)),
        drift(model),
        function("closed(p, out)", model, list(model.closed_forms.values())),
        f"breaks: p => [{', '.join(expression(time, names(model)) for time in sorted(model.breaks, key=str))}]",
        f"doses: p => [{', '.join(dose(model, row) for row in model.doses)}]",
    ]
    return "const MODEL = {\n" + ",\n".join(parts) + "\n};\n"


def names(model: Model) -> dict[str, str]:
    """Where JavaScript finds each symbol: `y[0]`, `p[3]`, `t`."""
    states = {symbol: f"y[{number}]" for number, symbol in enumerate(model.initial)}
    return states | {symbol: f"p[{number}]" for number, symbol in enumerate(model.defaults)}


def function(head: str, model: Model, formulas: list) -> str:
    """A function that writes each formula into `out`; parts that several of them share are worked out once."""
    import sympy

    shared, formulas = sympy.cse(formulas, symbols=sympy.numbered_symbols("s", cls=sympy.Dummy), order="canonical")
    printer = Printer(names(model))
    lines = [f"const {symbol.name} = {printer.doprint(formula)};" for symbol, formula in shared]
    lines += [f"out[{place}] = {printer.doprint(formula)};" for place, formula in enumerate(formulas)]
    return head + " {\n" + "\n".join(lines) + "\n}"


def drift(model: Model) -> str:
    """The derivative of the rates by time, or null where time does not appear in them."""
    slopes = [rate.diff(model.symbols["t"]) for rate in model.rates.values()]
    return function("drift(t, y, p, out)", model, slopes) if any(slopes) else "drift: null"


def dose(model: Model, row) -> str:
    """One planned dose, with its state's place and its amount as a number or a formula of the parameters."""
    amount = expression(model.amount(row), names(model)) if isinstance(row.amount, str) else json.dumps(row.amount)
    state = list(model.initial).index(row.state)
    return f"{{state: {state}, amount: {amount}, times: {json.dumps(row.times)}, duration: {json.dumps(row.duration)}}}"
