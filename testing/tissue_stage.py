"""A blank page on which the living tissue plays without Jupyter, and its pixels."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from autoimmune.widgets.tissue import TissueView, plan
from testing.stage import STAND_INS

BODY = """<!doctype html><html lang="en"><title>Tissue</title><body data-jp-theme-light="{light}">
<main class="snx" style="width: {width}px; --jp-layout-color0: {paper}">
<button class="snx-play"></button><button class="snx-step"></button><button class="snx-restart"></button>
<div id="picture"></div></main></html>"""


def show(page: Page, options=(0, 0, 0), seed=1, light: bool = True, width: int = 960, **changed) -> None:
    """The tissue on an empty page, `width` pixels wide, with the options pressed that have these places.

    It runs as fast as the machine can; `changed` are entries of `plan()` that differ.
    """
    page.set_content(BODY.format(light=str(light).lower(), width=width, paper="white" if light else "#111"))
    page.add_style_tag(content=TissueView._css)
    page.add_script_tag(content=STAND_INS)
    toggles = {f"toggle{k}": {"index": index} for k, index in enumerate(options)}
    others = {"play": {"description": "Play"}, "speed": {"index": 0}, "seed": {"value": seed}}
    ids = {name: name for name in others} | {"toggles": list(toggles)}
    states = {"picture": {"view": plan() | {"speeds": [1e6]} | changed, "controls": ids}, **others, **toggles}
    page.evaluate("([states, script]) => stage(states, script)", [states, TissueView._esm])
    # Its first rest is waited for, because a test that waits for another would take it for that one.
    page.wait_for_function("(({ playing, rests }) => playing === 'true' || rests)(document.querySelector('#picture').dataset)")


def colours(page: Page) -> np.ndarray:
    """The canvas as an array of colours, shape (height, width, 3)."""
    data = page.evaluate("document.querySelector('canvas').toDataURL().split(',')[1]")
    return np.array(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")).astype(int)
