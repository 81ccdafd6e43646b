"""Virtual patients: parameters that differ between people as a population study says.

    log_sd     the standard deviation on a logarithmic scale that belongs to a coefficient of variation
    draw       a table of patients, each with their own values
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from autoimmune.modelling.model import Model


def log_sd(variation: float) -> float:
    """For a log-normal quantity with this coefficient of variation: sqrt(log(1 + variation^2)), exact."""
    from math import log, sqrt

    return sqrt(log(1 + variation**2))


def draw(model: Model, spread: dict[str, float], patients: int, seed: int) -> pd.DataFrame:
    """A table for `model.simulate(patients=…)`: log-normal values, shape (patients, len(spread)).

    `spread` is the standard deviation of the logarithm of each parameter; the published value is the median.
    The same seed draws the same patients. Raises ValueError for fewer than one patient or a symbol without a
    row.
    """
    import numpy as np
    import pandas as pd

    if patients < 1:
        raise ValueError(f"patients = {patients!r} is not allowed; a cohort has at least 1")
    chance = np.random.default_rng(seed)
    return pd.DataFrame({symbol: model.row(symbol).value * np.exp(sd * chance.standard_normal(patients))
                         for symbol, sd in spread.items()})
