"""A class that hands in: generated submissions to a real assignment, honest ones only, the same for the same seed.

    Learner        who hands in what: an answer to each question, and an oddity of the notebook
    learners       a class of them, drawn from the answers in tests/assignments/proofs/
    open_course    a course with an assignment generated; `stock` leaves safegrade out of its nbgrader_config.py
    held           everything that a course's gradebook holds, to compare two of them
    differences    graded cells that stock nbgrader and safegrade mark differently
    killed_and_resumed
                   a marker that is killed -9 and run again
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from safegrade.app import course
from testing.proof import Proof
from tools.coursework import Course
from tools.nbgrader_commands import answered, by_grade_id, write

FUNCTION = re.compile(r"^(def \w+\(.*\):)$", re.MULTILINE)


@dataclass(frozen=True)
class Learner:
    """One learner: the answers by grade id, and the name of one of ODDITIES."""

    name: str
    answers: dict[str, str]
    oddity: str

    def notebook(self, released: NotebookNode) -> NotebookNode:
        """What this learner hands in."""
        made = answered(released, self.answers)
        ODDITIES[self.oddity](made, Random(self.name))
        return made


def learners(assignment: str, count: int, seed: int = 7) -> list[Learner]:
    """A class of `count`: able ones and others. The first has the reference, the second hands it in blank."""
    proof, random = Proof(assignment), Random(seed)
    made = [Learner("learner-000", reference(proof), "nothing"), Learner("learner-001", {}, "nothing")]
    oddities = [*ODDITIES]
    for number in range(2, count):
        oddity = oddities[number % len(oddities)]
        made.append(Learner(f"learner-{number:03}", draw(proof, random), oddity))
    return made[:count]


def reference(proof: Proof) -> dict[str, str]:
    """The instructor's own answers."""
    return {question: proof.source[question].source for question in proof.questions}


def draw(proof: Proof, random: Random) -> dict[str, str]:
    """Answers to an assignment: the abler the learner, the more are right; some are left blank."""
    ability, own, answers = random.uniform(0.2, 1), reference(proof), {}
    for question in proof.questions:
        by_kind = proof.listed.get(question, {})
        right = [own[question], *(row.get("code") or row["text"] for kind in ("right", "manual") for row in by_kind.get(kind, []))]
        wrong = [row["code"] for kind in ("wrong", "partial") for row in by_kind.get(kind, [])]
        if random.random() < ability or not wrong:
            answers[question] = random.choice(right)
        elif random.random() < 0.85:
            answers[question] = random.choice(wrong)
    return answers


# -- honest oddities -------------------------------------------------------------------------------------------------


def answer_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The answers in code."""
    return [cell for cell in by_grade_id(notebook).values() if cell.cell_type == "code" and cell.metadata.nbgrader.solution]


def insert(notebook: NotebookNode, cell: NotebookNode, beside: NotebookNode, after: bool = False) -> None:
    """Put a cell of the learner's own before another one, or after it."""
    notebook.cells.insert(notebook.cells.index(beside) + after, cell)


def nothing(notebook: NotebookNode, random: Random) -> None:
    """The notebook as it was released, with answers."""


def a_helper_in_a_cell_of_its_own(notebook: NotebookNode, random: Random) -> None:
    chosen = random.choice(answer_cells(notebook))
    insert(notebook, new_code_cell("def unchanged(value):\n    return value"), chosen)
    chosen.source += "\nunchanged(1)"


def an_answer_in_a_cell_of_its_own(notebook: NotebookNode, random: Random) -> None:
    """The answer stands above its place, and in its place a word that says so."""
    chosen = random.choice(answer_cells(notebook))
    insert(notebook, new_code_cell(chosen.source), chosen)
    chosen.source = "# It is in the cell above."


def an_import_more(notebook: NotebookNode, random: Random) -> None:
    chosen = random.choice(answer_cells(notebook))
    chosen.source = f"import math, statistics\nfrom collections import Counter\n\n{chosen.source}"


def a_split_answer(notebook: NotebookNode, random: Random) -> None:
    """In two cells, of which the second stands in its place. Two with one grade id would stop stock nbgrader."""
    chosen = random.choice(answer_cells(notebook))
    first, _, rest = chosen.source.rpartition("\n\n")
    insert(notebook, new_code_cell(first or "full_turn = 2 * 3.14159"), chosen)
    chosen.source = rest


def prints(notebook: NotebookNode, random: Random) -> None:
    for chosen in answer_cells(notebook):
        chosen.source = FUNCTION.sub(r'\1\n    print("I am called")', chosen.source) + '\nprint("here I am")'


def a_warning_in_an_answer(notebook: NotebookNode, random: Random) -> None:
    chosen = random.choice(answer_cells(notebook))
    chosen.source += '\nimport warnings\nwarnings.warn("only roughly")'


def a_warning_in_a_function(notebook: NotebookNode, random: Random) -> None:
    """It is heard while a test runs, so stock nbgrader gives that test nothing."""
    for chosen in answer_cells(notebook):
        chosen.source = FUNCTION.sub(r'\1\n    import warnings\n    warnings.warn("only roughly")', chosen.source)


def a_plot(notebook: NotebookNode, random: Random) -> None:
    drawing = "import matplotlib.pyplot as plt\n\nplt.plot([0, 1, 4, 9])\nplt.title('what I see');"
    insert(notebook, new_code_cell(drawing), random.choice(answer_cells(notebook)), after=True)


def a_failing_try(notebook: NotebookNode, random: Random) -> None:
    insert(notebook, new_code_cell("1 / 0"), random.choice(answer_cells(notebook)), after=True)


def notes(notebook: NotebookNode, random: Random) -> None:
    insert(notebook, new_markdown_cell("*Ask about this — what is σ?*"), random.choice(answer_cells(notebook)))


ODDITIES = {odd.__name__.replace("_", " "): odd for odd in (
    nothing, a_helper_in_a_cell_of_its_own, an_answer_in_a_cell_of_its_own, an_import_more, a_split_answer, prints,
    a_warning_in_an_answer, a_warning_in_a_function, a_plot, a_failing_try, notes)}


# -- courses ---------------------------------------------------------------------------------------------------------


def open_course(folder: Path, assignment: str, stock: bool = False, *settings: str) -> Course:
    """A course in `folder` whose assignment can be handed in. Call it in a home of its own."""
    opened = Course(folder, assignment)
    path = folder / "nbgrader_config.py"
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not (stock and ("install(" in line or "Safegrade" in line))]
    path.write_text("\n".join([*lines, *settings, ""]), encoding="utf-8")
    opened.run("generate_assignment")
    return opened


def hand_in(opened: Course, those: list[Learner]) -> None:
    """Put their submissions where `nbgrader collect` would, each with the time at which it came."""
    released = opened.read("release")
    for number, learner in enumerate(those):
        path = opened.path("submitted", learner.name)
        write(learner.notebook(released), path)
        path.with_name("timestamp.txt").write_text(f"2026-02-03 10:{number // 60 % 60:02}:{number % 60:02} UTC", encoding="utf-8")


def twin(opened: Course, folder: Path) -> Course:
    """A copy of a course in another folder."""
    shutil.copytree(opened.folder, folder)
    copy = object.__new__(Course)  # a new one would be set up anew
    copy.folder, copy.assignment = folder, opened.assignment
    return copy


def coursedir(opened: Course) -> CourseDirectory:
    """nbgrader's object for a course in a folder."""
    with chdir(opened.folder):
        return course()


def record(book: Gradebook, assignment: str) -> dict:
    """What a gradebook holds of an assignment, by learner: marks, comments, time stamps, penalties; and counts of rows."""
    found = {submission.student.id: of_submission(submission) for submission in book.assignment_submissions(assignment)}
    cells = sum(len(each["grades"]) for each in found.values())
    return {"marks": found, "learners": len(book.students), "cells": cells}


def held(opened: Course) -> dict:
    """What the gradebook of a course holds."""
    with opened.gradebook() as book:
        return record(book, opened.assignment)


def of_submission(submission) -> dict:
    pages = submission.notebooks
    grades = {(each.name, grade.name): (grade.auto_score, grade.manual_score, grade.needs_manual_grade, grade.score, grade.max_score)
              for each in pages for grade in each.grades}
    comments = {(each.name, comment.name): comment.comment for each in pages for comment in each.comments}
    return {"when": submission.timestamp, "late": [each.late_submission_penalty for each in pages], "grades": grades, "comments": comments}


# -- the same marks --------------------------------------------------------------------------------------------------

COMPARED = ("auto_score", "manual_score", "needs_manual_grade", "score", "max_score", "failed_tests")


def differences(stock: dict[str, dict[str, dict]], safe: Course) -> tuple[list, int, int]:
    """Graded cells that are marked differently, how many a warning cost all points in the `stock` marks, and all.

    `stock` are the marks by learner and cell (see `testing.marking.stock`). A written answer that is untouched beside
    words in a cell of the learner's own waits for a person here; stock gives 0.
    """
    apart, warned, cells = [], 0, 0
    for learner, theirs in stock.items():
        ours, noted = safe.grades(learner), by_grade_id(safe.read("autograded", learner))
        assert theirs.keys() == ours.keys()
        for cell, grade in theirs.items():
            cells += 1
            if "cells of the learner's own" in noted[cell].metadata.get("safegrade", {}).get("doubt", ""):
                assert grade["auto_score"] == 0 and ours[cell]["needs_manual_grade"]
                continue
            if grade["warned"]:
                warned += 1
                assert grade["auto_score"] == 0
                grade = {**grade, "auto_score": grade["max_score"], "score": grade["max_score"], "failed_tests": False}
            if any(grade[name] != ours[cell][name] for name in COMPARED):
                apart.append((learner, cell, grade, ours[cell]))
    return apart, warned, cells


def heard_a_warning(cell: NotebookNode) -> bool:
    """Whether stock nbgrader gives a test nothing only because something was written to stderr (see its `has_failed`)."""
    outputs = cell.get("outputs", [])
    said = any(output.output_type == "stream" and output.name == "stderr" for output in outputs)
    return said and not any(output.output_type == "error" for output in outputs)


# -- killed and resumed ----------------------------------------------------------------------------------------------


def places(course: Course) -> dict[str, tuple[int, int]]:
    """The folder of each marked submission that is in its place, as the disk numbers it."""
    return {path.parent.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in course.folder.glob("autograded/*/[!.]*") if path.is_dir()}


@contextmanager
def marking(course: Course, temporary: Path) -> Iterator[subprocess.Popen]:
    """`safegrade mark` in a process of its own, which keeps what it needs in `temporary`."""
    with open(course.folder / "said.txt", "a+") as said:
        process = subprocess.Popen([sys.executable, "-m", "safegrade.app", "mark", course.assignment, "--workers=2", "--every=1"], cwd=course.folder,
                                   env=os.environ | {"TMPDIR": str(temporary)}, stdout=said, stderr=said)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def kill_after(course: Course, temporary: Path, count: int, delay: float) -> None:
    """Kill the marker -9, `delay` seconds after it has put the submission number `count` into its place."""
    with marking(course, temporary) as process:
        while len(places(course)) < count and process.poll() is None:
            time.sleep(0.01)
        time.sleep(delay)
        assert process.poll() is None, (course.folder / "said.txt").read_text()
        process.send_signal(signal.SIGKILL)


def still_there(temporary: Path) -> list[str]:
    """Processes in a sandbox that was made for a folder in `temporary`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found += [process.name] if str(temporary) in (process / "mountinfo").read_text() else []
        except OSError:
            continue
    return found


def all_gone(temporary: Path, seconds: float = 20) -> bool:
    """Whether no process is left within some seconds."""
    until = time.monotonic() + seconds
    while still_there(temporary) and time.monotonic() < until:
        time.sleep(0.1)
    return still_there(temporary) == []


def killed_and_resumed(course: Course, temporary: Path, kills: int, seed: int) -> list[dict]:
    """Kill a marker at random moments, then let it come to its end; what was in place after each."""
    random, seen = Random(seed), []
    for count in sorted(random.sample(range(10), kills)):
        kill_after(course, temporary, count, random.uniform(0, 0.4))
        assert all_gone(temporary)
        seen.append(places(course))
    with marking(course, temporary) as process:
        assert process.wait() == 0, (course.folder / "said.txt").read_text()
    return [*seen, places(course)]
