"""The picture of docs/architecture.svg, made from the imports of the code: `make architecture`.

    rooms()      for each package its rooms from the top, each with its line of the package's own docstring
    arrows()     how many modules of a room import from another
    picture()    both as an SVG: a box a room, an arc an arrow, all of them downwards
"""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from importlib import import_module
from pathlib import Path

import grimp

FILE = Path(__file__).parents[1] / "docs" / "architecture.svg"
PACKAGES = ("autoimmune", "safegrade")
WIDTH, ROW, BOX, GAP, LEFT, TOP = 900, 54, 40, 76, 24, 56
STYLE = """text { font: 14px system-ui, sans-serif; fill: #1a1a1a } .name { font-weight: 600 } .head { font-size: 18px; font-weight: 600 }
.what { font-size: 12.5px; fill: #555 } rect { fill: #fff; stroke: #1a1a1a; stroke-width: 1.25 } path { fill: none; stroke: #0067a3 }
#tip { fill: #0067a3; stroke: none } .paper { fill: #fff; stroke: none }"""


def rooms(package: str) -> dict[str, str]:
    """The rooms of a package from the top, and what each is; they stand in its docstring, in this order."""
    text = import_module(package).__doc__ or ""
    found: dict[str, str] = {}
    for names, what in re.findall(r"^    (\w+(?:, \w+)*) {2,}(.+)$", text, re.MULTILINE):
        found |= dict.fromkeys(names.split(", "), what)
    return found


def arrows(package: str) -> Counter[tuple[str, str]]:
    """How many modules of one room import from another room."""
    graph, found = grimp.build_graph(package, cache_dir=None), Counter()
    for module in graph.modules:
        for other in {name.split(".")[1] for name in graph.find_modules_directly_imported_by(module) if "." in name}:
            room = module.split(".")[1] if "." in module else ""
            if room and other != room:
                found[room, other] += 1
    return found


def picture() -> str:
    """The SVG."""
    parts, top = [], 20
    for package in PACKAGES:
        names = rooms(package)
        parts.append(of_package(package, names, top))
        top += TOP + ROW * len(names)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img" aria-labelledby="title">\n'
            f'<title id="title">{escape(sentence())}</title>\n<style>{STYLE}</style>\n'
            '<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" markerUnits="userSpaceOnUse">'
            f'<path id="tip" d="M0 0L8 4L0 8z"/></marker></defs>\n<rect class="paper" width="{WIDTH}" height="{top}"/>\n' + "\n".join(parts) + "\n</svg>\n")


def sentence() -> str:
    """The picture in words."""
    told = (f"{package}, from the top: {', '.join(rooms(package))}" for package in PACKAGES)
    return f"The rooms of the code; each imports only from rooms below it. {'. '.join(told)}."


def of_package(package: str, names: dict[str, str], top: int) -> str:
    """The boxes and arcs of one package."""
    at = {name: top + 22 + ROW * row for row, name in enumerate(names)}
    boxes = [f'<text class="head" x="{LEFT}" y="{top + 6}">{package}</text>']
    for name, what in names.items():
        y = at[name]
        boxes.append(f'<rect x="{LEFT}" y="{y}" width="590" height="{BOX}" rx="6"/><text class="name" x="{LEFT + 12}" y="{y + 25}">{name}</text>'
                     f'<text class="what" x="{LEFT + 124}" y="{y + 25}">{escape(what)}</text>')
    lines = [arc(at[start], at[end], count) for (start, end), count in sorted(arrows(package).items()) if start in at and end in at]
    return "\n".join([*boxes, *lines])


def arc(start: float, end: float, count: int) -> str:
    """An arc from one box to another, the wider the more modules import."""
    x, reach = LEFT + 590, 30 + GAP * (end - start) / (2 * ROW)
    y, z = start + BOX * 0.6, end + BOX * 0.35
    return f'<path d="M{x} {y:g}C{x + reach:g} {y:g} {x + reach:g} {z:g} {x + 3} {z:g}" stroke-width="{0.8 + 0.35 * count ** 0.5:.2f}" opacity="0.75" marker-end="url(#end)"/>'


if __name__ == "__main__":
    FILE.write_text(picture(), encoding="utf-8")
    print(FILE.name)
