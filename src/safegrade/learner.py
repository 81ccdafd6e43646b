"""The marking side of a learner's kernel.

    LearnerKernel    run(source) runs a cell; ask(request) asks for plain data; both within limits
    CellRun          what became of one cell
    Gone             the kernel ended, and why

Everything that arrives is counted as it arrives, and nothing that arrives is believed: outputs are kept to be shown,
never to be marked.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import zmq
from jupyter_client.session import Session

from safegrade import provisioner
from safegrade.limits import MB, Limits
from safegrade.warm import Closing, Warm

LONGEST_HEADER = 1 * MB
START = 60.0  # seconds in which a kernel has to answer for the first time
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


@dataclass
class Look:
    """What was asked about names last: the number of the request, and what was said."""

    names: list[str] = field(default_factory=list)
    number: str = ""
    said: str | None = None


class LearnerKernel(Closing):
    """One learner's kernel in its own sandbox. `close` ends every process in it."""

    def __init__(self, warm: Warm, limits: Limits, files: dict[str, bytes]):
        self.limits, self.received, self.allowed, self.began = limits, 0, limits.output_in_all, time.monotonic()
        self.opening: deque[tuple[str, CellRun]] = deque()
        self.pending: dict[str, str] = {}  # the kind of answer to each request that waits for one
        self.replies: dict[str, Any] = {}  # answers that nobody has fetched so far
        self.looked = Look()
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

    def send(self, kind: str, content: dict) -> str:
        """Send a request; its number."""
        number = self.session.send(self.shell, kind, content, metadata={"brief": True})["header"]["msg_id"]
        self.pending[number] = kind.replace("request", "reply")
        return number

    def wait(self, number: str, seconds: float, cell: CellRun | None = None) -> Any:
        """The content of the reply to a request; outputs that come meanwhile go to `cell`."""
        until, idle = time.monotonic() + seconds, cell is None
        self.allowed = min(self.received + self.limits.output, self.limits.output_in_all)
        while number not in self.replies or not idle:
            if number in self.replies:
                until = min(until, time.monotonic() + 2.0)  # its last outputs are on their way
            for channel, message in self.messages(until):
                about = str(message["parent_header"].get("msg_id"))
                if channel == "shell" and self.pending.get(about) == message["msg_type"]:
                    self.replies[about] = message["content"]
                elif channel == "iopub" and cell is not None and about == number:
                    idle = idle or (message["msg_type"] == "status" and message["content"].get("execution_state") == "idle")
                    keep(cell.outputs, message["msg_type"], message["content"])
            if (number not in self.replies or not idle) and time.monotonic() >= until:
                raise self.gone("output" if number in self.replies else "time")
        del self.pending[number]
        return self.replies.pop(number)

    def run(self, source: str, seconds: float | None = None, then: Iterable[str] = ()) -> CellRun:
        """Run a cell. What the names `then` hold is asked for in the same breath, because a test looks at it next."""
        if self.opening and self.opening[0][0] == source:
            return self.opening.popleft()[1]
        cell = CellRun()
        try:
            number = self.send("execute_request", {"code": source, **REQUEST})
            self.look_at(then)
            reply = self.wait(number, seconds or self.limits.cell_seconds, cell)
            cell.raised = str(reply.get("ename", "")) if reply.get("status") == "error" else ""
        except Gone as end:
            cell.reason = end.reason
        return cell

    def open(self, sources: Iterable[str]) -> bool:
        """Run cells before anybody asks for them, in their order; whether the kernel outlives them."""
        ran = [(source, self.run(source)) for source in sources]
        self.opening.extend(ran)
        return not any(cell.reason for _, cell in ran)

    def look_at(self, names: Iterable[str]) -> None:
        """Send for what names hold, and forget what they held before."""
        for told in (self.pending, self.replies):
            told.pop(self.looked.number, None)
        names = [*names]
        self.looked = Look(names, self.send("safegrade_request", {"look": names}) if names else "")

    def look(self, names: list[str], seconds: float) -> str:
        """What names hold, as JSON still; they are asked for once as long as nothing runs."""
        if self.looked.names != names:
            self.look_at(names)
        if self.looked.said is None:
            self.looked.said = text(self.wait(self.looked.number, seconds))
        return self.looked.said

    def ask(self, request: dict, seconds: float) -> str:
        """The answer to a `safegrade_request`, as JSON still; Gone when the kernel ends before it answers."""
        if [*request] == ["look"]:
            return self.look(request["look"], seconds)
        self.look_at([])
        return text(self.wait(self.send("safegrade_request", request), seconds))

    def ended(self) -> str:
        """Why the kernel has ended, or nothing while it lives."""
        return self.fork.ended()

    def close(self) -> None:
        """End the kernel and everything it has started."""
        self.fork.close()
        self.context.destroy(linger=0)


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


def text(content: bytes) -> str:
    """What a kernel said, which is JSON if it is an honest one's."""
    return bytes(content).decode("utf-8", "replace")
