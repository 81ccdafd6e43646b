"""The trial of tests: before anything is marked, each test is tried on the instructor's own answers and on the blank release.

    try_tests   finds out which tests can be taken apart from the learner's code, and which have to run beside it

A test is run apart where nothing in its text speaks against it (see `apart`), where it gives the instructor's answers full
marks apart, asks nothing of them that a copy cannot show, and gives the blank release nothing. Every other is run beside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
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


def try_tests(room: Room, kernel: LearnerKernel) -> None:
    """Find out how the tests of a room's paper are run; `kernel` has run its opening cells.

    Refused where a test has to be run beside the learner's code and the course forbids it. Only the names of modules leave
    the processes of a trial; of the answers nothing is left where a learner's code will run.
    """
    paper = room.paper
    room.beside_tests |= {item.name: why[0] for item in paper.tests if (why := obstacles(paper, item))}
    try:
        if paper.reference:
            try_apart(room, kernel)
            try_beside(room)
        else:
            room.changes = {item.name for item in paper.tests}  # nobody knows better
    finally:
        kernel.close()
    room.keeps = room.keeps or []
    if room.beside_tests and not room.allows_beside:
        names = "; ".join(f"{name} ({why})" for name, why in room.beside_tests.items())
        raise Refused(f"{paper.notebook}: these tests have to be run beside the learner's code, which is switched off: {names}. {REWRITE}")


def try_apart(room: Room, kernel: LearnerKernel) -> None:
    """Try the tests apart until all that are left pass: one that is not run may have been what another leaned on."""
    answers = [Cell(name, "", "code", source) for name, source in room.paper.reference.items()]
    first: LearnerKernel | None = kernel
    while True:
        before = len(room.beside_tests)
        sat(room, answers, first, lambda sitting, marked: prove(room, sitting, marked))
        first = None
        if len(room.beside_tests) == before and {item.name for item in room.paper.tests} - room.beside_tests.keys():
            sat(room, [], None, lambda sitting, marked: disprove(room, marked))
        if len(room.beside_tests) == before:
            return


def sat(room: Room, answers: list[Cell], kernel: LearnerKernel | None, then: Callable[[Sitting, Marked], None]) -> None:
    """Mark answers with the tests that are run apart so far."""
    from safegrade.marking.mark import Sitting  # which needs this module when a room opens

    with Sitting(room, rebuild(room.paper, "", answers)) as sitting:
        sitting.kernel, sitting.proving = kernel, True
        then(sitting, sitting.mark(shown=False, skips=room.beside_tests.keys()))


def prove(room: Room, sitting: Sitting, marked: Marked) -> None:
    """Take up what the instructor's answers have shown."""
    room.outputs, room.attributes = marked.outputs, sitting.attributes
    room.changes = {name for name, answer in sitting.answers.items() if answer["changed"]}
    if sitting.kernel:
        sitting.warm()
    for item in asked(room):
        verdict, answer = marked.verdicts[item.name], sitting.answers.get(item.name, {})
        if answer.get("unfit"):
            room.beside_tests[item.name] = answer["unfit"][0]
        elif answer.get("derived"):
            room.beside_tests[item.name] = f"it looks at a {answer['derived'][0]}, of which a copy shows only a part"
        elif answer.get("moved"):
            room.beside_tests[item.name] = "the code that it calls changes names that it looks at"
        elif not full(verdict.points, item):
            room.beside_tests[item.name] = f"apart from the learner's code it does not pass: {verdict.message or verdict.reason}"


def disprove(room: Room, marked: Marked) -> None:
    """Take up what the blank release has shown."""
    for item in asked(room):
        if marked.verdicts[item.name].points:
            room.beside_tests[item.name] = "apart from the learner's code it passes where nothing was answered"


def asked(room: Room) -> Iterable[Item]:
    """The tests that are run apart so far."""
    return [item for item in room.paper.tests if item.name not in room.beside_tests]


def full(points: float | None, item: Item) -> bool:
    return points is not None and points >= item.points


def try_beside(room: Room) -> None:
    """See whether the other tests pass beside the instructor's answers, or more of them with the hidden tests before them."""
    if room.beside_tests and (failed := failing_beside(room)) and any(item.hides for item in room.paper.tests):
        room.replays_hidden = True
        if len(failing_beside(room)) >= len(failed):
            room.replays_hidden = False
            failing_beside(room)


def failing_beside(room: Room) -> list[str]:
    """Run the tests beside the instructor's answers and take up what those show; the tests that do not pass."""
    from safegrade.marking.mark import Sitting

    room.keeps = None
    answers = [Cell(name, "", "code", source) for name, source in room.paper.reference.items()]
    with Sitting(room, rebuild(room.paper, "", answers)) as sitting:
        found = {item.name: sitting.test_beside(item)[1] for item in room.paper.tests if item.name in room.beside_tests}
        passed = [item.name for item in room.paper.tests if item.name in found and full(found[item.name].points, item)]
        room.handed_in = {name for name in found.keys() - {*passed} if sitting.beside.lacks_module or sitting.sat[name].raised in NOT_THERE}
        room.homemade = {name: sitting.sat[name].homemade for name in passed}
        replaced = {name for each in sitting.sat.values() for name in each.replaced}
    room.keeps = sorted(replaced)
    return sorted(found.keys() - {*passed})
