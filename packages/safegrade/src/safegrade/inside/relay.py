"""Stands between a kernel's sockets and who speaks Jupyter's protocol with it, and counts what comes out of the kernel.

    listening    the sockets of one kernel: those that the kernel gets and those that others connect to
    Relay        passes bytes on, both ways, until a channel has said more than it may

A learner's code can write anything to its sockets, also what no message queue would send: a message without an end.
So it is the bytes that are counted, here, before anybody outside holds them.
"""

from __future__ import annotations

import contextlib
import json
import resource
import select
import socket
from dataclasses import dataclass
from pathlib import Path

CHANNELS = ("shell", "iopub", "stdin", "hb", "control")
PIECE = 1 << 18
MOST_FLOWS = 256  # two a connection; a kernel has some ten
SPARE = 64  # descriptors that are left to who looks after the fork, whatever connects


def listening(connection: str) -> tuple[dict[int, socket.socket], dict[int, socket.socket]]:
    """For each channel by number: the socket that the kernel listens on, and the one for others."""
    said = json.loads(Path(connection).read_text(encoding="utf-8"))
    numbers = [said[f"{channel}_port"] for channel in CHANNELS]
    return {number: bound(f"{said['ip']}-{number}-inside") for number in numbers}, {number: bound(f"{said['ip']}-{number}") for number in numbers}


def bound(path: str) -> socket.socket:
    found = socket.socket(socket.AF_UNIX)
    found.bind(path)
    found.listen()
    return found


@dataclass
class Flow:
    """Bytes from one socket to another; `held` are those that the other would not take yet."""

    source: socket.socket
    target: socket.socket
    number: int = 0
    held: bytes = b""


class Relay:
    """Passes on what comes over the sockets `outer`; `most` is how many bytes each channel may say."""

    def __init__(self, outer: dict[int, socket.socket], most: list[int], link: socket.socket):
        self.left, self.full = dict(zip(outer, most)), False
        self.outer = {each.fileno(): (number, each) for number, each in outer.items()}
        self.flows: dict[int, Flow] = {}
        self.most_flows = min(MOST_FLOWS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE)
        self.poll = select.poll()
        self.poll.register(link, select.POLLRDHUP | select.POLLHUP)
        self.link = link.fileno()
        for each in self.outer:
            self.poll.register(each, select.POLLIN)

    def turn(self, seconds: float) -> bool:
        """Pass on what comes, waiting at most `seconds` for it; whether the marking side has let go."""
        let_go = False
        for number, event in self.poll.poll(1000 * seconds):
            if number == self.link:
                let_go = True
            elif number in self.outer:
                self.connect(*self.outer[number])
            elif number in self.flows:
                self.move(self.flows[number], event)
        return let_go

    def connect(self, number: int, outer: socket.socket) -> None:
        """Connect a connection from outside to the kernel."""
        try:
            theirs = outer.accept()[0]
        except OSError:  # there are no descriptors left, or they have gone again
            return
        if len(self.flows) >= self.most_flows:
            return theirs.close()
        try:
            kernel = socket.socket(socket.AF_UNIX)
        except OSError:
            return theirs.close()
        for each in (theirs, kernel):
            each.setblocking(False)
        with contextlib.suppress(OSError):
            kernel.connect(f"{outer.getsockname()}-inside")
        for flow in (Flow(theirs, kernel), Flow(kernel, theirs, number)):
            self.flows[flow.source.fileno()] = flow
            self.poll.register(flow.source, select.POLLIN)

    def move(self, flow: Flow, event: int) -> None:
        """Let bytes go on, to and from the source of a flow."""
        back = self.flows[flow.target.fileno()]
        try:
            if event & select.POLLOUT:
                self.send(back)
            if event & ~select.POLLOUT and not flow.held:
                flow.held = self.counted(flow)
                self.send(flow)
        except OSError:
            return self.close(flow)
        for one, other in ((flow, back), (back, flow)):
            self.poll.modify(one.source, (0 if one.held else select.POLLIN) | (select.POLLOUT if other.held else 0))

    def counted(self, flow: Flow) -> bytes:
        """The next bytes of a flow; an OSError at its end, or where a channel has said too much."""
        piece = flow.source.recv(PIECE)
        if flow.number:
            self.left[flow.number] -= len(piece)
            self.full = self.full or self.left[flow.number] < 0
        if not piece or self.full:
            raise BrokenPipeError
        return piece

    def send(self, flow: Flow) -> None:
        with contextlib.suppress(BlockingIOError):
            flow.held = flow.held[flow.target.send(flow.held):]

    def close(self, flow: Flow) -> None:
        for each in (flow.source, flow.target):
            self.poll.unregister(each)
            del self.flows[each.fileno()]
            each.close()
