"""A learner's desk: JupyterLab with the lessons and the assignments, there before the rest has arrived.

    python -m tools.desk WORDS…    starts JupyterLab at once; what lessons import arrives meanwhile (`make lab`)
    laid_out                       the folder that a learner sees, and where JupyterLab opens
    wait_for_arrival               what a kernel does first (see `jupyterlab/kernels`)

It needs nothing but Python's standard library, because it runs before anything else is there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from time import sleep

ROOT = Path(__file__).resolve().parents[1]
SHOWN = {"Lessons": "course", "Assignments": "release"}
FIRST = "00_start_here.ipynb"
HIDDEN = ["__pycache__", "*.pyc", "source", "src", "packages", "tests", "testing", "tools", "benchmarks", "autograded", "build", "docs",
          "*.lock", "*.toml", "*.py", "environment.yml", "Makefile"]
FOR_INSTRUCTORS = ("create-assignment", "course-list", "formgrader", "menu")
COMING = ROOT / "build" / "coming.txt"  # what the installation says; the process that does it holds it locked
GIVES_WAY = ("nice", "-n", "10")  # to JupyterLab and to the learner
FIRST_IMPORTS = "import ipykernel.kernelapp, matplotlib.pyplot, autoimmune.widgets.explorer, autoimmune.widgets.tissue"


def laid_out(root: Path) -> tuple[str, str]:
    """The folder that a learner sees, with names that say what is in it, and the address of the first lesson.

    Where the system makes no links (Windows without developer mode) it is the course's own folder.
    """
    desk = root / "build" / "desk"
    try:
        desk.mkdir(parents=True, exist_ok=True)
        for name, folder in SHOWN.items():
            if not (desk / name).is_symlink():
                (desk / name).symlink_to(root / folder, target_is_directory=True)
    except OSError:
        return str(root), f"/lab/tree/{SHOWN['Lessons']}/{FIRST}"
    return str(desk), f"/lab/tree/Lessons/{FIRST}"


def without_instructors_tools(handler, page_config: dict) -> dict:
    """JupyterLab's page without what nbgrader adds for instructors, which is there where the tests' packages are."""
    page_config["disabledExtensions"] = [*page_config.get("disabledExtensions", []), *(f"@jupyter/nbgrader:{name}" for name in FOR_INSTRUCTORS)]
    return page_config


# -- what lessons import arrives while the learner reads ---------------------------------------------------------------


def bring(uv: str) -> subprocess.Popen:
    """Begin to install what lessons import, behind everything else; the file COMING is locked until that has ended."""
    import fcntl

    COMING.parent.mkdir(exist_ok=True)
    with open(COMING, "w") as said:
        fcntl.flock(said, fcntl.LOCK_EX)  # the lock goes with the descriptor to the process that writes there
        return subprocess.Popen([*GIVES_WAY, uv, "sync", "--frozen", "--inexact"], cwd=ROOT, stdout=said, stderr=said)


def settle(coming: subprocess.Popen, port: str) -> None:
    """Once all is there and JupyterLab answers, compile what a first lesson loads, by loading it."""
    coming.wait()
    while not answers(port):
        sleep(0.2)
    subprocess.run([*GIVES_WAY, sys.executable, "-c", FIRST_IMPORTS], cwd=ROOT, stderr=subprocess.DEVNULL, check=False)


def answers(port: str) -> bool:
    """Whether JupyterLab answers."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5).close()
    except OSError:
        return False
    return True


def wait_for_arrival(coming: Path | None = None) -> None:
    """Return once what lessons import is there, or will not come; `coming` is another course's COMING."""
    import fcntl

    if (coming := coming or COMING).exists():
        with open(coming) as said:
            fcntl.flock(said, fcntl.LOCK_SH)


class Absent:
    """The last of Python's finders: it says why what a lesson imports is not there, and what to do."""

    names = ("autoimmune", "safegrade_check", "matplotlib", "numpy", "pandas", "scipy")

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name in self.names:
            said = COMING.read_text(errors="replace").strip().splitlines() if COMING.exists() else []
            reason = f": {said[-1].strip()}" if said else "."
            raise ModuleNotFoundError(f"{name} could not be installed{reason}\nRun `make lab` again once the network is there. It goes on where it stopped.", name=name)


# -- JupyterLab --------------------------------------------------------------------------------------------------------


def main(words: list[str]) -> int:
    """Start JupyterLab with these words; gives its exit code."""
    port = next((word.partition("=")[2] for word in words if word.startswith("--port=")), "8888")
    threading.Thread(target=settle, args=(bring(os.environ["UV"]), port), daemon=True).start()
    command = [sys.executable, "-m", "jupyterlab", f"--config={ROOT / 'jupyter_lab_config.py'}", *words]
    places = [str(ROOT / "tools" / "jupyterlab"), os.environ.get("JUPYTER_PATH", "")]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"JUPYTER_PATH": os.pathsep.join(filter(None, places))})
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:  # JupyterLab asks whether it was meant
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
