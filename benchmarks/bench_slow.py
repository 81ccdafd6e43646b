"""A class marked on a machine slowed to a tenth: the gradebook has to be that of the quick one, cell by cell.

The machine is slowed by a quota of the processor (a cgroup) for whatever marks; where no quota can be set, by nine busy
programs a core beside it. The attack corpus is marked with as many busy programs as there are cores.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from safegrade.pace import VARIABLE
from testing.deadlines import DEADLINE
from testing.marking.attacks import submit
from testing.marking.classes import Course, hand_in, held, learners, open_course, twin
from testing.marking.corpus import BYSTANDERS, LIMITS, READ, listening
from testing.marking.small import QUESTIONS, Small
from tools.nbgrader_commands import at_home

CLASSES = {"00_start_here": 14, "02_self_and_nonself": 12}
SLOWER = 10
PERIOD = 100_000  # microseconds
BUSY = "while True: pass"

Row = tuple[str, str, str]


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many programs beside this one that take what they get of the processor."""
    programs = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for each in programs:
            each.kill()
            each.wait()


@contextmanager
def slowed(times: int) -> Iterator[tuple[list[str], str]]:
    """What a command begins with so that it has one part in `times` of this machine, and how that is done."""
    cores = os.cpu_count() or 1
    if group := group_with(cores * PERIOD // times):
        try:
            yield ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh"], "by a quota"
        finally:
            removed(group)
    else:
        with busy((times - 1) * cores):
            yield [], f"by {(times - 1) * cores} busy programs"


def group_with(quota: int) -> Path | None:
    """A new control group whose processes have so many microseconds of each period, or None where there can be none."""
    for folder, file, text in ((Path("/sys/fs/cgroup/cpu"), "cpu.cfs_quota_us", f"{quota}"), (Path("/sys/fs/cgroup"), "cpu.max", f"{quota} {PERIOD}")):
        group = folder / f"slowed-{os.getpid()}"
        with suppress(OSError):
            group.mkdir()
            try:
                (group / file).write_text(text)
                return group
            except OSError:
                group.rmdir()
    return None


def removed(group: Path) -> None:
    """Remove a control group, once the last process in it is gone."""
    until = time.monotonic() + DEADLINE
    while group.exists() and time.monotonic() < until:
        with suppress(OSError):
            group.rmdir()
        time.sleep(0.1)


def mark(course: Course, before: list[str]) -> float:
    """Have a class marked as it is typed; the seconds that took."""
    began = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}  # it is measured where it is slow
    subprocess.run([*before, sys.executable, "-m", "safegrade.app", "mark", course.assignment], cwd=course.folder, env=environment,
                   check=True, capture_output=True)
    return time.perf_counter() - began


def rows() -> Iterator[Row]:
    """The gradebooks of each class, and the attack corpus with all cores taken."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(at_home(folder / "home"))
        for assignment, count in CLASSES.items():
            calm = open_course(folder / assignment, assignment)
            hand_in(calm, learners(assignment, count, seed=5))
            slow = twin(calm, folder / f"{assignment}-slow")
            quick = mark(calm, [])
            with slowed(SLOWER) as (before, how):
                taken = mark(slow, before)
            one, other = (held(each)["marks"] for each in (calm, slow))
            cells = [(who, cell) for who in one for cell in one[who]["grades"] if one[who]["grades"][cell] != other.get(who, {"grades": {}})["grades"].get(cell)]
            yield (f"{assignment}, {count} learners, on a machine slowed to 1/{SLOWER} {how}", f"{len(cells)}",
                   f"graded cells of {sum(len(each['grades']) for each in one.values())} differ ({quick:.0f} s and {taken:.0f} s)")
        yield corpus(folder / "attacks")


def corpus(folder: Path) -> Row:
    """The attack corpus with busy programs on all cores: who gets what is not deserved."""
    course = Small(folder, LIMITS)
    with listening(folder) as port, busy(os.cpu_count() or 1):
        for learner, answers in BYSTANDERS.items():
            course.hand_in(learner, answers)
        for attack in READ:
            submit(course, attack, port)
        subprocess.run([sys.executable, "-m", "safegrade.app", "mark", "ps1"], cwd=folder, check=False, capture_output=True)
    wrong = [attack.learner for attack in READ if course.points(attack.learner) != dict(zip(QUESTIONS, attack.points))]
    wrong += [learner for learner in BYSTANDERS if course.points(learner) != {name: worth if learner == "bystander-1" or name != "total" else 0
                                                                             for name, worth in QUESTIONS.items()}]
    return "the attack corpus with both cores taken by busy programs", f"{len(wrong)}", f"of {len(READ) + len(BYSTANDERS)} get what is not theirs: {', '.join(wrong) or 'nobody'}"


if __name__ == "__main__":
    for what, value, remark in rows():
        print(f"{what:<76} {value:>6}  {remark}", flush=True)
