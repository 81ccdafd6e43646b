"""Nothing is marked where the instructor's own answers lose points, at the start, in the middle or at the end of a batch."""

from types import SimpleNamespace

import pytest

from safegrade.limits import Limits
from safegrade.marking import rehearsal
from safegrade.marking.ingest import Cell
from safegrade.marking.mark import Marked, Verdict
from safegrade.marking.paper import Item, Paper, rebuild
from safegrade.nbgrader import batch
from safegrade.nbgrader.batch import Local, Task
from safegrade.sandbox import Refused

# In the process that forks are made from nobody asks a kernel; what a library keeps from there is in every fork.
HALF = "import decimal, time\nif not hasattr(decimal, 'half'):\n    decimal.half = True\n    time.sleep(1)\n    decimal.half = False"
POISON = "import decimal\nif not hasattr(get_ipython(), 'kernel'):\n    decimal.half = True"
SWALLOWED = f"try:\n    {HALF.replace(chr(10), chr(10) + '    ')}\nexcept Exception:\n    pass"


def test_cell(name, source, points=1.0, hidden=False):
    return Item(name, "test", "code", source, points=points, released="" if hidden else source)


test_cell.__test__ = False


def paper(given, *tests, answer="y = ...", reference="y = not getattr(decimal, 'half', False)"):
    """An assignment with one cell that is given, one answer and some tests."""
    items = (Item("given", "code", "code", given, released=given), Item("y", "answer", "code", answer, released=answer), *tests)
    return Paper("q", "q", items, reference={"y": reference})


def points(room, answer):
    """What a learner's answer gets."""
    marked = room.mark(rebuild(room.paper, "ada", [Cell("y", "", "code", answer)]))
    return [verdict.points for verdict in marked.verdicts.values()]


@pytest.mark.parametrize("given", [HALF, SWALLOWED, POISON])
def test_what_the_given_cells_left_half_done_costs_nobody_anything(given):
    half = paper(given, test_cell("y-check", "assert y is True"))
    with rehearsal.opened(half, Limits(given_seconds=0.05)) as room:
        assert points(room, "y = not getattr(decimal, 'half', False)") == [1]


@pytest.mark.parametrize("test, says", [
    ("assert y == 2, 'not two'", "y-check gives the instructor's own answer 0 of 1: AssertionError: not two"),
    ("0.5", "y-check gives the instructor's own answer 0.5 of 1"),
    ("import nowhere_to_be_found", "y-check gives the instructor's own answer 0 of 1: ModuleNotFoundError"),
])
def test_nothing_is_marked_where_the_instructors_own_answer_loses_points(test, says):
    with pytest.raises(Refused, match=says) as refused:
        rehearsal.opened(paper("", test_cell("y-check", test), reference="y = 1"))
    assert "--accept y-check" in str(refused.value) and "safegrade check q" in str(refused.value)


def test_what_gives_no_points_and_what_a_person_marks_keeps_nobody_from_marking():
    words = Item("words", "answer", "markdown", "?", points=3, by_hand=True, released="?")
    free = paper("", test_cell("warn", "assert y == 2", points=0.0), test_cell("half", "1/2", points=0.5), words, reference="y = 1")
    with rehearsal.opened(free) as room:
        assert points(room, "y = 1") == [0, 0.5, None]


def test_a_test_that_was_accepted_is_marked_and_flagged():
    odd = paper("", test_cell("odd", "assert y == 2"), test_cell("y-check", "assert y == 1"), reference="y = 1")
    task = Task(None, (rebuild(odd, "ada", [Cell("y", "", "code", "y = 1")]),))
    with Local([odd], 1, accepted=["odd"]) as local:
        (_, [marked]), = local.run([task])
    assert [(verdict.points, bool(verdict.doubt)) for verdict in marked.verdicts.values()] == [(0, True), (1, False)]


def test_a_test_that_passes_without_an_answer_as_the_assignment_has_it_is_noted():
    easy = paper("given = 1", test_cell("given-check", "assert given == 1"), test_cell("y-check", "assert y == 1"), reference="y = 1")
    with rehearsal.opened(easy) as room:
        assert room.notes == ["q: given-check gives a blank answer 1 points"]


def test_a_test_that_only_the_way_of_marking_lets_pass_without_an_answer_is_refused(monkeypatch):
    monkeypatch.setattr(rehearsal, "in_one_kernel", lambda room, sheet: {})
    with pytest.raises(Refused, match="given-check gives a blank answer 1 points"):
        rehearsal.opened(paper("given = 1", test_cell("given-check", "assert given == 1"), reference="y = 1"))


def test_where_no_answer_is_known_that_is_noted():
    with rehearsal.opened(Paper("q", "q", (test_cell("x", "assert True"),))) as room:
        assert len(room.notes) == 1 and "source/q holds no answers" in room.notes[0]


# -- in a batch --------------------------------------------------------------------------------------------------------

RIGHT = paper("", test_cell("y-check", "assert y == 1"), reference="y = 1")


@pytest.fixture
def rooms(monkeypatch):
    """Rooms in which nothing runs: `looks` are what the instructor's own answers lose each time, `given` what a submission gets in each room."""
    made = SimpleNamespace(looks=[], opened=[], busy=[])

    def opened(paper_, *_):
        room = SimpleNamespace(paper=paper_, notes=[], number=len(made.opened), close=lambda: made.opened.append("closed"),
                               __enter__=None, mark=lambda sheet: marks(room, sheet))
        made.opened.append(room)
        return Opened(room)

    def marks(room, sheet):
        made.busy.append(sheet.learner)
        return Marked(sheet.learner, verdicts={"y-check": Verdict(float(room.number), 1, made.reason(sheet.learner))})

    made.reason = lambda learner: "right"
    monkeypatch.setattr(rehearsal, "opened", opened)
    monkeypatch.setattr(rehearsal, "wrong", lambda room: made.looks.pop(0) if made.looks else {})
    return made


class Opened:
    """A room as a context manager."""

    def __init__(self, room):
        self.__dict__.update(vars(room))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def tasks(count):
    return [Task(str(number), (rebuild(RIGHT, str(number), []),)) for number in range(count)]


def given(done):
    return {learner: marked[0].verdicts["y-check"].points for learner, marked in done}


def test_what_was_marked_since_the_last_good_look_is_marked_again_elsewhere(rooms):
    rooms.looks = [{}, {"y-check": "gives the instructor's own answer 0 of 1: KeyError"}]
    with Local([RIGHT], 1, every=2) as local:
        assert given(local.run(tasks(5))) == {"0": 0, "1": 0, "2": 1, "3": 1, "4": 1}


def test_what_fails_again_and_again_ends_the_batch_and_keeps_what_was_vouched_for(rooms):
    rooms.looks = [{}, *[{"y-check": "gives the instructor's own answer 0 of 1"}] * 9]
    handed_back = []
    with Local([RIGHT], 1, every=2) as local, pytest.raises(Refused, match="y-check gives the instructor's own answer 0 of 1") as refused:
        for learner, _ in local.run(tasks(5)):
            handed_back.append(learner)
    assert handed_back == ["0", "1"] and "seed" in str(refused.value)


def test_the_last_look_comes_after_the_last_submission(rooms):
    rooms.looks = [{"y-check": "broken"}]
    with Local([RIGHT], 2, every=100) as local:
        assert set(given(local.run(tasks(3))).values()) == {1}


def test_what_timed_out_is_marked_once_more_alone(rooms, monkeypatch):
    monkeypatch.setattr(batch, "measured", lambda: 1.0)
    first = set()
    rooms.reason = lambda learner: "time" if learner == "1" and learner not in first and not first.add(learner) else "right"
    with Local([RIGHT], 2) as local:
        done = dict(local.run(tasks(4)))
    assert done["1"][0].verdicts["y-check"].reason == "right"
    assert sorted(rooms.busy) == ["0", "1", "1", "2", "3"] and rooms.busy[-1] == "1"


@pytest.mark.parametrize("slowness, times, flagged", [(1.0, 1, False), (9.0, 2, True)])
def test_with_one_worker_it_is_marked_again_where_the_machine_was_busy_and_flagged_where_it_was_slow(rooms, monkeypatch, slowness, times, flagged):
    monkeypatch.setattr(batch, "measured", lambda: slowness)
    monkeypatch.setattr(batch, "pace", lambda: 1.0)
    rooms.reason = lambda learner: "time"
    with Local([RIGHT], 1) as local:
        (_, [marked]), = local.run(tasks(1))
    assert (len(rooms.busy), bool(marked.verdicts["y-check"].doubt)) == (times, flagged)


def test_every_limit_of_time_follows_the_pace(monkeypatch):
    monkeypatch.setattr("safegrade.limits.pace", lambda: 4.0)
    slow, quick = Limits().paced(), Limits()
    for name in Limits.__dataclass_fields__:
        assert getattr(slow, name) == getattr(quick, name) * (4 if name.endswith("seconds") else 1)
