"""Fixtures of all tests. A browser or a server is started once, and only when a test asks for it."""

import pytest


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, headless, driven by Playwright."""
    from playwright.sync_api import expect, sync_playwright

    from testing.browser import CHROMIUM, QUIET
    from testing.deadlines import MILLISECONDS

    expect.set_options(timeout=MILLISECONDS)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET), timeout=MILLISECONDS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A JupyterLab server of the tests' own (see `testing.browser.Lab`)."""
    from testing.browser import jupyterlab

    with jupyterlab(tmp_path_factory.mktemp("lab")) as server:
        yield server
