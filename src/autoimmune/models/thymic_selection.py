"""Thymic selection of random T-cell receptors: the string model of Košmrlj, Chakraborty and colleagues.

A receptor and a peptide are strings of nine amino acids that face each other; the binding energy is the sum
of nine contact energies, and the lower it is the tighter they bind. In the thymus each receptor meets a
random part of the self peptides. If it binds none of them tightly enough the cell dies by neglect, if it
binds one too tightly the cell is deleted, and between the two it is kept.

    peptides, residues, letters     strings of amino acids as arrays of residue numbers, and back
    binding_energy                  every receptor against every peptide
    select                          the fate of each receptor in the thymus
    self_reactive, recognised       which receptors attack a self peptide; which peptides are attacked
    leak                            how many that leave the thymus are self-reactive
    mutated, cross_reaction         mimicry: a primed cell meets a self peptide that resembles its target
    infection                       does a tissue come under attack before, during and after an infection?

An array of receptors or peptides has the shape (number, 9) and holds places in AMINO_ACIDS.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from autoimmune.modelling.model import Quantity, Source
from autoimmune.modelling.rules import Rules

if TYPE_CHECKING:
    import pandas as pd

# Share of each amino acid in human proteins, as in the authors' code (order of Miyazawa and Jernigan).
FREQUENCIES = {"C": 0.0225, "M": 0.0215, "F": 0.0359, "I": 0.0434, "L": 0.0985, "V": 0.0598, "W": 0.0123,
               "Y": 0.0263, "A": 0.0692, "G": 0.0658, "T": 0.0536, "S": 0.0836, "N": 0.0360, "Q": 0.0481,
               "D": 0.0476, "E": 0.0718, "H": 0.0261, "R": 0.0568, "K": 0.0576, "P": 0.0636}
AMINO_ACIDS = "".join(FREQUENCIES)
NEGLECTED, KEPT, DELETED = FATES = ("neglected", "kept", "deleted")
E_N, GAP, FRACTION, RELIEF, QUORUM, LENGTH = -38.0, 0.47, 0.8, 3.0, 10, 9
ENERGIES_AT_ONCE = 4_000_000  # 16 MB

model = Rules(
    name="thymic_selection",
    title="Thymic selection of random T-cell receptors",
    latex=r"""\begin{aligned}
E(t, s) &= \sum_{k=1}^{9} J(t_k, s_k) \\
\text{neglected} &: \min_{s\ \text{presented}} E(t, s) \ge E_n + \mathrm{gap} \\
\text{kept} &: E_n < \min_{s\ \text{presented}} E(t, s) < E_n + \mathrm{gap} \\
\text{deleted} &: \min_{s\ \text{presented}} E(t, s) \le E_n \\
\text{activated} &: E(t, s) < E_n, \quad \text{once primed}\ E(t, s) < E_n + \mathrm{relief}
\end{aligned}""",
    parameters=(
        Quantity("E_n", E_N, "RT",
                 "binding energy below which a cell is deleted in the thymus, or activated later",
                 lower=-70.0, upper=0.0),
        Quantity("gap", GAP, "RT", "width of the window of energies in which a cell is kept",
                 note="chosen by the authors so that 4 % are kept"),
        Quantity("fraction", FRACTION, "1", "share of the self peptides that one cell meets in the thymus",
                 upper=1.0),
        Quantity("length", LENGTH, "residues",
                 "length of a peptide, and of the part of a receptor that faces it"),
        Quantity("relief", RELIEF, "RT", "how much weaker a contact may be once infection primed the cell"),
        Quantity("quorum", QUORUM, "cells", "a tissue is attacked when more cells than this are activated"),
        Quantity("N", 10_000, "peptides", "self peptides",
                 status="extension", note="random here; the authors read 10,000 from a file"),
    ),
    source=Source(
        "Yin R, Melton S, Huseby ES, Kardar M, Chakraborty AK. How persistent infection overcomes peripheral "
        "tolerance mechanisms to cause T cell-mediated autoimmune disease. PNAS 2024;121(11):e2318599121. "
        "Contact energies: Miyazawa S, Jernigan RL. J Mol Biol 1996;256:623–644 (AAindex3 MIYS960101).",
        doi="10.1073/pnas.2318599121", doi_resolved=True),
    says="The fewer self peptides are presented in the thymus, the more of the cells that leave it are "
         "self-reactive. Where a cell meets many thousands, receptors with weakly binding residues are "
         "kept. A cell primed by a foreign peptide can attack a self peptide that resembles it and that it "
         "ignored before; the chance falls quickly with each difference.",
    silent_on="Real receptors: their loops bend, their genes are not random, and they touch the MHC molecule "
              "as well. There are no regulatory T cells, no anergy, no time, no cell numbers of a person and "
              "no disease. The 4 % that are kept are put in through the width of the window; they do not "
              "come out of the model.",
)


# -- strings ---------------------------------------------------------------------------------------


def peptides(n: int, rng: np.random.Generator, length: int = LENGTH) -> np.ndarray:
    """Random strings of amino acids at their human frequencies, shape (n, length): peptides, or receptors."""
    if not (isinstance(n, (int, np.integer)) and n >= 1):
        raise ValueError(f"n = {n!r} is not allowed; it must be a whole number of at least 1")
    share = np.array(list(FREQUENCIES.values()))
    return rng.choice(len(share), size=(n, length), p=share / share.sum()).astype(np.int8)


def residues(texts: Sequence[str]) -> np.ndarray:
    """Peptides written in letters as residue numbers, shape (number, length); all must be equally long.

    Raises ValueError for a letter that is not one of the 20 amino acids.
    """
    texts = [text.strip().upper() for text in texts]
    for text in texts:
        strange = sorted(set(text) - set(AMINO_ACIDS))
        if strange or len(text) != len(texts[0]):
            unlike = f"not as long as {texts[0]!r}"
            reason = f"{strange[0]!r} is not one of {AMINO_ACIDS}" if strange else unlike
            raise ValueError(f"peptide {text!r} is not allowed: {reason}")
    return np.array([[AMINO_ACIDS.index(letter) for letter in text] for text in texts], dtype=np.int8)


def letters(strings: np.ndarray) -> list[str]:
    """Arrays of residue numbers, shape (number, length), as texts of one-letter codes."""
    return ["".join(AMINO_ACIDS[residue] for residue in string) for string in strings]


# -- binding ---------------------------------------------------------------------------------------


@lru_cache
def contact_energies() -> np.ndarray:
    """Contact energy of each pair of amino acids in RT, shape (20, 20), symmetric, all below 0.

    Miyazawa and Jernigan 1996, Table 3, as entry MIYS960101 of AAindex3 gives it (`miyazawa_jernigan.csv`).
    """
    from importlib import resources

    import pandas as pd

    with resources.files("autoimmune.models").joinpath("miyazawa_jernigan.csv").open(encoding="utf-8") as table:
        matrix = pd.read_csv(table, index_col=0)
    energies = matrix.loc[[*AMINO_ACIDS], [*AMINO_ACIDS]].to_numpy()
    energies.flags.writeable = False
    return energies


def binding_energy(receptors: np.ndarray, peptides: np.ndarray) -> np.ndarray:
    """Energy of each receptor with each peptide in RT, shape (receptors, peptides), exact to 0.01 RT.

    E(t, s) = sum over k of J(t_k, s_k). Raises ValueError when the strings are not equally long.
    """
    if receptors.shape[1] != peptides.shape[1]:
        lengths = receptors.shape[1], peptides.shape[1]
        raise ValueError("receptors of length {} cannot face peptides of {}".format(*lengths))
    # One product of matrices: a 1 where a receptor has a residue, times the energies of that residue with the
    # peptides. In whole hundredths of RT the sums are exact, so the same pairs meet a threshold everywhere.
    hundredths = np.rint(100 * contact_energies()).astype(np.float32)
    has = np.eye(len(AMINO_ACIDS), dtype=np.float32)[receptors].reshape(len(receptors), -1)
    meets = hundredths[:, peptides].transpose(2, 0, 1).reshape(-1, len(peptides))
    return has @ meets / np.float32(100)


def blocks(receptors: np.ndarray, peptides: np.ndarray) -> Iterator[np.ndarray]:
    """The energies of `binding_energy`, a few million at a time, in blocks of whole receptors.

    Raises ValueError without a receptor or a peptide.
    """
    if not len(receptors) or not len(peptides):
        counts = f"{len(receptors)} and {len(peptides)}"
        raise ValueError(f"needs at least one receptor and one peptide, not {counts}")
    step = max(1, ENERGIES_AT_ONCE // len(peptides))
    for first in range(0, len(receptors), step):
        yield binding_energy(receptors[first:first + step], peptides)


def strongest(receptors: np.ndarray, peptides: np.ndarray, fraction: float = 1.0,
              rng: np.random.Generator | None = None) -> np.ndarray:
    """Lowest energy of each receptor over its own random `fraction` of the peptides, shape (receptors,).

    Each receptor meets the same number of peptides, drawn without replacement. `rng` is needed when
    `fraction` is below 1. A receptor that meets none has energy infinity.
    """
    ranks = passed_over(len(receptors), len(peptides), fraction, rng)
    return np.take_along_axis(lowest(receptors, peptides, ranks.max(initial=0)), ranks[:, None], axis=1)[:, 0]


def passed_over(cells: int, peptides: int, fraction: float, rng: np.random.Generator | None) -> np.ndarray:
    """How many of the peptides that bind a cell best it does not meet, before the first that it does; shape (cells,).

    Of n peptides m are met. That the k best are all among the others has the chance C(n - k, m)/C(n, m), which is
    the product of (n - m - i)/(n - i) over i < k. So no set of peptides has to be drawn for each cell.
    """
    model.check(fraction=fraction)
    met = round(fraction * peptides)
    if met == peptides:
        return np.zeros(cells, dtype=int)
    if rng is None:
        raise ValueError(f"fraction = {fraction:g} needs rng, a numpy.random.Generator, to draw the peptides")
    missed = np.arange(peptides)
    chances = np.cumprod((peptides - met - missed).clip(0) / (peptides - missed))
    return np.searchsorted(-chances, -rng.random(cells))


def lowest(receptors: np.ndarray, peptides: np.ndarray, last: int) -> np.ndarray:
    """The lowest energies of each receptor in order, and infinity behind them; shape (receptors, last + 1)."""
    found = np.full((len(receptors), last + 1), np.inf, dtype=np.float32)
    kept, first = min(last + 1, len(peptides)), 0
    for energies in blocks(receptors, peptides):
        energies.partition(kept - 1, axis=1)
        found[first:first + len(energies), :kept] = np.sort(energies[:, :kept], axis=1)
        first += len(energies)
    return found


# -- the thymus and the tissue ---------------------------------------------------------------------


def select(receptors: np.ndarray, self_peptides: np.ndarray, fraction: float = FRACTION,
           rng: np.random.Generator | None = None, E_n: float = E_N, gap: float = GAP) -> np.ndarray:
    """The fate of each receptor: "neglected", "kept" or "deleted", shape (receptors,).

    Each receptor meets its own random `fraction` of the self peptides; `rng` draws them. Kept are those with
    E_n < lowest energy < E_n + gap. Raises ValueError for a value that is not allowed.
    """
    return fates(strongest(receptors, self_peptides, fraction, rng), E_n, gap)


def fates(energies: np.ndarray, E_n: float, gap: float) -> np.ndarray:
    """The fate of a cell that binds with each of these lowest energies, of the same shape."""
    model.check(E_n=E_n, gap=gap)
    return np.select([energies <= E_n, energies < E_n + gap], [DELETED, KEPT], NEGLECTED)


def self_reactive(receptors: np.ndarray, self_peptides: np.ndarray, E_n: float = E_N) -> np.ndarray:
    """True for each receptor that any of the self peptides activates (E < E_n), shape (receptors,)."""
    model.check(E_n=E_n)
    return strongest(receptors, self_peptides) < E_n


def leak(receptors: np.ndarray, self_peptides: np.ndarray, fractions: Sequence[float], rng: np.random.Generator,
         E_n: float = E_N, gap: float = GAP) -> pd.DataFrame:
    """What leaves a thymus that presents less and less of the body: one row for each of `fractions`.

    Columns: `presented` (the fraction), `kept` and `self_reactive` (numbers of cells), `share` (self-reactive of kept).
    """
    import pandas as pd

    met = [passed_over(len(receptors), len(self_peptides), fraction, rng) for fraction in fractions]
    energies = lowest(receptors, self_peptides, max(ranks.max(initial=0) for ranks in met))
    reacts = energies[:, 0] < E_n
    rows = []
    for fraction, ranks in zip(fractions, met, strict=True):
        kept = fates(np.take_along_axis(energies, ranks[:, None], axis=1)[:, 0], E_n, gap) == KEPT
        reactive = int((kept & reacts).sum())
        rows.append((fraction, int(kept.sum()), reactive, reactive / kept.sum() if kept.any() else float("nan")))
    return pd.DataFrame(rows, columns=["presented", "kept", "self_reactive", "share"])


def recognised(peptides: np.ndarray, receptors: np.ndarray, E_n: float = E_N) -> np.ndarray:
    """True for each peptide that activates at least one of the receptors (E < E_n), shape (peptides,)."""
    return self_reactive(peptides, receptors, E_n)  # the contact energies are symmetric


def mutated(peptides: np.ndarray, mismatches: int, rng: np.random.Generator) -> np.ndarray:
    """The peptides with `mismatches` random residues each replaced by another one, at human frequencies."""
    count, length = peptides.shape
    if not (isinstance(mismatches, (int, np.integer)) and 0 <= mismatches <= length):
        raise ValueError(f"mismatches = {mismatches!r} is not allowed; it is a whole number up to {length}")
    changed = rng.permuted(np.broadcast_to(np.arange(length) < mismatches, (count, length)), axis=1)
    share = np.array(list(FREQUENCIES.values()))
    others = np.where(np.eye(len(share), dtype=bool), 0.0, share)
    steps = np.cumsum(others / others.sum(axis=1, keepdims=True), axis=1)
    replaced = (rng.random((count, length, 1)) > steps[peptides]).sum(axis=2)
    return np.where(changed, replaced, peptides).astype(np.int8)


@dataclass(frozen=True)
class CrossReaction:
    """Numbers of cells for each pair of a foreign and a resembling self peptide, shape (pairs,).

    `ignoring` cells respond to the foreign peptide and left the self peptide alone before; `attacking` of
    them attack it once they are primed.
    """

    ignoring: np.ndarray
    attacking: np.ndarray

    @property
    def share(self) -> float:
        """Chance that a primed cell attacks the self peptide: the mean over pairs with such cells, or NaN.

        Each pair of peptides weighs the same. Pooling the cells would let the few peptides that bind to
        almost everything decide.
        """
        has = self.ignoring > 0
        return float((self.attacking[has] / self.ignoring[has]).mean()) if has.any() else float("nan")


def cross_reaction(receptors: np.ndarray, foreign: np.ndarray, resembling: np.ndarray, relief: float = RELIEF,
                   E_n: float = E_N) -> CrossReaction:
    """How often cells that a foreign peptide primes attack the self peptide that resembles it.

    The model is published, this use of it is ours.

    `resembling[i]` is the self peptide that resembles `foreign[i]`. A cell counts for pair i when the foreign
    peptide activates it (E < E_n) and the self peptide does not (E >= E_n); it attacks when E < E_n + relief.
    Raises ValueError when the two arrays differ in shape.
    """
    model.check(relief=relief, E_n=E_n)
    if foreign.shape != resembling.shape:
        shapes = f"foreign {foreign.shape} and resembling {resembling.shape}"
        raise ValueError(f"{shapes} must have the same shape")
    ignoring = np.zeros(len(foreign), dtype=int)
    attacking = np.zeros(len(foreign), dtype=int)
    for primed_by, meeting in zip(blocks(receptors, foreign), blocks(receptors, resembling), strict=True):
        cells = (primed_by < E_n) & (meeting >= E_n)
        ignoring += cells.sum(axis=0)
        attacking += (cells & (meeting < E_n + relief)).sum(axis=0)
    return CrossReaction(ignoring, attacking)


@dataclass(frozen=True)
class Infection:
    """Cells activated by a tissue before an infection, by the infection, and by the tissue after it."""

    before: int
    by_infection: int
    after: int
    quorum: int

    @property
    def cleared(self) -> bool:
        """The infection activated enough cells for a response."""
        return self.by_infection > self.quorum

    @property
    def autoimmune(self) -> bool:
        """After the infection the tissue activates enough cells for a response against itself."""
        return self.after > self.quorum


def infection(receptors: np.ndarray, tissue: np.ndarray, foreign: np.ndarray, relief: float = RELIEF,
              quorum: int = QUORUM, E_n: float = E_N) -> Infection:
    """One infection with the peptides `foreign` in a tissue that shows the self peptides `tissue`.

    If more than `quorum` cells respond to the infection they are primed; a primed cell that the tissue left
    cold is activated by a tissue peptide with E < E_n + relief.
    """
    model.check(relief=relief, quorum=quorum, E_n=E_n)
    to_tissue = strongest(receptors, tissue)
    before = to_tissue < E_n
    by_infection = strongest(receptors, foreign) < E_n
    primed = by_infection & ~before & (by_infection.sum() > quorum)
    after = before | (primed & (to_tissue < E_n + relief))
    return Infection(int(before.sum()), int(by_infection.sum()), int(after.sum()), int(quorum))
