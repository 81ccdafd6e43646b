"""bubblewrap: the sandbox in which the warm process lives, and whether this machine can make one.

    command        the command line
    check          Refused, with the reason and the remedy, where bubblewrap does not run
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/alternatives")
QUIET = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1",
         "MPLBACKEND": "module://matplotlib_inline.backend_inline", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
         "PYDEVD_DISABLE_FILE_VALIDATION": "1", "NBGRADER_EXECUTION": "autograde"}
KEPT = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "TZ")  # what the machine needs to compute right


class Refused(RuntimeError):
    """Nothing is run, because it could not be run safely; the message says why and what helps."""


def python_folders() -> list[Path]:
    """The folders that hold this Python and what it can import, but not the folder that it is run in."""
    paths = [Path(sys.prefix), Path(sys.base_prefix), Path(sysconfig.get_path("stdlib")), *map(Path, sys.path)]
    real = {path.absolute() for path in paths if path.is_absolute() and path.exists()} - {Path.cwd(), Path("/")}
    roots = {path for path in real if not any(path != other and path.is_relative_to(other) for other in real)}
    return sorted(roots | {Path(sys.executable).resolve().parents[1]})


def command(run: Path, python: list[str]) -> list[str]:
    """bubblewrap's command line for `python` with the folder `run` shared and nothing else that can be written."""
    binds = [word for path in SYSTEM for word in ("--ro-bind-try", path, path)]
    binds += [word for path in python_folders() if not str(path).startswith("/usr") for word in ("--ro-bind", str(path), str(path))]
    environment = QUIET | {name: os.environ[name] for name in KEPT if name in os.environ}
    environment |= {"HOME": "/home/learner", "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "MPLCONFIGDIR": "/home/learner/.mpl"}
    sets = [word for name, value in environment.items() for word in ("--setenv", name, value)]
    empty = [word for path in ("/tmp", "/home/learner", "/run") for word in ("--tmpfs", path)]  # before Python, which may lie in one
    return ["bwrap", "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--clearenv", *sets, *empty, *binds,
            "--proc", "/proc", "--dev", "/dev", "--bind", str(run), str(run), "--chdir", "/home/learner", "--", *python]


@cache
def check() -> None:
    """Refused where bubblewrap is missing or may not make its namespaces."""
    if not sys.platform.startswith("linux"):
        raise Refused(f"safegrade runs learners' code in bubblewrap, which needs Linux; this is {sys.platform}. "
                      "Mark on Linux, or in a Linux container or WSL.")
    if shutil.which("bwrap") is None:
        raise Refused("bubblewrap is missing, so learners' code cannot be run safely. Install it: sudo apt-get install bubblewrap")
    tried = subprocess.run(["bwrap", "--unshare-all", "--unshare-user", "--ro-bind", "/", "/", "true"], check=False, capture_output=True, text=True)
    if tried.returncode:
        raise Refused(f"bubblewrap cannot make its namespaces here: {tried.stderr.strip()}. Unprivileged user namespaces may be "
                      "switched off: sudo sysctl -w kernel.unprivileged_userns_clone=1 (Debian), "
                      "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu)")
