"""Kept openings are those of the views, and spare the first picture what takes seconds to load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from autoimmune import views as views_of_lessons
from autoimmune.showing.describe import OF_MODEL
from autoimmune.views import self_tolerance
from autoimmune.widgets.explorer import ready
from testing.deadlines import DEADLINE
from tools.views import views

VIEWS = views()
HEAVY = "{'sympy', 'scipy', 'matplotlib', 'pandas', 'statsmodels'} & set(sys.modules)"


@pytest.mark.parametrize("name", VIEWS)
def test_what_is_kept_is_what_the_model_gives(name):
    plan = VIEWS[name]().plan
    kept = ready.found(ready.number(plan))
    assert kept, f"{name}: run `make views`"
    made = ready.worked_out(plan)
    assert (kept.script, kept.pressed, kept.sentence) == (made.script, made.pressed, made.sentence)
    assert kept.summary == pytest.approx(made.summary, rel=1e-6, abs=1e-9)
    assert kept.still.startswith(b"\x89PNG") and len(kept.still) == pytest.approx(len(made.still), rel=0.2)


def test_nothing_is_kept_that_no_view_has():
    assert {path.stem for path in ready.FOLDER.iterdir()} == {ready.number(made().plan) for made in VIEWS.values()}


@pytest.mark.parametrize("name", VIEWS)
def test_each_sentence_says_that_it_speaks_of_a_model(name):
    plan = VIEWS[name]().plan
    assert all(rule.say.startswith(OF_MODEL) for rule in plan.rules) and ready.opening(plan).sentence.startswith(OF_MODEL)


def test_another_model_start_or_code_is_another_opening(monkeypatch):
    plan = self_tolerance.first_toggle().plan
    numbers = {ready.number(plan), ready.number(self_tolerance.tolerance().plan)}
    monkeypatch.setitem(plan.start, "b_1", 0.3)
    numbers.add(ready.number(plan))
    monkeypatch.setattr(ready, "code", lambda: "other")
    numbers.add(ready.number(plan))
    assert len(numbers) == 4
    assert ready.opening(plan).sentence.startswith("In this model: Suppression 0.3 per day")  # worked out here


def afresh(code):
    """What a Python that has just begun prints."""
    return subprocess.run([sys.executable, "-c", f"import sys\n{code}"], capture_output=True, text=True, timeout=DEADLINE, check=True).stdout


def test_the_first_explorer_waits_for_nothing_heavy():
    assert afresh(f"from autoimmune.views.self_tolerance import first_toggle\nfirst_toggle()._repr_mimebundle_()\nprint({HEAVY})") == "set()\n"


def test_importing_one_view_imports_no_other():
    code = "import autoimmune.views.self_tolerance\nprint({name for name in sys.modules if name.startswith('autoimmune.')} & {f'autoimmune.{name}' for name in others})"
    others = ["views.causes", "views.diagnosis", "views.treatment", "widgets.criteria", "widgets.people", "widgets.predict", "widgets.quiz", "widgets.tissue"]
    assert afresh(f"others = {others}\n{code}") == "set()\n"


def test_no_view_is_passed_over_for_want_of_an_annotation():
    """What returns `explore(…)` and says nothing of it would have no kept opening and no test."""
    files = (Path(views_of_lessons.__path__[0])).glob("*.py")
    functions = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)]
    explorers = {node.name for node in functions for each in ast.walk(node) if isinstance(each, ast.Return) and isinstance(each.value, ast.Call)
                 and getattr(each.value.func, "id", "") == "explore"}
    assert explorers and explorers == {node.name for node in functions if node.returns and ast.unparse(node.returns) == "Explorer"}
