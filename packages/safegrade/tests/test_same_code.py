"""Whether a module's functions are those of its source is told by what they do, not by Python's `==` on code."""

import types

import pytest

from safegrade.inside.beside import same_code, same_functions


def code(source, file="one.py", line=1):
    return compile("\n" * (line - 1) + source, file, "exec").co_consts[0]


F = "def f(x):\n    return x + {}"
G = "def f(x):\n    def g(y):\n        return y * {}\n    return g(x)"
PAIRS = [("0", "False"), ("0", "0.0"), ("1", "True"), ("0.0", "-0.0"), ("1.0", "1"), ("(0, 1)", "(0, True)"), ("(0, (1.0, 2))", "(0, (1, 2))"), ("'1'", "b'1'"), ("0j", "-0j"),
         ("2", "3")]


@pytest.mark.parametrize("shape", [F, G, "f = lambda x: x + {}"], ids=["constant", "inner function", "lambda"])
@pytest.mark.parametrize("one, other", PAIRS)
def test_constants_of_another_type_are_other_code(shape, one, other):
    assert same_code(code(shape.format(one)), code(shape.format(one)))
    assert not same_code(code(shape.format(one)), code(shape.format(other)))


@pytest.mark.parametrize("where", [{"file": "another.py"}, {"line": 40}])
def test_the_same_code_in_another_place_is_the_same(where):
    assert same_code(code(F.format(1)), code(F.format(1), **where)) and same_code(code(G.format(1)), code(G.format(1), **where))


def test_code_that_has_run_often_is_the_same():
    """Python counts in the code how often it has run, and writes quicker instructions over it."""
    names = {}
    exec(compile(F.format(1), "one.py", "exec"), names)
    for number in range(5000):
        names["f"](number)
    assert same_code(names["f"].__code__, code(F.format(1)))


@pytest.mark.parametrize("other", ["def f(x):\n    return x - 1", "def f(y):\n    return y + 1", "def f(x):\n    return abs(x)", "def f(x, *more):\n    return x + 1",
                                   "def f(*x):\n    return x + 1", "def f(x):\n    return x.a", "async def f(x):\n    return x + 1"])
def test_what_does_something_else_is_other_code(other):
    assert not same_code(code(F.format(1)), code(other))


@pytest.mark.parametrize("value", [None, 3, len, "def f(x): ..."])
def test_what_is_no_code_is_not_the_same(value):
    assert not same_code(value, code(F.format(1)))


def module(source):
    made = types.ModuleType("shipped")
    exec(compile(source, "/elsewhere/shipped.py", "exec"), vars(made))
    return made


SHIPPED = """
import functools
def passed(x):
    return x > 0
@functools.lru_cache
def points():
    return 1
class Checker:
    def __init__(self, most): self.most = most
    def right(self, x): return x == 3
    @property
    def most_points(self): return self.most
    @most_points.setter
    def most_points(self, most): self.most = most
    @staticmethod
    def fine(x): return x
    @classmethod
    def new(cls): return cls(1)
if True:
    def either(x): return [each for each in x]
else:
    def either(x): return x
"""
TRICKS = {
    "a function": "live.passed = lambda x: True",
    "with another constant": "live.passed = module(SHIPPED.replace('x > 0', 'x > False')).passed",
    "that says what it wraps": "old = live.passed\nlive.passed = lambda x: True\nlive.passed.__wrapped__ = old",
    "an object that has its code": "old = live.passed\nlive.passed = type('F', (), {'__code__': old.__code__, '__wrapped__': old, '__call__': lambda *a: True})()",
    "a method": "live.Checker.right = lambda self, x: True",
    "a property": "live.Checker.most_points = property(lambda self: 100)",
    "a static method": "live.Checker.fine = staticmethod(lambda x: 3)",
    "a class for a function": "live.passed = bool",
    "the code of a function": "live.passed.__code__ = (lambda x: True).__code__",
    "the code in a cache": "live.points.__wrapped__.__code__ = (lambda: 9).__code__",
}


def test_a_module_as_it_was_shipped_is_taken_for_itself():
    live = module(SHIPPED)
    live.passed(1), live.points(), live.Checker(3).right(3), live.either([1])
    assert same_functions(live, SHIPPED)


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_a_module_in_which_something_was_replaced_is_told_apart(trick):
    live = module(SHIPPED)
    exec(trick, {"live": live, "module": module, "SHIPPED": SHIPPED})
    assert not same_functions(live, SHIPPED)


def test_a_module_whose_function_was_replaced_by_one_with_another_constant_is_told_apart():
    text = "def passed(x):\n    return x > 0\ndef points():\n    return 0"
    live = module(text)
    assert same_functions(live, text)
    live.points = module(text.replace("return 0", "return False")).points
    assert not same_functions(live, text)
