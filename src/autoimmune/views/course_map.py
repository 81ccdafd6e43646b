"""The map of the course: what each lesson builds on, how long it takes, whom one meets, and what is assigned.

    course_map()    the map as a picture with its sentence

Everything on it is read from `lessons.toml`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoimmune.learning.lessons import Lesson, lessons
from autoimmune.showing.atlas import listed
from autoimmune.showing.figures import GRID, INK, PAPER, QUIET
from autoimmune.widgets.base.drawn import Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PALE, BAR = "#767676", "#C9DCE8"
STEP, TITLE, MINUTES, PATIENTS, POINTS = 0.43, 4.35, 7.75, {"A": 9.5, "B": 10.15}, 11.35  # where columns stand
PER_MINUTE = 1.35 / 70  # the length of a bar; a row is one high
HEADINGS = {0.15: "What builds on what", TITLE: "Lesson", MINUTES: "Minutes", 9.25: "Patients", 10.8: "Assignment"}


def course_map(course: tuple[Lesson, ...] | None = None) -> Drawing:
    """Every lesson as a station, from top to bottom. The line down from a station has a dot in the row of each lesson
    that builds on it."""
    from matplotlib.figure import Figure

    course = lessons() if course is None else course
    picture = Figure(figsize=(10.4, 0.62 * len(course) + 0.9), facecolor=PAPER)
    axes = picture.add_axes((0, 0, 1, 1), xlim=(0, 12.1), ylim=(0.6 - len(course), 1.25))
    axes.set_axis_off()
    for x, words in HEADINGS.items():
        axes.text(x, 0.85, words, fontsize=11, color=QUIET, va="center")
    places = {each.number: (0.4 + STEP * row, -row) for row, each in enumerate(course)}
    for each in course:
        draw_way(axes, each, places)
        draw_lesson(axes, each, *places[each.number])
    return Drawing(picture, said(course))


def draw_way(axes: Axes, lesson: Lesson, places: dict[str, tuple[float, float]]) -> None:
    """Down from each earlier lesson it builds on, with a dot in this row, and from there an arrow to its station."""
    from matplotlib.patches import FancyArrowPatch

    end, starts = places[lesson.number], [places[earlier] for earlier in lesson.builds_on]
    look = {"color": INK if lesson.written else PALE, "ls": "-" if lesson.written else (0, (4, 2)), "lw": 1.5}
    order = 2 if lesson.written else 1
    for x, y in starts:
        axes.plot([x, x], [y, end[1]], zorder=order, **look)
        axes.scatter([x], [end[1]], s=38, color=look["color"], zorder=order + 1)
    if starts:
        axes.add_patch(FancyArrowPatch((min(starts)[0], end[1]), end, arrowstyle="-|>", mutation_scale=12, shrinkA=0, shrinkB=13,
                                       zorder=order, **look))


def draw_lesson(axes: Axes, lesson: Lesson, x: float, y: float) -> None:
    """One row: its station, title, minutes, patients and points. What is not written yet is dashed and says so."""
    ink, dash = (INK, "-") if lesson.written else (PALE, (0, (3, 2)))
    axes.plot([x + 0.3, 12], [y - 0.5, y - 0.5], color=GRID, lw=0.8, zorder=0)
    frame = {"boxstyle": "circle,pad=0.32", "fc": INK if lesson.written else PAPER, "ec": ink, "ls": dash, "lw": 1.4}
    axes.text(x, y, lesson.number, ha="center", va="center", fontsize=11, weight="bold", zorder=4,
              color=PAPER if lesson.written else PALE, bbox=frame)
    axes.text(TITLE, y, lesson.title, va="center", fontsize=12.5, color=ink, weight="bold" if lesson.written else "normal")
    if not lesson.written:
        axes.text(MINUTES, y, "in preparation", va="center", fontsize=11, color=PALE, style="italic")
        return
    axes.barh(y, lesson.minutes * PER_MINUTE, left=MINUTES, height=0.5, color=BAR, zorder=1)
    axes.text(MINUTES + 0.1, y, f"{lesson.minutes}", va="center", fontsize=11.5, color=INK, zorder=2)
    for patient in lesson.patients:
        draw_patient(axes, patient, y)
    axes.text(POINTS, y, f"{lesson.points} points", ha="center", va="center", fontsize=11.5, color=INK,
              bbox={"boxstyle": "round,pad=0.35", "fc": PAPER, "ec": QUIET})


def draw_patient(axes: Axes, patient: str, y: float) -> None:
    """A patient's letter: A light on dark, B dark on light."""
    fill, ink = (INK, PAPER) if patient == "A" else (PAPER, INK)
    axes.text(PATIENTS[patient], y, patient, ha="center", va="center", fontsize=11.5, weight="bold", color=ink,
              bbox={"boxstyle": "round,pad=0.35", "fc": fill, "ec": INK, "lw": 1.4})


def said(course: tuple[Lesson, ...]) -> str:
    """The map in words."""
    ready, waiting = ([each for each in course if each.written is written] for written in (True, False))
    lead = f"The course has {len(course)} lessons. {numbers(ready)} take {sum(each.minutes for each in ready)} minutes in all"
    are = "are" if len(waiting) > 1 else "is"
    lead += f"; {numbers(waiting)} {are} in preparation." if waiting else "."
    builds = "; ".join(f"{each.number} builds on {listed(each.builds_on)}" for each in course if each.builds_on)
    people = "; ".join(f"patient {who} in {numbers([each for each in ready if who in each.patients])}" for who in PATIENTS)
    marked = "; ".join(f"{points} points in {numbers([each for each in ready if each.points == points])}"
                       for points in sorted({each.points for each in ready}))
    return f"{lead} {builds}. You meet {people}. Assignments give {marked}."


def numbers(some: list[Lesson]) -> str:
    """Their numbers in words: a list, or "00 to 04" where three or more follow on each other."""
    found = [each.number for each in some]
    follow = len(found) > 2 and int(found[-1]) - int(found[0]) == len(found) - 1
    return f"{found[0]} to {found[-1]}" if follow else listed(found) if found else "none"
