"""The one picture of an explorer: an anywidget that runs the model in the browser and draws it."""

from __future__ import annotations

import anywidget
import traitlets

from autoimmune.widgets.base.files import STYLE
from autoimmune.widgets.explorer.script import engine


class Engine(anywidget.AnyWidget):
    """What all pictures of a page share, their script and their look, so that each notebook holds it once."""

    script = traitlets.Unicode().tag(sync=True)
    _esm = "export default {};"
    _css = STYLE
    running: Engine | None = None

    @classmethod
    def shared(cls) -> Engine:
        """The engine of this kernel; a new one when the last was closed."""
        if cls.running is None or cls.running.comm is None:
            cls.running = cls(script=engine())
        return cls.running


class Picture(anywidget.AnyWidget):
    """Runs in the browser what `script` says. The controls reach it there, by their widget ids.

    `values` (every controlled symbol), `summary` and `sentence` come back when a control has come to rest.
    """

    engine = traitlets.Unicode().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)
    controls = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    summary = traitlets.Dict().tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)

    def __init__(self, script: str, **traits):
        self._esm = script
        super().__init__(engine=Engine.shared().model_id, **traits)
