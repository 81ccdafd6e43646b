"""A page is made of what was counted before: it costs little, loads nothing, and nothing in it looks like the page's own."""

import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from safegrade.nbgrader import pages

MANY = 200_000
BOMBS = {
    "deep tags": "<div>" * MANY, "bold": "<b>" * MANY, "comments": "<!--" * MANY, "quotes": ">" * MANY, "quotes with gaps": "> " * MANY,
    "brackets": "[" * MANY, "pictures": "![](" * MANY, "backticks": "`" * MANY, "stars": "*a" * MANY, "environments": "\\begin{a}" * 9000,
    "lists": "\n".join(" " * (2 * level) + "- x" for level in range(500)), "long": "word " * MANY, "dashes": "- " * MANY,
}


@pytest.mark.parametrize("words", BOMBS.values(), ids=BOMBS)
def test_what_would_take_long_to_lay_out_is_shown_as_it_was_typed(words):
    page = pages.markdown({}, words)
    assert page.startswith("<pre>") and page.count("<") == 2 and len(page) < 7 * pages.LONGEST_WORDS


@pytest.mark.parametrize("words, gone", [
    ("![](/logout)", "logout"), ("![](//tracker.example/x.png)", "tracker"), ("![](https://tracker.example/x.png)", "tracker"), ("<img src=/logout>", "logout"),
    ("<img srcset='//x.example/a 2x'>", "x.example"), ("<table background='//x.example'><tr><td>1</td></tr></table>", "x.example"), ("<img src='data:text/html;base64,QQ=='>", "html"),
    ("<img src='data:image/svg+xml;base64,QQ=='>", "svg"), ("<div id='toc' class='alert alert-success'>5/5</div>", "toc"), ("<div class='alert'>5/5</div>", "alert"),
    ("<p style='background:url(//x.example)'>1</p>", "x.example"), ("[a](/logout)", "/logout"), ("<a href='//x.example'>a</a>", "x.example"), ("<a href='java\tscript:alert(1)'>a</a>", "alert"),
    ("<a href='data:text/html,x'>a</a>", "data:"), ("<iframe src='//x.example'></iframe>", "iframe"), ("<base href='//x.example'>", "base"), ("<form action='/logout'><button>b</button></form>", "logout"),
    ("<video src='//x.example'></video>", "x.example"), ("<link rel=stylesheet href='//x.example'>", "x.example"), ("<style>*{display:none}</style>", "display"), ("<input name=x>", "input"),
    ("<meta http-equiv=refresh content='0;url=/logout'>", "logout"), ("<p data-x='1' onclick='x()'>1</p>", "onclick"), ("<svg onload=x()>", "svg"),
])
def test_nothing_is_loaded_and_nothing_wears_the_pages_own_clothes(words, gone):
    assert gone not in pages.markdown({}, words)


def test_an_ordinary_answer_is_laid_out():
    page = pages.markdown({}, "# A\n\n**b** `c` $x<y$ [d](https://e.org) ![f](data:image/png;base64,QUJD)\n\n|a|b|\n|-|-|\n|1|2|")
    for word in ("<h1>", "<strong>b</strong>", "<code>c</code>", 'href="https://e.org"', 'src="data:image/png;base64,QUJD"', "<td>1</td>"):
        assert word in page


def tamed(*cells):
    notebook, _ = pages.Tame().preprocess(new_notebook(cells=list(cells)), {})
    return notebook.cells


def test_colours_by_the_thousand_are_left_out_and_a_few_stay():
    outputs = [new_output("stream", text="\x1b[0m" * MANY + "words"), new_output("stream", text="\x1b[31mred"),
               new_output("error", ename="E", evalue="\x1b[1m" * MANY, traceback=["\x1b[1m" * MANY + "line"])]
    first, few, error = tamed(new_code_cell("x", outputs=outputs))[0].outputs
    assert (first.text.strip(), few.text) == ("words", "\x1b[31mred")
    assert "\x1b" not in error.evalue and len("".join(error.traceback)) <= pages.LONGEST_WORDS + len(pages.CUT)


def test_long_lines_of_code_and_long_texts_are_cut():
    code, = tamed(new_code_cell("a." * MANY))
    assert len(code.source) < pages.LONGEST_LINE + 10
    cells = tamed(*(new_markdown_cell("word\n" * 100_000) for _ in range(30)))
    assert sum(len(cell.source) for cell in cells) <= pages.MOST_TEXT + 30 * len(pages.CUT)
    many, = tamed(new_code_cell("x", outputs=[new_output("stream", text=str(number)) for number in range(5000)]))
    assert len(many.outputs) == pages.MOST_OUTPUTS + 1 and re.search("too long for a page", many.outputs[-1].text)
