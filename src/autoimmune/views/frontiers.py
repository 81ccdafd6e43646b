"""Ready views and pictures on new treatments: what they do, to whom, and how sure that is.

    car_t()               CAR T cells and B cells: they vanish and come back (an extension of Kimmel 2021)
    delay()               teplizumab: how much later type 1 diabetes came
    who_benefits()        anifrolumab with a high and with a low interferon signature, and the difference of both
    dosing()              adalimumab for a person's own weight and antibodies (Pan 2026)
    trial_result(trial)   what a virtual trial found, in everybody and by drug level
    trial_size()          many trials of one size: how often they find what is there
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoimmune.methods import virtual_trial
from autoimmune.methods.virtual_trial import points
from autoimmune.models import kimmel_2021, pan_2026
from autoimmune.showing import figures
from autoimmune.showing.describe import Rule, number
from autoimmune.showing.figures import Curve, TimeCourse
from autoimmune.widgets.base.controls import Slider, Toggle
from autoimmune.widgets.base.drawn import Drawing, Drawn
from autoimmune.widgets.explorer import Explorer, explore

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from autoimmune.methods.virtual_trial import Comparison

# -- CAR T cells --------------------------------------------------------------------------------------

YEAR = 365.0
ROOM = {"Emptied blood": {"N": 6.0}, "Full blood": {"N": 500.0}}
RETURN = (
    Rule("peak_C < 1.5*start_C",
         "The blood is full, so CAR T cells find no room and do not multiply. B cells fall to {lowest_B} of 200 per microlitre; after "
         "{until:time} there are {final_B}."),
    Rule("final_B < 100",
         "CAR T cells rise to {peak_C} per microlitre after {peak_time_C:time}. B cells fall to {lowest_B} of 200 after "
         "{lowest_time_B:time}. After {until:time} there are only {final_B} again."),
    Rule("",
         "CAR T cells rise to {peak_C} per microlitre after {peak_time_C:time} and are then crowded out. B cells fall to {lowest_B} of 200 "
         "after {lowest_time_B:time} and come back: after {until:time} there are {final_B}."),
)


def car_t() -> Explorer:
    """CAR T cells rise and go, B cells go and come back (our extension of Kimmel 2021)."""
    sliders = (Slider("N", "Normal T cells left by the chemotherapy", 1.0, 500.0, "per microlitre", log=True),
               Slider("C", "CAR T cells given", 0.01, 10.0, "per microlitre", log=True),
               Slider("k_out", "Turnover of B cells (extension)", 0.01, 0.1, "per day", step=0.001))
    cells = TimeCourse((Curve("N", "Normal T cells", "regulation"), Curve("C", "CAR T cells", "drug")), "cells per microlitre", log=True,
                       low=1e-2, high=1e3, title="T cells in the blood")
    gone = TimeCourse((Curve("B", "B cells", "attack"),), "cells per microlitre", low=0, high=220, title="B cells in the blood")
    return explore(kimmel_2021.b_cell_return, sliders=sliders, presets=ROOM, show=(cells, gone), until=YEAR, rules=RETURN)


# -- dosing -------------------------------------------------------------------------------------------

LOW, HIGH = pan_2026.THERAPEUTIC_RANGE
PEOPLE = {
    "70 kg, few antibodies": {"weight": 70.0, "ADA": 30.0, "dose": 40.0},
    "120 kg, few antibodies": {"weight": 120.0, "ADA": 30.0, "dose": 40.0},
    "70 kg, many antibodies": {"weight": 70.0, "ADA": 1000.0, "dose": 40.0},
}
WHO = "On {dose} mg every two weeks, at {weight} kg and with antibodies of {ADA} AU/ml, "
SKIN = " After {until:time} the skin score is {final_PASI}; it was {start_PASI}."
LEVEL = (
    Rule("dose <= 0", "After the first dose nothing more is given." + SKIN),
    Rule(f"C_trough < {LOW:g}", WHO + f"{{C_trough}} mg/l are left in the long run before each dose, below the range of {LOW:g} to {HIGH:g}." + SKIN),
    Rule(f"C_trough > {HIGH:g}", WHO + f"{{C_trough}} mg/l are left in the long run before each dose, above the range of {LOW:g} to {HIGH:g}." + SKIN),
    Rule("", WHO + f"{{C_trough}} mg/l are left in the long run before each dose, within the range of {LOW:g} to {HIGH:g}." + SKIN),
)


def dosing() -> Explorer:
    """Adalimumab in the blood and the skin score, by weight, antibodies against the drug and dose (Pan 2026)."""
    sliders = (Slider("weight", "Body weight", 40.0, 160.0, "kg", step=5.0),
               Slider("ADA", "Antibodies against the drug", 10.0, 10_000.0, "AU/ml", log=True),
               Slider("dose", "Dose every two weeks", 0.0, 80.0, "mg", step=10.0))
    blood = TimeCourse((Curve("C", "Adalimumab", "drug"),), "level (mg/l)", low=0, high=16, title="Drug in the blood")
    skin = TimeCourse((Curve("PASI", "Skin score", "attack"),), "points", low=0, high=16, title="Psoriasis")
    return explore(pan_2026.model, sliders=sliders, presets=PEOPLE, show=(blood, skin), until=virtual_trial.END, rules=LEVEL,
                   start=PEOPLE["70 kg, few antibodies"])


# -- intervals as pictures ----------------------------------------------------------------------------


def draw_intervals(axes: Axes, rows: list[tuple[str, Comparison, str]], heading: str) -> None:
    """Differences in percentage points with their intervals and a line at 0: (name, comparison, role), the first on top."""
    for place, (_, found, role) in enumerate(rows):
        colour, mark = figures.ROLES[role].light, "D" if role == "signal" else "o"
        axes.plot([100 * found.low, 100 * found.high], [place, place], color=colour, lw=2.4)
        axes.plot(100 * found.difference, place, mark, ms=9, mfc=colour if found.excludes_0 else figures.PAPER, mec=colour, mew=2)
    axes.axvline(0, color=figures.QUIET, lw=1.2, ls=(0, (4, 3)))
    axes.invert_yaxis()
    axes.margins(y=0.12)
    axes.set_xlabel("Difference (percentage points)")
    figures.finish(axes, heading)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x", color=figures.GRID, lw=0.8)
    axes.set_yticks(range(len(rows)), [name for name, _, _ in rows])


def with_limits(found: Comparison) -> str:
    """A comparison in words: "18.5 (10.7 to 26.0)"."""
    return f"{points(found.difference)} ({points(found.low)} to {points(found.high)})"


# -- who benefits, and how much later -----------------------------------------------------------------

ENDPOINTS = {"bicla": "BICLA", "sri-4": "SRI-4"}


def counts(endpoint: str, group: str) -> tuple[int, int, int, int]:
    """Responders and people on anifrolumab, then on placebo, at week 52; `endpoint` bicla or sri-4, `group` high, low or all."""
    from autoimmune.data import facts

    row = facts.load("tulip_interferon_signature").loc[f"{endpoint}-{group}"]
    return tuple(int(row[name]) for name in ("anifrolumab_responders", "anifrolumab_n", "placebo_responders", "placebo_n"))


def who_benefits() -> Drawing:
    """Anifrolumab less placebo with a high and a low interferon signature, and how much the two differ, for two endpoints."""
    rows = []
    for endpoint, name in ENDPOINTS.items():
        high, low = counts(endpoint, "high"), counts(endpoint, "low")
        rows += [(f"{name}: high signature", virtual_trial.compare(*high), "drug"), (f"{name}: low signature", virtual_trial.compare(*low), "drug"),
                 (f"{name}: high less low", virtual_trial.interaction(high, low), "signal")]
    picture = figures.blank(8.4, 4.0)
    draw_intervals(picture.subplots(), rows, "Responders at week 52, anifrolumab less placebo")
    return Drawing(picture, said_of_benefit(rows))


def said_of_benefit(rows: list[tuple[str, Comparison, str]]) -> str:
    """The three differences of each endpoint, and whether the intervals of the last exclude 0."""
    told = [f"{ENDPOINTS[key]}: with a high signature {with_limits(rows[3 * k][1])} more of 100 respond on anifrolumab, with a low one "
            f"{with_limits(rows[3 * k + 1][1])}; the benefit differs by {with_limits(rows[3 * k + 2][1])}."
            for k, key in enumerate(ENDPOINTS)]
    sure = [found.excludes_0 for _, found, role in rows if role == "signal"]
    verdict = "Both of these last intervals include 0." if not any(sure) else "Not both of these last intervals include 0."
    return " ".join([*told, verdict])


REPORTS = {"2019": "2019 report", "2021": "2021, watched longer"}


def delay() -> Drawing:
    """The median time to type 1 diabetes on teplizumab and on placebo, in two reports of one trial."""
    from autoimmune.data import facts

    table, told = facts.load("teplizumab"), []
    picture = figures.blank(8.4, 2.9)
    axes = picture.subplots()
    for place, report in enumerate(REPORTS):
        late, early = (table.loc[f"{report}-{arm}", "median_months"] for arm in ("teplizumab", "placebo"))
        draw_delay(axes, place, early, late)
        told.append(f"In the report of {report} half of the people on placebo had the diagnosis after {early:g} months and half of those on "
                    f"teplizumab after {late:g}, {late - early:.1f} months later.")
    axes.invert_yaxis()
    axes.margins(y=0.4)
    axes.set(xlim=(0, 72), xlabel="Median time to the diagnosis (months)")
    figures.finish(axes, "Teplizumab and the onset of type 1 diabetes")
    axes.grid(visible=False, axis="y")
    axes.set_xticks([12.0 * years for years in range(7)])
    axes.set_yticks(range(len(REPORTS)), REPORTS.values())
    return Drawing(picture, " ".join(told))


def draw_delay(axes: Axes, place: int, early: float, late: float) -> None:
    """Two medians on one line with an arrow from placebo (open) to teplizumab (filled)."""
    colour = figures.ROLES["drug"].light
    axes.annotate("", (late - 0.8, place), (early + 0.8, place), arrowprops={"arrowstyle": "->", "color": figures.QUIET, "lw": 1.6})
    axes.plot(early, place, "o", ms=11, mfc=figures.PAPER, mec=figures.INK, mew=2)
    axes.plot(late, place, "s", ms=11, color=colour)
    above = {"xytext": (0, 11), "textcoords": "offset points", "ha": "center"}
    axes.annotate(f"placebo {early:g}", (early, place), color=figures.INK, **above)
    axes.annotate(f"teplizumab {late:g}", (late, place), color=colour, weight="bold", **above)
    axes.annotate(f"{late - early:.1f} months later", ((early + late) / 2, place), color=figures.QUIET, **above | {"xytext": (0, -19)})


# -- the virtual trial --------------------------------------------------------------------------------

GROUPS = {"below": f"below {LOW:g} mg/l", "within": f"{LOW:g} to {HIGH:g} mg/l", "above": f"above {HIGH:g} mg/l"}


def trial_result(trial: pd.DataFrame) -> Drawing:
    """Dose by level less usual dose in a table of `virtual_trial.run`: everybody, and by level at week 5."""
    found = {"everybody": versus(trial)} | {name: versus(trial[trial["group"] == group]) for group, name in GROUPS.items()}
    picture = figures.blank(8.4, 3.2)
    rows = [(f"{name[0].upper()}{name[1:]}", comparison, "signal" if name == "everybody" else "drug") for name, comparison in found.items()]
    draw_intervals(picture.subplots(), rows, "Responders at week 26, dose by level less usual dose")
    return Drawing(picture, said_of_trial(trial, found))


def versus(trial: pd.DataFrame) -> Comparison:
    """The share of responders with a dose by level, compared with the usual dose."""
    table = virtual_trial.responders(trial).loc[list(virtual_trial.ARMS[::-1]), ["responders", "people"]]
    return virtual_trial.compare(*(int(value) for value in table.to_numpy().ravel()))


def said_of_trial(trial: pd.DataFrame, found: dict[str, Comparison]) -> str:
    """The shares of both arms, their difference, and the differences by level."""
    share = virtual_trial.responders(trial)["share"]
    groups = "; ".join(f"{name} {with_limits(comparison)}" for name, comparison in list(found.items())[1:])
    return (f"Of {len(trial):,} synthetic patients half got the usual dose, and {points(share.iloc[0])} of 100 of them responded; with a dose by level "
            f"{points(share.iloc[1])} of 100 did. The difference is {with_limits(found['everybody'])} points. By level at week 5: {groups}.")


SHARES = (0.728, 0.675)  # dose by level, usual dose: what the virtual trial found (tested)
SHOWN, COUNTED = 40, 2000  # trials that are drawn, and those from which the share is counted
SIZE = Toggle("People in each arm", {number(size): {"per_arm": size} for size in (50.0, 200.0, 1000.0, 5000.0)})


def trial_size() -> Drawn:
    """Forty trials of one size, drawn anew for each size and for other people, and power against size."""
    return Drawn(size_picture, (SIZE,), {"per_arm": 200.0}, again="Other trials, same size")


def size_picture(seed: int = 1, per_arm: float = 200.0) -> Drawing:
    """The intervals of forty trials on the left, and on the right the chance to find the difference against the size."""
    drawn = virtual_trial.differences(*SHARES, round(per_arm), SHOWN, seed)
    picture = figures.blank(8.4, 4.4)
    left, right = picture.subplots(1, 2)
    sure = draw_trials(left, drawn)
    draw_power(right, per_arm)
    share = virtual_trial.power_by_draws(*SHARES, round(per_arm), COUNTED, seed)
    return Drawing(picture, (
        f"With {number(per_arm)} people in each arm {sure} of these {SHOWN} trials find a difference, that is, their interval excludes 0; of "
        f"{COUNTED:,} such trials {number(100 * share, 2)} in 100 do. The true difference is {points(SHARES[0] - SHARES[1])} points, and the trials "
        f"shown here report from {points(drawn[0].min())} to {points(drawn[0].max())}."))


def draw_trials(axes: Axes, drawn) -> int:
    """Each trial as a dot with its interval; those whose interval excludes 0 are filled. Returns how many they are."""
    order = drawn[0].argsort()
    for place, (middle, low, high) in enumerate(100 * drawn[:, order].T):
        sure = low > 0 or high < 0
        colour = figures.ROLES["drug"].light if sure else figures.QUIET
        axes.plot([low, high], [place, place], color=colour, lw=1.4)
        axes.plot(middle, place, "o", ms=4.5, mfc=colour if sure else figures.PAPER, mec=colour)
    axes.axvline(0, color=figures.INK, lw=1.2, ls=(0, (4, 3)))
    axes.axvline(100 * (SHARES[0] - SHARES[1]), color=figures.ROLES["attack"].light, lw=1.4)
    axes.set(yticks=[], xlabel="Difference (percentage points)")
    figures.finish(axes, f"{SHOWN} trials; full line: truth")
    return int(((drawn[1] > 0) | (drawn[2] < 0)).sum())


def draw_power(axes: Axes, per_arm: float) -> None:
    """Power against the size of each arm, with a dot for this size."""
    import numpy as np

    sizes = np.geomspace(20, 10_000, 61)
    axes.plot(sizes, [100 * virtual_trial.power(*SHARES, size) for size in sizes], **figures.stroke("drug"))
    axes.plot(per_arm, 100 * virtual_trial.power(*SHARES, per_arm), "o", ms=9, color=figures.INK, mec=figures.PAPER, mew=1.5, zorder=5)
    axes.axhline(80, color=figures.QUIET, lw=1.2, ls=(0, (4, 3)))
    axes.set(xscale="log", xlim=(20, 10_000), ylim=(0, 102), xlabel="People in each arm")
    axes.minorticks_off()
    figures.name_values(axes, "Trials that find it (%)")
    figures.finish(axes, "Power and size")
    axes.set_xticks([50.0, 200.0, 1000.0, 5000.0])
