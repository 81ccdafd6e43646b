"""What holds for every test and every lesson that is run: deadlines, kernels and a diary of the tests' own."""

import os
import re
import tempfile
from pathlib import Path

import pytest

from autoimmune.learning.kept import FOLDER_VARIABLE
from safegrade import pace
from testing import warm_kernels

# Files whose tests share something that takes long to make; a worker that began with one last would end alone.
LONG = ("packages/safegrade/tests/", "tests/marking/", "tests/loop/", "tests/widgets/test_lab", "tests/lessons/test_in_jupyterlab", "tests/assignments/test_proofs")
IN_A_WORKER = "PYTEST_XDIST_WORKER" in os.environ


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Once, for all workers: measure the machine's pace, and keep what kernels and learners leave in a folder of this run.

    No test, and no kernel that a test starts, reads or writes what a learner on this machine has kept.
    """
    if not IN_A_WORKER:
        os.environ.setdefault(pace.VARIABLE, f"{pace.pace():.2f}")
        config.run = tempfile.TemporaryDirectory(prefix="tests-", ignore_cleanup_errors=True)
        os.environ[FOLDER_VARIABLE] = str(Path(config.run.name) / "kept")
        warm_kernels.begin(Path(config.run.name))
    from testing.deadlines import DEADLINE

    os.environ.setdefault("PYTEST_TIMEOUT", f"{4 * DEADLINE:.0f}")  # where no tool has a deadline of its own
    config.option.nbval_cell_timeout = config.option.nbval_kernel_startup_timeout = DEADLINE


def pytest_unconfigure(config):
    if hasattr(config, "run"):
        config.run.cleanup()


def pytest_report_header():
    from testing.deadlines import DEADLINE

    return f"pace: {os.environ[pace.VARIABLE]} ({pace.VARIABLE} sets it); a test waits up to {DEADLINE:.0f} seconds for what it waits for"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Put what takes long first, and give nbval's outputs the deadline of everything: it has no option for that."""
    from testing.deadlines import DEADLINE

    for item in items:
        if hasattr(item, "output_timeout"):
            item.output_timeout = DEADLINE
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))  # stable: the order within a file stays


def pytest_xdist_make_scheduler(config, log):
    """What a worker takes at a time: a file with what its tests share, and of the proofs an assignment."""
    from xdist.scheduler import LoadScopeScheduling

    class ByWhatTheyShare(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file, _, test = nodeid.partition("::")
            assignment = re.search(r"\[(\d\d_\w+)", test) if file.endswith("test_proofs.py") else None
            return f"{file} {assignment[1]}" if assignment else file

    return ByWhatTheyShare(config, log)


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


# -- a browser or a server is started once, and only when a test asks for it ----------------------------------------------------


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
