"""Marked by nbgrader: the reference gets all points, the blank none, a wrong idea none and its own words."""

import pytest

from testing.proof import Proof
from tools.coursework import ASSIGNMENTS, ROOT

PROOFS = {assignment: Proof(assignment) for assignment in ASSIGNMENTS}
CODE = [(name, question) for name, proof in PROOFS.items() for question in proof.questions if not proof.written(question)]
WRITTEN = [(name, question) for name, proof in PROOFS.items() for question in proof.questions if proof.written(question)]


def answers(*kinds):
    """Every listed answer of these kinds, as a parameter of a test."""
    listed = [(name, answer) for name, proof in PROOFS.items() for answer in proof.answers if answer.kind in kinds]
    return pytest.mark.parametrize("assignment, answer", listed, ids=[f"{name}: {answer}" for name, answer in listed])


def each(pairs):
    return pytest.mark.parametrize("assignment, question", pairs, ids=[": ".join(pair) for pair in pairs])


@each(CODE)
def test_every_question_lists_another_right_answer_and_three_wrong_ideas(assignment, question):
    listed = PROOFS[assignment].listed[question]
    assert len(listed["right"]) >= 1
    assert len(listed["wrong"]) >= 3


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_what_is_marked_is_what_is_released(marked, assignment):
    released = ROOT / "release" / assignment / f"{assignment}.ipynb"
    assert marked(assignment).course.path("release").read_bytes() == released.read_bytes()


@each(CODE)
def test_the_reference_gets_full_marks(marked, assignment, question):
    proof = marked(assignment)
    told = "; ".join(f"{test}: {proof.words('reference', test) or 'passes'}" for test in proof.tests(question))
    got, of = proof.points("reference", question), sum(proof.tests(question).values())
    assert got == of > 0, f"source/{assignment} and its own test do not agree on {question}: {told}"


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_test_is_run_apart_from_the_learners_code(marked, assignment):
    proof = marked(assignment)
    noted = {learner: [name for name, cell in cells.items() if cell.metadata.get("safegrade", {}).get("beside")] for learner, cells in proof.cells.items()}
    assert {learner: beside for learner, beside in noted.items() if beside} == {}


@each(CODE)
def test_a_visible_test_says_that_it_passes_and_a_hidden_one_is_silent(marked, assignment, question):
    proof = marked(assignment)
    for test in proof.tests(question):
        printed = [output.name for output in proof.cells["reference"][test].outputs]
        assert printed == (["stdout"] if test.endswith("-check") else [])


@each(CODE)
def test_the_blank_gets_nothing_and_is_told_so(marked, assignment, question):
    proof = marked(assignment)
    assert proof.points("blank", question) == 0
    assert all("not attempted yet" in proof.words("blank", test) for test in proof.tests(question))


@answers("right")
def test_another_right_answer_gets_full_marks(marked, assignment, answer):
    assert marked(assignment).points(answer.learner, answer.question) == answer.points


@answers("wrong", "partial")
def test_a_wrong_idea_loses_its_points_and_hears_its_own_words(marked, assignment, answer):
    proof = marked(assignment)
    costly = [test for test, points in proof.tests(answer.question).items() if points]
    first = next(filter(None, (proof.words(answer.learner, test) for test in costly)))
    others = {other.says for other in proof.answers if other.question == answer.question} - {answer.says, ""}
    assert proof.points(answer.learner, answer.question) == answer.points
    assert answer.says in first
    assert [other for other in others if other in first] == []


@answers("wrong")
def test_a_wrong_idea_fails_every_test_that_gives_points(marked, assignment, answer):
    proof = marked(assignment)
    silent = [test for test, points in proof.tests(answer.question).items()
              if points and not proof.words(answer.learner, test)]
    assert silent == []


@answers("manual")
def test_any_words_wait_for_a_person(marked, assignment, answer):
    grade = marked(assignment).grades[answer.learner][answer.question]
    assert grade["auto_score"] is None
    assert grade["needs_manual_grade"]


@each(WRITTEN)
def test_the_maximum_counts_what_a_person_marks(marked, assignment, question):
    proof = marked(assignment)
    with proof.course.gradebook() as book:
        reference = book.find_submission(assignment, "reference")
        assert reference.max_score == sum(cell.metadata.nbgrader.get("points", 0) for cell in proof.source.values())
        assert reference.score == reference.max_score - proof.source[question].metadata.nbgrader.points
        assert reference.needs_manual_grade


@each(WRITTEN)
def test_no_words_get_nothing_without_a_person(marked, assignment, question):
    grade = marked(assignment).grades["blank"][question]
    assert (grade["auto_score"], grade["needs_manual_grade"]) == (0, False)


@each(WRITTEN)
def test_the_person_who_marks_has_the_rubric_under_the_answer(marked, assignment, question):
    cells = marked(assignment).cells["reference"]
    assert list(cells)[list(cells).index(question) + 1] == f"{question}-rubric"
    assert "1 point" in cells[f"{question}-rubric"].source
