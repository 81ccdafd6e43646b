"""The one picture of an explorer: an anywidget that runs the model in the browser and draws it."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

STYLE = (Path(__file__).parent / "picture.css").read_text(encoding="utf-8")


class Picture(anywidget.AnyWidget):
    """Runs in the browser what `script` says. The controls reach it there, by their widget ids.

    `values` (every controlled symbol), `summary` and `sentence` come back when a control has come to rest.
    """

    view = traitlets.Dict().tag(sync=True)
    controls = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    summary = traitlets.Dict().tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)
    _css = STYLE

    def __init__(self, script: str, **traits):
        self._esm = script
        super().__init__(**traits)
