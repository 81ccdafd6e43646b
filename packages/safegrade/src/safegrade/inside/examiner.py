"""An instructor's tests, run in a process that a learner's code never enters.

It reads messages from its link and answers each (a length, then JSON; see `warden`):

    {"modules": True}                     the modules that have been imported
    {"setup": source}                     run an instructor's own cell
    {"test": source, "names": said, …}    run a test; `said` is what the learner's kernel said of `wanted` names, some of
                                          which are the `learners` whoever else has given them a value; `theirs` are those
                                          of the test that hold anything of the learner's; `proving`, `puts_back`: see `remote.Care`;
                                          `changes` says whether the instructor's answers change what the test gives them

While a test runs it may ask {"ask": request} of the learner's kernel, and waits for the answer. It answers with
{"outputs": [...], "raised": name, "known": name, "own": bool, "gone": bool, …}: the outputs as in a notebook; the name
of an exception and of Python's own that it is a kind of; whether it is the test's own; and `told`, its words as far as
the instructor wrote them. `unfit` says why the test cannot be taken apart; `derived`, `moved` and `changed` what the
learner's answers are or do that a copy may not show: values of classes of their own, other names, the test's arguments;
and `handled` the types of what could not be copied.
What a learner's kernel says comes here as text, because it may be a bomb when it is taken apart.
"""

from __future__ import annotations

import builtins
import io
import json
import socket
from collections.abc import Collection
from contextlib import redirect_stderr, redirect_stdout, suppress
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from safegrade.inside import plain, remote, words
from safegrade.inside.wire import json_message, loaded, send

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
        self.error = {"output_type": "error", "ename": kind.__name__, "evalue": said_by(error),
                      "traceback": [str(line)[:LONGEST] for line in lines or []]}

    def ask(self, request: dict) -> dict:
        """Ask the learner's kernel."""
        send(self.link, {"ask": request})
        answer = json_message(self.link)
        if "gone" in answer:
            raise remote.KernelGone(answer["gone"])
        return taken_apart(answer["said"])

    def names(self, said: str, wanted: list[str], learners: list[str]) -> dict[str, Any]:
        """The learner's values of the names that are `wanted`; what is no plain data is as if it were not there."""
        found, held = taken_apart(said).get("names"), {}
        for name in wanted if isinstance(found, dict) else ():
            if name in found and (name in learners or name not in self.shell.user_ns):
                with suppress(plain.NotPlain):
                    held[name] = remote.value(self.ask, found[name])
        return held

    def test(self, message: dict) -> dict:
        """Run a test; the answer to its message."""
        care = remote.take_care(message["proving"], message["puts_back"])
        plain.derived.clear()
        held = self.names(message["names"], message["wanted"], message["learners"])
        answer = self.run(message["test"], held, message["theirs"])
        moved = bool(care.calls) and not answer["gone"] and self.moved(message["names"], message["wanted"])
        if not message["changes"]:
            care.undo()
        return answer | {"unfit": care.unfit[:5], "changed": care.changed, "derived": plain.derived[:5], "moved": moved,
                         "handled": sorted(care.handled)[:20]}

    def moved(self, said: str, wanted: list[str]) -> bool:
        """Whether names hold other data than before the learner's code was called."""
        before = data_of(taken_apart(said), wanted)
        with suppress(remote.KernelGone):
            return bool(before) and data_of(self.ask({"look": wanted}), wanted) != before
        return False

    def run(self, source: str, held: dict[str, Any], theirs: Collection[str] = ()) -> dict:
        """Run a cell with the learner's names in reach."""
        hidden = {name: self.shell.user_ns[name] for name in held if name in self.shell.user_ns}
        self.shell.user_ns.update(held)
        self.error, said = None, io.StringIO()
        self.shell.autoawait = "await" in source or "async" in source  # else IPython would compile each cell twice to find out
        with redirect_stdout(said), redirect_stderr(said):
            ran = self.shell.run_cell(source, store_history=False)
        for name, value in held.items():
            if self.shell.user_ns.get(name) is value:
                del self.shell.user_ns[name]
        self.shell.user_ns.update(hidden)
        wrong = ran.error_before_exec or ran.error_in_exec
        return {"outputs": self.outputs(said.getvalue(), ran.result, wrong), "raised": type(wrong).__name__ if wrong else "",
                "known": known(wrong), "own": isinstance(wrong, AssertionError) and not remote.is_theirs(wrong),
                "told": words.told(wrong, theirs, source) if wrong and not remote.is_theirs(wrong) else "",
                "gone": isinstance(wrong, remote.KernelGone)}

    def outputs(self, said: str, result: Any, wrong: BaseException | None) -> list[dict]:
        """What a notebook would keep of a cell: what it printed, its error or its last value."""
        found = [{"output_type": "stream", "name": "stdout", "text": said[:LONGEST]}] if said else []
        if wrong is not None:
            return found + [self.error or {"output_type": "error", "ename": type(wrong).__name__, "evalue": said_by(wrong), "traceback": []}]
        if result is not None:
            data = {"text/plain": repr(result)[:LONGEST]}
            found.append({"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": data})
        return found


def data_of(found: dict, wanted: list[str]) -> dict:
    """What names hold, of those that hold plain data."""
    names = found.get("names")
    held = {name: names[name] for name in wanted if name in names} if isinstance(names, dict) else {}
    return {name: data for name, data in held.items() if isinstance(data, dict) and data.get("kind") != "handle" and '"handle"' not in json.dumps(data)}


def taken_apart(said: str) -> dict:
    """What a learner's kernel said; nothing where it is no JSON."""
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def said_by(error: BaseException) -> str:
    """What an exception says; it may hold a learner's object that says nothing."""
    try:
        return str(error)[:LONGEST]
    except BaseException:  # noqa: BLE001
        return ""


def known(error: BaseException | None) -> str:
    """The name of Python's own exception that this one is a kind of."""
    return next((base.__name__ for base in type(error).__mro__ if getattr(builtins, base.__name__, None) is base), "") if error else ""


def run(link: socket.socket) -> None:
    """Answer messages until the link closes."""
    examiner = Examiner(link)
    examiner.run("print(1)\n1", {})  # a fork's first cell is its slowest, and nobody waits for this one
    while True:
        try:
            message = json_message(link)
        except EOFError:
            return
        if "modules" in message:
            send(link, {"modules": loaded()})
        else:
            send(link, examiner.test(message) if "test" in message else examiner.run(message["setup"], {}))
