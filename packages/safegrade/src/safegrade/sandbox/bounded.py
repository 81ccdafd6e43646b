"""Work on learners' bytes, in a process of its own that has limits: of time, memory, open files and what it may answer.

    Bounded       calls a function on plain data there; its answer is JSON
    Unfinished    it came to no end: time, memory, output, or a crash

Such a process makes ready what the function needs and waits. For each call it forks, which takes a thousandth of a second, and
the fork ends with the call. One that passes a limit is ended and costs nobody anything but that call. Its time is the
processor's, so a busy machine breaks off nothing; the time on the clock is bounded too, ten times as widely.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from safegrade.inside import namespaces
from safegrade.limits import MB
from safegrade.sandbox.warm import STARTER, Closing

HEAD = struct.Struct(">cQ")
DONE, FAILED = b"+", b"-"
OPEN_FILES, MOST_SAID, PIECE = 64, 128 * MB, 1 << 20
ON_THE_CLOCK = 10  # times the time of the processor
WHY = {
    "time": "it took longer than {seconds:g} seconds of the processor",
    "memory": "it took more than {megabytes:.0f} MB of memory",
    "output": "it gave more than {most:.0f} MB",
    "crash": "Python ended",
}


class Unfinished(RuntimeError):
    """A call that came to no end; `reason` is time, memory, output or crash, and the message says which limit it was."""

    def __init__(self, reason: str, words: str):
        super().__init__(words)
        self.reason = reason


class Bounded(Closing):
    """Calls a function in a process of its own, with `seconds` of the processor and `memory` bytes a call; from any thread.

    That function is what `make`, a function of a module, makes of `how` there, once. What goes there may be anything that can be
    pickled, because it comes from here; what is answered has to be JSON, because it comes from where learners' bytes were.
    """

    def __init__(self, make: Callable[..., Callable], how: tuple, seconds: float, memory: int):
        self.made, self.seconds, self.memory, self.lock = pickle.dumps((make, how)), seconds, memory, threading.Lock()
        self.process: subprocess.Popen | None = None
        self.start()

    def start(self) -> None:
        """Start the process; nobody waits for what it imports."""
        self.link, theirs = socket.socketpair()
        paths = os.pathsep.join(filter(None, sys.path))  # it finds the modules that this process does, and none in the working folder
        self.process = STARTER.submit(subprocess.Popen, [sys.executable, "-P", "-m", "safegrade.sandbox.bounded", str(theirs.fileno())], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()], process_group=0, env=os.environ | {"PYTHONPATH": paths}).result()
        theirs.close()
        say(self.link, DONE, self.made)

    def __call__(self, *given: Any) -> Any:
        """The function's answer; Unfinished where it has none."""
        with self.lock:
            try:
                say(self.link, DONE, pickle.dumps((self.seconds, self.memory, given)))
                kind, said = hear(self.link)
            except (OSError, EOFError):  # a machine that is short of memory ends what it likes
                self.close()
                self.start()
                raise Unfinished("crash", "the process for it ended; run the same command again") from None
        if kind == DONE:
            return json.loads(said)
        reason, _, words = said.decode(errors="replace").partition(": ")
        limits = {"seconds": self.seconds, "megabytes": self.memory / MB, "most": MOST_SAID / MB}
        raise Unfinished(reason, ": ".join(filter(None, [WHY[reason].format(**limits), words])))

    def close(self) -> None:
        """End the process and its fork."""
        self.link.close()
        self.process.kill()
        self.process.wait()


def say(link: socket.socket, kind: bytes, content: bytes) -> None:
    """Send a message with its kind and its size before it."""
    link.sendall(HEAD.pack(kind, len(content)))
    link.sendall(content)


def hear(link: socket.socket) -> tuple[bytes, bytes]:
    """The next message; EOFError when the other end is closed."""
    kind, size = HEAD.unpack(exactly(link, HEAD.size))
    return kind, exactly(link, size)


def exactly(link: socket.socket, size: int) -> bytes:
    """So many bytes; EOFError when the other end is closed."""
    parts = bytearray()
    while len(parts) < size:
        part = link.recv(min(size - len(parts), PIECE))
        if not part:
            raise EOFError("the other end is closed")
        parts += part
    return bytes(parts)


# -- the process -------------------------------------------------------------------------------------------------------


def main(descriptor: int) -> None:
    """Answer calls until the other end closes."""
    die_with_parent()
    link = socket.socket(fileno=descriptor)
    make, how = pickle.loads(hear(link)[1])
    act = make(*how)
    with suppress(EOFError):
        while True:
            seconds, memory, given = pickle.loads(hear(link)[1])
            say(link, *answered(partial(act, *given), seconds, memory, link))


def die_with_parent() -> None:
    """End when the process that has started this one ends in whatever way."""
    if sys.platform.startswith("linux"):
        namespaces.LIBC.prctl(namespaces.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def answered(act: Callable[[], Any], seconds: float, memory: int, link: socket.socket) -> tuple[bytes, bytes]:
    """What a fork answers within its limits, or why there is nothing."""
    mine, theirs = os.pipe()
    fork = os.fork()
    if not fork:
        link.close()
        os.close(mine)
        act_within(act, seconds, memory, theirs)
    os.close(theirs)
    try:
        said = read_until(mine, time.monotonic() + ON_THE_CLOCK * seconds)
    finally:
        os.close(mine)
        os.kill(fork, signal.SIGKILL)
        _, status = os.waitpid(fork, 0)
    if isinstance(said, str):
        return FAILED, said.encode()
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGPROF, signal.SIGXCPU):
        return FAILED, b"time"
    return (said[:1], said[1:-1]) if said[:1] in (DONE, FAILED) and said[-1:] == b"\n" else (FAILED, b"crash")


def read_until(pipe: int, until: float) -> bytes | str:
    """All that comes through a pipe, or the reason why no more of it is read."""
    said = bytearray()
    while select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
        piece = os.read(pipe, PIECE)
        if not piece:
            return bytes(said)
        said += piece
        if len(said) > MOST_SAID:
            return "output"
    return "time"


def act_within(act: Callable[[], Any], seconds: float, memory: int, theirs: int) -> None:
    """In a fork: act, answer, and end."""
    try:
        die_with_parent()
        limit(seconds, memory)
        said = DONE + json.dumps(act()).encode()
    except MemoryError:
        said = FAILED + b"memory"
    except BaseException as error:  # noqa: BLE001 (whatever it was, it is told)
        said = FAILED + f"crash: {type(error).__name__}: {str(error)[:1000]}".encode("utf-8", "replace")
    with suppress(BaseException):
        with open(theirs, "wb") as pipe:
            pipe.write(said + b"\n")  # its end, which a fork that was ended has not said
        os._exit(0)
    os._exit(1)


def limit(seconds: float, memory: int) -> None:
    """This process's limits for good. A timer counts the processor's time from here; its limit knows whole seconds only."""
    most = math.ceil(seconds) + 1
    for what, least in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_NOFILE, OPEN_FILES), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        least = least if hard == resource.RLIM_INFINITY else min(least, hard)
        resource.setrlimit(what, (least, least))
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 5))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]))
