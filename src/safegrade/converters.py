"""nbgrader's commands and Formgrader's buttons, through safegrade.

    install(c)    say so in nbgrader_config.py: `from safegrade.converters import install; install(c)`

`nbgrader generate_assignment`, `autograde`, `generate_feedback` and Formgrader each make an object of one of
nbgrader's converter classes. `install` puts the classes below in their places; where a course does not ask for
safegrade they do what nbgrader does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

import bleach
import nbgrader.apps.api
import nbgrader.apps.autogradeapp
import nbgrader.apps.generateassignmentapp
import nbgrader.apps.generatefeedbackapp
import nbgrader.converters
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import ClearHiddenTests
from traitlets import List
from traitlets.config import Config

from safegrade.batch import allowed
from safegrade.course import CourseError
from safegrade.limits import Limits
from safegrade.proof import proven
from safegrade.sandbox import Refused
from safegrade.session import Session

BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*\Z")
PICTURES = ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,")
TAGS = {*bleach.ALLOWED_TAGS, "br", "caption", "dd", "del", "details", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "p", "pre",
        "s", "span", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "u"}
OPTIONS = {"workers", "scheduler", "extras", "prove", "beside"}


def install(c: Config, limits: dict | None = None, **options) -> None:
    """Mark this course through safegrade. `limits` are those of `Limits`.

    `options`: workers, scheduler, extras, beside (see `Session`), and prove: whether `nbgrader generate_assignment` tries
    the instructor's own and a blank answer at once (True).
    """
    if unknown := options.keys() - OPTIONS:
        raise ValueError(f"{', '.join(sorted(unknown))}: unknown; the options are {', '.join(sorted(OPTIONS))} and limits")
    if unknown := (limits or {}).keys() - Limits.__dataclass_fields__.keys():
        raise ValueError(f"{', '.join(sorted(unknown))}: unknown; the limits are {', '.join(Limits.__dataclass_fields__)}")
    Limits(**(limits or {})), allowed(options.get("workers"))  # a wrong one is told at once
    c.HTMLExporter.sanitize_html = True  # feedback and Formgrader's pages: an instructor's browser has an instructor's rights
    c.HTMLExporter.filters = {"markdown2html": "safegrade.converters.markdown"}
    c.HTMLExporter.preprocessors = ["safegrade.converters.Tame"]
    c.Safegrade.on, c.Safegrade.options, c.Safegrade.limits = True, options, limits or {}
    for place in (nbgrader.converters, nbgrader.apps.api, nbgrader.apps.autogradeapp):
        place.Autograde = SafeAutograde
    for place in (nbgrader.converters, nbgrader.apps.api, nbgrader.apps.generatefeedbackapp):
        place.GenerateFeedback = SafeFeedback
    for place in (nbgrader.converters, nbgrader.apps.api, nbgrader.apps.generateassignmentapp):
        place.GenerateAssignment = SafeGenerate


class SafeAutograde(Autograde):
    """`nbgrader autograde`, and Formgrader's button."""

    def start(self) -> None:
        if not self.config.Safegrade.get("on"):
            return super().start()
        if self.config.Execute.get("enabled") is False:
            raise self.refused("--no-execute would believe the outputs that learners saved; safegrade never does")
        settings = self.config.Safegrade
        options = {name: value for name, value in settings.options.items() if name != "prove"}
        try:
            outcome = Session(self.coursedir, self.coursedir.assignment_id, self.coursedir.student_id, self.force,
                              limits=Limits(**settings.limits), parent=self, **options).run(self.progress)
        except (CourseError, Refused) as error:
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
            found, notes = proven(self.coursedir, self.coursedir.assignment_id, self.config.Safegrade.options.get("beside", True))
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


class Tame(Preprocessor):
    """Outputs of the kinds that a page may show; a learner's HTML, scripts and SVG become plain text."""

    shown: ClassVar = {"text/plain": re.compile(""), "image/png": BASE64, "image/jpeg": BASE64}

    def preprocess_cell(self, cell, resources, index):
        for output in cell.get("outputs", []):
            if "data" in output:
                tame = {kind: output.data[kind] for kind, form in self.shown.items()
                        if isinstance(value := output.data.get(kind), str) and form.match(value)}
                output.data = tame or {"text/plain": "An output of another kind."}
        return cell, resources


@pass_context
def markdown(context: Mapping, source: str) -> str:
    """Markdown as HTML in which nothing runs, in place of nbconvert's filter."""
    renderer = IPythonRenderer(escape=False, attachments=context.get("cell", {}).get("attachments", {}))
    return bleach.clean(MarkdownWithMath(renderer=renderer).render(source), TAGS, harmless, [*bleach.ALLOWED_PROTOCOLS, "data"])


def harmless(tag: str, name: str, value: str) -> bool:
    """Whether an element of a page may have an attribute; `data:` only for the pictures of attachments."""
    data = re.sub(r"[\x00-\x20]", "", value).lower()
    if (tag, name) in (("a", "href"), ("img", "src")):
        return not data.startswith("data:") or name == "src" and data.startswith(PICTURES)
    return name in ("alt", "class", "colspan", "height", "id", "rowspan", "title", "width")
