"""Whether a test keeps its meaning when it is taken apart from the learner's code.

    obstacles(paper, test)    what it looks at that plain data cannot show, in words; nothing where it can be tried apart
    of_the_learners(…)        the names of a test that hold anything of the learner's

This reads the instructor's text alone. Whether the test then gives the instructor's answers their marks is for a
trial to find out (see `trial`). Where in doubt a test is not taken apart: it would be marked by what it does not see.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

from safegrade.marking.paper import Item, Paper, bound, free, imported_as, names_of, outermost, root, tree

LOOKS_AROUND = {"__builtins__", "__loader__", "__spec__", "_", "__", "___", "In", "Out", "compile", "dir", "display", "eval", "exec", "exit", "get_ipython",
                "globals", "id", "input", "locals", "open", "quit", "vars"}
WATCHES = {"IPython", "__main__", "ast", "asyncio", "atexit", "builtins", "contextlib", "dis", "doctest", "gc", "glob", "importlib", "inspect", "io",
           "ipytest", "linecache", "logging", "mock", "multiprocessing", "os", "pathlib", "pickle", "pytest", "shelve", "shutil", "signal",
           "sqlite3", "subprocess", "symtable", "sys", "tempfile", "threading", "time", "timeit", "token", "tokenize", "traceback",
           "tracemalloc", "types", "unittest", "warnings", "weakref"}
CHANGES = {"add", "append", "appendleft", "clear", "discard", "extend", "fill", "insert", "pop", "popitem", "popleft", "remove", "reverse",
           "setdefault", "sort", "update"}
SEEDS = {"seed", "setstate", "set_state", "getstate", "get_state"}
TOLD = {"__name__", "__doc__"}  # what a learner's function brings along
BLOCKS = (ast.If, ast.For, ast.While, ast.Try, ast.With)


def obstacles(paper: Paper, test: Item) -> list[str]:
    """What keeps a test from being taken apart, as far as its text says."""
    code = tree(test.source)
    if not code.body and test.source.strip():
        return ["it holds no Python that can be read beforehand"] if any(map(says, test.source.splitlines())) else []
    own = bound(test.source)
    found = [*around(code, own), *watched(code), *identities(code), *seeds(code), *figures(paper, code), *changes(paper, code)]
    if late := sorted((free(test.source) & only_answers_import(paper)) - own):
        found.append(f"it uses {', '.join(late)}, which only the answers import")
    return sorted({*found, *blind(paper, test, code)})


def says(line: str) -> bool:
    """Whether a line is more than a comment."""
    return bool(line.strip()) and not line.strip().startswith("#")


def around(code: ast.AST, own: Iterable[str]) -> Iterator[str]:
    """Names by which code looks at the notebook that it stands in."""
    for node in ast.walk(code):
        if isinstance(node, ast.Name) and node.id in LOOKS_AROUND and node.id not in own:
            yield f"it looks around in the notebook with {node.id}"
        elif isinstance(node, ast.Attribute) and node.attr.startswith("__") and node.attr not in TOLD:
            yield f"it looks at {node.attr}"
        elif isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            yield "it waits for what runs at the same time"
        elif isinstance(node, (ast.Global, ast.Delete)) and any(isinstance(each, ast.Name) for each in getattr(node, "targets", [ast.Name("")])):
            yield "it changes which names the notebook has"


def watched(code: ast.AST) -> Iterator[str]:
    """Modules by which code looks at the process that it runs in."""
    for node in ast.walk(code):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            if name.partition(".")[0] in WATCHES:
                yield f"it uses {name}, which looks at the process that it runs in"


def identities(code: ast.AST) -> Iterator[str]:
    """Questions whether two objects are one, which copies are not."""
    for node in ast.walk(code):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for place, how in enumerate(node.ops):
                if isinstance(how, (ast.Is, ast.IsNot)) and not any(map(constant_or_type, sides[place:place + 2])):
                    yield "it asks whether two objects are the same one"


def constant_or_type(node: ast.AST) -> bool:
    """Whether an expression is None, True, … or the type of something."""
    return isinstance(node, ast.Constant) or isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "type"


def seeds(code: ast.AST) -> Iterator[str]:
    """Random numbers that are to be the same on both sides."""
    for node in ast.walk(code):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in SEEDS or isinstance(called, ast.Name) and called.id in SEEDS:
            yield "it seeds random numbers that the learner's code draws"


def figures(paper: Paper, code: ast.AST) -> Iterator[str]:
    """matplotlib's current figure, which each process has of its own."""
    names = set()
    for source in [*map(tree, paper.setup), code]:
        for node in ast.walk(source):
            if isinstance(node, ast.Import):
                names |= {alias.asname or alias.name for alias in node.names if alias.name in ("matplotlib.pyplot", "pylab")}
            elif isinstance(node, ast.ImportFrom) and node.module == "matplotlib":
                names |= {alias.asname or alias.name for alias in node.names if alias.name == "pyplot"}
    for node in ast.walk(code):
        if isinstance(node, ast.Name) and node.id in names or isinstance(node, ast.Attribute) and node.attr == "pyplot":
            yield "it looks at matplotlib's current figure"


def changes(paper: Paper, code: ast.AST) -> Iterator[str]:
    """Names of the learner's that a test gives another value, or whose value it changes."""
    loops = {id(each) for node in ast.walk(code) if isinstance(node, (ast.For, ast.comprehension)) for each in ast.walk(node.target)}
    nodes = [node for node in outermost(code) if id(node) not in loops and not isinstance(node, (ast.Import, ast.ImportFrom))]
    for name in sorted(names_of(nodes) & paper.learners):
        yield f"it gives {name} another value"
    for node in ast.walk(code):
        target = None
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            target = node
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute) \
                and node.value.func.attr in CHANGES:
            target = node.value.func
        if target is not None and (changed := root(target) & paper.learners):
            yield f"it changes {', '.join(sorted(changed))}"


def only_answers_import(paper: Paper) -> frozenset[str]:
    """Names that nothing gives but an import in the instructor's answers: whether they are there is the learner's doing."""
    ours = frozenset().union(*map(bound, paper.shown), *(bound(item.released) for item in paper.items if item.role == "answer"))
    return frozenset().union(*map(imported_as, paper.reference.values())) - ours


def blind(paper: Paper, test: Item, code: ast.AST) -> Iterator[str]:
    """Assertions about nothing of the learner's: of what the learner's code may have changed, which a process of its own has not."""
    theirs = of_the_learners(paper, test)
    for node in ast.walk(code):
        if isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant) and not mentioned(node.test) & theirs \
                and not inside_function(code, node):
            yield "it looks at what the learner's code may have changed elsewhere"


def inside_function(code: ast.AST, node: ast.AST) -> bool:
    """Whether a piece of code stands in a function or class, where its names may be anything."""
    return node not in [*outermost(code)]


def of_the_learners(paper: Paper, test: Item) -> set[str]:
    """Names in a test that hold anything of the learner's: their own, and what is computed, caught or filled with those."""
    code, theirs = tree(test.source), {*paper.asked(test), *paper.learners}
    known, size = theirs | {""}, -1
    while len(known) != size:
        size = len(known)
        for node in ast.walk(code):
            if mentioned(node) & known:
                known |= taken_up(node)
    return known - {""}


def taken_up(node: ast.AST) -> set[str]:
    """Names that take up what stands in a piece of code which mentions something of the learner's."""
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.NamedExpr, *BLOCKS)):
        return names_of(ast.walk(node)) | set().union(*map(root, [each for each in ast.walk(node) if isinstance(each, (ast.Attribute, ast.Subscript))
                                                                  and isinstance(each.ctx, ast.Store)]))
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, ast.comprehension):
        return names_of(ast.walk(node.target))
    if isinstance(node, ast.Call):  # a call may change what it is given, and the object that it belongs to
        parts = [*node.args, *(word.value for word in node.keywords)]
        parts += [node.func.value] if isinstance(node.func, ast.Attribute) else []
        return {name for part in parts for name in root(part)} - {*dir(builtins)}
    return set()


def mentioned(node: ast.AST) -> set[str]:
    """Names that a piece of code looks up."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
