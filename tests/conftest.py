"""Fixtures of all tests. A browser or a server is started once, and only when a test asks for it."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def lent():
    """Rooms of this run keep their warm processes for the next; a test that looks at those themselves puts `Warm` back."""
    from safegrade.marking import mark
    from testing.lent import Lent

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mark, "Warm", Lent)
        yield
    Lent.end_all()


@pytest.fixture(scope="module")
def own_processes():
    """Rooms start warm processes of their own, and end them."""
    from safegrade.marking import mark
    from safegrade.sandbox.warm import Warm

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mark, "Warm", Warm)
        yield


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
