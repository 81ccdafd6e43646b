"""Warm processes that a test run keeps, because each session of marking would start the same two anew for seconds.

    Lent     stands in the place of `safegrade.sandbox.warm.Warm`: who closes one gives it back, and the next who wants the same has it

A warm process gives forks and never changes with what those do, so that one that has served another session is as good
as new. What starts it (its role, imports and given cells, and for how long those may run) is what it is kept by.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any, ClassVar

from safegrade.limits import Limits
from safegrade.sandbox.warm import Closing, Warm

MOST = 4  # processes that wait for somebody; each holds the memory of a Python with its libraries


class Lent(Closing):
    """A warm process on loan."""

    shelf: ClassVar[OrderedDict[tuple, list[Warm]]] = OrderedDict()
    lock: ClassVar = threading.Lock()

    def __init__(self, role: str, imports: tuple[str, ...] = (), trusted: bool = False, given: list[str] | None = None, limits: Limits | None = None):
        paced = limits or Limits().paced()
        self.key = (role, tuple(imports), trusted, tuple(given or ()), paced.given_seconds, paced.import_seconds)
        with self.lock:
            waiting = self.shelf.get(self.key)
            self.warm = waiting.pop() if waiting else None
        self.warm = self.warm or Warm(role, imports, trusted, given, limits)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.warm, name)

    def close(self) -> None:
        """Give it back; the one that has waited longest is ended where too many wait."""
        with self.lock:
            self.shelf.setdefault(self.key, []).append(self.warm)
            self.shelf.move_to_end(self.key)
            if sum(map(len, self.shelf.values())) <= MOST:
                return
            key = next(key for key, waiting in self.shelf.items() if waiting)
            oldest = self.shelf[key].pop(0)
        oldest.close()

    @classmethod
    def end_all(cls) -> None:
        """End those that wait."""
        with cls.lock:
            waiting = [each for kept in cls.shelf.values() for each in kept]
            cls.shelf.clear()
        for each in waiting:
            each.close()
