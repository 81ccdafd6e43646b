"""Infections, simulated and counted: what each part of the immune response does, and what a missing part costs.

    influenza        the model of Hancioglu 2007 with the dead share of the airway's lining as a state of its own
    KNOCK_OUTS       what to change in it so that one part, or two, are missing
    arrivals         when the virus, the damage and each part of the response come in a first infection
    knock_outs       what becomes of an infection without each of them
    FIRST, SECOND    start values of a body that has not met the virus, and of one that met it 60 days ago
    rates            events per person-year in each group of a table of intervals, with exact limits
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autoimmune.modelling.model import Model, Quantity
from autoimmune.models.hancioglu_2007 import whole_cells

if TYPE_CHECKING:
    import pandas as pd

ILL = 0.1  # the dead share from which Hancioglu and colleagues call a person symptomatic
GONE = 1e-4  # virus below this is counted as gone: a hundredth of the usual start value, and less than a first infection dips to
DAYS_PER_YEAR = 365.25


def with_damage(model: Model) -> Model:
    """`model` with D = 1 - H - R - I written as a rate, which is the same thing, so that a picture can show it.

    D grows where infected cells are killed or die and shrinks where the lining grows back.
    """
    regrowth = next(line for line in model.equations.splitlines() if "dH/dt" in line).split("=")[1].split(" + a_R")[0]
    lines = [line for line in model.equations.splitlines() if not line.strip().startswith("D ")]
    return replace(
        model, name="hancioglu_2007_with_damage", equations="\n".join([*lines, f"dD/dt = b_IE*E*I + a_I*I - ({regrowth})"]),
        states=(*model.states, Quantity("D", 0.0, "1", "dead share of the cells", upper=1.0)))


influenza = with_damage(whole_cells)

KNOCK_OUTS = {
    "nothing": {},
    "interferon": {"b_F": 0.0, "c_F": 0.0},
    "killer T cells": {"b_EM": 0.0},
    "antibodies": {"b_PM": 0.0},
    "killer T cells and antibodies": {"b_EM": 0.0, "b_PM": 0.0},
}
FIRST = {"A": 1.0, "S": 0.1}  # the published start values: few antibodies, of a poor fit
SECOND = {"A": 263.0, "S": 0.8}  # what a first infection has left after 60 days, in this model
LATER = {"A": 1.0, "S": 0.8}  # and after a year: few antibodies again, of a good fit


ARRIVING = {"V": "virus", "D": "dead lining", "F": "interferon", "E": "killer T cells", "A": "antibodies"}


def arrivals() -> pd.DataFrame:
    """When each player of a first infection comes, in days: at a tenth of its peak, and at its peak."""
    import pandas as pd

    run = influenza.simulate(20, points=2001)
    rows = {words: {"a tenth of its peak, on day": run["t"][(run[symbol] >= run[symbol].max() / 10).idxmax()],
                    "its peak, on day": run["t"][run[symbol].idxmax()]} for symbol, words in ARRIVING.items()}
    return pd.DataFrame.from_dict(rows, orient="index").round(1)


def knock_outs(until: float = 14.0) -> pd.DataFrame:
    """A first infection over `until` days without each part in turn, one row each, indexed by what is missing.

    Columns: peak of the virus (per cell of the lining), its day, the largest dead share (per cent), and whether the
    virus is gone at the end. A part that is knocked out does not multiply or is not made; what was there before stays.
    """
    import pandas as pd

    rows = {missing: ending(influenza.simulate(until, points=701, **changed)) for missing, changed in KNOCK_OUTS.items()}
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.rename_axis("missing")


def ending(run: pd.DataFrame) -> dict:
    """What a run of `influenza` amounts to, as one row of `knock_outs`."""
    top = run["V"].idxmax()
    gone = run["V"].iloc[-1] < GONE
    lost = run["D"].iloc[-1] > 0.99
    return {"virus peak": round(run["V"].max(), 1), "on day": round(run["t"][top], 1),
            "dead at worst (%)": round(100 * run["D"].max(), 1),
            "virus in the end": "gone, and so is the lining" if gone and lost else "gone" if gone else "still there"}


def rates(table: pd.DataFrame, by: str, event: str) -> pd.DataFrame:
    """Events per person-year in each group of `by`, from intervals with `start` and `stop` in days.

    `event` is the column that is True where an interval ends with one. Columns: people (if there is an `id`), events,
    person-years, rate, and its exact 95 % limits, those of a Poisson count (Garwood 1936). They take events as
    independent of each other: where one person's events come in series, true limits are wider.
    """
    import pandas as pd
    from statsmodels.stats.rates import confint_poisson

    groups = table.assign(years=(table["stop"] - table["start"]) / DAYS_PER_YEAR).groupby(by, observed=True)
    found = pd.DataFrame({"people": groups["id"].nunique(), "events": groups[event].sum(), "person-years": groups["years"].sum()})
    found["rate"] = found["events"] / found["person-years"]
    found["low"], found["high"] = confint_poisson(found["events"], found["person-years"], method="exact-c")
    return found
