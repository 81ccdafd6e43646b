"""What starts before it is needed, because its start takes longer than its work."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from safegrade.sandbox.warm import Closing

LATER = 0.1  # seconds until the next one starts: who has just taken one needs the processor first
STALE = 60.0  # seconds after which what nobody took is let go: its own time is running


class Startable(Protocol):
    """What can stand ready: it `began` at a time, may have `ended`, and is closed."""

    began: float

    def ended(self) -> str: ...

    def close(self) -> None: ...


Kind = TypeVar("Kind", bound=Startable)


class Ahead(Closing, Generic[Kind]):
    """Kernels or examiners that start while others are at work, `count` of them, each made by `make`."""

    def __init__(self, make: Callable[[], Kind], count: int, fresh: float = STALE):
        self.make, self.count, self.fresh, self.pool = make, count, fresh, ThreadPoolExecutor(count)
        self.waiting: deque[Future[Kind]] = deque()

    def begin(self) -> None:
        """Start `count` of them. Before, each is made when somebody wants it."""
        self.waiting.extend(self.pool.submit(self.make) for _ in range(self.count))

    def take(self) -> Kind:
        """One that nobody has used. What `make` raises is raised where none starts."""
        if self.waiting:
            self.waiting.append(self.pool.submit(self.make_later))
            with suppress(Exception):
                found = self.waiting.popleft().result()
                if time.monotonic() - found.began < self.fresh and not found.ended():
                    return found
                found.close()
        return self.make()  # whatever became of that one has nothing to do with who wants it now

    def make_later(self) -> Kind:
        """Make one in a moment."""
        time.sleep(LATER)
        return self.make()

    def close(self) -> None:
        while self.waiting:
            with suppress(Exception):  # one that did not start is gone already
                self.waiting.popleft().result().close()
        self.pool.shutdown()
