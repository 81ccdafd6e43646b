"""What a test holds in place of a learner's functions and objects.

    Remote        attributes, items and lengths go to the learner's kernel and come back as plain data
    RemoteCall    a Remote whose calls do too
    KernelGone    that kernel ended; not an Exception, so that a test's `except Exception` does not swallow it
    raised        an exception that came back by name
    to_send       the arguments of a call as plain data
    put_back      what a call has changed in its arguments, done to the test's own
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from typing import Any

from safegrade.inside import plain

Ask = Callable[[dict], dict]


class KernelGone(BaseException):
    """The learner's kernel ended while a test was waiting for it."""


class Remote:
    """An object of the learner's that is not plain data. Two of them are equal only if they are the same."""

    def __init__(self, ask: Ask, path: list, said: dict):
        self.__dict__.update(_ask=ask, _path=path, _said=said, __name__=said["__name__"] or said["type"], __doc__=said["__doc__"])

    def _value(self, **wish: Any) -> Any:
        answer = self._ask({"path": plain.encode(self._path), **wish})
        if "raised" in answer:
            raise raised(answer["raised"])
        return value(self._ask, answer["value"]), answer.get("after")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"{self._said['type']!r} object has no attribute {name!r}")
        found, _ = Remote(self._ask, [*self._path, name], self._said)._value(get=True)
        return found

    def _do(self, operation: str, *arguments: Any) -> Any:
        return self._value(ask=operation, args=to_send(arguments))[0]

    def __len__(self) -> int:
        return self._do("len")

    def __getitem__(self, key: Any) -> Any:
        return self._do("item", key)

    def __contains__(self, key: Any) -> bool:
        return key in self._do("list")  # looked at here, where no `__eq__` or `__contains__` of a learner's is

    def __iter__(self) -> Iterator:
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
        kind = RemoteCall if said["callable"] else Remote
        return kind(ask, [said["number"]], {key: said.get(key) for key in ("type", "callable", "__name__", "__doc__")})

    return plain.decode(data, make)


def to_send(given: Any) -> dict:
    """Arguments as plain data; a Remote goes back as where it stands."""
    return encode_for_learner(list(given) if isinstance(given, tuple) else given)


def encode_for_learner(given: Any) -> dict:
    if isinstance(given, Remote):
        return {"kind": "handle", "path": plain.encode(given._path)}
    if type(given) in (list, tuple, set):
        return {"kind": type(given).__name__, "items": [encode_for_learner(each) for each in given]}
    if type(given) is dict:
        return {"kind": "dict", "items": [[encode_for_learner(key), encode_for_learner(each)] for key, each in given.items()]}
    return plain.encode(given)


def put_back(arguments: tuple, after: list[dict | None] | None) -> None:
    """Give the test's own lists, dicts, sets and arrays the content that the learner's function left in its copies."""
    for mine, data in zip(arguments, after or []):
        if data is None:
            continue
        left = plain.decode(data, lambda said: None)
        if type(mine) is list:
            mine[:] = left
        elif type(mine) in (dict, set):
            mine.clear()
            mine.update(left)
        elif hasattr(mine, "shape") and mine.shape == left.shape:
            mine[...] = left


def raised(said: dict[str, Any]) -> Exception:
    """An exception with the name, the built-in base and the words of the learner's."""
    name, words = str(said["name"]), str(said["says"])
    known = [getattr(builtins, base, None) for base in said["bases"]]
    base = next((each for each in known if isinstance(each, type) and issubclass(each, Exception)), Exception)
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
