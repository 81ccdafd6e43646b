"""The marking side of a learner's kernel.

    LearnerKernel    run(source) runs a cell; ask(request) asks for plain data; both within limits
    Ahead            kernels that start before they are needed
    CellRun          what became of one cell
    Gone             the kernel ended, and why

Everything that arrives is counted as it arrives, and nothing that arrives is believed: outputs are kept to be shown,
never to be marked.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import zmq
from jupyter_client.session import Session

from safegrade import provisioner
from safegrade.limits import MB, Limits
from safegrade.warm import Closing, Warm

LONGEST_HEADER = 1 * MB
START = 60.0  # seconds in which a kernel has to answer for the first time
STALE = 60.0  # seconds after which a kernel that nobody took is let go: its own time is running
REQUEST = {"allow_stdin": False, "silent": False, "store_history": False, "user_expressions": {}, "stop_on_error": False}


class Gone(Exception):
    """The kernel ended; `reason` is memory, processes, time, output or crash."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass
class CellRun:
    """Outputs of a cell as a notebook keeps them; `reason` is empty unless the kernel ended in it."""

    outputs: list[dict] = field(default_factory=list)
    reason: str = ""
    raised: str = ""


class LearnerKernel(Closing):
    """One learner's kernel in its own sandbox. `close` ends every process in it."""

    def __init__(self, warm: Warm, limits: Limits, files: dict[str, bytes]):
        self.limits, self.received, self.allowed, self.began = limits, 0, limits.output_in_all, time.monotonic()
        self.manager = provisioner.manager()
        provisioner.start(self.manager, warm=warm, limits=limits, files=files)
        self.fork = self.manager.provisioner.fork
        self.session: Session = self.manager.session
        self.context: zmq.Context = self.manager.context
        self.shell, self.iopub = self.connect("shell", zmq.DEALER), self.connect("iopub", zmq.SUB)
        self.poller = zmq.Poller()
        for each in (self.shell, self.iopub, self.fork.link):
            self.poller.register(each, zmq.POLLIN)
        self.wait_until_ready()

    def connect(self, channel: str, kind: int) -> zmq.Socket:
        """A socket to one of the kernel's channels; what may come over it is counted before (see `inside.relay`)."""
        found = self.context.socket(kind)
        found.linger, found.reconnect_ivl = 0, 5  # the other side may listen a moment later
        if kind == zmq.SUB:
            found.setsockopt(zmq.SUBSCRIBE, b"")
        found.connect(f"ipc://{self.manager.ip}-{getattr(self.manager, f'{channel}_port')}")
        return found

    def wait_until_ready(self) -> None:
        """Ask who is there until both channels answer."""
        until, shell, iopub, asked = time.monotonic() + START, False, False, set()
        while not (shell and iopub):
            asked.add(self.session.send(self.shell, "kernel_info_request", {})["header"]["msg_id"])
            again = time.monotonic() + 0.25
            while not (shell and iopub) and time.monotonic() < again:
                for channel, message in self.messages(again):
                    mine = message["parent_header"].get("msg_id") in asked  # the answer to an earlier question is one too
                    shell, iopub = shell or (mine and channel == "shell"), iopub or channel == "iopub"
            if time.monotonic() > until:
                raise self.gone("time")

    def messages(self, until: float) -> list[tuple[str, dict]]:
        """What has arrived, waiting for it at most until `until`; Gone when the kernel has ended or said too much."""
        ready = dict(self.poller.poll(max(0.0, 1000 * (until - time.monotonic()))))
        found = []
        for channel, each in (("iopub", self.iopub), ("shell", self.shell)):
            if each in ready:
                frames = each.recv_multipart()
                if channel == "iopub":
                    self.received += sum(map(len, frames))
                if self.received > self.allowed:
                    raise self.gone("output")  # before anything of it is taken apart
                if message := self.read(frames, channel):
                    found.append((channel, message))
        if not found and self.fork.link.fileno() in ready and (reason := self.fork.ended(0.001)):
            raise self.gone(reason)
        return found

    def read(self, frames: list[bytes], channel: str) -> dict | None:
        """A message, or nothing where what arrived is none. What answers a test stays packed: its reader is the examiner."""
        try:
            _, parts = self.session.feed_identities(frames)
            if max(map(len, parts[:4])) > LONGEST_HEADER:
                return None
            message = self.session.deserialize(parts, content=False)
            if not isinstance(message["parent_header"], dict):
                return None
            if message["msg_type"] != "safegrade_reply" or channel != "shell":
                message["content"] = self.session.unpack(message["content"]) if len(message["content"]) <= self.limits.output_in_all else None
                return message if isinstance(message["content"], dict) else None
            return message
        except Exception:  # noqa: BLE001 (a learner's code can send anything)
            return None

    def gone(self, reason: str) -> Gone:
        """End the kernel; the exception that says so."""
        reason = reason.partition(":")[0]
        self.close()
        return Gone(reason if reason in ("memory", "processes", "time", "output") else "crash")

    def exchange(self, kind: str, content: dict, seconds: float, cell: CellRun | None = None) -> Any:
        """Send a request and return the content of its reply; outputs that come meanwhile go to `cell`."""
        sent = self.session.send(self.shell, kind, content)["header"]["msg_id"]
        until, reply, idle = time.monotonic() + seconds, None, cell is None
        self.allowed = min(self.received + self.limits.output, self.limits.output_in_all)
        while reply is None or not idle:
            if reply is not None and not idle:
                until = min(until, time.monotonic() + 2.0)  # its last outputs are on their way
            found = self.messages(until)
            for channel, message in found:
                if message["parent_header"].get("msg_id") != sent:
                    continue
                if channel == "shell" and message["msg_type"] == kind.replace("request", "reply"):
                    reply = message["content"]
                elif channel == "iopub" and cell is not None:
                    idle = idle or (message["msg_type"] == "status" and message["content"].get("execution_state") == "idle")
                    keep(cell.outputs, message["msg_type"], message["content"])
            if (reply is None or not idle) and time.monotonic() >= until:
                raise self.gone("output" if reply is not None else "time")
        return reply

    def run(self, source: str, seconds: float | None = None) -> CellRun:
        """Run a cell."""
        cell = CellRun()
        try:
            reply = self.exchange("execute_request", {"code": source, **REQUEST}, seconds or self.limits.cell_seconds, cell)
            cell.raised = str(reply.get("ename", "")) if reply.get("status") == "error" else ""
        except Gone as end:
            cell.reason = end.reason
        return cell

    def ask(self, request: dict, seconds: float) -> str:
        """The answer to a `safegrade_request`, as JSON still; Gone when the kernel ends before it answers."""
        return bytes(self.exchange("safegrade_request", request, seconds)).decode("utf-8", "replace")

    def close(self) -> None:
        """End the kernel and everything it has started."""
        self.fork.close()
        self.context.destroy(linger=0)


class Ahead(Closing):
    """Kernels that start while others are at work, `count` of them, each made by `make`."""

    def __init__(self, make: Callable[[], LearnerKernel], count: int = 2):
        self.make, self.count, self.pool = make, count, ThreadPoolExecutor(count)
        self.waiting: deque[Future[LearnerKernel]] = deque()
        self.begin()

    def begin(self) -> None:
        self.waiting.extend(self.pool.submit(self.make) for _ in range(self.count))

    def take(self) -> LearnerKernel:
        """A kernel that nobody has used; Gone where none starts."""
        self.waiting.append(self.pool.submit(self.make))
        with suppress(Gone):
            kernel = self.waiting.popleft().result()
            if time.monotonic() - kernel.began < min(STALE, kernel.limits.notebook_seconds / 10) and not kernel.fork.ended():
                return kernel
            kernel.close()
        return self.make()  # whatever became of that one has nothing to do with who wants it now

    def renew(self) -> None:
        """Let go of those that wait, and start others."""
        self.let_go()
        self.begin()

    def let_go(self) -> None:
        while self.waiting:
            with suppress(Exception):  # one that did not start is gone already
                self.waiting.popleft().result().close()

    def close(self) -> None:
        self.let_go()
        self.pool.shutdown()


def keep(outputs: list[dict], kind: str, content: dict) -> None:
    """Add what a message shows to the outputs of a cell, as a notebook keeps it."""
    try:
        if kind == "stream":
            name, text = str(content["name"]), str(content["text"])
            if outputs and outputs[-1].get("name") == name:
                outputs[-1]["text"] += text
            else:
                outputs.append({"output_type": "stream", "name": name if name in ("stdout", "stderr") else "stdout", "text": text})
        elif kind in ("display_data", "execute_result"):
            data = {str(mime): value for mime, value in dict(content["data"]).items() if isinstance(value, (str, dict, list))}
            number = {"execution_count": None} if kind == "execute_result" else {}
            outputs.append({"output_type": kind, "data": data, "metadata": {}, **number})
        elif kind == "error":
            lines = [str(line) for line in content["traceback"]]
            outputs.append({"output_type": "error", "ename": str(content["ename"]), "evalue": str(content["evalue"]), "traceback": lines})
        elif kind == "clear_output":
            outputs.clear()
    except (KeyError, TypeError, ValueError):
        return  # not a message that a kernel sends
