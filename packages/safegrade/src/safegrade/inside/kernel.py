"""The learner's kernel: an ipykernel that the marking side asks over a line of its own (see `line`).

    {"run": source}                                      run a cell; what it shows is said before the answer
    {"modules": True}                                    the modules that have been imported
    {"look": [names]}                                    what each name is (see `plain`), those that exist
    {"path": …, "call": True, "args": …, "kwargs": …}    call what stands at a path, such as ["f"] or [7, "area"]
    {"path": …, "get": True}                             the value at a path
    {"path": …, "ask": operation, "args": …}             one of OPERATIONS on the value at a path
    {"sit": code, …}                                     run a test here, beside the learner's code (see `beside`)

A path begins with a name, or with the number of an object that an earlier answer could not give as plain data.
Whatever the learner's code has done to this process, all that leaves it is plain data.
"""

from __future__ import annotations

import asyncio
import json
import operator
import os
import socket
import sys
import threading
from types import SimpleNamespace
from typing import Any, ClassVar
from unittest.mock import patch

import zmq
from ipykernel import ipkernel, kernelapp
from ipykernel.compiler import XCachingCompiler
from ipykernel.heartbeat import Heartbeat
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core import shellapp
from IPython.core.application import BaseIPythonApplication
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.session import DELIM
from traitlets.config import Config

from safegrade.inside import beside, plain
from safegrade.inside.line import OUTPUT, Line
from safegrade.inside.wire import loaded

OPERATIONS = {"len": len, "item": operator.getitem, "list": list, "str": str, "float": float,
              "int": int, "bool": bool}
# A kernel looks at each module for its debugger, which nobody uses here; in a fork that copies memory that all share.
NO_MODULES = SimpleNamespace(modules={})
WARM_MODULES: set[str] = set()  # modules of the warm process
MOST_KEPT = 1000  # objects that an examiner may hold at a time


class Kernel(IPythonKernel):
    """An IPython kernel that shows what it holds as plain data."""

    line: Line | None = None

    def __init__(self, **kwargs: Any):
        with patch.object(ipkernel, "sys", NO_MODULES):
            super().__init__(**kwargs)
        self.shell.parent = self.shell.kernel = self  # it stood there before (see `prepare`)
        self.kept: list[Any] = []
        self.forked = threading.Event()
        os.register_at_fork(after_in_parent=self.forked.set)
        self.shell.ask_exit = lambda: None  # `exit()` in a cell ends nothing: there may be right answers behind it

    def start(self) -> None:
        super().start()
        if self.line:
            self.io_loop.add_callback(self.serve)

    async def serve(self) -> None:
        """Answer what comes over the line, one request after the other, until the marking side lets go."""
        requests: asyncio.Queue[dict] = asyncio.Queue()
        asyncio.get_running_loop().add_reader(self.line, lambda: requests.put_nowait(self.line.hear()))
        while request := await requests.get():
            self.line.say(request["number"], await self.respond(request))
        asyncio.get_running_loop().remove_reader(self.line)

    async def respond(self, request: dict) -> bytes:
        """The answer to a request, as JSON."""
        try:
            if "sit" in request:
                return json.dumps(await beside.sit(self, request)).encode()
            return json.dumps(await self.execute(request) if "run" in request else self.answer(request)).encode()
        except BaseException as error:  # noqa: BLE001 (a learner's code may raise anything)
            return json.dumps({"raised": plain.exception(error)}).encode()

    async def execute(self, request: dict) -> dict:
        """Run a cell. What it shows goes out with the request's number as its parent's."""
        self.now_answers(request["number"], request["run"])
        found = await self.do_execute(request["run"], silent=False)
        self.say_all()
        return {"ename": found.get("ename", "")} | ({"missing": missing(found)} if found.get("ename") == "NameError" else {})

    def now_answers(self, number: int, source: str) -> None:
        """What is shown from now on is shown by the request with this number."""
        asked = self.session.msg("execute_request", {"code": source})
        asked["header"]["msg_id"] = asked["msg_id"] = str(number)
        self.set_parent([], asked)

    def say_all(self) -> None:
        """Say what was written so far."""
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        if self.forked.is_set():
            self.hear_children()

    def hear_children(self) -> None:
        """Wait until the thread that publishes has twice had its turn: what child processes show comes to it, perhaps after the first."""
        for _ in range(2):
            turn = threading.Event()
            self.iopub_thread.schedule(turn.set)
            turn.wait(1)

    def answer(self, wish: dict) -> dict:
        """What the content of one request asks for."""
        if "modules" in wish:
            return {"modules": loaded()}
        if "look" in wish:
            held = {name: self.shell.user_ns[name] for name in wish["look"] if name in self.shell.user_ns}
            return {"names": {name: self.shown(value) for name, value in held.items()}}
        path = plain.decode(wish["path"])
        if "call" in wish:
            arguments, named = self.given(wish["args"]), self.given(wish["kwargs"])
            value = self.shown(self.at(path)(*arguments, **named))
            sent = [*wish["args"]["items"], *(each for _, each in wish["kwargs"]["items"])]
            return {"value": value, "after": [changed(*each) for each in zip((*arguments, *named.values()), sent)]}
        if "ask" in wish:
            return {"value": self.shown(OPERATIONS[wish["ask"]](self.at(path), *self.given(wish["args"])))}
        return {"value": self.shown(self.at(path))}

    def given(self, data: dict) -> Any:
        """Arguments from the examiner; what it got as a handle is the object again."""
        return plain.decode(data, lambda said: self.at(plain.decode(said["path"])))

    def at(self, path: list) -> Any:
        """The value at a path."""
        value = self.kept[path[0]] if isinstance(path[0], int) else self.shell.user_ns[path[0]]
        for name in path[1:]:
            value = getattr(value, name)
        return value

    def shown(self, value: Any) -> dict:
        """A value as plain data, or as a handle to it when it is none or cannot be written."""
        try:
            return plain.encode(value, keep=self.keep)
        except Exception:  # noqa: BLE001 (a learner's class may fail in any way while it is looked at)
            return plain.handle(value, self.keep)

    def keep(self, value: Any) -> int:
        """The number under which an object can be asked for again."""
        if len(self.kept) >= MOST_KEPT:
            raise ValueError(f"more than {MOST_KEPT} objects that are not plain data")
        self.kept.append(value)
        return len(self.kept) - 1


def missing(found: dict) -> str:
    """The name that a cell has missed, from what IPython says of its NameError."""
    return str(found.get("evalue", "")).partition("'")[2].partition("'")[0][:100]


def changed(value: Any, sent: dict) -> dict | None:
    """What a call has left of an argument that it could change and that was `sent`, where it is plain data and another one now."""
    if type(value) not in (list, dict, set) and type(value).__name__ not in ("ndarray", "DataFrame", "Series"):
        return None
    try:
        left = plain.encode(value)
    except Exception:  # noqa: BLE001 (a learner may have put anything into it)
        return None
    return None if left == sent else left


class Publisher(IOPubThread):
    """Publishes what cells show: over the line where there is one, and what child processes show through their parent."""

    line: Line | None = None

    def send_multipart(self, frames: list, *place: Any, **named: Any) -> None:
        if self.line is None or not self._is_master_process():
            return super().send_multipart(frames, *place, **named)
        header, parent, _, content = frames[frames.index(DELIM) + 2:][:4]
        self.line.say(OUTPUT, b'{"header": %b, "parent": %b, "content": %b}' % (header, parent, content))


class Stream(OutStream):
    """A kernel's output, which says nothing where nothing was written, and waits for no other thread."""

    written = False

    def __init__(self, *place: Any, **named: Any):
        super().__init__(*place, **named)
        self.flushing = threading.RLock()

    def write(self, string: str) -> int | None:
        self.written = True
        return super().write(string)

    def flush(self) -> None:
        if self.written:
            self.written = False
            self._flush()

    def _flush(self) -> None:
        if not self._is_master_process():  # the lock may have been held when the process was forked
            return super()._flush()
        with self.flushing:  # two threads that flush keep the order of what was written
            super()._flush()


class Heart(Heartbeat):
    """A kernel's heartbeat on a socket that listens already."""

    listens = -1

    def _try_bind_socket(self) -> None:
        self.socket.setsockopt(zmq.USE_FD, self.listens)
        super()._try_bind_socket()


class Settings(BaseIPythonApplication):
    """What an application reads before it does anything: made once in the warm process, and not again in a fork."""

    read = False

    def initialize(self, argv: list[str] | None = None) -> None:
        if not self.read:
            super().initialize(argv)
            self.read = True


class App(IPKernelApp, Settings):
    """A kernel on sockets that listen already, because in the folder where they lie nothing can be made any more."""

    listening: ClassVar[dict[int, socket.socket]] = {}
    line: ClassVar[Line | None] = None

    def init_code(self) -> None:
        """Run nothing. IPython notes here which modules `%reset` leaves alone; the warm process has noted them before."""
        with patch.object(shellapp, "sys", SimpleNamespace(modules={}, stdout=sys.stdout, stderr=sys.stderr)):
            super().init_code()
        self.shell._sys_modules_keys = WARM_MODULES

    def _try_bind_socket(self, s: zmq.Socket, port: int) -> int:
        s.setsockopt(zmq.USE_FD, self.listening[port].detach())
        return super()._try_bind_socket(s, port)

    def init_iopub(self, context: zmq.Context) -> None:
        with patch.object(kernelapp, "IOPubThread", Publisher):
            super().init_iopub(context)
        self.iopub_thread.line = self.line

    def init_kernel(self) -> None:
        super().init_kernel()
        self.kernel.line = self.line

    def init_heartbeat(self) -> None:
        self.heartbeat = Heart(zmq.Context(), (self.transport, self.ip, self.hb_port))
        self.heartbeat.listens = self.listening[self.hb_port].detach()
        self.heartbeat.start()


def prepare() -> None:
    """Make what a kernel can have before it has sockets: its settings, and its shell."""
    os.environ.pop("JPY_PARENT_PID", None)  # a number of another pid namespace
    config = Config()
    config.HistoryManager.enabled = False
    config.IPKernelApp.update(log_level=50, capture_fd_output=False, profile_dir=None,
                              outstream_class=f"{__name__}.Stream")
    app = App.instance(config=config, kernel_class=Kernel)
    Settings.initialize(app, [])
    ZMQInteractiveShell.instance(parent=app, profile_dir=app.profile_dir, compiler_class=XCachingCompiler)


def run(connection_file: str, listening: dict[int, socket.socket], line: socket.socket | None) -> None:
    """Be the kernel that the connection file describes, on the sockets `listening`, until it is told to stop.

    The marking side may have a `line` of its own to it.
    """
    App.listening, App.line = listening, line and Line(line)
    app = App.instance()
    app.connection_file = connection_file
    app.initialize([])
    show_table(app.shell)
    app.start()


def show_table(shell: InteractiveShell) -> None:
    """Show a table to nobody: the first copies memory for 3 to 5 ms, and a learner's need not wait for it."""
    if "pandas" in sys.modules:
        shell.display_formatter.format(sys.modules["pandas"].DataFrame({"x": [1.0]}))
