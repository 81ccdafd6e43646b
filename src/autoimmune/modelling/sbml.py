"""A model as SBML (level 3, version 2), the file that COPASI, libroadrunner and BioModels read."""

from __future__ import annotations

from types import ModuleType

from autoimmune.modelling.model import Dose, Model


class SBMLError(ValueError):
    """libSBML refused what was written; the message is its own."""


def text(model: Model, doses: tuple[Dose, ...] | None = None) -> str:
    """The model as one SBML document: states and parameters as `parameter`, rates as rate rules, doses as events.

    `doses` replace the model's own. Units are named in each element's notes: what a cell or a dimensionless
    score is, SBML has no word for. Raises SBMLError when libSBML finds the document inconsistent.
    """
    libsbml = library()

    document = libsbml.SBMLDocument(3, 2)
    sbml = document.createModel()
    identify(sbml, model.name)
    sbml.setName(model.title)
    sbml.setNotes(note(model.source.citation))
    for row in (*model.parameters, *model.states):
        add_quantity(sbml, row, constant=row in model.parameters)
    doses = model.doses if doses is None else doses
    inflow = {name: [f"infusion_{number}" for number, dose in enumerate(doses) if dose.duration and dose.state == name]
              for name in model.initial}
    for name, rate in model.rates.items():
        add_rate(sbml, name, " + ".join([formula(rate), *inflow[name]]))
    for number, dose in enumerate(doses):
        add_dose(sbml, number, dose, formula(model.amount(dose)))
    checked(document)
    return libsbml.writeSBMLToString(document)


def library() -> ModuleType:
    """libSBML, which no lesson needs and which is installed with the group `sbml`; ModuleNotFoundError says how."""
    try:
        import libsbml
    except ModuleNotFoundError:
        raise ModuleNotFoundError("a model is written as SBML with libSBML, which is not installed. Run: uv sync --inexact --extra sbml (or: pip install python-libsbml)") from None
    return libsbml


def identify(element, name: str) -> None:
    """Set the id of an element; an SBMLError when `name` cannot be one."""
    libsbml = library()

    if element.setId(name) != libsbml.LIBSBML_OPERATION_SUCCESS:
        raise SBMLError(f"{name!r} is not an SBML id; it must be made of the letters a to z, digits and underscores")


def add_quantity(sbml, row, constant: bool) -> None:
    """A state or a parameter with its value; unit and meaning go into the notes."""
    element = sbml.createParameter()
    identify(element, row.symbol)
    element.setName(row.meaning)
    element.setValue(row.value)
    element.setConstant(constant)
    element.setNotes(note(f"{row.meaning} [{row.unit}], {row.status}"))


def add_rate(sbml, name: str, rate: str) -> None:
    """dX/dt of one state."""
    rule = sbml.createRateRule()
    rule.setVariable(name)
    rule.setMath(math(rate))


def add_dose(sbml, number: int, dose: Dose, amount: str) -> None:
    """An event for each bolus; for an infusion one that opens the tap and one that closes it.

    Taps are opened and closed by adding and subtracting, because two events at one moment come in no set order.
    """
    if not dose.duration:
        for time in dose.times:
            add_event(sbml, time, dose.state, f"{dose.state} + {amount}")
        return
    tap = sbml.createParameter()
    tap.setId(f"infusion_{number}")
    tap.setValue(0.0)
    tap.setConstant(False)
    rate = f"({amount})/{dose.duration!r}"
    for start, end in zip(dose.times, dose.ends, strict=True):
        add_event(sbml, start, tap.getId(), f"{tap.getId()} + {rate}")
        add_event(sbml, end, tap.getId(), f"{tap.getId()} - {rate}")


def add_event(sbml, time: float, variable: str, value: str) -> None:
    """Set `variable` to `value` once `time` is reached, also when that is the start."""
    event = sbml.createEvent()
    event.setUseValuesFromTriggerTime(False)
    trigger = event.createTrigger()
    trigger.setInitialValue(False)
    trigger.setPersistent(True)
    trigger.setMath(math(f"time >= {time!r}"))
    assignment = event.createEventAssignment()
    assignment.setVariable(variable)
    assignment.setMath(math(value))


def formula(expression) -> str:
    """A SymPy expression as an infix formula that libSBML parses."""
    import sympy
    from sympy.printing.str import StrPrinter

    class Infix(StrPrinter):
        def _print_Pow(self, power, rational=False):
            return f"pow({self._print(power.base)}, {self._print(power.exp)})"

        def _print_Piecewise(self, piecewise):
            pieces = [f"{self._print(value)}, {self._print(condition)}" for value, condition in piecewise.args[:-1]]
            return f"piecewise({', '.join(pieces)}, {self._print(piecewise.args[-1].expr)})"

        def _print_And(self, both):
            return " && ".join(f"({self._print(part)})" for part in both.args)

        def _print_Or(self, either):
            return " || ".join(f"({self._print(part)})" for part in either.args)

        def _print_Equality(self, equality):
            return f"({self._print(equality.lhs)}) == ({self._print(equality.rhs)})"

        def _print_log(self, logarithm):  # to libSBML, `log` is to base 10
            return f"ln({self._print(logarithm.args[0])})"

        def _print_Exp1(self, number):
            return "exponentiale"

        def _print_Float(self, number):
            return repr(float(number))

    exact = expression.xreplace({sympy.Symbol("t", real=True): sympy.Symbol("time")})
    return Infix().doprint(exact.rewrite(sympy.Piecewise) if exact.has(sympy.Max, sympy.Min, sympy.Heaviside) else exact)


def math(infix: str):
    """Infix text as MathML; libSBML's own message when it cannot be read."""
    libsbml = library()

    tree = libsbml.parseL3Formula(infix)
    if tree is None:
        raise SBMLError(f"{libsbml.getLastParseL3Error()} in {infix!r}")
    return tree


def note(words: str) -> str:
    """A sentence as an SBML note."""
    from html import escape

    return f'<p xmlns="http://www.w3.org/1999/xhtml">{escape(words)}</p>'


def checked(document) -> None:
    """Raise an SBMLError when the document has an error (units are in the notes, so not checked)."""
    libsbml = library()

    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.checkConsistency()
    errors = [document.getError(number) for number in range(document.getNumErrors())]
    serious = [error.getMessage().strip() for error in errors if error.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    if serious:
        raise SBMLError("; ".join(serious))
