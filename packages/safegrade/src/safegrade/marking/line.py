"""The marking side's end of its line to a learner's kernel (see `inside.line`).

    Line    sends requests; takes up what is said, and ends the fork where that is more than it may be
    Gone    the kernel ended, and why
"""

from __future__ import annotations

import select
import time
from collections.abc import Iterator

from safegrade.inside.line import HEAD, OUTPUT
from safegrade.inside.wire import message
from safegrade.limits import Limits
from safegrade.sandbox.warm import Fork

PIECE = 1 << 18
SHOWN, ANSWERED = "shown", "answered"  # what is said: by cells, and to requests


class Gone(Exception):
    """The kernel ended; `reason` is memory, processes, time, output or crash."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class Line:
    """The line to the kernel in `fork`. Bytes are counted as they arrive."""

    def __init__(self, fork: Fork, limits: Limits):
        self.fork, self.link, self.limits = fork, fork.line, limits
        self.said = {SHOWN: 0, ANSWERED: 0}
        self.most = {SHOWN: limits.output_in_all, ANSWERED: limits.answers}
        self.arrived = bytearray()
        self.link.setblocking(False)
        self.poll = select.poll()
        for each in (self.link, fork.link):
            self.poll.register(each, select.POLLIN)

    def allow(self) -> None:
        """Let a cell show as much as one may."""
        self.most[SHOWN] = min(self.said[SHOWN] + self.limits.output, self.limits.output_in_all)

    def send(self, request: dict) -> None:
        """Send a request; Gone when the kernel has ended or does not hear."""
        rest, until = memoryview(message(request)), time.monotonic() + self.limits.send_seconds
        while rest:
            try:
                rest = rest[self.link.send(rest):]
            except BlockingIOError:  # the kernel reads no further while it waits for us to listen
                self.poll.poll(10)
                self.listen()
            except OSError:
                raise self.gone(self.fork.ended(self.limits.end_seconds)) from None
            if time.monotonic() > until:
                raise self.gone("time")

    def messages(self, until: float) -> Iterator[tuple[int, bytes]]:
        """What has arrived, waiting for it at most until `until`: the number of its request, and its content.

        Gone when the kernel has ended or says more than it may.
        """
        if self.poll.poll(max(0.0, 1000 * (until - time.monotonic()))):
            self.listen()
        while len(self.arrived) >= HEAD.size:
            size, number = HEAD.unpack_from(self.arrived)
            end, kind = HEAD.size + size, SHOWN if number == OUTPUT else ANSWERED
            if self.said[kind] + end > self.most[kind]:
                raise self.gone("output")  # before it is here
            if len(self.arrived) < end:
                return
            content = bytes(self.arrived[HEAD.size:end])
            del self.arrived[:end]
            self.said[kind] += end
            yield number, content

    def listen(self) -> None:
        """Take up a piece of what is being said; Gone when the kernel has ended."""
        try:
            piece = self.link.recv(PIECE)
        except BlockingIOError:  # it is the warden that has said something
            if reason := self.fork.ended():
                raise self.gone(reason) from None
        except OSError:
            raise self.gone(self.fork.ended(self.limits.end_seconds)) from None
        else:
            if not piece:
                raise self.gone(self.fork.ended(self.limits.end_seconds))
            self.arrived += piece

    def gone(self, reason: str) -> Gone:
        """End the kernel; the exception that says so."""
        self.fork.close()
        reason = reason.partition(":")[0]
        return Gone(reason if reason in ("memory", "processes", "time", "output") else "crash")
