"""The scripts and styles of the widgets, as they travel in a notebook. Nothing is fetched from elsewhere.

    part      one of them, by its path below `widgets/`
    script    several, end to end
    STYLE     the look that all share
"""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1]
STYLE = (FOLDER / "base" / "picture.css").read_text(encoding="utf-8")


@cache
def part(name: str) -> str:
    """One file, such as "base/page.js", without comment lines and indentation."""
    lines = (line.strip() for line in (FOLDER / name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def script(*names: str) -> str:
    """Files end to end."""
    return "".join(map(part, names))
