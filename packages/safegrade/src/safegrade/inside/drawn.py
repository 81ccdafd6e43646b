"""What was drawn with matplotlib, as plain data with matplotlib's own names for reading it.

    FigureData    axes, title; get_axes(), get_suptitle()
    AxesData      title, labels, limits, scales, lines, bars, points, legend; get_title(), get_lines() …
    LineData      x, y, label; get_xdata(), get_ydata(), get_label()
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class LineData:
    x: Any
    y: Any
    label: str = ""
    marker: str = ""
    linestyle: str = ""

    def get_xdata(self) -> Any:
        return self.x

    def get_ydata(self) -> Any:
        return self.y

    def get_label(self) -> str:
        return self.label


@dataclass
class AxesData:
    title: str = ""
    xlabel: str = ""
    ylabel: str = ""
    xlim: tuple = ()
    ylim: tuple = ()
    xscale: str = "linear"
    yscale: str = "linear"
    lines: list[LineData] = field(default_factory=list)
    bars: list = field(default_factory=list)  # heights
    points: list = field(default_factory=list)  # offsets of each scatter, shape (points, 2)
    legend: list[str] = field(default_factory=list)

    def get_title(self) -> str:
        return self.title

    def get_xlabel(self) -> str:
        return self.xlabel

    def get_ylabel(self) -> str:
        return self.ylabel

    def get_xlim(self) -> tuple:
        return self.xlim

    def get_ylim(self) -> tuple:
        return self.ylim

    def get_xscale(self) -> str:
        return self.xscale

    def get_yscale(self) -> str:
        return self.yscale

    def get_lines(self) -> list[LineData]:
        return self.lines


@dataclass
class FigureData:
    title: str = ""
    axes: list[AxesData] = field(default_factory=list)

    def get_axes(self) -> list[AxesData]:
        return self.axes

    def get_suptitle(self) -> str:
        return self.title


KINDS = {kind.__name__: kind for kind in (FigureData, AxesData, LineData)}


def figure(drawing: Any) -> FigureData:
    """The data of a matplotlib figure."""
    title = drawing.get_suptitle() if hasattr(drawing, "get_suptitle") else ""
    return FigureData(str(title or ""), [axes(each) for each in drawing.axes])


def axes(drawing: Any) -> AxesData:
    """The data of matplotlib axes."""
    legend = drawing.get_legend()
    lines = [LineData(line.get_xdata(), line.get_ydata(), str(line.get_label()), str(line.get_marker()), str(line.get_linestyle()))
             for line in drawing.get_lines()]
    bars = [float(patch.get_height()) for patch in drawing.patches if hasattr(patch, "get_height")]
    points = [each.get_offsets().data for each in drawing.collections if hasattr(each, "get_offsets")]
    return AxesData(drawing.get_title(), drawing.get_xlabel(), drawing.get_ylabel(), tuple(map(float, drawing.get_xlim())),
                    tuple(map(float, drawing.get_ylim())), drawing.get_xscale(), drawing.get_yscale(), lines, bars, points,
                    [text.get_text() for text in legend.get_texts()] if legend else [])
