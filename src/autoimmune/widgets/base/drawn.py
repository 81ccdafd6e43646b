"""Pictures that Python draws: still, or anew whenever a button is pressed.

    Drawing     a matplotlib figure with its sentence, to be shown by a cell
    Drawn       toggles, a button for other chances, and the picture that they change

A function that draws takes the values of the toggles (and a `seed`) and returns a Drawing. It serves where chance is
at work, because the browser runs a model only where the same start gives the same run.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

import ipywidgets

from autoimmune.showing import figures
from autoimmune.widgets.base.controls import Toggle
from autoimmune.widgets.base.files import STYLE
from autoimmune.widgets.base.instrument import Still

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure, and what it shows in a sentence or two."""

    figure: Figure
    said: str

    @cached_property
    def png(self) -> bytes:
        """The figure as PNG bytes."""
        return figures.png(self.figure)

    def html(self) -> str:
        """The picture with its sentence below it."""
        data = base64.b64encode(self.png).decode()
        return (f'<img style="max-width: 100%; background: white" alt="A picture; the sentence below it says what it shows." '
                f'src="data:image/png;base64,{data}"><p class="snx-said" role="status">{escape(self.said)}</p>')

    def _ipython_display_(self) -> None:
        """Show the picture, and below it the sentence."""
        from IPython.display import display

        data = {"text/plain": self.said, "image/png": base64.b64encode(self.png).decode()}
        display(data, metadata={"image/png": {"alt": self.said}}, raw=True)
        display({"text/html": f"<p>{escape(self.said)}</p>", "text/plain": self.said}, raw=True)

    def __repr__(self) -> str:
        return self.said


class Drawn(Still, ipywidgets.VBox):
    """`draw(seed=…, **values)` is drawn again for each option that is pressed and for each new seed.

    `start` holds the value of each symbol at the start, `again` the words on the button for other chances; `drawing` is
    what is on screen.
    """

    def __init__(self, draw: Callable[..., Drawing], toggles: tuple[Toggle, ...], start: dict[str, float], seed: int = 1,
                 again: str = "Other people, same numbers"):
        self.draw, self.first = draw, (dict(start), seed)
        self.values, self.seed = dict(start), seed
        self.picture = ipywidgets.HTML()
        self.toggles = [(toggle, buttons(toggle, start)) for toggle in toggles]
        other, reset = (ipywidgets.Button(description=words) for words in (again, "Reset"))
        other.on_click(lambda _: self.chance())
        reset.on_click(lambda _: self.reset())
        for toggle, widget in self.toggles:
            widget.observe(lambda change, toggle=toggle: self.press(toggle, change["new"]), "value")
        style = ipywidgets.HTML(f"<style>{STYLE}</style>", layout={"display": "none"})
        top = [ipywidgets.VBox([widget for _, widget in self.toggles]), ipywidgets.HBox([other, reset]).add_class("snx-buttons")]
        self.show()
        self.still = self.drawing.png
        super().__init__([ipywidgets.HBox(top).add_class("snx-top"), self.picture, style])
        self.add_class("snx")

    def show(self) -> None:
        """Draw what the controls say now."""
        self.drawing = self.draw(seed=self.seed, **self.values)
        self.said, self.picture.value = self.drawing.said, self.drawing.html()

    def press(self, toggle: Toggle, label: str) -> None:
        """Take over the values of an option."""
        chosen = next(option for option in toggle.options if option.label == label)
        if chosen.values.items() <= self.values.items():
            return
        self.values |= chosen.values
        self.show()

    def chance(self) -> None:
        """Draw other chances."""
        self.seed += 1
        self.show()

    def reset(self) -> None:
        """Go back to the start."""
        values, self.seed = self.first
        self.values = dict(values)
        for toggle, widget in self.toggles:
            widget.value = pressed(toggle, values)
        self.show()


def buttons(toggle: Toggle, start: dict[str, float]) -> ipywidgets.ToggleButtons:
    """A row of buttons, the one that `start` names pressed."""
    return ipywidgets.ToggleButtons(options=[option.label for option in toggle.options], value=pressed(toggle, start),
                                    description=toggle.label, style={"description_width": "initial", "button_width": "auto"})


def pressed(toggle: Toggle, values: dict[str, float]) -> str:
    """The label of the option that holds; ValueError when none does."""
    for option in toggle.options:
        if option.values.items() <= values.items():
            return option.label
    raise ValueError(f"no option of {toggle.label!r} sets {values}; it offers {', '.join(o.label for o in toggle.options)}")
