"""Watches one fork from outside its namespaces, and ends everything in it when a limit is passed.

The kernel's own limits (`namespaces.limit`) are for one process each. The warden adds up what all processes of the
fork hold, ends them through the first one of their pid namespace, and says why on the fork's socket:

    {"end": "memory"}        one of: memory, processes, time (CPU), output, crash, closed
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from safegrade.inside import namespaces, relay
from safegrade.inside.wire import json_message, send

LOOK = 0.05  # seconds between two looks
SOCKET, FEW = 212_992, 8  # bytes of a socket's buffer; connections that are not looked at
TCP = ("/proc/self/net/tcp", "/proc/self/net/tcp6")
PAGE = os.sysconf("SC_PAGESIZE")
TICK = os.sysconf("SC_CLK_TCK")


def guard(request: dict, group: list[int], link: socket.socket, line: socket.socket | None = None) -> None:
    """Start the fork that `request` describes, watch it to its end, and leave this process.

    `link` is the marking side's to this process, and `line` one to the kernel. `group` is empty, or holds descriptors to enter
    a memory cgroup and to hear what was ended in it.
    """
    code, first, kernels, outer = 70, 0, {}, {}
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        files = json_message(link)["files"]
        namespaces.check(namespaces.LIBC.prctl(namespaces.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "die with the parent")
        if not request["trusted"]:
            namespaces.unshare_all()
        if request["connection"]:
            kernels, outer = relay.listening(request["connection"])
        first = os.fork()
        if first == 0:
            for each in outer.values():
                each.close()
            live(request, group, link, files, kernels, line)
        for each in filter(None, (*kernels.values(), line)):
            each.close()
        between = relay.Relay(outer, request["limits"]["said"], link)
        reason = watch(first, request["limits"], between, unlimited if request["trusted"] else passed, group)
        with contextlib.suppress(OSError):
            send(link, {"end": reason})
        code = 0
    except BaseException as error:  # noqa: BLE001 (what went wrong is for the marking side to say)
        with contextlib.suppress(OSError):
            send(link, {"end": "crash", "error": f"{type(error).__name__}: {error}"})
    finally:
        if code and first:  # nobody would watch it
            with contextlib.suppress(OSError):
                os.kill(first, signal.SIGKILL)
        os._exit(code)


def live(request: dict, group: list[int], link: socket.socket, files: dict[str, str], listening: dict[int, socket.socket],
         line: socket.socket | None) -> None:
    """The first process of the new pid namespace: make its world, then be a kernel or an examiner."""
    code = 1
    try:
        namespaces.own_session()
        namespaces.die_with_warden()
        enter(group)
        content = {name: bytes.fromhex(text) for name, text in files.items()}
        if request["trusted"]:
            namespaces.work_in(f"{request['mine']}/work", content)
        else:
            namespaces.loopback_up()
            namespaces.own_files(request["run"], request["mine"], request["limits"]["disk"])
            namespaces.work_in(f"{namespaces.HOME}/work", content)
            namespaces.limit(request["limits"])
            namespaces.drop_rights()
        seed_anew()
        if request["role"] == "kernel":
            from safegrade.inside import kernel

            link.close()  # over this one a learner's code could say why it has ended
            kernel.run(request["connection"], listening, line)
        else:
            from safegrade.inside import examiner

            examiner.run(link)
        code = 0
    except BaseException as error:  # noqa: BLE001
        with contextlib.suppress(OSError):
            send(link, {"end": "crash", "error": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(code)


def enter(group: list[int]) -> None:
    """Enter a memory cgroup, where there is one, and let go of it."""
    if group:
        os.write(group[0], b"0")
    for each in group:
        os.close(each)


def seed_anew() -> None:
    """Each fork draws random numbers of its own, as each kernel that starts by itself does."""
    import random
    import sys

    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def watch(first: int, limits: dict, between: relay.Relay, passed: Callable[[dict], str], group: list[int] = ()) -> str:
    """Wait for the end of a fork, or bring it about; the reason. Meanwhile what it says is passed on."""
    until, look = time.monotonic() + limits["notebook_seconds"], 0.0
    while True:
        closed = between.turn(LOOK)
        if not closed and not between.full and time.monotonic() < look:
            continue
        look = time.monotonic() + LOOK
        ended, status = os.waitpid(first, os.WNOHANG)
        if ended:
            return "time" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU else "memory" if ended_for_memory(group) else "crash"
        reason = "output" if between.full else "closed" if closed else "time" if time.monotonic() > until else passed(limits)
        if reason:
            end(first, limited=passed is not unlimited)
            return reason


def ended_for_memory(group: list[int]) -> bool:
    """Whether the Linux kernel has ended a process of a memory cgroup because it wanted more than there is."""
    events = dict(line.split() for line in os.pread(group[1], 4096, 0).decode().splitlines()) if group else {}
    return int(events.get("oom_kill", 0)) > 0


def end(first: int, limited: bool) -> None:
    """End every process of a fork.

    The end of the first one ends all, but among the many of a fork bomb it is long in coming; a process that has been
    told to end makes no more of them.
    """
    os.kill(first, signal.SIGKILL)
    gone = os.pidfd_open(first)
    while not select.select([gone], [], [], LOOK)[0]:
        for process in members() if limited else ():
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
    os.close(gone)
    os.waitpid(first, 0)


def unlimited(limits: dict) -> str:
    return ""


def passed(limits: dict) -> str:
    """The limit that the processes of this fork pass together, or nothing."""
    mine = family(limits["processes"])
    if sum(each.threads for each in mine) > limits["processes"]:
        return "processes"
    left = limits["memory"] - in_sockets()
    if sum(each.memory for each in mine) > left and sum(shared_out(each) for each in mine) > left:
        return "memory"
    return "time" if sum(each.seconds for each in mine) > limits["cpu_seconds"] else ""


class Process(NamedTuple):
    """A process and what it uses: threads, bytes of memory, seconds of the processor."""

    number: int
    threads: int
    memory: int
    seconds: float


def family(most: int) -> list[Process]:
    """The processes in the namespace that this process made, up to `most` + 1."""
    found = []
    for process in members():
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            found.append(Process(process, int(fields[17]), int(fields[21]) * PAGE, (int(fields[11]) + int(fields[12])) / TICK))
            if len(found) > most:
                break
    return found


def shared_out(process: Process) -> int:
    """Bytes of a process's memory, where pages that several share count once among them; slow to find out."""
    try:
        lines = Path(f"/proc/{process.number}/smaps_rollup").read_text().splitlines()
    except OSError:
        return process.memory
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), process.memory)


def in_sockets() -> int:
    """The most bytes that sockets of the network of this process and its fork can hold; no process is seen to hold them.

    TCP makes its buffers larger by itself, so there it is asked what waits in them; half of what is held is not what was sent.
    """
    try:
        counts = dict(line.split(": ", 1) for line in Path("/proc/self/net/sockstat").read_text().splitlines())
        held = int(counts["sockets"].split()[1]) * SOCKET
        return held + (sum(map(queued, TCP)) if int(counts["TCP"].split()[1]) > FEW else 0)
    except (OSError, LookupError, ValueError):
        return 0


def queued(path: str) -> int:
    """Bytes that the sockets in one of the Linux kernel's lists have in their queues, twice."""
    with contextlib.suppress(OSError):
        queues = [line.split()[4] for line in Path(path).read_text().splitlines()[1:]]
        return 2 * sum(int(size, 16) for each in queues for size in each.split(":"))
    return 0


def members() -> Iterator[int]:
    """The processes in the namespace that this process made."""
    children = os.readlink("/proc/self/ns/pid_for_children")
    for entry in os.scandir("/proc"):
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and os.readlink(f"/proc/{entry.name}/ns/pid") == children:
                yield int(entry.name)
