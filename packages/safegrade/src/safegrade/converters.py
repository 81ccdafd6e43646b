"""nbgrader's commands and Formgrader's buttons, through safegrade.

    install(c)    say so in nbgrader_config.py: `from safegrade.converters import install; install(c)`

`nbgrader generate_assignment`, `autograde`, `generate_feedback` and Formgrader each make an object of one of
nbgrader's converter classes. `install` puts the classes below in their places; where a course does not ask for
safegrade they do what nbgrader does. Nothing is put in the place of what is not expected there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import nbgrader.apps.api
import nbgrader.apps.autogradeapp
import nbgrader.apps.generateassignmentapp
import nbgrader.apps.generatefeedbackapp
import nbgrader.converters
from nbconvert.exporters import HTMLExporter
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties, ClearHiddenTests
from traitlets import List
from traitlets.config import Config

from safegrade.limits import Limits
from safegrade.nbgrader.batch import allowed
from safegrade.nbgrader.course import CourseError
from safegrade.nbgrader.layout import LaidOut
from safegrade.nbgrader.proof import proven
from safegrade.nbgrader.session import USUAL, Session
from safegrade.sandbox import Refused

OPTIONS = {*USUAL, "prove"}
STOCK = {"Autograde": Autograde, "GenerateFeedback": GenerateFeedback, "GenerateAssignment": GenerateAssignment}
PLACES = {
    "Autograde": (nbgrader.converters, nbgrader.apps.api, nbgrader.apps.autogradeapp),
    "GenerateFeedback": (nbgrader.converters, nbgrader.apps.api, nbgrader.apps.generatefeedbackapp),
    "GenerateAssignment": (nbgrader.converters, nbgrader.apps.api, nbgrader.apps.generateassignmentapp),
}
FORMGRADER = "nbgrader.server_extensions.formgrader.formgrader"  # makes its pages with the exporter that it holds
CALLED = ((ClearHiddenTests, "_remove_hidden_test_region"), (AssignLatePenalties, "init_plugin"), (AssignLatePenalties, "_check_late_penalty"))
NOT_AS_TESTED = ("this nbgrader is not the one that safegrade was tested with: {} is not what it was, so nothing is marked. "
                 "Install the tested one: pip install 'nbgrader>=0.9.6,<0.10'")


def install(c: Config, limits: dict | None = None, **options) -> None:
    """Mark this course through safegrade. `limits` are those of `Limits`.

    `options`: workers, scheduler, extras, accept, every, beside (see `Session`), and prove: whether `nbgrader generate_assignment`
    tries the instructor's own and a blank answer at once (True). ValueError for a wrong setting, SystemExit where nbgrader
    is not as it was when this was tested; after either nothing is marked, because nbgrader reads on after an error.
    """
    try:
        checked(limits or {}, options)
    except ValueError as error:
        put_in_place(refusing(str(error)))
        raise
    if moved := [*unexpected()]:
        put_in_place(refusing(NOT_AS_TESTED.format(", ".join(moved))))
        raise SystemExit(NOT_AS_TESTED.format(", ".join(moved)))  # what has moved would run learners' code unprotected
    c.HTMLExporter.sanitize_html = True  # feedback and Formgrader's pages: an instructor's browser has an instructor's rights
    c.HTMLExporter.filters = {"markdown2html": "safegrade.nbgrader.pages.markdown"}
    c.HTMLExporter.preprocessors = ["safegrade.nbgrader.pages.Tame"]
    c.Safegrade.on, c.Safegrade.options, c.Safegrade.limits = True, options, limits or {}
    find_alembic()
    if FORMGRADER in sys.modules:  # as long as it is not loaded it makes no pages, and it reads this again when it is
        sys.modules[FORMGRADER].HTMLExporter = LaidOut
    put_in_place({"Autograde": SafeAutograde, "GenerateFeedback": SafeFeedback, "GenerateAssignment": SafeGenerate})


def find_alembic() -> None:
    """Let nbgrader find the command `alembic`, with which it makes its database: it stands beside this Python.

    That is not on the PATH where the environment is not activated (`uv run`, a JupyterLab started by its full path).
    """
    scripts, path = str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath).split(os.pathsep)
    if scripts not in path:
        os.environ["PATH"] = os.pathsep.join([scripts, *path])


def checked(limits: dict, options: dict) -> None:
    """ValueError for a setting that there is not, or that is not allowed."""
    if unknown := options.keys() - OPTIONS:
        raise ValueError(f"{', '.join(sorted(unknown))}: unknown; the options are {', '.join(sorted(OPTIONS))} and limits")
    if unknown := limits.keys() - Limits.__dataclass_fields__.keys():
        raise ValueError(f"{', '.join(sorted(unknown))}: unknown; the limits are {', '.join(Limits.__dataclass_fields__)}")
    Limits(**limits), allowed(options.get("workers"))


def unexpected() -> Iterator[str]:
    """What nbgrader does not have where this module replaces or calls it."""
    for name, places in PLACES.items():
        for place in places:
            held = getattr(place, name, None)
            if not (isinstance(held, type) and issubclass(held, STOCK[name]) and (held is STOCK[name] or held.__module__ == __name__)):
                yield f"{place.__name__}.{name}"
        known = {*(place.__name__ for place in places), STOCK[name].__module__, __name__}
        for module in [module for label, module in [*sys.modules.items()] if label.startswith(("nbgrader.apps", "nbgrader.server_extensions"))]:
            if module.__name__ not in known and vars(module).get(name) is STOCK[name]:
                yield f"{module.__name__}.{name}"
    held = getattr(sys.modules.get(FORMGRADER), "HTMLExporter", None)
    if FORMGRADER in sys.modules and held not in (HTMLExporter, LaidOut):
        yield f"{FORMGRADER}.HTMLExporter"
    for owner, name in CALLED:
        if not callable(getattr(owner, name, None)):
            yield f"{owner.__name__}.{name}"


def put_in_place(classes: dict[str, type]) -> None:
    """Have nbgrader make objects of these classes."""
    for name, made in classes.items():
        for place in PLACES[name]:
            setattr(place, name, made)


def refusing(why: str) -> dict[str, type]:
    """Classes that do nothing but say why."""
    def start(self) -> None:
        self.log.error(why)
        raise NbGraderException(why)

    return {name: type(f"Refused{name}", (stock,), {"start": start, "__module__": __name__}) for name, stock in STOCK.items()}


class SafeAutograde(Autograde):
    """`nbgrader autograde`, and Formgrader's button."""

    def start(self) -> None:
        if not self.config.Safegrade.get("on"):
            return super().start()
        if self.config.Execute.get("enabled") is False:
            raise self.refused("--no-execute would believe the outputs that learners saved; safegrade never does")
        try:
            outcome = Session(self.coursedir, self.coursedir.assignment_id, self.coursedir.student_id, self.force,
                              parent=self).run(self.progress)
        except (CourseError, Refused, ValueError) as error:
            raise self.refused(str(error)) from error
        self.log.info("%s", outcome)
        for learner, why in sorted(outcome.unreadable.items()):
            self.log.error("There was an error processing assignment '%s' for student '%s': %s", outcome.assignment, learner, why)
        if outcome.unreadable:
            raise NbGraderException(f"{len(outcome.unreadable)} submissions could not be read; all others are marked")

    def progress(self, done: int, total: int) -> None:
        self.log.info("Marked %d of %d", done, total)

    def refused(self, why: str) -> NbGraderException:
        self.log.error(why)
        return NbGraderException(why)


class SafeGenerate(GenerateAssignment):
    """`nbgrader generate_assignment`, and Formgrader's button: what cannot be marked is told before anybody works on it."""

    def start(self) -> None:
        super().start()
        if not self.config.Safegrade.get("on") or self.no_database or not self.config.Safegrade.options.get("prove", True):
            return
        try:
            found, notes = proven(self.coursedir, self.coursedir.assignment_id)
        except (CourseError, Refused) as error:
            found, notes = [str(error)], []
        for note in notes:
            self.log.warning(note)
        for fault in found:
            self.log.error(fault)
        if found:
            raise NbGraderException(f"{self.coursedir.assignment_id} was made, but would not be marked fairly")


class SafeFeedback(GenerateFeedback):
    """`nbgrader generate_feedback`, and Formgrader's button: hidden tests stay hidden, and no script of a learner's runs."""

    def _exporter_class_default(self) -> type:
        return LaidOut if self.config.Safegrade.get("on") else super()._exporter_class_default()

    def start(self) -> None:
        if self.config.Safegrade.get("on"):
            self.preprocessors = [AsReleased, *self.preprocessors]
        super().start()


class AsReleased(ClearHiddenTests):
    """A marked notebook without its hidden tests. What a cell printed about them is its message, and stays."""

    display_data_priority = List(config=True)  # nbconvert sets it, and warns of a class that cannot take it

    def preprocess(self, nb, resources):
        for cell in nb.cells:
            data = cell.metadata.get("nbgrader", {})
            if data.get("grade") and not data.get("solution"):
                self._remove_hidden_test_region(cell)
        return nb, resources
