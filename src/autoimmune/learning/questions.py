"""Questions: what is asked, what is right, and what is said to each answer. No page is needed here.

    Answer       one option of a choice, with what is said to those who choose it
    Choice       one right option among several
    Numeric      a number with its unit, right within a tolerance
    Ordering     the steps of a causal chain; what must come before what is given in pairs
    Mark         what became of one answer
    Attempt      two tries at a question, then its explanation
    question     one question by its id, such as question("02-thymus")
    Bank, bank   the questions and objectives of the course, read from one TOML file a lesson
    retrieval    the questions of earlier lessons that return in a lesson
    faults       what is wrong with the schedule of returns, in words
    owed         what lessons still have to ask, in one message

What a page may know before an answer is `asked()`: it holds no feedback, and does not say what is right.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import pairwise

from autoimmune.learning.lessons import lessons
from autoimmune.showing.describe import number

LESSONS = tuple(each.number for each in lessons())
RETURNS = 2  # how often each objective comes back, at least, where the course is long enough
TRIES = 2
NUMBER = re.compile(
    r"(?P<number>[-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(?P<unit>.*)", re.IGNORECASE | re.DOTALL
)
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(?!\d)")


@dataclass(frozen=True)
class Mark:
    """`feedback` answers what was given. An answer that cannot be read has not `counted`: it costs no try."""

    right: bool
    feedback: str
    misconception: str = ""
    counted: bool = True


def unread(message: str) -> Mark:
    """The mark of an answer that cannot be read."""
    return Mark(False, message, counted=False)


@dataclass(frozen=True)
class Answer:
    """An option, and what is said to those who choose it; `misconception` is the id (M01 …) of a belief."""

    text: str
    says: str
    right: bool = False
    misconception: str = ""

    def __post_init__(self):
        check_belief(self.misconception)


@dataclass(frozen=True)
class Idea:
    """A wrong number that people arrive at, and what is said to them."""

    value: float
    says: str
    misconception: str = ""

    def __post_init__(self):
        check_belief(self.misconception)


@dataclass(frozen=True)
class Before:
    """The step `first` must stand before the step `then`; `says` tells why."""

    first: str
    then: str
    says: str
    misconception: str = ""

    def __post_init__(self):
        check_belief(self.misconception)


@dataclass(frozen=True)
class Question:
    """What all kinds share. `objective` is the id of what the question asks after."""

    id: str
    objective: str
    prompt: str
    explanation: str


@dataclass(frozen=True)
class Choice(Question):
    """One right option among several."""

    answers: tuple[Answer, ...] = ()

    def __post_init__(self):
        right = sum(answer.right for answer in self.answers)
        if len(self.answers) < 2 or right != 1:
            raise ValueError(
                f"question {self.id!r} has {len(self.answers)} options, {right} of them right: "
                "it needs at least two, and exactly one right"
            )

    def asked(self) -> dict:
        """What may be shown before it is answered."""
        return {"kind": "choice", "prompt": self.prompt, "options": [answer.text for answer in self.answers]}

    def mark(self, given: int | None) -> Mark:
        """The mark of the option with number `given`, counted from 0."""
        if given not in range(len(self.answers)):
            return unread("Choose one of the options first.")
        chosen = self.answers[given]
        return Mark(chosen.right, chosen.says, chosen.misconception)

    def solution(self) -> list[str]:
        """The right option."""
        return [answer.text for answer in self.answers if answer.right]


@dataclass(frozen=True)
class Numeric(Question):
    """A number in `unit`, right within `tolerance` (in the same unit). `ideas` are expected wrong numbers."""

    answer: float = 0.0
    tolerance: float = 0.0
    unit: str = ""
    ideas: tuple[Idea, ...] = ()

    def __post_init__(self):
        if self.tolerance <= 0:
            raise ValueError(f"question {self.id!r}: its tolerance {self.tolerance!r} must be above 0")
        for idea in self.ideas:
            if self.near(idea.value, self.answer):
                raise ValueError(f"question {self.id!r}: the idea {idea.value:g} counts as right")

    def near(self, value: float, target: float) -> bool:
        """Whether `value` is `target` within the tolerance, with a hair for the computer's own rounding."""
        return abs(value - target) <= self.tolerance * (1 + 1e-9)

    def asked(self) -> dict:
        """What may be shown before it is answered."""
        return {"kind": "numeric", "prompt": self.prompt, "unit": self.unit}

    def mark(self, given: float | str) -> Mark:
        """The mark of a number, or of a text such as "0.15 per day"."""
        read = NUMBER.match(str(given).strip().replace("−", "-"))
        if not read:
            return unread(f"Write a number{', such as 2.5 ' + self.unit if self.unit else ''}.")
        if plain(read["unit"]) not in ("", plain(self.unit)):
            wanted = f"in the unit “{self.unit}”" if self.unit else "without a unit"
            return unread(f"Give the number {wanted}; “{read['unit']}” was not understood.")
        value = in_figures(read["number"])
        if value is None:
            return unread(f"“{read['number']}” was not understood. Write a number such as 1000 or 0.5.")
        if self.near(value, self.answer):
            return Mark(True, "")
        for idea in self.ideas:
            if self.near(value, idea.value):
                return Mark(False, idea.says, idea.misconception)
        return Mark(False, f"It is not {number(value)}.")

    def solution(self) -> list[str]:
        """The number with its unit."""
        return [f"{self.answer:g} {self.unit}".strip()]


@dataclass(frozen=True)
class Ordering(Question):
    """Steps of a causal chain, written in an order that is right. Other orders are right too, as long as each
    pair of `before` is kept. `steps` maps a short key, used in `before`, to the step's text."""

    steps: dict[str, str] = field(default_factory=dict)
    before: tuple[Before, ...] = ()

    def __post_init__(self):
        keys = list(self.steps)
        for pair in self.before:
            if pair.first not in keys or pair.then not in keys:
                told = f"question {self.id!r}: {pair.first!r} before {pair.then!r}"
                raise ValueError(f"{told} names a step that is not one of {', '.join(keys)}")
        if self.broken(keys):
            raise ValueError(f"question {self.id!r}: its own order breaks “{self.broken(keys).says}”")

    @property
    def shown(self) -> list[str]:
        """The keys in the order in which the steps are first shown: by text, and never a right order."""
        keys = sorted(self.steps, key=self.steps.__getitem__)
        return keys if self.broken(keys) else keys[::-1]

    def broken(self, keys: Sequence[str]) -> Before | None:
        """The first pair that the order `keys` does not keep."""
        return next((pair for pair in self.before if keys.index(pair.first) > keys.index(pair.then)), None)

    def asked(self) -> dict:
        """What may be shown before it is answered."""
        return {"kind": "ordering", "prompt": self.prompt, "steps": [self.steps[key] for key in self.shown]}

    def mark(self, given: Iterable[int]) -> Mark:
        """The mark of an order of the steps, each named by its place in `shown`, counted from 0."""
        places = list(given or ())
        if sorted(places) != list(range(len(self.steps))):
            return unread(f"Put each of the {len(self.steps)} steps in its place.")
        broken = self.broken([self.shown[place] for place in places])
        return Mark(False, broken.says, broken.misconception) if broken else Mark(True, "")

    def solution(self) -> list[str]:
        """One right order."""
        return list(self.steps.values())


@dataclass
class Attempt:
    """Two tries at one question: the answers `given` so far, and what was `replied` to the last one."""

    question: Choice | Numeric | Ordering
    tried: int = 0
    done: bool = False
    given: list = field(default_factory=list)
    replied: dict = field(default_factory=dict)

    def answer(self, given) -> dict:
        """What is told to the learner, as plain values. The same answer again gets the same reply and costs
        no try, for a button is soon pressed twice. ValueError for another answer to a question that is
        closed."""
        if self.given[-1:] == [given]:
            return self.replied
        if self.done:
            closed = f"question {self.question.id!r} is closed after {self.tried} tries"
            raise ValueError(f"{closed}; run its cell again")
        mark = self.question.mark(given)
        self.given.append(given)
        self.tried += mark.counted
        self.done = mark.right or self.tried >= TRIES
        self.replied = self.reply(mark)
        return self.replied

    def reply(self, mark: Mark) -> dict:
        """The words for a mark; the solution and the explanation only once the question is closed."""
        verdict = "Right." if mark.right else "Not right." if self.done else "Not yet."
        told = {
            "right": mark.right,
            "done": self.done,
            "counted": mark.counted,
            "feedback": mark.feedback,
            "verdict": verdict if mark.counted else "",
            "misconception": mark.misconception,
        }
        if not self.done:
            return told | {"next": "You have one more try." if mark.counted else ""}
        shown = [] if mark.right and not isinstance(self.question, Ordering) else self.question.solution()
        return told | {"solution": shown, "explanation": self.question.explanation}


# -- the course's questions ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Objective:
    """What a learner will be able to do, in its lesson's words; `returns` maps the lessons in which it comes back to the question asked there."""

    id: str
    text: str
    returns: Mapping[str, str] = field(default_factory=dict)

    @property
    def lesson(self) -> str:
        """The lesson that teaches it."""
        return self.id[:2]


@dataclass(frozen=True)
class Bank:
    """Questions and objectives, each by its id."""

    questions: dict[str, Choice | Numeric | Ordering]
    objectives: dict[str, Objective]


@cache
def bank() -> Bank:
    """Everything in `autoimmune/quizzes`, one TOML file a lesson."""
    files = sorted(resources.files(__package__).joinpath("quizzes").iterdir(), key=lambda file: file.name)
    texts = [file.read_text(encoding="utf-8") for file in files if file.name.endswith(".toml")]
    return collected(tomllib.loads(text) for text in texts)


def collected(lessons: Iterable[dict]) -> Bank:
    """The bank of the lessons' tables as TOML gives them; ValueError for an id that comes twice."""
    questions: dict = {}
    objectives: dict = {}
    for lesson in lessons:
        for row in lesson["objectives"]:
            keep(objectives, Objective(**row))
        for row in lesson["questions"]:
            keep(questions, built(row))
    asked = {each.objective for each in questions.values()}
    for stranger in asked - set(objectives):
        raise ValueError(unknown("objective", stranger, objectives))
    for silent in set(objectives) - asked:
        raise ValueError(f"no question asks after the objective {silent!r}; each needs at least one")
    for objective in objectives.values():
        for name in objective.returns.values():
            if name not in questions or questions[name].objective != objective.id:
                raise ValueError(f"{objective.id} returns with {name!r}, which is no question that asks after it")
    return Bank(questions, objectives)


def keep(found: dict, row) -> None:
    """Add `row` under its id; ValueError when it is taken."""
    if row.id in found:
        raise ValueError(f"the id {row.id!r} is used twice; each question and each objective needs its own")
    found[row.id] = row


PARTS = {"answers": Answer, "ideas": Idea, "before": Before}
KINDS = {"choice": Choice, "numeric": Numeric, "ordering": Ordering}


def built(row: dict) -> Choice | Numeric | Ordering:
    """A question from its TOML table; ValueError for an unknown kind."""
    fields = {
        name: tuple(PARTS[name](**part) for part in value) if name in PARTS else value
        for name, value in row.items()
        if name != "kind"
    }
    if row["kind"] not in KINDS:
        raise ValueError(unknown("kind of question", row["kind"], KINDS))
    return KINDS[row["kind"]](**fields)


def question(name: str) -> Choice | Numeric | Ordering:
    """A question by its id; a ValueError names the closest one."""
    if name not in bank().questions:
        raise ValueError(unknown("question", name, bank().questions))
    return bank().questions[name]


# -- questions that return ----------------------------------------------------------------------------


def retrieval(lesson: str, source: Bank | None = None) -> list[str]:
    """The ids of the questions of earlier lessons that return in `lesson`, the latest lesson's first.

    Which question stands for an objective is written beside it, so that a new question changes no later lesson. ValueError
    for an unknown lesson.
    """
    if lesson not in LESSONS:
        raise ValueError(unknown("lesson", lesson, LESSONS))
    source = source or bank()
    due = [objective for objective in source.objectives.values() if lesson in objective.returns]
    due.sort(key=lambda objective: objective.lesson, reverse=True)
    return [objective.returns[lesson] for objective in due]


def faults(objectives: Iterable[Objective], lessons: Sequence[str] = LESSONS) -> list[str]:
    """What is wrong with the schedule, one sentence each; nothing when it is sound.

    An objective returns in later lessons with growing gaps; how often, `owed` says.
    """
    return [fault for objective in objectives for fault in faults_of(objective, lessons)]


def faults_of(objective: Objective, lessons: Sequence[str]) -> list[str]:
    """What is wrong with the returns of one objective."""
    met = [objective.lesson, *objective.returns]
    strangers = [lesson for lesson in met if lesson not in lessons]
    if strangers:
        return [f"{objective.id} returns in {', '.join(strangers)}; the lessons are {', '.join(lessons)}"]
    places = [lessons.index(lesson) for lesson in met]
    gaps = [right - left for left, right in pairwise(places)]
    found = []
    if any(gap < 1 for gap in gaps) or any(right <= left for left, right in pairwise(gaps)):
        told = ", ".join(map(str, gaps))
        found.append(f"{objective.id} returns after {told} lessons; each gap must be longer than the last")
    return found


def owed(objectives: Iterable[Objective], lessons: Sequence[str] = LESSONS) -> str:
    """What lessons still have to ask, in one message; nothing when every objective returns often enough.

    That is twice, or towards the end of the course as often as growing gaps allow.
    """
    missing: dict[str, list[str]] = {}
    for objective in objectives:
        if due := next_return(objective, lessons):
            missing.setdefault(due, []).append(objective.id)
    told = "".join(f" Lesson {lesson} has to ask again: {', '.join(names)}." for lesson, names in sorted(missing.items()))
    return f"With {len(lessons)} lessons some objectives need one more return.{told} Name a question for each in its `returns`." if told else ""


def next_return(objective: Objective, lessons: Sequence[str]) -> str:
    """The next lesson in which an objective has to return; nothing where it returns often enough."""
    places = [lessons.index(lesson) for lesson in (objective.lesson, *objective.returns) if lesson in lessons]
    if len(places) - 1 >= min(RETURNS, possible(len(lessons) - 1 - places[0])):
        return ""
    gap = places[-1] - places[-2] if len(places) > 1 else 0
    return lessons[min(places[-1] + gap + 1, len(lessons) - 1)]


def possible(lessons_left: int) -> int:
    """How many returns with the gaps 1, 2, 3 … fit into the lessons that are left."""
    count = 0
    while (count + 1) * (count + 2) // 2 <= lessons_left:
        count += 1
    return count


# -- words ---------------------------------------------------------------------------------------------


def in_figures(text: str) -> float | None:
    """A number as people write it: commas between thousands, or one as a decimal point; else None."""
    if "," in text:
        text = text.replace(",", "" if THOUSANDS.match(text) else ".")
    try:
        return float(text)
    except ValueError:
        return None


def plain(unit: str) -> str:
    """A unit as it is compared: small letters, singular, "/" read as "per", "percent" as "%"."""
    unit = unit.casefold().replace("per cent", "%").replace("percent", "%").replace("/", " per ")
    return " ".join(word.rstrip("s.") for word in unit.split())


def check_belief(misconception: str) -> None:
    """Raise a ValueError unless it is empty or an id such as M03."""
    if misconception and misconception not in beliefs():
        raise ValueError(f"{misconception!r} is not the id of a misconception; they are {beliefs()[0]} to {beliefs()[-1]}")


@cache
def beliefs() -> tuple[str, ...]:
    """The ids of the table of misconceptions."""
    from autoimmune.data import facts

    return facts.ids("misconceptions")


def unknown(kind: str, given: str, allowed) -> str:
    """A message that names the unknown `given`, the closest allowed name, and all of them."""
    from autoimmune.data.facts import unknown

    return unknown(kind, given, allowed)
