"""A memory cgroup for each fork, where this machine lets us make one (cgroup v2, given to this user or to root).

    found      where such cgroups can be made, or why they cannot; tried once
    Groups     those of one warm process
    Group      one fork's: its limit, and descriptors to enter it and to hear what the Linux kernel has ended in it

A cgroup counts what the warden cannot see: files in memory, buffers of sockets and pipes, what the Linux kernel keeps for a process.
A process enters by writing to a descriptor that was opened out here, because in the sandbox there are no cgroups.
Where there is none the warden's own sums hold alone, with a disk in memory of a bounded size.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from safegrade import sandbox

NAME = re.compile(r"safegrade-(\d+)-\w+")


class Found(NamedTuple):
    """A cgroup in which others can be made, or none and why."""

    place: Path | None
    why: str = ""


@cache
def found() -> Found:
    """Where this process can make memory cgroups, tried with one."""
    return looked_for(Path("/proc/self/cgroup").read_text(), Path("/proc/self/mountinfo").read_text(), enters)


def looked_for(cgroup: str, mountinfo: str, enters: Callable[[Group], bool]) -> Found:
    """The nearest cgroup around this process in which it can make others that know memory, from what /proc says of it."""
    own = next((line[3:] for line in cgroup.splitlines() if line.startswith("0::")), None)
    mount = mounted(mountinfo)
    if own is None or mount is None:
        return Found(None, "cgroup v2 is not mounted")
    root, point = mount
    if not Path(own).is_relative_to(root):
        return Found(None, "this process's cgroup is not among those that are mounted")
    here = point / Path(own).relative_to(root)
    around = [path for path in (here, *here.parents) if path.is_relative_to(point)]
    knows = [path for path in around if "memory" in read(path / "cgroup.subtree_control").split()]
    if not knows:
        return Found(None, "no cgroup around this process hands memory on to those in it")
    mine = [path for path in knows if os.access(path, os.W_OK | os.X_OK) and os.access(path / "cgroup.procs", os.W_OK)]
    if not mine:
        return Found(None, f"{knows[0]} belongs to somebody else, or cannot be written")
    return tried(mine[0], enters)


def tried(place: Path, enters: Callable[[Group], bool]) -> Found:
    """A place, if a cgroup can be made there and a process in a sandbox can enter it."""
    try:
        group = Group(place, 64 << 20)
    except OSError as error:
        return Found(None, f"no cgroup can be made in {place}: {error.strerror}")
    try:
        return Found(place) if enters(group) else Found(None, f"a process in the sandbox cannot enter a cgroup of {place}")
    finally:
        group.close()
        group.gone()


def mounted(mountinfo: str) -> tuple[str, Path] | None:
    """The cgroup that is the root of the mounted ones, and where they are mounted."""
    for line in mountinfo.splitlines():
        fields, _, kind = line.partition(" - ")
        if kind.startswith("cgroup2 "):
            root, point = fields.split()[3:5]
            return root, Path(point)
    return None


def read(path: Path) -> str:
    """What a file holds, or nothing."""
    with suppress(OSError):
        return path.read_text()
    return ""


def enters(group: Group) -> bool:
    """Whether a process in a sandbox can enter a cgroup."""
    enter = group.descriptors[0]
    command = ["bwrap", *sandbox.UNSHARE, "--unshare-user", "--ro-bind", "/", "/", "sh", "-c", f"echo 0 >&{enter}"]
    return subprocess.run(command, check=False, capture_output=True, pass_fds=[enter]).returncode == 0


class Group:
    """A cgroup in `place` whose processes have so many bytes of memory together; all of them end where they want more."""

    def __init__(self, place: Path, memory: int):
        self.path = place / f"safegrade-{os.getpid()}-{secrets.token_hex(8)}"
        self.path.mkdir()
        (self.path / "memory.max").write_text(str(memory))
        for name, value in (("memory.swap.max", "0"), ("memory.oom.group", "1")):
            with suppress(OSError):  # a machine without swap has no such file
                (self.path / name).write_text(value)
        self.descriptors = [os.open(self.path / "cgroup.procs", os.O_WRONLY), os.open(self.path / "memory.events", os.O_RDONLY)]

    def close(self) -> None:
        """End what is in it."""
        for each in self.descriptors:
            os.close(each)
        self.descriptors = []
        with suppress(OSError):  # Linux before 5.14 has no such file, and the warden has ended them
            (self.path / "cgroup.kill").write_text("1")

    def gone(self) -> bool:
        """Remove it; whether it could be, because nothing is in it any more."""
        with suppress(OSError):
            self.path.rmdir()
        return not self.path.exists()


class Groups:
    """The cgroups of one warm process, where there can be any."""

    def __init__(self, place: Path | None):
        self.place = place
        self.closed: deque[Group] = deque()
        self.sweep()

    def make(self, memory: int) -> Group | None:
        """A cgroup for a fork, if there can be one; those that are over are removed first."""
        self.remove()
        with suppress(OSError):  # the limits of the warden hold without one
            return Group(self.place, memory) if self.place else None
        return None

    def close(self, group: Group) -> None:
        """A fork is over; the last of its processes may need a moment to end."""
        group.close()
        self.closed.append(group)

    def remove(self) -> None:
        """Remove those that are over and empty."""
        for _ in range(len(self.closed)):
            if not (group := self.closed.popleft()).gone():
                self.closed.append(group)

    def sweep(self) -> None:
        """Remove those of markers that were killed before they could."""
        for path in self.place.glob("safegrade-*") if self.place else ():
            if (known := NAME.fullmatch(path.name)) and not Path("/proc", known[1]).exists():
                with suppress(OSError):
                    path.rmdir()
