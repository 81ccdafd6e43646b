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
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Self

from safegrade.inside import words
from safegrade.limits import Limits
from safegrade.marking.apart import of_the_learners
from safegrade.marking.beside import Beside, Sat
from safegrade.marking.found import Found
from safegrade.marking.learner import CellRun, LearnerKernel
from safegrade.marking.line import Gone
from safegrade.marking.paper import Item, Paper, Sheet
from safegrade.marking.trial import NOT_THERE, try_tests
from safegrade.sandbox import Refused
from safegrade.sandbox.ahead import STALE, Ahead
from safegrade.sandbox.warm import Closing, Fork, Warm

REASONS = ("right", "wrong", "error", "time", "memory", "processes", "crash", "output", "not attempted", "by hand")
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
    beside: bool = False  # run beside the learner's code, and so less protected


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

    @property
    def uncertain(self) -> bool:
        """Whether it might be marked in another way another time, or a person has to look at it."""
        return self.timed_out or any(verdict.doubt for verdict in self.verdicts.values())

    def of(self, sheet: Sheet) -> Marked:
        """The same marks for another submission, in which the same code runs."""
        words = {item.name: by_hand(item) for item in sheet.items if item.role == "answer" and item.points}
        found = {item.name: words.get(item.name) or replace(self.verdicts[item.name]) for item in sheet.items
                 if item.name in words or item.name in self.verdicts}
        return replace(self, learner=sheet.learner, items=sheet.items, outputs={**self.outputs}, verdicts=found, seconds=0.0)


class Room(Closing):
    """Where submissions to one paper are marked. Use it as a context manager, from as many threads as you like.

    As many kernels and examiners stand ready as `at_once` submissions need. `given` says whether the warm processes run
    the assignment's own cells beforehand, `beside` whether tests may be run beside learners' code, `with_files` whether
    anybody has handed in files beside the notebook. What is `found` out already needs no trial.
    """

    def __init__(self, paper: Paper, limits: Limits | None = None, trusted: bool = False, at_once: int = 1,
                 given: bool = True, beside: bool = True, with_files: bool = True, found: Found | None = None):
        self.allows_beside, self.with_files = beside, with_files
        self.theirs: dict[str, list[str]] = {}  # what `theirs_in` has found so far
        self.paper, self.limits, self.trusted = paper, (limits or Limits()).paced(), trusted
        self.found = found or Found()
        self.rehearsed: dict[str, tuple[Sheet, Marked]] = {}  # the instructor's own answers, and the blank release
        self.notes: list[str] = []  # what an instructor should hear of it
        with ExitStack() as stack:
            self.kernels = stack.enter_context(Warm("kernel", paper.shown_imports, trusted, paper.own if given else [], self.limits))
            self.examiners = stack.enter_context(Warm("examiner", paper.imports, trusted, paper.setup if given else [], self.limits))
            self.missing = {*self.kernels.missing, *self.examiners.missing}  # waits for both, which start at the same time
            fresh = min(STALE, self.limits.notebook_seconds / 10)
            # A submission may need two kernels: one is as good as taken, one stands ready, one starts.
            self.opened = stack.enter_context(Ahead(self.open, at_once + 2, fresh))
            self.invited = stack.enter_context(Ahead(self.invite, at_once, fresh))
            self.ending = stack.enter_context(ThreadPoolExecutor())
            try_tests(self, self.first())
            self.opened.begin()  # not before: what the rehearsal imports is to be in all of them
            self.invited.begin()
            self.stack = stack.pop_all()

    def first(self) -> LearnerKernel:
        """A kernel. Where none starts every learner would get nothing, so that is refused."""
        try:
            return self.open()
        except Gone as gone:
            raise Refused(f"Python does not start in the sandbox ({gone.reason}), so nothing is marked. {REMEDIES.get(gone.reason, REMEDY)}") from gone

    def bare(self, sheet: Sheet | None = None) -> LearnerKernel:
        """A kernel that has run nothing, with the files of the assignment and of a submission."""
        return LearnerKernel(self.kernels, self.limits, self.paper.files | (sheet.files if sheet else {}))

    def open(self) -> LearnerKernel:
        """A kernel that has run the cells with which the notebook opens, or none where one of them is its end."""
        kernel = self.bare()
        return kernel if kernel.open(self.paper.opening) else self.bare()

    def invite(self) -> Fork:
        """An examiner."""
        return self.examiners.fork(self.limits, self.paper.files)

    def theirs_in(self, test: Item) -> list[str]:
        """Names in a test that hold anything of the learner's: what it says of those may tell what a hidden one was about."""
        if test.name not in self.theirs:
            self.theirs[test.name] = sorted(of_the_learners(self.paper, test))
        return self.theirs[test.name]

    @property
    def handed_in(self) -> set[str]:
        """Tests that may miss a module or a file with the instructor's own answers, because learners have handed some in."""
        return self.found.handed_in if self.with_files else set()

    def mark(self, sheet: Sheet) -> Marked:
        """Mark one submission: as the rehearsal has marked its like, where there is nothing in it but that."""
        for rehearsed, marked in self.rehearsed.values():
            if sheet.runs_as(rehearsed) and not marked.uncertain:
                return marked.of(sheet)
        return self.afresh(sheet)

    def afresh(self, sheet: Sheet) -> Marked:
        """Mark one submission, whatever was marked before."""
        began = time.monotonic()
        with Sitting(self, sheet) as sitting:
            marked = sitting.mark()
        marked.seconds = time.monotonic() - began
        return marked

    def untold(self, sheet: Sheet, wanted: list[Item], lends: bool, until: float) -> dict[str, list[dict]]:
        """Run a submission's cells, and tests that hide nothing, as far as the last that is wanted; what those print, by name."""
        outputs = {}
        with Sitting(self, sheet) as sitting:
            sitting.lends, sitting.until = lends, until
            for item in sheet.items[:1 + max(sheet.items.index(each) for each in wanted)]:
                if item.runs:
                    outputs[item.name] = sitting.run(item)
                elif not item.hides and (item in wanted or item in self.paper.tests and self.paper.lent) and item.name not in self.found.beside:
                    outputs[item.name], _ = sitting.test(item)
                    sitting.lend(item)
        return {item.name: outputs[item.name] for item in wanted}

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
        self.latest = self.until + self.limits.notebook_seconds  # for all that is run once more, however many tests ask for it
        self.heard = False  # whether a hidden test has called the learner's kernel
        self.shown = False  # whether somebody will see what cells print
        self.after: list[Item] = []  # what has printed something of the learner's after a hidden test
        self.lends = room.paper.lends  # whether the learner's kernel runs tests too, for what later cells use of them
        self.proving, self.puts_back = False, True  # see `remote.Care`
        self.answers: dict[str, dict] = {}  # what the examiner said of each test
        self.sat: dict[str, Sat] = {}  # what became of each test that was run beside
        self.beside = Beside(self)
        self.attributes: dict[str, set[str]] = {}  # of the learner's objects, asked for by each test
        self.ready = False  # whether the examiner has run the instructor's own cells

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.room.ending.submit(self.end_kernel)  # nobody has to wait for it
        self.beside.end()
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
            as_opened = not self.ran and not self.fell and not self.sheet.files and self.sheet.opens_as_released
            self.kernel = self.room.opened.take() if as_opened else self.room.bare(self.sheet)
            for item in list(self.ran):
                if (run := self.kernel.run(item.source, self.left())).reason:
                    self.ran.remove(item)  # it went well before and does not now: it is not tried a third time
                    self.fell[item.name], self.kernel = run.reason, None
                    break
        return self.kernel

    def left(self) -> float:
        """Seconds that a cell may take now."""
        return max(0.05, min(self.limits.cell_seconds, self.until - time.monotonic()))

    def imported(self) -> dict[str, list[str]]:
        """The modules that were imported here, by the role of the process, in their order."""
        answer = self.answer({"modules": True}, time.monotonic() + self.limits.cell_seconds)
        own = self.sheet.paper.not_shipped
        found = {"kernel": in_order(json.loads(answer.get("said", "{}")).get("modules", []), own)}
        if self.examiner:
            self.examiner.send({"modules": True})
            found["examiner"] = in_order(self.examiner.receive(self.limits.cell_seconds)["modules"], own)
        return found

    # -- cells -----------------------------------------------------------------------------------------------------

    def mark(self, shown: bool = True, skips: Collection[str] = ()) -> Marked:
        """Go through the notebook; its outputs are `shown` to somebody. Tests that it `skips` are not run.

        A learner's function may keep what a hidden test calls it with, and a later cell or test print it. So after the first
        such call, where anything is printed but what is printed with the instructor's answers, the outputs of a second
        kernel are shown, which begins when the first has ended and which no hidden test ever calls.
        """
        marked = Marked(self.sheet.learner, self.sheet.items, dropped=self.sheet.dropped, trusted=self.room.trusted,
                        notebook=self.sheet.paper.notebook)
        self.shown = shown
        for item in self.sheet.items:
            if item.runs:
                marked.outputs[item.name] = self.run(item, self.sheet.looks.get(item.name, []))
            elif item.role == "test" and item.name not in skips:
                outputs, verdict = self.test(item)
                marked.verdicts[item.name] = self.doubtful(item, verdict)
                marked.outputs[item.name] = [*self.stops(item, verdict), *outputs]
                self.lend(item)
            if item.role == "answer" and item.points:
                marked.verdicts[item.name] = by_hand(item, self.sheet.doubts.get(item.name, ""))
        self.tell_anew(marked)
        self.beside.end()
        for name in self.beside.forged & marked.verdicts.keys():
            doubt = "the kernel in which this test passed beside the answer also passes a test that has to fail"
            marked.verdicts[name] = replace(marked.verdicts[name], points=0.0, reason="wrong", doubt=doubt)
        return marked

    def tell_anew(self, marked: Marked) -> None:
        """Show what has printed something of the learner's after a hidden test as it prints without one."""
        if not self.after:
            return
        self.end_kernel()
        self.end_examiner()
        marked.outputs |= self.room.untold(self.sheet, self.after, self.lends, self.latest)
        for item in self.after:
            if (verdict := marked.verdicts.get(item.name)) and verdict.message:
                verdict.message = "; ".join(filter(None, [*self.what_stopped(item), message(marked.outputs[item.name])]))
                marked.outputs[item.name] = [*self.stops(item, verdict), *marked.outputs[item.name]]

    def run(self, item: Item, then: Iterable[str] = ()) -> list[dict]:
        """Run a cell in the learner's kernel; its outputs, with a word where the kernel ended in it.

        A test looks up the names `then` next.
        """
        if not item.source.strip():
            return []
        cell = self.run_once(item, then)
        if cell.missing in self.sheet.paper.lent and not self.lends:
            self.lend_from_now_on(item)
            cell = self.run_once(item, then)
        self.told_by(item, [*cell.outputs, *([ended(cell.reason)] if cell.reason else [])])  # the place of an end tells something too
        if cell.raised:
            # The name of an exception, too, could hold what a hidden test has told.
            self.stopped[item.name] = "an error" if self.heard else (message(cell.outputs) or cell.raised)[:LONGEST_SAID]
        if cell.reason:
            self.fell[item.name], self.kernel = cell.reason, None
            return [*cell.outputs[:20], ended(cell.reason)]
        self.ran.append(item)
        return cell.outputs

    def told_by(self, item: Item, outputs: list[dict]) -> None:
        """Note a cell or a test whose outputs may tell what a hidden test was about."""
        if self.shown and self.heard and outputs != self.room.found.outputs.get(item.name, []):
            self.after.append(item)

    def without_secrets(self, item: Item, outputs: list[dict], verdict: Verdict) -> list[dict]:
        """What a test that hides nothing may show after a hidden one: of its own failure all but what the learner's code said.

        Where that code raised something, or the test prints what it was told, a kernel that no hidden test called has to say it.
        """
        answer = self.answers.get(item.name, {})
        if answer.get("own"):
            outputs = [with_gaps(output, answer["told"]) for output in outputs]
            verdict.message = message(outputs)
        if not all(written_by_instructor(output, answer, item.source) for output in outputs):
            self.told_by(item, outputs)
        return outputs

    def lend(self, test: Item) -> None:
        """Run a test, as learners see it, in the learner's kernel too, where later cells use what it makes."""
        if self.lends and test in self.sheet.paper.tests and test.released.strip():
            seen = replace(test, source=test.released)
            if self.run_once(seen, ()).reason:
                self.kernel = None
            else:
                self.ran.append(seen)

    def lend_from_now_on(self, item: Item) -> None:
        """Begin anew up to a cell, with the tests before it as learners see them."""
        self.lends = True
        before = self.sheet.items[:self.sheet.items.index(item)]
        ran = {each.name for each in self.ran}
        self.ran = [each if each.runs else replace(each, source=each.released) for each in before
                    if each.name in ran or each in self.sheet.paper.tests and each.released.strip()]
        self.end_kernel()

    def run_once(self, item: Item, then: Iterable[str]) -> CellRun:
        """Run a cell in the learner's kernel."""
        try:
            return self.running().run(item.source, self.left(), then)
        except Gone as gone:
            return CellRun(reason=gone.reason)

    def test(self, item: Item) -> tuple[list[dict], Verdict]:
        """Run a test, apart or beside; its outputs and its verdict."""
        if item.kind != "code" or item.by_hand:
            return [], Verdict(None, item.points, "by hand")
        if item.name in self.room.found.beside:
            return self.test_beside(item)
        outputs, verdict = self.test_apart(item)
        if self.heard and self.shown and not item.hides:
            outputs = self.without_secrets(item, outputs, verdict)
        return outputs, verdict if self.proving else self.thought_over(item, verdict)

    def test_beside(self, item: Item) -> tuple[list[dict], Verdict]:
        """Run a test in a kernel of the learner's; its outputs and its verdict."""
        sat = self.sat[item.name] = self.beside.sit(item)
        alone = not item.hides and not self.room.found.replays_hidden
        outputs = [*sat.outputs, ended(sat.reason)] if sat.reason else sat.outputs
        return outputs if alone else without_theirs(outputs, item, sat), self.verdict_beside(item, sat)

    def verdict_beside(self, item: Item, sat: Sat) -> Verdict:
        """The points of a test that was run beside: none where it has not said all its words."""
        if sat.reason:
            doubt = "Python ended while this test ran beside the answer" if sat.reason == "crash" else ""
            return Verdict(0.0, item.points, sat.reason, ENDED[sat.reason], doubt, beside=True)
        if sat.raised:
            words = f"{sat.raised}: {' '.join(sat.words.split())}".rstrip(": ")
            doubt = "the answer tried to end Python while it was tested" if sat.known in ("SystemExit", "KeyboardInterrupt", "GeneratorExit") else ""
            if item.name in self.room.handed_in and sat.raised in NOT_THERE:
                doubt = "it misses a module or a file that learners hand in"
            return Verdict(0.0, item.points, self.reason(item, sat.raised), words if not item.hides else known_words(item, sat), doubt, beside=True)
        if not sat.complete:
            return Verdict(0.0, item.points, "wrong", doubt="the test was left before its end, and nothing was raised", beside=True)
        if strange := sat.homemade - self.room.found.homemade.get(item.name, sat.homemade):
            doubt = f"the test compares an object of a class of the answer's own, which may call itself equal to anything ({len(strange)} times)"
            return Verdict(0.0, item.points, "wrong", doubt, doubt, beside=True)
        verdict = partial(item, [] if sat.value is None else [{"output_type": "execute_result", "data": {"text/plain": sat.value}}])
        tampered = f"the answer has replaced {', '.join(sat.replaced)}, which was put right before the test" if sat.replaced and self.room.found.keeps is not None else ""
        return replace(verdict, beside=True, doubt=verdict.doubt or tampered)

    def thought_over(self, item: Item, verdict: Verdict) -> Verdict:
        """The least that a test gives in another way, where the learner's code has done what the instructor's answers do not.

        A copy does not show everything: an argument that the learner's function has changed, though it is not to; a name of
        the learner's that has another value now; a value of a class of its own. So the test is run beside that code too.
        It is run without the change as well: `def mean(values): values[:] = [0]; return 0` is no mean.
        """
        answer = self.answers.get(item.name, {})
        strange = sorted({*answer.get("handled", [])} - self.room.found.handled.get(item.name, set()))
        if not verdict.points:
            odd = [*strange, *answer.get("derived", [])]
            return self.not_seen(item, verdict, odd) if odd and answer["raised"] and not answer["gone"] else verdict
        changed = answer.get("changed") and item.name not in self.room.found.changes
        others = [self.without_changes(item)] if changed else []
        if (changed or answer.get("moved") or answer.get("derived") or strange) and self.room.allows_beside:
            others.append(self.test_beside(item)[1])
        least = min(others, key=lambda each: each.points or 0.0, default=verdict)
        if (least.points or 0.0) >= verdict.points:
            return verdict
        return replace(least, beside=False, doubt=least.doubt or "the test passes apart from the learner's code and not beside it: the "
                       "answer changes what it is given, or is of a class of its own")

    def not_seen(self, item: Item, verdict: Verdict, strange: list[str]) -> Verdict:
        """A verdict that gave nothing where the answer is no plain data and the instructor's is: flagged if the test passes beside it.

        The test could not look at it, and may be wrong. Points by what runs beside a learner's code are not for the learner to choose.
        """
        if self.room.allows_beside and not self.test_beside(item)[1].points:
            return verdict
        doubt = f"the test could not see the answer as it is ({', '.join(strange)}), which may be right: it passes beside the answer's own code"
        return replace(verdict, doubt=verdict.doubt or (doubt if self.room.allows_beside else doubt.partition(":")[0]))

    def without_changes(self, item: Item) -> Verdict:
        """The verdict of a test whose own arguments stay as they were, whatever the learner's code does to its copies."""
        with Sitting(self.room, self.sheet) as other:
            other.lends, other.until = self.lends, self.latest
            for each in self.sheet.items[:self.sheet.items.index(item)]:
                if each.runs:
                    other.run(each)
                elif each in self.sheet.paper.tests and each.name not in self.room.found.beside:
                    other.test_apart(each)
                    other.lend(each)
            other.puts_back = False
            return other.test_apart(item)[1]

    def test_apart(self, item: Item) -> tuple[list[dict], Verdict]:
        """Run a test in the examiner; its outputs and its verdict."""
        try:
            answer = self.answers[item.name] = self.examine(item)
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
        examiner.send({"test": item.source, "names": names, "wanted": wanted, "learners": sorted(self.sheet.paper.learners),
                       "theirs": self.room.theirs_in(item), "proving": self.proving, "puts_back": self.puts_back,
                       "changes": self.proving or item.name in self.room.found.changes})
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
        strange = self.attributes.get(item.name, set()) - self.room.found.attributes.get(item.name, set())
        if not strange or not verdict.points or self.proving:
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


def in_order(names: list[str], kept: Callable[[Iterable[str]], Iterable[str]]) -> list[str]:
    """Those names that are kept, in their own order."""
    chosen = {*kept(names)}
    return [name for name in names if name in chosen]


class ExaminerEnded(Exception):
    """The examiner ended before it answered."""


ENDED = {
    "time": "It took longer than it may.",
    "memory": "It needed more memory than it may.",
    "processes": "It started more processes or threads than it may.",
    "output": "It printed more than it may.",
    "crash": "Python ended while it ran.",
}


ENDED_WORDS = {words: words for words in ENDED.values()}


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
    (`KeyError`, or whatever the learner's function says) what it has looked for or called the function with. So nothing is
    shown of it but what its instructor wrote down.
    """
    if not item.hides:
        return answer["outputs"]
    return [kept for output in answer["outputs"] if (kept := instructors(output, item, answer["known"], answer["told"], answer["own"]))]


def without_theirs(outputs: list[dict], item: Item, sat: Sat) -> list[dict]:
    """The outputs of a test that was run beside the learner's code, which may have said anything: literals of the test alone."""
    found = [instructors(output, item, sat.known, words.literal(sat.words, item.source)) for output in outputs if output["output_type"] == "error"]
    return [output for output in found if output]


def instructors(output: dict, item: Item, known: str, told: str, own: bool = False) -> dict | None:
    """What of one output of a hidden test its instructor wrote: of an error its name and words, of text its literal lines."""
    if output["output_type"] == "error":
        name = output["ename"] if own or output["ename"] == "KernelEnded" else words.kind(known)
        said = ENDED_WORDS.get(output["evalue"], told)
        line = f"{name}: {said}".rstrip(": ") if name != "NotYet" else said
        return {**output, "ename": name, "evalue": said, "traceback": [line]}
    if output["output_type"] == "stream":
        text = words.printed(output["text"], item.source)
        return {**output, "text": text} if text else None
    return output if number(output.get("data", {}).get("text/plain", "")) else None


def number(text: str) -> bool:
    """Whether a text is a number, such as the points that a test gives."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def known_words(item: Item, sat: Sat) -> str:
    """What may be noted of a hidden test's failure that was raised beside the learner's code."""
    return f"{words.kind(sat.known)}: {words.literal(sat.words, item.source)}".rstrip(": ")


def with_gaps(output: dict, told: str) -> dict:
    """A test's own failure with the instructor's words alone, and the lines of the test where those are all of its words."""
    if output["output_type"] != "error" or output["evalue"] == told:
        return output
    line = told if output["ename"] == "NotYet" else f"{output['ename']}: {told}".rstrip(": ")
    return {**output, "evalue": told, "traceback": [line]}


def written_by_instructor(output: dict, answer: dict, source: str) -> bool:
    """Whether nothing in an output of a test can be the learner's words."""
    if output["output_type"] == "error":
        return answer.get("own", False) or output["ename"] == "KernelEnded"
    return output["output_type"] == "stream" and words.printed(output["text"], source) == output["text"]
