"""The map of the immune response: its cells, the places where they are, and what passes between them.

    atlas(highlight)    the map with a part of it lit: a lesson ("02"), cells by name, or several of these
    Atlas               what `atlas` gives: a picture, its sentence, and the same arrows as a table
    NODES, EDGES        what the map holds

An arrow is lit when both of its ends are. What is lit has a thick frame, dark words and named arrows; what is not is
thin, dashed and grey, so that no meaning rests on colour alone. `source` names the DOI where an arrow was read, or the address of a book.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from autoimmune.showing.figures import INK, PAPER, QUIET, ROLES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALE, FIELD = "#767676", "#F4F4F2"
WIDTH, HEIGHT = 100.0, 70.0  # the map's own unit, in which every place below is given
DPI = 96  # the same while boxes settle and when the picture is saved: arrows are cut at boxes in pixels


@dataclass(frozen=True)
class Node:
    """A cell, an organ or a thing. `x` and `y` are the middle of its box; `lessons` light it; `role` is its colour."""

    name: str
    x: float
    y: float
    lessons: str
    role: str = "signal"


@dataclass(frozen=True)
class Region:
    """A place, drawn as a field from (`left`, `bottom`), `width` by `height`, with a `note` on what happens there.

    Organs are nodes too, by the same name.
    """

    name: str
    left: float
    bottom: float
    width: float
    height: float
    note: str = ""


@dataclass(frozen=True)
class Edge:
    """What passes from `start` to `end`: `label` on the map, and the whole sentence in `says`.

    `kind` is one of KINDS. `bend` curves the arrow; (`dx`, `dy`) move its label away from the middle.
    """

    start: str
    end: str
    kind: str
    label: str
    says: str
    source: str
    bend: float = 0.0
    dx: float = 0.0
    dy: float = 0.0

    @property
    def link(self) -> str:
        """The web address of the source: that of its DOI, or of a book that has none."""
        return self.source if self.source.startswith("https://") else f"https://doi.org/{self.source}"


KINDS = {"acts": "acts on", "cytokine": "sends a cytokine to", "becomes": "becomes, makes or moves to", "restrains": "restrains"}
REGIONS = (
    Region("bone marrow", 1, 48, 17, 20, "blood cells\nare made,\nB cells mature"),
    Region("thymus", 1, 24, 17, 16, "T cells mature\nand are tested"),
    Region("lymph node", 21, 35, 78, 33),
    Region("tissue", 21, 2, 78, 27),
)
NODES = (
    Node("bone marrow", 9.5, 58, "01"),
    Node("thymus", 9.5, 32, "01 02"),
    Node("lymph node", 60, 51, "01 02"),
    Node("tissue cells", 46, 10, "01 02 03 04 05 06 08", "tissue"),
    Node("germs", 92, 8, "01 05", "trigger"),
    Node("macrophages", 61, 21, "01 03 04 07", "attack"),
    Node("neutrophils", 71, 4.6, "01 04", "attack"),
    Node("natural killer cells", 29, 7, "01", "attack"),
    Node("complement", 79, 21, "01 03 04 06 07 08", "attack"),
    Node("dendritic cells", 28, 21, "01 02 03 05 08"),
    Node("regulatory T cells", 29, 55, "02 03 08", "regulation"),
    Node("helper T cells", 57, 60, "01 02 03 04 05 07"),
    Node("killer T cells", 47, 41, "01 02 03 04 05 07", "attack"),
    Node("B cells", 75, 60, "01 04 06 07 08"),
    Node("plasma cells", 91, 60, "01 04 06 07 08"),
    Node("memory cells", 77, 43, "01"),
    Node("antibodies", 92, 32, "01 04 06 07 08", "attack"),
)
INFLUENZA, INFLAMMATION = "10.1016/j.jtbi.2006.12.015", "10.1016/j.jtbi.2006.02.016"
ORGANS, DENDRITIC = "10.4324/9780203808306-16", "10.1038/32588"
BOOK = "https://openstax.org/details/books/microbiology"
HELPERS, PLASMA = "10.1016/j.coi.2009.05.010", "10.1111/j.1600-065x.2010.00912.x"
EDGES = (
    Edge("bone marrow", "thymus", "becomes", "future T cells", "the bone marrow sends future T cells to the thymus", ORGANS, dx=3.4),
    Edge("bone marrow", "lymph node", "becomes", "B cells", "the bone marrow sends B cells to the lymph node", ORGANS, dx=5.6, dy=2.2),
    Edge("thymus", "lymph node", "becomes", "T cells", "the thymus sends T cells to the lymph node", ORGANS, dx=5.4, dy=1.4),
    Edge("germs", "tissue cells", "acts", "infect", "germs infect tissue cells", INFLUENZA, dx=-11, dy=-2.2),
    Edge("tissue cells", "tissue cells", "cytokine", "interferon", "infected tissue cells warn their neighbours by interferon",
         "10.1146/annurev.micro.55.1.255"),
    Edge("macrophages", "germs", "acts", "swallow", "macrophages swallow germs", INFLAMMATION, dx=-5, dy=-1),
    Edge("neutrophils", "germs", "acts", "swallow", "neutrophils swallow germs and catch them in nets of DNA", BOOK, dy=-2.4),
    Edge("antibodies", "complement", "acts", "switch on", "antibodies that have bound switch on complement", BOOK, dx=-4.5, dy=1),
    Edge("complement", "germs", "acts", "coats", "complement coats germs and makes holes in them", BOOK, dx=-3),
    Edge("complement", "macrophages", "acts", "calls", "complement calls macrophages and other cells", BOOK, dy=2),
    Edge("natural killer cells", "tissue cells", "acts", "kill", "natural killer cells kill infected tissue cells that hide their MHC", BOOK, dy=-2.4),
    Edge("macrophages", "tissue cells", "cytokine", "TNF", "macrophages inflame tissue cells by TNF",
         "10.1615/CritRevEukarGeneExpr.v20.i2.10", dx=1, dy=-3),
    Edge("tissue cells", "dendritic cells", "becomes", "antigen", "antigen passes from tissue cells to dendritic cells",
         DENDRITIC, dx=-2.5, dy=-2.2),
    Edge("dendritic cells", "helper T cells", "acts", "show antigen", "dendritic cells show antigen to helper T cells", DENDRITIC,
         bend=-0.16, dx=-5.5, dy=5),
    Edge("dendritic cells", "killer T cells", "acts", "show antigen", "dendritic cells show antigen to killer T cells", DENDRITIC,
         dx=-1.5, dy=-4.5),
    Edge("helper T cells", "killer T cells", "cytokine", "interleukin 2", "helper T cells urge on killer T cells by interleukin 2",
         "10.3389/fimmu.2018.02987", dx=-1.2),
    Edge("helper T cells", "B cells", "cytokine", "help", "helper T cells help B cells", HELPERS, dy=2),
    Edge("helper T cells", "macrophages", "cytokine", "interferon gamma", "helper T cells urge on macrophages by interferon gamma",
         "10.1084/jem.158.3.670", dy=-7.4),
    Edge("helper T cells", "memory cells", "becomes", "some stay", "some helper T cells stay as memory cells", HELPERS, dx=1, dy=1),
    Edge("regulatory T cells", "dendritic cells", "restrains", "restrain", "regulatory T cells restrain dendritic cells",
         "10.1038/nri2343"),
    Edge("regulatory T cells", "helper T cells", "restrains", "restrain", "regulatory T cells restrain helper T cells",
         "10.1038/nri2343", dy=0.3),
    Edge("killer T cells", "tissue cells", "acts", "kill", "killer T cells kill infected tissue cells", INFLUENZA, dy=-3.5),
    Edge("B cells", "plasma cells", "becomes", "become", "B cells become plasma cells", PLASMA, dy=2),
    Edge("B cells", "memory cells", "becomes", "some stay", "some B cells stay as memory cells", PLASMA, dx=5.4),
    Edge("plasma cells", "antibodies", "becomes", "make", "plasma cells make antibodies", PLASMA, dx=3.2),
    Edge("antibodies", "germs", "acts", "bind", "antibodies bind germs", "10.1038/nature07231", dx=3),
)


def atlas(highlight: str | Iterable[str] | None = None) -> Atlas:
    """The map with `highlight` lit: the number of a lesson, names of NODES, or a list of these; all of it unless told.

    ValueError for a name that is neither.
    """
    lit = sorted({lesson for node in NODES for lesson in node.lessons.split()})
    asked = [highlight] if isinstance(highlight, str) else list(lit if highlight is None else highlight)
    names = [node.name for node in NODES]
    for each in asked:
        if each not in lit and each not in names:
            raise ValueError(unknown(each, names, lit))
    return Atlas(tuple(node.name for node in NODES if node.name in asked or set(node.lessons.split()) & set(asked)))


def unknown(given: str, names: list[str], lit: list[str]) -> str:
    """A message that names what is not on the map, and what is."""
    from difflib import get_close_matches

    close = get_close_matches(str(given), names, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"{given!r} is not on the map.{hint} Allowed: a lesson from {lit[0]} to {lit[-1]}, or {', '.join(names)}."


@dataclass(frozen=True)
class Atlas:
    """A map whose nodes `lit` are lit."""

    lit: tuple[str, ...]

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The arrows that are lit."""
        return tuple(edge for edge in EDGES if edge.start in self.lit and edge.end in self.lit)

    @property
    def sentence(self) -> str:
        """What is lit, and each of its arrows in words."""
        pale = [node.name for node in NODES if node.name not in self.lit]
        start = f"Map of the immune response. Lit: {listed(self.lit)}." if self.lit else "Map of the immune response. Nothing is lit."
        says = "; ".join(edge.says for edge in self.edges)
        middle = f" {says[0].upper()}{says[1:]}." if says else ""
        return start + middle + (f" Pale: {listed(pale)}." if pale else "")

    def messages(self) -> pd.DataFrame:
        """The lit arrows as a table: from, to, how, what, and the source of each."""
        import pandas as pd

        rows = [(edge.start, edge.end, KINDS[edge.kind], edge.label.replace("\n", " "), edge.link)
                for edge in self.edges]
        return pd.DataFrame(rows, columns=["from", "to", "how", "what", "source"])

    def figure(self) -> Figure:
        """The map as a matplotlib Figure."""
        from matplotlib.figure import Figure

        picture = Figure(figsize=(10.4, 7.7), dpi=DPI, facecolor=PAPER)
        axes = picture.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(-4.5, HEIGHT))
        axes.axis("off")
        organs = {region.name for region in REGIONS}
        for region in REGIONS:
            draw_region(axes, region, region.name in self.lit or region.name == "tissue")
        boxes = {node.name: draw_node(axes, node, node.name in self.lit) for node in NODES if node.name not in organs}
        picture.draw_without_rendering()  # settles the boxes, at whose edges the arrows end
        for edge in EDGES:
            draw_edge(axes, edge, boxes, edge in self.edges)
        draw_key(axes)
        return picture

    @cached_property
    def still(self) -> bytes:
        """The map as PNG, with a palette of 128 colours, enough for each frame to keep its own."""
        from PIL import Image

        raw, small = io.BytesIO(), io.BytesIO()
        self.figure().savefig(raw, format="png", dpi=DPI)
        few = Image.open(raw).convert("RGB").quantize(128, dither=Image.Dither.NONE)
        few.save(small, format="png", optimize=True)
        return small.getvalue()

    def _repr_mimebundle_(self, **kwargs):
        data = {"text/plain": self.sentence, "image/png": base64.b64encode(self.still).decode()}
        return data, {"image/png": {"alt": self.sentence}}

    def __repr__(self) -> str:
        return self.sentence


def listed(names: Iterable[str]) -> str:
    """Names as people list them: a, b and c."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


# -- the drawing ------------------------------------------------------------------------------------

DASHES = {"cytokine": (0, (1, 1.5)), "becomes": (0, (6, 2))}
GATES = {  # where arrows between fields start and end
    ("bone marrow", "thymus"): ((5.2, 48), (5.2, 40)),
    ("bone marrow", "lymph node"): ((18, 61), (21, 61)),
    ("thymus", "lymph node"): ((18, 38), (21, 39.5)),
}


def draw_region(axes: Axes, region: Region, lit: bool) -> None:
    """A field with its name in its upper left corner."""
    from matplotlib.patches import FancyBboxPatch

    look = {"ec": QUIET, "lw": 1.6} if lit else {"ec": "#C8C8C8", "lw": 1.0, "ls": (0, (4, 3))}
    top, ink = region.bottom + region.height - 1.2, INK if lit else PALE
    axes.add_patch(FancyBboxPatch((region.left, region.bottom), region.width, region.height, fc=FIELD, zorder=0,
                                  boxstyle="round,pad=0,rounding_size=1.6", **look))
    axes.text(region.left + 1.2, top, region.name.capitalize(), va="top", fontsize=12, color=ink, style="italic",
              weight="bold" if lit else "normal", zorder=4)
    axes.text(region.left + 1.2, top - 4.5, region.note, va="top", fontsize=10.5, color=ink, linespacing=1.35, zorder=4)


def draw_node(axes: Axes, node: Node, lit: bool):
    """A box with the node's name, on two lines where it is long; returns the box."""
    words = node.name.replace(" cells", "\ncells") if len(node.name) > 11 else node.name
    frame = {"fc": PAPER, "ec": ROLES[node.role].light, "lw": 2.6} if lit else {"fc": FIELD, "ec": PALE, "lw": 1.0, "ls": (0, (4, 3))}
    name = axes.text(node.x, node.y, words, ha="center", va="center", fontsize=11.5, color=INK if lit else PALE, linespacing=1.15,
                     weight="bold" if lit else "normal", zorder=3, bbox={"boxstyle": "round,pad=0.45", **frame})
    return name.get_bbox_patch()


def draw_edge(axes: Axes, edge: Edge, boxes: dict, lit: bool) -> None:
    """An arrow from box to box, or between fields; only a lit one is named."""
    places = {node.name: (node.x, node.y) for node in NODES}
    start, end = GATES.get((edge.start, edge.end), (places[edge.start], places[edge.end]))
    shape = {"connectionstyle": f"arc3,rad={edge.bend}", "patchA": boxes.get(edge.start), "patchB": boxes.get(edge.end)}
    middle = ((start[0] + end[0]) / 2 + edge.dx, (start[1] + end[1]) / 2 + edge.dy)
    if edge.start == edge.end:  # a loop below the box
        start, end = (start[0] - 4, start[1] - 3), (start[0] + 4, start[1] - 3)
        shape, middle = {"connectionstyle": "arc3,rad=0.75"}, (middle[0], middle[1] - 7)
    draw_arrow(axes, start, end, edge.kind, lit, **shape)
    if lit:
        axes.text(*middle, edge.label, ha="center", va="center", fontsize=10.5, color=INK, zorder=5,
                  style="italic" if edge.kind == "cytokine" else "normal",
                  bbox={"boxstyle": "round,pad=0.12", "fc": FIELD, "ec": "none"})


def draw_arrow(axes: Axes, start: tuple, end: tuple, kind: str, lit: bool = True, **shape) -> None:
    """A line in the dashes of its kind and, apart from it, a solid head: a bar where it restrains."""
    from matplotlib.patches import FancyArrowPatch

    look = {"color": INK if lit else "#BDBDBD", "shrinkA": 2, "shrinkB": 2, "zorder": 2 if lit else 1, **shape}
    width = 1.9 if lit else 0.9
    axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-", lw=width, ls=DASHES.get(kind, "-"), **look))
    if kind == "restrains":
        axes.add_patch(FancyArrowPatch(start, end, arrowstyle="|-|,widthA=0,widthB=6", lw=width, **look))
    else:
        axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>,head_length=8,head_width=4", lw=0, **look))


def draw_key(axes: Axes) -> None:
    """What the kinds of arrows mean, below the map."""
    for x, (kind, words) in zip((2, 18, 44, 78), KINDS.items(), strict=True):
        draw_arrow(axes, (x, -2), (x + 6, -2), kind)
        axes.text(x + 7, -2, words, va="center", fontsize=10.5, color=INK)
