"""A thymus that presents less and less of the body, and what leaves it.

    leaking()    the share of self-reactive cells among those that leave, against the share of self presented
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autoimmune.models import thymic_selection
from autoimmune.showing import figures
from autoimmune.showing.describe import OF_MODEL
from autoimmune.widgets.base.drawn import Drawing

if TYPE_CHECKING:
    import pandas as pd

PRESENTED = (1.0, 0.95, 0.9, 0.8, 0.6, 0.4, 0.2, 0.1)


def leaking(cells: int = 4000, self_peptides: int = 2000, seed: int = 1) -> Drawing:
    """Send random cells through thymuses that present less and less of the body's peptides, and draw what leaves.

    `cells` young cells and `self_peptides` peptides are made up by chance, the same for each thymus; the bars are
    95 % limits (Wilson) for so many cells.
    """
    rng = np.random.default_rng(seed)
    receptors, body = thymic_selection.peptides(cells, rng), thymic_selection.peptides(self_peptides, rng)
    table = thymic_selection.leak(receptors, body, PRESENTED, rng)
    return Drawing(figure(table), sentence(table))


def sentence(table: pd.DataFrame) -> str:
    """What leaves a thymus that presents all, most and little of the body."""
    share = {round(100 * row.presented): round(100 * row.share) for row in table.itertuples()}
    return (f"{OF_MODEL}When the thymus presents all of the body's peptides, {share[100]} of 100 cells that leave it are self-reactive. "
            f"When it presents 95 %, {share[95]} are; when it presents 80 %, {share[80]}; when it presents 20 %, {share[20]}.")


def figure(table: pd.DataFrame):
    """Self-reactive cells among those that leave, in percent, against the percentage of self that is presented."""
    from matplotlib.figure import Figure
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(table.self_reactive, table.kept, method="wilson")
    around = 100 * np.maximum(0, [table.share - low, high - table.share])
    picture = Figure(figsize=(6.4, 3.4), layout="constrained", facecolor=figures.PAPER)
    axes = picture.subplots()
    axes.errorbar(100 * table.presented, 100 * table.share, yerr=around, marker="o", elinewidth=1.4, capsize=3, **figures.stroke("attack"))
    axes.set(xlim=(103, 0), ylim=(0, 100), xlabel="Peptides of the body that a cell meets in the thymus (%)")
    figures.finish(axes, "Self-reactive among the cells that leave (%)")
    return picture
