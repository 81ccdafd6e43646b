"""The living tissue: frames a second against the number of moving cells; what its rules give, over seeds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from playwright.sync_api import Page, sync_playwright

from autoimmune.widgets.tissue.rules import rules
from testing.browser import CHROMIUM, QUIET, listening_page
from testing.tissue_runs import run
from testing.tissue_stage import colours, show

CELLS = (500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000)
SECONDS = 3.0
STEPS = 6  # minutes of the rules in a frame at 60 frames a second: 6 hours a second
# The table of a prototype, over 4 seeds: the lowest share of healthy tissue in 15 days, for a leak of the
# deletion and 0, 60 and 120 regulatory T cells.
TABLE = {
    0: (0.99, 0.99, 0.99),
    0.02: (0.99, 0.98, 0.99),
    0.05: (0.92, 0.97, 0.99),
    0.1: (0.90, 0.93, 0.97),
    1: (0.10, 0.21, 0.47),
}
REGULATORY = (0, 60, 120)

FRAMES = """async seconds => {
    const el = document.querySelector("#picture");
    const read = () => [Number(el.dataset.frames), Number(el.dataset.minute), performance.now()];
    const before = read();
    await new Promise(resolve => setTimeout(resolve, 1000 * seconds));
    const [frames, minutes, time] = read().map((value, k) => value - before[k]);
    return [1000 * frames / time, minutes / frames];
}"""


def crowded(page: Page, cells: int) -> None:
    """A tissue of `cells` moving cells in all, on a page, playing at 6 hours a second."""
    others = rules.defaults["dcs"] + rules.defaults["tregs"]
    numbers = rules.defaults | {"naive": cells - others, "cap": cells + 1000, "infection": 0}
    show(page, width=1000, numbers=numbers, speeds=[60 * STEPS])
    page.locator(".snx-play").click()
    page.wait_for_function("Number(document.querySelector('#picture').dataset.frames) > 10")


def changed(page: Page) -> float:
    """The share of pixels that differ between two pictures of a tissue that plays; nothing moved when it
    is 0."""
    before = colours(page)
    page.wait_for_timeout(300)
    return float((before != colours(page)).any(axis=2).mean())


def rows() -> Iterable[tuple[str, str, str]]:
    """Frames a second for each number of cells, the best of three, with the share of pixels that moved."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        for cells in CELLS:
            page = listening_page(browser, viewport={"width": 1040, "height": 900}, reduced_motion="reduce")
            crowded(page, cells)
            fastest, minutes = max(page.evaluate(FRAMES, SECONDS) for _ in range(3))
            moved = changed(page)
            if moved < 0.01 or page.complaints:
                raise RuntimeError(f"{cells} cells: {moved:.1%} of the pixels changed; {page.complaints}")
            remark = f"{minutes:.1f} minutes a frame; {moved:.0%} of the pixels changed in 0.3 s"
            yield f"{cells:,} moving cells", f"{fastest:.0f} /s", remark
            page.close()
        browser.close()


def table_rows(seeds: int = 8) -> Iterable[tuple[str, str, str]]:
    """For each leak and number of regulatory T cells, over `seeds` runs of 15 days."""
    for leak, row in TABLE.items():
        for tregs, expected in zip(REGULATORY, row, strict=True):
            yield outcome(leak, tregs, expected, range(1, seeds + 1))


def outcome(leak: float, tregs: int, expected: float, seeds: Iterable[int]) -> tuple[str, str, str]:
    """The mean of the lowest healthy share, its range, and how long it took to clear the infection."""
    numbers = {"presented": 1 - leak, "tregs": tregs}
    found = run([{"numbers": numbers, "seed": seed} for seed in seeds])
    lowest = np.array([each["lowest"] for each in found]) / 16_000
    days = [each["cleared"] - rules.defaults["infection_day"] for each in found if each["cleared"]]
    remark = f"{lowest.min():.2f} to {lowest.max():.2f}; prototype {expected:.2f}; "
    cleared = f"cleared {len(days)} of {len(found)}, in {min(days):.1f} to {max(days):.1f} d"
    return f"leak {leak:.0%}, {tregs} regulatory T cells", f"{lowest.mean():.3f}", remark + cleared
