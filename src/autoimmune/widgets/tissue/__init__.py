"""A living tissue under the learner's hand: cells that move, divide, kill and calm by rules.

    tissue(seed)     the widget; its `model` is the card

Its rules run in the browser (`rules.js`), drawn and said by `view.js`; the numbers are those of
the card (`rules`). Where it cannot run, a page shows runs that were made before (`still`).
"""

from __future__ import annotations

from dataclasses import asdict

import ipywidgets
import traitlets

from autoimmune.showing import figures
from autoimmune.widgets.base.controls import Toggle
from autoimmune.widgets.base.files import script
from autoimmune.widgets.base.instrument import Instrument, Still
from autoimmune.widgets.tissue import still
from autoimmune.widgets.tissue.rules import LABEL, TOGGLES, rules

DAYS = 15
SPEEDS = {"1 hour a second": 60, "6 hours a second": 360, "12 hours a second": 720, "1 day a second": 1440}
BUTTONS = {"Play": "Play or pause", "Step": "One minute", "Restart": "From day 0 with the same seed"}
MOST = 999_999
ROLES = ("tissue", "trigger", "attack", "regulation", "signal")


def tissue(seed: int = 1) -> Tissue:
    """Cells that move in a tissue: toggles for thymic deletion, regulatory T cells and an infection; play,
    step, speed.

    The same `seed` (a whole number from 0 to 999,999) gives the same tissue, the same place of the
    infection and, with the same toggles, the same run. ValueError for another seed.
    """
    if not (isinstance(seed, int) and 0 <= seed <= MOST):
        raise ValueError(f"seed = {seed!r} is not allowed; it is a whole number from 0 to {MOST:,}")
    return Tissue(seed)


class TissueView(Instrument):
    """The tissue, run and drawn in the browser. `controls` are the widget ids of what it listens to."""

    _esm = script("base/page.js", "tissue/rules.js", "tissue/view.js")
    _css = script("base/picture.css", "tissue/view.css")
    view = traitlets.Dict().tag(sync=True)
    controls = traitlets.Dict().tag(sync=True)
    counts = traitlets.Dict().tag(sync=True)
    sentence = traitlets.Unicode().tag(sync=True)


class Tissue(Still, ipywidgets.VBox):
    """Controls and the tissue. Cells may read, whenever it is at rest:

    `counts`: cells by name, `day`, `lowest` (healthy cells at the worst moment) and `cleared` (a day, or
    0), for the run on screen; `sentence`: the same in words; `toggles`: what is chosen, as their `value`;
    `model`: the card.
    """

    model = rules

    def __init__(self, seed: int):
        bare = {"layout": ipywidgets.Layout()}  # one for all: a notebook saves each
        named = bare | {"style": {"description_width": "initial"}}
        self.said = still.sentence(still.runs())
        self.toggles = [toggle_widget(toggle, bare) for toggle in TOGGLES]
        play, *others = (button(word, tooltip, bare) for word, tooltip in BUTTONS.items())
        speed = ipywidgets.Dropdown(options=list(SPEEDS), index=2, description="Speed", **named)
        chosen = ipywidgets.BoundedIntText(seed, min=0, max=MOST, description="Seed", **named)
        ids = {"play": play.model_id, "speed": speed.model_id, "seed": chosen.model_id}
        ids["toggles"] = [widget.model_id for widget in self.toggles]
        self.picture = TissueView(view=plan(), controls=ids, **bare)
        buttons = ipywidgets.HBox([play, *others], **bare).add_class("snx-buttons")
        top = ipywidgets.HBox([*self.toggles, buttons, speed, chosen], **bare)
        super().__init__([top.add_class("snx-top").add_class("snx-run"), self.picture], **bare)
        self.add_class("snx")

    @property
    def counts(self) -> dict[str, float]:
        """What is there, by name; empty before a browser has shown it."""
        return self.picture.counts

    @property
    def sentence(self) -> str:
        """What is on screen, in words; before a browser has shown it, what the still picture shows."""
        return self.picture.sentence or self.said

    @property
    def still(self) -> bytes:
        """The still picture, as a PNG."""
        return still.still()

    def __repr__(self) -> str:
        return self.sentence


def toggle_widget(toggle: Toggle, bare: dict) -> ipywidgets.ToggleButtons:
    """A row of buttons, the first pressed."""
    style = {"description_width": "initial", "button_width": "auto"}
    labels = [option.label for option in toggle.options]
    return ipywidgets.ToggleButtons(options=labels, description=toggle.label, style=style, **bare)


def button(word: str, tooltip: str, bare: dict) -> ipywidgets.Button:
    """A button that the view hears by its class."""
    return ipywidgets.Button(description=word, tooltip=tooltip, **bare).add_class(f"snx-{word.lower()}")


def plan() -> dict:
    """What the view is told once, as JSON; `speeds` in minutes of the tissue a second."""
    toggles = [{"label": each.label, "options": [one.values for one in each.options]} for each in TOGGLES]
    return {
        "label": LABEL,
        "days": DAYS,
        "numbers": rules.defaults,
        "speeds": list(SPEEDS.values()),
        "toggles": toggles,
        "roles": {name: asdict(figures.ROLES[name]) for name in ROLES},
    }
