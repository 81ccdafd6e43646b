"""The marking side of a learner's kernel.

    LearnerKernel    run(source) runs a cell; ask(request) asks for plain data; both within limits
    CellRun          what became of one cell

Nothing that a kernel says is believed: outputs are kept to be shown, never to be marked.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from safegrade.inside.line import OUTPUT
from safegrade.limits import Limits
from safegrade.marking import ingest
from safegrade.marking.line import Gone, Line
from safegrade.sandbox import provisioner
from safegrade.sandbox.warm import Closing, Warm

MOST_NESTED = 100_000  # lists and dictionaries in what one cell shows
LONGEST_NAME = 10_000  # bytes of the answer to a cell, which is no more than the name of an exception


@dataclass
class CellRun:
    """Outputs of a cell as a notebook keeps them; `reason` is empty unless the kernel ended in it."""

    outputs: list[dict] = field(default_factory=list)
    reason: str = ""
    raised: str = ""
    missing: str = ""  # the name that a NameError was about
    nested: int = 0  # lists and dictionaries in what was shown

    def settle(self) -> None:
        """Make one text of the pieces in which a cell has printed it: it may have come in thousands."""
        for output in self.outputs:
            if output["output_type"] == "stream":
                output["text"] = "".join(output["text"])


@dataclass
class Look:
    """What was asked about names last: the number of the request, and what was said."""

    names: list[str] = field(default_factory=list)
    number: int = OUTPUT
    said: str | None = None


class LearnerKernel(Closing):
    """One learner's kernel in its own sandbox. `close` ends every process in it."""

    def __init__(self, warm: Warm, limits: Limits, files: dict[str, bytes]):
        self.limits, self.began = limits, time.monotonic()
        self.opening: deque[tuple[str, CellRun]] = deque()
        self.numbers = count(OUTPUT + 1)
        self.pending: set[int] = set()  # requests that wait for an answer
        self.replies: dict[int, bytes] = {}  # answers that nobody has fetched so far
        self.looked = Look()
        self.manager = provisioner.start(warm=warm, limits=limits, files=files, line=True)
        self.fork = self.manager.provisioner.fork
        self.line = Line(self.fork, limits)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Ask for nothing until it is answered."""
        self.wait(self.send({"look": []}), self.limits.start_seconds)

    def send(self, request: dict) -> int:
        """Send a request; its number."""
        number = next(self.numbers)
        self.pending.add(number)
        self.line.send({"number": number, **request})
        return number

    def wait(self, number: int, seconds: float, cell: CellRun | None = None) -> bytes:
        """The answer to a request; outputs that come meanwhile go to `cell`."""
        until = time.monotonic() + seconds
        self.line.allow()
        while number not in self.replies:
            for about, content in self.line.messages(until):
                if about in self.pending:
                    self.replies[about] = content
                elif about == OUTPUT and cell is not None:
                    keep(cell, content, str(number))
            if number not in self.replies and time.monotonic() >= until:
                raise self.line.gone("time")
        self.pending.discard(number)
        return self.replies.pop(number)

    def run(self, source: str, seconds: float | None = None, then: Iterable[str] = ()) -> CellRun:
        """Run a cell. What the names `then` hold is asked for in the same breath, because a test looks at it next."""
        if self.opening and self.opening[0][0] == source:
            return self.opening.popleft()[1]
        cell = CellRun()
        try:
            number = self.send({"run": source})
            self.look_at(then)
            cell.raised, cell.missing = raised(self.wait(number, seconds or self.limits.cell_seconds, cell))
        except Gone as end:
            cell.reason = end.reason
        cell.settle()
        return cell

    def sit(self, wish: dict, seconds: float) -> tuple[CellRun, str]:
        """Have a test run here (see `inside.beside`): what it shows, and what is said of it, as JSON still; Gone when the kernel ends."""
        cell = CellRun()
        self.look_at([])
        said = text(self.wait(self.send(wish), seconds, cell))
        cell.settle()
        return cell, said

    def open(self, sources: Iterable[str]) -> bool:
        """Run cells before anybody asks for them, in their order; whether the kernel outlives them."""
        ran = [(source, self.run(source)) for source in sources]
        self.opening.extend(ran)
        return not any(cell.reason for _, cell in ran)

    def look_at(self, names: Iterable[str]) -> None:
        """Send for what names hold, and forget what they held before."""
        self.pending.discard(self.looked.number)
        self.replies.pop(self.looked.number, None)
        names = [*names]
        self.looked = Look(names, self.send({"look": names}) if names else OUTPUT)

    def look(self, names: list[str], seconds: float) -> str:
        """What names hold, as JSON still; they are asked for once as long as nothing runs."""
        if self.looked.names != names:
            self.look_at(names)
        if self.looked.said is None:
            self.looked.said = text(self.wait(self.looked.number, seconds))
        return self.looked.said

    def ask(self, request: dict, seconds: float) -> str:
        """The answer to a request (see `inside.kernel`), as JSON still; Gone when the kernel ends before it answers."""
        if [*request] == ["look"]:
            return self.look(request["look"], seconds)
        self.look_at([])
        return text(self.wait(self.send(request), seconds))

    def ended(self) -> str:
        """Why the kernel has ended, or nothing while it lives."""
        return self.fork.ended()

    def close(self) -> None:
        """End the kernel and everything it has started."""
        self.fork.close()


def keep(cell: CellRun, content: bytes, number: str) -> None:
    """Add what a message shows to the outputs of a cell, as a notebook keeps it; `number` is that of the cell's request."""
    try:
        message = json.loads(content)
        if message["parent"]["msg_id"] == number:
            cell.nested += content.count(b"[") + content.count(b"{")
            add(cell.outputs, message["header"]["msg_type"], message["content"], cell.nested <= MOST_NESTED)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return  # not a message that a kernel sends


def add(outputs: list[dict], kind: str, content: dict, structured: bool = True) -> None:
    """Add one output; `structured` says whether data that is no text may be in it, which takes thirty times its size."""
    if kind == "stream":
        name, text = str(content["name"]), str(content["text"])
        if outputs and outputs[-1].get("name") == name:
            outputs[-1]["text"].append(text)
        else:
            outputs.append({"output_type": "stream", "name": name if name in ("stdout", "stderr") else "stdout", "text": [text]})
    elif kind in ("display_data", "execute_result"):
        data = {mime: value for mime, value in content["data"].items() if isinstance(value, str) or structured and shallow(value)}
        number = {"execution_count": None} if kind == "execute_result" else {}
        outputs.append({"output_type": kind, "data": data, "metadata": {}, **number})
    elif kind == "error":
        lines = [str(line) for line in content["traceback"]]
        outputs.append({"output_type": "error", "ename": str(content["ename"]), "evalue": str(content["evalue"]), "traceback": lines})
    elif kind == "clear_output":
        outputs.clear()


def shallow(value: object) -> bool:
    """Whether a value of JSON can be written again and read by whoever opens the notebook."""
    return isinstance(value, (dict, list)) and ingest.depth(json.dumps(value).encode()) <= ingest.DEEPEST


def raised(answer: bytes) -> tuple[str, str]:
    """The name of the exception with which a cell ended, if any, and the name that it missed."""
    try:
        said = json.loads(answer[:LONGEST_NAME])
        return str(said["ename"]), str(said.get("missing", ""))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return "Error", ""  # of the cell's own making


def text(content: bytes) -> str:
    """What a kernel said, which is JSON if it is an honest one's."""
    return content.decode("utf-8", "replace")
