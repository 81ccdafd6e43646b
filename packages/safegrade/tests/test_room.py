"""What a marked notebook shows of a learner's cells, and in what order they ran and were looked at."""

from collections import Counter

import pytest

from safegrade.limits import Limits
from safegrade.marking import mark
from safegrade.marking.ingest import Cell
from safegrade.marking.learner import LearnerKernel
from safegrade.marking.mark import Room
from safegrade.marking.paper import Item, Paper, rebuild
from safegrade.sandbox.warm import Warm

SETUP = "seen_before = 'early' in globals()\nprint('set up')"
PAPER = Paper("ps1", "ps1", (
    Item("setup", "code", "code", SETUP, released=SETUP, id="setup"),
    Item("double", "answer", "code", "double = ...", released="double = ..."),
    Item("double-hidden", "test", "code", "assert double(77) == 154", points=1, released=""),
    Item("total", "answer", "code", "total = ...", released="total = ..."),
    Item("total-hidden", "test", "code", "assert double(88) == 176 and total == 3", points=1, released=""),
))
DOUBLE = "seen = []\ndef double(x):\n    seen.append(x)\n    return x + x\nprint('first')"


@pytest.fixture(scope="module")
def room():
    with Room(PAPER) as opened:
        yield opened


@pytest.fixture
def ran(monkeypatch):
    """How often each cell has been run, by its source."""
    counts, run = Counter(), LearnerKernel.run

    def counted(kernel, source, *how):
        counts[source] += 1
        return run(kernel, source, *how)

    monkeypatch.setattr(LearnerKernel, "run", counted)
    return counts


def marked(room, *sources):
    """A submission that gives `double`, and after its test `sources` as cells of its own or the answer to `total`."""
    cells = [Cell("double", "", "code", DOUBLE), Cell("double-hidden", "", "code", "")]
    cells += [Cell("total" if "total =" in source else "", "", "code", source) for source in sources]
    return room.mark(rebuild(room.paper, "ada", cells))


def printed(found):
    return {name: "".join(output["text"] for output in outputs) for name, outputs in found.outputs.items() if outputs}


def test_cells_after_a_hidden_test_print_what_they_print_without_it(room):
    found = marked(room, "print('one', seen)", "total = 3", "print('two', seen)", "late = 1")
    assert printed(found) == {"setup": "set up\n", "double": "first\n", "extra-1": "one []\n", "extra-2": "two []\n"}
    assert [verdict.points for verdict in found.verdicts.values()] == [1, 1]


def test_no_cell_is_run_twice_behind_the_last_that_prints(room, ran):
    marked(room, "print('one', seen)", "total = 3", "late = 1")
    assert (ran["print('one', seen)"], ran["total = 3"], ran["late = 1"]) == (2, 1, 1)


def test_no_cell_is_run_twice_where_none_prints(room, ran):
    marked(room, "quiet = seen", "total = 3")
    assert (ran["quiet = seen"], ran["total = 3"]) == (1, 1)


ENDS = "import os; hasattr(get_ipython(), 'kernel') and os._exit(1)"  # in the warm process it ends nothing


def asked(monkeypatch):
    """What kernels have been asked for, one dict a request."""
    requests, send = [], LearnerKernel.send

    def noted(kernel, request):
        requests.append(request)
        return send(kernel, request)

    monkeypatch.setattr(LearnerKernel, "send", noted)
    return requests


def test_the_opening_cells_have_run_before_a_submission_is_there(room):
    ready = room.opened.waiting[0].result()
    assert [source for source, _ in ready.opening] == [SETUP]
    assert marked(room).outputs["setup"][0]["text"] == "set up\n" and not ready.opening


def test_a_cell_before_the_opening_ones_runs_before_them(room):
    cells = [Cell("", "", "code", "early = 1"), Cell("setup", "setup", "code", SETUP), Cell("double", "", "code", DOUBLE), Cell("total", "", "code", "print(seen_before)")]
    found = room.mark(rebuild(PAPER, "ada", cells))
    assert [found.outputs[name][0]["text"] for name in ("setup", "total")] == ["set up\n", "True\n"]


def test_an_opening_cell_that_ends_its_kernel_costs_nothing_else():
    ends = Item("setup", "code", "code", ENDS, released=ENDS, id="setup")
    with Room(Paper("ps1", "ps1", (ends, *PAPER.items[1:]))) as opened:
        found = marked(opened, "total = 3")
    assert found.outputs["setup"][-1]["ename"] == "KernelEnded"
    assert [verdict.points for verdict in found.verdicts.values()] == [1, 1]


COUNTS = Paper("ps1", "ps1", (
    Item("count", "answer", "code", "count = ...", released="count = ..."),
    Item("count-check", "test", "code", "assert count == 0", points=1, released="assert count == 0"),
    Item("count-again", "test", "code", "assert count == 0\nstep()", points=1, released="assert count == 0\nstep()"),
    Item("count-hidden", "test", "code", "assert count == 1 and callable(step)", points=1, released=""),
))


def test_what_a_call_has_changed_is_looked_at_anew():
    answer = "count = 0\ndef step():\n    global count\n    count += 1"
    with Room(COUNTS) as opened:
        found = opened.mark(rebuild(COUNTS, "ada", [Cell("count", "", "code", answer)]))
    assert [verdict.points for verdict in found.verdicts.values()] == [1, 1, 1]


def test_what_nothing_has_changed_is_looked_at_once(monkeypatch):
    with Warm("kernel") as warm, LearnerKernel(warm, Limits(), {}) as kernel:
        requests = asked(monkeypatch)
        kernel.run("count = 0", None, ["count"])
        said = {kernel.ask({"look": ["count"]}, 5.0) for _ in range(3)}
        assert [[*request] == ["look"] for request in requests] == [False, True]
        kernel.run("count = 1")
        assert kernel.ask({"look": ["count"]}, 5.0) not in said


STOPS = Paper("ps1", "ps1", (
    Item("y", "answer", "code", "y = ...", released="y = ..."),
    Item("y-check", "test", "code", "assert 'y' in globals() and y == 3, 'not attempted yet'", points=1, released="assert 'y' in globals() and y == 3, 'not attempted yet'"),
    Item("z", "answer", "code", "z = ...", released="z = ..."),
    Item("z-check", "test", "code", "assert z == 1", points=1, released="assert z == 1"),
))


def test_an_answer_that_raised_says_what_it_raised_and_an_untouched_one_that_it_was_not_attempted():
    with Room(STOPS) as opened:
        found = opened.mark(rebuild(STOPS, "ada", [Cell("y", "", "code", "y = {}['E_cells']"), Cell("z", "", "code", "z = ...")]))
    assert found.verdicts["y-check"].message.startswith("y stopped with KeyError: 'E_cells'; ")
    assert found.outputs["y-check"][0]["text"] == "y stopped with KeyError: 'E_cells'.\n"
    assert [found.verdicts[name].reason for name in ("y-check", "z-check")] == ["error", "not attempted"]


def test_what_an_answer_stopped_with_is_not_told_where_a_hidden_test_was_heard_before(room):
    found = marked(room, "raise ValueError(seen)\ntotal = 3")
    assert "77" not in str(found.verdicts["total-hidden"].message) and "stopped with an error" in found.verdicts["total-hidden"].message


CHANGED = Paper("ps1", "ps1", (
    Item("mean", "answer", "code", "mean = ...", released="mean = ..."),
    *(Item(f"mean-{number}", "test", "code", f"numbers = [{number}, 3]\nassert mean(numbers) is not None", points=1, released="") for number in range(4)),
    Item("say", "answer", "code", "say = ...", released="say = ..."),
), reference={"mean": "def mean(values):\n    return sum(values) / len(values)", "say": "say = 1"})


def test_what_is_run_once_more_has_one_limit_of_time_however_many_tests_ask_for_it(monkeypatch):
    sittings, begin = [], mark.Sitting.__init__
    monkeypatch.setattr(mark.Sitting, "__init__", lambda sitting, *more: (begin(sitting, *more), sittings.append(sitting))[0])
    with Room(CHANGED) as opened:
        sittings.clear()
        changes = "seen = []\ndef mean(values):\n    seen.append(values[:])\n    values.clear()\n    return 2"
        found = opened.mark(rebuild(CHANGED, "ada", [Cell("mean", "", "code", changes), Cell("say", "", "code", "print(seen)")]))
    first, *others = sittings
    assert len(others) == 5 and {each.until for each in others} == {first.latest}
    assert first.latest == first.until + opened.limits.notebook_seconds
    assert found.outputs["say"][0]["text"] == "[]\n"
