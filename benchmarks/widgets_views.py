"""One view, made five ways: the Alexander–Wahl model over two years, effector and regulatory T cells on a
logarithmic axis, and a slider that moves b_1 from 0 to 0.5 per day. A notebook's cell shows what one returns.

The kernel-side views run `model.simulate`, as the explorer's Python side does, and are drawn plainly: what
they leave out (a sentence, names on the curves, the run before) is in their favour.
"""

from __future__ import annotations

import ipywidgets

from autoimmune.models.alexander_wahl_2011 import model
from autoimmune.showing import figures
from autoimmune.views.self_tolerance import CELLS, RULES, SUPPRESSION, TWO_YEARS, tolerance
from autoimmune.widgets.explorer import explore

START, POINTS = 0.175, 401
LOOKS = {curve.symbol: figures.stroke(curve.role) for curve in CELLS.curves}


def run(b_1: float):
    """The run that is shown."""
    return model.simulate(TWO_YEARS, points=POINTS, b_1=b_1)


def slider() -> ipywidgets.FloatSlider:
    """The slider of the kernel-side views, as long as the explorer's, sending each step as it is made."""
    return ipywidgets.FloatSlider(START, min=SUPPRESSION.low, max=SUPPRESSION.high, step=SUPPRESSION.step,
                                  readout_format=".3f", layout={"width": "100%"})


def one_slider():
    """The explorer with this one slider."""
    return explore(model, sliders=(SUPPRESSION,), show=(CELLS,), until=TWO_YEARS, rules=RULES,
                   start={"b_1": START})


def lesson():
    """The explorer as lesson 02 shows it: two panes, two sliders and a toggle."""
    view = tolerance()
    view.set(b_1=START)
    return view


def interact():
    """`interact` around a function that draws with matplotlib's inline backend, a new figure each time."""
    import matplotlib.pyplot as plt

    def show(b_1):
        draw(plt.subplots(figsize=(8.4, 3.5), dpi=100)[1], b_1)
        plt.show()

    ipywidgets.interact(show, b_1=slider())


def ipympl():
    """A live matplotlib canvas whose lines get new data; it needs `%matplotlib widget`."""
    import matplotlib.pyplot as plt

    with plt.ioff():
        figure, axes = plt.subplots(figsize=(8.4, 3.5), dpi=100)
    lines, control = draw(axes, START), slider()

    def move(change):
        table = run(change.new)
        for symbol, line in lines.items():
            line.set_ydata(table[symbol])
        figure.canvas.draw_idle()

    control.observe(move, "value")
    return ipywidgets.VBox([control, figure.canvas])


def draw(axes, b_1: float) -> dict:
    """The curves with matplotlib: each line by its symbol."""
    table = run(b_1)
    lines = {symbol: axes.semilogy(table["t"], table[symbol], **look)[0] for symbol, look in LOOKS.items()}
    axes.set(xlim=(0, TWO_YEARS), ylim=(CELLS.low, CELLS.high), xlabel="Time (days)", ylabel="Cells")
    return lines


def bqplot():
    """A bqplot figure whose lines get new data."""
    from bqplot import Axis, Figure, LinearScale, Lines, LogScale

    table, control = run(START), slider()
    scales = {"x": LinearScale(min=0, max=TWO_YEARS), "y": LogScale(min=CELLS.low, max=CELLS.high)}
    lines = Lines(x=table["t"], y=table[list(LOOKS)].to_numpy().T, scales=scales,
                  colors=[look["color"] for look in LOOKS.values()])
    axes = [Axis(scale=scales["x"], label="Time (days)"),
            Axis(scale=scales["y"], orientation="vertical", label="Cells")]

    def move(change):
        lines.y = run(change.new)[list(LOOKS)].to_numpy().T

    control.observe(move, "value")
    figure = Figure(marks=[lines], axes=axes, layout={"width": "840px", "height": "350px"})
    return ipywidgets.VBox([control, figure])
