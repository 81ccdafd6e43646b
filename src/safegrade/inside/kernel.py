"""The learner's kernel: an ipykernel that answers one more kind of message, `safegrade_request`.

    {"modules": True}                                    the modules that have been imported
    {"look": [names]}                                    what each name is (see `plain`), those that exist
    {"path": …, "call": True, "args": …, "kwargs": …}    call what stands at a path, such as ["f"] or [7, "area"]
    {"path": …, "get": True}                             the value at a path
    {"path": …, "ask": operation, "args": …}             one of OPERATIONS on the value at a path

A path begins with a name, or with the number of an object that an earlier answer could not give as plain data.
Whatever the learner's code has done to this process, all that leaves it is plain data.
"""

from __future__ import annotations

import operator
import os
import socket
import sys
from types import SimpleNamespace
from typing import Any, ClassVar
from unittest.mock import patch

import zmq
from ipykernel import ipkernel
from ipykernel.compiler import XCachingCompiler
from ipykernel.heartbeat import Heartbeat
from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core import shellapp
from IPython.core.application import BaseIPythonApplication
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from safegrade.inside import plain

OPERATIONS = {"len": len, "item": operator.getitem, "list": list, "str": str, "float": float,
              "int": int, "bool": bool}
# A kernel looks at each module for its debugger, which nobody uses here; in a fork that copies memory that all share.
NO_MODULES = SimpleNamespace(modules={})
WARM_MODULES: set[str] = set()  # modules of the warm process
MOST_KEPT = 1000  # objects that an examiner may hold at a time


class Kernel(IPythonKernel):
    """An IPython kernel that shows what it holds as plain data."""

    def __init__(self, **kwargs: Any):
        with patch.object(ipkernel, "sys", NO_MODULES):
            super().__init__(**kwargs)
        self.shell.parent = self.shell.kernel = self  # it stood there before (see `prepare`)
        self.kept: list[Any] = []
        self.shell.ask_exit = lambda: None  # `exit()` in a cell ends nothing: there may be right answers behind it

    async def dispatch_shell(self, frames: list, /, *place: Any, **named: Any) -> None:
        """Answer the marking side at once, without telling all the world that the kernel is busy and idle again."""
        if not any(b"safegrade_request" in frame.bytes for frame in frames[:4]):  # its header is one of these
            return await super().dispatch_shell(frames, *place, **named)
        ident, parts = self.session.feed_identities(frames, copy=False)
        request = self.session.deserialize(parts, copy=False)
        self.set_parent(ident, request, channel="shell")
        try:
            content = self.answer(request["content"])
        except BaseException as error:  # noqa: BLE001 (a learner's code may raise anything)
            content = {"raised": plain.exception(error)}
        self.session.send(self.shell_stream, "safegrade_reply", content, request, ident=ident)

    def _publish_status(self, status: str, channel: str, parent: dict | None = None) -> None:
        """Say that the kernel is busy or idle; of a brief request only its end is told."""
        if status == "idle" or not brief(parent or self.get_parent(channel)):
            super()._publish_status(status, channel, parent)

    def _publish_execute_input(self, code: str, parent: dict, execution_count: int) -> None:
        """Say what is run, unless who has asked knows and nobody else listens."""
        if not brief(parent):
            super()._publish_execute_input(code, parent, execution_count)

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
            return {"value": value, "after": [changeable(each) for each in (*arguments, *named.values())]}
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


def brief(request: dict) -> bool:
    """Whether a request asks for its outputs, its reply and its end alone; what is left out takes a sixth of a small cell's time."""
    return bool(request.get("metadata", {}).get("brief"))


def loaded() -> list[str]:
    """The modules that have been imported so far, by name, in the order of their import."""
    return [name for name, module in list(sys.modules.items()) if getattr(module, "__spec__", None)]


def changeable(value: Any) -> dict | None:
    """What a call has left of an argument that it could change, where that is plain data."""
    if type(value) not in (list, dict, set) and type(value).__name__ != "ndarray":
        return None
    try:
        return plain.encode(value)
    except plain.NotPlain:
        return None


class Stream(OutStream):
    """A kernel's output, which waits for another thread only where something was written."""

    written = False

    def write(self, string: str) -> int | None:
        self.written = True
        return super().write(string)

    def flush(self) -> None:
        if self.written:
            self.written = False
            super().flush()


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

    def init_code(self) -> None:
        """Run nothing. IPython notes here which modules `%reset` leaves alone; the warm process has noted them before."""
        with patch.object(shellapp, "sys", SimpleNamespace(modules={}, stdout=sys.stdout, stderr=sys.stderr)):
            super().init_code()
        self.shell._sys_modules_keys = WARM_MODULES

    def _try_bind_socket(self, s: zmq.Socket, port: int) -> int:
        s.setsockopt(zmq.USE_FD, self.listening[port].detach())
        return super()._try_bind_socket(s, port)

    def init_heartbeat(self) -> None:
        self.heartbeat = Heart(zmq.Context(), (self.transport, self.ip, self.hb_port))
        self.heartbeat.listens = self.listening[self.hb_port].detach()
        self.heartbeat.start()


def prepare() -> None:
    """Make what a kernel can have before it has sockets: its settings, and its shell."""
    os.environ.pop("JPY_PARENT_PID", None)  # a number of another pid namespace
    config = Config()
    config.HistoryManager.enabled = False
    config.IPythonKernel._execute_sleep = 0  # it waits for outputs of other processes, which come all the same
    config.IPKernelApp.update(log_level=50, capture_fd_output=False, profile_dir=None,
                              outstream_class=f"{__name__}.Stream")
    app = App.instance(config=config, kernel_class=Kernel)
    Settings.initialize(app, [])
    ZMQInteractiveShell.instance(parent=app, profile_dir=app.profile_dir, compiler_class=XCachingCompiler)


def run(connection_file: str, listening: dict[int, socket.socket]) -> None:
    """Be the kernel that the connection file describes, on the sockets `listening`, until it is told to stop."""
    App.listening = listening
    app = App.instance()
    app.connection_file = connection_file
    app.initialize([])
    show_table(app.shell)
    app.start()


def show_table(shell: InteractiveShell) -> None:
    """Show a table to nobody: the first copies memory for 3 to 5 ms, and a learner's need not wait for it."""
    if "pandas" in sys.modules:
        shell.display_formatter.format(sys.modules["pandas"].DataFrame({"x": [1.0]}))
