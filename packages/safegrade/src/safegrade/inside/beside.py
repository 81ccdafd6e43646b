"""A test run in the learner's own kernel: beside the code that it marks, and so less protected than one that is run apart.

    sit    run a test that was made ready outside (see `safegrade.marking.beside`)

The test comes as compiled code that calls `End` after each of its statements with a word that nobody knew before. What
`End` has heard goes back, and only outside is it known what it has to be: a test that was left by whatever door has not
said all its words. Before it begins, what the learner's code has put in the place of Python's own functions and of
those of imported libraries is put right, and no watcher of the learner's is left that could lead the test past a line.
"""

from __future__ import annotations

import ast
import base64
import builtins
import importlib
import inspect
import linecache
import marshal
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from safegrade.inside import plain
from safegrade.inside.namespaces import HOME

OWN = {**vars(builtins)}
FUNCTIONS = FunctionType, BuiltinFunctionType, MethodType, type
LIBRARIES: dict[str, dict[str, Any]] = {}  # what modules held when they were imported, by the module's name
COUNTED_ON = {"cmath", "collections", "copy", "datetime", "decimal", "fractions", "functools", "inspect", "itertools", "json", "math", "numpy",
              "operator", "pandas", "random", "re", "scipy", "statistics", "string", "sympy", "types", "unittest"}  # by tests
KEPT = {"input", "open", "print", "display", "get_ipython", "help", "__import__"}  # what a kernel or a test may replace
RUN, READ = eval, marshal.loads
WHAT_CODE_DOES = ("co_code", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_flags", "co_argcount", "co_kwonlyargcount", "co_posonlyargcount",
                  "co_exceptiontable")
MOST_SAID = 1000  # characters of a value
MADE_BY_CODE = 1 << 9  # the flag of a class that a `class` statement has made, and of a few of C's
MOST_LOOKED_AT = 1000  # entries of a list
PLAIN, HOLDS = {int, float, str, bool, bytes, complex, type(None)}, (list, tuple, set, frozenset, dict)


class End:
    """Hears the words that a test says on its way, and the value of its last line."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.value: Any = None
        self.homemade: set[int] = set()

    def __call__(self, word: str, value: Any = None) -> Any:
        self.heard.append(word)
        self.value = value
        return value

    def look(self, place: int, value: Any) -> Any:
        """Hand on a value that is compared, and note where it is of a class that only the notebook has."""
        if place not in self.homemade and homemade(value):
            self.homemade.add(place)
        return value

    def each(self, function: Callable, *given: Iterable) -> Iterator:
        """`map`, in which a StopIteration of the function's is not taken for the end of what it goes through."""
        for arguments in zip(*given):
            yield function(*arguments)

    def chosen(self, function: Callable | None, given: Iterable) -> Iterator:
        """`filter`, in the same way."""
        for each in given:
            if function(each) if function else each:
                yield each


def homemade(value: Any, depth: int = 2) -> bool:
    """Whether a value, or one in it, is of a class that no module has: its `==` may say what it likes."""
    kind = type(value)
    if kind in PLAIN or kind not in HOLDS and not type.__dict__["__flags__"].__get__(kind) & MADE_BY_CODE:
        return False
    if kind in HOLDS and depth:
        inner = value.values() if kind is dict else value
        return any(homemade(each, depth - 1) for each, _ in zip(inner, range(MOST_LOOKED_AT)))
    found = sys.modules.get(str(kind.__module__))
    if str(kind.__module__) != "builtins" and not str(getattr(found, "__file__", "")).startswith((sys.prefix, sys.base_prefix)):
        found = None
    for name in kind.__qualname__.split("."):
        found = getattr(found, name, None)
    return kind not in HOLDS and found is not kind


def remember() -> None:
    """Note what libraries hold; called in the warm process, before a line of a learner's code has run."""
    for name, module in [*sys.modules.items()]:
        if isinstance(module, ModuleType) and name.count(".") < 2 and name.partition(".")[0] in COUNTED_ON:
            LIBRARIES[name] = {key: value for key, value in vars(module).items() if isinstance(value, FUNCTIONS)}


def put_right(keeps: list[str] | None) -> list[str]:
    """Give Python and the libraries back what the learner's code has replaced in them, but for what `keeps` names; what that was.

    The notebook's own cells may have replaced something too: where `keeps` is None nothing is given back.
    """
    found = []
    for name, held in {"builtins": OWN, **LIBRARIES}.items():
        module = sys.modules.get(name)
        now = vars(module) if isinstance(module, ModuleType) else {}
        for key, value in held.items():
            if key in now and now[key] is not value and not (name == "builtins" and key in KEPT):
                found.append(f"{name}.{key}")
                if keeps is not None and found[-1] not in keeps:
                    now[key] = value
    return [each for each in found if each not in (keeps or [])]


def modules_right(modules: dict[str, str], right: bool) -> list[str]:
    """Give the modules that the assignment ships back what the learner's code has changed in them or in their files; what that was."""
    found = []
    for path, text in modules.items():
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        file, live = Path(HOME, "work", path), sys.modules.get(name)
        if not file.is_file() or file.read_text(errors="replace") != text:
            found.append(path)
        elif live and not same_functions(live, text):
            found.append(name)
        if found and found[-1] in (path, name) and right:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            sys.modules.pop(name, None)
            importlib.invalidate_caches()
    return found


def same_functions(module: Any, text: str) -> bool:
    """Whether a module's functions, and those of its classes, are those of its source."""
    try:
        code, nodes = compile(text, "", "exec", dont_inherit=True), ast.walk(ast.parse(text))
    except SyntaxError:
        return True
    decorated = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.decorator_list}
    return same_names(vars(module), code, decorated)


def same_names(held: Mapping[str, Any], code: CodeType, decorated: Collection[str]) -> bool:
    """Whether names hold functions and classes that were made by this code; several may have one name, of which one stays."""
    wanted: dict[str, list[CodeType]] = {}
    for each in code.co_consts:
        if isinstance(each, CodeType) and each.co_name in held:
            wanted.setdefault(each.co_name, []).append(each)
    return all(any(made_by(held[name], each, decorated) for each in codes) for name, codes in wanted.items())


def made_by(value: Any, code: CodeType, decorated: Collection[str]) -> bool:
    """Whether a function or class was made by this code; of what a decorator has made as far as it tells."""
    of_class = not code.co_flags & inspect.CO_NEWLOCALS
    if isinstance(value, type) and of_class:
        return same_names(type.__dict__["__dict__"].__get__(value), code, decorated)
    if code.co_name not in decorated:
        return type(value) is FunctionType and same_code(value.__code__, code)
    inner = [getattr(value, name, None) for name in ("__wrapped__", "fget", "fset", "fdel")]
    codes = [each.__code__ for each in inner if type(each) is FunctionType]
    return not codes or any(same_code(each, code) for each in codes)


def same_code(one: Any, other: CodeType) -> bool:
    """Whether two pieces of code do the same. `==` does not tell: Python 3.11 counts in code how often it was run."""
    if not isinstance(one, CodeType) or any(getattr(one, name) != getattr(other, name) for name in WHAT_CODE_DOES):
        return False
    pairs = [*zip(one.co_consts, other.co_consts)]
    return len(one.co_consts) == len(other.co_consts) and all(
        same_code(mine, theirs) if isinstance(theirs, CodeType) else (type(mine), repr(mine)) == (type(theirs), repr(theirs)) for mine, theirs in pairs)


def alone() -> None:
    """Take away what could lead a test past a line."""
    sys.settrace(None)
    sys.setprofile(None)
    threading.settrace(None)
    threading.setprofile(None)
    for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        signal.setitimer(timer, 0)


async def sit(kernel: Any, wish: dict) -> dict:
    """Run a test; {"heard": words, "value": text, "raised": exception, "replaced": names}.

    `wish` holds the `sit` code, the name `end` that it calls, the names of Python's own that it calls otherwise (`own`),
    its `source` and `file` for tracebacks, what the notebook may have replaced (`keeps`), and whether it `stays`: a test behind
    it may call a function that it makes.
    """
    shell, end = kernel.shell, End()
    replaced = put_right(wish["keeps"]) + modules_right(wish["modules"], wish["keeps"] is not None)
    kernel.now_answers(wish["number"], wish["source"])
    linecache.cache[wish["file"]] = len(wish["source"]), None, wish["source"].splitlines(True), wish["file"]
    names = {wish["end"]: end, **{alias: OWN[name] for alias, name in wish["own"].items()}}
    shell.history_manager.store_inputs(shell.execution_count, wish["source"])
    shell.events.trigger("pre_execute")
    shell.user_ns.update(names)
    alone()
    for given in wish["given"] if wish["keeps"] is not None else ():
        with suppress(Exception):  # one that fails has failed before, in its cell
            RUN(READ(base64.b64decode(given)), shell.user_ns)
    raised = await through(READ(base64.b64decode(wish["sit"])), shell)
    for name in () if wish.get("stays") else names:
        shell.user_ns.pop(name, None)
    if raised is None and end.value is not None and wish["shows"]:
        shell.displayhook(end.value)
    shell.events.trigger("post_execute")
    kernel.say_all()
    said = {"heard": end.heard, "replaced": replaced, "value": None if end.value is None else written(end.value),
            "homemade": sorted(end.homemade)}
    return said if raised is None else said | {"raised": plain.exception(raised)}


async def through(code: CodeType, shell: Any) -> BaseException | None:
    """Run code in the notebook's namespace; what it raised, which is shown as a notebook shows it."""
    try:
        found = RUN(code, shell.user_ns)
        if inspect.iscoroutine(found):
            await found
    except BaseException as error:  # noqa: BLE001 (a learner's code may raise anything)
        shell.showtraceback((type(error), error, error.__traceback__), tb_offset=1)
        return error
    return None


def written(value: Any) -> str:
    """A value as a notebook would write it."""
    return repr(value)[:MOST_SAID]
