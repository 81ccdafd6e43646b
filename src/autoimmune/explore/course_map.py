"""The map of the course: what each lesson builds on, how long it takes, whom one meets, and what is assigned.

    course_map()    the map as a picture with its sentence

Everything on it is read from `lessons.toml`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoimmune.atlas import listed
from autoimmune.explore.drawn import Drawing
from autoimmune.figures import GRID, INK, PAPER, QUIET
from autoimmune.lessons import Lesson, lessons

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PALE, BAR = "#767676", "#C9DCE8"
STATION, TITLE, MINUTES, PATIENTS, POINTS = 1.5, 2.0, 5.9, {"A": 9.0, "B": 9.9}, 11.2  # where columns stand
PER_MINUTE = 1.7 / 70  # the length of a bar; a row is one high
HEADINGS = {0.15: "Builds on", TITLE: "Lesson", MINUTES: "Minutes", 8.45: "Patient A, patient B", 10.75: "Assignment"}


def course_map(course: tuple[Lesson, ...] | None = None) -> Drawing:
    """Every lesson as a station, from top to bottom; an arrow leads from a lesson to one that builds on it."""
    from matplotlib.figure import Figure

    course = lessons() if course is None else course
    picture = Figure(figsize=(10.4, 0.62 * len(course) + 0.9), facecolor=PAPER)
    axes = picture.add_axes((0, 0, 1, 1), xlim=(0, 12.1), ylim=(0.6 - len(course), 1.25))
    axes.set_axis_off()
    for x, words in HEADINGS.items():
        axes.text(x, 0.85, words, fontsize=11, color=QUIET, va="center")
    places = {each.number: -row for row, each in enumerate(course)}
    for each in course:
        draw_lesson(axes, each, places[each.number])
        for earlier in each.builds_on:
            draw_arrow(axes, places[earlier], places[each.number], each.written)
    return Drawing(picture, said(course))


def draw_lesson(axes: Axes, lesson: Lesson, y: float) -> None:
    """One row: its station, title, minutes, patients and points. What is not written yet is dashed and says so."""
    ink, dash = (INK, "-") if lesson.written else (PALE, (0, (3, 2)))
    axes.plot([TITLE, 12], [y - 0.5, y - 0.5], color=GRID, lw=0.8, zorder=0)
    frame = {"boxstyle": "circle,pad=0.32", "fc": INK if lesson.written else PAPER, "ec": ink, "ls": dash, "lw": 1.4}
    axes.text(STATION, y, lesson.number, ha="center", va="center", fontsize=11.5, weight="bold", zorder=3,
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


def draw_arrow(axes: Axes, start: float, end: float, written: bool) -> None:
    """From one row to a later one: straight to the next row, else by an arc on the left, the wider the further."""
    from matplotlib.patches import FancyArrowPatch

    near, aside = start - end <= 1, 0 if start - end <= 1 else -0.24
    look = {"color": INK if written else PALE, "ls": "-" if written else (0, (4, 2)), "lw": 1.5}
    shape = {"shrinkA": 15 if near else 5, "shrinkB": 14 if near else 5, "connectionstyle": f"arc3,rad={0 if near else 0.42}"}
    axes.add_patch(FancyArrowPatch((STATION + aside, start), (STATION + aside, end), mutation_scale=13,
                                   arrowstyle="-|>", **shape, **look))


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
