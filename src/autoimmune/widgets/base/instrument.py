"""What the small instruments share: their script, their look, and what a saved notebook keeps of them.

    Instrument    an anywidget, shown as itself where it can run and as words (and a picture) where it cannot
    Still         the same, for a box of widgets
"""

from __future__ import annotations

import base64
from html import escape

import anywidget

from autoimmune.widgets.base.files import script


class Still:
    """Shows the live widget and below it, for pages where it cannot run, `said` (one sentence), `words`
    (paragraphs and lists of plain text) and `still` (a PNG, or None). A live widget hides the second part."""

    said = ""
    words: tuple[str | list[str], ...] = ()
    still: bytes | None = None

    def _repr_mimebundle_(self, **kwargs):
        """The live widget with the picture and the sentence of its start."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        data = {"text/plain": self.said, "application/vnd.jupyter.widget-view+json": view}
        if self.still is None:
            return data, {}
        return data | {"image/png": base64.b64encode(self.still).decode()}, {"image/png": {"alt": self.said}}

    def _ipython_display_(self):
        """Show both parts."""
        from IPython.display import display

        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        words = self.words or (self.said,)
        below = f'<div class="snx-still">{"".join(map(html, words))}</div>'
        display({"text/html": below, "text/plain": "\n".join(map(text, words))}, raw=True)

    def __repr__(self) -> str:
        return self.said


class Instrument(Still, anywidget.AnyWidget):
    """An anywidget made of the files `<part>/<part>.js` and `.css` below `widgets/`, and of what all
    instruments share. `besides` names further scripts that it needs."""

    part = ""
    besides: tuple[str, ...] = ()

    def __init_subclass__(cls, **kwargs):
        if "part" in cls.__dict__:  # anywidget makes a subclass of each instance, which has its own already
            cls._esm = script("base/page.js", *cls.besides, f"{cls.part}/{cls.part}.js")
            cls._css = script("base/picture.css", "base/instrument.css", f"{cls.part}/{cls.part}.css")
        super().__init_subclass__(**kwargs)


def html(words: str | list[str]) -> str:
    """A paragraph, or a list, as HTML."""
    if isinstance(words, str):
        return f"<p>{escape(words)}</p>"
    return f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in words)}</ul>"


def text(words: str | list[str]) -> str:
    """A paragraph, or a list, as plain text."""
    return words if isinstance(words, str) else "\n".join(f"- {each}" for each in words)
