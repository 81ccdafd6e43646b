"""The warm process: it does once what every fork would do first, then forks whenever it is asked.

It makes a shell, imports what the assignment imports, and runs what the assignment gives (never an answer), because
that fills what a library computes once and keeps. Of all this a fork finds the modules, and a namespace that is empty.

It reads requests from one connected socket, a length and JSON each, with the fork's own sockets attached. It never
runs a line of a learner's code: that happens in forks, each in namespaces of its own (see `warden`).
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import io
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell

from safegrade.inside import beside, warden
from safegrade.inside.kernel import WARM_MODULES, show_table
from safegrade.inside.namespaces import LIBC

HUGE, MADV_COLLAPSE = 1 << 21, 25


def main(descriptor: int) -> None:
    """Serve the socket `descriptor` until its other end closes."""
    link = socket.socket(fileno=descriptor)
    wish = json.loads(sys.stdin.buffer.readline())
    make_shell(wish["role"])
    missing = [name for name in wish["imports"] if not warmed(name)]
    warm_up(wish["role"])
    broken = run_given(wish["given"], wish["seconds"])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # wardens report by themselves
    settle(link, missing, broken)
    while True:
        message, descriptors, _, _ = socket.recv_fds(link, 1 << 20, 4)
        if not message:
            return
        request = json.loads(message)
        if "imports" in request:
            settle(link, [name for name in request["imports"] if not warmed(name)])
        elif os.fork() == 0:
            link.close()
            group = [descriptors.pop() for _ in range(2)][::-1] if request["group"] else []
            warden.guard(request, group, *(socket.socket(fileno=each) for each in descriptors))
        for each in descriptors:
            os.close(each)


def settle(link: socket.socket, missing: list[str], broken: bool = False) -> None:
    """Say that everything is imported, which modules could not be, and whether a given cell was `broken` off."""
    fail()
    WARM_MODULES.update(sys.modules)
    beside.remember()
    gc.collect()
    gc.freeze()  # so that a fork's garbage collection does not copy pages that all share
    huge_pages()
    link.sendall(json.dumps({"threads": threading.active_count(), "missing": missing[:1000], "broken": broken}).encode())


def huge_pages() -> None:
    """Have the kernel join the pages of this process into huge ones: forks begin and end sooner where there are fewer to copy and to free.

    A system that does not know how to (Linux before 6.1, or where it is switched off) leaves them as they are.
    """
    for line in Path("/proc/self/maps").read_text().splitlines():
        place, rights, _, _, inode, *name = line.split()
        if rights == "rw-p" and inode == "0" and name in ([], ["[heap]"]):
            low, high = (int(end, 16) for end in place.split("-"))
            for start in range(-(-low // HUGE) * HUGE, high - HUGE + 1, HUGE):
                LIBC.madvise(ctypes.c_void_p(start), ctypes.c_size_t(HUGE), MADV_COLLAPSE)


def make_shell(role: str) -> None:
    """Make the shell in which a fork's cells will run, and all that stands around it."""
    if role == "examiner":
        from safegrade.inside.examiner import warm_shell

        warm_shell().run_cell("1/1", store_history=False)
    else:
        # A kernel loads both when it starts, and that takes longer than all else.
        import ipykernel.debugger  # noqa: F401
        import IPython.extensions.storemagic  # noqa: F401

        from safegrade.inside import kernel

        kernel.prepare()


def warm_up(role: str) -> None:
    """Do once what a fork would be slow to do for the first time: show a table and a picture.

    Learners draw also where the assignment does not, and a fork that looks for the machine's fonts by itself takes a
    second for it.
    """
    show_table(InteractiveShell.instance())
    if role == "kernel":
        warmed("matplotlib.pyplot")
    if "matplotlib.pyplot" in sys.modules:
        draw()


def fail() -> None:
    """Show an error, for which Python looks at the files of all modules that it has not seen so far."""
    try:
        raise ValueError
    except ValueError:
        InteractiveShell.instance().InteractiveTB.structured_traceback(*sys.exc_info())


def draw() -> None:
    """A small picture on no screen."""
    import matplotlib_inline.backend_inline  # noqa: F401
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    FigureCanvasAgg(figure)
    figure.subplots().plot([1, 2], label="x")
    figure.axes[0].legend()
    figure.savefig(io.BytesIO(), bbox_inches="tight")


def run_given(cells: list[str], seconds: float) -> bool:
    """Run cells in a shell that is thrown away; whether one took longer and was broken off. One that fails is left to the forks."""
    main = sys.modules["__main__"]
    shell = InteractiveShell(parent=InteractiveShell.instance())  # with its settings
    broken: list[bool] = []
    for cell in cells:
        with quiet(seconds, broken):
            shell.run_cell(cell, store_history=False)
        if broken:
            break
    sys.modules["__main__"] = main
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
    return bool(broken)


@contextmanager
def quiet(seconds: float, broken: list[bool]) -> Iterator[None]:
    """Nothing is printed; TimeoutError after so many seconds, noted in `broken` because a library may swallow it."""
    def too_long(*_: object) -> None:
        broken.append(True)
        raise TimeoutError

    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def warmed(name: str) -> bool:
    """Import a module if it can be; an assignment may import what only learners have, and hears of it later."""
    try:
        importlib.import_module(name)
    except Exception:  # noqa: BLE001 (any module may fail in any way, and the fork will show how)
        return False
    return True


if __name__ == "__main__":
    main(int(sys.argv[1]))
