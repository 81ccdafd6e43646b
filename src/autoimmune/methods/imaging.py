"""Synthetic scans of a brain with bright lesions, and what a program finds in them. No scan here is of a person.

    scan            one slice with lesions whose places are known
    follow_up       the same brain some months later: new lesions, lesions that are gone, lesions that have grown
    label_lesions   the lesions that a threshold finds, as a label image
    find_lesions    the same as a table: where each is, and how large
    compare         found against true: hits, missed, false, and the Dice coefficient
    changes         two label images of one brain, lesion by lesion

An image is a float array from 0 to 1, rows from the top; a label image has the same shape and holds 0 outside of
lesions and a lesion's number inside. Lengths are in mm, areas in mm². The brightness follows the kind of scan on
which fluid is dark and lesions are bright; shapes, sizes and noise are ours and come from no measurement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

SHAPE = (176, 144)  # rows, columns
PIXEL = 1.0  # mm: the side of a pixel
AIR, FLUID, WHITE, GREY, LESION = 0.04, 0.12, 0.42, 0.47, 0.86  # brightness
BLUR = 0.7  # pixels: a pixel on an edge holds a part of both sides
SMALLEST = 7.0  # mm²: a disc of 3 mm across
GAP = 3  # pixels between two lesions, at least
GROWN = 1.5  # times the area


@dataclass(frozen=True)
class Lesion:
    """An ellipse: its number, its middle (pixels), its half axes (pixels) and its angle (radians)."""

    number: int
    row: float
    column: float
    long: float
    short: float
    angle: float


@dataclass(frozen=True, eq=False)
class Scan:
    """A synthetic slice. `image` is what is seen, `truth` the label image of what is there; `pixel` in mm."""

    lesions: tuple[Lesion, ...]
    noise: float
    seed: int
    image: np.ndarray
    truth: np.ndarray
    pixel: float = PIXEL


def scan(seed: int = 1, lesions: int = 8, noise: float = 0.05) -> Scan:
    """A synthetic slice of a brain with up to 20 `lesions`; `noise` is the standard deviation of the brightness, 0 to 0.5.

    The same seed has the same lesions whatever the noise. ValueError for a number that is not allowed.
    """
    if lesions not in range(21):
        raise ValueError(f"lesions = {lesions!r} is not allowed; it is a whole number from 0 to 20")
    random = np.random.default_rng([seed, 0])
    return taken(place((), lesions, random), noise, seed)


def follow_up(first: Scan, seed: int = 2, new: int = 2, gone: int = 1, grown: int = 2, noise: float | None = None) -> Scan:
    """The same brain months later: of its lesions `gone` are gone and `grown` have twice the area; `new` are added.

    Numbers stay with their lesions. ValueError when more should change than there are.
    """
    if gone + grown > len(first.lesions):
        raise ValueError(f"gone = {gone!r} and grown = {grown!r} are more than the {len(first.lesions)} lesions there are")
    random = np.random.default_rng([seed, 1])
    chosen = random.permutation(len(first.lesions))
    kept = tuple(lesion if k not in chosen[gone:gone + grown] else replace(lesion, long=lesion.long * 2**0.5, short=lesion.short * 2**0.5)
                 for k, lesion in enumerate(first.lesions) if k not in chosen[:gone])
    number = max((lesion.number for lesion in first.lesions), default=0)
    return taken(place(kept, new, random, number), first.noise if noise is None else noise, 1000 * seed + first.seed)


# -- a brain that was never there ------------------------------------------------------------------------------------


def taken(lesions: tuple[Lesion, ...], noise: float, seed: int) -> Scan:
    """The scan of these lesions; ValueError for noise outside 0 to 0.5."""
    from scipy.ndimage import gaussian_filter

    if not 0 <= noise <= 0.5:
        raise ValueError(f"noise = {noise!r} is not allowed; it is a standard deviation from 0 to 0.5")
    random = np.random.default_rng([seed, 2])
    truth = drawn(lesions)
    clean = gaussian_filter(np.where(truth > 0, LESION, tissue()), BLUR)
    return Scan(lesions, noise, seed, np.clip(clean + random.normal(0, 1, SHAPE) * noise, 0, 1), truth)


def tissue() -> np.ndarray:
    """Brightness of the slice without lesions: air, a grey rim, white matter, and two ventricles with fluid."""
    image = np.full(SHAPE, AIR)
    for brightness, mask in ((FLUID, inside(79, 63)), (GREY, inside(76, 60)), (WHITE, inside(68, 52)), (FLUID, ventricles())):
        image[mask] = brightness
    return image


def inside(rows: float, columns: float, row: float = 0, column: float = 0, angle: float = 0) -> np.ndarray:
    """The pixels of an ellipse with these half axes; `row` and `column` count from the middle of the slice."""
    from skimage.draw import ellipse

    mask = np.zeros(SHAPE, bool)
    mask[ellipse(SHAPE[0] / 2 + row, SHAPE[1] / 2 + column, rows, columns, shape=SHAPE, rotation=angle)] = True
    return mask


def ventricles() -> np.ndarray:
    """The pixels of two slim chambers beside the midline."""
    return inside(24, 6, -4, -11, 0.25) | inside(24, 6, -4, 11, -0.25)


def place(lesions: tuple[Lesion, ...], count: int, random: np.random.Generator, last: int = 0) -> tuple[Lesion, ...]:
    """`lesions` and `count` more, in white matter and apart from each other; they are numbered after `last`."""
    white = inside(62, 46) & ~ventricles()
    wanted = len(lesions) + count
    while len(lesions) < wanted:
        one = somewhere(last + wanted - len(lesions), random)
        if fits(one, lesions, white):
            lesions = (*lesions, one)
    return renumbered(lesions, count, last)


def somewhere(number: int, random: np.random.Generator) -> Lesion:
    """A lesion at a random place; more of them near the ventricles, and small ones more often than large ones."""
    row, column = SHAPE[0] / 2 - 4 + 26 * random.normal(), SHAPE[1] / 2 + 21 * random.normal()
    long = 2.2 + 3.6 * random.random() ** 1.5
    return Lesion(number, row, column, long, long * random.uniform(0.6, 1.0), random.uniform(0, np.pi))


def fits(one: Lesion, others: tuple[Lesion, ...], white: np.ndarray) -> bool:
    """Whether a lesion lies in white matter and keeps its distance from the others, even when it has grown."""
    from scipy.ndimage import binary_dilation

    own = binary_dilation(drawn((replace(one, number=1, long=1.5 * one.long, short=1.5 * one.short),)) > 0, iterations=GAP)
    return bool(np.all(white[own])) and own.any() and not np.any(drawn(others)[own])


def renumbered(lesions: tuple[Lesion, ...], count: int, last: int) -> tuple[Lesion, ...]:
    """The lesions with the last `count` of them numbered from the top of the slice, after `last`."""
    old, new = lesions[:len(lesions) - count], lesions[len(lesions) - count:]
    new = sorted(new, key=lambda lesion: lesion.row)
    return old + tuple(replace(lesion, number=last + k) for k, lesion in enumerate(new, 1))


def drawn(lesions: tuple[Lesion, ...]) -> np.ndarray:
    """The label image of these lesions."""
    labels = np.zeros(SHAPE, int)
    for one in lesions:
        labels[inside(one.long, one.short, one.row - SHAPE[0] / 2, one.column - SHAPE[1] / 2, one.angle)] = one.number
    return labels


# -- what a program finds ----------------------------------------------------------------------------------------------


def suggested_threshold(image: np.ndarray) -> float:
    """Otsu's threshold (IEEE Trans Syst Man Cybern 1979;9:62–66) twice: brain from air, then lesions from brain."""
    from skimage.filters import threshold_otsu

    return float(threshold_otsu(image[image > threshold_otsu(image)]))


def label_lesions(image: np.ndarray, threshold: float | None = None, smallest: float = SMALLEST, smooth: float = 1.0) -> np.ndarray:
    """The label image of what is brighter than `threshold` (0 to 1; `suggested_threshold` unless given).

    The image is smoothed before (`smooth` in pixels), and what is smaller than `smallest` (mm²) is left out.
    ValueError for a threshold outside 0 to 1.
    """
    from scipy.ndimage import gaussian_filter
    from skimage.measure import label
    from skimage.morphology import remove_small_objects

    calm = gaussian_filter(np.asarray(image, float), smooth)
    level = suggested_threshold(calm) if threshold is None else threshold
    if not 0 <= level <= 1:
        raise ValueError(f"threshold = {threshold!r} is not allowed; it is a brightness from 0 to 1")
    return label(remove_small_objects(calm > level, max_size=max(0, int(np.ceil(smallest / PIXEL**2)) - 1)))


def measure(labels: np.ndarray, pixel: float = PIXEL) -> pd.DataFrame:
    """A label image as a table: `label`, middle (`row`, `column`, in pixels), `area_mm2`, `long_mm` (the long axis)."""
    import pandas as pd
    from skimage.measure import regionprops_table

    wanted = ("label", "centroid", "area", "major_axis_length")
    table = pd.DataFrame(regionprops_table(labels, properties=wanted)).set_axis(["label", "row", "column", "area_mm2", "long_mm"], axis=1)
    table["area_mm2"] *= pixel**2
    table["long_mm"] *= pixel
    return table


def find_lesions(image: np.ndarray, threshold: float | None = None, smallest: float = SMALLEST, smooth: float = 1.0) -> pd.DataFrame:
    """What `label_lesions` finds, as the table of `measure`."""
    return measure(label_lesions(image, threshold, smallest, smooth))


# -- how good that is ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """Numbers of true lesions in `hits` and `missed`; labels of what was found and is `false`; the `dice` coefficient."""

    hits: tuple[int, ...]
    missed: tuple[int, ...]
    false: tuple[int, ...]
    dice: float


def compare(found: np.ndarray, truth: np.ndarray) -> Comparison:
    """Found against true, both label images. What shares a pixel belongs together.

    The Dice coefficient is twice the shared pixels over the sum of both (1 is perfect, 0 is nothing shared; NaN when
    both are empty). ValueError for images of different shape.
    """
    if np.shape(found) != np.shape(truth):
        raise ValueError(f"the images differ in shape: {np.shape(found)} and {np.shape(truth)}")
    shared, pixels = (found > 0) & (truth > 0), np.count_nonzero(found) + np.count_nonzero(truth)
    hits, real = numbers(truth[shared]), numbers(found[shared])
    return Comparison(hits=hits, missed=tuple(n for n in numbers(truth) if n not in hits),
                      false=tuple(n for n in numbers(found) if n not in real),
                      dice=float(2 * np.count_nonzero(shared) / pixels) if pixels else float("nan"))


def numbers(labels: np.ndarray) -> tuple[int, ...]:
    """The numbers above 0 in a label image."""
    return tuple(int(n) for n in np.unique(labels) if n > 0)


def changes(before: np.ndarray, after: np.ndarray, pixel: float = PIXEL) -> pd.DataFrame:
    """What became of each lesion between two label images of one brain, in place.

    Columns: `row`, `column` (of the later one where there is one), `before_mm2`, `after_mm2`, and `what`: new, gone,
    grown (half as large again, or more) or same. A lesion is the same one where the two share a pixel.
    """
    import pandas as pd

    old, new = (measure(labels, pixel).set_index("label") for labels in (before, after))
    rows = [later(n, old, new, before, after) for n in new.index]
    rows += [(*old.loc[n, ["row", "column", "area_mm2"]], 0.0, "gone") for n in old.index if not np.any(after[before == n])]
    return pd.DataFrame(rows, columns=["row", "column", "before_mm2", "after_mm2", "what"])


def later(number: int, old: pd.DataFrame, new: pd.DataFrame, before: np.ndarray, after: np.ndarray) -> tuple:
    """The row of `changes` for a lesion of the later image."""
    was = float(old["area_mm2"].reindex(numbers(before[after == number])).sum())
    row, column, area = new.loc[number, ["row", "column", "area_mm2"]]
    what = "new" if not was else "grown" if area >= GROWN * was else "same"
    return row, column, was, area, what
