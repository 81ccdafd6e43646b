"""What a test holds in place of a learner's functions and objects.

    Remote        attributes, items and lengths go to the learner's kernel and come back as plain data
    RemoteCall    a Remote whose calls do too
    KernelGone    that kernel ended; not an Exception, so that a test's `except Exception` does not swallow it
    raised        an exception that came back by name
    to_send       the arguments of a call as plain data
    put_back      what a call has changed in its arguments, done to the test's own
    Care          how much care is taken: what a rehearsal must not do, and what calls have changed
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from safegrade.inside import plain

Ask = Callable[[dict], dict]
MOST_CALLS = 2000  # of a test, each of which takes a tenth of a millisecond at least
LIBRARIES = ("numpy", "pandas", "safegrade.inside.drawn")
PROBES = ("__array", "__wrapped__")  # what libraries look for on anything they are given


@dataclass
class Care:
    """What a test may do apart from the learner's code, and what became of it.

    While the instructor's answers are `proving` it, whatever a copy cannot do as the original would is noted as `unfit`, and fails.
    `puts_back` says whether the test's own arguments become what a call has made of its copies; `changed` whether one did.
    """

    proving: bool = False
    puts_back: bool = True
    changed: bool = False
    calls: int = 0
    handled: set[str] = field(default_factory=set)  # the types of objects that came as handles, but for functions and classes
    unfit: list[str] = field(default_factory=list)
    before: list[tuple[Any, Any]] = field(default_factory=list)  # the test's own objects, and copies of what was in them

    def undo(self) -> None:
        """Give the test's own objects back what was in them before the first call that changed them."""
        for mine, copy in reversed(self.before):
            restore(mine, copy)

    def refuse(self, what: str) -> None:
        """While proving, NotPlain: the test is no test to be taken apart."""
        if self.proving:
            self.unfit.append(what)
            raise plain.NotPlain(what)

    def called(self) -> None:
        """Count a call."""
        self.calls += 1
        if self.calls > MOST_CALLS:
            self.refuse(f"it calls the learner's code more than {MOST_CALLS:,} times")


care = Care()


def take_care(proving: bool = False, puts_back: bool = True) -> Care:
    """Begin with a test."""
    care.__init__(proving, puts_back)
    return care


class KernelGone(BaseException):
    """The learner's kernel ended while a test was waiting for it."""


class Remote:
    """An object of the learner's that is not plain data. Two of them are equal only if they are the same."""

    def __init__(self, ask: Ask, path: list, said: dict):
        self.__dict__.update(_ask=ask, _path=path, _said=said, __name__=said["__name__"] or said["type"], __doc__=said["__doc__"])

    def _value(self, **wish: Any) -> Any:
        care.called()
        answer = self._ask({"path": plain.encode(self._path), **wish})
        if "raised" in answer:
            raise raised(answer["raised"])
        return value(self._ask, answer["value"]), answer.get("after")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            if not name.startswith(PROBES):
                care.refuse(f"it asks an object for {name}")
            raise AttributeError(f"{self._said['type']!r} object has no attribute {name!r}")
        found, _ = Remote(self._ask, [*self._path, name], self._said)._value(get=True)
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        care.refuse(f"it sets the attribute {name} of an object")
        object.__setattr__(self, name, value)

    @property
    def __class__(self) -> type:  # what `isinstance` asks for where the type itself does not fit
        care.refuse("it asks for the class of an object")
        return type(self)

    def __eq__(self, other: object) -> bool:
        care.refuse("it compares objects")
        return self is other

    def __hash__(self) -> int:
        care.refuse("it looks for an object among others")
        return id(self)

    def _do(self, operation: str, *arguments: Any) -> Any:
        return self._value(ask=operation, args=to_send(arguments))[0]

    def __len__(self) -> int:
        return self._do("len")

    def __getitem__(self, key: Any) -> Any:
        return self._do("item", key)

    def __contains__(self, key: Any) -> bool:
        care.refuse("it looks whether something is in an object")
        return key in self._do("list")  # looked at here, where no `__eq__` or `__contains__` of a learner's is

    def __iter__(self) -> Iterator:
        care.refuse("it goes through an object, which may have no end")
        return iter(self._do("list"))

    def __str__(self) -> str:
        return self._do("str")

    def __float__(self) -> float:
        return self._do("float")

    def __int__(self) -> int:
        return self._do("int")

    def __bool__(self) -> bool:
        return self._said["callable"] or self._do("bool")

    def __repr__(self) -> str:
        care.refuse("it shows an object")
        return f"<{self._said['type']} {self.__name__}>"


class RemoteCall(Remote):
    """A Remote that can be called; of others `callable()` says that they cannot."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        found, after = self._value(call=True, args=to_send(arguments), kwargs=to_send(named))
        put_back((*arguments, *named.values()), after)
        return found


def value(ask: Ask, data: dict, name: str = "") -> Any:
    """The value of plain data, with a Remote for each handle; `name` is where the test found it."""
    def make(said: dict) -> Remote:
        if not said["callable"] and said["type"] != "module":
            care.handled.add(str(said["type"]))
        kind = RemoteCall if said["callable"] else Remote
        return kind(ask, [said["number"]], {key: said.get(key) for key in ("type", "callable", "__name__", "__doc__")})

    return plain.decode(data, make)


def to_send(given: Any) -> dict:
    """Arguments as plain data; a Remote goes back as where it stands."""
    return encode_for_learner(list(given) if isinstance(given, tuple) else given)


def encode_for_learner(given: Any) -> dict:
    kind = type(given)
    if issubclass(kind, Remote):
        return {"kind": "handle", "path": plain.encode(given._path)}
    if kind in (list, tuple, set):
        return {"kind": kind.__name__, "items": [encode_for_learner(each) for each in given]}
    if kind is dict:
        return {"kind": "dict", "items": [[encode_for_learner(key), encode_for_learner(each)] for key, each in given.items()]}
    if kind.__module__ != "builtins" and kind not in plain.WRITERS and not kind.__module__.startswith(LIBRARIES):
        care.refuse(f"it gives the learner's code a {kind.__name__}, which is not plain data")
    try:
        return plain.encode(given)
    except plain.NotPlain as error:
        care.refuse(f"it gives the learner's code what is not plain data ({error})")
        raise


def put_back(arguments: tuple, after: list[dict | None] | None) -> None:
    """Give the test's own lists, dicts, sets and arrays the content that the learner's function left in its copies."""
    for mine, data in zip(arguments, after or []):
        if data is None:
            continue
        care.changed = True
        if data["kind"] in ("frame", "series"):
            care.refuse("the learner's code changes a table that the test gives it")
        elif care.puts_back:
            care.before.append((mine, deepcopy(mine)))
            restore(mine, plain.decode(data, lambda said: None))


def restore(mine: Any, left: Any) -> None:
    """Make `mine` equal to `left` in place, with the objects in it that both have."""
    if type(mine) is list and type(left) is list:
        kept = mine[:]
        mine[:] = [within(old, new) for old, new in zip(kept, left)] + left[len(kept):]
    elif type(mine) is dict and type(left) is dict:
        kept = {**mine}
        mine.clear()
        mine.update({key: within(kept[key], new) if key in kept else new for key, new in left.items()})
    elif type(mine) is set and type(left) is set:
        mine.clear()
        mine.update(left)
    elif hasattr(mine, "shape") and hasattr(left, "shape") and mine.shape == left.shape:
        mine[...] = left


def within(old: Any, new: Any) -> Any:
    """What stands in the place of `old` now: itself, changed, where it can be."""
    if type(old) is type(new) and (type(old) in (list, dict, set) or hasattr(old, "shape") and hasattr(old, "flags") and old.shape == new.shape):
        restore(old, new)
        return old
    return new


def raised(said: dict[str, Any]) -> Exception:
    """An exception with the name, the built-in base and the words of the learner's.

    A StopIteration of theirs would end the test's own loop, `for got, right in zip(map(mean, …), …)`, before it has looked
    at anything; like one that leaves a generator it becomes a RuntimeError.
    """
    name, words = str(said["name"]), str(said["says"])
    known = [getattr(builtins, base, None) for base in said["bases"]]
    base = next((each for each in known if isinstance(each, type) and issubclass(each, Exception)), Exception)
    if issubclass(base, (StopIteration, StopAsyncIteration)):
        name, words, base = "RuntimeError", f"the answer raised {base.__name__}", RuntimeError
    called = name.replace("\0", " ")
    try:
        error = base(words) if base.__name__ == name else type(called, (base,), {"__module__": "builtins"})(words)
    except TypeError:  # a few of Python's own want more than words
        error = type(called, (Exception,), {"__module__": "builtins"})(words)
    error._theirs = True
    return error


def is_theirs(error: BaseException) -> bool:
    """Whether an exception came from the learner's kernel, so that its words are the learner's."""
    return getattr(error, "_theirs", False)
