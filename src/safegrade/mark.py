"""Mark one submission: run the learner's cells in their sandbox, and each test in the examiner's.

    Verdict     what a test gave, and why
    Marked      the executed notebook, its verdicts, and what was left out
    Room        the warm processes for one paper; `mark` marks a sheet in it

The learner's kernel may end at any time (a crash, a limit). Then a fresh one runs the cells that went before, and
marking goes on with the next.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Self

from safegrade.ahead import STALE, Ahead
from safegrade.ingest import Cell
from safegrade.learner import CellRun, LearnerKernel
from safegrade.limits import Limits
from safegrade.line import Gone
from safegrade.paper import Item, Paper, Sheet, rebuild
from safegrade.sandbox import Refused
from safegrade.warm import Closing, Fork, Warm

REASONS = ("right", "wrong", "error", "time", "memory", "processes", "crash", "output", "not attempted", "by hand")
BESIDE = "beside"  # the name of threads in which cells are run once more
REMEDY = "Run the same command again; if it stays so, see what `safegrade check` says"
REMEDIES = {
    "memory": "Allow more memory: --memory 4096 (MB)",
    "processes": "Allow more processes: limits={'processes': 128} in install() of nbgrader_config.py",
    "time": "Run it again when the machine is less busy, or with SAFEGRADE_PACE=4 for four times as long",
}
LONGEST_SAID = 300  # characters of what an answer stopped with
NO_TEST = "NotPlain"  # the exception of a test that needs what is not plain data


@dataclass
class Verdict:
    """Points of one graded cell out of `of`; None waits for a person. `reason` is one of REASONS."""

    points: float | None
    of: float
    reason: str
    message: str = ""
    doubt: str = ""


@dataclass
class Marked:
    """A marked submission. `outputs` holds the outputs of each cell, by name."""

    learner: str
    items: tuple[Item, ...] = ()
    outputs: dict[str, list[dict]] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    seconds: float = 0.0
    trusted: bool = False
    notebook: str = ""

    @property
    def timed_out(self) -> bool:
        """Whether a limit on time cost points, which a busy machine can bring about."""
        return any(verdict.reason == "time" for verdict in self.verdicts.values())


class Room(Closing):
    """Where submissions to one paper are marked. Use it as a context manager, from as many threads as you like.

    As many kernels and examiners stand ready as `at_once` submissions need. `given` says whether the warm processes run
    the assignment's own cells beforehand.
    """

    def __init__(self, paper: Paper, limits: Limits | None = None, trusted: bool = False, at_once: int = 1,
                 given: bool = True):
        self.paper, self.limits, self.trusted = paper, (limits or Limits()).paced(), trusted
        self.attributes: dict[str, set[str]] = {}  # what tests ask of the objects in the instructor's own answers
        self.outputs: dict[str, list[dict]] = {}  # what cells print with those answers
        self.notes: list[str] = []  # what an instructor should hear of it
        with ExitStack() as stack:
            self.kernels = stack.enter_context(Warm("kernel", paper.shown_imports, trusted, paper.own if given else [], self.limits))
            self.examiners = stack.enter_context(Warm("examiner", paper.imports, trusted, paper.setup if given else [], self.limits))
            self.missing = {*self.kernels.missing, *self.examiners.missing}  # waits for both, which start at the same time
            fresh = min(STALE, self.limits.notebook_seconds / 10)
            # A submission may need two kernels: one is as good as taken, one stands ready, one starts.
            self.opened = stack.enter_context(Ahead(self.open, at_once + 2, fresh))
            self.invited = stack.enter_context(Ahead(self.invite, at_once, fresh))
            self.beside = stack.enter_context(ThreadPoolExecutor(thread_name_prefix=BESIDE))
            kernel = self.first()
            if paper.reference:
                self.rehearse(kernel)
            else:
                kernel.close()
            self.opened.begin()  # not before: what the rehearsal imports is to be in all of them
            self.invited.begin()
            self.stack = stack.pop_all()

    def first(self) -> LearnerKernel:
        """A kernel. Where none starts every learner would get nothing, so that is refused."""
        try:
            return self.open()
        except Gone as gone:
            raise Refused(f"Python does not start in the sandbox ({gone.reason}), so nothing is marked. {REMEDIES.get(gone.reason, REMEDY)}") from gone

    def bare(self) -> LearnerKernel:
        """A kernel that has run nothing."""
        return LearnerKernel(self.kernels, self.limits, self.paper.files)

    def open(self) -> LearnerKernel:
        """A kernel that has run the cells with which the notebook opens, or none where one of them is its end."""
        kernel = self.bare()
        return kernel if kernel.open(self.paper.opening) else self.bare()

    def invite(self) -> Fork:
        """An examiner."""
        return self.examiners.fork(self.limits, self.paper.files)

    def rehearse(self, kernel: LearnerKernel) -> None:
        """Mark the instructor's own answers once, in `kernel`, and import beforehand what that has imported.

        Only the names of modules leave those processes; of the answers nothing is left where a learner's code will run.
        """
        submitted = [Cell(name, "", "code", source) for name, source in self.paper.reference.items()]
        with Sitting(self, rebuild(self.paper, "", submitted)) as sitting:
            sitting.kernel = kernel
            self.outputs = sitting.mark(shown=False).outputs
            sitting.warm()
            self.attributes = sitting.attributes

    def mark(self, sheet: Sheet) -> Marked:
        """Mark one submission."""
        began = time.monotonic()
        with Sitting(self, sheet) as sitting:
            marked = sitting.mark()
        marked.seconds = time.monotonic() - began
        return marked

    def cells(self, sheet: Sheet, wanted: Iterable[Item]) -> dict[str, list[dict]]:
        """Run the cells of a submission, and no test, as far as each that is wanted; what those print, by name."""
        cells, outputs = (item for item in sheet.items if item.runs), {}
        with Sitting(self, sheet) as sitting:
            for last in wanted:
                while (item := next(cells)) is not last:
                    sitting.run(item)
                outputs[last.name] = sitting.run(last)
        return outputs

    def close(self) -> None:
        self.stack.close()


class Sitting:
    """The marking of one submission: a learner's kernel and an examiner, both replaced when they end."""

    def __init__(self, room: Room, sheet: Sheet):
        self.room, self.sheet, self.limits = room, sheet, room.limits
        self.kernel: LearnerKernel | None = None
        self.examiner: Fork | None = None
        self.ran: list[Item] = []  # what a fresh kernel has to run again
        self.fell: dict[str, str] = {}  # cells in which a kernel ended, and why
        self.stopped: dict[str, str] = {}  # cells that ended with an exception, and what it said
        self.until = time.monotonic() + self.limits.notebook_seconds
        self.heard = False  # whether a hidden test has called the learner's kernel
        self.shown = False  # whether somebody will see what cells print
        self.after: SimpleQueue[Item | None] = SimpleQueue()  # cells that have printed something of their own after a hidden test
        self.untold: Future[dict[str, list[dict]]] | None = None  # what cells print where no hidden test is heard
        self.attributes: dict[str, set[str]] = {}  # of the learner's objects, asked for by each test
        self.ready = False  # whether the examiner has run the instructor's own cells

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.after.put(None)
        self.room.beside.submit(self.end_kernel)  # nobody has to wait for it
        self.end_examiner()

    # -- the two processes ---------------------------------------------------------------------------------------

    def end_kernel(self) -> None:
        if self.kernel:
            self.kernel.close()
        self.kernel = None

    def end_examiner(self) -> None:
        if self.examiner:
            self.examiner.close()
        self.examiner, self.ready = None, False

    def running(self) -> LearnerKernel:
        """The learner's kernel; a fresh one has run again what went before."""
        while self.kernel is None:
            as_opened = not self.ran and not self.fell and self.sheet.opens_as_released
            self.kernel = self.room.opened.take() if as_opened else self.room.bare()
            for item in list(self.ran):
                if (run := self.kernel.run(item.source, self.left())).reason:
                    self.ran.remove(item)  # it went well before and does not now: it is not tried a third time
                    self.fell[item.name], self.kernel = run.reason, None
                    break
        return self.kernel

    def left(self) -> float:
        """Seconds that a cell may take now."""
        return max(0.05, min(self.limits.cell_seconds, self.until - time.monotonic()))

    def warm(self) -> None:
        """Have both warm processes import what was imported here."""
        answer = self.answer({"modules": True}, time.monotonic() + self.limits.cell_seconds)
        self.room.kernels.load(json.loads(answer.get("said", "{}")).get("modules", []))
        if self.examiner:
            self.examiner.send({"modules": True})
            self.room.examiners.load(self.examiner.receive(self.limits.cell_seconds)["modules"])

    # -- cells -----------------------------------------------------------------------------------------------------

    def mark(self, shown: bool = True) -> Marked:
        """Go through the notebook; its outputs are `shown` to somebody.

        A learner's function may keep what a hidden test calls it with, and a later cell print it. So after the first such
        call, where a cell prints anything but what it prints with the instructor's answers, the outputs of a second
        kernel are shown, that runs beside the first and that no test ever calls.
        """
        marked = Marked(self.sheet.learner, self.sheet.items, dropped=self.sheet.dropped, trusted=self.room.trusted,
                        notebook=self.sheet.paper.notebook)
        self.shown = shown
        for item in self.sheet.items:
            if item.runs:
                marked.outputs[item.name] = self.run(item, self.sheet.looks.get(item.name, []))
            elif item.role == "test":
                outputs, verdict = self.test(item)
                marked.verdicts[item.name] = self.doubtful(item, verdict)
                marked.outputs[item.name] = [*self.stops(item, verdict), *outputs]
            if item.role == "answer" and item.points:
                marked.verdicts[item.name] = by_hand(item, self.sheet.doubts.get(item.name, ""))
        self.after.put(None)
        if self.untold:
            marked.outputs |= self.untold.result()
        return marked

    def run(self, item: Item, then: Iterable[str] = ()) -> list[dict]:
        """Run a cell in the learner's kernel; its outputs, with a word where the kernel ended in it.

        A test looks up the names `then` next.
        """
        if not item.source.strip():
            return []
        cell = self.run_once(item, then)
        if self.shown and self.heard and cell.outputs != self.room.outputs.get(item.name, []):
            self.run_beside(item)
        if cell.raised:
            # The name of an exception, too, could hold what a hidden test has told.
            self.stopped[item.name] = "an error" if self.heard else (message(cell.outputs) or cell.raised)[:LONGEST_SAID]
        if cell.reason:
            self.fell[item.name], self.kernel = cell.reason, None
            return [*cell.outputs[:20], ended(cell.reason)]
        self.ran.append(item)
        return cell.outputs

    def run_beside(self, item: Item) -> None:
        """Have a cell run once more, in a kernel that no test calls."""
        self.after.put(item)
        if not self.untold:
            self.untold = self.room.beside.submit(self.room.cells, self.sheet, iter(self.after.get, None))

    def run_once(self, item: Item, then: Iterable[str]) -> CellRun:
        """Run a cell in the learner's kernel."""
        try:
            return self.running().run(item.source, self.left(), then)
        except Gone as gone:
            return CellRun(reason=gone.reason)

    def test(self, item: Item) -> tuple[list[dict], Verdict]:
        """Run a test in the examiner; its outputs and its verdict."""
        if item.kind != "code" or item.by_hand:
            return [], Verdict(None, item.points, "by hand")
        try:
            answer = self.examine(item)
        except Gone as gone:
            return [ended(gone.reason)], Verdict(0.0, item.points, gone.reason, ENDED[gone.reason])
        except ExaminerEnded as end:
            self.end_examiner()
            doubt = f"the examiner ended ({end}) while it ran this test"
            return [ended("crash")], Verdict(0.0, item.points, "time" if end.args[0] == "time" else "crash", ENDED["crash"], doubt)
        return shown(item, answer), self.odd(item, self.verdict(item, answer))

    def examine(self, item: Item) -> dict:
        """What the examiner answers to a test; the learner's kernel answers what the test asks of it."""
        until = time.monotonic() + self.left()
        wanted = self.sheet.paper.asked(item)
        names = self.names(wanted, until)
        examiner = self.seated(item)
        examiner.send({"test": item.source, "names": names, "wanted": wanted, "learners": sorted(self.sheet.paper.learners)})
        while True:
            try:
                message = examiner.receive(until - time.monotonic() + 1.0)
            except TimeoutError:
                raise ExaminerEnded("time") from None
            except (EOFError, OSError):
                raise ExaminerEnded(examiner.reason or "crash") from None
            if "ask" not in message:
                return message
            self.heard = self.heard or item.hides
            self.note(item, message["ask"])
            examiner.send(self.answer(message["ask"], until))

    def note(self, item: Item, wish: dict) -> None:
        """Note which attributes of a learner's objects a test asks for."""
        if "get" in wish:
            self.attributes.setdefault(item.name, set()).add(wish["path"]["items"][-1]["value"])

    def names(self, wanted: list[str], until: float) -> str:
        """The learner's values of the names that a test needs, as JSON still."""
        if not wanted:
            return "{}"
        answer = self.answer({"look": wanted}, until)
        if "gone" in answer:
            raise Gone(answer["gone"])
        return answer["said"]

    def answer(self, request: dict, until: float) -> dict:
        """What the learner's kernel said, or {"gone": reason} when it ends meanwhile.

        It is JSON, and stays a text here: the examiner, in its sandbox, takes it apart.
        """
        try:
            return {"said": self.running().ask(request, max(0.05, until - time.monotonic()))}
        except Gone as gone:
            self.kernel = None
            return {"gone": gone.reason}

    def seated(self, item: Item) -> Fork:
        """The examiner, which has run those of the instructor's own cells that the test leans on."""
        self.examiner = self.examiner or self.room.invited.take()
        examiner, paper = self.examiner, self.sheet.paper
        if not self.ready and paper.leans(item):
            for source in paper.setup:
                examiner.send({"setup": source})
                examiner.receive(self.limits.cell_seconds + 1.0)
            self.ready = True
        return examiner

    # -- verdicts --------------------------------------------------------------------------------------------------

    def what_stopped(self, item: Item) -> list[str]:
        """What the answers that a test looks at have stopped with."""
        return [f"{each.name} stopped with {self.stopped[each.name]}" for each in self.sheet.looked_at(item)
                if each.name in self.stopped and not each.untouched]

    def stops(self, item: Item, verdict: Verdict) -> list[dict]:
        """An output for a test that lost points, so that "not attempted" is not all that a learner reads whose answer raised."""
        told = self.what_stopped(item) if verdict.points is not None and verdict.points < verdict.of else []
        return [{"output_type": "stream", "name": "stdout", "text": f"{each}.\n"} for each in told]

    def doubtful(self, item: Item, verdict: Verdict) -> Verdict:
        """A verdict that took points, with what the answer stopped with, and a flag where that answer may stand elsewhere."""
        if verdict.points is None or verdict.points >= verdict.of:
            return verdict
        looked_at, stopped = self.sheet.looked_at(item), self.what_stopped(item)
        verdict.message = "; ".join([*stopped, *filter(None, [verdict.message])])
        told = [self.sheet.doubts[each.name] for each in looked_at if each.name in self.sheet.doubts]
        if f"{item.name} was changed; the released one was used" in self.sheet.dropped and all(each.untouched for each in looked_at):
            told.append(f"the answer is untouched, and {item.name} was changed; it may stand there")
        verdict.doubt = verdict.doubt or "; ".join(told)
        return verdict

    def verdict(self, item: Item, answer: dict) -> Verdict:
        """The points of a test by nbgrader's rules: an error gives none, a number that many, all else all."""
        if not answer["raised"]:
            return partial(item, answer["outputs"])
        said = message(shown(item, answer))
        if answer["gone"]:
            reason = next((word for word in ENDED if word in message(answer["outputs"])), "crash")
            return Verdict(0.0, item.points, reason, ENDED[reason])
        doubt = f"the test needs what is not plain data: {said}" if answer["raised"] == NO_TEST else ""
        return Verdict(0.0, item.points, self.reason(item, answer["raised"]), said, doubt)

    def odd(self, item: Item, verdict: Verdict) -> Verdict:
        """No points but a doubt where a test passed because it asked a learner's object what no answer of the instructor's was asked.

        A test that says `table.equals(right)` looks at data. Where the learner's `table` is an object of a class of their
        own, that asks the learner whether the answer is right.
        """
        strange = self.attributes.get(item.name, set()) - self.room.attributes.get(item.name, set())
        if not strange or not verdict.points:
            return verdict
        words = f"the answer is an object of a class of its own, and the test asked it for {', '.join(sorted(map(str, strange)))}"
        return Verdict(0.0, item.points, "wrong", words, words)

    def reason(self, item: Item, raised: str) -> str:
        """Why a test failed: what became of the answers that it looks at, or else that they are wrong."""
        looked_at = self.sheet.looked_at(item)
        for each in looked_at:
            if each.name in self.fell:
                return self.fell[each.name]
        if looked_at and all(each.untouched and not self.sheet.written_beside(each) for each in looked_at):
            return "not attempted"
        if any(each.name in self.stopped for each in looked_at if not each.untouched):
            return "error"
        return "error" if looked_at and "Error" in raised and raised != "AssertionError" else "wrong"


class ExaminerEnded(Exception):
    """The examiner ended before it answered."""


ENDED = {
    "time": "It took longer than it may.",
    "memory": "It needed more memory than it may.",
    "processes": "It started more processes or threads than it may.",
    "output": "It printed more than it may.",
    "crash": "Python ended while it ran.",
}


def ended(reason: str) -> dict:
    """An output that says why a kernel ended."""
    return {"output_type": "error", "ename": "KernelEnded", "evalue": ENDED[reason], "traceback": [ENDED[reason]]}


def by_hand(item: Item, doubt: str = "") -> Verdict:
    """An answer that a person marks; an untouched one has no points, as nbgrader has it, unless it may stand elsewhere."""
    if item.untouched and not doubt:
        return Verdict(0.0, item.points, "not attempted", "No response.")
    return Verdict(None, item.points, "by hand", doubt=doubt)


def partial(item: Item, outputs: list[dict]) -> Verdict:
    """The verdict of a test that ran to its end."""
    value = next((output["data"]["text/plain"] for output in outputs if output["output_type"] == "execute_result"), None)
    try:
        points = item.points if value is None else float(value)
    except ValueError:
        return Verdict(item.points, item.points, "right")
    if not 0 <= points <= item.points:
        return Verdict(0.0, item.points, "wrong", doubt=f"the test gave {points:g} of {item.points:g} points")
    return Verdict(points, item.points, "right" if points == item.points else "wrong")


def message(outputs: list[dict]) -> str:
    """What an error says, on one line."""
    wrong = next((output for output in outputs if output["output_type"] == "error"), None)
    return f"{wrong['ename']}: {' '.join(wrong['evalue'].split())}".rstrip(": ") if wrong else ""


def shown(item: Item, answer: dict) -> list[dict]:
    """The outputs of a test as they may be seen.

    The traceback of a hidden test would show its lines, and the words of an exception that it did not raise itself
    (`KeyError`, or whatever the learner's function says) what it has looked for or called the function with.
    """
    if not item.hides:
        return answer["outputs"]
    bare = {"ename": answer["known"], "evalue": "", "traceback": [answer["known"]]}
    return [output if output["output_type"] != "error" else without_lines(output) if answer["own"] else {**output, **bare}
            for output in answer["outputs"]]


def without_lines(output: dict) -> dict:
    """An error with its name and its words alone, unless its traceback is words of its own (see `check.NotYet`)."""
    lines = output["traceback"]
    own_words = lines and " ".join(" ".join(lines).split()) == " ".join(output["evalue"].split())
    return output if own_words else {**output, "traceback": [f"{output['ename']}: {output['evalue']}"]}
