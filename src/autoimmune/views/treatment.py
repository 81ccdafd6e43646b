"""Ready views and pictures on treatment: what it takes away, what that costs, and what trials showed.

    drug_map()          classes of medicines: which box of the map each acts on, and in which diseases
    steroid_window()    an infection under a steroid: too little, in the window, too much
    skin_score()        adalimumab from the dose to the skin, with body weight and antibodies against the drug
    b_cells()           rituximab, and the gap in B cells that outlasts it
    one_knob()          one suppression, two outcomes: an attack on self and an infection
    hundred_people()    what the number needed to treat looks like in people
    two_drugs()         two drugs in the same disease: one did not help, one did
    crohn_counts()      counts that are spread wider than a Poisson law allows
    infections()        how many serious infections there are for each one without the drug
    rare_infection()    a rare infection of the brain under natalizumab, by time and by a blood test
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autoimmune.methods import trials
from autoimmune.modelling.model import Model, Quantity
from autoimmune.models import chen_2024, pan_2026, reynolds_2006, tradeoff
from autoimmune.showing import figures
from autoimmune.showing.describe import Rule, number
from autoimmune.showing.figures import Curve, DoseResponse, TimeCourse
from autoimmune.widgets.base.controls import Slider
from autoimmune.widgets.base.drawn import Drawing
from autoimmune.widgets.explorer import Explorer, explore

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# -- classes of medicines ------------------------------------------------------------------------------

SHORT = {"rheumatoid-arthritis": "RA", "lupus": "lupus", "multiple-sclerosis": "MS", "type-1-diabetes": "type 1 diabetes",
         "myasthenia-gravis": "myasthenia gravis", "psoriasis": "psoriasis", "crohn": "Crohn", "ankylosing-spondylitis": "spondylitis",
         "neuromyelitis-optica": "neuromyelitis optica"}


def listed(cell: str) -> list[str]:
    """The names in one cell of the facts, which semicolons separate."""
    return [name.strip() for name in cell.split(";")] if isinstance(cell, str) else []


def drug_map() -> Drawing:
    """A dot for each box of the map that a class of medicines acts on, with the diseases in which our sources name it."""
    from autoimmune.data import facts
    from autoimmune.showing import atlas

    rows = facts.load("drug_classes")
    hits = rows["hits"].map(listed)
    boxes = [node for node in atlas.NODES if any(node.name in names for names in hits)]
    picture = figures.blank(10.4, 7.6)
    axes = picture.subplots()
    for place in range(len(rows)):
        at = [x for x, node in enumerate(boxes) if node.name in hits.iloc[place]]
        axes.plot(at, [place] * len(at), "o-", color=figures.ROLES["drug"].light, ms=8, lw=1.2)
        if not at:
            axes.text(-0.3, place, "not known for sure", va="center", style="italic", fontsize=9.5, color=figures.QUIET, backgroundcolor=figures.PAPER)
    axes.set(ylim=(len(rows) - 0.5, -0.5), xlim=(-0.5, len(boxes) - 0.5))
    figures.finish(axes, "Where each class of medicines acts on the map")
    axes.set_yticks(range(len(rows)), [with_example(row) for _, row in rows.iterrows()], fontsize=9.5)
    axes.set_xticks(range(len(boxes)), [node.name for node in boxes], rotation=40, ha="right", fontsize=9.5)
    axes.grid(color=figures.GRID, lw=0.8)
    treated = axes.secondary_yaxis("right")  # the layout leaves room for its words
    treated.set_yticks(range(len(rows)), [", ".join(SHORT[name] for name in listed(each)) for each in rows["diseases"]], fontsize=9.5)
    treated.tick_params(length=0)
    treated.spines["right"].set_visible(False)
    return Drawing(picture, said_of_classes(rows, hits))


def with_example(row: pd.Series) -> str:
    """The class, with one of its medicines where its name does not say it."""
    example = row["example"]
    return row["drug_class"] if example.lower() in row["drug_class"].lower() else f"{row['drug_class']} ({example})"


def said_of_classes(rows: pd.DataFrame, hits: pd.Series) -> str:
    """How many classes act where, in words."""
    def on(name: str) -> int:
        return sum(name in names for names in hits)
    several = sum(len(names) > 2 for names in hits)
    unknown = " and ".join(rows.loc[[not names for names in hits], "drug_class"]).lower()
    return (f"Of {len(rows)} classes of medicines {on('helper T cells')} act on helper T cells, {on('B cells')} on B cells, {on('antibodies')} on "
            f"antibodies themselves and {on('complement')} on complement; {several} act on three boxes or more. Where {unknown} acts is not known for sure.")


# -- steroids: a window -------------------------------------------------------------------------------


def already_on_it(model: Model) -> Model:
    """Reynolds' model of a patient whose mediator starts at its level s_c/mu_c, whatever s_c is.

    X is the mediator above that level, so it starts at 0 and the equations say the same thing (tested).
    """
    line = next(line for line in model.equations.splitlines() if "dC_A/dt" in line)
    right = line.split("=")[1].replace("s_c + ", "").replace("mu_c*C_A", "mu_c*X")
    equations = "\n".join(["C_A = s_c/mu_c + X", model.equations.replace(line, f"dX/dt = {right}")])
    above = Quantity("X", 0.0, "C_A-units", "mediator above the level that is supplied", status="extension", note="C_A - s_c/mu_c")
    return replace(model, name="reynolds_2006_on_steroid", equations=equations, states=(*model.states[:3], above))


ON_STEROID = already_on_it(reynolds_2006.model)
SIX_WEEKS = 1008.0  # hours
GERMS = 1.2
STEROID = {
    "No steroid": {"s_c": 0.0125, "P": GERMS},
    "Too little": {"s_c": 0.014, "P": GERMS},
    "In the window": {"s_c": 0.02, "P": GERMS},
    "Steroid too high": {"s_c": 0.035, "P": GERMS},
}
USUAL = reynolds_2006.model.defaults["s_c"]
ENDINGS = (  # the condition, and what is said of it
    ("final_P > 0.1", "The infection wins: the phagocytes are held back so much that germs stay, at a level of {final_P}, and the damage is {final_D}."),
    ("final_N > 0.1", "The germs are cleared, but the inflammation goes on without them: damage keeps calling phagocytes, and is {final_D} after {until:time}."),
    ("s_c >= 0", "The germs are cleared and the inflammation ends. The damage is {peak_D} at its highest, and heals."),
)
DOSES = ((f" and s_c <= {USUAL}", "Without a steroid. "), ("", f"A steroid adds {{s_c/{USUAL} - 1:percent}} to the usual supply of what calms inflammation. "))
WINDOW = tuple(Rule(when + dose, told + said) for dose, told in DOSES for when, said in ENDINGS)


def steroid_window() -> Explorer:
    """An infection under more or less of a calming mediator, such as a steroid (Reynolds 2006)."""
    sliders = (Slider("s_c", "Supply of what calms (steroid)", 0.0125, 0.05, "per hour", step=0.0005),
               Slider("P", "Germs at the start", 0.4, 1.5, "million per ml", step=0.05))
    course = TimeCourse((Curve("P", "Germs", "trigger"), Curve("D", "Damage", "tissue")), "level (the paper's units)", low=0, high=18)
    window = DoseResponse("final_D", "s_c", "Damage after six weeks", "Supply of what calms (per hour)", "tissue", low=0.005, high=0.05,
                          points=91, title="Too little, enough, too much")
    return explore(ON_STEROID, sliders=sliders, presets=STEROID, show=(course, window), until=SIX_WEEKS, rules=WINDOW,
                   start=STEROID["Too little"])


# -- a biologic: from the dose to the skin --------------------------------------------------------------

YEAR = 364.0  # days
PEOPLE = {
    "70 kg": {"weight": 70.0, "ADA": 76.03, "dose": 40.0},
    "110 kg": {"weight": 110.0, "ADA": 76.03, "dose": 40.0},
    "Antibodies against the drug": {"weight": 70.0, "ADA": 600.0, "dose": 40.0},
    "Both, twice the dose": {"weight": 110.0, "ADA": 600.0, "dose": 80.0},
}
LEVEL = ("A person of {weight} kg with {ADA} units of antibodies against the drug, {dose} mg every two weeks. In the long run the level "
         "before a dose is {C_trough} mg/l, ")
SKIN = (
    Rule("dose <= 0", "After the first dose nothing more is given. The level falls, and after {until:time} the skin score is back at {final_PASI} points."),
    Rule("C_trough < 3.2", LEVEL + "which is below the range of 3.2 to 7 that the study aims at. The skin score falls from {base} to {final_PASI} points."),
    Rule("C_trough <= 7", LEVEL + "which is in the range of 3.2 to 7 that the study aims at. The skin score falls from {base} to {final_PASI} points."),
    Rule("", LEVEL + "which is above the range of 3.2 to 7 that the study aims at. The skin score falls from {base} to {final_PASI} points."),
)


def skin_score() -> Explorer:
    """Adalimumab in psoriasis: dose, body weight and antibodies against the drug, to level and skin score (Pan 2026)."""
    sliders = (Slider("weight", "Body weight", 45.0, 140.0, "kg", step=1.0),
               Slider("ADA", "Antibodies against the drug", 10.0, 1000.0, "units per ml", log=True),
               Slider("dose", "Dose every two weeks", 0.0, 120.0, "mg", step=10.0))
    level = TimeCourse((Curve("C", "Drug", "drug"),), "drug (mg/l)", low=0, high=16, title="Level in the blood")
    score = TimeCourse((Curve("PASI", "Skin score", "attack"),), "skin score (points)", low=0, high=16, title="Skin")
    return explore(pan_2026.model, sliders=sliders, presets=PEOPLE, show=(level, score), until=YEAR, rules=SKIN, start=PEOPLE["70 kg"])


# -- a biologic that removes cells ----------------------------------------------------------------------


def watched(model: Model) -> Model:
    """Chen's model with two clocks and a witness, which act on nothing: days with more than a hundredth of the drug still in the
    body, days with fewer than half of the B cells, and the B cells as they were when the first clock stopped (all extensions).

    The witness follows B within a fifth of a day and stands still once the drug is gone. It lets go a little early (1.12), which
    makes up for what it still follows while the switch closes: within 1 % over the whole range of the sliders (tested).
    """
    clocks = ("given = 2*Min(dose*BSA, dose_most)", "left = 100*(A_1 + A_2)/given", "dT_drug/dt = left^20/(1 + left^20)",
              "dT_gap/dt = 1/(1 + (2*B/B_0)^20)", "dB_seen/dt = 5*left^20/(1.12^20 + left^20)*(B - B_seen)")
    states = (Quantity("T_drug", 0.0, "d", "days with more than a hundredth of the drug", status="extension"),
              Quantity("T_gap", 0.0, "d", "days with fewer than half of the B cells", status="extension"),
              Quantity("B_seen", model.initial["B"], "1e6/l", "B cells when a hundredth of the drug is left", status="extension"))
    return replace(model, name="chen_2024_watched", equations="\n".join([model.equations, *clocks]), states=(*model.states, *states))


WATCHED = watched(chen_2024.model)
INFUSIONS = {
    "As given": {"dose": 375.0, "k_out": 0.051},
    "Twice the dose": {"dose": 750.0, "k_out": 0.051},
    "Slow return": {"dose": 375.0, "k_out": 0.02},
}
FALL = ("Two infusions of {dose} mg/m². B cells fall from {B_0} to {lowest_B} million per litre. When a hundredth of the drug is left, after "
        "{final_T_drug:time}, there are {final_B_seen}. ")
GAP = (
    Rule("final_B < B_0/2", FALL + "After {until:time} fewer than half of them are back."),
    Rule("final_T_gap < final_T_drug", FALL + "Half of them are back before that, after {final_T_gap:time}."),
    Rule("", FALL + "Only after {final_T_gap:time} half of them are back: the gap outlasts the drug."),
)


def b_cells() -> Explorer:
    """Rituximab in the blood and the B cells that it removes, over a year (Chen 2024; the upper limit of a dose is lifted)."""
    sliders = (Slider("dose", "Each of two infusions", 25.0, 750.0, "mg per m²", step=25.0),
               Slider("k_out", "How fast new B cells replace old ones", 0.02, 0.15, "per day", step=0.001))
    drug = TimeCourse((Curve("A_1", "Rituximab", "drug"),), "rituximab (mg)", log=True, low=0.01, high=1e3, title="Drug in the blood")
    cells = TimeCourse((Curve("B", "B cells", "regulation"),), "B cells (million per litre)", log=True, low=1.0, high=1e3, title="Cells in the blood")
    return explore(WATCHED, sliders=sliders, presets=INFUSIONS, show=(drug, cells), until=365, rules=GAP,
                   start=INFUSIONS["As given"] | {"dose_most": 1000.0})


# -- one knob, two outcomes -----------------------------------------------------------------------------

TWO_YEARS = 730.0
BURNING, GERM_WINS = 1000.0, 0.1  # effector T cells; germs: after two years runs are far above or far below (tested)
KNOB = {
    "A window": {"b_1": 0.1, "k_pg": 0.5, "u": 0.2},
    "A narrow window": {"b_1": 0.06, "k_pg": 0.5, "u": 0.24},
    "No window": {"b_1": 0.0, "k_pg": 0.5, "u": 0.3},
    "A milder germ": {"b_1": 0.0, "k_pg": 0.45, "u": 0.5},
}
OF_U = "The drug takes off {u:percent}. The attack on self dies out above {u_needed:percent}. "
OUTCOMES = (
    Rule(f"final_P > {GERM_WINS} and u > u_needed", OF_U + "Here it dies out, and the infection wins: too much."),
    Rule(f"final_P > {GERM_WINS}", OF_U + "Here it goes on, and the infection wins as well: the worst of both."),
    Rule("u > u_needed", OF_U + "Here it dies out, and the infection is cleared: this is in the window."),
    Rule("", OF_U + "Here it goes on; the infection is cleared: too little."),
)


def one_knob() -> Explorer:
    """The same suppression holds back an attack on self and the answer to a germ (tradeoff, an extension)."""
    sliders = (Slider("u", "Share taken off by the drug (extension)", 0.0, 0.8, step=0.01),
               Slider("b_1", "The body's own control of the attack", 0.0, 0.12, "per day", step=0.01),
               Slider("k_pg", "Growth of the germ", 0.3, 0.5, "per hour", step=0.01))
    attack = DoseResponse("final_E", "u", "Effector T cells after two years", "Suppression", "attack", title="The attack on self", points=41)
    germs = DoseResponse("final_P", "u", "Germs after two years", "Suppression", "trigger", title="The infection", points=41)
    return explore(tradeoff.model, sliders=sliders, presets=KNOB, show=(attack, germs), until=TWO_YEARS, rules=OUTCOMES,
                   start={"b_1": 0.1, "k_pg": 0.5, "u": 0.05})


# -- what trials showed ---------------------------------------------------------------------------------


FATES = (("as many as improve on placebo", "o", "regulation", True), ("more than on placebo", "s", "tissue", True),
         ("do not improve", "o", "signal", False))


def hundred_people(treated: int = 28, of_treated: int = 41, control: int = 14, of_control: int = 43) -> Drawing:
    """A hundred people on the drug: as many as improve on placebo, how many more improve, and how many do not.

    The second number is a balance: two groups do not tell which person the drug helped or harmed.
    Counts are those of a trial. ValueError as in `trials.compare`, and where the drug does harm.
    """
    found = trials.compare(treated, of_treated, control, of_control)
    if found.difference.value < 0:
        raise ValueError(f"{treated} of {of_treated} against {control} of {of_control}: fewer improve on the drug; swap the groups")
    with_it, without = round(100 * treated / of_treated), round(100 * control / of_control)
    groups = (without, with_it - without, 100 - with_it)
    picture = figures.blank(8.4, 3.2)
    draw_hundred(picture.subplots(), groups)
    return Drawing(picture, (
        f"In whole people: of 100 on the drug {with_it} improve, and of 100 on placebo {without}: {groups[1]} more on the drug, where {groups[2]} do not improve. "
        f"The number needed to treat is {number(found.nnt.value, 2)} ({number(found.nnt.low, 2)} to {number(found.nnt.high, 2)}): "
        f"about {number(found.nnt.value, 2)} people take the drug for one more who improves. The trial tells this balance, and not whom the drug helped."))


def draw_hundred(axes: Axes, groups: tuple[int, ...]) -> None:
    """A mark a person, twenty in a row, in three groups, each named with its number on the right."""
    begin = 0
    for count, (words, shape, role, full), row in zip(groups, FATES, (0.4, 2.0, 3.6), strict=True):
        colour, places = figures.ROLES[role].light, range(begin, begin + count)
        look = {"marker": shape, "s": 90, "edgecolors": colour, "facecolors": colour if full else "none", "linewidths": 1.6}
        axes.scatter([place % 20 for place in places], [place // 20 for place in places], **look)
        axes.scatter([20.8], [row], **look)
        axes.text(21.5, row, f"{count} {words}", va="center", fontsize=11.5, color=figures.INK)
        begin += count
    axes.set(xlim=(-0.7, 32), ylim=(4.7, -0.7))
    axes.set_title("A hundred people on the drug", loc="left", fontsize=13, color=figures.INK, weight="bold")
    axes.axis("off")


DRUGS = ("D-penicillamine", "ursodeoxycholic acid")


def two_drugs() -> Drawing:
    """Two trials in primary biliary cholangitis: the share without the event over the years, on the drug and on placebo."""
    from autoimmune.data import cohorts

    pbc, udca = cohorts.primary_biliary_cholangitis().dropna(subset="treatment"), cohorts.ursodeoxycholic_acid_trial()
    tables = (pbc.assign(event=pbc["status"] == "died"), udca)
    found, picture = [], figures.blank(8.4, 3.8)
    for axes, table, drug, event in zip(picture.subplots(1, 2), tables, DRUGS, ("Alive", "Without an event"), strict=True):
        found.append(trials.hazard_ratio(table["days"], table["event"], table["treatment"] == drug))
        draw_arms(axes, table, drug, f"{event}, of 100")
        figures.finish(axes, f"{drug[0].upper()}{drug[1:]}\nhazard ratio {in_short(found[-1])}")
        axes.title.set_fontsize(11.5)
    failed, worked = found
    return Drawing(picture, (
        f"On D-penicillamine people died {number(failed.value)} times as often as on placebo; from {number(failed.low, 2)} to {number(failed.high, 2)} "
        "times fits the data, so no benefit was seen. On ursodeoxycholic acid there were "
        f"{number(worked.value, 2)} times as many events, and {number(worked.low, 2)} to {number(worked.high, 2)} fits the data: fewer than on placebo."))


def in_short(estimate: trials.Estimate) -> str:
    """An estimate with its interval, to hundredths."""
    value, low, high = (number(round(each, 2)) for each in estimate)
    return f"{value} ({low} to {high})"


def draw_arms(axes: Axes, table: pd.DataFrame, drug: str, name: str) -> None:
    """Kaplan–Meier curves of a drug and of placebo in per cent, each with its name."""
    from autoimmune.methods.epidemiology import survival

    for arm, role, place in ((drug, "drug", 0.24), ("placebo", "signal", 0.12)):
        rows = table[table["treatment"] == arm]
        curve = survival(rows["days"] / 365.25, rows["event"])
        axes.plot(curve.times, 100 * curve.alive, drawstyle="steps-post", **figures.stroke(role))
        axes.plot([0.05, 0.2], [place, place], transform=axes.transAxes, **figures.stroke(role))
        axes.text(0.23, place, arm, transform=axes.transAxes, va="center", color=figures.ROLES[role].light, weight="bold")
    axes.set(ylim=(0, 103), xlim=(0, None), xlabel="Years")
    figures.name_values(axes, name)


def crohn_counts() -> Drawing:
    """How many people with Crohn disease had how many adverse events, beside a Poisson law with the same mean."""
    import numpy as np
    from scipy.stats import poisson

    from autoimmune.data import cohorts

    counts = cohorts.crohn_adverse_events()["adverse_events"]
    events = np.arange(counts.max() + 1)
    seen, law = np.bincount(counts), len(counts) * poisson.pmf(events, counts.mean())
    picture = figures.blank()
    axes = picture.subplots()
    axes.bar(events, seen, color=figures.ROLES["regulation"].light, width=0.7, label="counted")
    axes.plot(events, law, "D", ms=8, mfc=figures.PAPER, mec=figures.ROLES["attack"].light, mew=2, label="a Poisson law with the same mean")
    axes.legend(frameon=False, fontsize=11)
    axes.set(xlabel="Adverse events of one person", xticks=events.astype(float))
    figures.name_values(axes, "People")
    figures.finish(axes, "Many with none, a few with many")
    return Drawing(picture, (
        f"Of {len(counts)} people {seen[0]} had no adverse event, where a Poisson law with the same mean of {number(counts.mean())} expects "
        f"{number(law[0], 2)}; and {int(seen[7:].sum())} had seven or more, where it expects {number(law[7:].sum(), 1)}. "
        f"The variance is {number(counts.var() / counts.mean(), 2)} times the mean."))


EXPOSURES = {"tnf-inhibitor": "TNF blocker", "glucocorticoid-7-5-to-14-mg": "Glucocorticoid, 7.5 to 14 mg a day",
             "glucocorticoid-15-mg": "Glucocorticoid, 15 mg a day or more"}
ALL_KINDS = {"glucocorticoid-trials": "Glucocorticoid, 21 trials", "glucocorticoid-observational": "Glucocorticoid, 42 observational studies"}


def infections() -> Drawing:
    """Ratios of infections in rheumatoid arthritis with 95 % intervals, from the facts; above, serious ones in one register."""
    from autoimmune.data import facts

    rows = facts.load("serious_infection").loc[[*EXPOSURES, *ALL_KINDS]]
    names, picture = EXPOSURES | ALL_KINDS, figures.blank(8.4, 3.6)
    axes = picture.subplots()
    for place, (fact, row) in enumerate(rows.iterrows()):
        colour = figures.ROLES["attack" if fact in EXPOSURES else "regulation"].light
        axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=colour, lw=2.4)
        axes.plot(row["value"], place, "s" if fact in EXPOSURES else "o", ms=9, color=colour)
        axes.text(12, place, number(row["value"]), va="center", fontsize=11)
    axes.axvline(1, color=figures.QUIET, lw=1.2, ls=(0, (4, 3)))
    axes.set(ylim=(4.5, -0.5), xscale="log", xlim=(0.6, 16), xlabel="Infections for each one in the comparison (logarithmic)")
    figures.finish(axes, "Squares: serious ones · circles: all kinds")
    axes.title.set_fontsize(11.5)
    axes.set_yticks(range(len(rows)), [names[fact] for fact in rows.index])
    axes.set_xticks([1.0, 2.0, 5.0, 10.0])
    axes.minorticks_off()
    return Drawing(picture, said_of_infections(rows["value"]))


def said_of_infections(ratio: pd.Series) -> str:
    """The five ratios in words."""
    once, middle, high = (number(ratio[fact]) for fact in EXPOSURES)
    tried, watched_ = (number(ratio[fact]) for fact in ALL_KINDS)
    return (f"Serious infections came {once} times as often on a TNF blocker, {middle} times as often on 7.5 to 14 mg of glucocorticoid a day and "
            f"{high} times on 15 mg or more. Infections of all kinds on glucocorticoids: {tried} times as often in trials, {watched_} times in observational studies.")


STRATA = {"months-1-11": "1 to 11 months", "months-13-24": "13 to 24 months", "months-25-36": "25 to 36 months",
          "antibody-negative": "Antibody not found", "antibody-positive": "Antibody found"}


def rare_infection() -> Drawing:
    """People with the brain infection PML among 1,000 on natalizumab, by time on it and by a blood test, with intervals."""
    from autoimmune.data import facts

    rows, picture = facts.load("pml_natalizumab").loc[list(STRATA)], figures.blank(8.4, 3.4)
    axes = picture.subplots()
    for place, (fact, row) in enumerate(rows.iterrows()):
        colour = figures.ROLES["attack" if fact.startswith("months") else "regulation"].light
        axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=colour, lw=2.4)
        axes.plot(row["per_1000"], place, "s" if fact.startswith("months") else "o", ms=9, color=colour)
    axes.set(ylim=(4.5, -0.5), xlim=(0, 3.4), xlabel="People with the infection, of 1,000 on the drug")
    figures.finish(axes, "Squares: by time on the drug · circles: by a blood test")
    axes.title.set_fontsize(11.5)
    axes.grid(axis="x", color=figures.GRID, lw=0.8)
    axes.set_yticks(range(len(rows)), list(STRATA.values()))
    first, last, negative, positive = (rows["per_1000"].iloc[place] for place in (0, 2, 3, 4))
    return Drawing(picture, (
        f"Of 1,000 people on natalizumab {number(first)} had the infection in the first eleven months and {number(last)} in months 25 to 36. "
        f"Of those without antibodies against the virus {number(negative)}, of those with them {number(positive)}."))
