"""The words that tests of assignments are written in: a check passes in silence or says what it expected.

    call      run a learner's function and hand back its answer
    number    a single number within plain limits
    close     a number within a stated tolerance
    same      a word, a truth value, or a list of them
    choice    one of several options
    order     steps in an order that respects what must come first

Each raises `NotYet`, an AssertionError whose message is a sentence. A known wrong answer can be given with its own
sentence: `ideas={wrong: sentence}`. The expected value is named only with `show=True`, so a hidden test does not
give it away. Learners' functions are called with plain arguments and plain values are compared. All but `call`
return nothing: nbgrader reads a value that a test cell displays as its marks.
"""

from __future__ import annotations

import builtins
import math
import reprlib
import textwrap
from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from typing import Any, NoReturn

YOURS = "your function"  # what is told of a call that learners do not see
USUAL = {"AttributeError", "IndexError", "KeyError", "NameError", "RecursionError", "TypeError", "ValueError", "ZeroDivisionError"}
WIDTH = 80  # `nbgrader validate` cuts what is longer than 87


class NotYet(AssertionError):
    """An answer that is missing or not right. A notebook shows its sentence and no traceback.

    `told` is the sentence without anything that came from the learner's code or was given to it: what may be shown of a
    test that learners do not see. A function could answer such a test with what it was called with.
    """

    def __init__(self, sentence: str = "", told: str = ""):
        super().__init__(sentence)
        self.told = told or sentence

    def _render_traceback_(self) -> list[str]:  # the name that IPython looks for
        return textwrap.wrap(str(self), WIDTH, break_on_hyphens=False)


def call(function: Callable, *arguments: Any, **named: Any) -> Any:
    """Return `function(*arguments, **named)`; NotYet when it is no function, stops, or returns nothing."""
    name = getattr(function, "__name__", "your function")
    attempted(function, name)
    if not callable(function):
        refuse("your function", "{} is not a function. Was its name used for something else?", described(function))
    shown = f"{name}({', '.join(map(briefly, [*arguments, *named.values()]))})"
    try:
        answer = function(*arguments, **named)
    except NotImplementedError:
        refuse(shown, "not attempted yet.", about=YOURS)
    except Exception as error:  # noqa: BLE001 (a learner's code may raise anything)
        refuse(shown, "it stopped with {}", f"{type(error).__name__}: {error}", about=YOURS, gap=kind_of(error))
    if answer is None:
        refuse(shown, "no answer came back. It is not attempted yet, or a `return` is missing.", about=YOURS)
    return answer


def number(got: Any, *, what: str, low: float = -math.inf, high: float = math.inf, unit: str = "") -> None:
    """NotYet unless `got` is one finite number from `low` to `high` (in `unit`)."""
    value = real(got, what)
    if not math.isfinite(value):
        refuse(what, "you have {}, expected a finite number.", value)
    if not low <= value <= high:
        refuse(what, "you have {}, expected a number " + literal(limits(low, high, unit)) + ".", measured(value, unit))


def close(got: Any, expected: float, *, what: str, rel: float = 0.01, abs: float = 0.0, unit: str = "",
          show: bool = False, ideas: Mapping[Any, str] | None = None) -> None:
    """NotYet unless `got` is within `rel` (a share) or `abs` (in `unit`) of `expected`, whichever is wider.

    An expected NaN asks for NaN. A key of `ideas` is a wrong number, or a function of the number that says
    whether the idea is recognised.
    """
    value = real(got, what)

    def near(target: float) -> bool:
        return math.isclose(value, target, rel_tol=0, abs_tol=max(rel * math.fabs(target), abs))

    if near(expected) or math.isnan(value) and math.isnan(expected):
        return
    right = f"expected about {measured(expected, unit)}" if show else "which is not it"
    refuse(what, "you have {}, " + literal(f"{right}.{recognised(value, ideas, near)}"), measured(value, unit))


def same(got: Any, expected: Any, *, what: str, show: bool = False, ideas: Mapping[Any, str] | None = None) -> None:
    """NotYet unless `got` is the word, truth value or list `expected`; capitals and outer spaces do not count.

    An array, a tuple or a pandas Series counts as a list. A key of `ideas` is a wrong answer (a list as a tuple), or
    a function of the answer.
    """
    attempted(got, what)
    mine, right = plain(got), plain(expected)
    if mine == right:
        return
    finding, *theirs = difference(got, mine, right, show)
    refuse(what, finding + literal(recognised(mine, ideas, lambda wrong: mine == plain(wrong))), *theirs)


def choice(got: Any, options: str, *, what: str, right: str = "", ideas: Mapping[str, str] | None = None) -> None:
    """NotYet unless `got` is one of the letters of `options` and, where `right` is given, that one.

    A key of `ideas` is a wrong letter.
    """
    attempted(got, what)
    letter = plain(got).strip("().") if isinstance(got, str) else got
    if letter not in list(options):
        refuse(what, "you have {}, expected one letter in quotes: " + listed(options) + ".", briefly(got))
    if right and letter != right:
        refuse(what, "{} is not it." + literal(recognised(letter, ideas, letter.__eq__)), letter)


def order(got: Any, steps: str, *, what: str, before: Mapping[str, str] | None = None) -> None:
    """NotYet unless `got` holds each letter of `steps` once, in an order that `before` allows.

    A key of `before` is two letters, such as "ab": a must come before b; its value is the sentence that says why.
    Steps that no pair ties together may stand in any order.
    """
    attempted(got, what)
    chain = plain(list(got) if isinstance(got, str) else got)
    if not isinstance(chain, list) or sorted(map(str, chain)) != sorted(steps):
        refuse(what, "you have {}, expected a list with each of " + listed(steps, "and") + " once.", briefly(got))
    for (first, then), why in (before or {}).items():
        if chain.index(first) > chain.index(then):
            refuse(what, f"{then} stands before {first}. " + literal(why))


# -- the words that messages are made of ------------------------------------------------------------------------


def refuse(what: str, finding: str, *theirs: Any, about: str = "", gap: str = "…") -> NoReturn:
    """Raise NotYet with one sentence, and no chain of earlier errors.

    `theirs` stand in the places {} of the finding; in what is `told` of a hidden test a `gap` does, and `about` for `what`.
    """
    raise NotYet(f"{what}: {finding.format(*theirs)}", f"{about or what}: {finding.format(*[gap for _ in theirs])}") from None


def literal(text: str) -> str:
    """A text as a part of a finding, in which braces mean themselves."""
    return text.replace("{", "{{").replace("}", "}}")


def kind_of(error: Exception) -> str:
    """The name of an error where it is one by which code that is not right usually ends.

    A function that is called with what learners do not see could say some of that by the error that it chooses.
    """
    name = type(error).__name__
    return name if getattr(builtins, name, None) is type(error) and name in USUAL else "an error"


def attempted(got: Any, what: str) -> None:
    """NotYet if `got` still is the gap of the released notebook."""
    if got is ... or got is None:
        refuse(what, "not attempted yet.")


def real(got: Any, what: str) -> float:
    """`got` as a float; NotYet for anything but one real number."""
    attempted(got, what)
    value = got.item() if getattr(got, "ndim", None) == 0 and hasattr(got, "item") else got
    if isinstance(value, bool) or not isinstance(value, Real):
        refuse(what, "{} is not a single number. Give the number alone, without quotes or unit.", described(got))
    return float(value)


def plain(value: Any) -> Any:
    """Words, truth values, numbers and lists of them in a form that compares."""
    if isinstance(value, str):
        return value.strip().casefold()
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value


def difference(got: Any, mine: Any, right: Any, show: bool) -> tuple[Any, ...]:
    """In which way two plain values differ: a finding and what of it is the learner's (see `refuse`)."""
    if not isinstance(right, list):
        return "you have {}, " + literal(f"expected {right!r}." if show else "which is not it."), briefly(got)
    if not isinstance(mine, list):
        return "{} is not a list. " + f"Expected a list of {len(right)}.", described(got)
    if len(mine) != len(right):
        return "your list has {} entries, " + f"expected {len(right)}.", len(mine)
    wrong = [place for place, pair in enumerate(zip(mine, right, strict=True)) if pair[0] != pair[1]]
    expected = literal(f", expected {right[wrong[0]]!r}" if show else "")
    return "{} of " + f"{len(right)} entries are not right; " + "number {} is {}" + expected + ".", len(wrong), wrong[0] + 1, repr(mine[wrong[0]])


def recognised(got: Any, ideas: Mapping[Any, str] | None, matches: Callable[[Any], bool]) -> str:
    """The sentence of the first wrong idea that fits, with a space before it, or nothing."""
    for wrong, sentence in (ideas or {}).items():
        if wrong(got) if callable(wrong) else matches(wrong):
            return f" {sentence}"
    return ""


def described(value: Any) -> str:
    """A value with its type, briefly."""
    return f"{briefly(value)} ({type(value).__name__})"


def briefly(value: Any) -> str:
    """A value on one short line."""
    if hasattr(value, "columns"):
        return f"a table of {len(value)} rows"
    if getattr(value, "ndim", 0) > 1:
        return f"an array of {' by '.join(map(str, value.shape))}"
    return " ".join(reprlib.repr(value).split())


def measured(value: float, unit: str) -> str:
    """A number with four digits and its unit."""
    return f"{value:.4g} {unit}".strip()


def limits(low: float, high: float, unit: str) -> str:
    """The range from `low` to `high` in words."""
    if high == math.inf:
        return f"of at least {measured(low, unit)}"
    return f"of at most {measured(high, unit)}" if low == -math.inf else f"from {low:g} to {measured(high, unit)}"


def listed(letters: Iterable[str], joined: str = "or") -> str:
    """Letters as words: a, b or c."""
    *most, last = letters
    return f"{', '.join(most)} {joined} {last}"
