"""docs/api.md: what a learner may call, from the docstrings (`make pages`).

    called()    by module, the names that a lesson or an assignment imports, and those that a module offers in `__all__`
    page()      each with its signature and what its docstring says
"""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import nbformat

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "api.md"
OWN = ("autoimmune", "safegrade_check")
HEAD = """<!-- Made by `make pages`; do not edit. -->

# What a learner may call

Each name stands in a lesson or an assignment, or in the `__all__` of its module. Everything else is the course's own affair
and may change. `help(name)` says the same in a notebook."""


def called() -> dict[str, list[str]]:
    """By module in alphabetical order, its names in alphabetical order."""
    found: dict[str, set[str]] = {}
    for path in [*(ROOT / "course").glob("*.ipynb"), *(ROOT / "source").glob("*/*.ipynb")]:
        for cell in nbformat.read(path, 4).cells:
            for module, name in imported(cell.source) if cell.cell_type == "code" else ():
                found.setdefault(module, set()).add(name)
    for module, names in found.items():
        names |= set(getattr(import_module(module), "__all__", ()))
        names.discard("")
    return {module: sorted(names, key=str.casefold) for module, names in sorted(found.items())}


def imported(code: str) -> list[tuple[str, str]]:
    """What a cell imports of ours, as modules and names; a module as a whole has the names that the cell asks of it."""
    try:
        tree = ast.parse(re.sub(r"^[%!].*$", "", code, flags=re.MULTILINE))
    except SyntaxError:  # a gap on purpose
        return []
    whole: dict[str, str] = {}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            whole |= {alias.asname or alias.name: alias.name for alias in node.names if alias.name.startswith(OWN)}
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(OWN):
            for alias in node.names:
                if inspect.ismodule(getattr(import_module(node.module), alias.name, None)) or is_module(f"{node.module}.{alias.name}"):
                    whole[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                else:
                    found.append((node.module, alias.name))
    asked = [(whole[node.value.id], node.attr) for node in ast.walk(tree)
             if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in whole]
    return found + asked + [(module, "") for module in whole.values()]


def is_module(name: str) -> bool:
    """Whether a name is that of a module."""
    try:
        return isinstance(import_module(name), ModuleType)
    except ModuleNotFoundError:
        return False


def page() -> str:
    """The text of the page."""
    return "\n\n".join([HEAD, *(of_module(module, names) for module, names in called().items())]) + "\n"


def of_module(module: str, names: list[str]) -> str:
    """One module: its line, and each name."""
    thing = import_module(module)
    return "\n\n".join([f"## `{module}`", first_line(thing), *(of_name(name, getattr(thing, name)) for name in names)])


def of_name(name: str, thing: object) -> str:
    """One name: a function or class with its signature and docstring, a value with what it is."""
    if not callable(thing):
        title = getattr(thing, "title", "")
        return f"**`{name}`** — {title or type(thing).__name__}"
    return f"**`{name}{signature(thing)}`**  \n{said(thing)}"


def signature(thing: object) -> str:
    """A signature as its code has it, on one line; nothing for what has none."""
    try:
        text = str(inspect.signature(thing))
    except (TypeError, ValueError):
        return ""
    return re.sub(r" at 0x[0-9a-f]+", "", text).replace("'", "")


def said(thing: object) -> str:
    """A docstring as it stands."""
    return (inspect.getdoc(thing) or "").strip()


def first_line(thing: object) -> str:
    """The first sentence of a docstring."""
    return said(thing).partition("\n")[0]
