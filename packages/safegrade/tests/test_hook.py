"""The hook into nbgrader fails closed: what is not where it is expected keeps everything from being marked."""

import sys
from types import ModuleType

import nbgrader.apps.api
import nbgrader.apps.autogradeapp
import nbgrader.converters
import pytest
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import ClearHiddenTests
from traitlets.config import Config

from safegrade import converters
from testing.marking.small import RIGHT, Small
from tools.nbgrader_commands import CommandFailed, at_home


@pytest.fixture(autouse=True)
def as_it_was():
    """What is in nbgrader's places is put back."""
    held = {(place, name): getattr(place, name) for name, places in converters.PLACES.items() for place in places}
    yield
    for (place, name), value in held.items():
        setattr(place, name, value)


def nothing_is_marked():
    for place in converters.PLACES["Autograde"]:
        if hasattr(place, "Autograde"):
            with pytest.raises(NbGraderException):
                place.Autograde(config=Config()).start()


def another(monkeypatch):
    monkeypatch.setattr(nbgrader.apps.api, "Autograde", type("Autograde", (), {}))


def gone(monkeypatch):
    monkeypatch.delattr(nbgrader.apps.autogradeapp, "Autograde")


def a_new_place(monkeypatch):
    module = ModuleType("nbgrader.apps.moved")
    module.Autograde = converters.STOCK["Autograde"]
    monkeypatch.setitem(sys.modules, module.__name__, module)


def a_subclass(monkeypatch):
    monkeypatch.setattr(nbgrader.converters, "Autograde", type("Autograde", (converters.STOCK["Autograde"],), {"__module__": "nbgrader.new"}))


def renamed(monkeypatch):
    monkeypatch.delattr(ClearHiddenTests, "_remove_hidden_test_region")


@pytest.mark.parametrize("change", [another, gone, a_new_place, a_subclass, renamed])
def test_an_nbgrader_that_is_not_as_expected_ends_the_program_and_marks_nothing(monkeypatch, change):
    with monkeypatch.context() as patch:
        change(patch)
        with pytest.raises(SystemExit, match="not the one that safegrade was tested with: nbgrader|_remove.*<0.10"):
            converters.install(Config())
        nothing_is_marked()


def test_a_wrong_setting_marks_nothing_though_nbgrader_reads_on():
    with pytest.raises(ValueError, match="worker: unknown"):
        converters.install(Config(), worker=2)
    nothing_is_marked()


def test_it_can_be_installed_twice():
    for _ in range(2):
        converters.install(config := Config())
    assert config.Safegrade.on and nbgrader.converters.Autograde is converters.SafeAutograde


def test_a_course_with_a_wrong_setting_is_not_marked_by_stock_nbgrader(tmp_path):
    with at_home(tmp_path / "home"):
        course = Small(tmp_path / "course", {}, workers=1)
        course.hand_in("ann", RIGHT)
        path = course.folder / "nbgrader_config.py"
        path.write_text(path.read_text().replace("workers=1", "worker=1"), encoding="utf-8")
        with pytest.raises(CommandFailed, match="worker: unknown"):
            course.run("autograde")
        assert course.points("ann") == {}
