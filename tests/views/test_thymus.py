"""The picture of a leaking thymus says what its table says."""

import numpy as np

from autoimmune.models import thymic_selection
from autoimmune.views.thymus import PRESENTED, leaking, sentence


def test_sentence_and_points_are_the_tables():
    rng = np.random.default_rng(5)
    receptors, body = thymic_selection.peptides(500, rng), thymic_selection.peptides(300, rng)
    table = thymic_selection.leak(receptors, body, PRESENTED, rng)
    drawing = leaking(cells=500, self_peptides=300, seed=5)
    drawn = drawing.figure.axes[0].lines[0]
    assert drawing.said == sentence(table)
    assert np.allclose(drawn.get_xdata(), 100 * table.presented) and np.allclose(drawn.get_ydata(), 100 * table.share)
    assert f"20 %, {100 * table.share.iloc[-2]:.0f}." in drawing.said
