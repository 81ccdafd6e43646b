"""How the questions of a marked assignment did.

    marks          one row for each learner and graded cell, from the marked notebooks and the gradebook
    questions      difficulty, discrimination and the commonest wrong idea of each question
    by_question    points of each learner (rows) in each question (columns), for an LMS
    told           the table of questions as text
    figure         the table of questions as a picture
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pandas as pd
from nbgrader.api import MissingEntry
from nbgrader.coursedir import CourseDirectory

from safegrade.nbgrader.course import CourseError, gradebook, no_assignment, submissions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = ["learner", "cell", "points", "of", "reason", "message", "doubt", "beside"]


def marks(coursedir: CourseDirectory, assignment: str) -> pd.DataFrame:
    """One row for each learner and graded cell: `points` as they stand now, `of`, `reason`, `message`, `doubt`, `beside`."""
    rows = []
    with gradebook(coursedir) as book:
        if assignment not in {each.name for each in book.assignments}:
            raise no_assignment(book, assignment)
        for submission in submissions(coursedir, assignment):
            try:
                pages = book.find_submission(assignment, submission.learner).notebooks
            except MissingEntry:
                continue
            for each in pages:
                noted = notes(submission.marked / f"{each.name}.ipynb")
                rows += [row(submission.learner, grade, noted.get(grade.name, {})) for grade in each.grades if grade.max_score]
    if not rows:
        raise CourseError(f"nothing of {assignment!r} is marked yet. Mark it with: safegrade mark {assignment}")
    return pd.DataFrame(rows, columns=COLUMNS)


def notes(path: Path) -> dict[str, dict]:
    """What marking noted of each graded cell of a marked notebook."""
    if not path.is_file():
        return {}
    cells = nbformat.read(path, as_version=4).cells
    return {cell.metadata.nbgrader.grade_id: dict(cell.metadata.safegrade) for cell in cells if "safegrade" in cell.metadata}


def row(learner: str, grade, noted: dict) -> dict:
    """One graded cell of one learner. A cell that waits for a person has no points yet."""
    points = None if grade.needs_manual_grade and grade.manual_score is None and grade.auto_score is None else grade.score
    return {"learner": learner, "cell": grade.name, "points": points, "of": grade.max_score,
            **{name: noted.get(name, "") for name in ("reason", "message", "doubt")}, "beside": bool(noted.get("beside"))}


def question_of(cells: pd.Series) -> pd.Series:
    """The question that a graded cell belongs to: its name without the words that mark it as a test."""
    return cells.str.replace(r"[-_](check|hidden|test|tests|visible)([-_].*)?$", "", regex=True)


def by_question(table: pd.DataFrame) -> pd.DataFrame:
    """Points of each learner (rows) in each question (columns), with their total."""
    named = table.assign(question=question_of(table["cell"]))
    order = list(dict.fromkeys(named["question"]))
    points = named.pivot_table(index="learner", columns="question", values="points", aggfunc=lambda each: each.sum(min_count=1), dropna=False)
    points = points.reindex(columns=order)
    return points.assign(total=points.sum(axis=1))


def questions(table: pd.DataFrame) -> pd.DataFrame:
    """One row a question.

    `mean` is the mean share of its points (its difficulty, as test theory has it: 1 is easy). `discrimination` is the
    correlation of its points with those of all other questions together, empty where one of them does not vary.
    `commonest` is what most of those who lost points were told, and `times` to how many. `beside` says that a test of it
    ran beside the learner's code, and so is less protected.
    """
    points = by_question(table)
    named = table.assign(question=question_of(table["cell"]))
    worth = named.groupby(["question", "learner"])["of"].sum().groupby("question").max()
    rows = []
    for question in points.columns.drop("total"):
        own = points[question]
        lost = named[(named["question"] == question) & (named["points"] < named["of"]) & (named["message"] != "")]
        told = lost.drop_duplicates(["learner", "message"])["message"].value_counts()
        rows.append({"question": question, "of": worth[question], "marked": int(own.notna().sum()), "mean": own.mean() / worth[question],
                     "discrimination": discrimination(own, points["total"] - own), "commonest": told.index[0] if len(told) else "",
                     "times": int(told.iloc[0]) if len(told) else 0,
                     "beside": "beside" in named and bool((named["beside"] & (named["question"] == question)).any())})
    return pd.DataFrame(rows).set_index("question")


def discrimination(own: pd.Series, rest: pd.Series) -> float:
    """Pearson's correlation of a question's points with the rest; NaN where one of them does not vary."""
    if own.nunique() < 2 or rest.nunique() < 2:
        return float("nan")
    return own.corr(rest)


def told(table: pd.DataFrame) -> str:
    """The table of questions as text: numbers first, then what those who lost points were told most often."""
    numbers = table[["of", "marked", "mean", "discrimination"]].to_string(float_format="{:.2f}".format, na_rep="-")
    common = [f"  {question}, {row.times} of {row.marked}: {row.commonest}" for question, row in table.iterrows() if row.times]
    meaning = ("mean: the share of its points that was reached (1 is easy). discrimination: how far those who did well in it did well in\n"
               "the rest (-1 to 1; look again at a question near 0 or below).")
    less = [question for question, row in table.iterrows() if row.get("beside")]
    meaning += f"\nLess protected, because a test of theirs runs beside the learner's code: {', '.join(less)}." if less else ""
    return "\n".join([numbers, "", meaning, *(["", "Told most often to those who lost points:"] if common else []), *common])


def figure(table: pd.DataFrame, title: str) -> Figure:
    """Mean share of points (bars) and discrimination (diamonds) of each question."""
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(8, 1.2 + 0.45 * len(table)), layout="constrained")
    axes = drawing.subplots()
    axes.barh(range(len(table)), table["mean"], color="#56B4E9", edgecolor="#222222", label="mean share of points")
    axes.plot(table["discrimination"], range(len(table)), "D", color="#D55E00", label="discrimination")
    axes.set(yticks=range(len(table)), yticklabels=table.index, xlim=(min(0.0, table["discrimination"].min() - 0.05), 1.02), title=title)
    axes.invert_yaxis()
    axes.axvline(0, color="#222222", linewidth=0.8)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2, frameon=False)
    return drawing
