"""Many submissions at once: on this machine's cores, or on any Dask cluster.

    Task       one submission: a sheet for each of its notebooks, or why it cannot be read
    Local      as many at once as there are workers here
    Cluster    the same tasks on a Dask cluster; its workers keep nothing and share no folder

Both hand back (submission, marked notebooks) in groups. A group is handed back once the instructor's own answers got
full marks after it, and is marked again elsewhere where they did not. What ran out of time is marked once more,
alone, because a busy machine is not the learner's fault.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from safegrade.limits import Limits
from safegrade.marking import rehearsal
from safegrade.marking.mark import Marked, Room, Verdict
from safegrade.marking.paper import Paper, Sheet
from safegrade.nbgrader.course import CourseError, Submission
from safegrade.pace import measured, pace
from safegrade.sandbox import Refused
from safegrade.sandbox.warm import Closing

EVERY = 20  # submissions that are marked between two looks at the instructor's own answers
TRIES = 3  # times that a group is marked before all is given up
BUSY, SLOW = 1.5, 2.0  # how much slower than when it was measured a machine is busy; than a quick one, slow


@dataclass(frozen=True)
class Task:
    """A submission and its sheets, one a notebook."""

    submission: Submission
    sheets: tuple[Sheet, ...]


Done = tuple[Submission, list[Marked] | Exception]


class Sent(NamedTuple):
    """A group that is being marked, and the look at the instructor's own answers that comes after it."""

    tasks: list[Task]
    done: list[Future[Done]]
    look: Future[rehearsal.Faults]


def allowed(workers: int | None) -> int | None:
    """A number of workers, or None for as many as there are cores; ValueError for what is neither."""
    if workers is not None and not (isinstance(workers, int) and workers >= 1):
        raise ValueError(f"workers = {workers!r} is not allowed; it must be at least 1")
    return workers


def groups(tasks: list[Task], size: int) -> Iterator[list[Task]]:
    """Tasks in groups."""
    for place in range(0, len(tasks), size):
        yield tasks[place:place + size]


def timed_out(done: Done) -> bool:
    """Whether a limit on time cost a submission points."""
    return not isinstance(done[1], Exception) and any(each.timed_out for each in done[1])


def broke(found: rehearsal.Faults) -> Refused:
    """The error that says that the instructor's own answers lost points while a batch was marked, again and again."""
    told = "; ".join(f"{name} {why}" for name, why in found.items())
    return Refused(f"the instructor's own answers passed at first and then failed {TRIES} times: {told}. What was recorded before is kept. "
                   "A test that depends on chance has to seed it; on a machine short of memory, take fewer --workers")


def looked_at(done: Done, slowness: float) -> Done:
    """A submission that ran out of time also when it was alone; flagged where the machine was slow."""
    if slowness < SLOW and slowness < BUSY * pace() or isinstance(done[1], Exception):
        return done
    doubt = f"it ran out of time, alone too, and the machine was {slowness:.1f} times as slow as a quick one"
    for verdict in (verdict for each in done[1] for verdict in each.verdicts.values() if verdict.reason == "time"):
        verdict.doubt = verdict.doubt or doubt
    return done


class Local(Closing):
    """Marks on this machine, `workers` submissions at a time. `accepted` are tests that a person looks at (see `rehearsal`); `beside`
    says whether tests may be run beside learners' code (see `trial`), `with_files` whether anybody handed in files beside a notebook."""

    def __init__(self, papers: list[Paper], workers: int | None = None, limits: Limits | None = None, trusted: bool = False,
                 accepted: Collection[str] = (), every: int = EVERY, beside: bool = True,
                 with_files: bool = False):
        self.workers, self.every = allowed(workers) or os.cpu_count() or 1, every
        self.papers, self.accepted, self.how = papers, accepted, (limits, trusted, self.workers, accepted, beside, with_files)
        self.open()

    def open(self) -> None:
        """Open a room for each paper, all of which pass their rehearsal."""
        with ExitStack() as stack:
            self.rooms = {paper.notebook: stack.enter_context(rehearsal.opened(paper, *self.how)) for paper in self.papers}
            self.stack = stack.pop_all()

    @property
    def notes(self) -> list[str]:
        """What an instructor should hear of the rehearsals."""
        return [note for room in self.rooms.values() for note in room.notes]

    def mark(self, task: Task) -> Done:
        """Mark one submission."""
        return flagged(attempt(task, lambda sheet: self.rooms[sheet.paper.notebook]), self.accepted)

    def look(self) -> rehearsal.Faults:
        """What the instructor's own answers lose now."""
        return still_wrong(self.rooms.values(), self.accepted)

    def run(self, tasks: Iterable[Task]) -> Iterator[Done]:
        """Mark all; they are handed back in groups."""
        again = []
        for task, done in self.vouched([*tasks], self.workers):
            if timed_out(done) and (self.workers > 1 or measured() > BUSY * pace()):
                again.append(task)
            else:
                yield done
        if again:
            slowness = measured()
            yield from (looked_at(done, slowness) for _, done in self.vouched(again, 1))

    def vouched(self, rest: list[Task], workers: int) -> Iterator[tuple[Task, Done]]:
        """Mark all, `workers` at a time; rooms in which the instructor's own answers fail are left, with what was marked there."""
        tries = 0
        while rest:
            with ThreadPoolExecutor(workers) as pool:
                sent = [self.send(pool, group) for group in groups(rest, self.every)]
                try:
                    while sent and not (found := sent[0].look.result()):
                        group, rest, tries = sent.pop(0), rest[self.every:], 0
                        yield from zip(group.tasks, [each.result() for each in group.done])
                finally:
                    pool.shutdown(cancel_futures=True)
            if rest:
                tries += 1
                if tries == TRIES:
                    raise broke(found)
                self.stack.close()
                self.open()

    def send(self, pool: ThreadPoolExecutor, tasks: list[Task]) -> Sent:
        """Have a group marked, and the instructor's own answers after it."""
        return Sent(tasks, [pool.submit(self.mark, task) for task in tasks], pool.submit(self.look))

    def close(self) -> None:
        self.stack.close()


def still_wrong(rooms: Iterable[Room], accepted: Collection[str]) -> rehearsal.Faults:
    """What the instructor's own answers lose in these rooms; an error in trying is a fault too."""
    try:
        return {name: why for room in rooms if room.paper.reference for name, why in rehearsal.wrong(room).items() if name not in accepted}
    except Exception as error:  # noqa: BLE001 (a room in which nothing can be marked any more is one to leave)
        return {"the rehearsal": f"ended with {type(error).__name__}: {error}"}


def flagged(done: Done, accepted: Collection[str]) -> Done:
    """A marked submission, with a flag on tests whose own failure was accepted."""
    verdicts: list[tuple[str, Verdict]] = [] if isinstance(done[1], Exception) else [pair for each in done[1] for pair in each.verdicts.items()]
    for name, verdict in verdicts:
        if name in accepted:
            verdict.doubt = verdict.doubt or rehearsal.ACCEPTED
    return done


class Cluster(Closing):
    """Marks on the Dask cluster whose scheduler answers at `address`.

    A scheduler runs the code of anybody who reaches it, so it has to be on loopback, or to ask for certificates (TLS).
    """

    def __init__(self, address: str, limits: Limits | None = None, accepted: Collection[str] = (), every: int = EVERY,
                 beside: bool = True, with_files: bool = False):
        from distributed import Client

        self.address, self.limits, self.accepted, self.every = address, limits or Limits(), tuple(accepted), every
        self.how = {"beside": beside, "with_files": with_files}
        self.notes: list[str] = []
        private(address)
        try:
            self.client = Client(address, timeout=self.limits.paced().scheduler_seconds)
        except (OSError, ValueError, TimeoutError) as error:
            raise CourseError(f"no Dask scheduler answers at {address!r}: {error}. Start one with `dask scheduler --host 127.0.0.1`, or "
                              "leave --scheduler out to mark on this machine") from error
        try:
            for each in self.places():
                private(each)
        except CourseError:
            self.close()
            raise

    def places(self) -> list[str]:
        """Where the scheduler and its workers listen."""
        told = self.client.scheduler_info(n_workers=-1)
        return [told["address"], *told["workers"]]

    @cached_property
    def lost(self) -> CourseError:
        return CourseError(f"the Dask scheduler at {self.address!r} went away. What it had marked is recorded; run the same command "
                           "again to go on with the rest")

    def run(self, tasks: Iterable[Task]) -> Iterator[Done]:
        """Mark all; they are handed back in groups."""
        from distributed.client import FutureCancelledError
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker

        again = []
        try:
            for task, done in self.vouched([*tasks]):
                if timed_out(done):
                    again.append(task)
                else:
                    yield done
            for task in again:
                for _, done in self.vouched([task]):
                    yield looked_at(done, self.client.submit(measured, pure=False).result())
        except (FutureCancelledError, CommClosedError, OSError) as error:
            raise self.lost from error
        except KilledWorker as error:
            raise CourseError("the cluster's workers ended again and again over the same submission. What was marked is recorded; give "
                              "them more memory, or leave --scheduler out to mark on this machine") from error

    def vouched(self, rest: list[Task]) -> Iterator[tuple[Task, Done]]:
        """Mark all; where the instructor's own answers fail on a worker, rooms are opened anew and the group is marked again."""
        tries = 0
        while rest:
            sent = [(group, self.client.map(mark_anywhere, group, limits=self.limits, accepted=self.accepted, **self.how, pure=False, retries=2))
                    for group in groups(rest, self.every)]
            while sent:
                group, futures = sent.pop(0)
                done = [each.result() for each in futures]
                if found := self.look():
                    break
                rest, tries = rest[len(group):], 0
                yield from zip(group, done)
            else:
                return
            tries += 1
            if tries == TRIES:
                raise broke(found)
            self.client.cancel([each for _, futures in sent for each in futures])
            self.everywhere(forget)

    def look(self) -> rehearsal.Faults:
        """What the instructor's own answers lose on any worker."""
        return {name: why for found in self.everywhere(look_anywhere, self.accepted) for name, why in found.items()}

    def everywhere(self, act: Callable, *words: object) -> list:
        """What a function gives on each worker; before what waits there."""
        futures = [self.client.submit(act, *words, workers=[each], pure=False, priority=1, allow_other_workers=True)
                   for each in self.client.scheduler_info(n_workers=-1)["workers"]]
        return [each.result() for each in futures]

    def close(self) -> None:
        self.client.close(timeout=2)


def private(address: str) -> None:
    """CourseError for the address of a scheduler or worker that others can reach and that asks nobody who they are."""
    scheme, _, rest = address.rpartition("://")
    host = urlsplit(f"//{rest}").hostname or ""
    with suppress(ValueError):  # a name, or nothing
        if host == "localhost" or ip_address(host).is_loopback:
            return
    if scheme in ("tls", "inproc", "wss"):
        return
    raise CourseError(f"the Dask scheduler or worker at {address!r} can be reached by others, and runs the code of anybody who does. Start "
                      "it with --host 127.0.0.1 (through ssh tunnels from elsewhere), or set up TLS (docs.dask.org, \"TLS/SSL\") and use tls://")


ROOMS: dict[str, Room] = {}
OPENING = threading.Lock()


def mark_anywhere(task: Task, limits: Limits, accepted: Collection[str] = (), beside: bool = True, with_files: bool = False) -> Done:
    """Mark one submission in any process; its warm processes are kept for the next of the same paper."""
    return flagged(attempt(task, lambda sheet: room(sheet.paper, limits, accepted, beside, with_files)), accepted)


def look_anywhere(accepted: Collection[str] = ()) -> rehearsal.Faults:
    """What the instructor's own answers lose in this process's rooms."""
    with OPENING:
        return still_wrong(ROOMS.values(), accepted)


def forget() -> None:
    """Close this process's rooms."""
    with OPENING:
        for old in [*ROOMS]:
            ROOMS.pop(old).close()


def attempt(task: Task, room_of: Callable[[Sheet], Room]) -> Done:
    """Mark one submission; what goes wrong with it is handed back, because it is no reason to stop all others."""
    try:
        return task.submission, [room_of(sheet).mark(sheet) for sheet in task.sheets]
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001
        return task.submission, error


def room(paper: Paper, limits: Limits, accepted: Collection[str] = (), beside: bool = True, with_files: bool = False) -> Room:
    """This process's room for a paper."""
    key = hashlib.sha256(repr((paper, limits, beside)).encode()).hexdigest()
    with OPENING:
        if key not in ROOMS:
            for old in [*ROOMS]:
                ROOMS.pop(old).close()
            ROOMS[key] = rehearsal.opened(paper, limits, accepted=accepted, beside=beside, with_files=with_files)
        return ROOMS[key]
