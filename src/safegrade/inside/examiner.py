"""An instructor's tests, run in a process that a learner's code never enters.

It reads messages from its link and answers each (a length, then JSON; see `warden`):

    {"modules": True}                     the modules that have been imported
    {"setup": source}                     run an instructor's own cell
    {"test": source, "names": names}      run a test; `names` are the learner's, as plain data

While a test runs it may ask {"ask": request} of the learner's kernel, and waits for the answer. It answers with
{"outputs": [...], "raised": name, "gone": bool}, the outputs as in a notebook.
"""

from __future__ import annotations

import io
import socket
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from safegrade.inside import remote
from safegrade.inside.kernel import loaded
from safegrade.inside.warden import json_message, send

LONGEST = 100_000  # characters of an output that are kept


def warm_shell() -> InteractiveShell:
    """The shell in which tests run; made before the fork, because making it takes longer than a test."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.automagic = False
    return InteractiveShell.instance(config=config)


class Examiner:
    """Runs cells one after the other in one namespace; what is the learner's is taken out of it again."""

    def __init__(self, link: socket.socket):
        self.link, self.shell = link, warm_shell()
        self.shell._showtraceback = self.keep_error
        self.error: dict | None = None

    def keep_error(self, kind: type, error: BaseException, lines: list[str]) -> None:
        """IPython's own way to show an exception, kept instead of printed."""
        self.error = {"output_type": "error", "ename": kind.__name__, "evalue": str(error)[:LONGEST],
                      "traceback": [str(line)[:LONGEST] for line in lines or []]}

    def ask(self, request: dict) -> dict:
        """Ask the learner's kernel."""
        send(self.link, {"ask": request})
        answer = json_message(self.link)
        if "gone" in answer:
            raise remote.KernelGone(answer["gone"])
        return answer

    def run(self, source: str, names: dict[str, dict]) -> dict:
        """Run a cell with the learner's names in reach."""
        held = {name: remote.value(self.ask, data) for name, data in names.items()}
        hidden = {name: self.shell.user_ns[name] for name in held if name in self.shell.user_ns}
        self.shell.user_ns.update(held)
        self.error, said, gone = None, io.StringIO(), False
        with redirect_stdout(said), redirect_stderr(said):
            ran = self.shell.run_cell(source, store_history=False)
        for name, value in held.items():
            if self.shell.user_ns.get(name) is value:
                del self.shell.user_ns[name]
        self.shell.user_ns.update(hidden)
        wrong = ran.error_before_exec or ran.error_in_exec
        gone = isinstance(wrong, remote.KernelGone)
        return {"outputs": self.outputs(said.getvalue(), ran.result, wrong), "raised": type(wrong).__name__ if wrong else "", "gone": gone}

    def outputs(self, said: str, result: Any, wrong: BaseException | None) -> list[dict]:
        """What a notebook would keep of a cell: what it printed, its error or its last value."""
        found = [{"output_type": "stream", "name": "stdout", "text": said[:LONGEST]}] if said else []
        if wrong is not None:
            return found + [self.error or {"output_type": "error", "ename": type(wrong).__name__, "evalue": str(wrong)[:LONGEST], "traceback": []}]
        if result is not None:
            data = {"text/plain": repr(result)[:LONGEST]}
            found.append({"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": data})
        return found


def run(link: socket.socket) -> None:
    """Answer messages until the link closes."""
    examiner = Examiner(link)
    while True:
        try:
            message = json_message(link)
        except EOFError:
            return
        if "modules" in message:
            send(link, {"modules": loaded()})
        else:
            source = message.get("setup", message.get("test"))
            send(link, examiner.run(source, message.get("names", {})))
