"""Each word of the glossary is explained in the prose of the lesson it names, and not used before.

A word is explained where it stands in emphasis (*so*). Prose is the text of a lesson without its title, its headings,
the words of links to other lessons, and its recap. A word may be used earlier only in a sentence that points ahead
("lesson 06", "below").
"""

import re
from pathlib import Path

import nbformat
import pytest

from autoimmune.data import facts
from autoimmune.learning.lessons import lessons

COURSE = Path(__file__).parents[2] / "course"
WORDS = facts.glossary()
OTHER_SENSES = {  # a word that means something else in these lessons
    "specificity": {"02"},  # of a receptor, not of a test
    "interaction": {"05"},  # additive interaction, explained there
    "arm": {"04"},  # the limb
    "necrosis": {"01"},  # tumour necrosis factor
}


def prose(lesson: str) -> str:
    cells = nbformat.read(next(COURSE.glob(f"{lesson}_*.ipynb")), 4).cells[1:]
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown").split("\n## Recap")[0]
    text = re.sub(r"^## .*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\[[^\]]*\]\(\d\d_[^)]*\)", "", text)
    return re.sub(r"\]\([^)\s]*\)", "]", text)


LESSONS = {each.number: prose(each.number) for each in lessons()}


def form(term: str) -> str:
    """A pattern for the word and its plural."""
    term = re.sub(r" \(.*\)", "", term)
    word = re.escape(term).replace(r"\ ", r"\s+")
    plural = {"y": rf"(?:{word}|{word[:-1]}ies)", "f": rf"{word}s?"}.get(term[-1], rf"{word}(?:s|es)?")
    if term.endswith("mouse"):
        plural = rf"(?:{word}|{word[:-5]}mice)"
    return rf"(?<![\w-]){plural}(?![\w-])"


def emphasised(term: str, text: str) -> re.Match | None:
    return re.search(rf"(?<!\*)(\*{{1,2}})(?!\s|\*)[^*]*?{form(term)}[^*]*\1", text, re.IGNORECASE)


def sentence(text: str, at: int) -> str:
    start = max(text.rfind(end, 0, at) for end in (". ", ".\n", "\n\n", "? "))
    return text[start + 1:].split(". ")[0]


def used_early(term: str) -> list[str]:
    """Where the word is used before it is explained, in the order of the lessons."""
    home, early = WORDS.loc[term, "lesson"], []
    for lesson, text in LESSONS.items():
        if lesson > home or lesson in OTHER_SENSES.get(term, ()):
            continue
        mark = emphasised(term, text) if lesson == home else None
        for found in re.finditer(form(term), text, re.IGNORECASE):
            before = mark is None or found.start() < mark.start()
            if before and not re.search(r"lessons? \d\d|below", sentence(text, found.start())):
                early.append(f"{lesson}: {text[max(0, found.start() - 60):found.end() + 20]!r}")
    return early


@pytest.mark.parametrize("term", WORDS.index)
def test_the_lesson_named_explains_the_word(term):
    assert emphasised(term, LESSONS[WORDS.loc[term, "lesson"]]), f"{term} stands in no emphasis in lesson {WORDS.loc[term, 'lesson']}"


@pytest.mark.parametrize("term", WORDS.index)
def test_no_word_is_used_before_it_is_explained(term):
    assert used_early(term) == []


def test_an_early_word_is_found(monkeypatch):
    monkeypatch.setitem(LESSONS, "00", LESSONS["00"] + "\nA biopsy is taken.")
    assert used_early("biopsy")
    monkeypatch.setitem(LESSONS, "00", LESSONS["00"].replace("A biopsy is taken.", "A biopsy (lesson 06) is taken."))
    assert not [place for place in used_early("biopsy") if place.startswith("00")]
