"""One slider in JupyterLab: the explorer beside `interact`, ipympl and bqplot, each in a notebook of its own.

    key press      from its time stamp to the end of the frame that paints another picture
    redraws        pictures a second while the slider is dragged by one step each frame
    saved          what running the cell adds to the notebook's file, the state of its widgets included
    first paint    from the kernel's reply to the cell to the first picture; 0 when the picture came before

Only pictures count. While keys go through the slider's positions, the end of the curve is found on
screenshots and compared with the model. In the drag, a redraw counts when the keys have shown that picture.
"""

from __future__ import annotations

import io
import os
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import Browser, Error, JSHandle, Page, sync_playwright

from autoimmune.showing import figures
from benchmarks.widgets_views import run
from testing.browser import CHROMIUM, QUIET, Lab, jupyterlab, listening_page

STEP, POSITIONS = 0.005, 35  # of b_1, and how many of them lead from START to 0
KEYS, DRAG = 9.0, 4.0  # seconds: of pressing keys, once they have been through the positions; of dragging
SHOTS = (0, 3, 7, 14, 21, 28, 35)  # presses after which a screenshot is compared with the model
TWO_FRAMES = 2 * 1000 / 60  # milliseconds
PROBE = (Path(__file__).parent / "widgets_probe.js").read_text(encoding="utf-8")
COLOUR = [int(figures.ROLES["attack"].light[k:k + 2], 16) for k in (1, 3, 5)]
SAVE_STATE = ".home/settings/@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings"


@dataclass(frozen=True)
class Variant:
    """A view of `widgets_views`, the element that holds its curve, and the first line of its notebook."""

    name: str
    view: str
    picture: str
    setup: str = ""


CURVE = ".snx-pane svg svg > g:not(.snx-ghost) > path[data-symbol=E]"
INTERACT = Variant("interact + inline matplotlib", "interact", ".jp-OutputArea img")
EXPLORE = Variant("explore(), one slider", "one_slider", CURVE)
LESSON = Variant("tolerance(), as in lesson 02", "lesson", CURVE)
IPYMPL = Variant("ipympl", "ipympl", ".jupyter-widgets canvas", "%matplotlib widget\n")
BQPLOT = Variant("bqplot", "bqplot", ".bqplot path.line")
VARIANTS = (EXPLORE, LESSON, INTERACT, IPYMPL, BQPLOT)


@dataclass
class Found:
    """What was measured of one variant; times in milliseconds.

    `paints` are first paints, each after the end and after the start of the cell, the first on a fresh page.
    `span` is how far the end of the curve moves, in pixels, and `apart` how far it lies from where the model
    has it; `strange` counts pictures that belong to no position of the slider.
    """

    name: str
    latencies: list[float] = field(default_factory=list)
    redraws: float = 0
    frames: float = 0
    strange: int = 0
    size: int = 0
    paints: list[tuple[float, float]] = field(default_factory=list)
    apart: float = 0
    span: float = 0
    failure: str = ""

    @property
    def latency(self) -> float:
        """The median from a key press to another picture."""
        return median(self.latencies)


# -- one variant --------------------------------------------------------------------------------------


def measure_all() -> list[Found]:
    """Every variant, one after the other, in one JupyterLab."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        setting = Path(folder) / SAVE_STATE
        setting.parent.mkdir(parents=True)
        setting.write_text('{"saveState": true}')
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        with jupyterlab(Path(folder)) as lab:
            return [measure(variant, browser, lab) for variant in VARIANTS]


def measure(variant: Variant, browser: Browser, lab: Lab) -> Found:
    """Everything about one variant, on a page of its own; a failure is kept in a line."""
    page = listening_page(browser, viewport={"width": 1280, "height": 900})
    try:
        return found_in(page, lab, variant)
    except (Error, AssertionError) as error:
        return Found(variant.name, failure=said_by(page) or str(error).splitlines()[0].split("Error: ")[-1])
    finally:
        page.close()


def found_in(page: Page, lab: Lab, variant: Variant) -> Found:
    """Open the variant's notebook and measure: first paint, bytes, keys, a drag, two more first paints."""
    name, found = f"{variant.view}.ipynb", Found(variant.name)
    first = f"{variant.setup}from benchmarks.widgets_views import {variant.view}"
    lab.write(name, [first, f"{variant.view}()"])
    lab.open(page, name)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell-and-select-next')")
    probe = page.evaluate_handle(PROBE, [variant.picture, COLOUR])
    before = saved(lab, name, probe)
    found.paints.append(probe.evaluate("probe => probe.show()"))
    found.size = saved(lab, name, probe) - before
    drag(probe, found, press(page, probe, found))
    found.paints += [probe.evaluate("probe => probe.show()") for _ in range(2)]
    assert not page.complaints, page.complaints[0]
    return found


def saved(lab: Lab, name: str, probe: JSHandle) -> int:
    """Bytes of the notebook, saved now."""
    probe.evaluate("probe => probe.save()")
    return (lab.folder / name).stat().st_size


def said_by(page: Page) -> str:
    """The last line of the first error that a cell shows, or nothing."""
    errors = page.locator("[data-mime-type='application/vnd.jupyter.stderr']")
    return errors.first.inner_text().strip().splitlines()[-1] if errors.count() else ""


def press(page: Page, probe: JSHandle, found: Found) -> set[int]:
    """Go by keys down through the slider's positions, up again while there is time, and to 0."""
    page.locator(".noUi-handle").first.focus()
    rows, end = {0: end_row(page, probe)}, time.monotonic() + KEYS
    for number in range(1, 2 * POSITIONS + 1):
        if number > POSITIONS and time.monotonic() > end:
            break
        page.keyboard.press("ArrowLeft" if number <= POSITIONS else "ArrowRight")
        found.latencies.append(probe.evaluate("probe => probe.answer()"))
        if number in SHOTS:
            rows[number] = end_row(page, probe)
    page.keyboard.press("Home")
    probe.evaluate("probe => probe.rest(500)")
    found.span, found.apart = compared(rows)
    follows = found.apart < 2 and found.span > 50
    assert follows, f"not the model's curve: it moves {found.span:.0f} px, up to {found.apart:.1f} px away"
    return set(probe.evaluate("probe => probe.seen()"))


def drag(probe: JSHandle, found: Found, known: set[int]) -> None:
    """Drag the slider up and down for `DRAG` seconds, and count the pictures known from the keys."""
    call = "(probe, [steps, milliseconds]) => probe.drag(steps, milliseconds)"
    seconds, frames, seen = probe.evaluate(call, [POSITIONS, 1000 * DRAG])
    shown = sum(picture in known for picture in seen)
    found.redraws, found.frames, found.strange = shown / seconds, frames / seconds, len(seen) - shown


# -- pixels -------------------------------------------------------------------------------------------


def end_row(page: Page, probe: JSHandle) -> float:
    """The row of the picture in which the curve of effector T cells ends, from a screenshot."""
    from PIL import Image

    shot = page.screenshot(clip=probe.evaluate("probe => probe.place()"))
    image = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), dtype=int)
    curve = np.abs(image - COLOUR).sum(axis=2) < 40
    assert curve.any(), "the curve is not on the screen"
    last = np.flatnonzero(curve.any(axis=0))[-1]
    return float(np.nonzero(curve[:, last - 3:last])[0].mean())


def compared(rows: dict[int, float]) -> tuple[float, float]:
    """How many pixels the end of the curve moves, and how far it is at most from the model's.

    `rows` are found after so many presses down from START. The axis is logarithmic, so they must lie on
    a line against the logarithm of the model's last number of effector T cells.
    """
    cells = [np.log10(run(STEP * (POSITIONS - presses))["E"].iloc[-1]) for presses in rows]
    found = np.array(list(rows.values()))
    return float(np.ptp(found)), float(np.abs(np.polyval(np.polyfit(cells, found, 1), cells) - found).max())


# -- the table ----------------------------------------------------------------------------------------


def rows() -> list[tuple[str, str, str]]:
    """Each figure of each variant, how it compares with `interact`, and what is asked of the explorer."""
    if not Path(CHROMIUM).exists():
        return [(f"not measured: {CHROMIUM} is missing", "failed", "tools/system-packages installs it")]
    found = measure_all()
    whole = {each.name: each for each in found if not each.failure}
    load = f"{os.getloadavg()[0]:.1f}"
    return [("load of the machine at the end, in the last minute", load, f"on {os.cpu_count()} cores"),
            *((f"not measured: {each.name}", "failed", each.failure) for each in found if each.failure),
            *lines(whole), *asked(whole)]


def lines(found: dict[str, Found]) -> Iterable[tuple[str, str, str]]:
    """One line for each figure and variant."""
    base = found.get(INTERACT.name)
    for name, each in found.items():
        high = f"p95 {np.percentile(each.latencies, 95):.0f} ms, {len(each.latencies)} presses"
        yield (f"key press to changed pixels, median: {name}", f"{each.latency:.0f} ms",
               f"{ratio(each, base, 'latency')}; {high}")
    for name, each in found.items():
        yield (f"redraws in a drag: {name}", f"{each.redraws:.1f} /s",
               f"{ratio(each, base, 'redraws')}; {each.frames:.0f} frames/s")
    for name, each in found.items():
        yield f"added to the saved notebook: {name}", f"{each.size / 1000:.0f} kB", ratio(each, base, "size")
    for name, each in found.items():
        (after, whole), *again = each.paints
        warm = " and ".join(f"{max(0, late):.0f}" for late, _ in again)
        yield (f"end of the cell to first paint: {name}", f"{max(0, after):.0f} ms",
               f"{whole:.0f} ms after its start; run again: {warm} ms")
    for name, each in found.items():
        yield (f"end of the curve, from the model's: {name}", f"{each.apart:.1f} px",
               f"while it moves {each.span:.0f} px; {each.strange} strange pictures in the drag")


def ratio(each: Found, base: Found | None, figure: str) -> str:
    """How one figure compares with that of `interact`."""
    if base is None or not getattr(base, figure):
        return "nothing to compare with"
    return f"{getattr(each, figure) / getattr(base, figure):.2g} x interact"


def asked(found: dict[str, Found]) -> Iterable[tuple[str, str, str]]:
    """What is asked of the explorer, what was found, and whether that is enough."""
    base = found.get(INTERACT.name)
    for each in (found[variant.name] for variant in (EXPLORE, LESSON) if variant.name in found):
        more, paint = each.redraws / base.redraws if base and base.redraws else np.nan, each.paints[0][0]
        for what, value, met in (
                ("at least 5 x the redraws of interact", f"{more:.1f} x", more >= 5),
                ("median of at most two frames, 33 ms", f"{each.latency:.0f} ms", each.latency <= TWO_FRAMES),
                ("under 100 kB in the saved notebook", f"{each.size / 1000:.0f} kB", each.size < 100_000),
                ("first paint in under 0.5 s", f"{max(0, paint):.0f} ms", paint < 500)):
            yield f"asked: {what}: {each.name}", value, "met" if met else "NOT met"
