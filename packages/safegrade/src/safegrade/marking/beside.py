"""Tests that are run beside the learner's code, in a kernel of their own that holds nothing else hidden.

    Beside       one submission's kernels for such tests
    made_ready   a test as compiled code that says a secret word after each of its statements

Whatever runs in one process with a learner's code can be led astray by it, so such a test is *less protected* than one
that is run apart. Its verdict is believed only where it has said all its words in their order; the words are made anew
each time and are handed over with the test, when the learner's own cells have run. A kernel in which a test has passed is
given one more that has to fail at once: whoever forges words without looking gives themselves away. A learner who takes the
code of the test to pieces, and tells the one from the other, can still forge; nothing hidden but this one test is within reach.
"""

from __future__ import annotations

import ast
import base64
import builtins
import json
import marshal
import secrets
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from IPython.core.inputtransformer2 import TransformerManager

from safegrade.marking.learner import CellRun, LearnerKernel
from safegrade.marking.line import Gone
from safegrade.marking.paper import Item, Paper, names_of, root, tree

if TYPE_CHECKING:
    from safegrade.marking.mark import Sitting

PYTHONS_OWN = {name for name in dir(builtins) if not name.startswith("_")} - {
    "display", "exit", "get_ipython", "globals", "help", "input", "locals", "open", "print", "quit", "super", "vars", "dir", "eval", "exec"}
FAILS = ("assert len([]) == 1", "assert sum([2, 3]) == 6", "assert not all([])", "assert max(3, 4) < 4", "assert 'b' in str(17)")
GOES_THROUGH = {"map": "each", "filter": "chosen"}


@dataclass(frozen=True)
class Ready:
    """A test to be run in a learner's kernel: the request, and the words that it says if it comes to its end."""

    request: dict
    words: list[str]


@dataclass
class Sat:
    """What became of a test: outputs, the words that it said, its value as text, what it raised, what was put right before."""

    outputs: list[dict]
    reason: str = ""
    complete: bool = False
    value: str | None = None
    raised: str = ""
    known: str = ""
    words: str = ""
    replaced: tuple[str, ...] = ()
    homemade: frozenset[int] = frozenset()  # places at which something of a class of the notebook's own was compared


class Rewritten(ast.NodeTransformer):
    """A test's own uses of Python's functions by names that the learner's notebook does not have."""

    def __init__(self, end: str, taken: Collection[str], learners: Collection[str]):
        self.end, self.taken, self.learners = end, taken, learners
        self.own: dict[str, str] = {}
        self.places = 0  # where values are compared

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if not isinstance(node.ctx, ast.Load) or node.id not in PYTHONS_OWN or node.id in self.taken:
            return node
        self.own[f"{self.end}_{node.id}"] = node.id
        return ast.copy_location(ast.Name(f"{self.end}_{node.id}", ast.Load()), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        judges = not root(node.func) & {*self.learners}  # it may compare what it is given
        node = self.generic_visit(node)
        if judges:
            node.args = [each if isinstance(each, ast.Starred) else self.looked_at(each) for each in node.args]
        if name in GOES_THROUGH and name not in self.taken and node.args and not node.keywords:
            node.func = ast.copy_location(ast.Attribute(ast.Name(self.end, ast.Load()), GOES_THROUGH[name], ast.Load()), node.func)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        node = self.generic_visit(node)
        node.left, node.comparators = self.looked_at(node.left), [*map(self.looked_at, node.comparators)]
        return node

    def looked_at(self, node: ast.expr) -> ast.expr:
        """An expression whose value is looked at on its way: is it of a class of the notebook's own?"""
        if isinstance(node, ast.Constant):
            return node
        self.places += 1
        look = ast.Attribute(ast.Name(self.end, ast.Load()), "look", ast.Load())
        return ast.copy_location(ast.Call(look, [ast.Constant(self.places), node], []), node)


def made_ready(source: str, taken: Collection[str], learners: Collection[str]) -> Ready:
    """A test's source as code that says its words; names that are `taken`, some of them the `learners`, mean what the notebook has under them."""
    end = f"_{secrets.token_hex(8)}"
    text = TransformerManager().transform_cell(source)
    try:
        code = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        code, text = ast.parse(f"raise SyntaxError({str(error)!r})"), ""
    rewritten = Rewritten(end, taken, learners)
    shows = bool(code.body) and isinstance(code.body[-1], ast.Expr) and not source.rstrip().endswith(";")
    code.body = [rewritten.visit(node) for node in code.body]
    words = says_words(code, end)
    file = f"/tmp/ipykernel_test/{secrets.token_hex(4)}.py"
    return Ready({"sit": compiled(code, file), "end": end, "own": rewritten.own, "source": text, "file": file, "shows": shows}, words)


def says_words(code: ast.Module, end: str) -> list[str]:
    """Have code call `end` with a word after each of its statements, the last with the value of that; the words."""
    body, words = [], []
    for node in code.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            body.append(node)
            continue
        words.append(secrets.token_hex(8))
        value = [node.value] if node is code.body[-1] and isinstance(node, ast.Expr) else []
        says = ast.Expr(ast.Call(ast.Name(end, ast.Load()), [ast.Constant(words[-1]), *value], []))
        body += [ast.copy_location(each, node) for each in ([says] if value else [node, says])]
    code.body = body
    return words


def compiled(code: ast.Module, file: str) -> str:
    """Code as text that a kernel can run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = compile(ast.fix_missing_locations(code), file, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    return base64.b64encode(marshal.dumps(made)).decode()


def given_again(paper: Paper) -> list[str]:
    """What the notebook's own cells import and the functions that they define: a test may count on those.

    A learner's cell may have put something else under their names. Names that answers give are the learner's own to give.
    """
    nodes = [node for source in paper.own for node in tree(source).body if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef))]
    kept = [node for node in nodes if not names_of([node]) & paper.learners and not (isinstance(node, ast.ImportFrom) and node.module == "__future__")]
    return [compiled(ast.Module([node], []), "/tmp/ipykernel_given.py") for node in kept]


class Beside:
    """The kernels in which one submission's tests are run beside its code: each goes through the notebook as far as its test.

    Tests of which learners see all share one. One that hides anything has a kernel to itself.
    """

    def __init__(self, sitting: Sitting):
        self.sitting, self.room, self.items = sitting, sitting.room, sitting.sheet.items
        self.kernel: LearnerKernel | None = None
        self.done = 0  # how many items the kernel has behind it
        self.ended: dict[str, str] = {}  # items in which a kernel has ended: they are left out of the next
        self.lacks_module = False  # whether a cell has missed a module
        self.passed: list[str] = []  # tests that have passed in the kernel as it is
        self.forged: set[str] = set()  # tests that have passed in a kernel in which what has to fail did too

    @property
    def around(self) -> dict:
        """What a test finds around it: what the notebook itself has replaced stays; the modules of the assignment and what its cells give."""
        paper = self.sitting.sheet.paper
        modules = {name: content.decode("utf-8", "replace") for name, content in paper.files.items() if name.endswith(".py") and name not in paper.theirs}
        return {"keeps": self.room.found.keeps, "modules": modules, "given": given_again(paper)}

    def sit(self, item: Item) -> Sat:
        """Run a test; what became of it."""
        paper = self.sitting.sheet.paper
        ready = made_ready(item.source, paper.names_of_code, paper.learners)
        place = self.items.index(item)
        try:
            kernel = self.reached(place)
            cell, said = kernel.sit(ready.request | self.around, self.sitting.left())
        except Gone as gone:
            self.kernel = None
            self.end()
            return Sat([], gone.reason)
        self.done = place + 1
        found = told(cell, said, ready)
        if found.complete and not found.raised:
            self.passed.append(item.name)
        if item.hides or self.room.found.replays_hidden:
            self.end()
        return found

    def reached(self, place: int) -> LearnerKernel:
        """A kernel that has run what stands before a place: cells, and tests as learners see them."""
        if self.done > place:
            self.end()
        while self.kernel is None or self.done < place:
            self.kernel = self.kernel or self.room.bare(self.sitting.sheet)
            item = self.items[self.done]
            self.done += 1
            if not (source := self.replayed(item)).strip() or item.name in self.ended:
                continue
            run = self.again(item, source)
            self.lacks_module |= run.raised == "ModuleNotFoundError"
            if run.reason:
                self.ended[item.name] = run.reason
                self.end()
        return self.kernel

    def again(self, item: Item, source: str) -> CellRun:
        """Run what stands before a test: a cell as it is, a test with Python's own functions, so that it leaves what it does with any answer."""
        if item.role != "test":
            return self.kernel.run(source, self.sitting.left())
        paper = self.sitting.sheet.paper
        ready = made_ready(source, paper.names_of_code, paper.learners)
        try:
            return self.kernel.sit(ready.request | self.around | {"stays": True}, self.sitting.left())[0]
        except Gone as gone:
            return CellRun(reason=gone.reason)

    def replayed(self, item: Item) -> str:
        """What of an item runs before a test that stands behind it."""
        if item.role == "test" and item.kind == "code":
            return item.source if self.room.found.replays_hidden else item.released
        return item.source if item.runs else ""

    def end(self) -> None:
        """End the kernel, once it was asked for what has to fail where anything has passed in it."""
        if self.kernel and self.passed and self.room.found.keeps is not None:
            self.control(self.kernel)
        if self.kernel:
            self.kernel.close()
        self.kernel, self.done, self.passed = None, 0, []

    def control(self, kernel: LearnerKernel) -> None:
        """Give a kernel a test that fails at once."""
        items, paper = {item.name: item for item in self.items}, self.sitting.sheet.paper
        ready = made_ready(f"{secrets.choice(FAILS)}\n{items[self.passed[-1]].source}", paper.names_of_code, paper.learners)
        try:
            cell, said = kernel.sit(ready.request | self.around, self.sitting.left())
        except Gone:
            return  # an end is no pass
        if told(cell, said, ready).complete:
            self.forged |= {*self.passed}


def told(cell: CellRun, said: str, ready: Ready) -> Sat:
    """What a kernel said of a test, none of it believed but for the words."""
    try:
        answer = json.loads(said)
        heard = [str(word) for word in answer.get("heard", [])]
        raised = answer.get("raised") or {}
        bases = [str(base) for base in raised.get("bases", [])]
        found = Sat(cell.outputs, "", heard == ready.words, answer.get("value") and str(answer["value"]), str(raised.get("name", ""))[:200],
                    next(filter(python_exception, bases), ""), str(raised.get("says", ""))[:2000], tuple(map(str, answer.get("replaced", [])))[:20],
                    frozenset(map(int, answer.get("homemade", []))))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return Sat(cell.outputs)
    return found


def python_exception(name: Any) -> bool:
    """Whether Python has an exception of this name."""
    kind = getattr(builtins, str(name), None)
    return isinstance(kind, type) and issubclass(kind, BaseException)
