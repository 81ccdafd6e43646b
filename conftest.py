"""What holds for every test and every lesson that is run: deadlines, kernels and a diary of the tests' own."""

import os
import tempfile
from pathlib import Path

import pytest

from autoimmune.explore.kept import FOLDER_VARIABLE
from safegrade import pace
from testing import warm_kernels

# Files whose tests share something that takes long to make; a worker that began with one last would end alone.
LONG = ("tests/safegrade/", "tests/loop/", "tests/explore/test_lab", "tests/lessons/test_in_jupyterlab", "tests/assignments/test_proofs")
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
    """Say what stays on one worker, put what takes long first, and give nbval's outputs the deadline of everything.

    nbval has no option for how long an output may take to arrive.
    """
    from testing.deadlines import DEADLINE

    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item)))
        if hasattr(item, "output_timeout"):
            item.output_timeout = DEADLINE
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))  # stable: the order within a file stays


def group(item):
    """What a worker takes at a time: a file with what its tests share, and of the proofs an assignment."""
    shared = getattr(item, "callspec", None) and item.callspec.params.get("assignment")
    return f"{item.path.stem}-{shared}" if shared and item.path.stem == "test_proofs" else str(item.path)
