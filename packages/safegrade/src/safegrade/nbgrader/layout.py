"""A marked notebook as a page, made in a process that has limits (see `bounded`).

    LaidOut     nbconvert's HTML exporter, whose work is done there: feedback, and Formgrader's pages
    press       in that process: what makes pages with some settings; page makes one of a file
    shortened   a notebook of which so little is left that its page costs nothing

What makes a page takes the text of a learner for markup, in many ways; `pages` bounds those that are known. Where one is
not, the page that is made has the beginning of each cell, says so at its top, and is told in the log.
"""

from __future__ import annotations

import atexit
import base64
import html
import json
import pickle
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

import nbformat
from nbconvert.exporters import HTMLExporter
from traitlets.config import Config

from safegrade.limits import Limits
from safegrade.sandbox.bounded import Bounded, Unfinished

MOST_CELLS, LONGEST = 500, 2000  # cells of a shortened notebook, and characters of each
NOTE = ("**This page shows the beginning of each cell and no outputs.** Making all of it was broken off: {}. "
        "What was marked is complete; it lies in the marked notebook.")


class LaidOut(HTMLExporter):
    """An HTML exporter that has its pages made elsewhere, from a file."""

    kept: ClassVar[list[tuple[tuple, Bounded]]] = []  # the maker that this process has, behind what it was made for

    def __init__(self, config: Config | None = None, **more: Any):
        self.added: list[type] = []
        super().__init__(config=config, **more)
        self.added.clear()  # what its settings name is named by them there too

    def register_preprocessor(self, preprocessor: Any, enabled: bool = False) -> Any:
        count = len(self.added)
        made = super().register_preprocessor(preprocessor, enabled)  # calls this again with what it makes of a name or a class
        self.added[count:] = [preprocessor]
        return made

    def maker(self) -> Bounded:
        """What makes pages with these settings; it stays for the next page, and ends with this process."""
        limits = Limits(**self.config.get("Safegrade", {}).get("limits", {})).paced()
        how = settings(self.config), [*self.added]
        if not self.kept or self.kept[0][0] != (how, limits):
            end()
            self.kept.append(((how, limits), Bounded(press, how, limits.page_seconds, limits.page_memory)))
        return self.kept[0][1]

    def from_filename(self, filename: str, resources: dict | None = None, **more: Any) -> tuple[str, dict]:
        """The page of a notebook's file, and what has to be known to write it."""
        make, asked = self.maker(), (str(filename), resources or {})
        try:
            found = make(*asked)
        except Unfinished as error:
            self.log.error("%s: the page shows the beginning of each cell only, because making all of it was broken off: %s", filename, error)
            found = make(*asked, str(error))
        outputs = {name: base64.b64decode(content) for name, content in found["outputs"].items()}
        return found["page"], {**(resources or {}), "output_extension": self.file_extension, "outputs": outputs}


def settings(config: Config) -> dict[str, dict]:
    """Settings, without those that no other process can have: a function that a course has written into its nbgrader_config.py."""
    return {section: {name: value for name, value in named.items() if can_be_sent(value)} for section, named in config.items() if isinstance(named, dict)}


def can_be_sent(value: Any) -> bool:
    """Whether a value can go to another process: what is defined in a script cannot."""
    with suppress(Exception):  # what cannot be pickled says so in many ways
        pickle.dumps(value)
        return getattr(value, "__module__", "") != "__main__"
    return False


@atexit.register
def end() -> None:
    """End what makes pages."""
    while LaidOut.kept:
        LaidOut.kept.pop()[1].close()


# -- in the process ------------------------------------------------------------------------------------------------------


def press(config: dict[str, dict], added: Iterable[type]) -> Callable[..., dict[str, Any]]:
    """What makes pages with these settings: the exporter, which has read templates and imported all else by making a page."""
    exporter = HTMLExporter(config=Config(config))
    shown = [nbformat.v4.new_output("stream", text="\x1b[1mx"), nbformat.v4.new_output("error", ename="E", evalue="x", traceback=["x"])]
    cells = [nbformat.v4.new_markdown_cell("# *x* `x`"), nbformat.v4.new_code_cell("def x(y):\n    return 'x'", outputs=shown)]
    with suppress(Exception):  # a template may need what only a submission has
        exporter.from_notebook_node(nbformat.v4.new_notebook(cells=cells), {"nbgrader": {"notebook": "", "score": 0, "max_score": 0, "late_penalty": 0}})
    for preprocessor in added:
        exporter.register_preprocessor(preprocessor)
    return partial(page, exporter)


def page(exporter: HTMLExporter, filename: str, resources: dict, broken: str = "") -> dict[str, Any]:
    """The page of a notebook's file as plain data; of a shortened one, where making all of it was `broken` off before."""
    if broken:
        made, known = exporter.from_notebook_node(shortened(filename, broken), resources)
    else:
        made, known = exporter.from_filename(filename, resources)
    outputs = {name: base64.b64encode(content).decode() for name, content in (known.get("outputs") or {}).items()}
    return {"page": made, "outputs": outputs}


def shortened(filename: str, broken: str) -> nbformat.NotebookNode:
    """The notebook in a file without its outputs, with the beginning of each cell, and with a note."""
    with open(filename, encoding="utf-8") as file:
        found = json.load(file)
    cells = [nbformat.v4.new_markdown_cell(NOTE.format(broken))]
    for cell in found["cells"][:MOST_CELLS]:
        source = "".join(cell["source"])[:LONGEST]
        cells.append(nbformat.v4.new_code_cell(source, metadata=cell["metadata"]) if cell["cell_type"] == "code"
                     else nbformat.v4.new_markdown_cell(f"<pre>{html.escape(source)}</pre>", metadata=cell["metadata"]))
    return nbformat.v4.new_notebook(cells=cells, metadata=found["metadata"])
