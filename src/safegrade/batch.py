"""Many submissions at once: on this machine's cores, or on any Dask cluster.

    Task       one submission: a sheet for each of its notebooks, or why it cannot be read
    Local      as many at once as there are workers here
    Cluster    the same tasks on a Dask cluster; its workers keep nothing and share no folder

Both hand back (submission, marked notebooks) as each is done. What ran out of time is marked once more, alone,
because a busy machine is not the learner's fault.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property

from safegrade.course import CourseError, Submission
from safegrade.limits import Limits
from safegrade.mark import Marked, Room
from safegrade.paper import Paper, Sheet
from safegrade.sandbox import Refused
from safegrade.warm import Closing


@dataclass(frozen=True)
class Task:
    """A submission and its sheets, one a notebook."""

    submission: Submission
    sheets: tuple[Sheet, ...]


Done = tuple[Submission, list[Marked] | Exception]


def allowed(workers: int | None) -> int | None:
    """A number of workers, or None for as many as there are cores; ValueError for what is neither."""
    if workers is not None and not (isinstance(workers, int) and workers >= 1):
        raise ValueError(f"workers = {workers!r} is not allowed; it must be at least 1")
    return workers


class Local(Closing):
    """Marks on this machine, `workers` submissions at a time."""

    def __init__(self, papers: list[Paper], workers: int | None = None, limits: Limits | None = None, trusted: bool = False,
                 beside: bool = True):
        self.workers = allowed(workers) or os.cpu_count() or 1
        with ExitStack() as opened:
            self.rooms = {paper.notebook: opened.enter_context(Room(paper, limits, trusted, self.workers, beside=beside)) for paper in papers}
            self.stack = opened.pop_all()

    def mark(self, task: Task) -> Done:
        """Mark one submission."""
        return attempt(task, lambda sheet: self.rooms[sheet.paper.notebook])

    def run(self, tasks: Iterable[Task]) -> Iterator[Done]:
        """Mark all; each is handed back when it is done."""
        again = []
        with ThreadPoolExecutor(self.workers) as pool:
            futures = {pool.submit(self.mark, task): task for task in tasks}
            try:
                for future in as_completed(futures):
                    submission, marked = future.result()
                    if isinstance(marked, Exception):
                        yield submission, marked
                    elif self.workers > 1 and any(each.timed_out for each in marked):
                        again.append(futures[future])
                    else:
                        yield submission, marked
            finally:
                pool.shutdown(cancel_futures=True)
        yield from map(self.mark, again)

    def close(self) -> None:
        self.stack.close()


class Cluster(Closing):
    """Marks on the Dask cluster whose scheduler answers at `address`."""

    def __init__(self, address: str, limits: Limits | None = None, patience: float = 20.0, beside: bool = True):
        from distributed import Client

        self.address, self.limits, self.beside = address, limits or Limits(), beside
        try:
            self.client = Client(address, timeout=patience)
        except (OSError, ValueError, TimeoutError) as error:
            raise CourseError(f"no Dask scheduler answers at {address!r}: {error}. Start one with `dask scheduler`, or leave "
                              "--scheduler out to mark on this machine") from error

    @cached_property
    def lost(self) -> CourseError:
        return CourseError(f"the Dask scheduler at {self.address!r} went away. What it had marked is recorded; run the same command "
                           "again to go on with the rest")

    def run(self, tasks: Iterable[Task]) -> Iterator[Done]:
        """Mark all; each is handed back when it is done."""
        from distributed import as_completed as completed
        from distributed.client import FutureCancelledError
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker

        futures = {self.client.submit(mark_anywhere, task, self.limits, self.beside, pure=False, retries=2): task for task in tasks}
        again = []
        try:
            for future in completed(futures):
                done = future.result()  # raises where the future was given up, which completed(with_results=True) does not
                if not isinstance(done[1], Exception) and any(each.timed_out for each in done[1]):
                    again.append(futures[future])
                else:
                    yield done
            for task in again:
                yield self.client.submit(mark_anywhere, task, self.limits, self.beside, pure=False).result()
        except (FutureCancelledError, CommClosedError, OSError) as error:
            raise self.lost from error
        except KilledWorker as error:
            raise CourseError("the cluster's workers ended again and again over the same submission. What was marked is recorded; give "
                              "them more memory, or leave --scheduler out to mark on this machine") from error

    def close(self) -> None:
        self.client.close(timeout=2)


ROOMS: dict[str, Room] = {}
OPENING = threading.Lock()


def mark_anywhere(task: Task, limits: Limits, beside: bool = True) -> Done:
    """Mark one submission in any process; its warm processes are kept for the next of the same paper."""
    return attempt(task, lambda sheet: room(sheet.paper, limits, beside))


def attempt(task: Task, room_of: Callable[[Sheet], Room]) -> Done:
    """Mark one submission; what goes wrong with it is handed back, because it is no reason to stop all others."""
    try:
        return task.submission, [room_of(sheet).mark(sheet) for sheet in task.sheets]
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001
        return task.submission, error


def room(paper: Paper, limits: Limits, beside: bool = True) -> Room:
    """This process's room for a paper."""
    key = hashlib.sha256(repr((paper, limits, beside)).encode()).hexdigest()
    with OPENING:
        if key not in ROOMS:
            for old in [*ROOMS]:
                ROOMS.pop(old).close()
            ROOMS[key] = Room(paper, limits, beside=beside)
        return ROOMS[key]
