"""Fixtures of all tests. A browser or a server is started once, and only when a test asks for it."""

import pytest

from autoimmune.explore.kept import FOLDER_VARIABLE


@pytest.fixture(scope="session", autouse=True)
def a_diary_of_the_tests_own(tmp_path_factory):
    """No test, and no kernel that a test starts, reads or writes what a learner on this machine has kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, str(tmp_path_factory.mktemp("kept")))
        yield


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, headless, driven by Playwright."""
    from playwright.sync_api import expect, sync_playwright

    from testing.deadlines import MILLISECONDS
    from tests.browser import CHROMIUM, QUIET

    expect.set_options(timeout=MILLISECONDS)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET), timeout=MILLISECONDS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A JupyterLab server of the tests' own (see `tests.browser.Lab`)."""
    from tests.browser import jupyterlab

    with jupyterlab(tmp_path_factory.mktemp("lab")) as server:
        yield server
