"""What a marked notebook shows of a learner's cells: never what a hidden test has called."""

from collections import Counter

import pytest

from safegrade.ingest import Cell
from safegrade.learner import LearnerKernel
from safegrade.mark import Room
from safegrade.paper import Item, Paper, rebuild

PAPER = Paper("ps1", "ps1", (
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
    return room.mark(rebuild(PAPER, "ada", cells))


def printed(found):
    return {name: "".join(output["text"] for output in outputs) for name, outputs in found.outputs.items() if outputs}


def test_cells_after_a_hidden_test_print_what_they_print_without_it(room):
    found = marked(room, "print('one', seen)", "total = 3", "print('two', seen)", "late = 1")
    assert printed(found) == {"double": "first\n", "extra-1": "one []\n", "extra-2": "two []\n"}
    assert [verdict.points for verdict in found.verdicts.values()] == [1, 1]


def test_no_cell_is_run_twice_behind_the_last_that_prints(room, ran):
    marked(room, "print('one', seen)", "total = 3", "late = 1")
    assert (ran["print('one', seen)"], ran["total = 3"], ran["late = 1"]) == (2, 1, 1)


def test_no_cell_is_run_twice_where_none_prints(room, ran):
    marked(room, "quiet = seen", "total = 3")
    assert set(ran.values()) == {1}
