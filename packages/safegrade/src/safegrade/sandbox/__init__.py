"""bubblewrap: the sandbox in which the warm process lives, and whether this machine can make one.

    warm           warm processes, and the forks that they give
    ahead          forks made ahead of their need
    provisioner    a fork as a kernel that Jupyter starts
    cgroup         memory of a fork as the Linux kernel counts it, where it does
    bounded        a process with limits, for work on learners' bytes
    doctor         what protects this machine

    command        the command line
    apart          Refused, where a folder of Python's holds what learners may not see
    check          Refused, with the reason and the remedy, where bubblewrap does not run
    compiled       Python's packages compiled, so that no process in the sandbox, where nothing can be kept, does it anew
"""

from __future__ import annotations

import compileall
import logging
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

from safegrade.inside import namespaces

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/alternatives")
QUIET = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1",
         "MPLBACKEND": "module://matplotlib_inline.backend_inline", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
         "PYDEVD_DISABLE_FILE_VALIDATION": "1", "NBGRADER_EXECUTION": "autograde"}
NOBODY = 65534
UNSHARE = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
AS_NOBODY = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
BECOME_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
# What a fork does in the sandbox, where a container may allow the first step and not the second.
TRIAL = ("--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--", "unshare", "--user", "--mount", "--pid", "--net", "--ipc", "--uts", "true")
KEPT = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "TZ")  # what the machine needs to compute right


FEW = 50  # modules that may be without a compiled file: one's own that has just changed


class Refused(RuntimeError):
    """Nothing is run, because it could not be run safely; the message says why and what helps."""


@cache
def importable() -> tuple[str, ...]:
    """What this Python can import wherever it is started: nothing of the folder it runs in, of a script's or PYTHONPATH's."""
    listed = subprocess.run([sys.executable, "-I", "-c", "import sys; print(*sys.path, sep='\\n')"], check=True, capture_output=True, text=True)
    return (*listed.stdout.splitlines(), str(Path(__file__).parents[2]))


def python_folders() -> list[Path]:
    """The folders that hold this Python and what it can import."""
    paths = [Path(sys.prefix), Path(sys.base_prefix), Path(sysconfig.get_path("stdlib")), *map(Path, importable())]
    real = {path.absolute() for path in paths if path.is_absolute() and path.exists()} - {Path("/")}
    roots = {path for path in real if not any(path != other and path.is_relative_to(other) for other in real)}
    return sorted(roots | {Path(sys.executable).resolve().parents[1]})


def apart(*secret: Path) -> None:
    """Refused where one of these folders or files would be readable in the sandbox: in a folder of Python's, or around one."""
    seen = {folder.resolve() for folder in [*python_folders(), *map(Path, SYSTEM)] if folder.exists()}
    for path in (path.resolve() for path in secret):
        if shown := next((folder for folder in sorted(seen) if path.is_relative_to(folder) or folder.is_relative_to(path)), None):
            raise Refused(f"learners' code could read {path}, because this Python imports from {shown}. Move the course, or take that folder off "
                          "the path: a .pth file or an editable install in site-packages names it")


def command(run: Path, python: list[str]) -> list[str]:
    """bubblewrap's command line for `python` with the folder `run` shared and nothing else that can be written."""
    folders = [path for path in python_folders() if not path.is_relative_to("/usr")]
    above = sorted({parent for path in (*folders, run) for parent in path.parents} - {Path("/")})
    binds = [word for path in above for word in ("--perms", "0755", "--dir", str(path))]
    binds += [word for path in SYSTEM for word in ("--ro-bind-try", path, path)]
    binds += [word for path in folders for word in ("--ro-bind", str(path), str(path))]
    environment = QUIET | {name: os.environ[name] for name in KEPT if name in os.environ}
    environment |= {"HOME": "/home/learner", "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "MPLCONFIGDIR": "/home/learner/.mpl"}
    sets = [word for name, value in environment.items() for word in ("--setenv", name, value)]
    return ["bwrap", *UNSHARE, *(AS_NOBODY if as_nobody() else ["--unshare-user"]), "--die-with-parent", "--new-session", "--clearenv",
            *sets, "--proc", "/proc", "--dev", "/dev", "--perms", "0777", "--tmpfs", "/tmp", "--perms", "0777", "--tmpfs", "/home/learner", *binds,
            "--bind", str(run), str(run), "--remount-ro", "/", "--remount-ro", "/dev", "--chdir", "/home/learner", "--",
            *(BECOME_NOBODY if as_nobody() else []), *python]


@cache
def as_nobody() -> bool:
    """Whether the sandbox is entered as another user: for root the Linux kernel counts no processes, so a fork bomb would go through."""
    if os.geteuid():
        return False
    trial = ["bwrap", *UNSHARE, *AS_NOBODY, "--ro-bind", "/", "/", "--", *BECOME_NOBODY, "unshare", "--user", "true"]
    return subprocess.run(trial, check=False, capture_output=True).returncode == 0


def hand_over(*paths: Path) -> None:
    """Give what the sandbox shares with the marking side to the user inside."""
    if as_nobody():
        for path in paths:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


@cache
def check() -> None:
    """Refused where bubblewrap is missing or may not make its namespaces."""
    if not sys.platform.startswith("linux"):
        raise Refused(f"safegrade runs learners' code in bubblewrap, which needs Linux; this is {sys.platform}. "
                      "Mark on Linux, or in a Linux container or WSL.")
    if platform.machine() not in namespaces.REFUSED:
        raise Refused(f"there is no filter of system calls for {platform.machine()}, so learners' code would have all of them. Mark on "
                      f"{' or '.join(namespaces.REFUSED)}")
    if shutil.which("bwrap") is None:
        raise Refused("bubblewrap is missing, so learners' code cannot be run safely. Install it: sudo apt-get install bubblewrap")
    tried = subprocess.run(["bwrap", *UNSHARE, "--unshare-user", *TRIAL], check=False, capture_output=True, text=True)
    if tried.returncode:
        raise Refused(f"bubblewrap cannot make its namespaces here: {tried.stderr.strip()}. Unprivileged user namespaces may be "
                      "switched off: sudo sysctl -w kernel.unprivileged_userns_clone=1 (Debian), "
                      "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu). A container has to allow them, and a /proc of one's own: "
                      "docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined")


def compiled() -> None:
    """Compile the packages of this Python, and say so, unless that is done: the sandbox would do it anew at each start, for minutes.

    Refused where they can be compiled by nobody who marks.
    """
    if len(uncompiled()) <= FEW:
        return
    logging.getLogger("safegrade").warning("Python's packages in %s are not compiled, and are now, once.", ", ".join(map(str, packages())))
    for path in packages():
        compileall.compile_dir(path, quiet=2, workers=0)
    if len(left := uncompiled()) > FEW:
        raise Refused(f"{len(left)} modules are not compiled, such as {left[0]}, and cannot be from here, so that each start in the sandbox would "
                      f"take minutes. Let somebody who may write there run: {sys.executable} -m compileall {packages()[0]}")


def packages() -> list[Path]:
    """The folders of installed packages."""
    return [path for path in map(Path, importable()) if path.name in ("site-packages", "dist-packages") and path.is_dir()]


def uncompiled() -> list[Path]:
    """The files of installed modules that this process has loaded and that have no compiled file beside them."""
    files = {Path(module.__file__) for module in [*sys.modules.values()] if str(getattr(module, "__file__", None)).endswith(".py")}
    installed = (path for path in files if any(path.is_relative_to(folder) for folder in packages()))
    return sorted(path for path in installed if path.exists() and not Path(cache_from_source(str(path))).exists())
