"""What holds for every test and every lesson that is run: deadlines from one setting, and a diary of the tests' own."""

import os

from safegrade import pace


def pytest_configure(config):
    """Measure the machine's pace once, for all workers, and give the lessons' kernels the same deadline as everything."""
    os.environ.setdefault(pace.VARIABLE, f"{pace.pace():.2f}")
    from testing.deadlines import DEADLINE

    config.option.nbval_cell_timeout = DEADLINE
    config.option.nbval_kernel_startup_timeout = DEADLINE


def pytest_report_header():
    from testing.deadlines import DEADLINE

    return f"pace: {os.environ[pace.VARIABLE]} ({pace.VARIABLE} sets it); a test waits up to {DEADLINE:.0f} seconds for what it waits for"


def pytest_collection_modifyitems(items):
    """nbval has no option for how long an output may take to arrive."""
    from testing.deadlines import DEADLINE

    for item in items:
        if hasattr(item, "output_timeout"):
            item.output_timeout = DEADLINE
