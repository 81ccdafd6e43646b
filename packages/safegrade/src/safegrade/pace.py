"""How slow this machine is, so that a limit of time means the same work on every machine.

    pace()    how many times as long as on a quick machine the same work takes here now, at least 1

Set the variable SAFEGRADE_PACE to choose it by hand: 4 makes every limit of time four times as long.
"""

from __future__ import annotations

import os
import time
from functools import cache

VARIABLE = "SAFEGRADE_PACE"
QUICK = 0.1  # seconds for the sum below on the machine for which the limits are written
SUMMED = 10**6
LOOKS = 5  # a machine that is held back in turns is met in one of them, and a moment's pause of another is not


def measured() -> float:
    """How many times as long as on a quick machine a sum takes here, waiting for the processor included; at least 1."""
    began = time.perf_counter()
    for _ in range(LOOKS):
        sum(i * i for i in range(SUMMED))
    return max(1.0, (time.perf_counter() - began) / LOOKS / QUICK)


@cache
def pace() -> float:
    """How many times as long work takes here: what SAFEGRADE_PACE says, or else as measured once by this process.

    ValueError where the variable holds anything but a number above 0.
    """
    chosen = os.environ.get(VARIABLE)
    return measured() if not chosen else checked(chosen)


def checked(chosen: str) -> float:
    """What somebody has set by hand, as a number."""
    try:
        number = float(chosen)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError(f"{VARIABLE} = {chosen!r} is not allowed; set a number above 0, such as 4 on a machine of a quarter of the speed")
    return number
