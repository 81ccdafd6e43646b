"""Why multiple sclerosis relapses: Vélez de Mendizábal and colleagues' two kinds of T cell.

Effector T cells call in regulatory ones, which hold them back. New cells come from the thymus at random
times. When regulatory cells answer weakly (`alpha_R` 0.25) each chance arrival can start a burst of
effector cells; when they answer strongly (0.4 and more) it cannot. No trigger from outside is needed.

    model       the mean of it: new cells arrive steadily, and the cells settle instead of relapsing
    histories   the model itself: cells arrive by chance, many histories side by side
    relapses    when the effector cells peak; the rule is ours, the paper counts by eye

Traps: nothing bounds the effector cells but the regulatory ones, so below the paper's lowest `alpha_R` most
histories run away; that is refused, and a history that exceeds 100 times the damage threshold ends there.
And killing effector cells (`gamma_E`) *raises* relapses here, because it takes away what calls in the
regulatory cells: a treatment that kills them cannot be taught with this model.
"""

import numpy as np
import pandas as pd

from autoimmune.modelling.integrate import compiled
from autoimmune.modelling.model import Model, Quantity, Source

EVENTS_PER_YEAR = 100.0
CELLS_PER_EVENT = 100.0
ARRIVALS = EVENTS_PER_YEAR * CELLS_PER_EVENT / 365
STEP = 0.1  # days, Euler, as in the authors' simulation file
RUNAWAY = 100.0  # times the damage threshold
CHECK = "read in a third party's transcription of the authors' simulation file"
MEAN = "the mean of 100 cells at 100 random times a year, which is how they arrive in the paper"


def row(*cells, note: str = CHECK, **more) -> Quantity:
    """A row that nobody here has yet held against the paper."""
    return Quantity(*cells, status="unverified", note=note, **more)


model = Model(
    name="velez_de_mendizabal_2011",
    title="Effector and regulatory T cells in multiple sclerosis",
    time_unit="d",
    equations="""
        dE_r/dt = n_E - (delta + beta)*E_r + eta*E
        dR_r/dt = n_R - (delta + beta)*R_r + eta*R
        dE/dt   = delta*E_r + alpha_E*k_r^h/(k_r^h + R^h)*E - gamma_E*R^h/(k_r^h + R^h)*E - eta*E
        dR/dt   = delta*R_r + alpha_R*E^h/(k_e^h + E^h)*R - gamma_R*R - eta*R
        dl/dt   = d_1*(E/a)^2 - (d_2 + r)*l
        dL/dt   = d_2*l
    """,
    states=(
        row("E_r", 7.5, "cells", "resting effector T cells"),
        row("R_r", 2.4, "cells", "resting regulatory T cells"),
        row("E", 1000.0, "cells", "active effector T cells"),
        row("R", 200.0, "cells", "active regulatory T cells"),
        row("l", 0.0, "1", "damage that can heal"),
        row("L", 0.0, "1", "damage that stays"),
    ),
    parameters=(
        Quantity("n_E", ARRIVALS, "cells/d", "new effector T cells", status="extension", note=MEAN),
        Quantity("n_R", ARRIVALS, "cells/d", "new regulatory T cells", status="extension", note=MEAN),
        row("delta", 1.0, "1/d", "activation of resting cells"),
        row("beta", 0.01, "1/d", "loss of resting cells"),
        row("eta", 0.01, "1/d", "active cells that come to rest as memory cells"),
        row("alpha_E", 2.0, "1/d", "fastest multiplication of effector T cells",
            note=f"1 to 2 in the paper; {CHECK}"),
        row("alpha_R", 0.25, "1/d", "fastest multiplication of regulatory T cells", lower=0.25, upper=2.0,
            note=f"0.25 to 2 in the paper; {CHECK}"),
        row("gamma_E", 0.2, "1/d", "fastest loss of active effector T cells"),
        row("gamma_R", 0.2, "1/d", "loss of active regulatory T cells"),
        row("k_e", 1000.0, "cells", "effector T cells at which regulatory ones multiply half as fast"),
        row("k_r", 200.0, "cells", "regulatory T cells at which effector ones are half held back"),
        row("h", 5.0, "1", "steepness of both"),
        row("a", 22800.0, "cells", "effector T cells at which damage is done at the rate d_1"),
        row("d_1", 1.0, "1/d", "damage done"),
        row("d_2", 0.002, "1/d", "damage that becomes permanent", note=f"0.02 in the paper's table; {CHECK}"),
        row("r", 0.1, "1/d", "healing"),
    ),
    source=Source(
        "Vélez de Mendizábal N, Carneiro J, Solé RV, Goñi J, Bragard J, Martinez-Forero I, et al. Modeling "
        "the effector - regulatory T cell cross-regulation reveals the intrinsic character of relapses in "
        "Multiple Sclerosis. BMC Syst Biol 2011;5:114.",
        doi="10.1186/1752-0509-5-114", doi_resolved=True),
    says="Relapses can come from the immune system itself: chance and a weak answer of regulatory T cells "
         "are enough. When they come cannot be foretold, how often can.",
    silent_on="It has no B cells, no brain and no drug. In it, killing effector T cells makes relapses more "
              "frequent, so it must not be used to judge treatments that remove cells.",
    status="unverified",
)


def histories(count: int = 200, years: float = 5.0, *, seed: int = 0, initial: dict[str, float] | None = None,
              **parameters: float) -> pd.DataFrame:
    """`count` histories of `years` years, one row a day, in the columns of `Model.simulate` for a cohort.

    In each step of 0.1 d, with probability 100*0.1/365, 100 resting effector cells arrive, and likewise 100
    resting regulatory cells. A history whose effector cells exceed 100 times `a` has left what the model is
    for and ends there; `attrs["ran_away"]` lists those. `n_E` and `n_R` are drawn, so they cannot be set.
    Raises ValueError for a value that is not allowed.
    """
    check_count(count, years, parameters)
    values = model.parameter_values(parameters)
    start = np.array(list(model.initial_values(initial or {}).values()))
    y = np.repeat(start[:, None], count, axis=1)
    return table(run(values, y, round(years * 365), np.random.default_rng(seed)))


def run(values: dict[str, float], y: np.ndarray, days: int, rng: np.random.Generator) -> np.ndarray:
    """Euler's method for all histories at once, shape (days + 1, states, count); NaN where one ran away."""
    rates, kept = compiled(model)[0], [y]
    for _ in range(days):
        for _ in range(round(1 / STEP)):
            arrivals = (rng.random((2, y.shape[1])) < EVENTS_PER_YEAR * STEP / 365) * CELLS_PER_EVENT / STEP
            now = values | dict(zip(("n_E", "n_R"), arrivals, strict=True))
            y = y + STEP * np.array(rates(0.0, y, list(now.values())))
        y = np.where(y[2] > RUNAWAY * values["a"], np.nan, y)
        kept.append(y)
    return np.array(kept)


def table(states: np.ndarray) -> pd.DataFrame:
    """Histories, shape (days + 1, states, count), as one table that leaves out what comes after a runaway."""
    days, _, count = states.shape
    columns = {"patient": np.repeat(np.arange(count), days), "t": np.tile(np.arange(float(days)), count)}
    columns |= {name: states[:, number, :].T.ravel() for number, name in enumerate(model.initial)}
    result = pd.DataFrame(columns)
    result.attrs = {"model": model.name, "ran_away": np.flatnonzero(np.isnan(states[-1, 2])).tolist()}
    return result.dropna(ignore_index=True)


def relapses(E, *, height: float = 22800.0, apart: float = 30.0, every: float = 1.0) -> np.ndarray:
    """Times (days) of the relapses in one history: peaks of `E` above `height`, at least `apart` days apart.

    `E` holds active effector cells every `every` days. The rule is ours: the paper names none. Of peaks
    that are closer than `apart` the highest counts.
    """
    from scipy.signal import find_peaks

    return find_peaks(np.asarray(E, dtype=float), height=height, distance=max(1.0, apart / every))[0] * every


def check_count(count: int, years: float, parameters: dict[str, float]) -> None:
    """Raise a ValueError unless there is something to draw."""
    if count < 1 or not 0 < years < float("inf"):
        raise ValueError(f"{count!r} histories of {years!r} years are not allowed; both must be above 0")
    drawn = sorted({"n_E", "n_R"} & set(parameters))
    if drawn:
        raise ValueError(f"{', '.join(drawn)} cannot be set: new cells arrive by chance; change another rate")
