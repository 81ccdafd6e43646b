"""What is marked: an assignment's notebook as it was released, with the tests that learners did not see.

    Item      one cell of it: text, code of the instructor's, an answer, or a test
    Paper     the cells in order, the files that the assignment ships, and what its code imports
    Sheet     one submission written into the paper: rebuilt, never repaired
    rebuild   a paper and submitted cells -> a sheet

A sheet is a task that can be sent anywhere: it needs no disk, no database and no other submission.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from safegrade.marking.ingest import Cell
from safegrade.marking.match import placed

if TYPE_CHECKING:
    from safegrade.marking.found import Found

READS = dir(builtins)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Item:
    """A cell. `name` is its grade id (or cell id), `role` one of text, code, answer, test, extra."""

    name: str
    role: str
    kind: str
    source: str
    points: float = 0.0
    by_hand: bool = False
    metadata: dict = field(default_factory=dict)
    released: str = ""  # what learners saw of it
    id: str = ""
    gone: bool = False  # an answer whose cell was not handed in

    @property
    def runs(self) -> bool:
        """Whether it is code that a learner's kernel runs."""
        return self.kind == "code" and not self.gone and self.role in ("code", "answer", "extra")

    @property
    def untouched(self) -> bool:
        """Whether it stands as it was released: an answer that was not attempted."""
        return self.source.strip() == self.released.strip()

    @property
    def hides(self) -> bool:
        """Whether learners did not see all of it."""
        return self.role == "test" and not self.untouched


@dataclass(frozen=True)
class Paper:
    """An assignment's notebook. `metadata` is the notebook's own, `reference` the instructor's answers where known."""

    assignment: str
    notebook: str
    items: tuple[Item, ...]
    files: dict[str, bytes] = field(default_factory=dict)
    metadata: dict = field(default_factory=dict)
    reference: dict[str, str] = field(default_factory=dict)
    theirs: frozenset[str] = frozenset()  # files among those that learners may replace by their own
    found: Found | None = field(default=None, compare=False, repr=False)  # what an earlier trial of its tests has found out

    @cached_property
    def tests(self) -> tuple[Item, ...]:
        """The tests that are run."""
        return tuple(item for item in self.items if item.role == "test" and item.kind == "code" and not item.by_hand)

    @cached_property
    def names_of_code(self) -> frozenset[str]:
        """Every name that code of it gives a value to."""
        return frozenset().union(*(bound(item.source) | bound(item.released) for item in self.items if item.kind == "code"), *map(bound, self.answers))

    @cached_property
    def lent(self) -> frozenset[str]:
        """Names that tests, as learners see them, give a value to where the notebook's cells can use it."""
        return frozenset().union(*(names_of(outermost(tree(item.released))) for item in self.tests))

    @cached_property
    def lends(self) -> bool:
        """Whether a cell uses what a test before it has made, and nothing else gives."""
        given, lent = set(), set()
        for item in self.items:
            if item.role == "test":
                lent |= names_of(outermost(tree(item.released))) if item in self.tests else set()
            elif item.kind == "code":
                sources = [item.source, self.reference.get(item.name, "")]
                if set().union(*map(free, sources)) & (lent - given) - set().union(*map(bound, sources)):
                    return True
                given |= set().union(*map(bound, sources))
        return False

    @cached_property
    def answers(self) -> list[str]:
        """The code of answers as far as it is known: as released, and the instructor's own."""
        return [*(item.source for item in self.items if item.role == "answer" and item.kind == "code"), *self.reference.values()]

    @cached_property
    def learners(self) -> frozenset[str]:
        """Names whose value is the learner's: those that answers give or change, and what the notebook computes from them."""
        names = set().union(*map(touched, self.answers))
        for item in self.items:
            if item.role == "code" and item.kind == "code" and free(item.source) & names:
                names |= touched(item.source)
        return frozenset(names)

    @cached_property
    def setup(self) -> list[str]:
        """What the instructor gives to tests: the notebook's own cells that lean on no answer, and everything imported.

        A test never gets these from a learner's kernel, where anything may have been put in their places.
        """
        return [*filter(None, map(import_lines, [*self.answers, *self.leaning])), *self.own]

    @cached_property
    def own(self) -> list[str]:
        """The notebook's own cells that lean on no answer; all of them are shown to learners."""
        return [source for source in self.shown if source not in self.leaning]

    @cached_property
    def leaning(self) -> list[str]:
        """The notebook's own cells that lean on an answer."""
        return [source for source in self.shown if free(source) & self.learners or touched(source) & self.learners]

    @cached_property
    def opening(self) -> list[str]:
        """The notebook's own cells that stand before the first answer and the first test."""
        code = (item for item in self.items if item.kind == "code" and item.source.strip())
        return [item.source for item in takewhile(lambda item: item.role == "code", code)]

    @cached_property
    def shown(self) -> list[str]:
        """The notebook's own cells."""
        return [item.source for item in self.items if item.role == "code" and item.kind == "code"]

    @cached_property
    def given(self) -> frozenset[str]:
        """The names that `setup` gives, as far as its text says."""
        return frozenset().union(*map(bound, self.setup)) - self.learners

    def leans(self, test: Item) -> bool:
        """Whether a test needs `setup`: it uses a name that `setup` gives and that it does not import itself."""
        return "*" in self.given or bool(self.given & set(self.names(test)) - bound(import_lines(test.source)))

    def asked(self, test: Item) -> list[str]:
        """The names in a test that are looked up in the learner's kernel."""
        own = self.given | bound(test.source)
        return [name for name in self.names(test) if name in self.learners or name not in own]

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """The modules that its code imports and does not bring along."""
        return self.not_shipped({name for item in self.items if item.kind == "code" for name in imported(item.source)})

    @cached_property
    def shown_imports(self) -> tuple[str, ...]:
        """The modules that it imports where learners can see it, and does not bring along."""
        return self.not_shipped({name for item in self.items if item.kind == "code" for name in imported(item.released)})

    def not_shipped(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those modules that are not the assignment's own: another of the same name may be installed."""
        own = {path.split("/")[0].removesuffix(".py") for path in self.files if path.endswith(".py")}
        return tuple(name for name in sorted(set(names)) if name.partition(".")[0] not in own)

    def sheet(self, answers: Mapping[str, str]) -> Sheet:
        """The release, with these answers by name."""
        return Sheet(self, "", tuple(replace(item, source=answers.get(item.name, item.source)) if item.role == "answer" else item
                                     for item in self.items))

    def names(self, test: Item) -> list[str]:
        """What a test needs that neither it nor Python has."""
        return sorted(name for name in free(test.source) if name not in READS or name in self.learners)


@dataclass(frozen=True)
class Sheet:
    """A submission to be marked: the paper with a learner's text in its answer cells."""

    paper: Paper
    learner: str
    items: tuple[Item, ...]
    dropped: tuple[str, ...] = ()
    doubts: dict[str, str] = field(default_factory=dict)  # why a person should look at an answer that got no points
    files: dict[str, bytes] = field(default_factory=dict)  # handed in beside the notebook

    @property
    def opens_as_released(self) -> bool:
        """Whether the first cells that run are those of the paper."""
        first = [item.source for item in self.items if item.runs and item.source.strip()][:len(self.paper.opening)]
        return first == self.paper.opening

    @cached_property
    def code(self) -> list[tuple[str, str, str, bool]]:
        """What runs, in order, and which answers are not there."""
        return [(item.name, item.role, item.source, item.gone) for item in self.items if item.kind == "code"]

    def runs_as(self, other: Sheet) -> bool:
        """Whether it is marked as another sheet of its paper is, but for words that a person marks: the same code, and nothing odd."""
        return not (self.dropped or self.doubts or self.files or other.files) and self.code == other.code

    def looked_at(self, test: Item) -> list[Item]:
        """The answers that a test looks at, as far as the paper knows; a learner's text is never taken apart here."""
        needs, known = set(self.paper.names(test)), self.paper.reference
        found = [each for each in self.items if each.role == "answer" and needs & (bound(each.released) | bound(known.get(each.name, "")))]
        before = [each for each in takewhile(lambda each: each.name != test.name, self.items) if each.role == "answer"]
        return found or before[-1:]

    def written_beside(self, answer: Item) -> bool:
        """Whether learners have written cells of their own where an answer stands."""
        near = False
        for item in self.items:
            if item.role == "extra" and near:
                return True
            if item.role in ("answer", "test"):
                near = item.name == answer.name
        places = [item.role for item in takewhile(lambda item: item.name != answer.name, self.items) if item.role != "text"]
        return places[-1:] == ["extra"]

    @cached_property
    def looks(self) -> dict[str, list[str]]:
        """The names that a test looks up right after a cell, by that cell's name."""
        code = [item for item in self.items if item.kind == "code" and item.source.strip() and not item.by_hand]
        return {cell.name: self.paper.asked(test) for cell, test in pairwise(code) if test.role == "test"}


def rebuild(paper: Paper, learner: str, submitted: Iterable[Cell], extras: bool = True, files: dict[str, bytes] | None = None) -> Sheet:
    """The paper with the learner's answers, with words that they wrote elsewhere, with `extras` their own code cells, and `files` that came along.

    What the assignment ships itself stands before a file of theirs by the same name, unless it is theirs to change.

    Of a submitted cell nothing but its text is taken. Code that was split into several cells is run in its pieces, in
    their order; the last one stands in the answer's place. An answer whose cell is gone is not run, because its stub would
    undo what a cell that it was merged into has done.
    """
    cells, found = placed(paper, submitted)
    answers = {item.name: item for item in paper.items if item.role == "answer"}
    plain = {item.name for item in paper.items if item.role == "code" and not item.metadata.get("nbgrader", {}).get("locked") and item.id}
    others = {item.name: item for item in paper.items if item.name not in answers and item.name not in plain}
    texts: dict[str, str] = {}
    added: dict[str, list[Item]] = {}
    anchor, dropped, count = "", [*found.values()], 0
    for cell in cells:
        if cell.name in answers:
            if cell.name in texts and answers[cell.name].kind == "code":
                dropped.append(f"{cell.name} stands there more than once; all of it was run, in order")
                added.setdefault(before(paper, cell.name), []).append(extra(texts[cell.name], count := count + 1))
            words = [texts[cell.name]] if cell.name in texts and answers[cell.name].kind != "code" else []
            texts[cell.name], anchor = "\n\n".join([*words, cell.source]), cell.name
        elif cell.name in plain:
            texts[cell.name], anchor = cell.source, cell.name
        elif cell.name in others:
            anchor = cell.name
            if others[cell.name].role == "text" and cell.source.strip() not in (others[cell.name].source.strip(), ""):
                added.setdefault(anchor, []).append(extra(cell.source, count := count + 1, "markdown"))
        elif cell.kind == "code" and cell.source.strip():
            if extras:
                added.setdefault(anchor, []).append(extra(cell.source, count := count + 1))
            else:
                dropped.append(f"a cell of the learner's own after {anchor or 'the beginning'}")
        elif cell.source.strip() and cell.kind in ("markdown", "raw"):
            added.setdefault(anchor, []).append(extra(cell.source, count := count + 1, "markdown"))
    gone = answers.keys() - texts.keys()
    dropped += [f"the answer {name} was deleted; it counts as not attempted" for name in gone]
    dropped += changed(paper, cells)
    items = [*added.get("", [])]
    for item in paper.items:
        items.append(replace(item, source=texts[item.name]) if item.name in texts else replace(item, gone=True) if item.name in gone else item)
        items += added.get(item.name, [])
    own = {name: content for name, content in (files or {}).items() if name not in paper.files or name in paper.theirs}
    return Sheet(paper, learner, tuple(items), tuple(sorted(set(dropped))), doubts(items, found, gone), own)


def doubts(items: list[Item], found: Mapping[str, str], gone: Collection[str]) -> dict[str, str]:
    """Why a person should look at an answer that got no points, by its name."""
    told = {name: f"the cell of {name} is not in what was handed in; it may be part of another one" for name in gone}
    own = [item for item in items if item.role == "extra"]
    for item in items:
        if item.role == "answer" and item.by_hand and item.untouched and any(each.kind != "code" or item.kind == "code" for each in own):
            told.setdefault(item.name, f"nothing was written into {item.name}, and something into cells of the learner's own")
    return {**told, **found}


def before(paper: Paper, name: str) -> str:
    """The name of the item that stands before `name`, or nothing."""
    names = [item.name for item in paper.items]
    place = names.index(name)
    return names[place - 1] if place else ""


def extra(source: str, number: int, kind: str = "code") -> Item:
    """A cell of the learner's own."""
    return Item(f"extra-{number}", "extra", kind, source)


def changed(paper: Paper, submitted: Iterable[Cell]) -> list[str]:
    """What was done to cells that are not the learner's to change; it makes no difference."""
    mine = {item.name: item for item in paper.items if item.role != "answer"}
    seen = [cell.name for cell in submitted if cell.name in mine]
    told = [f"{cell.name} was changed; the released one was used" for cell in submitted
            if cell.name in mine and cell.source.strip() not in (mine[cell.name].released.strip(), mine[cell.name].source.strip())]
    told += [f"{name} stands there more than once; the released one was used" for name in set(seen) if seen.count(name) > 1]
    return told + [f"{item.name} was deleted; the released one was used" for item in mine.values()
                   if item.role == "test" and item.name not in seen]


# -- what code needs -------------------------------------------------------------------------------------------------


def tree(source: str) -> ast.Module:
    """The syntax of a cell, its magics read as IPython does; an empty one where it cannot be read."""
    # A process that only reads submissions need not wait for it.
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RuntimeError, MemoryError):  # IPython gives up after 500 magics with the third
        return ast.Module([], [])


def imported(source: str) -> set[str]:
    """Modules that code imports by name."""
    found: set[str] = set()
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module}
    return found


@lru_cache(1000)  # a test asks for all cells before it, and all submissions have most of them
def bound(source: str) -> frozenset[str]:
    """Names that code gives a value to, anywhere in it."""
    return frozenset(names_of(ast.walk(tree(source))))


def names_of(nodes: Iterable[ast.AST]) -> set[str]:
    """Names to which one of these pieces of code gives a value."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return found


def outermost(node: ast.AST) -> Iterator[ast.AST]:
    """The pieces of code that run in the notebook's own namespace: not what stands in functions and classes."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, SCOPES):
            yield from outermost(child)


@lru_cache(1000)
def touched(source: str) -> frozenset[str]:
    """Names that code gives a value to or changes, imports aside: `x = …`, `x[0] = …`, `x.a = …`, `x.append(…)`, `shuffle(x)`."""
    nodes = [*outermost(tree(source))]
    found = names_of(node for node in nodes if not isinstance(node, (ast.Import, ast.ImportFrom)))
    for node in nodes:
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            found |= root(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            parts = [node.value.func, *node.value.args, *(word.value for word in node.value.keywords)]
            found |= set().union(*map(root, parts[isinstance(node.value.func, ast.Name):]))
    return frozenset(found - imported_as(source))


def root(node: ast.AST) -> set[str]:
    """The name on which an expression such as `x.a[0]` is built."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def imported_as(source: str) -> set[str]:
    """Names that code gives to what it imports."""
    return names_of(node for node in ast.walk(tree(source)) if isinstance(node, (ast.Import, ast.ImportFrom)))


@lru_cache(1000)
def import_lines(source: str) -> str:
    """The imports of code alone."""
    return "\n".join(ast.unparse(node) for node in outermost(tree(source)) if isinstance(node, (ast.Import, ast.ImportFrom)))


@lru_cache(1000)
def free(source: str) -> frozenset[str]:
    """Names that code uses; a test may both use a learner's name and give it a value."""
    return frozenset(node.id for node in ast.walk(tree(source)) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
