"""The model card: what a model is, where it comes from, and what it must not be used for.

A card is HTML made from the model's own rows, so it cannot say something else than what runs.
"""

from __future__ import annotations

from html import escape

from autoimmune.modelling.model import Derived, Model, Quantity, Source
from autoimmune.modelling.rules import Rules

STATUS_WORDS = {
    "published": "published",
    "extension": "extension: ours, not the paper's",
    "unverified": "unverified: not yet checked against its source",
}

TIME_WORDS = {"h": "hours", "d": "days", "wk": "weeks"}


def latex(model: Model) -> str:
    """The equations as one LaTeX `aligned` block, each line in the order in which the paper writes it."""
    known = display_symbols(model)
    lines = [f"{left_side(line, known)} &= {written(line['formula'], known)}" for line in model.lines()]
    return r"\begin{aligned}" + "\n" + " \\\\\n".join(lines) + "\n" + r"\end{aligned}"


def display_symbols(model: Model) -> dict:
    """Every name in the equations as a plain symbol; functions stay functions and nothing is expanded."""
    import sympy

    names = {line["name"]: sympy.Function(line["name"]) if line["arguments"] else sympy.Symbol(line["name"])
             for line in model.lines() if line["name"]}
    arguments = {name.strip() for line in model.lines() for name in (line["arguments"] or "").split(",")} - {""}
    return names | dict(model.symbols) | {name: sympy.Symbol(name) for name in arguments - set(model.symbols)}


def left_side(line, known: dict) -> str:
    """What stands before the equals sign: a rate, a shorthand or a function with its arguments."""
    import sympy

    if line["state"]:
        return rf"\frac{{d{sympy.latex(known[line['state']])}}}{{dt}}"
    return written(f"{line['name']}({line['arguments']})" if line["arguments"] else line["name"], known)


def written(formula: str, known: dict) -> str:
    """One formula in LaTeX, its terms and factors in the order of the text."""
    import sympy
    from sympy.parsing.sympy_parser import convert_xor, parse_expr, standard_transformations

    transformations = (*standard_transformations, convert_xor)
    expression = parse_expr(formula.strip(), local_dict=dict(known), transformations=transformations, evaluate=False)
    return sympy.latex(expression, order="none")


def html(model: Model | Rules) -> str:
    """The card of a model as HTML, its tables folded."""
    parts = [
        f"<h4>{escape(model.title)}</h4>",
        f"<p>{source(model.source)} Status: {STATUS_WORDS[model.status]}.</p>",
        paragraph("What it says", model.says),
        paragraph("What it cannot say", model.silent_on),
        f"<details><summary>{equations_heading(model.time_unit)}</summary>$${escape(model.latex)}$$</details>",
        details("Start values", model.states),
        details("Parameters", model.parameters),
        details("What follows from them", model.derived),
    ]
    return '<section class="model-card">' + "".join(parts) + "</section>"


def equations_heading(unit: str) -> str:
    """What stands over the equations: a model without a time unit is made of rules."""
    return f"Equations (time in {TIME_WORDS.get(unit, escape(unit))})" if unit else "Rules"


def source(origin: Source) -> str:
    """A citation with links to its DOI (when that was resolved) and its BioModels entry."""
    address = escape(origin.doi)
    doi = f' <a href="https://doi.org/{address}">doi:{address}</a>.' if origin.doi and origin.doi_resolved else ""
    entry = f" BioModels {escape(origin.biomodels)}." if origin.biomodels else ""
    return escape(origin.citation) + doi + entry


def paragraph(heading: str, text: str) -> str:
    """A paragraph with a bold heading, or nothing where there is no text."""
    return f"<p><b>{heading}.</b> {escape(text)}</p>" if text else ""


def details(heading: str, rows: tuple[Quantity | Derived, ...]) -> str:
    """A folded table of rows, or nothing where there are none."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{word}</th>' for word in ("Symbol", "Value", "Unit", "Meaning", "Status"))
    body = "".join(f"<tr>{cells(row)}</tr>" for row in rows)
    return f"<details><summary>{heading}</summary><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details>"


def cells(row: Quantity | Derived) -> str:
    """The five cells of one row; the symbol heads its row."""
    value = f"{row.value:g}" if isinstance(row, Quantity) else row.formula
    note = f" ({row.note})" if isinstance(row, Quantity) and row.note else ""
    texts = (value, row.unit, row.meaning + note, STATUS_WORDS[row.status])
    return f'<th scope="row">{escape(row.symbol)}</th>' + "".join(f"<td>{escape(text)}</td>" for text in texts)
