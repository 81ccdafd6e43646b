"""Kernels forked from one warm process, because tests start dozens that would each import the same for seconds.

    begin(folder)    from now on every kernel named python3 that this process or its children start is forked
    main()           what such a kernel's command runs: it asks the warm process for a fork and stands in for it

The warm process starts when the first kernel is wanted, is shared by all of a run's workers, and ends with the run.
It has imported modules and run nothing. A fork takes over the working folder, the environment and the descriptors of
whoever asked, so that it differs from a kernel that was started in the usual way in nothing but its age.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

FOLDER = "SELF_AND_NON_SELF_WARM_KERNELS"  # where the warm process and its socket are
RUN = "SELF_AND_NON_SELF_TEST_RUN"  # the process that the run belongs to
LONGEST = 1 << 20
IMPORTS = ("ipykernel.kernelapp", "ipykernel.debugger", "IPython.extensions.storemagic", "ipywidgets", "anywidget", "pandas", "sympy",
           "matplotlib.pyplot", "matplotlib.backends.backend_agg", "scipy.stats", "scipy.integrate", "scipy.optimize", "scipy.ndimage",
           "sympy.parsing.sympy_parser", "sympy.printing.jscode", "statsmodels.formula.api")
OWN = "autoimmune"  # all of its modules are imported too


def begin(folder: Path) -> None:
    """Write the specification of such kernels into `folder`, and have Jupyter find it before any other."""
    place = folder / "kernels" / "python3"
    place.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-IS", str(Path(__file__).resolve()), "{connection_file}"]
    (place / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "Python 3 (ipykernel)", "language": "python"}))
    os.environ |= {FOLDER: str(folder), RUN: str(os.getpid()),
                   "JUPYTER_PATH": os.pathsep.join(filter(None, [str(folder), os.environ.get("JUPYTER_PATH")]))}


# -- what stands in for a kernel: a small Python without any package ---------------------------------------------------


def main(connection_file: str) -> int:
    """Have a kernel forked, pass on signals to it, and end with it."""
    link = connected(Path(os.environ[FOLDER]))
    wish = {"connection": connection_file, "folder": os.getcwd(), "environment": dict(os.environ)}
    socket.send_fds(link, [json.dumps(wish).encode()], [0, 1, 2])
    kernel = int(link.recv(LONGEST) or 0)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(kernel, number))
    link.recv(1)  # nothing comes: it ends when the kernel does
    return 0


def connected(folder: Path) -> socket.socket:
    """A link to the warm process, which is started if nobody has done so."""
    import fcntl

    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return dial(folder)
        except OSError:
            start(folder)
            return dial(folder)


def dial(folder: Path) -> socket.socket:
    link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    link.connect(str(folder / "socket"))
    return link


def start(folder: Path) -> None:
    """Start the warm process and wait until it listens."""
    (folder / "socket").unlink(missing_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with open(folder / "said.txt", "w") as said:
        process = subprocess.Popen([sys.executable, __file__, "warm"], stdout=subprocess.PIPE, stderr=said, start_new_session=True,
                                   env=environment | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"})
    if not process.stdout.readline():
        raise RuntimeError(f"the warm process did not start: {(folder / 'said.txt').read_text()[-2000:]}")


# -- the warm process --------------------------------------------------------------------------------------------------


def warm(folder: Path) -> None:
    """Import everything, then fork a kernel for each who asks, until the run is over."""
    load()
    server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server.bind(str(folder / "socket"))
    server.listen()
    server.settimeout(1.0)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("listens", flush=True)
    while alive(int(os.environ[RUN])):
        try:
            link, _ = server.accept()
        except TimeoutError:
            continue
        if os.fork() == 0:
            server.close()
            serve(link)
        link.close()


def load() -> None:
    """Import what kernels and lessons do."""
    import gc
    import importlib
    import pkgutil

    own = importlib.import_module(OWN)
    modules = [name for _, name, _ in pkgutil.walk_packages(own.__path__, f"{OWN}.")]
    for name in (*IMPORTS, *modules):
        importlib.import_module(name)
    sys.modules["pandas"].options.display.max_columns = 20  # pandas looks when it is imported whether it is in a notebook
    gc.collect()
    gc.freeze()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def serve(link: socket.socket) -> None:
    """Become the kernel that was asked for."""
    import threading

    message, descriptors, _, _ = socket.recv_fds(link, LONGEST, 3)
    wish = json.loads(message)
    os.setsid()
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(wish["folder"])
    os.environ.clear()
    os.environ.update(wish["environment"] | {"JPY_PARENT_PID": str(os.getppid())})
    sys.path[:0] = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    link.send(str(os.getpid()).encode())
    threading.Thread(target=end_with, args=(link,), daemon=True).start()
    sys.argv = ["ipykernel_launcher", "-f", wish["connection"]]
    from ipykernel import kernelapp

    try:
        kernelapp.launch_new_instance()
    finally:
        os._exit(0)


def end_with(link: socket.socket) -> None:
    """End this kernel when what stands in for it has ended."""
    link.recv(1)
    os._exit(1)


if __name__ == "__main__":
    if sys.argv[1] == "warm":
        sys.path.pop(0)
        warm(Path(os.environ[FOLDER]))
    else:
        sys.exit(main(sys.argv[1]))
