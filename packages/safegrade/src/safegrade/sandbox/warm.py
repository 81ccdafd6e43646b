"""Warm processes, one a role, and the forks that they give.

    Warm       a bubblewrap sandbox with a Python that has imported what an assignment imports
    Fork       the marking side's hold on one fork: messages, its end, its folder
    Closing    what is closed at the end of its `with`
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from functools import cached_property, partial
from pathlib import Path

from safegrade import sandbox
from safegrade.inside import wire
from safegrade.limits import Limits
from safegrade.sandbox import cgroup

STARTER = ThreadPoolExecutor(1)  # bubblewrap ends when the thread that has started it does, and this one stays
LONGEST_PLACE = 107 - len("/safegrade-12345678/1234567890123/k-1-inside")  # bytes of a path; a socket's has at most 107


class Closing(AbstractContextManager):
    """What is closed at the end of its `with`."""

    def __exit__(self, *error: object) -> None:
        self.close()


class Fork:
    """One fork, with a link to its warden and perhaps a line to its kernel. Letting go of it (`close`) ends every process in it."""

    def __init__(self, folder: Path, link: socket.socket, line: socket.socket | None = None, over: Callable[[], object] = lambda: None):
        self.folder, self.link, self.line, self.reason, self.began, self.over = folder, link, line, "", time.monotonic(), over

    def send(self, message: dict) -> None:
        wire.send(self.link, message)

    def receive(self, seconds: float) -> dict:
        """The next message: TimeoutError after `seconds`, EOFError when the fork has ended (`reason` says why)."""
        self.link.settimeout(max(seconds, 0.001))
        message = wire.json_message(self.link)
        if "end" in message:
            self.reason = message["end"] if not message.get("error") else f"{message['end']}: {message['error']}"
            raise EOFError(self.reason)
        return message

    def ended(self, seconds: float = 0.0) -> str:
        """Why the fork has ended, or nothing while it lives; waits up to `seconds` for its end."""
        if not self.reason:
            try:
                if not self.heard(seconds):
                    return ""
                self.receive(seconds)
            except TimeoutError:
                return ""
            except (EOFError, OSError, ValueError):
                self.reason = self.reason or "crash"
        return self.reason

    def heard(self, seconds: float) -> bool:
        """Whether there is something to receive, or there will be within `seconds`; ValueError once it is closed."""
        poll = select.poll()
        poll.register(self.link, select.POLLIN)
        return bool(poll.poll(1000 * seconds))

    def close(self) -> None:
        for each in filter(None, (self.link, self.line)):
            each.close()
        self.over()
        self.over = lambda: None
        shutil.rmtree(self.folder, ignore_errors=True)


def own_folder() -> tuple[Path, int]:
    """A new folder and the descriptor that holds it locked while this process lives; it has its name once it is locked."""
    made = Path(tempfile.mkdtemp(prefix=".safegrade-new-", dir=place()))
    hold = os.open(made, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(hold, fcntl.LOCK_EX)
    return made.rename(made.with_name(made.name.replace(".safegrade-new-", "safegrade-"))), hold


def place() -> Path:
    """Where folders are made: the usual place, or /tmp where that has so long a name that a socket in it could have none."""
    usual = Path(tempfile.gettempdir())
    return usual if len(os.fsencode(usual)) <= LONGEST_PLACE else Path("/tmp")


def sweep() -> None:
    """Remove the folders of processes that were killed before they could: nobody holds them locked."""
    for folder in place().glob("safegrade-????????"):
        with suppress(OSError):
            hold = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(hold)


class Warm(Closing):
    """The warm process of one role, "kernel" or "examiner".

    Before anything is forked `imports` are loaded, and the cells `given` are run for what libraries then keep. Where one of
    those is broken off, or leaves a thread, the process is started anew without them: a library that was half imported, or a
    lock that nobody opens, would be in every fork.
    `trusted` leaves the sandbox out: for one's own work only.
    """

    def __init__(self, role: str, imports: tuple[str, ...] = (), trusted: bool = False, given: list[str] | None = None,
                 limits: Limits | None = None):
        if not trusted:
            sandbox.check()
        self.limits = limits or Limits().paced()
        self.role, self.trusted, self.imports, self.given = role, trusted, list(imports), [] if trusted else given or []
        sweep()
        self.run, self.hold = own_folder()
        self.hand_over(self.run)
        self.lock = threading.Lock()
        self.groups = cgroup.Groups(None if trusted else cgroup.found().place)
        self.start()

    def start(self) -> None:
        """Start the process, and wait until it has imported everything."""
        self.link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "safegrade.inside.zygote", str(theirs.fileno())]
        if not self.trusted:
            command = sandbox.command(self.run, command)
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the process)
        self.process = STARTER.submit(subprocess.Popen, command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self.errors,
                                      pass_fds=[theirs.fileno()], process_group=0, env=os.environ | sandbox.QUIET).result()
        theirs.close()
        self.__dict__.pop("missing", None)  # of the process that stood here before
        try:
            wish = {"role": self.role, "imports": self.imports, "given": self.given, "seconds": self.limits.given_seconds}
            self.process.stdin.write(json.dumps(wish).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self.close()
            raise sandbox.Refused("the sandbox could not start: it ended at once. Try `bwrap --ro-bind / / true`, and whether the "
                                  "machine has memory left") from None
        self.link.settimeout(self.limits.import_seconds)

    def hand_over(self, *paths: Path) -> None:
        if not self.trusted:
            sandbox.hand_over(*paths)

    @cached_property
    def missing(self) -> list[str]:
        """What it could not import. Whoever asks waits until it has imported everything; several can start at a time."""
        return self.settled()

    def settled(self) -> list[str]:
        """Wait until the warm process has imported everything; what it could not import."""
        try:
            answer = self.link.recv(1 << 20)
        except TimeoutError:
            raise sandbox.Refused(
                f"what the assignment imports was not imported within {self.limits.import_seconds:g} seconds. Run the same command again "
                "when the machine is less busy, or allow more: limits={'import_seconds': 600} in install() of nbgrader_config.py, or "
                "SAFEGRADE_PACE=4 for four times as much of everything") from None
        if not answer:
            self.errors.seek(0)
            raise sandbox.Refused(f"the sandbox could not start: {self.errors.read().decode(errors='replace')[-2000:]}. Where it says "
                                  "nothing, the machine may have been short of memory: run the same command again with --workers 1")
        answer = json.loads(answer)
        if (answer["threads"] > 1 or answer.get("broken")) and self.given:
            self.given = []
            self.stop()
            self.start()
            return self.settled()
        return answer["missing"]

    def load(self, modules: list[str]) -> None:
        """Import more modules; forks made from now on have them."""
        with self.lock:
            modules = [name for name in modules if name not in self.imports]
            if not modules:
                return
            self.missing  # noqa: B018 (it is ready then)
            self.link.sendall(json.dumps({"imports": modules}).encode())
            self.settled()
            self.imports += modules

    def fork(self, limits: Limits, files: dict[str, bytes] | None = None, connection: str = "", line: bool = False) -> Fork:
        """A fork with an empty home that holds `files`; a kernel reads its connection file from its own folder.

        With a `line` that kernel answers the marking side over one of its own (see `inside.line`), and not over Jupyter's channels.
        """
        folder = self.run / (Path(connection).parent.name if connection else secrets.token_hex(8))
        folder.mkdir(exist_ok=True)
        self.hand_over(folder, *folder.iterdir())
        pairs = [socket.socketpair() for _ in range(1 + line)]
        group = self.groups.make(limits.memory)
        request = {"role": self.role, "trusted": self.trusted, "run": str(self.run), "mine": str(folder), "limits": limits.inside(),
                   "connection": connection, "group": group is not None}
        with self.lock:
            if self.process.poll() is not None:  # a machine that is short of memory ends what it likes
                self.stop()
                self.start()
            self.missing  # noqa: B018 (it is ready then)
            socket.send_fds(self.link, [json.dumps(request).encode()], [*(theirs.fileno() for _, theirs in pairs), *(group.descriptors if group else ())])
        for _, theirs in pairs:
            theirs.close()
        lines = [mine for mine, _ in pairs]
        fork = Fork(folder, lines[0], lines[1] if line else None, partial(self.groups.close, group) if group else lambda: None)
        fork.send({"files": {name: content.hex() for name, content in (files or {}).items()}})
        return fork

    def close(self) -> None:
        """End the warm process and every fork of it."""
        self.stop()
        shutil.rmtree(self.run, ignore_errors=True)
        os.close(self.hold)

    def stop(self) -> None:
        self.link.close()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)  # bubblewrap's child too, which waits for ever if it has just begun
        self.process.wait()
        with suppress(BrokenPipeError):  # it has ended before it heard everything
            self.process.stdin.close()
        self.errors.close()
        self.groups.remove()
