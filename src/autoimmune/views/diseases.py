"""Ready views and pictures on four diseases: type 1 diabetes, rheumatoid arthritis, multiple sclerosis, lupus.

    beta_cells()        how fast beta cells are killed, and for how long: sugar and beta cells over four years
    two_mice()          the same wave of dying beta cells in two kinds of mouse
    kidney()            a flare of lupus nephritis under more or less treatment
    ageing_joint()      a joint that becomes inflamed when its circle grows stronger
    ten_years()         one person's multiple sclerosis: what heals and what stays
    how_common()        twelve diseases in one population, with intervals
    lupus_then()        how long people with lupus lived around 1950
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autoimmune.models import baker_2013, budu_grajdeanu_2010, maree_2006, topp_2000
from autoimmune.showing import figures
from autoimmune.showing.describe import OF_MODEL, Rule, number
from autoimmune.showing.figures import Curve, DoseResponse, TimeCourse
from autoimmune.views.joint import INFLAMED_ABOVE
from autoimmune.widgets.base.controls import Option, Slider, Toggle
from autoimmune.widgets.base.drawn import Drawing
from autoimmune.widgets.explorer import Explorer, explore

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# -- type 1 diabetes ----------------------------------------------------------------------------------

FOUR_YEARS = 1460.0
SADDLE = 250  # mg/dl: above it sugar destroys more beta cells than it makes (tested)
ATTACKED = replace(topp_2000.autoimmune,  # above the threshold the sugar of a loss made good has no value
                   derived=tuple(row for row in topp_2000.autoimmune.derived if row.symbol == "kill_critical"))
ENDS = {"relief": 1.0, "stop": 1e6}  # from the day `start` on nothing is killed any more
BETA_CELLS = {
    "Slow": {"kill": 0.010, "start": FOUR_YEARS},
    "A little faster": {"kill": 0.014, "start": FOUR_YEARS},
    "Ended in time": {"kill": 0.014, "start": 1020.0},
    "Ended too late": {"kill": 0.014, "start": 1060.0},
}
SUGAR = (
    Rule("kill <= 0 or start <= 0",
         "No beta cells are killed. For {until:time} there are {final_B} mg of them and the sugar is {final_G} mg/dl."),
    Rule("start >= until and kill <= kill_critical",
         "Killing {kill} per day is below the threshold of {kill_critical}: the loss is made good by growth. After {until:time} "
         "{final_B} of 300 mg of beta cells are left and the sugar is {final_G} mg/dl."),
    Rule("start >= until and final_B > 1",
         "Killing {kill} per day is above the threshold of {kill_critical}: the loss is not made good. After {until:time} "
         "{final_B} of 300 mg of beta cells are left, the sugar is {final_G} mg/dl, and both are still getting worse."),
    Rule("start >= until",
         "Killing {kill} per day is above the threshold of {kill_critical}: the loss is not made good. After {until:time} "
         "no beta cells are left and the sugar is {final_G} mg/dl."),
    Rule(f"final_G >= {SADDLE} and final_B <= 1",
         "Killing {kill} per day ended after {start:time}. That was too late: the sugar had risen above "
         f"{SADDLE} mg/dl, and so much sugar destroys beta cells by itself. After {{until:time}} none is left."),
    Rule(f"final_G >= {SADDLE}",
         "Killing {kill} per day ended after {start:time}. That was too late: the sugar had risen above "
         f"{SADDLE} mg/dl, and so much sugar destroys beta cells by itself. After {{until:time}} {{final_B}} of 300 mg are left."),
    Rule("final_B > 270",
         "Killing {kill} per day ended after {start:time}. That was in time: after {until:time} there are {final_B} of 300 mg of "
         "beta cells again and the sugar is {final_G} mg/dl."),
    Rule("",
         "Killing {kill} per day ended after {start:time}. That was in time: after {until:time} there are {final_B} of 300 mg of "
         "beta cells, the sugar is {final_G} mg/dl, and both are still recovering."),
)


def beta_cells() -> Explorer:
    """Beta cells under attack: a rate of killing, and the day on which the attack ends (an extension of Topp 2000)."""
    sliders = (
        Slider("kill", "Killing of beta cells (extension)", 0.0, 0.03, "per day", step=0.001),
        Slider("start", "The attack ends after", 0.0, FOUR_YEARS, "days", step=20.0),
    )
    show = (TimeCourse((Curve("G", "Sugar", "signal"),), "sugar (mg/dl)", low=0, high=620, title="Sugar in the blood"),
            TimeCourse((Curve("B", "Beta cells", "tissue"),), "mass (mg)", low=0, high=320, title="Beta cells"))
    return explore(ATTACKED, sliders=sliders, presets=BETA_CELLS, show=show, until=FOUR_YEARS, rules=SUGAR,
                   start=ENDS | BETA_CELLS["Slow"])


SEASON = 91.25  # three months
MICE = Toggle("Mouse", (Option("NOD", {"f_1": 1e-5, "f_2": 1e-5}), Option("Balb/c (its rates are unverified)", maree_2006.BALB_C)))
BURNS = 1e4  # activated macrophages per ml: after a season every run is far above or far below (tested)
NOD, BALB = "f_2 < 2e-5", "The macrophages of the Balb/c mouse eat faster (rates unverified). "
WAVE = (
    Rule(f"{NOD} and final_M_a > {BURNS}",
         "The macrophages of the NOD mouse eat slowly. The wave passes and the inflammation stays: after {until:time} "
         "{final_M_a} activated macrophages per ml go on feeding it."),
    Rule(NOD,
         "The macrophages of the NOD mouse eat slowly, but this wave is small enough to be cleared: there are at most {peak_M_a} "
         "activated macrophages per ml, and after {until:time} none."),
    Rule(f"final_M_a > {BURNS}",
         BALB + "Even so the inflammation stays: after {until:time} there are {final_M_a} activated macrophages per ml."),
    Rule("",
         BALB + "The wave calls up to {peak_M_a} activated macrophages per ml, the remains are cleared, and after {until:time} "
         "none is left."),
)


def two_mice() -> Explorer:
    """The same wave of dying beta cells in a NOD and in a Balb/c mouse (Marée 2006)."""
    height = Slider("W_max", "Height of the wave of dying beta cells", 1e3, 1e9, "cells per ml and day", log=True)
    cells = TimeCourse((Curve("M_a", "Activated macrophages", "attack"), Curve("B_n", "Burst beta cells", "tissue")),
                       "cells per ml", log=True, low=1e2, high=1e8)
    return explore(maree_2006.model, toggles=(MICE,), sliders=(height,), show=(cells,), until=SEASON, rules=WAVE,
                   start={"f_1": 1e-5, "f_2": 1e-5, "W_max": 4e7})


# -- lupus --------------------------------------------------------------------------------------------

FLARE = (
    Rule("drug <= 0",
         "Without treatment the damage to the kidney reaches {peak_D} after {peak_time_D:time}. Immune complexes reach {peak_I}."),
    Rule("drug >= 1 and drug <= 1",
         "With the treatment that was given, the damage to the kidney reaches {peak_D} after {peak_time_D:time} and is {final_D} on "
         "day {until}. Immune complexes reach {peak_I}."),
    Rule("peak_D < 1.03*start_D",
         "With {drug} times the treatment that was given, the damage hardly rises above {start_D}, where it began, and is {final_D} "
         "on day {until}. Immune complexes reach {peak_I}."),
    Rule("",
         "With {drug} times the treatment that was given, the damage to the kidney reaches {peak_D} after {peak_time_D:time} and "
         "is {final_D} on day {until}. Immune complexes reach {peak_I}."),
)


def kidney() -> Explorer:
    """One patient's flare of lupus nephritis, with a multiple of the treatment that was given (Budu-Grajdeanu 2010)."""
    drug = Slider("drug", "Treatment, as a multiple of what was given (extension)", 0.0, 20.0, step=0.5)
    course = TimeCourse((Curve("D", "Damage", "attack"), Curve("I", "Immune complexes", "trigger")), "level (no unit)", low=0, high=5.5, title="A flare")
    worst = DoseResponse("final_D", "drug", "Damage on day 300", "Treatment (times what was given)", "attack",
                         title="More treatment, less damage")
    return explore(budu_grajdeanu_2010.model, sliders=(drug,), show=(course, worst), until=300, rules=FLARE, start={"drug": 1.0})


# -- rheumatoid arthritis and multiple sclerosis, as pictures -----------------------------------------


def ageing_joint(until: float = 40.0) -> Drawing:
    """Cytokines in a joint whose circle grows stronger with time (the second model of Baker 2013)."""
    table = baker_2013.ageing.simulate(until, points=round(30 * until) + 1)
    calm = table["p"] < INFLAMED_ABOVE
    turned = table["t"][~calm].iloc[0]
    panes = (TimeCourse((Curve("p", "Pro-inflammatory", "attack"), Curve("a", "Anti-inflammatory", "regulation")),
                        "level (no unit)", title="A joint as the circle grows stronger"),)
    said = (f"{OF_MODEL}For {number(turned, 2)} time units hardly anything can be seen, while the circle grows stronger all the time. Then "
            f"the pro-inflammatory level jumps to {number(table['p'].max(), 2)} at its highest, swings up and down, and does not return: "
            f"it is {number(table['p'].iloc[-1], 2)} in the end.")
    return Drawing(figures.figure(baker_2013.ageing, table, panes, height=3.3), said)


def ten_years(seed: int = 1) -> Drawing:
    """One history of multiple sclerosis: relapses above, and below them the damage that stays (Vélez 2011)."""
    from autoimmune.methods.flares import DAYS
    from autoimmune.models.velez_de_mendizabal_2011 import histories, relapses
    from autoimmune.views.relapses import draw_history

    table = histories(1, 10, seed=seed)
    days = relapses(table["E"])
    picture = figures.blank(8.4, 4.2)
    above, below = picture.subplots(2, sharex=True)
    draw_history(above, table, days)
    below.plot(table["t"] / DAYS, table["L"], **figures.stroke("tissue"))
    below.set(xlabel="Years", xlim=(0, 10), ylim=(0, None))
    for axes, heading in ((above, "Effector T cells, with relapses marked"), (below, "Damage that stays (no unit)")):
        axes.set_title(heading, loc="left", fontsize=12, color=figures.INK, weight="bold")
        axes.spines[["top", "right"]].set_visible(False)
    half = table["L"].iloc[-1] / 2
    said = (f"In ten years this person of the model has {len(days)} relapses at uneven intervals. Each heals for the most part. What stays adds up in "
            f"steps and never falls; between relapses nothing gets worse, as the model has no other way; half of it "
            f"came in the first {number(table['t'][table['L'] <= half].max() / DAYS, 2)} years.")
    return Drawing(picture, said)


# -- counts of people ---------------------------------------------------------------------------------

MARKS = {"organ-specific": ("o", figures.INK), "systemic": ("s", figures.PAPER)}


def how_common() -> Drawing:
    """Twelve diseases in Southern Sardinia: people per 100,000 with 95 % intervals; filled circles are organ-specific."""
    from autoimmune.methods.epidemiology import prevalence

    table = prevalence()
    picture = figures.blank(8.4, 4.6)
    axes = picture.subplots()
    for place, row in enumerate(table.itertuples()):
        shape, fill = MARKS[row.kind]
        axes.plot([row.low, row.high], [place, place], color=figures.QUIET, lw=2)
        axes.plot(row.per_100_000, place, shape, ms=8, mfc=fill, mec=figures.INK, mew=1.6)
    axes.invert_yaxis()
    axes.set(xscale="log", xlim=(5, 4000), xlabel="People with the disease, of 100,000 (each step is tenfold)")
    figures.finish(axes, "Filled circle: organ-specific · open square: systemic")
    axes.title.set_fontsize(11.5)
    axes.grid(axis="x", color=figures.GRID, lw=0.8)
    axes.set_yticks(range(len(table)), table["disease"])
    axes.set_xticks([10.0, 100.0, 1000.0])
    return Drawing(picture, said_of_counts(table))


def said_of_counts(table: pd.DataFrame) -> str:
    """The commonest and the rarest disease, and which neighbours their intervals cannot tell apart."""
    first, last = table.iloc[0], table.iloc[-1]
    overlap = sum(lower["high"] > upper["low"] for (_, upper), (_, lower) in zip(table.iloc[:-1].iterrows(), table.iloc[1:].iterrows(),
                                                                                   strict=True))
    return (f"{first['disease']} is the commonest, with {number(first['per_100_000'], 4)} of 100,000 people ({number(first['low'])} to "
            f"{number(first['high'])}); {last['disease']} the rarest, with {number(last['per_100_000'])} ({number(last['low'], 2)} to "
            f"{number(last['high'], 2)}), from {last['people']} people. Of {len(table) - 1} neighbours in this order {overlap} have "
            "intervals that overlap.")


def lupus_then() -> Drawing:
    """Survival with lupus from 1949 to 1953, with its 95 % interval, and a mark for today."""
    from autoimmune.data import cohorts
    from autoimmune.methods.epidemiology import survival

    table = cohorts.lupus_survival()
    curve = survival(table["years"], table["died"])
    picture = figures.blank(8.4, 3.6)
    axes = picture.subplots()
    draw_survival(axes, curve)
    axes.plot(5, 95, "D", ms=9, color=figures.INK)
    axes.annotate("2008 to 2016, at 5 years: 95", (5, 95), (-10, 0), textcoords="offset points", ha="right", va="center", color=figures.INK)
    figures.finish(axes, "Lupus, 1949 to 1953")
    months = 100 * curve.at(0.25)
    return Drawing(picture, (
        f"Of {len(table)} people with lupus at one hospital from 1949 to 1953, {number(months, 2)} in 100 were alive three months after the "
        f"diagnosis; after {number(curve.median, 2)} years fewer than half were. A mark stands for 2008 to 2016: 95 in 100 alive "
        "after five years."))


def draw_survival(axes: Axes, curve) -> None:
    """A Kaplan–Meier curve as steps in per cent, with its interval as a band."""
    look = figures.stroke("attack")
    axes.fill_between(curve.times, 100 * curve.low, 100 * curve.high, step="post", color=look["color"], alpha=0.15, lw=0)
    axes.plot(curve.times, 100 * curve.alive, drawstyle="steps-post", **look)
    axes.set(xlim=(0, 6), ylim=(0, 103), xlabel="Years after the diagnosis")
    figures.name_values(axes, "Alive, of 100")
