"""Ready views and pictures on diagnosis: what a test, a cut-off, two doctors and a scan can say.

    PATIENT_A           the findings of patient A, who is synthetic, as ids for `criteria` and `score`
    two_tests()         two blood tests in sequence, and what each leaves
    cut_off()           a cut-off under the learner's hand, with the ROC curve (the binormal model)
    islet_risk()        the risk of type 1 diabetes by number of islet antibodies
    years_before()      antibodies in stored blood, years before lupus
    two_neurologists()  how two neurologists judged the same patients
    find()              a synthetic scan: noise and threshold under the learner's hand, against the truth
    two_scans()         a second synthetic scan months later: new, gone, grown
    assumptions()       what the drawings of this lesson assume, and what they must not be used for
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets
import numpy as np

from autoimmune.data import facts
from autoimmune.methods import imaging
from autoimmune.methods.agreement import area_of, neurologists, roc_area
from autoimmune.methods.screening import after
from autoimmune.showing import figures
from autoimmune.showing.describe import number
from autoimmune.widgets.base.controls import Slider, Toggle
from autoimmune.widgets.base.drawn import Drawing, Drawn

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PATIENT_A = {
    "ra_2010": ("swelling", "joints-4-10-small", "serology-negative", "acute-phase-abnormal", "duration-6-weeks"),
    "sle_2019": ("ana", "acute-cutaneous", "joints", "proteinuria", "low-c3-or-c4"),
}
SYNTHETIC = "SYNTHETIC – no person"
GREYS = 16  # of a scan: few enough to leave room for the outlines among the colours of `figures.png`
ROOM = ".snx-slid .widget-readout { grid-column: 2; grid-row: 1; text-align: right; } .snx-slid .slider-container { margin-top: 14px; }"


class Slid(Drawn):
    """A `Drawn` with sliders as well; `draw` gets their values too. `sliders` holds each with its widget."""

    def __init__(self, draw: Callable[..., Drawing], sliders: tuple[Slider, ...], start: dict[str, float],
                 toggles: tuple[Toggle, ...] = (), seed: int = 1, again: str = "Other chances, same numbers"):
        super().__init__(draw, toggles, start, seed, again)
        self.sliders = [(slider, moved(slider, start[slider.symbol])) for slider in sliders]
        for slider, widget in self.sliders:
            widget.observe(lambda change, slider=slider: self.slide(slider, change["new"]), "value")
        row = ipywidgets.Box([widget for _, widget in self.sliders]).add_class("snx-sliders").add_class("snx-slid")
        style = ipywidgets.HTML(f"<style>{ROOM}</style>", layout={"display": "none"})
        self.children = [*self.children, row, style]

    def slide(self, slider: Slider, value: float) -> None:
        """Take over the value of a slider."""
        if self.values[slider.symbol] != value:
            self.values[slider.symbol] = slider.check(round(value, 6))
            self.show()

    def reset(self) -> None:
        """Go back to the start."""
        super().reset()
        for slider, widget in self.sliders:
            widget.value = self.values[slider.symbol]


def moved(slider: Slider, value: float) -> ipywidgets.FloatSlider:
    """A slider that shows its value, and tells the kernel when it is released."""
    name = f"{slider.label} ({slider.unit})" if slider.unit else slider.label
    return ipywidgets.FloatSlider(min=slider.low, max=slider.high, step=slider.step or (slider.high - slider.low) / 100, value=slider.check(value),
                                  description=name, continuous_update=False, readout_format=".2f", style={"description_width": "initial"})


def canvas(width: float = 8.4, height: float = 3.6) -> Figure:
    """An empty figure with more room above and below; sizes in inches."""
    picture = figures.blank(width, height)
    picture.get_layout_engine().set(h_pad=0.1)
    return picture


# -- blood tests ---------------------------------------------------------------------------------------


def headed(axes: Axes, words: str) -> None:
    """The look of `figures.finish` with the heading close above the picture."""
    figures.finish(axes, words)
    axes.set_title(words, loc="left", fontsize=12.5, color=figures.INK, weight="bold", pad=8)


def two_tests(prevalence: float = 1.0) -> Drawing:
    """Coeliac disease in adults: tTG antibodies first, EMA in those who are positive; errors taken to be independent."""
    first = after("coeliac-ttg-adults", prevalence)
    second = after("coeliac-ema-adults", first)
    picture = canvas(height=2.9)
    axes = picture.subplots()
    names = ("Adults in whom nothing is known", "tTG antibodies found", "tTG and then EMA found")
    for place, share in enumerate((prevalence, first, second)):
        draw_share(axes, place, share)
    axes.set(xlim=(0, 112), ylim=(2.6, -0.6), xlabel="Of 100 people in this row, have coeliac disease")
    headed(axes, "One test after another")
    axes.grid(False)
    axes.set_yticks(range(3), names)
    return Drawing(picture, (
        f"Of 100 adults in whom nothing is known, {number(prevalence, 2)} {'has' if prevalence == 1 else 'have'} coeliac disease. Of 100 with tTG "
        f"antibodies {number(first, 2)} have it, and of 100 in whom EMA are found as well, {number(second, 2)}. This takes the errors of the two tests "
        "to be independent."))


def draw_share(axes: Axes, place: float, share: float) -> None:
    """A bar from 0 to 100, filled up to `share` (per cent), with its number."""
    axes.barh(place, 100, height=0.6, color=figures.PAPER, edgecolor=figures.QUIET, lw=1)
    axes.barh(place, share, height=0.6, color=figures.ROLES["attack"].light)
    axes.text(101.5, place, number(share, 2), va="center", fontsize=12, weight="bold", color=figures.INK)


# -- a cut-off -----------------------------------------------------------------------------------------

PEOPLE = 40  # in each group of the sample
RANGE = np.linspace(-3.5, 6.5, 301)


def cut_off() -> Slid:
    """The results of a test in two groups, a cut-off between them, and the ROC curve (the binormal model)."""
    sliders = (Slider("cut", "Cut-off: positive from here on", -2.0, 5.0, step=0.1),
               Slider("apart", "Distance between the groups", 0.0, 4.0, "standard deviations", step=0.1))
    return Slid(draw_cut_off, sliders, {"cut": 1.0, "apart": 1.5}, again="Other people, same numbers")


def draw_cut_off(seed: int = 1, cut: float = 1.0, apart: float = 1.5) -> Drawing:
    """The two groups with the cut-off, and the ROC curve with a sample of people."""
    from scipy.stats import norm

    sensitivity, false = norm.sf(cut - apart), norm.sf(cut)
    without, with_it = sample(seed, apart)
    picture = canvas(height=3.9)
    left, right = picture.subplots(1, 2, width_ratios=(1.35, 1))
    draw_groups(left, cut, apart)
    draw_roc(right, apart, (false, sensitivity), (without, with_it))
    return Drawing(picture, (
        f"With the cut-off at {number(cut, 2) if cut else '0'}, {round(100 * sensitivity)} of 100 people with the disease test positive (sensitivity) and "
        f"{round(100 * (1 - false))} of 100 without it test negative (specificity). The area under the curve is {roc_area(apart):.2f}, wherever the "
        f"cut-off is; among the {PEOPLE} and {PEOPLE} people drawn by chance it is {area_of(with_it, without):.2f}. A drawing of the binormal model, "
        "and of no real test."))


def sample(seed: int, apart: float) -> tuple[np.ndarray, np.ndarray]:
    """Results of PEOPLE without the disease and of as many with it."""
    random = np.random.default_rng(seed)
    return random.normal(0, 1, PEOPLE), random.normal(apart, 1, PEOPLE)


def draw_groups(axes: Axes, cut: float, apart: float) -> None:
    """Two bell curves; what lies beyond the cut-off is filled."""
    from scipy.stats import norm

    for middle, role, words in ((0, "regulation", "without the disease"), (apart, "attack", "with it")):
        density = norm.pdf(RANGE, middle)
        axes.plot(RANGE, density, **figures.stroke(role))
        axes.fill_between(RANGE, density, where=RANGE >= cut, color=figures.ROLES[role].light, alpha=0.22, lw=0)
        side = "right" if role == "regulation" else "left"
        axes.text(middle - 0.25 if side == "right" else middle + 0.25, 0.42, words, ha=side, color=figures.ROLES[role].light, weight="bold")
    axes.axvline(cut, 0, 0.97, color=figures.INK, lw=1.6)
    axes.annotate("tests positive →", (cut, 0.5), (4, 0), textcoords="offset points", va="center", color=figures.INK)
    axes.set(xlim=(-3.5, 6.5), ylim=(0, 0.54), xlabel="Result of the test (standard deviations)")
    headed(axes, "Two groups, one cut-off")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def draw_roc(axes: Axes, apart: float, here: tuple[float, float], people: tuple[np.ndarray, np.ndarray]) -> None:
    """The ROC curve of the model, the steps of the sample, and a dot for the cut-off."""
    from scipy.stats import norm

    cuts = np.linspace(-6, 10, 401)
    without, with_it = (np.sort(group) for group in people)
    seen = np.sort(np.concatenate([*people, [-9, 9]]))[::-1, None]
    axes.plot([0, 100], [0, 100], color=figures.GRID, lw=1.2)
    axes.plot(100 * np.mean(without >= seen, axis=1), 100 * np.mean(with_it >= seen, axis=1), color=figures.QUIET, lw=1, drawstyle="steps-post")
    axes.plot(100 * norm.sf(cuts), 100 * norm.sf(cuts - apart), **figures.stroke("attack"))
    axes.plot(100 * here[0], 100 * here[1], "o", ms=10, color=figures.INK, mec=figures.PAPER, mew=1.5, clip_on=False, zorder=5)
    axes.text(97, 6, f"area {roc_area(apart):.2f}", ha="right", weight="bold", color=figures.INK, fontsize=12)
    axes.set(xlim=(0, 100), ylim=(0, 100), xlabel="False alarms, of 100 without it", aspect="equal")
    figures.name_values(axes, "Found, of 100 with it")
    figures.finish(axes, "ROC curve")


# -- years before --------------------------------------------------------------------------------------

ISLETS = {"none": "none (by the age of 15)", "single": "one kind (after 10 years)", "multiple": "two or more (after 10 years)"}


def islet_risk() -> Drawing:
    """Children with diabetes by number of islet antibodies, with 95 % intervals (Ziegler 2013)."""
    table = facts.load("t1d_autoantibody_risk").loc[list(ISLETS)]
    picture = canvas(height=2.8)
    axes = picture.subplots()
    for place, row in enumerate(table.itertuples()):
        axes.barh(place, row.risk_percent, height=0.55, color=figures.ROLES["attack"].light)
        axes.plot([row.ci_low, row.ci_high], [place, place], color=figures.INK, lw=2.2)
        axes.text(max(row.ci_high, row.risk_percent) + 1.5, place, number(row.risk_percent), va="center", weight="bold", color=figures.INK, fontsize=12)
    axes.set(xlim=(0, 100), ylim=(2.6, -0.6), xlabel="Children with type 1 diabetes, of 100")
    headed(axes, "Islet antibodies found")
    axes.grid(False)
    axes.set_yticks(range(len(table)), ISLETS.values())
    none, single, multiple = (f"{number(row.risk_percent)} ({number(row.ci_low)} to {number(row.ci_high)})" for row in table.itertuples())
    return Drawing(picture, (f"Of 100 children with two or more kinds of islet antibodies {multiple} had type 1 diabetes ten years later; with one kind "
                             f"{single}; without any, {none} by the age of 15."))


def years_before() -> Drawing:
    """Antibodies in stored blood of people who later had lupus: how many had them, and how long before (Arbuckle 2003)."""
    table = facts.load("sle_preclinical_autoantibodies").drop(index="any").sort_values("mean_years_before", ascending=False, kind="stable")
    picture = canvas(height=3.4)
    axes = picture.subplots()
    for place, row in enumerate(table.itertuples()):
        axes.plot([-row.mean_years_before, 0], [place, place], color=figures.ROLES["attack"].light, lw=2)
        axes.plot(-row.mean_years_before, place, "o", ms=9, color=figures.ROLES["attack"].light)
        axes.text(0.08, place, f"{row.antibody}: {number(row.percent_positive)} of 100", va="center", color=figures.INK, fontsize=11)
    axes.axvline(0, color=figures.INK, lw=1.4)
    axes.set(xlim=(-4, 1.9), ylim=(len(table) - 0.4, -0.6), xlabel="Years before the diagnosis, on average")
    headed(axes, "Found in stored blood before lupus was diagnosed")
    axes.set_yticks([])
    axes.set_xticks([-4, -3, -2, -1, 0], ["4", "3", "2", "1", "diagnosis"])
    axes.spines["left"].set_visible(False)
    first, last = table.iloc[0], table.iloc[-1]
    return Drawing(picture, (
        f"Of {number(table['n'].iloc[0])} people who later had lupus, {number(first['percent_positive'])} of 100 had {first['antibody']} in stored blood, found "
        f"{number(first['mean_years_before'])} years before the diagnosis on average. Later came {last['antibody']}, in "
        f"{number(last['percent_positive'])} of 100 and {number(last['mean_years_before'])} years before it."))


# -- two neurologists ----------------------------------------------------------------------------------


def two_neurologists(patients_from: str = "Winnipeg") -> Drawing:
    """The judgements of two neurologists on the same patients; frames mark where they agree."""
    from matplotlib.patches import Rectangle

    counts = neurologists(patients_from)
    picture = canvas(6.4, 4.4)
    axes = picture.subplots()
    for (row, column), patients in np.ndenumerate(counts.to_numpy()):
        axes.scatter(column, row, s=26 * patients, color=figures.ROLES["regulation"].light, alpha=0.35, lw=0)
        axes.text(column, row, str(patients), ha="center", va="center", fontsize=13, color=figures.INK, weight="bold" if row == column else "normal")
        if row == column:
            axes.add_patch(Rectangle((column - 0.47, row - 0.47), 0.94, 0.94, fill=False, ec=figures.INK, lw=1.8))
    axes.set(xlim=(-0.6, 3.6), ylim=(3.6, -0.6), xlabel="Neurologist from New Orleans", ylabel="Neurologist from Winnipeg")
    axes.set_xticks(range(4), counts.columns)
    axes.set_yticks(range(4), counts.index)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=11)
    axes.set_title(f"{counts.to_numpy().sum()} patients from {patients_from}; framed: the two agree", loc="left", fontsize=12, weight="bold", color=figures.INK)
    return Drawing(picture, said_of_pair(counts, patients_from))


def said_of_pair(counts: pd.DataFrame, patients_from: str) -> str:
    """How often the two agree, how far apart they are, and who is surer."""
    cells = counts.to_numpy()
    far = sum(cells[i, j] for i, j in np.ndindex(4, 4) if abs(i - j) > 1)
    return (f"Of {cells.sum()} patients from {patients_from} the two neurologists put {np.trace(cells)} into the same class. Of the others {far} are two or more "
            f"classes apart. The neurologist from Winnipeg was surer than his colleague {np.tril(cells, -1).sum()} times, and less sure {np.triu(cells, 1).sum()} times.")


# -- scans ---------------------------------------------------------------------------------------------


LOOKS = {"hit": ("#56B4E9", "-"), "missed": ("#F08A3C", "--"), "false": ("#E6E6E6", ":")}


def find() -> Slid:
    """A synthetic scan, and what a threshold finds in it, against the truth."""
    sliders = (Slider("threshold", "Threshold: lesion from this brightness on", 0.45, 0.8, step=0.01),
               Slider("noise", "Noise of the scan", 0.0, 0.3, step=0.01))
    return Slid(draw_find, sliders, {"threshold": 0.6, "noise": 0.15}, again="Another scan, same numbers")


def draw_find(seed: int = 1, threshold: float = 0.6, noise: float = 0.15) -> Drawing:
    """The scan as it is seen, and beside it hits, missed and false lesions."""
    made = imaging.scan(seed, noise=noise)
    found = imaging.label_lesions(made.image, threshold)
    result = imaging.compare(found, made.truth)
    picture = canvas(8.4, 5.3)
    seen, marked = picture.subplots(1, 2)
    for axes, heading in ((seen, "The scan"), (marked, "Found, against the truth")):
        show(axes, made.image, heading)
    outline(marked, found, result.false, "false", "×")
    outline(marked, made.truth, result.missed, "missed", "{n} missed")
    outline(marked, np.where(np.isin(made.truth, result.hits), made.truth, 0), result.hits, "hit", "{n}", found)
    return Drawing(picture, said_of_find(made, found.max(), result, threshold))


def said_of_find(made: imaging.Scan, reported: int, result: imaging.Comparison, threshold: float) -> str:
    """How many lesions are reported, which of the true ones are found, how many are false, and the Dice coefficient."""
    missed = f" (missed: number {', '.join(map(str, result.missed))})" if result.missed else ""
    false = f"{len(result.false)} of those that it reports {'is' if len(result.false) == 1 else 'are'} not there (×)" if result.false else "all that it reports are there"
    return (f"Synthetic scan with {len(made.lesions)} lesions and noise {made.noise:.2f}. From a brightness of {threshold:.2f} on, the program reports "
            f"{reported}. It finds {len(result.hits)} of the {len(made.lesions)}{missed}, and {false}. The Dice coefficient is {result.dice:.2f}.")


def show(axes: Axes, image: np.ndarray, heading: str) -> None:
    """A scan with a scale bar of 20 mm, a heading, and the word SYNTHETIC on the picture itself."""
    from matplotlib import colormaps

    axes.imshow(image, cmap=colormaps["gray"].resampled(GREYS), vmin=0, vmax=1, interpolation="nearest")
    rows, columns = image.shape
    axes.plot([8, 8 + 20 / imaging.PIXEL], [rows - 6] * 2, color="white", lw=3, solid_capstyle="butt")
    axes.text(8, rows - 9, "20 mm", color="white", fontsize=9, va="bottom")
    axes.text(columns - 4, 4, SYNTHETIC, color="white", fontsize=9, ha="right", va="top", weight="bold")
    axes.set_title(heading, loc="left", fontsize=12, weight="bold", color=figures.INK, pad=8)
    axes.axis("off")


def outline(axes: Axes, labels: np.ndarray, chosen: tuple[int, ...], kind: str, words: str, found: np.ndarray | None = None) -> None:
    """Outlines of the `chosen` labels (of what was `found` there, if given), each with `words`; {n} is its number."""
    from matplotlib.patheffects import withStroke
    from skimage.measure import find_contours

    colour, dash = LOOKS[kind]
    edge = [withStroke(linewidth=3, foreground="black")]
    for n in chosen:
        mask = labels == n if found is None else np.isin(found, found[(labels == n) & (found > 0)])
        for line in find_contours(np.pad(mask, 1).astype(float), 0.5):
            axes.plot(line[:, 1] - 1, line[:, 0] - 1, color=colour, ls=dash, lw=1.7, path_effects=edge if dash == "-" else None)
        rows, columns = np.nonzero(mask)
        column, row = (columns.mean(), rows.max() + 6 if words == "gone" else rows.min() - 5) if kind == "missed" else (columns.max() + 2.5, rows.min() - 1)
        axes.text(column, row, words.format(n=n), ha="center" if kind == "missed" else "left", va="center", color=colour, fontsize=9.5,
                  weight="bold", path_effects=edge, clip_on=True)


def two_scans(seed: int = 1, threshold: float = 0.6, noise: float = 0.05) -> Drawing:
    """A synthetic scan and a second one months later; what the program says has changed, beside what is true."""
    first = imaging.scan(seed, noise=noise)
    second = imaging.follow_up(first)
    before, after_it = (imaging.label_lesions(each.image, threshold) for each in (first, second))
    found, true = imaging.changes(before, after_it), imaging.changes(first.truth, second.truth)
    picture = canvas(8.4, 5.3)
    for axes, each, heading in zip(picture.subplots(1, 2), (first, second), ("First scan", "Months later"), strict=True):
        show(axes, each.image, heading)
    outline(picture.axes[0], before, imaging.numbers(before), "hit", "{n}")
    for row in found.itertuples():
        mark_change(picture.axes[1], row, before if row.what == "gone" else after_it)
    return Drawing(picture, f"Two synthetic scans of one brain. The program says: {counted(found)}. The truth: {counted(true)}.")


def mark_change(axes: Axes, row, labels: np.ndarray) -> None:
    """The outline of one row of `imaging.changes` with the word for what became of it."""
    places = imaging.measure(labels)
    nearest = places.loc[np.hypot(places["row"] - row.row, places["column"] - row.column).idxmin(), "label"]
    kind = {"same": "false", "gone": "missed"}.get(row.what, "hit")
    outline(axes, labels, (int(nearest),), kind, "" if row.what == "same" else row.what)


def counted(table: pd.DataFrame) -> str:
    """How many lesions of `imaging.changes` are new, gone, grown and the same, in words."""
    counts = table["what"].value_counts()
    return ", ".join(f"{counts.get(what, 0)} {words}" for what, words in (
        ("new", "new"), ("gone", "gone"), ("grown", "grown"), ("same", "about the same")))


# -- a card --------------------------------------------------------------------------------------------

CARD = (  # in short words: a table on a page cuts a cell after fifty letters
    ("1,000 people", "Bayes' theorem", "published", "Everybody equally likely before the test"),
    ("Two tests in sequence", "Bayes' theorem, twice", "published", "The two tests err independently"),
    ("Cut-off and ROC", "two normal groups of equal spread (binormal)", "extension", "No skew, equal spread: it is no real test"),
    ("Scans", "ellipses, a blur and even noise", "extension", "No anatomy: judge no program for people by it"),
)


def assumptions() -> pd.DataFrame:
    """What each drawing of lesson 06 is, whose numbers it has, and what it assumes; shape (4, 3)."""
    import pandas as pd

    return pd.DataFrame(CARD, columns=["drawing", "what it is", "numbers", "what it assumes"]).set_index("drawing")
