"""Small assignments as other people write them, marked as they have to be (see `cases`)."""

import builtins

import pytest

from packages.safegrade.tests import cases
from safegrade.inside import words
from safegrade.limits import Limits
from safegrade.marking import mark
from safegrade.marking.apart import obstacles
from safegrade.sandbox import Refused
from safegrade.sandbox.warm import Warm


@pytest.fixture(scope="module", autouse=True)
def shared():
    """One warm process of each kind for all the rooms here."""
    processes = cases.Shared(Warm)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mark, "Warm", processes)
        yield
    processes.close()


@pytest.mark.parametrize("name", sorted(path.stem for path in cases.COURSES.glob("*.txt")))
def test_every_graded_cell_gets_the_marks_that_are_right(name):
    case = cases.read(name)
    with mark.Room(case.paper) as room:
        got = {learner: room.mark(case.sheet(learner)).verdicts for learner in case.marks}
        apart = [item.name for item in case.paper.tests if item.name not in room.found.beside]
    assert {who: {test: verdict.points for test, verdict in verdicts.items()} for who, verdicts in got.items()} == case.marks
    assert {test for verdicts in got.values() for test, verdict in verdicts.items() if verdict.beside} == {*room.found.beside}
    if case.flagged is not None:
        doubts = {who: {test for test, verdict in verdicts.items() if verdict.doubt} for who, verdicts in got.items()}
        assert {who: tests for who, tests in doubts.items() if tests} == case.flagged
    if case.apart is not None:
        assert apart == case.apart


# -- forgery where a test runs beside the learner's code -----------------------------------------------------------------

FORGED = cases.parse("forged", """
# %% ships grader.py
def is_two(x):
    assert abs(x - 2) < 1e-9, "it is not two"

# %% given
import numpy as np
from grader import is_two
def is_one(x):
    assert x == 1

# %% answer half
def half(x):
    return x / 2

# %% answer quarter
def quarter(x):
    return half(half(x))

# %% test seen
kept = half
half = lambda x: x - 1
assert abs(quarter(8) - 6) < 1e-9 and len([quarter(8)]) == 1
half = kept

# %% hidden uses-half
kept = half
del half
try:
    quarter(8)
except NameError:
    pass
else:
    raise AssertionError("quarter does not use half")
finally:
    half = kept
assert sorted(map(quarter, [8, 4])) == [1, 2]
assert np.allclose(quarter(np.array([4.0])), 1)

# %% hidden graded
import grader
kept = half
half = kept
grader.is_two(quarter(8))
is_two(quarter(8))
is_one(quarter(4))
""")
WRONG = {"half": "def half(x):\n    return 0", "quarter": "def quarter(x):\n    return 0"}
FORGERIES = {
    "it exits": "import sys\ndef quarter(x):\n    sys.exit(0)",
    "it ends the process": "import os\ndef quarter(x):\n    os._exit(0)",
    "it ends at the end": "import atexit, sys\natexit.register(lambda: 1 / 0)\ndef quarter(x):\n    raise KeyboardInterrupt",
    "it stops the loop": "def quarter(x):\n    raise StopIteration",
    "it replaces built-ins": "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.len = lambda x: 1\nbuiltins.sorted = lambda x: [1, 2]\n"
                             "builtins.AssertionError = NameError\ndef quarter(x):\n    raise NameError",
    "it hides built-ins": "abs = lambda x: 0\nlen = lambda x: 1\nsorted = lambda x: [1, 2]\nmap = lambda *a: []\nAssertionError = NameError\n"
                          "def quarter(x):\n    return 0",
    "it replaces a library": "np.allclose = lambda *a: True\nimport numpy\nnumpy.allclose = np.allclose\nnp.array = lambda *a: 0\ndef quarter(x):\n    return 0",
    "it takes asserts away": "import ast\nclass Out(ast.NodeTransformer):\n    def visit_Assert(self, node):\n        return ast.Pass()\n"
                             "get_ipython().ast_transformers.append(Out())\n"
                             "get_ipython().input_transformers_post.append(lambda lines: ['pass'])\ndef quarter(x):\n    return 0",
    "it replaces the shell": "shell = get_ipython()\nshell.run_cell = shell.run_code = shell.run_ast_nodes = lambda *a, **k: None\n"
                             "shell.showtraceback = lambda *a, **k: None\nshell.set_custom_exc((Exception,), lambda *a, **k: None)\n"
                             "def quarter(x):\n    return 0",
    "it calls itself equal": "class Any(float):\n    def __eq__(self, other):\n        return True\n    __lt__ = __gt__ = __eq__\n"
                             "    def __sub__(self, other):\n        return self\n    __abs__ = lambda self: self\n    __module__ = 'numpy'\n"
                             "def quarter(x):\n    half(x)\n    return Any()",
    "it replaces the grader": "import grader\ngrader.is_two = is_two = is_one = lambda x: None\ndef quarter(x):\n    return 0",
    "it rewrites the grader": "import sys\nopen('grader.py', 'w').write('def is_two(x): pass')\nsys.modules.pop('grader')\nis_two = is_one = abs\n"
                              "def quarter(x):\n    return 0",
    "it jumps": "import sys\ndef jump(frame, event, arg):\n    if event == 'line':\n        frame.f_lineno = 99\n    return jump\n"
                "def quarter(x):\n    frame = sys._getframe(1)\n    frame.f_trace = jump\n    sys.settrace(jump)\n    return 0",
    "it goes on with a thread": "import threading, os\nthreading.Timer(0.01, os._exit, [0]).start\ndef quarter(x):\n    os.kill(os.getpid(), 15)",
    "it answers for the test": "import safegrade.inside.beside as beside\nbeside.RUN = lambda code, names: [names[each](word) for each in [*names]\n"
                               "    if type(names[each]).__name__ == 'End' for word in code.co_consts\n    if type(word) is str and len(word) == 16] and None\n"
                               "def quarter(x):\n    return 0",
    "it says that all is well": "import safegrade.inside.beside as beside\nasync def sit(*a):\n    return {'heard': [], 'value': None, 'replaced': []}\n"
                                "beside.sit = sit\ndef quarter(x):\n    return 0",
}


@pytest.fixture(scope="module")
def forged(shared):
    with mark.Room(FORGED.paper, Limits(cell_seconds=20)) as room:
        yield room


def test_all_tests_of_the_forged_assignment_run_beside(forged):
    assert {*forged.found.beside} == {"seen", "uses-half", "graded"}
    assert [verdict.points for verdict in forged.mark(FORGED.sheet("reference")).verdicts.values()] == [1, 1, 1]


@pytest.mark.parametrize("name", FORGERIES)
def test_no_point_is_forged_beside(forged, name):
    FORGED.answers["forger"] = WRONG | {"quarter": FORGERIES[name]}
    marked = forged.mark(FORGED.sheet("forger"))
    assert {test: verdict.points for test, verdict in marked.verdicts.items()} == {"seen": 0, "uses-half": 0, "graded": 0}
    assert "half = kept" not in str(marked.outputs["uses-half"]) and "8" not in str(marked.outputs["uses-half"])


@pytest.mark.parametrize("name", ["it exits", "it ends the process", "it answers for the test", "it says that all is well"])
def test_a_strange_end_is_flagged(forged, name):
    FORGED.answers["forger"] = WRONG | {"quarter": FORGERIES[name]}
    assert all(verdict.doubt for verdict in forged.mark(FORGED.sheet("forger")).verdicts.values())


def test_honest_names_that_hide_built_ins_cost_nothing(forged):
    FORGED.answers["honest"] = {"half": "max = 3\nlen = 4\ndef half(x):\n    return x / 2", "quarter": FORGED.reference["quarter"]}
    assert [verdict.points for verdict in forged.mark(FORGED.sheet("honest")).verdicts.values()] == [1, 1, 1]


def test_a_hidden_test_beside_shows_its_own_words_alone(forged):
    FORGED.answers["loud"] = WRONG | {"quarter": "def quarter(x):\n    print('heard', x)\n    return x / 4"}
    marked = forged.mark(FORGED.sheet("loud"))
    assert marked.verdicts["uses-half"].message == "AssertionError: quarter does not use half"
    assert [output["evalue"] for output in marked.outputs["uses-half"]] == ["quarter does not use half"]
    assert "heard" not in str(marked.outputs["uses-half"])


def test_a_course_may_forbid_tests_beside():
    with pytest.raises(Refused, match="uses-half .*beside=False"):
        mark.Room(FORGED.paper, beside=False)


def test_a_module_that_learners_hand_in_is_not_missed():
    case = cases.read("of_modules")
    with mark.Room(case.paper) as room:
        assert room.handed_in == {"beside"}


def test_the_text_of_a_plain_test_speaks_for_it():
    case = cases.parse("plain", "# %% answer f\ndef f(x):\n    return x\n\n# %% test t\nok = False\ntry:\n    f(-1)\nexcept ValueError:\n    ok = True\n"
                                "assert not ok\nfor x in range(3):\n    assert f(x) == x, 'f'\nassert f(True) is True and type(f(1)) is int\n")
    assert obstacles(case.paper, case.paper.tests[0]) == []


# -- points by what a copy does not show ----------------------------------------------------------------------------------

POINTS = cases.parse("points", """
# %% given
numbers = [3, 1, 2]

# %% answer mean
def mean(values):
    return sum(values) / len(values)

# %% test own-list
assert mean(numbers) == sum(numbers) / len(numbers)

# %% test later
assert mean([sum(numbers)]) == 6

# %% test loop
for got, right in zip(map(mean, ([1, 3], [5])), (2, 5)):
    assert got == right

# %% as emptied mean
def mean(values):
    values[:] = [0]
    return 0

# %% as stops mean
def mean(values):
    raise StopIteration

# %% as sorts mean
def mean(values):
    values.sort()
    return sum(values) / len(values)

# %% apart
own-list later loop

# %% marks
reference 1 1 1
emptied 0 0 0
stops 0 0 0
sorts 1 1 1
""")


def test_no_point_for_what_is_changed_in_place_or_stopped():
    with mark.Room(POINTS.paper) as room:
        assert not room.found.beside
        marked = {who: room.mark(POINTS.sheet(who)).verdicts for who in POINTS.marks}
    assert {who: {test: verdict.points for test, verdict in verdicts.items()} for who, verdicts in marked.items()} == POINTS.marks
    assert marked["emptied"]["own-list"].doubt and not marked["sorts"]["own-list"].doubt


# -- nothing hidden is told -----------------------------------------------------------------------------------------------

SECRET = "pango" + "lin"
TOLD = cases.parse("told", f"""
# %% answer f
def f(x):
    return x

# %% hidden hidden
sample = ["{SECRET}"]
got = f(sample)
assert got == sample, f"f gave {{got}} where {{sample}} was right"

# %% hidden literal
assert f(1) == 1, "one is one"

# %% answer total
total = 6

# %% test seen
assert total == 6, total

# %% test asked
for each in f([7]):
    assert each == 7, f"{{each}} is not seven"
""")
SAYS = ("class T:\n    def __str__(self):\n        return str(seen)\n    def __eq__(self, other):\n        raise ValueError(str(seen))\n"
        "total = T()")
TELLERS = {
    "by the words of an error": "def f(x):\n    raise ValueError(str(x))",
    "by an error of its own name": "def f(x):\n    raise type(str(x)[2:9], (ValueError,), {})(x)",
    "by an answer in a message": "def f(x):\n    return ['told', x]",
    "by a list that is filled": "seen = []\ndef f(x):\n    seen.append(x)\n    return seen",
    "by an object": "class Odd:\n    def __iter__(self):\n        raise ValueError(str(seen))\n    def __str__(self):\n        return str(seen)\n"
                    "    __repr__ = __str__\nseen = []\ndef f(x):\n    seen.append(x)\n    return Odd()",
}


@pytest.fixture(scope="module")
def told(shared):
    with mark.Room(TOLD.paper) as room:
        assert not room.found.beside
        yield room


@pytest.mark.parametrize("name", TELLERS)
@pytest.mark.parametrize("total", ["total = seen if 'seen' in globals() else f", SAYS, "total = 6"])
def test_nothing_is_told_of_a_hidden_test(told, name, total):
    TOLD.answers["teller"] = {"f": TELLERS[name], "total": total}
    marked = told.mark(TOLD.sheet("teller"))
    assert SECRET not in str(marked.outputs) and SECRET[2:9] not in str(marked.outputs)
    assert SECRET not in str([verdict.message for verdict in marked.verdicts.values()])


def test_the_name_of_an_error_says_little(told):
    """Python has some sixty exceptions: a function could say six bits of its argument by the one that it raises."""
    names = [name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)]
    said = set()
    for name in names:
        TOLD.answers["teller"] = {"f": f"def f(x):\n    raise {name}.__new__({name})", "total": "total = 6"}
        marked = told.mark(TOLD.sheet("teller"))
        said |= {str([marked.outputs[each], marked.verdicts[each].message]) for each in ("hidden", "literal")}
    assert len(names) > 50 and len(said) <= len(words.COMMON) + 1


@pytest.mark.parametrize("ends", ["os._exit(1)", "os.kill(os.getpid(), 9)", "while True: print('x' * 100_000)"])
def test_the_place_of_an_end_says_nothing(told, ends):
    """A cell that ends its kernel because of what a hidden test has told is shown as it runs without one."""
    TOLD.answers["teller"] = {"f": "seen = []\ndef f(x):\n    seen.append(x)\n    return x", "total": f"import os\nif seen:\n    {ends}\ntotal = 6"}
    assert told.mark(TOLD.sheet("teller")).outputs["total"] == []


def test_the_words_of_the_instructor_are_told(told):
    TOLD.answers["wrong"] = {"f": "def f(x):\n    return 2", "total": "total = 5"}
    marked = told.mark(TOLD.sheet("wrong"))
    assert marked.verdicts["literal"].message == "AssertionError: one is one"
    assert marked.verdicts["hidden"].message == "AssertionError: f gave … where … was right"


def test_the_words_of_a_learners_error_are_told_where_nothing_hidden_was_heard(told):
    TOLD.answers["stops"] = {"f": "def f(x):\n    if x == [7]:\n        raise KeyError('my own words')\n    return x", "total": "total = 6"}
    assert "my own words" in str(told.mark(TOLD.sheet("stops")).outputs["asked"])
