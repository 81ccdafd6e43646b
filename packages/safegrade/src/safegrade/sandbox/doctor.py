"""`safegrade doctor`: what protects this machine from learners' code, and what is missing.

    told    a line for each protection, and whether anything can be marked here
"""

from __future__ import annotations

import platform
import subprocess

from safegrade import sandbox
from safegrade.pace import pace
from safegrade.sandbox import cgroup


def told() -> tuple[list[str], bool]:
    """What holds on this machine, in words; and whether anything is marked here."""
    try:
        sandbox.check()
    except sandbox.Refused as error:
        return [f"nothing can be marked here: {error}"], False
    return [
        f"sandbox: {version()} makes its namespaces here",
        f"user: learners' code runs {'as nobody' if sandbox.as_nobody() else 'as the user who marks, in a user namespace'}, without rights",
        f"system calls: a filter for {platform.machine()}" + ("" if platform.machine() == "x86_64" else ", which was written from the tables and has not been run"),
        memory(cgroup.found()),
        f"limits of time: {pace():.1f} times those of a quick machine",
    ], True


def version() -> str:
    """bubblewrap's version, as it says it."""
    return subprocess.run(["bwrap", "--version"], check=True, capture_output=True, text=True).stdout.strip()


def memory(found: cgroup.Found) -> str:
    """How the memory of a submission is bounded."""
    if found.place:
        return f"memory: a cgroup for each submission, in {found.place}; files in memory and buffers of the system count too"
    return (f"memory: the sum of what a submission's processes hold is watched, and its files in memory have a size of their own. There is no memory "
            f"cgroup: {found.why}")
