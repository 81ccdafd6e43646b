"""Ready views on causes: genes, triggers, chance, and how they add up.

    twins()                twins of the ill: a threshold of liability, heritability and how common the disease is
    my_risk()              what an odds ratio means for 1,000 people, where the disease is rare and where it is common
    together()             smoking and an HLA type in multiple sclerosis: what the two do together
    gene_and_trigger()     how fast macrophages eat, and how high the wave of dying cells is, in a mouse
    gene_trigger_map()     the same two as a map: where the inflammation stays
    how_strong()           what was found of nine suspected causes, and how
    pregnancy()            relapses of multiple sclerosis before, during and after pregnancy
    needles()              103 markers in families with Crohn disease, or with fair coins in place of what was passed on
    alike()                two peptides laid over each other, and shuffled ones
    primed()               T cells that answer a germ meet a self peptide that resembles it
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from autoimmune.data import facts
from autoimmune.methods import risk
from autoimmune.modelling.model import Quantity
from autoimmune.models import liability_threshold, maree_2006, thymic_selection
from autoimmune.showing import figures
from autoimmune.showing.describe import OF_MODEL, Rule, number
from autoimmune.showing.figures import INK, PAPER, QUIET, ROLES, Curve, TimeCourse
from autoimmune.widgets.base.controls import Slider, Toggle
from autoimmune.widgets.base.drawn import Drawing, Drawn
from autoimmune.widgets.explorer import Explorer, explore

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALE = "#D9D9D9"


def canvas(height: float, *columns: float) -> tuple[Figure, list[Axes]]:
    """A figure of the usual width (inches) with one axes for each of the relative widths `columns`."""
    picture = figures.blank(8.4, height)
    return picture, list(np.ravel(picture.subplots(1, len(columns), width_ratios=columns)))


def squares(axes: Axes, count: int, of: int, heading: str, columns: int) -> None:
    """`of` squares in rows of `columns`, the first `count` of them filled in the colour of an attack."""
    places = np.arange(of)
    ill = places < count
    size = 70 if of <= 100 else 11
    for chosen, colour, shape in ((~ill, PALE, "s"), (ill, ROLES["attack"].light, "s")):
        axes.scatter(places[chosen] % columns, -(places[chosen] // columns), s=size, marker=shape, color=colour, linewidths=0)
    axes.set(xlim=(-0.8, columns - 0.2), ylim=(-of / columns + 0.2, 0.8), xticks=[], yticks=[], aspect="equal")
    axes.spines[:].set_visible(False)
    axes.set_title(heading, loc="left", fontsize=10.5, color=INK)


# -- twins ----------------------------------------------------------------------------------------------

HERITABILITY = Toggle("Heritability of liability", {f"{value:.0%}".replace("%", " %"): {"h2": value} for value in (0.2, 0.5, 0.8, 0.95)})
COMMON = Toggle("People who have the disease", {"1 in 1,000": {"K": 0.001}, "5 in 1,000": {"K": 0.005}, "1 in 100": {"K": 0.01},
                                                "5 in 100": {"K": 0.05}})
KINDS = {"monozygotic": ("Identical twins", "attack"), "dizygotic": ("Non-identical twins", "regulation")}


def twins() -> Drawn:
    """Twins of people with a disease, under a threshold of liability (Falconer 1965)."""
    return Drawn(twins_picture, (HERITABILITY, COMMON), {"h2": 0.8, "K": 0.005}, again="Other twins, same numbers")


def twins_picture(seed: int = 1, h2: float = 0.8, K: float = 0.005) -> Drawing:
    """Liability of everybody and of twins of the ill, and 100 twins of each kind."""
    expected = liability_threshold.twin_concordance(K, h2)
    rng = np.random.default_rng([seed, 1])
    found = {kind: int(rng.binomial(100, share)) for kind, share in expected.items()}
    picture, (left, middle, right) = canvas(3.5, 2.1, 1, 1)
    draw_liability(left, h2, K)
    for axes, kind in ((middle, "monozygotic"), (right, "dizygotic")):
        squares(axes, found[kind], 100, f"{KINDS[kind][0]}\nof the ill: {found[kind]} ill", 10)
    said = (f"{OF_MODEL}Of 1,000 people {number(1000 * K)} have this disease, and {number(100 * h2)} % of the differences in liability are put down "
            f"to genes. Of 100 identical twins of ill people {number(100 * expected['monozygotic'], 2)} are expected to be ill too, of 100 "
            f"non-identical ones {number(100 * expected['dizygotic'], 2)}; in this picture {found['monozygotic']} and "
            f"{found['dizygotic']} are.")
    return Drawing(picture, said)


def liability_density(liability: np.ndarray, K: float, r: float) -> np.ndarray:
    """How the liability of people is spread whose relative is ill; `r` is the correlation, and r = 0 means anybody.

    φ(x)·Φ((r·x - t)/√(1 - r²))/K, from the same bivariate normal distribution as `liability_threshold.concordance`.
    """
    from scipy.stats import norm

    t = liability_threshold.threshold(K)
    return norm.pdf(liability) * norm.cdf((r * liability - t) / (1 - r * r)**0.5) / K


def draw_liability(axes: Axes, h2: float, K: float) -> None:
    """Three humps and the threshold; what lies beyond it is shaded."""
    x, t = np.linspace(-4, 6, 501), liability_threshold.threshold(K)
    humps = [("Everybody", "signal", 0.0)] + [
        (name, role, liability_threshold.twin_correlation(h2, kind)) for kind, (name, role) in KINDS.items()]
    for place, (name, role, r) in enumerate(humps):
        y = liability_density(x, K, r)
        axes.plot(x, y, **figures.stroke(role))
        axes.fill_between(x, y, where=x >= t, color=ROLES[role].light, alpha=0.25, lw=0)
        axes.text(0.01, 0.96 - 0.1 * place, name, transform=axes.transAxes, color=ROLES[role].light, weight="bold", va="top")
    axes.axvline(t, color=INK, lw=1.4, ls=(0, (4, 3)))
    axes.text(t + 0.15, 0.98, "ill →", transform=axes.get_xaxis_transform(), va="top", color=INK)
    axes.set(xlim=(-4, 6), ylim=(0, 0.75), yticks=[], xlabel="Liability (standard deviations)")
    figures.finish(axes, "Who crosses the threshold?")


# -- from an odds ratio to a person's risk ---------------------------------------------------------------

RATIO = Toggle("Odds ratio", {f"{value:g}": {"odds_ratio": value} for value in (1.6, 5.0, 17.0, 60.0)})
WITHOUT = Toggle("Risk without it", {"1 in 10,000": {"without": 1e-4}, "5 in 1,000": {"without": 5e-3}, "5 in 100": {"without": 0.05},
                                     "30 in 100": {"without": 0.3}})


def my_risk() -> Drawn:
    """1,000 people without a gene variant and 1,000 with it."""
    return Drawn(risk_picture, (RATIO, WITHOUT), {"odds_ratio": 17.0, "without": 5e-3})


def risk_picture(seed: int = 1, odds_ratio: float = 17.0, without: float = 5e-3) -> Drawing:
    """How many of 1,000 are ill without and with it, and the risk ratio against the risk without it."""
    having = risk.risk_with(without, odds_ratio)
    rng = np.random.default_rng([seed, 2])
    ill = [int(rng.binomial(1000, share)) for share in (without, having)]
    picture, (left, middle, right) = canvas(3.6, 1, 1, 1.25)
    squares(left, ill[0], 1000, f"1,000 without it:\n{ill[0]} ill", 25)
    squares(middle, ill[1], 1000, f"1,000 with it:\n{ill[1]} ill", 25)
    draw_ratio(right, odds_ratio, without)
    said = (f"An odds ratio of {number(odds_ratio)}, where {number(1000 * without)} of 1,000 people without it are ill: with it the risk is "
            f"{number(100 * having)} %, so {number(1000 * (1 - having))} of 1,000 stay well. The risk is {number(having / without)} times as "
            f"high. By chance {ill[0]} and {ill[1]} are ill in this picture.")
    return Drawing(picture, said)


def draw_ratio(axes: Axes, odds_ratio: float, without: float) -> None:
    """The risk ratio that belongs to an odds ratio, against the risk without the factor."""
    x = np.geomspace(5e-5, 0.6, 201)
    axes.plot(100 * x, [risk.risk_with(each, odds_ratio) / each for each in x], **figures.stroke("attack"))
    axes.axhline(odds_ratio, color=QUIET, lw=1.2, ls=(0, (4, 3)))
    axes.text(0.02, odds_ratio, f"odds ratio {number(odds_ratio)}", transform=axes.get_yaxis_transform(), va="bottom", color=INK)
    axes.plot(100 * without, risk.risk_with(without, odds_ratio) / without, "o", ms=9, color=INK, mec=PAPER, mew=1.5, zorder=5)
    axes.set(xscale="log", xlim=(0.005, 60), ylim=(0, 1.2 * odds_ratio), xlabel="Risk without it (%)")
    figures.name_values(axes, "Times as high with it")
    figures.finish(axes, "Risk ratio")
    axes.set_xticks([0.01, 0.1, 1, 10])
    axes.minorticks_off()


# -- two causes together ----------------------------------------------------------------------------------

FOUR = {"neither": None, "smoking\nalone": "ms-smoker-2011", "the HLA type\nalone": "ms-drb1-15-no-a-02-2011",
        "both": "ms-drb1-15-no-a-02-smoker-2011"}


def together() -> Drawing:
    """Multiple sclerosis with neither, one or both of two causes (Hedström 2011), in the parts of which it is made."""
    odds = facts.load("hla_associations")["odds_ratio"]
    smoking, gene, both = (float(odds[row]) for row in FOUR.values() if row)
    found = risk.interaction(smoking, gene, both)
    picture, (axes,) = canvas(3.6, 1)
    parts = ((1.0, "1 that anybody has", "signal", (0, 1, 2, 3)), (smoking - 1, "added by smoking", "trigger", (1, 3)),
             (gene - 1, "added by the HLA type", "regulation", (2, 3)), (found.excess, "only when both meet", "attack", (3,)))
    draw_stack(axes, parts)
    axes.set_xticks(range(4), list(FOUR))
    axes.tick_params(axis="x", labelsize=11)
    said = (f"Against people with neither, the odds of multiple sclerosis are {number(smoking)} times as high with smoking alone, "
            f"{number(gene)} times with the HLA type alone and {number(both)} times with both. If each only added its own part, "
            f"{number(found.expected)} would be expected. The excess is {number(found.excess)}: {number(100 * found.proportion, 2)} % of "
            "the ratio of those who have both.")
    return Drawing(picture, said)


def draw_stack(axes: Axes, parts: tuple) -> None:
    """Bars made of named parts; each part stands in the bars that are listed with it."""
    top = np.zeros(4)
    hatches = {"signal": "", "trigger": "..", "regulation": "//", "attack": ""}
    for height, name, role, places in parts:
        places = list(places)
        axes.bar(places, height, bottom=top[places], width=0.62, color=ROLES[role].light, alpha=0.85, hatch=hatches[role], edgecolor=PAPER,
                 label=name)
        top[places] += height
    for place, height in enumerate(top):
        axes.text(place, height + 0.2, number(height), ha="center", color=INK, weight="bold")
    axes.set(ylim=(0, 15.5), xlim=(-0.6, 3.6))
    figures.name_values(axes, "Odds against people with neither (odds ratio)")
    figures.finish(axes, "More than the sum")
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], frameon=False, fontsize=10.5, loc="upper left")


# -- gene and trigger in a mouse ---------------------------------------------------------------------------

SEASON, BURNS = 91.25, 1e4  # three months (days); activated macrophages per ml, far from where any run ends (tested)
EATERS = replace(
    maree_2006.model,
    name="maree_2006_appetite",
    title="Macrophages that eat slowly or fast, in NOD mice",
    equations=re.sub(r"\bf_([12])\*", r"appetite*f_\1*", maree_2006.model.equations),
    parameters=(*maree_2006.model.parameters,
                Quantity("appetite", 1.0, "1", "eating by all macrophages, as a multiple of that in NOD mice", status="extension")))
APPETITE = Slider("appetite", "Eating by macrophages, times that of the NOD mouse (extension)", 0.9, 2.5, step=0.05)
TRIGGER = Slider("W_max", "Height of the wave of dying cells", 1e3, 1e8, "cells per ml and day", log=True)
CORNERS = {"Slow eaters, tiny wave": {"appetite": 1.0, "W_max": 2e3}, "Fast eaters, high wave": {"appetite": 2.0, "W_max": 4e7},
           "Slow eaters, high wave": {"appetite": 1.0, "W_max": 4e7}}
BOTH = (
    Rule(f"final_M_a > {BURNS}",
         "The eating is {appetite} times that of a NOD mouse and the wave {W_max} cells per ml and day. The wave passes and the "
         "inflammation stays: after {until:time} there are {final_M_a} activated macrophages per ml."),
    Rule("",
         "The eating is {appetite} times that of a NOD mouse and the wave {W_max} cells per ml and day. The remains are cleared: there "
         "were at most {peak_M_a} activated macrophages per ml, and after {until:time} none is left."),
)


def gene_and_trigger() -> Explorer:
    """A gene (how fast macrophages eat) and a trigger (the wave of dying beta cells) in a mouse: an extension of Marée 2006."""
    cells = TimeCourse((Curve("M_a", "Activated macrophages", "attack"), Curve("B_n", "Burst beta cells", "tissue")),
                       "cells per ml", log=True, low=1e2, high=1e8)
    return explore(EATERS, sliders=(APPETITE, TRIGGER), presets=CORNERS, show=(cells,), until=SEASON, rules=BOTH,
                   start=CORNERS["Slow eaters, tiny wave"])


@lru_cache
def burning(points: int = 41) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Appetites, waves, and whether the inflammation stays for each pair, shape (appetites, waves)."""
    import pandas as pd

    appetites, waves = np.linspace(APPETITE.low, APPETITE.high, points), np.geomspace(TRIGGER.low, TRIGGER.high, points)
    grid = pd.DataFrame([(eats, wave) for eats in appetites for wave in waves], columns=["appetite", "W_max"])
    return appetites, waves, left_behind(grid).reshape(points, points)


def left_behind(mice: pd.DataFrame) -> np.ndarray:
    """Whether the inflammation stays, for each row of parameters; what a row has not is that of the NOD mouse."""
    mice = mice.assign(**{name: value for name, value in EATERS.defaults.items() if name not in mice})
    return EATERS.simulate(SEASON, patients=mice, points=3).groupby("patient")["M_a"].last().to_numpy() > BURNS


def lowest_wave() -> float:
    """The lowest wave (cells per ml and day) that leaves an inflammation in the NOD mouse, within 1 %: the map has wider steps."""
    import pandas as pd

    waves = np.geomspace(TRIGGER.low, 10 * TRIGGER.low, 232)
    return float(waves[left_behind(pd.DataFrame({"W_max": waves}))].min())


def gene_trigger_map() -> Drawing:
    """Where the inflammation stays, over the appetite of the macrophages and the height of the wave."""
    from matplotlib.colors import ListedColormap

    appetites, waves, stays = burning()
    picture, (axes,) = canvas(3.6, 1)
    axes.pcolormesh(waves, appetites, stays, cmap=ListedColormap(["#E8F1F6", ROLES["attack"].light]), shading="nearest", alpha=0.85)
    for place, words, colour in (((2e5, 1.2), "the inflammation stays", PAPER), ((2e5, 2.0), "it ends: they eat fast enough", INK),
                                 ((1.1e3, 1.2), "it ends:\ntoo low", INK)):
        axes.text(*place, words, color=colour, weight="bold", fontsize=11, va="center")
    axes.set(xscale="log", xlim=(1e3, 1e8), ylim=(APPETITE.low, APPETITE.high), xlabel="The trigger: height of the wave (cells per ml and day)")
    figures.name_values(axes, "The gene: eating, times that of the NOD mouse")
    figures.finish(axes, "It takes both")
    axes.minorticks_off()
    axes.grid(visible=False)
    said = (f"{OF_MODEL}At the appetite of the NOD mouse the inflammation stays whenever the wave is above about {number(lowest_wave(), 2)} cells per ml and "
            f"day. Above about {number(appetites[stays.any(axis=1)].max(), 2)} times that appetite no wave on the map leaves one behind.")
    return Drawing(picture, said)


# -- suspects ----------------------------------------------------------------------------------------------

SUSPECTS = {
    "ms-ebv-seroconversion": "Epstein–Barr virus → multiple sclerosis", "t1d-enterovirus": "Enterovirus → type 1 diabetes",
    "ra-smoking-drb1-04": "Smoking + DRB1*04 → rheumatoid arthritis", "ms-mononucleosis": "Glandular fever → multiple sclerosis",
    "several-ptsd": "Post-traumatic stress → five diseases", "any-stress-disorder": "Stress-related disorder → 41 diseases",
    "any-vitamin-d-trial": "Vitamin D tablets → any (trial)", "ms-vitamin-d-50": "More vitamin D in blood → multiple sclerosis",
    "ms-vitamin-d-q5": "Most vitamin D in blood → multiple sclerosis"}
TRIALS = {"any-vitamin-d-trial"}


def how_strong() -> Drawing:
    """Ratios with their 95 % limits for nine suspected causes; a filled square is a randomised trial."""
    table = facts.load("environment").loc[list(SUSPECTS)]
    picture, (axes,) = canvas(4.2, 1)
    for place, (fact, row) in enumerate(table.iterrows()):
        trial = fact in TRIALS
        axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=QUIET, lw=2)
        axes.plot(row["value"], place, "s" if trial else "o", ms=8, mfc=INK if trial else PAPER, mec=INK, mew=1.6)
    axes.axvline(1, color=INK, lw=1.2, ls=(0, (4, 3)))
    axes.invert_yaxis()
    axes.set(xscale="log", xlim=(0.15, 300), xlabel="Ratio (1 = no difference; each step is tenfold)")
    axes.plot([], [], "o", ms=8, mfc=PAPER, mec=INK, mew=1.6, label="people observed")
    axes.plot([], [], "s", ms=8, color=INK, label="people randomised")
    axes.legend(frameon=False, fontsize=10.5, loc="lower right")
    figures.finish(axes, "Suspects")
    axes.grid(axis="y", visible=False)
    axes.set_yticks(range(len(table)), [SUSPECTS[fact] for fact in table.index])
    axes.minorticks_off()
    return Drawing(picture, said_of_suspects(table))


def said_of_suspects(table: pd.DataFrame) -> str:
    """The strongest suspect, with its limits, and the one that was put to a trial."""
    top, trial = table.loc["ms-ebv-seroconversion"], table.loc["any-vitamin-d-trial"]
    return (f"Of {len(table)} findings the strongest is the Epstein–Barr virus in multiple sclerosis: {number(top['value'])}, with limits from "
            f"{number(top['ci_low'])} to {number(top['ci_high'])}. Only one was put to a randomised trial, vitamin D: "
            f"{number(trial['value'])} ({number(trial['ci_low'])} to {number(trial['ci_high'])}).")


def pregnancy() -> Drawing:
    """Relapses per woman and year around 227 pregnancies (PRIMS), with intervals that we worked out from the spread."""
    table = facts.load("ms_pregnancy").sort_values("order")
    rate, margin = table["relapses_per_woman_year"], 1.96 * table["sd"] / table["n_women"]**0.5
    picture, (axes,) = canvas(3.4, 1)
    axes.errorbar(range(len(table)), rate, yerr=margin, fmt="o", ms=9, color=ROLES["attack"].light, ecolor=QUIET, elinewidth=2, capsize=4)
    axes.axhline(rate.iloc[0], color=QUIET, lw=1.2, ls=(0, (4, 3)))
    axes.set(ylim=(0, 1.6), xlim=(-0.5, 4.5))
    figures.name_values(axes, "Relapses per woman and year")
    figures.finish(axes, "Multiple sclerosis around a pregnancy")
    axes.set_xticks(range(len(table)), [period.replace(" before", "\nbefore").replace(" trimester", "\ntrimester").replace(" after", "\nafter")
                                        for period in table["period"]])
    before, third, after = (rate[row] for row in ("before", "trimester-3", "after-delivery"))
    return Drawing(picture, (
        f"In the year before pregnancy there were {number(before)} relapses per woman and year, in its last three months {number(third)}, in "
        f"the three months after delivery {number(after)}. Averaged over the pregnancy and those three months it is "
        f"{number(rate.iloc[1:].mean())}."))


# -- many markers ----------------------------------------------------------------------------------------

FAMILIES = Toggle("What the parents passed on", {"as it was": {"coins": 0}, "by a fair coin": {"coins": 1}})


@lru_cache
def crohn():
    """The trios, and what their parents passed on."""
    from autoimmune.data import cohorts
    from autoimmune.methods import trios

    table = cohorts.crohn_trios()
    return table, trios.family_counts(table)


def needles() -> Drawn:
    """The transmission test at 103 markers of 5q31: what parents passed on, or a fair coin for each family."""
    return Drawn(needles_picture, (FAMILIES,), {"coins": 0}, again="Other coins")


def needles_picture(seed: int = 1, coins: int = 0) -> Drawing:
    """The p-value of each marker along the chromosome, with the line for one test and the line for all of them."""
    from autoimmune.methods import trios

    table, counts = crohn()
    tested = trios.transmission_test(table, trios.tosses(counts, np.random.default_rng(seed)) if coins else counts)
    naive, corrected = int((tested["p"] < 0.05).sum()), int((tested["p_corrected"] < 0.05).sum())
    picture, (axes,) = canvas(3.6, 1)
    draw_needles(axes, tested)
    figures.finish(axes, f"{'A fair coin for each family' if coins else 'As it was'}: {naive} markers below 0.05")
    start = "With a fair coin in place of what parents passed on" if coins else "In these families"
    best = tested.loc[tested["p"].idxmin()]
    said = (f"{start}, {naive} of {len(tested)} markers have a p-value below 0.05 and {corrected} below 0.05 divided by {len(tested)}. The "
            f"lowest belongs to marker {best['marker']}: parents with two different alleles passed on the one {best['passed']} times and "
            f"the other {best['kept']} times.")
    return Drawing(picture, said)


def draw_needles(axes: Axes, tested: pd.DataFrame) -> None:
    """Minus the power of ten of each p-value, against the place of its marker."""
    kilobases, height = tested["position"] / 1e3, -np.log10(tested["p"])
    lines = {0.05: "0.05", 0.05 / len(tested): f"0.05 / {len(tested)}"}
    strong = tested["p_corrected"] < 0.05
    axes.vlines(kilobases, 0, height, color=PALE, lw=1)
    axes.plot(kilobases[~strong], height[~strong], "o", ms=5, mfc=PAPER, mec=INK)
    axes.plot(kilobases[strong], height[strong], "D", ms=7, color=ROLES["attack"].light)
    for level, words in lines.items():
        axes.axhline(-np.log10(level), color=QUIET, lw=1.2, ls=(0, (4, 3)))
        axes.text(1.0, -np.log10(level), f" {words}", transform=axes.get_yaxis_transform(), va="center", color=INK)
    axes.set(ylim=(0, 6), xlim=(kilobases.min() - 15, kilobases.max() + 15), xlabel="Place on the chromosome (thousand bases)")
    figures.name_values(axes, "p-value: each step is ten times smaller")


# -- mimicry ----------------------------------------------------------------------------------------------

PAIRS = {"b27-klebsiella": "HLA-B27 / Klebsiella", "mbp-balf5": "Myelin / EBV", "pdc-e2": "Bile ducts / E. coli",
         "ro60-ebna1": "Ro60 / EBV"}
KNOWN = {"b27-klebsiella": "That it causes the disease is disputed.", "mbp-balf5": "A T cell clone recognises both.",
         "pdc-e2": "T cell clones recognise both.", "ro60-ebna1": "Antibodies bind both."}
PAIR = Toggle("Pair", {words: {"pair": pair} for pair, words in PAIRS.items()})


def sequences(pair: str) -> tuple[str, str]:
    """The self peptide and the microbial one of a pair, in letters."""
    rows = facts.load("mimicry_peptides").query("pair == @pair").set_index("role")["sequence"]
    return rows["self"], rows["microbial"]


def alike() -> Drawn:
    """Four pairs of peptides: their best local alignment, and the scores of shuffled ones."""
    return Drawn(alike_picture, (PAIR,), {"pair": "b27-klebsiella"}, again="Shuffle again")


def alike_picture(seed: int = 1, pair: str = "b27-klebsiella", shuffles: int = 999) -> Drawing:
    """The alignment in letters, and its score among those of shuffled peptides."""
    from autoimmune.methods import mimicry

    own, foreign = sequences(pair)
    found, test = mimicry.alignment(own, foreign), mimicry.shuffle_test(own, foreign, shuffles=shuffles, rng=seed)
    picture, (left, right) = canvas(3.2, 1, 1.15)
    draw_alignment(left, own, foreign, str(found))
    draw_shuffles(right, test)
    higher = int((test.shuffled >= test.score).sum())
    said = (f"{PAIRS[pair]}: the best stretch scores {number(test.score)}, with {found.identical} of {found.length} letters the same. Of "
            f"{shuffles} shuffled peptides {higher} score at least as high: p = {number(test.p_value, 2)}. {KNOWN[pair]}")
    return Drawing(picture, said)


def draw_alignment(axes: Axes, own: str, foreign: str, aligned: str) -> None:
    """Both peptides, and below them the stretch that aligns best."""
    axes.axis("off")
    axes.set_title("Two peptides", loc="left", fontsize=13, color=INK, weight="bold", pad=26)
    lines = ((0.98, "Self", own), (0.76, "Microbe", foreign), (0.52, "The stretch that aligns best", aligned))
    for height, name, words in lines:
        axes.text(0, height, name, transform=axes.transAxes, va="top", color=QUIET, fontsize=10.5)
        axes.text(0, height - 0.09, words, transform=axes.transAxes, va="top", color=INK, family="monospace", fontsize=13, linespacing=1.1)
    axes.text(0, 0.0, "|  same letter     :  alike in chemistry", transform=axes.transAxes, color=QUIET, fontsize=10, va="bottom")


def draw_shuffles(axes: Axes, test) -> None:
    """The scores of shuffled peptides, and a line for that of the pair."""
    edges = np.arange(-0.5, max(test.shuffled.max(), test.score) + 3.5)
    axes.hist(test.shuffled, bins=edges, color=PALE, edgecolor=QUIET, linewidth=0.4)
    axes.axvline(test.score, color=ROLES["attack"].light, lw=3)
    side = {"ha": "right", "x": test.score - 0.6} if test.score > 20 else {"ha": "left", "x": test.score + 0.6}
    axes.text(side["x"], 0.93, "this pair", transform=axes.get_xaxis_transform(), ha=side["ha"], va="top", color=ROLES["attack"].light,
              weight="bold")
    axes.set(xlabel="Score of the alignment", xlim=(0, edges[-1]))
    figures.name_values(axes, "Shuffled peptides")
    figures.finish(axes, "Remarkable?")


DIFFERENCES = Toggle("Letters that differ, of nine", {str(count): {"differ": count} for count in (1, 2, 3, 4, 5)})
PRIMED = Toggle("The T cell", {"never met the germ": {"relief": 0.0}, "primed by the germ": {"relief": thymic_selection.RELIEF}})


@lru_cache
def answering(seed: int, young: int = 20_000, body: int = 1000, germs: int = 100_000) -> tuple[np.ndarray, np.ndarray]:
    """Germ peptides that some cell of a perfect thymus answers, and for each one such cell; each of shape (pairs, 9)."""
    rng = np.random.default_rng(seed)
    own, cells = thymic_selection.peptides(body, rng), thymic_selection.peptides(young, rng)
    kept = cells[thymic_selection.select(cells, own, 1.0) == thymic_selection.KEPT]
    foreign = thymic_selection.peptides(germs, rng)
    answered = foreign[thymic_selection.recognised(foreign, kept)]
    responds = thymic_selection.binding_energy(kept, answered) < thymic_selection.E_N
    chosen = [rng.choice(np.flatnonzero(column)) for column in responds.T]
    return answered, kept[chosen]


@lru_cache
def meeting(seed: int, differ: int) -> np.ndarray:
    """Binding energies (RT) of cells with a self peptide that differs from their germ in `differ` letters; only cells that
    ignore it before they are primed."""
    germs, cells = answering(seed)
    resembling = thymic_selection.mutated(germs, differ, np.random.default_rng([seed, differ]))
    energies = thymic_selection.contact_energies()[cells, resembling].sum(axis=1)
    return energies[energies >= thymic_selection.E_N]


def primed() -> Drawn:
    """T cells that answer a germ and ignore a self peptide like it, before and after the infection."""
    return Drawn(primed_picture, (PRIMED, DIFFERENCES), {"relief": 0.0, "differ": 1}, again="Other cells and germs")


def primed_picture(seed: int = 1, relief: float = 0.0, differ: int = 1) -> Drawing:
    """How tightly the cells bind the self peptide, with the line that they have to pass, and the share that does."""
    energies = meeting(seed, differ)
    shares = [100 * float((meeting(seed, count) < thymic_selection.E_N + relief).mean()) for count in range(1, 6)]
    picture, (left, right) = canvas(3.5, 1.35, 1)
    draw_meeting(left, energies, relief)
    right.plot(range(1, 6), shares, marker="o", ms=6, **figures.stroke("attack" if relief else "regulation"))
    right.plot(differ, shares[differ - 1], "o", ms=10, color=INK, mec=PAPER, mew=1.5, zorder=5)
    right.set(xlim=(0.7, 5.3), ylim=(-2, 105), xlabel="Letters that differ, of nine", xticks=np.arange(1.0, 6.0))
    figures.name_values(right, "Cells that attack self (%)")
    figures.finish(right, "Primed" if relief else "Not primed")
    attack = int((energies < thymic_selection.E_N + relief).sum())
    letters = "1 letter" if differ == 1 else f"{differ} letters"
    state = "Primed by the germ" if relief else "Before any infection"
    said = (f"{OF_MODEL}Here {len(energies)} T cells answer a germ and ignore a self peptide that differs from it in {letters} of nine. {state}, "
            f"{attack} of them attack the self peptide: {number(shares[differ - 1], 2)} %.")
    return Drawing(picture, said)


def draw_meeting(axes: Axes, energies: np.ndarray, relief: float) -> None:
    """A histogram of binding energies; to the left of the line a cell attacks."""
    line = thymic_selection.E_N + relief
    edges = np.arange(thymic_selection.E_N, -19.9, 1.0)
    shown = np.clip(energies, None, edges[-1] - 0.01)
    _, _, bars = axes.hist(shown, bins=edges, color=PALE, edgecolor=QUIET, linewidth=0.4)
    for bar in bars:
        if bar.get_x() < line - 0.01:
            bar.set(facecolor=ROLES["attack"].light, hatch="//", edgecolor=PAPER)
    axes.axvline(line, color=INK, lw=1.4, ls=(0, (4, 3)))
    axes.text(line + 0.2, 0.97, "← attacks", transform=axes.get_xaxis_transform(), va="top", color=INK)
    axes.set(xlim=(thymic_selection.E_N - 2, edges[-1]), ylim=(0, 1.3 * axes.get_ylim()[1]), xlabel="Binding energy (tighter to the left)",
             xticks=np.arange(-38.0, -19.0, 3.0))
    figures.name_values(axes, "Cells")
    figures.finish(axes, "How tightly they bind self")
