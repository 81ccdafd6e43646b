"""The trial of tests: before anything is marked, each test is tried on the instructor's own answers and on the blank release.

    try_tests   finds out which tests can be taken apart from the learner's code, and which have to run beside it

A test is run apart where nothing in its text speaks against it (see `apart`), where it gives the instructor's answers full
marks apart, asks nothing of them that a copy cannot show, and gives the blank release nothing. Every other is run beside.
What an earlier trial has found out (see `found`) is taken over. In either case both are marked at the end as a submission is,
in forks of the processes as they are from then on: at those marks the rehearsal looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from safegrade.marking.apart import obstacles
from safegrade.marking.ingest import Cell
from safegrade.marking.paper import Item, rebuild
from safegrade.sandbox import Refused

if TYPE_CHECKING:
    from safegrade.marking.learner import LearnerKernel
    from safegrade.marking.mark import Marked, Room, Sitting

NOT_THERE = ("ModuleNotFoundError", "FileNotFoundError")
REWRITE = ("Write it so that it calls the answer's functions with numbers, text, lists, arrays or tables and looks at what they return; "
           "or allow it: leave out beside=False")
REFERENCE, BLANK = "reference", "blank"  # what is rehearsed


def try_tests(room: Room, kernel: LearnerKernel) -> None:
    """Find out how the tests of a room's paper are run, and rehearse it; `kernel` has run its opening cells.

    Refused where a test has to be run beside the learner's code and the course forbids it. Only the names of modules leave
    the processes of a trial; of the answers nothing is left where a learner's code will run.
    """
    paper, found = room.paper, room.found
    try:
        if found.modules:
            load(room, found.modules)
            allowed(room)
            rehearse(room)
            return
        found.beside |= {item.name: why[0] for item in paper.tests if (why := obstacles(paper, item))}
        if paper.reference:
            try_all(room, kernel)
        else:
            found.changes = {item.name for item in paper.tests}  # nobody knows better
            found.keeps = []
            allowed(room)
    finally:
        kernel.close()


def try_all(room: Room, kernel: LearnerKernel | None) -> None:
    """Try all tests, until none that is run apart gives a blank release points."""
    while True:
        try_apart(room, kernel)
        try_beside(room)
        room.found.keeps = room.found.keeps or []
        allowed(room)
        rehearse(room)
        if not disproved(room):
            return
        kernel = None


def allowed(room: Room) -> None:
    """Refused where tests have to be run beside the learner's code and may not be."""
    if room.found.beside and not room.allows_beside:
        names = "; ".join(f"{name} ({why})" for name, why in room.found.beside.items())
        raise Refused(f"{room.paper.notebook}: these tests have to be run beside the learner's code, which is switched off: {names}. {REWRITE}")


def rehearse(room: Room) -> None:
    """Mark the instructor's own answers and the blank release as any submission is marked."""
    sheets = {REFERENCE: room.paper.sheet(room.paper.reference), BLANK: room.paper.sheet({})}
    with ThreadPoolExecutor(len(sheets)) as pool:
        marked = pool.map(room.afresh, sheets.values())
        room.rehearsed = dict(zip(sheets, zip(sheets.values(), marked)))


def disproved(room: Room) -> bool:
    """Whether tests that are run apart gave the blank release points; they are run beside from now on."""
    _, marked = room.rehearsed[BLANK]
    found = {item.name: "apart from the learner's code it passes where nothing was answered" for item in asked(room) if marked.verdicts[item.name].points}
    room.found.beside |= found
    return bool(found)


def try_apart(room: Room, kernel: LearnerKernel | None) -> None:
    """Try the tests apart until all that are left pass: one that is not run may have been what another leaned on."""
    answers = [Cell(name, "", "code", source) for name, source in room.paper.reference.items()]
    while True:
        before = len(room.found.beside)
        with sitting_for(room, answers) as sitting:
            sitting.kernel, sitting.proving = kernel, True
            prove(room, sitting, sitting.mark(shown=False, skips=room.found.beside.keys()))
        kernel = None
        if len(room.found.beside) == before:
            return


def sitting_for(room: Room, answers: list[Cell]) -> Sitting:
    """A sitting in which the instructor's own answers are marked."""
    from safegrade.marking.mark import Sitting  # which needs this module when a room opens

    return Sitting(room, rebuild(room.paper, "", answers))


def prove(room: Room, sitting: Sitting, marked: Marked) -> None:
    """Take up what the instructor's answers have shown."""
    found = room.found
    found.outputs, found.attributes = marked.outputs, sitting.attributes
    found.changes = {name for name, answer in sitting.answers.items() if answer["changed"]}
    found.handled = {name: {*answer["handled"]} for name, answer in sitting.answers.items()}
    if sitting.kernel:
        load(room, sitting.imported())
    for item in asked(room):
        verdict, answer = marked.verdicts[item.name], sitting.answers.get(item.name, {})
        found.hurried |= verdict.reason == "time"
        if answer.get("unfit"):
            found.beside[item.name] = answer["unfit"][0]
        elif answer.get("derived"):
            found.beside[item.name] = f"it looks at a {answer['derived'][0]}, of which a copy shows only a part"
        elif answer.get("moved"):
            found.beside[item.name] = "the code that it calls changes names that it looks at"
        elif not full(verdict.points, item):
            found.beside[item.name] = f"apart from the learner's code it does not pass: {verdict.message or verdict.reason}"


def load(room: Room, modules: dict[str, list[str]]) -> None:
    """Have both warm processes import what answers and tests import."""
    for role, warm in (("kernel", room.kernels), ("examiner", room.examiners)):
        known = room.found.modules.setdefault(role, [])
        known += [name for name in modules.get(role, []) if name not in known]
        warm.load(known)


def asked(room: Room) -> Iterable[Item]:
    """The tests that are run apart so far."""
    return [item for item in room.paper.tests if item.name not in room.found.beside]


def full(points: float | None, item: Item) -> bool:
    """Whether these are all the points of a test."""
    return points is not None and points >= item.points


def try_beside(room: Room) -> None:
    """See whether the other tests pass beside the instructor's answers, or more of them with the hidden tests before them."""
    if room.found.beside and (failed := failing_beside(room)) and any(item.hides for item in room.paper.tests):
        room.found.replays_hidden = True
        if len(failing_beside(room)) >= len(failed):
            room.found.replays_hidden = False
            failing_beside(room)


def failing_beside(room: Room) -> list[str]:
    """Run the tests beside the instructor's answers and take up what those show; the tests that do not pass."""
    room.found.keeps = None
    answers = [Cell(name, "", "code", source) for name, source in room.paper.reference.items()]
    with sitting_for(room, answers) as sitting:
        found = {item.name: sitting.test_beside(item)[1] for item in room.paper.tests if item.name in room.found.beside}
        passed = [item.name for item in room.paper.tests if item.name in found and full(found[item.name].points, item)]
        room.found.handed_in = {name for name in found.keys() - {*passed} if sitting.beside.lacks_module or sitting.sat[name].raised in NOT_THERE}
        room.found.homemade = {name: sitting.sat[name].homemade for name in passed}
        replaced = {name for each in sitting.sat.values() for name in each.replaced}
    room.found.keeps = sorted(replaced)
    return sorted(found.keys() - {*passed})
