"""A Dask cluster of processes, each in an empty folder of its own."""

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager


@contextmanager
def dask(folder, *words):
    """A process of the cluster in an empty folder of its own, which is its home and its /tmp too."""
    folder.mkdir()
    own = {"HOME": str(folder), "TMPDIR": str(folder), "DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH": "0"}
    process = subprocess.Popen([sys.executable, "-m", "dask", *words], cwd=folder, env=os.environ | own,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port, process, seconds=60):
    """Wait until somebody listens on a port."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, "the scheduler ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(port)


@contextmanager
def cluster(folder, workers=2, host="127.0.0.1"):
    """A scheduler and worker processes; gives its address and the scheduler's process."""
    folder.mkdir()
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as stack:
        scheduler = stack.enter_context(dask(folder / "scheduler", "scheduler", f"--host={host}", f"--port={port}", "--no-dashboard", "--no-show"))
        answers(port, scheduler)
        for number in range(workers):
            stack.enter_context(dask(folder / f"worker-{number}", "worker", address, "--host=127.0.0.1", "--nthreads=1", "--no-nanny",
                                     "--no-dashboard", "--death-timeout=60"))
        yield address, scheduler
