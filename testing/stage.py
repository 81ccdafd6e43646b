"""A blank page on which an explorer's picture is drawn without Jupyter, and what can be read from a picture.

The picture's script gets stand-ins for its widget models; `window.models` holds them by id.
"""

from __future__ import annotations

import json

import numpy as np
from playwright.sync_api import Locator, Page

from autoimmune.widgets.explorer.picture import STYLE
from autoimmune.widgets.explorer.script import engine

STAND_INS = """
class StandIn {
  constructor(state) { this.state = state; this.listeners = {}; this.saves = 0; }
  get(name) { return this.state[name]; }
  set(name, value) {
    if (JSON.stringify(this.state[name]) === JSON.stringify(value)) return;
    this.state[name] = value;
    for (const react of this.listeners["change:" + name] || []) react();
  }
  on(name, react) { (this.listeners[name] ||= []).push(react); }
  off(name, react) { this.listeners[name] = (this.listeners[name] || []).filter(each => each !== react); }
  save_changes() { this.saves += 1; }
}
async function stage(states, script) {
  window.models = Object.fromEntries(Object.entries(states).map(([id, state]) => [id, new StandIn(state)]));
  for (const model of Object.values(models)) model.widget_manager = { get_model: async id => models[id] };
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const el = document.querySelector("#picture");
  window.stop = await (await import(address)).default.render({ model: models.picture, el });
}
"""


def show(page: Page, explorer, width: int = 900) -> None:
    """Draw the explorer's picture on an empty page, `width` pixels wide."""
    page.set_content(f'<!doctype html><html lang="en"><title>Picture</title><main class="snx" style="width: {width}px">'
                     '<div id="picture"></div></main></html>')
    page.add_style_tag(content=STYLE)
    page.add_script_tag(content=STAND_INS)
    picture = explorer.picture
    states = {"picture": {name: getattr(picture, name) for name in ("engine", "view", "controls", "values")},
              picture.engine: {"script": engine()}}
    states |= {widget.model_id: {"value": widget.value} for widget in explorer.sliders}
    states |= {widget.model_id: {"index": widget.index} for widget in explorer.toggles}
    page.evaluate("([states, script]) => stage(states, script)", [states, picture._esm])
    settle(page, 0)


def settle(page: Page, rests: int) -> None:
    """Wait until the picture has come to rest `rests` times."""
    page.wait_for_function("rests => Number(document.querySelector('#picture').dataset.rests || 0) >= rests", arg=rests)


def curves(pane: Locator) -> dict[str, np.ndarray]:
    """The drawn curves of one pane, read back from their pixels: by symbol, shape (points, 2)."""
    scale = json.loads(pane.locator(".snx-plot").get_attribute("data-scale"))
    found = {}
    for path in pane.locator("svg svg > g:not(.snx-ghost) > path").all():
        numbers = path.get_attribute("d").replace("M", " ").replace("L", " ").split()
        pixels = np.array(numbers, dtype=float).reshape(-1, 2)
        found[path.get_attribute("data-symbol")] = np.column_stack([
            unscaled(pixels[:, 0] / scale["size"][0], *scale["x"]), unscaled(1 - pixels[:, 1] / scale["size"][1], *scale["y"])])
    return found


def unscaled(share: np.ndarray, low: float, high: float, log: bool) -> np.ndarray:
    """Values at shares of an axis."""
    return low * (high / low) ** share if log else low + (high - low) * share
