"""A quiz in a lesson: questions that answer back.

    quiz("02-thymus")              one question by its id
    quiz(*retrieval("05"))         several, one below the other

The marking happens in Python. A page, and a saved notebook, hold what `asked()` gives: no feedback, and
nothing that says which answer is right. Replies come once there is an answer. Each answer is kept on the
learner's own machine (see `kept`), for `self_check`.
"""

from __future__ import annotations

import traitlets

from autoimmune.learning.kept import ANSWERS
from autoimmune.learning.questions import Attempt, Choice, Numeric, Ordering, question
from autoimmune.widgets.base.instrument import Instrument


def quiz(*questions: str | Choice | Numeric | Ordering) -> Quiz:
    """Questions by their ids (or as objects), with two tries each. ValueError for none or an unknown id."""
    if not questions:
        raise ValueError("a quiz needs at least one question, such as quiz('02-thymus')")
    return Quiz([question(each) if isinstance(each, str) else each for each in questions])


class Quiz(Instrument):
    """`attempts` are the questions with their tries; `replies` what was said last to each, or None."""

    part = "quiz"
    questions = traitlets.List().tag(sync=True)
    replies = traitlets.List().tag(sync=True)

    def __init__(self, questions: list[Choice | Numeric | Ordering]):
        self.attempts = [Attempt(each) for each in questions]
        asked = [each.asked() for each in questions]
        many = f"{len(asked)} questions" if len(asked) > 1 else "the question"
        self.said = f"Run this cell to answer {many}."
        self.words = tuple(part for each in asked for part in (each["prompt"], choices(each)) if part)
        super().__init__(questions=asked, replies=[None] * len(asked))
        self.on_msg(lambda widget, content, buffers: self.answer(content["given"], content["question"]))

    def answer(self, given, number: int = 0) -> dict:
        """Answer question `number` (from 0) as the page does, and return the reply; ValueError when it is
        closed."""
        reply = self.marked(self.attempts[number], given)
        self.replies = [reply if k == number else each for k, each in enumerate(self.replies)]
        return reply

    def marked(self, attempt: Attempt, given) -> dict:
        """The reply to an answer. One that cost a try is kept; where it could not be, `trouble` says so."""
        tried, reply = attempt.tried, attempt.answer(given)
        if attempt.tried > tried:
            record = {"kind": "answer", "question": attempt.question.id, "right": reply["right"], "try": attempt.tried}
            reply["trouble"] = ANSWERS.remember(record)
        return reply


def choices(asked: dict) -> list[str]:
    """What a question lets one choose from, as a list."""
    return asked.get("options") or asked.get("steps") or []
