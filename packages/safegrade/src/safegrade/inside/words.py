"""What may be shown of a hidden test that failed: words that its instructor wrote, and nothing that came from elsewhere.

    told        the words of an exception as far as they stand in the instructor's text
    literal     whether a text stands in a test as it is
    printed     the lines of what a test has printed that stand in it
    kind        the name of an exception as far as it may be told

An instructor's library may know better which of its words are its own: an exception with a text `told` says that
(see `safegrade_check.NotYet`).
"""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Collection
from types import TracebackType

# Python has some sixty exceptions of its own: a learner's function could say six bits of its argument by choosing among them.
COMMON = {"AssertionError", "AttributeError", "IndexError", "KeyError", "NameError", "RecursionError", "TypeError", "ValueError", "ZeroDivisionError"}
GAP = "…"  # in the place of what a learner's code may have said


def told(error: BaseException, theirs: Collection[str], source: str) -> str:
    """The words of `error`, which a test has raised, that its raiser wrote down.

    `theirs` are the names in the test that hold anything of the learner's, `source` is its text.
    """
    if isinstance(own := getattr(error, "told", None), str):
        return own
    trace = innermost(error.__traceback__)
    statement = raising(trace) if trace else None
    if statement is None or trace.tb_frame.f_code.co_filename.startswith((sys.prefix, sys.base_prefix)):
        return ""
    message = statement.msg if isinstance(statement, ast.Assert) else argument(statement)
    outermost = trace.tb_frame.f_code.co_name == "<module>" and "".join(lines_of(trace)).strip() == source.strip()
    return written(message, theirs if outermost else None, str(error))


def innermost(trace: TracebackType | None) -> TracebackType | None:
    """Where an exception was raised."""
    while trace and trace.tb_next:
        trace = trace.tb_next
    return trace


def raising(trace: TracebackType) -> ast.Assert | ast.Raise | None:
    """The innermost `assert` or `raise` that stands on the line of a traceback."""
    try:
        code = ast.parse("".join(lines_of(trace)))
    except (SyntaxError, ValueError):
        return None
    on_line = [node for node in ast.walk(code) if isinstance(node, (ast.Assert, ast.Raise)) and node.lineno <= trace.tb_lineno <= (node.end_lineno or 0)]
    return max(on_line, key=lambda node: node.lineno, default=None)


def lines_of(trace: TracebackType) -> list[str]:
    """The source in which an exception was raised."""
    return linecache.getlines(trace.tb_frame.f_code.co_filename, trace.tb_frame.f_globals)


def argument(statement: ast.Raise) -> ast.expr | None:
    """What an exception is raised with."""
    made = statement.exc
    return made.args[0] if isinstance(made, ast.Call) and len(made.args) == 1 and not made.keywords else None


def written(message: ast.expr | None, theirs: Collection[str] | None, whole: str) -> str:
    """A message with a gap for each piece that may be the learner's: all pieces but literals where `theirs` is None."""
    if message is None:
        return ""
    used = {node.id for node in ast.walk(message) if isinstance(node, ast.Name)}
    if not used and not any(isinstance(node, (ast.Call, ast.Attribute, ast.Lambda)) for node in ast.walk(message)) \
            or theirs is not None and not used & {*theirs}:
        return whole
    if isinstance(message, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else GAP for part in message.values)
    if isinstance(message, ast.BinOp) and isinstance(message.op, ast.Add):
        return written(message.left, None, literal_of(message.left)) + written(message.right, None, literal_of(message.right))
    return GAP


def literal_of(node: ast.expr) -> str:
    """A literal text, or a gap."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else GAP


def literals(source: str) -> set[str]:
    """The texts that stand in a test."""
    try:
        return {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    except (SyntaxError, ValueError):
        return set()


def literal(text: str, source: str) -> str:
    """A text if it stands in a test as it is, or nothing."""
    return text if text in literals(source) else ""


def printed(text: str, source: str) -> str:
    """The lines of a text that stand in a test."""
    known = {line.strip() for each in literals(source) for line in each.splitlines()}
    return "".join(f"{line}\n" for line in text.splitlines() if line.strip() and line.strip() in known)


def kind(name: str) -> str:
    """The name of an exception where it is one of the few by which code that is not right usually ends."""
    return name if name in COMMON else "Error"
