"""What an assignment has to keep to; each function returns what is wrong, in words.

    faults      the instructor's notebook: marks, names, tests, markers
    leaks       what a released notebook must not show
"""

import ast
import builtins
import json
import re

from nbformat import NotebookNode

from tools.contents import counts
from tools.nbgrader_commands import by_grade_id

REGION = re.compile(r"^.*BEGIN (?:SOLUTION|HIDDEN TESTS|MARK SCHEME).*\n([\s\S]*?)^.*END (?:SOLUTION|HIDDEN TESTS|MARK SCHEME)",
                    re.MULTILINE)
HIDDEN = re.compile(r"BEGIN HIDDEN TESTS([\s\S]*?)END HIDDEN TESTS")
MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN", "END HIDDEN", "BEGIN MARK SCHEME", "END MARK SCHEME")


def faults(source: NotebookNode) -> list[str]:
    """Everything that is wrong with an assignment as the instructor writes it."""
    cells = by_grade_id(source)
    answers = {name: cell for name, cell in cells.items() if cell.metadata.nbgrader.solution}
    tests = {name: cell for name, cell in cells.items() if name not in answers and cell.metadata.nbgrader.grade}
    code = {name: cell for name, cell in answers.items() if cell.cell_type == "code"}
    return [
        *marks(source),
        *names(source),
        *(fault for name in code for fault in answer_faults(name, code[name], tests)),
        *(fault for name in answers.keys() - code.keys() for fault in written_faults(name, answers[name], tests)),
        *(fault for name, test in tests.items() for fault in test_faults(name, test, code)),
        *(f"{name} would stop the run of the page" for name, cell in {**code, **tests}.items() if not runs_on(cell)),
        *saved_runs(source),
    ]


def marks(source: NotebookNode) -> list[str]:
    """Faults in what the first cell says of points and questions."""
    points, questions = counts(source)
    said = f"**Marks:** {points:g} points for {questions} questions"
    return [] if said in source.cells[0].source else [f"its first cell has not '{said}': run `make pages`"]


def names(source: NotebookNode) -> list[str]:
    """Grade ids that cannot be read, or that differ from the id of their cell."""
    readable = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
    graded = by_grade_id(source)
    return [f"the grade id {name} is not words joined by hyphens" for name in graded if not readable.fullmatch(name)] + [
        f"{name} has the cell id {cell.id}" for name, cell in graded.items() if cell.id != name]


def answer_faults(name: str, answer: NotebookNode, tests: dict[str, NotebookNode]) -> list[str]:
    """An answer in code needs markers, a test that learners can run, and one that they cannot see."""
    mine = {test: cell for test, cell in tests.items() if test.startswith(f"{name}-")}
    hidden = [test for test, cell in mine.items() if HIDDEN.search(cell.source)]
    needs = {
        "solution markers": "BEGIN SOLUTION" in answer.source and "END SOLUTION" in answer.source,
        "a visible test": f"{name}-check" in mine.keys() - hidden,
        "a hidden test": any(test.startswith(f"{name}-hidden") for test in hidden),
    }
    return [f"{name} has not {need}" for need, met in needs.items() if not met]


def written_faults(name: str, answer: NotebookNode, tests: dict[str, NotebookNode]) -> list[str]:
    """An answer in words needs a full answer to compare with, points, and a rubric that learners cannot see."""
    rubric = tests.get(f"{name}-rubric")
    needs = {
        "solution markers": "BEGIN SOLUTION" in answer.source and "END SOLUTION" in answer.source,
        "points": answer.metadata.nbgrader.get("points", 0) > 0,
        "a hidden rubric": rubric is not None and bool(HIDDEN.search(rubric.source)),
    }
    return [f"{name} has not {need}" for need, met in needs.items() if not met]


def test_faults(name: str, test: NotebookNode, answers: dict[str, NotebookNode]) -> list[str]:
    """A test stands on its own, looks at one answer, and does not tell what it hides."""
    if name.endswith("-rubric"):
        return []
    owners = [answer for answer in answers if name.startswith(f"{answer}-")]
    if len(owners) != 1:
        return [f"{name} belongs to {owners or 'no answer'}"]
    defined = set(bound(ast.parse(answers[owners[0]].source)))
    strangers = sorted(unbound(ast.parse(test.source)) - defined)
    return [f"{name} leans on {stranger}, which is not its answer's" for stranger in strangers] + [
        f"{name} shows what it hides" for hidden in HIDDEN.findall(test.source) if "show=True" in hidden]


def runs_on(cell: NotebookNode) -> bool:
    """Whether JupyterLab goes on with the next cell when this one fails; a rubric cannot fail."""
    return "raises-exception" in cell.metadata.get("tags", []) or cell.id.endswith("-rubric")


def bound(tree: ast.AST) -> set[str]:
    """Names that code gives a value to."""
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    defined = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    imports = (alias for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names)
    return stored | arguments | defined | {alias.asname or alias.name.split(".")[0] for alias in imports}


def unbound(tree: ast.AST) -> set[str]:
    """Names that code uses without giving them a value."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return used - bound(tree) - set(dir(builtins))


def saved_runs(notebook: NotebookNode) -> list[str]:
    """Outputs and execution counts that were saved with a notebook."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [f"{cell.id} has outputs" for cell in code if cell.outputs] + [
        f"{cell.id} has an execution count" for cell in code if cell.execution_count is not None]


def secrets(source: NotebookNode) -> set[str]:
    """Lines that only the instructor sees: solutions, hidden tests, rubrics."""
    kept = [line for cell in source.cells for region in REGION.findall(cell.source) for line in region.splitlines()]
    shown = {line.strip() for cell in source.cells for line in REGION.sub("", cell.source).splitlines()}
    return {line.strip() for line in kept if len(line.strip()) > 8} - shown


def leaks(source: NotebookNode, release: NotebookNode) -> list[str]:
    """What a released notebook shows of solutions, hidden tests, rubrics, markers and runs, wherever it stands."""
    text = "\n".join(strings(json.loads(json.dumps(release))))
    told = [f"the release tells: {secret}" for secret in sorted(secrets(source)) if secret in text]
    return told + [f"the release holds {marker}" for marker in MARKERS if marker in text] + saved_runs(release)


def strings(value: object) -> list[str]:
    """Every piece of text in a JSON value, keys too."""
    if isinstance(value, dict):
        return [text for key, entry in value.items() for text in [key, *strings(entry)]]
    if isinstance(value, list):
        return [text for entry in value for text in strings(entry)]
    return [value] if isinstance(value, str) else []
