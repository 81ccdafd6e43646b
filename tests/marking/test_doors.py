"""nbgrader's own doors lead to safegrade: its commands and what Formgrader's buttons call; feedback; check and report."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbgrader.apps.api import NbGraderAPI

from safegrade import app
from safegrade.nbgrader import report
from safegrade.nbgrader.proof import proven
from safegrade.nbgrader.session import Session
from testing.marking.classes import Learner, coursedir, hand_in, learners, open_course, record, twin
from tools.nbgrader_commands import at_home, by_grade_id, write

ASSIGNMENT = "00_start_here"
MEAN = "from IPython.display import HTML\nHTML('<b>fat</b><script>alert(1)</script><img src=x onerror=alert(2)>')\nprint('<script>alert(3)</script>')"


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A course in which a class of six has handed in, and somebody who writes scripts into an answer."""
    folder = tmp_path_factory.mktemp("handed-in")
    with at_home(folder / "home"):
        opened = open_course(folder / "course", ASSIGNMENT, False, f"c.Exchange.root = {str(folder / 'exchange')!r}")
        (folder / "exchange").mkdir()
        mean = Learner("scripted", {"divisions": f"divisions = 19\n{MEAN}", "day-ten": "effectors_on_day_10 = 6010"}, "nothing")
        hand_in(opened, [*learners(ASSIGNMENT, 6, seed=4), mean])
        yield opened


@pytest.fixture(scope="module")
def marked(handed_in, tmp_path_factory):
    """The same course, marked by safegrade itself, with feedback made by nbgrader's command."""
    course = twin(handed_in, tmp_path_factory.mktemp("marked") / "course")
    Session(coursedir(course), ASSIGNMENT, workers=2).run()
    course.run("generate_feedback")
    return course


def held(course):
    with course.gradebook() as book:
        return record(book, ASSIGNMENT)


# -- doors -----------------------------------------------------------------------------------------------------------


def test_nbgrader_autograde_gives_the_same_marks(handed_in, marked, tmp_path):
    course = twin(handed_in, tmp_path / "course")
    course.run("autograde")
    assert held(course) == held(marked)
    assert "safegrade" in course.read("autograded", "learner-000").metadata


def pressed(course, button, name):
    """What Formgrader is answered: it asks from inside the server's running event loop."""
    async def press():
        place = coursedir(course)
        return getattr(NbGraderAPI(place, parent=place.parent), button)(ASSIGNMENT, name, force=True)

    with ThreadPoolExecutor(1) as thread:  # this one may have a loop of a browser's
        return thread.submit(lambda: asyncio.run(press())).result()


def test_formgraders_buttons_give_the_same_marks_and_feedback(handed_in, marked, tmp_path):
    course = twin(handed_in, tmp_path / "course")
    for name in ("learner-002", "scripted"):
        assert pressed(course, "autograde", name)["success"]
        assert pressed(course, "generate_feedback", name)["success"]
    theirs = held(marked)["marks"]
    assert held(course)["marks"] == {name: theirs[name] for name in ("learner-002", "scripted")}
    assert said(course, "scripted") == said(marked, "scripted")


def test_formgrader_is_told_what_is_in_the_way(handed_in, tmp_path):
    course = twin(handed_in, tmp_path / "course")
    course.path("submitted", "learner-002").write_bytes(b"{")
    answer = pressed(course, "autograde", "learner-002")
    assert not answer["success"]
    assert "for student 'learner-002': the notebook is not JSON" in answer["log"]


def test_a_course_that_does_not_ask_for_safegrade_is_stock_in_the_same_process(handed_in, tmp_path):
    with at_home(tmp_path / "home"):
        stock = open_course(tmp_path / "course", ASSIGNMENT, stock=True)
        hand_in(stock, learners(ASSIGNMENT, 1))
        stock.run("autograde")
    assert "safegrade" not in stock.read("autograded", "learner-000").metadata
    assert stock.grades("learner-000")["divisions-check"]["auto_score"] == 1


# -- feedback --------------------------------------------------------------------------------------------------------


def page(course, name):
    return (course.folder / "feedback" / name / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")


def said(course, name):
    """A feedback page without its tags, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page(course, name)).split())


def hidden_lines(course):
    """Lines that stand in the tests and not in what was released."""
    released = {line.strip() for cell in course.read("release").cells for line in cell.source.splitlines()}
    cells = by_grade_id(course.read("source")).values()
    lines = {line.strip() for cell in cells if not cell.metadata.nbgrader.solution for line in cell.source.splitlines()}
    return {line for line in lines - released if len(line) > 12}


def test_feedback_shows_no_line_of_a_hidden_test(marked):
    assert len(hidden_lines(marked)) > 10
    for name in held(marked)["marks"]:
        text = said(marked, name).replace("&quot;", '"').replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">")
        assert [line for line in hidden_lines(marked) if " ".join(line.split()) in text] == []


def test_no_script_of_a_learner_runs_in_the_readers_page(marked):
    text = page(marked, "scripted")
    assert re.findall(r"<script[^>]*>\s*alert|<img[^>]*onerror|<b>fat", text) == []
    assert "&lt;script&gt;alert(3)&lt;/script&gt;" in text


def test_every_lost_point_has_its_message(marked):
    lost = report.marks(coursedir(marked), ASSIGNMENT)
    lost = lost[lost["points"] < lost["of"]]
    assert len(lost) >= 5
    for learner, cells in lost.groupby("learner"):
        text = said(marked, learner).replace("&#39;", "'").replace("&quot;", '"')
        for message in cells["message"]:
            assert message and message.partition(": ")[2] in text, (learner, message)


# -- check and report ------------------------------------------------------------------------------------------------


def test_check_finds_what_could_not_be_marked_fairly(tmp_path):
    lesson = "02_self_and_nonself"
    with at_home(tmp_path / "home"):
        course = open_course(tmp_path / "course", lesson)
        notebook = course.read("source")
        cells = by_grade_id(notebook)
        hidden = cells["negative-selection-hidden"]
        hidden.source = hidden.source.replace("### END HIDDEN TESTS", "negative_selection([lambda: 0], 1)\n### END HIDDEN TESTS")
        cells["causal-chain"].source = cells["causal-chain"].source.replace('["e", "c"', '["c", "e"')
        write(notebook, course.path("source"))
        course.run("generate_assignment", "--force")
        found, notes = proven(coursedir(course), lesson)
    assert len(found) == 2 and not notes
    assert re.search("negative-selection-hidden gives the instructor's own answer 0 of 1: TypeError; .* what is not plain data", found[0])
    assert re.search("causal-chain-hidden gives the instructor's own answer 0 of 2: .*the injury comes first", found[1])


def test_check_says_when_all_is_well(marked, monkeypatch, capsys):
    monkeypatch.chdir(marked.folder)
    with pytest.raises(SystemExit) as end:
        app.main(["check", ASSIGNMENT])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"{ASSIGNMENT}: every test can be run, and the instructor's own answers pass them all.\n"


TABLE = pd.DataFrame([
    # learner, cell, points, of, message
    ("a", "one-check", 1, 1, ""), ("a", "one-hidden", 1, 1, ""), ("a", "two-hidden-low", 2, 2, ""), ("a", "words", None, 3, ""),
    ("b", "one-check", 1, 1, ""), ("b", "one-hidden", 0, 1, "turned around"), ("b", "two-hidden-low", 2, 2, ""), ("b", "words", 3, 3, ""),
    ("c", "one-check", 0, 1, "turned around"), ("c", "one-hidden", 0, 1, "turned around"), ("c", "two-hidden-low", 1, 2, "too low"), ("c", "words", 1, 3, ""),
    ("d", "one-check", 0, 1, "too far"), ("d", "one-hidden", 0, 1, "too far"), ("d", "two-hidden-low", 0, 2, "too low"), ("d", "words", 0, 3, "No response."),
], columns=["learner", "cell", "points", "of", "message"]).assign(reason="", doubt="")


def test_the_report_of_a_table_made_by_hand():
    found = report.questions(TABLE)
    assert list(found.index) == ["one", "two", "words"]
    assert found["of"].tolist() == [2, 2, 3]
    assert found["marked"].tolist() == [4, 4, 3]
    assert found["mean"].tolist() == pytest.approx([3 / 8, 5 / 8, 4 / 9])  # (2+1+0+0)/4/2, (2+2+1+0)/4/2, (3+1+0)/3/3
    one, two, words = np.array([2, 1, 0, 0]), np.array([2, 2, 1, 0]), np.array([0, 3, 1, 0])
    assert found["discrimination"].tolist() == pytest.approx([
        np.corrcoef(one, two + words)[0, 1], np.corrcoef(two, one + words)[0, 1], np.corrcoef([3, 1, 0], [3, 1, 0])[0, 1]])
    assert list(zip(found["commonest"], found["times"], strict=True)) == [("turned around", 2), ("too low", 2), ("No response.", 1)]


def test_a_question_that_all_answer_alike_discriminates_nothing():
    same = report.questions(TABLE.assign(points=TABLE["of"]))
    assert same["discrimination"].isna().all()
    assert (same["mean"] == 1).all()
    assert (same["commonest"] == "").all()


def test_the_report_is_printed_written_and_drawn(marked, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(marked.folder)
    with pytest.raises(SystemExit) as end:
        app.main(["report", ASSIGNMENT, f"--csv={tmp_path / 'points.csv'}", f"--picture={tmp_path / 'report.png'}"])
    assert end.value.code == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told if line.startswith(("divisions ", "day-ten ", "card-row "))] == ["divisions", "day-ten", "card-row"]
    points = pd.read_csv(tmp_path / "points.csv", index_col="learner")
    assert list(points.columns) == ["divisions", "day-ten", "card-row", "total"]
    assert points.loc["learner-000"].tolist() == [2, 2, 1, 5]
    assert points.loc["scripted"].tolist() == [0, 0, 0, 0]
    with marked.gradebook() as book:
        assert points["total"].to_dict() == {each.student.id: each.score for each in book.assignment_submissions(ASSIGNMENT)}
    assert (tmp_path / "report.png").read_bytes().startswith(b"\x89PNG")


# -- handed in again ---------------------------------------------------------------------------------------------------


def test_what_is_handed_in_again_without_a_time_is_marked_again(marked, tmp_path):
    course = twin(marked, tmp_path / "course")
    path = course.path("submitted", "learner-001")
    path.with_name("timestamp.txt").unlink()
    assert Session(coursedir(course), ASSIGNMENT, workers=1).run().rows == []
    write(nbformat.from_dict(course.read("submitted", "learner-000")), path)
    outcome = Session(coursedir(course), ASSIGNMENT, workers=1).run()
    assert [row["learner"] for row in outcome.rows] == ["learner-001"]
    assert Session(coursedir(course), ASSIGNMENT, workers=1).run().rows == []


def test_feedback_is_released_also_where_no_secret_and_no_time_came(marked, tmp_path):
    course = twin(marked, tmp_path / "course")
    learner = course.folder / "submitted" / "learner-002" / ASSIGNMENT
    for name in ("timestamp.txt", "submission_secret.txt"):
        (learner / name).unlink(missing_ok=True)
    Session(coursedir(course), ASSIGNMENT, learner="learner-002", force=True, workers=1).run()
    for name in ("timestamp.txt", "submission_secret.txt"):
        assert (course.folder / "autograded" / "learner-002" / ASSIGNMENT / name).read_text()
    course.run("generate_feedback", "--force")
    assert "Releasing feedback for student 'learner-002'" in course.run("release_feedback")
