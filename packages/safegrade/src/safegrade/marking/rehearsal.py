"""Nothing is marked before a rehearsal in the very processes that submissions will be forked from.

    opened    a room in which the instructor's own answers get full marks, and the blank release none; else Refused
    wrong     what the instructor's own answers lose in a room, by cell; asked again while a batch is marked

A library that was half imported, or a name that a test does not see, is in every kernel or in none: it would cost a
whole class the same points, and no submission would look odd. So it is the reference that is looked at, not the class.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from copy import deepcopy

from safegrade.limits import Limits
from safegrade.marking.learner import LearnerKernel
from safegrade.marking.mark import Marked, Room, partial
from safegrade.marking.paper import Paper, Sheet
from safegrade.marking.trial import BLANK, REFERENCE
from safegrade.sandbox import Refused

ACCEPTED = "the instructor's own answer did not pass this test, which was accepted; look at it"
Faults = dict[str, str]  # what is wrong with a test, by the name of its cell


def opened(paper: Paper, limits: Limits | None = None, trusted: bool = False, at_once: int = 1, accepted: Collection[str] = (),
           beside: bool = True, with_files: bool = False) -> Room:
    """A room that has passed the rehearsal; `accepted` are cells whose failure is known and looked at by a person, `beside`
    says whether tests may be run beside learners' code (see `trial`), and `with_files` whether anybody has handed in files
    beside the notebook: only then may a test miss one with the instructor's answers.

    One that fails is opened anew: with what an earlier trial found out forgotten, and then without running the assignment's
    own cells beforehand, because those may have left something half done; Refused where that fails too.
    """
    found: Faults = {}
    for given, known in [(True, paper.found), (True, None), (False, None)][paper.found is None:]:
        room = Room(paper, limits, trusted, at_once, given, beside, with_files, known and deepcopy(known))
        try:
            found = {name: why for name, why in faults(room).items() if name not in accepted}
        except BaseException:
            room.close()
            raise
        if not found:
            room.found.hurried |= not given  # another time they may do no harm
            return room
        room.close()
    raise Refused(refusal(paper, found))


def refusal(paper: Paper, found: Faults) -> str:
    """Why nothing is marked, and what helps."""
    told = "; ".join(f"{name} {why}" for name, why in [*found.items()][:5])
    return (f"{paper.notebook}: nothing was marked, because the rehearsal failed: {told}. Mend the test in source/{paper.assignment} and make the "
            f"assignment again (`safegrade check {paper.assignment}` tells more). Where a limit of time is in the way: --cell-seconds, or "
            f"SAFEGRADE_PACE=4. To mark all the same, with this flagged for a person: --accept {' --accept '.join([*found][:5])}")


def faults(room: Room) -> Faults:
    """What a rehearsal finds wrong; notes of what is odd and is not marking's doing are left in `room.notes`."""
    if not room.paper.reference:
        room.notes = unrehearsed(room.paper)
        return {}
    return lost(room, room.rehearsed[REFERENCE][1]) | unearned(room)


def unrehearsed(paper: Paper) -> list[str]:
    """A note where there are tests and no answers of the instructor's in code to try them with."""
    if not any(item.role == "test" and item.kind == "code" and item.points for item in paper.items):
        return []
    return [f"{paper.notebook}: source/{paper.assignment} holds no answers in code, so nobody knows whether right ones pass"]


def wrong(room: Room) -> Faults:
    """What the instructor's own answers lose when they are marked now."""
    return lost(room, room.afresh(room.paper.sheet(room.paper.reference)))


def lost(room: Room, marked: Marked) -> Faults:
    """The tests that take points from the instructor's own answers; not those that wait for a file that learners hand in."""
    return {name: f"gives the instructor's own answer {verdict.points:g} of {verdict.of:g}: {verdict.message or verdict.doubt or verdict.reason}"
            for name, verdict in marked.verdicts.items() if verdict.points is not None and verdict.points < verdict.of
            and name in tests(room.paper) - room.handed_in}


def unearned(room: Room) -> Faults:
    """The tests that give a blank release more than they give it where it is run as stock nbgrader runs it.

    What they give it there too is how the assignment was written (a test of a cell that was given, say), which is noted.
    """
    blank, marked = room.rehearsed[BLANK]
    earned = points(marked)
    if not earned:
        return {}
    plainly = in_one_kernel(room, blank)
    room.notes = [f"{room.paper.notebook}: {name} gives a blank answer {given:g} points" for name, given in earned.items()]
    return {name: f"gives a blank answer {given:g} points" for name, given in earned.items() if given > plainly.get(name, 0.0)}


def points(marked: Marked) -> dict[str, float]:
    """The points that were given, by cell."""
    return {name: verdict.points for name, verdict in marked.verdicts.items() if verdict.points}


def tests(paper: Paper) -> set[str]:
    """The cells that test code."""
    return {item.name for item in paper.items if item.role == "test" and item.kind == "code"}


def in_one_kernel(room: Room, sheet: Sheet) -> dict[str, float]:
    """The points of each test where it runs in the kernel of the answers, after them. Never for a learner's answers."""
    found = {}
    with room.bare() as kernel:
        for item in sheet.items:
            if item.kind == "code" and item.source.strip() and not kernel.ended():
                given = in_this(kernel, item.source, lambda outputs, item=item: partial(item, outputs).points)
                if item.role == "test":
                    found[item.name] = given
    return found


def in_this(kernel: LearnerKernel, source: str, worth: Callable[[list[dict]], float | None]) -> float:
    """What a cell is worth that runs to its end in a kernel, and 0 where it does not."""
    run = kernel.run(source)
    return 0.0 if run.raised or run.reason else worth(run.outputs) or 0.0
