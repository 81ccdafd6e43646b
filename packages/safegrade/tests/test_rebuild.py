"""A submission is rebuilt from the release: whatever was done to its cells, only the text of answers comes over."""

from dataclasses import replace

import nbformat
import pytest

from safegrade.marking.ingest import Cell
from safegrade.marking.paper import Item, Paper, free, rebuild, touched
from safegrade.nbgrader.course import item
from testing.marking.small import RIGHT, source


@pytest.fixture
def paper():
    """The small assignment as a paper."""
    items = [item(cell, place, {}) for place, cell in enumerate(nbformat.from_dict(source()).cells)]
    return Paper("ps1", "ps1", tuple(items), reference={name: text for name, text in RIGHT.items() if name != "words"})


def submitted(paper, **answers):
    """Cells as they are handed in, untouched but for answers."""
    return [Cell(each.name, each.id, each.kind, answers.get(each.name, each.source)) for each in paper.items]


def texts(sheet):
    """The texts of a sheet by name; those of the learner's own cells in their order."""
    return [(each.role, each.source) for each in sheet.items if each.role in ("answer", "extra")]


def answers(sheet):
    return {each.name: each.source for each in sheet.items if each.role == "answer"}


def test_an_untouched_submission_is_the_paper(paper):
    sheet = rebuild(paper, "ann", submitted(paper))
    assert sheet.items == paper.items
    assert sheet.dropped == ()


def test_an_answer_comes_over_whatever_kind_its_cell_was_made(paper):
    for kind in ("code", "markdown", "raw", "", "x"):
        cells = [Cell(cell.name, "", kind, cell.source) for cell in submitted(paper, double="mine")]
        sheet = rebuild(paper, "ann", cells)
        assert answers(sheet)["double"] == "mine"
        assert [each.kind for each in sheet.items] == [each.kind for each in paper.items]


@pytest.mark.parametrize("name", ["double-check", "double-hidden", "setup"])
def test_a_cell_that_is_not_the_learners_stays_as_released(paper, name):
    sheet = rebuild(paper, "ann", submitted(paper, **{name: "pass"}))
    assert sheet.items == paper.items
    assert sheet.dropped == (f"{name} was changed; the released one was used",)


def test_a_deleted_test_is_put_back(paper):
    cells = [cell for cell in submitted(paper) if cell.name != "total-check"]
    sheet = rebuild(paper, "ann", cells)
    assert sheet.items == paper.items
    assert sheet.dropped == ("total-check was deleted; the released one was used",)


def test_a_copied_test_is_left_out(paper):
    cells = submitted(paper)
    sheet = rebuild(paper, "ann", [*cells, *(cell for cell in cells if cell.name == "total-check")])
    assert sheet.items == paper.items
    assert sheet.dropped == ("total-check stands there more than once; the released one was used",)


def test_a_deleted_answer_is_as_it_was_released_and_looked_at(paper):
    sheet = rebuild(paper, "ann", [cell for cell in submitted(paper) if cell.name != "total"])
    total = next(each for each in sheet.items if each.name == "total")
    assert total.source == next(each.source for each in paper.items if each.name == "total")
    assert not total.runs  # its stub would undo what a cell has done that it was merged into
    assert sheet.dropped == ("the answer total was deleted; it counts as not attempted",)
    assert sheet.doubts.keys() == {"total"}


def test_a_split_answer_is_run_in_its_order(paper):
    cells = submitted(paper)
    place = [cell.name for cell in cells].index("table")
    cells[place:place + 1] = [Cell("table", "", "code", "first"), Cell("table", "", "code", "second")]
    sheet = rebuild(paper, "ann", cells)
    run = [text for _, text in texts(sheet)]
    assert run.index("second") == run.index("first") + 1
    assert answers(sheet)["table"] == "second"
    assert sheet.dropped == ("table stands there more than once; all of it was run, in order",)


def test_own_cells_stand_where_they_stood(paper):
    cells = submitted(paper)
    cells.insert(0, Cell("", "new", "code", "first"))
    cells.append(Cell("", "", "code", "last"))
    cells.append(Cell("", "", "markdown", "words"))
    sheet = rebuild(paper, "ann", cells)
    own = [(each.source, each.kind) for each in sheet.items if each.role == "extra"]
    assert own == [("first", "code"), ("last", "code"), ("words", "markdown")]
    assert [each.source for each in sheet.items if each.role == "extra" and each.runs] == ["first", "last"]


def test_own_cells_are_left_out_where_the_course_says_so(paper):
    sheet = rebuild(paper, "ann", [Cell("", "", "code", "mine"), *submitted(paper)], extras=False)
    assert sheet.items == paper.items
    assert sheet.dropped == ("a cell of the learner's own after the beginning",)


def test_a_cell_of_an_unknown_name_is_one_of_the_learners_own(paper):
    sheet = rebuild(paper, "ann", [Cell("double-check2", "", "code", "mine"), *submitted(paper)])
    assert (sheet.items[0].role, sheet.items[0].points) == ("extra", 0)


# -- names that a tool took away ---------------------------------------------------------------------------------------


def stripped(cells, ids):
    """Cells without nbgrader's metadata, and with or without their ids."""
    return [Cell("", cell.id if ids else "", cell.kind, cell.source) for cell in cells]


@pytest.mark.parametrize("ids", [True, False], ids=["ids kept", "ids gone"])
def test_answers_are_found_without_their_names(paper, ids):
    mine = {"double": "def double(x): return 2 * x", "total": "total = 6", "table": "table = None", "words": "Because it is so."}
    sheet = rebuild(paper, "ann", stripped(submitted(paper, **mine), ids))
    assert answers(sheet) == mine
    assert [each.name for each in sheet.items] == [each.name for each in paper.items]
    assert (sheet.doubts == {}) == ids  # what was found by its place is looked at where it gets no points


def test_a_renamed_cell_is_found_by_its_place(paper):
    cells = [Cell("mine", "", cell.kind, "total = 6") if cell.name == "total" else replace(cell, id="") for cell in submitted(paper)]
    sheet = rebuild(paper, "ann", cells)
    assert answers(sheet)["total"] == "total = 6" and not any(each.role == "extra" for each in sheet.items)
    assert sheet.doubts == {"total": "the cell of total had lost its name and was found by its place"}


def test_a_nameless_answer_in_pieces_is_run_in_its_order(paper):
    cells = stripped(submitted(paper, table="second"), ids=False)
    place = [cell.source for cell in cells].index("second")
    sheet = rebuild(paper, "ann", [*cells[:place], Cell("", "", "code", "first"), *cells[place:]])
    run = [text for _, text in texts(sheet)]
    assert run.index("second") == run.index("first") + 1 and answers(sheet)["table"] == "second"


def test_merged_answers_are_run_and_looked_at(paper):
    cells = [cell for cell in submitted(paper, double="def double(x): return 2 * x\ntotal = 6") if cell.name != "total"]
    sheet = rebuild(paper, "ann", cells)
    assert "total = 6" in answers(sheet)["double"] and "total" in sheet.doubts
    assert [each.name for each in sheet.items if each.role == "answer" and each.kind == "code" and not each.runs] == ["total"]


def test_words_in_a_cell_of_their_own_are_shown_to_a_person(paper):
    paper = replace(paper, items=tuple(replace(item, released=item.source) for item in paper.items))
    sheet = rebuild(paper, "ann", [*submitted(paper), Cell("", "new", "markdown", "Because.")])
    assert sheet.items[-1].source == "Because." and not sheet.items[-1].runs
    assert sheet.doubts.keys() == {"words"}
    assert rebuild(paper, "ann", submitted(paper)).doubts == {}
    assert rebuild(paper, "ann", [*submitted(paper, words="Mine."), Cell("", "new", "markdown", "A note.")]).doubts == {}


def test_words_in_a_cell_of_the_instructors_are_shown_to_a_person(paper):
    paper = replace(paper, items=tuple(replace(item, released=item.source) for item in paper.items))
    sheet = rebuild(paper, "ann", submitted(paper, intro="# Small\n\nBecause."))
    assert [each.source for each in sheet.items if each.role == "extra"] == ["# Small\n\nBecause."]
    assert sheet.doubts.keys() == {"words"}


def test_cells_that_are_like_their_stubs_are_told_apart(paper):
    two = tuple(Item(name, "answer", "code", f"# {name} goes here", released=f"# {name} goes here") for name in ("alpha", "beta", "gamma"))
    cells = [Cell("", "", "code", "# alpha goes here\na = 1"), Cell("", "", "code", "# gamma goes here\nc = 3")]
    sheet = rebuild(Paper("p", "p", two), "ann", cells)
    assert answers(sheet) == {"alpha": cells[0].source, "beta": "# beta goes here", "gamma": cells[1].source}
    assert sheet.doubts.keys() == {"alpha", "beta", "gamma"}


def test_own_cells_take_no_name_where_none_is_missing(paper):
    cells = submitted(paper)
    cells.insert(3, Cell("", "", "code", "total = 5"))
    sheet = rebuild(paper, "ann", cells)
    assert [each.source for each in sheet.items if each.role == "extra"] == ["total = 5"] and sheet.doubts == {}


# -- whose is a name ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code, names", [
    ("x = 1", {"x"}), ("x[0] = 1", {"x"}), ("x.a.b = 1", {"x"}), ("del x['a']", {"x"}), ("x += 1", {"x"}), ("x.append(1)", {"x"}), ("shuffle(x)", {"x"}),
    ("df.sort_values('a', inplace=True)", {"df"}), ("def f(x):\n    y = x", {"f"}), ("class C:\n    x = 1", {"C"}), ("[x for x in y]", set()), ("z = lambda x: x", {"z"}),
    ("import numpy as np", set()), ("from a import b", set()), ("y = x + 1", {"y"}), ("for i in x:\n    y = i", {"i", "y"}), ("if (n := 3):\n    pass", {"n"}),
    ("not python", set()), ("%time x = 1", set()),
])
def test_names_that_code_gives_or_changes(code, names):
    assert touched(code) == names


def code(name, text, role="code"):
    return Item(name, role, "code", text)


def asked(*items, test, **reference):
    """The names in `test` that are looked up in the learner's kernel."""
    last = code("t", test, "test")
    return Paper("a", "a", (*items, last), reference=reference).asked(last)


@pytest.mark.parametrize("own, answer, test, names", [
    ("import numpy as np", "x = 1", "assert np.isclose(x, 1)", ["x"]),
    ("", "import numpy as np\nx = 1", "assert np.isclose(x, 1)", ["x"]),
    ("from math import *", "x = 1", "assert x", ["x"]),
    ("data = [1]", "x = sum(data)", "assert x == sum(data)", ["x"]),
    ("data = [1]", "data.append(2)", "assert data == [1, 2]", ["data"]),
    ("data = [1]", "def f(data): return data[0]", "assert f(data) == 1", ["f"]),
    ("", "def sum(x): return 1", "assert sum([1]) == 1", ["sum"]),
    ("y = x + 1", "x = 1", "assert y == 2", ["y"]),
    ("", "x = 1", "secret = 3\nassert secret == x", ["x"]),
])
def test_only_what_is_the_learners_is_asked_of_them(own, answer, test, names):
    assert asked(code("own", own), code("q", "", "answer"), test=test, q=answer) == names


def test_the_names_of_a_hidden_test_are_not_told(paper):
    hidden = next(each for each in paper.items if each.name == "table-hidden")
    assert "pangolin" in free(hidden.source)
    assert paper.asked(hidden) == ["table"]
