"""Results as pictures: what a view shows, and the same view drawn with matplotlib.

    ROLES                          what each colour and dash means, everywhere in the course
    Curve                          a state with its label and role
    TimeCourse, PhasePlane         a run of a model
    SteadyState, DoseResponse      a quantity against a parameter (or a start value)
    blank                          an empty figure
    figure                         panes side by side, from a table of `model.simulate`
    png                            a figure as bytes

Everything here is a pure function of a result and a view. Figures are made without pyplot, so none stays open.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from autoimmune.showing.describe import DAYS, calendar, closed_form, duration, number, summary

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from autoimmune.modelling.model import Model


@dataclass(frozen=True)
class Role:
    """How one kind of thing is drawn: hues of the Okabe–Ito palette (2008), shifted in lightness until they stand
    out from a light and a dark page by at least 4.5 to 1; `dash` in pixels, drawn and left out in turn."""

    light: str
    dark: str
    dash: tuple[int, ...] = ()


ROLES = {
    "attack": Role("#B84F00", "#F08A3C"),
    "regulation": Role("#0067A3", "#56B4E9", (8, 4)),
    "trigger": Role("#A24A7C", "#E39BC4", (2, 3)),
    "tissue": Role("#007A59", "#2FC69A", (10, 3, 2, 3)),
    "drug": Role("#5E3C00", "#E69F00", (5, 2)),
    "signal": Role("#3A3A3A", "#E6E6E6", (1, 3)),
}
INK, QUIET, GRID = "#222222", "#5A5A5A", "#E3E3E3"
PAPER = "white"


# -- what a view shows ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    """A state of the model, the words for it, and its role (a key of ROLES)."""

    symbol: str
    label: str
    role: str

    def __post_init__(self):
        check_role(self.role)


@dataclass(frozen=True)
class TimeCourse:
    """States against time. `low` and `high` hold the axis still; what lies beyond `high` stretches it."""

    curves: tuple[Curve, ...]
    unit: str
    log: bool = False
    low: float | None = None
    high: float | None = None
    title: str = ""


@dataclass(frozen=True)
class PhasePlane:
    """One state against another, with the start and the end of the run marked."""

    x: Curve
    y: Curve
    log: bool = False
    title: str = ""


@dataclass(frozen=True)
class SteadyState:
    """A closed form `of` against the parameter `against`, with a threshold (a closed form or a number).

    `left` and `right` are the words for the sides of the threshold; `low` and `high` default to the range of the
    slider of `against`.
    """

    of: str
    against: str
    label: str
    against_label: str
    role: str
    threshold: str | float | None = None
    left: str = ""
    right: str = ""
    low: float | None = None
    high: float | None = None
    log: bool = False
    title: str = "In the long run"

    def __post_init__(self):
        check_role(self.role)


@dataclass(frozen=True)
class DoseResponse:
    """A feature of a run (such as `final_E`) against a parameter or a start value; each point is a run."""

    of: str
    against: str
    label: str
    against_label: str
    role: str
    low: float | None = None
    high: float | None = None
    log_x: bool = False
    log: bool = False
    points: int = 41
    title: str = "Dose and response"

    def __post_init__(self):
        check_role(self.role)


Pane = TimeCourse | PhasePlane | SteadyState | DoseResponse


def check_role(role: str) -> None:
    """Raise a ValueError unless `role` is one of ROLES."""
    if role not in ROLES:
        raise ValueError(f"role {role!r} is not one of {', '.join(ROLES)}")


def title(pane: Pane, until: float, unit: str) -> str:
    """The heading of a pane; a time course without one is headed by its length."""
    return pane.title or (f"Over {duration(until, unit)}" if isinstance(pane, TimeCourse) else f"{pane.y.label} against {pane.x.label}")


# -- figures ----------------------------------------------------------------------------------------


def blank(width: float = 8.4, height: float = 3.6) -> Figure:
    """An empty figure that is shown by itself and on no screen; sizes in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), facecolor=PAPER, layout="constrained")


def figure(model: Model, table: pd.DataFrame, panes: tuple[Pane, ...], width: float = 8.4, height: float = 3.4) -> Figure:
    """`table` (from `model.simulate`) as a matplotlib Figure, one axes a pane; sizes in inches."""
    picture = blank(width, height)
    for axes, pane in zip(np.ravel(picture.subplots(1, len(panes))), panes, strict=True):
        DRAW[type(pane)](axes, model, table, pane)
        finish(axes, title(pane, table["t"].iloc[-1], model.time_unit))
    picture.draw_without_rendering()  # settles the layout, so that places in pixels are known
    for axes, pane in zip(picture.axes, panes, strict=True):
        if isinstance(pane, TimeCourse):
            label_curves(axes, pane.curves)
    picture.set_layout_engine("none")
    return picture


def png(picture: Figure, dpi: int = 110) -> bytes:
    """A figure as PNG bytes with a palette of 64 colours, which keeps notebooks small."""
    from PIL import Image

    raw, small = io.BytesIO(), io.BytesIO()
    picture.savefig(raw, format="png", dpi=dpi)
    Image.open(raw).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(small, format="png", optimize=True)
    return small.getvalue()


def draw_time_course(axes: Axes, model: Model, table: pd.DataFrame, pane: TimeCourse) -> None:
    """States against time."""
    size, word = time_axis(table["t"].iloc[-1], model.time_unit)
    t = table["t"] / size
    for curve in pane.curves:
        axes.plot(t, table[curve.symbol], **stroke(curve.role))
    axes.set(xlim=(0, t.iloc[-1]), xlabel=f"Time ({word})")
    name_values(axes, pane.unit.capitalize())
    low, high = limits(pane, np.concatenate([table[curve.symbol] for curve in pane.curves]))
    scale(axes.yaxis, low, high, pane.log)


def draw_phase_plane(axes: Axes, model: Model, table: pd.DataFrame, pane: PhasePlane) -> None:
    """One state against another; a ring at the start, a disc at the end."""
    x, y = table[pane.x.symbol], table[pane.y.symbol]
    look = stroke(pane.y.role)
    axes.plot(x, y, **look)
    for place, face, word, up in ((0, PAPER, "start", 7), (-1, look["color"], "end", -15)):
        axes.plot(x.iloc[place], y.iloc[place], "o", ms=8, mfc=face, mec=look["color"], mew=2)
        axes.annotate(word, (x.iloc[place], y.iloc[place]), (8, up), textcoords="offset points", color=INK)
    axes.set_xlabel(pane.x.label)
    name_values(axes, pane.y.label)
    axes.margins(y=0.15)
    if pane.log:
        axes.set(xscale="log", yscale="log")


def draw_steady_state(axes: Axes, model: Model, table: pd.DataFrame, pane: SteadyState) -> None:
    """A closed form against a parameter, its threshold, and a dot for this run."""
    values = summary(model, table)
    x = np.linspace(pane.low, pane.high, 201)
    y = steady_curve(model, pane, table.attrs["parameters"], x)
    axes.plot(x, y, **stroke(pane.role))
    mark_threshold(axes, model, pane, values)
    axes.plot(values[pane.against], values[pane.of], "o", ms=9, color=INK, mec=PAPER, mew=1.5, clip_on=False, zorder=5)
    axes.set(xlim=(pane.low, pane.high), xlabel=pane.against_label)
    name_values(axes, pane.label)
    scale(axes.yaxis, *limits(pane, y, axis_low=0.0), pane.log)


def mark_threshold(axes: Axes, model: Model, pane: SteadyState, values: dict[str, float]) -> None:
    """The threshold as a line with words on both sides; nothing where there is none in sight."""
    edge = values.get(pane.threshold, pane.threshold) if isinstance(pane.threshold, str) else pane.threshold
    if edge is None or not pane.low < edge < pane.high:
        return
    axes.axvline(edge, color=QUIET, lw=1.2, ls=(0, (4, 3)))
    axes.axvspan(pane.low, edge, color=ROLES[pane.role].light, alpha=0.07, lw=0)
    above = axes.get_xaxis_transform()
    axes.text(edge, 0.80, f" threshold\n {number(edge)}", transform=above, color=INK, va="top")
    axes.text((pane.low + edge) / 2, 0.97, pane.left, transform=above, color=INK, ha="center", va="top")
    axes.text((edge + pane.high) / 2, 0.97, pane.right, transform=above, color=INK, ha="center", va="top")


def draw_dose_response(axes: Axes, model: Model, table: pd.DataFrame, pane: DoseResponse) -> None:
    """A feature of a run against what was changed, and a dot for this run."""
    values, start = summary(model, table), table.iloc[0]
    x, y = responses(model, table, pane)
    axes.plot(x, y, **stroke(pane.role))
    here = start[pane.against] if pane.against in model.initial else values[pane.against]
    axes.plot(here, values[pane.of], "o", ms=9, color=INK, mec=PAPER, mew=1.5, clip_on=False, zorder=5)
    axes.set(xscale="log" if pane.log_x else "linear", xlim=(pane.low, pane.high))
    axes.set_xlabel(pane.against_label)
    name_values(axes, pane.label)
    scale(axes.yaxis, *limits(pane, y, axis_low=None if pane.log else 0.0), pane.log)


DRAW = {TimeCourse: draw_time_course, PhasePlane: draw_phase_plane,
        SteadyState: draw_steady_state, DoseResponse: draw_dose_response}


# -- numbers behind the panes -----------------------------------------------------------------------


def steady_curve(model: Model, pane: SteadyState, parameters: dict[str, float], x: np.ndarray) -> np.ndarray:
    """The closed form at each value of `pane.against`, other parameters as in `parameters`; shape of `x`."""
    y = closed_form(model, pane.of)(**parameters | {pane.against: x})
    return np.broadcast_to(y, x.shape).astype(float)


def responses(model: Model, table: pd.DataFrame, pane: DoseResponse) -> tuple[np.ndarray, np.ndarray]:
    """A run of the model at each of `pane.points` values; returns the values and the feature `pane.of`."""
    space = np.geomspace if pane.log_x else np.linspace
    x = space(pane.low, pane.high, pane.points)
    start = {state: table[state].iloc[0] for state in model.initial}
    until, points = table["t"].iloc[-1], len(table)

    def run(value: float) -> float:
        parameters, initial = table.attrs["parameters"], start
        if pane.against in model.initial:
            initial = initial | {pane.against: value}
        else:
            parameters = parameters | {pane.against: value}
        return summary(model, model.simulate(until, initial=initial, points=points, **parameters))[pane.of]

    return x, np.array([run(value) for value in x])


def limits(pane, values: np.ndarray, axis_low: float | None = None) -> tuple[float, float]:
    """The range of the value axis: the pane's own, stretched where `values` lie beyond it."""
    finite = values[np.isfinite(values)]
    low = getattr(pane, "low", None) if isinstance(pane, TimeCourse) else axis_low
    high = getattr(pane, "high", None) if isinstance(pane, TimeCourse) else None
    top = max(finite.max(), high or -np.inf)
    if pane.log:
        low = low or 10.0 ** np.floor(np.log10(finite[finite > 0].min()))
        return low, max(10.0 ** np.ceil(np.log10(top)), 10 * low)
    low = min(0.0, finite.min()) if low is None else low
    return low, top if high == top else low + 1.12 * ((top - low) or 1.0)


def time_axis(until: float, unit: str) -> tuple[float, str]:
    """The unit of a time axis: its length in the model's unit, and its name in the plural."""
    if unit not in DAYS:
        return 1.0, "time units"
    size, word = calendar(until * DAYS[unit])
    return size / DAYS[unit], f"{word}s"


# -- the look ---------------------------------------------------------------------------------------


def stroke(role: str) -> dict:
    """matplotlib's line style for a role."""
    look = ROLES[role]
    dash = (0, tuple(length / 2.4 for length in look.dash)) if look.dash else "-"
    return {"color": look.light, "linestyle": dash, "linewidth": 2.4}


def scale(axis, low: float, high: float, log: bool) -> None:
    """Set the range of the value axis, with a mark at each power of ten or at about five round numbers."""
    from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

    axis.axes.set_yscale("log" if log else "linear")
    axis.axes.set_ylim(low, high)
    axis.set_major_locator(LogLocator(10.0, numticks=7) if log else MaxNLocator(5))
    axis.set_minor_locator(NullLocator())


def name_values(axes: Axes, name: str) -> None:
    """What the vertical axis counts, written above it."""
    axes.annotate(name, (0, 1), (0, 7), xycoords="axes fraction", textcoords="offset points", color=INK)


def label_curves(axes: Axes, curves: tuple[Curve, ...]) -> None:
    """Each curve's name beside it, where the names cover least (the rule of the live picture)."""
    from matplotlib.patheffects import withStroke

    texts = [axes.text(0, 0, curve.label, transform=None, color=ROLES[curve.role].light, weight="bold", fontsize=11,
                       va="center", path_effects=[withStroke(linewidth=3, foreground=PAPER)]) for curve in curves]
    sizes = [(text.get_window_extent().width, text.get_window_extent().height) for text in texts]
    spots = [spots_of(axes, line) for line in axes.lines]
    orders = (range(len(curves)), range(len(curves))[::-1])
    _, places = min((settle_names(order, spots, sizes, axes.bbox) for order in orders), key=lambda found: found[0])
    for text, place in zip(texts, (places[number_of] for number_of in range(len(texts))), strict=True):
        text.set_visible(place is not None)
        text.set_transform(axes.transAxes)
        text.set_position(axes.transAxes.inverted().transform(place or (0, 0)))


def settle_names(order, spots: list[np.ndarray], sizes: list, bounds) -> tuple[float, dict]:
    """Places for the names, given one after another in `order`: their cost, and for each its left end and middle."""
    total, places, taken = 0.0, {}, []
    for number_of in order:
        found = best_place(spots, number_of, sizes[number_of], bounds, taken)
        places[number_of] = found[1:] if found else None
        if found:
            total += found[0]
            taken.append((*found[1:], sizes[number_of][0]))
    return total, places


def spots_of(axes: Axes, line) -> np.ndarray:
    """The points of a line in pixels, shape (points, 2)."""
    x, y = line.get_data()
    low = axes.get_ylim()[0]
    return axes.transData.transform(np.column_stack([x, np.maximum(y, low * 1e-9) if axes.get_yscale() == "log" else y]))


def best_place(spots: list[np.ndarray], number_of: int, size: tuple[float, float], bounds, taken: list) -> tuple | None:
    """The cost, left end and middle of the best place for one name, in pixels; None when its curve is out of sight."""
    own = spots[number_of]
    seen = own[(own[:, 1] > bounds.y0 + 1) & (own[:, 1] <= bounds.y1)]
    if not len(seen):
        return None
    wide, high = size
    found = []
    for share in (0.96, 0.8, 0.65, 0.5, 0.3, 0.1):
        x, y = seen[round(share * (len(seen) - 1))]
        for left, middle in ((x - 0.9 * wide, y + high), (x - 0.9 * wide, y - high), (x, y + high), (x - wide, y - high),
                             (x + 12, y), (x - wide - 12, y)):
            found.append((crowding(spots, number_of, (left, middle, wide, high), bounds, taken) - 4 * share, left, middle))
    return min(found)


def crowding(spots: list[np.ndarray], number_of: int, name: tuple, bounds, taken: list) -> float:
    """How badly a name (left, middle, width, height) stands: over curves, nearer to another one, or outside."""
    left, middle, wide, high = name

    def reach(points):
        aside = np.maximum(0, np.maximum(left - points[:, 0], points[:, 0] - left - wide))
        above = np.maximum(0, np.abs(points[:, 1] - middle) - high / 2)
        return np.hypot(aside, above).min()

    own = reach(spots[number_of])
    other = min([reach(points) for place, points in enumerate(spots) if place != number_of], default=99)
    out = max(0, bounds.x0 - left) + max(0, left + wide - bounds.x1)
    out += max(0, bounds.y0 + high / 2 - middle) + max(0, middle - bounds.y1)
    on = any(abs(y - middle) < 1.3 * high and left < x + width and x < left + wide for x, y, width in taken)
    return (30 if own < 2 else own) + (60 if other < 3 else 40 if other < own else 0) + 3 * out + 60 * on


def finish(axes: Axes, heading: str) -> None:
    """A quiet frame and a heading on the left; letters large enough to read at half size."""
    from matplotlib.ticker import FuncFormatter

    axes.set_title(heading, loc="left", fontsize=13, color=INK, weight="bold", pad=26)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(QUIET)
    axes.grid(axis="y", color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, labelsize=11)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axes.xaxis.label.set(fontsize=11.5, color=INK)
    for text in axes.texts:
        text.set_fontsize(11)
