"""How alike are two peptides, and is that more than their letters would give by chance?

    alignment               the best local or global alignment of two peptides (Biopython, BLOSUM62)
    identical_positions     letters that agree where they stand, without an alignment
    longest_common_run      the longest stretch that both peptides have
    shuffle_test            the alignment score against those of shuffled peptides

A likeness of letters is neither necessary nor enough for mimicry: a receptor binds a shape. What a test here
says is whether a pair is remarkable, not whether a cell confuses the two.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from Bio.Align import PairwiseAligner

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
MODES = ("local", "global")
OPEN_GAP = -12.0
EXTEND_GAP = -1.0


@dataclass(frozen=True)
class Alignment:
    """Two peptides laid over each other.

    `score` is in BLOSUM62 units (half bits). `rows` are the aligned stretches of the two peptides, equally
    long, with "-" for a gap; `starts` are their first positions in the peptides, counted from 1. Of the
    `length` columns, `identical` hold the same letter twice, and `similar` hold a pair that BLOSUM62 scores
    above 0, the identical ones included. An empty alignment has length 0, shares of 0 and starts of 0.
    """

    score: float
    rows: tuple[str, str]
    starts: tuple[int, int]
    identical: int
    similar: int

    @property
    def length(self) -> int:
        """Number of columns, gaps included."""
        return len(self.rows[0])

    @property
    def identity(self) -> float:
        """Share of columns that hold the same letter twice."""
        return self.identical / self.length if self.length else 0.0

    @property
    def similarity(self) -> float:
        """Share of columns that BLOSUM62 scores above 0."""
        return self.similar / self.length if self.length else 0.0

    def __str__(self) -> str:
        first, second = self.rows
        pairs = zip(first, second, strict=True)
        marks = ("|" if a == b else ":" if likeness(a, b) > 0 else " " for a, b in pairs)
        return "\n".join((first, "".join(marks), second))


@dataclass(frozen=True)
class ShuffleTest:
    """An alignment score and those of shuffled peptides; `p_value` is the share at least as high."""

    score: float
    shuffled: np.ndarray = field(repr=False)

    @property
    def p_value(self) -> float:
        """(1 + shuffles that score at least as high) / (1 + shuffles): never 0, and 1 at most.

        Phipson B, Smyth GK. Stat Appl Genet Mol Biol 2010;9:39.
        """
        return float((1 + (self.shuffled >= self.score).sum()) / (1 + len(self.shuffled)))


def alignment(first: str, second: str, mode: str = "local") -> Alignment:
    """The best alignment of two peptides under BLOSUM62; a gap of k letters costs 11 + k, as in BLASTP.

    "local" aligns the best-matching stretches (Smith–Waterman), "global" both peptides from end to end
    (Needleman–Wunsch). Of several equally good alignments the first is given. Raises ValueError for a letter
    that is not one of the 20 amino acids and for an unknown mode.
    """
    first, second = peptide(first), peptide(second)
    found = aligner(mode).align(first, second)
    if not found.score > 0 and mode == "local":
        return Alignment(0.0, ("", ""), (0, 0), 0, 0)
    best = found[0]
    rows = (str(best[0]), str(best[1]))
    pairs = list(zip(*rows, strict=True))
    starts = tuple(int(start) + 1 for start in best.coordinates[:, 0])
    return Alignment(float(best.score), rows, starts, sum(a == b for a, b in pairs),
                     sum(likeness(a, b) > 0 for a, b in pairs))


def identical_positions(first: str, second: str) -> tuple[int, ...]:
    """Positions, counted from 1, at which two peptides of equal length have the same letter.

    Raises ValueError when the lengths differ or a letter is not one of the 20 amino acids.
    """
    first, second = peptide(first), peptide(second)
    if len(first) != len(second):
        raise ValueError(f"{first} has {len(first)} letters and {second} has {len(second)}; they must be "
                         "equally long to be compared place by place; use alignment() for the others")
    return tuple(place for place, (a, b) in enumerate(zip(first, second, strict=True), start=1) if a == b)


def longest_common_run(first: str, second: str) -> str:
    """The longest stretch of letters that both peptides have; the first of them in `first`, "" if none."""
    from difflib import SequenceMatcher

    first, second = peptide(first), peptide(second)
    match = SequenceMatcher(None, first, second, autojunk=False).find_longest_match()
    return first[match.a:match.a + match.size]


def shuffle_test(first: str, second: str, mode: str = "local", shuffles: int = 999,
                 rng: int | np.random.Generator = 0) -> ShuffleTest:
    """Is the alignment score higher than for the same letters in random order?

    `second` is shuffled `shuffles` times and aligned with `first` each time, so length and letters stay as
    they are and only the order is tested. `rng` is a seed or a generator. Raises ValueError as `alignment`,
    and for less than one shuffle.
    """
    import numpy as np

    first, second = peptide(first), peptide(second)
    if not (isinstance(shuffles, (int, np.integer)) and shuffles >= 1):
        raise ValueError(f"shuffles = {shuffles!r} is not allowed; it must be a whole number of at least 1")
    orders = np.random.default_rng(rng).permuted(np.tile(list(second), (shuffles, 1)), axis=1)
    score = aligner(mode).score
    return ShuffleTest(score(first, second), np.array([score(first, "".join(order)) for order in orders]))


def peptide(letters: str) -> str:
    """The peptide in capitals; a ValueError names the first letter that is not one of the 20 amino acids."""
    if not isinstance(letters, str) or not letters.strip():
        raise ValueError(f"{letters!r} is not a peptide; write amino acids as letters, such as 'SIINFEKL'")
    capitals = letters.strip().upper()
    for place, letter in enumerate(capitals, start=1):
        if letter not in AMINO_ACIDS:
            raise ValueError(f"{letter!r} at position {place} of {capitals!r} is not an amino acid; "
                             f"allowed are {AMINO_ACIDS}")
    return capitals


@lru_cache
def aligner(mode: str) -> PairwiseAligner:
    """Biopython's aligner with BLOSUM62 and the gap costs of BLASTP."""
    from Bio.Align import PairwiseAligner

    if mode not in MODES:
        raise ValueError(f"mode {mode!r} is not one of {', '.join(MODES)}")
    return PairwiseAligner(mode=mode, substitution_matrix=blosum62(), open_gap_score=OPEN_GAP,
                           extend_gap_score=EXTEND_GAP)


@lru_cache
def blosum62():
    """The matrix of Henikoff S, Henikoff JG. PNAS 1992;89:10915–10919, as Biopython ships it."""
    from Bio.Align import substitution_matrices

    return substitution_matrices.load("BLOSUM62")


def likeness(first: str, second: str) -> float:
    """The BLOSUM62 score of two letters; a gap is like nothing and scores minus infinity."""
    return float("-inf") if "-" in (first, second) else float(blosum62()[first, second])
