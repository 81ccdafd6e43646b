"""What a test holds of a learner's: data as data, functions and objects as proxies that call into a real sandboxed kernel."""

import json

import numpy as np
import pandas as pd
import pytest

from safegrade.inside import drawn, remote
from safegrade.limits import Limits
from safegrade.marking.learner import LearnerKernel
from safegrade.sandbox.warm import Warm

CODE = """
import numpy as np, pandas as pd

number, table = 3, pd.DataFrame({"x": [1, 2]})

def double(x, *, times=2):
    "Twice as much."
    return x * times

def change(items, names, counts):
    items.append(4)
    names["new"] = 1
    counts += 1

def fails(kind):
    raise {"key": KeyError, "value": ValueError, "mine": type("Mine", (ZeroDivisionError,), {}), "unicode": type("U", (UnicodeDecodeError,), {"__init__": lambda *a: None})}[kind]("words")

class Cell:
    def __init__(self, size):
        self.size, self.neighbours = size, []
    def grow(self, by=1):
        self.size += by
        return self
    def __len__(self): return self.size
    def __getitem__(self, place): return range(self.size)[place]
    def __str__(self): return f"a cell of {self.size}"
    def __float__(self): return float(self.size)
    __eq__ = lambda self, other: True
    __hash__ = None

class Bag:
    def __init__(self, items): self.items = items
    def __iter__(self): return iter(self.items)
    def __contains__(self, item): return True
    def __bool__(self): return False

cell, bag = Cell(5), Bag([1, 2])

def apply(function, value):
    return function(value)

def squares(n):
    for each in range(n):
        yield each ** 2

def figure():
    from matplotlib.figure import Figure
    drawing = Figure()
    axes = drawing.subplots()
    axes.plot([1, 2], [3, 5], label="up")
    axes.bar([0, 1], [2, 4])
    axes.scatter([1], [2])
    axes.set(title="Cells", xlabel="day", ylabel="number", yscale="log")
    axes.legend()
    return drawing
"""


@pytest.fixture(scope="module")
def kernel():
    """A learner's kernel that has run CODE."""
    with Warm("kernel", ("numpy", "pandas", "matplotlib.figure")) as warm:
        running = LearnerKernel(warm, Limits(), {})
        assert running.run(CODE).raised == ""
        yield running
        running.close()


@pytest.fixture
def learners(kernel):
    """A function from a name to what a test gets for it."""
    def ask(request):
        return json.loads(kernel.ask(request, 20))

    return lambda name: remote.value(ask, ask({"look": [name]})["names"][name])


def test_data_comes_as_data(learners):
    assert learners("number") == 3
    pd.testing.assert_frame_equal(learners("table"), pd.DataFrame({"x": [1, 2]}))


def test_a_name_that_is_not_there_is_left_out(kernel):
    assert json.loads(kernel.ask({"look": ["nothing"]}, 20)) == {"names": {}}


def test_a_function_is_called_with_data_and_answers_with_data(learners):
    double = learners("double")
    assert (double(4), double("ab", times=3)) == (8, "ababab")
    np.testing.assert_array_equal(double(np.arange(3)), [0, 2, 4])
    assert callable(double)
    assert (double.__name__, double.__doc__, bool(double)) == ("double", "Twice as much.", True)


def test_what_a_function_changes_is_changed_here_too(learners):
    items, names, counts = [1], {"old": 0}, np.zeros(2)
    learners("change")(items, names, counts)
    assert (items, names, counts.tolist()) == ([1, 4], {"old": 0, "new": 1}, [1, 1])


@pytest.mark.parametrize("kind, base, name", [("key", KeyError, "KeyError"), ("value", ValueError, "ValueError"), ("mine", ZeroDivisionError, "Mine")])
def test_an_exception_comes_by_name_and_base(learners, kind, base, name):
    with pytest.raises(base, match="words") as raised:
        learners("fails")(kind)
    assert raised.type.__name__ == name
    assert remote.is_theirs(raised.value)
    assert raised.type is base or raised.type.__module__ == "builtins"


def test_an_exception_that_cannot_be_made_of_words_alone_is_one_still(learners):
    with pytest.raises(Exception) as raised:
        learners("fails")("unicode")
    assert raised.type.__name__ in ("U", "UnicodeDecodeError")


def test_a_wrong_call_fails_as_it_would(learners):
    with pytest.raises(TypeError, match="argument"):
        learners("double")()


def test_an_object_shows_its_attributes_and_methods(learners):
    cell = learners("Cell")(3)
    assert (cell.size, cell.grow(by=2).size, cell.neighbours) == (3, 5, [])
    assert (len(cell), cell[1], str(cell), float(cell), list(cell)) == (5, 1, "a cell of 5", 5.0, [0, 1, 2, 3, 4])
    with pytest.raises(AttributeError):
        _ = cell.colour


def test_an_object_is_equal_to_nothing_but_itself(learners):
    cell = learners("cell")
    assert cell == cell
    assert cell != 5
    assert cell not in [5, None, learners("cell")]
    assert not callable(cell)


def test_what_is_in_an_object_is_looked_at_here(learners):
    bag = learners("bag")
    assert 1 in bag
    assert 3 not in bag
    assert not bag


def test_an_object_goes_back_as_itself(learners):
    assert learners("apply")(learners("Bag"), [7]).items == [7]
    assert learners("apply")(learners("double"), 4) == 8


def test_a_generator_is_listed(learners):
    assert list(learners("squares")(4)) == [0, 1, 4, 9]


def test_a_figure_comes_as_what_was_drawn(learners):
    drawing = learners("figure")()
    assert type(drawing) is drawn.FigureData
    axes = drawing.axes[0]
    assert (axes.get_title(), axes.get_xlabel(), axes.get_yscale(), axes.legend) == ("Cells", "day", "log", ["up"])
    assert list(axes.get_lines()[0].get_ydata()) == [3, 5]
    assert (axes.bars, np.asarray(axes.points[0]).tolist()) == ([2, 4], [[1, 2]])


@pytest.mark.parametrize("said", [
    {}, {"value": 3}, {"value": {"kind": "x"}}, {"raised": {}}, {"raised": {"name": "a\0b", "bases": ["exec", "KeyboardInterrupt"], "says": 3}}, {"raised": 3},
], ids=str)
def test_a_malformed_answer_is_an_error_of_the_test(said):
    function = remote.RemoteCall(lambda request: said, ["f"], {"type": "function", "__name__": "f", "__doc__": None, "callable": True})
    with pytest.raises(Exception):  # noqa: B017 (any error will do)
        function(1)
