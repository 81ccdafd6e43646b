"""A learner's words and outputs on a page: nothing in them runs, loads anything, looks like the page's own, or costs much.

    Tame        a notebook whose outputs and texts are of kinds and sizes that a page may have
    markdown    a written answer as HTML in which nothing runs, in place of nbconvert's filter

What makes a page takes time that grows with the square of what it is given: of tags in tags, of colours in an output,
of dots in a line of code. So all of these are counted, and cut, before.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import ClassVar

import nh3
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor

BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*\Z")
PICTURES = ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,")
TAGS = {"a", "abbr", "acronym", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4",
        "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead",
        "tr", "u", "ul"}
EVERYWHERE = {"title"}
ATTRIBUTES = {"a": {"href", *EVERYWHERE}, "img": {"src", "alt", "height", "width", *EVERYWHERE}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
ESCAPE = re.compile(r"\x1b(?:\[[0-9;:?]*[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?", re.DOTALL)
MARK = re.compile(r"[<>*_`\[\]()$~|#!+-]|^ *\d+[.)]|^\s{4,}", re.MULTILINE)
MOST_ESCAPES, MOST_OUTPUTS, LONGEST_LINE, DEEPEST = 500, 200, 2000, 100
MOST_TAGS, MOST_MARKS, MOST_ENVIRONMENTS, LONGEST_WORDS = 2000, 10_000, 200, 100_000  # of one text
MOST_TEXT, MOST_PICTURES = 1_000_000, 32_000_000  # characters on a page
CUT = "\n… the rest is in the notebook, and too long for a page"


class Tame(Preprocessor):
    """Outputs of the kinds that a page may show; a learner's HTML, scripts and SVG become plain text."""

    shown: ClassVar = {"text/plain": re.compile(""), "image/png": BASE64, "image/jpeg": BASE64}

    def preprocess(self, nb, resources):
        self.text, self.pictures = MOST_TEXT, MOST_PICTURES
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "code":
            cell.source = self.cut(short_lines(cell.source))
            cell.outputs = [*cell.outputs[:MOST_OUTPUTS], *([said(CUT.strip())] if len(cell.outputs) > MOST_OUTPUTS else [])]
        else:
            cell.source = self.cut(cell.source)
        for output in cell.get("outputs", []):
            self.tame(output)
        return cell, resources

    def tame(self, output) -> None:
        """Leave of an output what a page may show."""
        if "data" in output:
            tame = {kind: self.sized(kind, output.data[kind]) for kind, form in self.shown.items()
                    if isinstance(value := output.data.get(kind), str) and form.match(value)}
            output.data = {kind: value for kind, value in tame.items() if value} or {"text/plain": "An output of another kind."}
        if "text" in output:
            output.text = self.cut(plain(as_text(output.text)))
        if "traceback" in output:
            output.traceback = plain(self.cut("\n".join(map(str, output.traceback)))).split("\n")
            output.ename, output.evalue = self.cut(plain(str(output.ename))), self.cut(plain(str(output.evalue)))

    def sized(self, kind: str, value: str) -> str:
        """Text that is cut where it is too long, or a picture where there is room for it."""
        if kind == "text/plain":
            return self.cut(plain(value)) or " "
        self.pictures -= len(value)
        return value if self.pictures >= 0 else ""

    def cut(self, text: str) -> str:
        """As much of a text as the page still has room for."""
        most = min(LONGEST_WORDS, max(self.text, 0))
        self.text -= min(len(text), most)
        return text if len(text) <= most else text[:most] + CUT


def as_text(value: str | list) -> str:
    """A text that may stand as a list of lines."""
    return value if isinstance(value, str) else "".join(map(str, value))


def said(text: str):
    """An output that says something."""
    from nbformat.v4 import new_output

    return new_output("stream", text=text)


def plain(text: str) -> str:
    """A text with its colours, or without them where they are more than anybody sees."""
    return ESCAPE.sub("", text) if text.count("\x1b") > MOST_ESCAPES else text


def short_lines(source: str) -> str:
    """Code whose lines are cut where they are longer than anybody writes them."""
    return "\n".join(line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} …" for line in source.split("\n"))


def too_much(source: str) -> bool:
    """Whether a text has more tags, marks or levels than anybody writes."""
    deepest = max((len(line) - len(line.lstrip(" \t>*+-")) for line in source.split("\n")), default=0)
    return (len(source) > LONGEST_WORDS or source.count("<") > MOST_TAGS or deepest > DEEPEST
            or sum(1 for _ in MARK.finditer(source)) > MOST_MARKS or run_of_marks(source) > MOST_TAGS
            or source.count("\\begin") > MOST_ENVIRONMENTS)


def run_of_marks(source: str) -> int:
    """The length of the longest run of marks that open something."""
    return max((len(run) for run in re.findall(r"[\[(*_`!<~$]+", source)), default=0)


@pass_context
def markdown(context: Mapping, source: str) -> str:
    """Markdown as HTML in which nothing runs and that loads nothing."""
    if too_much(source):
        return f"<pre>{html.escape(source[:LONGEST_WORDS])}</pre>"
    renderer = IPythonRenderer(escape=False, attachments=context.get("cell", {}).get("attachments", {}))
    made = MarkdownWithMath(renderer=renderer).render(source)
    if made.count("<") > 4 * MOST_TAGS:
        return f"<pre>{html.escape(source)}</pre>"
    return nh3.clean(made, tags=TAGS, attributes=ATTRIBUTES, attribute_filter=harmless, url_schemes={"http", "https", "mailto", "data"},
                     generic_attribute_prefixes=set())


def harmless(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute that an element of a page may have; pictures come from the notebook itself, never from an address."""
    data = re.sub(r"[\x00-\x20]", "", value).lower()
    if (tag, name) == ("img", "src"):
        return value if data.startswith(PICTURES) else None
    if (tag, name) == ("a", "href"):
        return value if data.startswith(("http://", "https://", "mailto:", "#")) else None
    return value
