"""The card of the living tissue: each rule, each number, and what they rest on. Most numbers are ours.

The rules run in `rules.js`, and only there; the numbers stand only here. TOGGLES are what a learner may
change.
"""

from __future__ import annotations

from autoimmune.modelling.model import Derived, Quantity, Source
from autoimmune.modelling.rules import Rules
from autoimmune.widgets.base.controls import Toggle

LABEL = "A cartoon with rules from the literature, not a published model"
TOGGLES = (
    Toggle(
        "Thymic deletion",
        {"complete": {"presented": 1.0}, "leaks 1 in 10": {"presented": 0.9}, "none": {"presented": 0.0}},
    ),
    Toggle("Regulatory T cells", {"present": {"tregs": 120}, "absent": {"tregs": 0}}),
    Toggle("Infection", {"yes": {"infection": 1}, "no": {"infection": 0}}),
)

IMMSIM = (
    "complementary strings of 8 bits are those of IMMSIM, doi:10.1109/ICSMC.1998.726677; "
    "the threshold is recalled from Celada and Seiden 1992"
)
SPEED = (
    "naive T cells in a lymph node were faster, about 18 µm a minute: "
    "Textor 2011, doi:10.1073/pnas.1102288108"
)
DIVISION = "the first divisions can be as short as 2 hours: doi:10.1371/journal.pone.0015423"
MEMORY = "90 to 95 % of effector cells die: PubMed 21995573"
HALLE = (
    "Halle 2016, doi:10.1016/j.immuni.2016.01.010: in mice one cytotoxic T cell killed "
    "2 to 16 infected cells a day"
)
THURLEY = "a few cell diameters: Thurley 2015, doi:10.1371/journal.pcbi.1004206; 40 µm is our choice"
WONG = "that they do so is from Wong 2021, doi:10.1016/j.cell.2021.05.028; the number is ours"

LATEX = r"""\begin{aligned}
&\text{1. Each site holds a tissue cell: healthy, infected or lost, with 1 of 4 self epitopes at random.} \\
&\text{2. A receptor fits an epitope when at least } \mathrm{match} \text{ of 8 bits are complementary.} \\
&\text{3. Thymus: a receptor that fits the body is deleted with probability } \mathrm{presented}. \\
&\text{4. Antigen-presenting cells pick up antigen; only infected or lost tissue makes them mature.} \\
&\text{5. T cells walk one site a minute. One that meets a mature cell with what it fits divides;} \\
&\quad\text{its offspring climb the signal of damage, and all but the share } \mathrm{memory} \text{ die.} \\
&\text{6. An effector kills one cell that it fits every } \mathrm{kill\_time}. \\
&\text{7. } n \text{ regulatory T cells in reach leave } (1-\mathrm{sup})^n \text{ of self-priming and of} \\
&\quad\text{self-killing; they prune self-reactive cells, and these make them divide.}
\end{aligned}"""


def known(symbol, value, unit, meaning, note, status="published") -> Quantity:
    """A row whose number is from the literature."""
    return Quantity(symbol, value, unit, meaning, status=status, note=note)


def ours(symbol, value, unit, meaning, note="", upper=float("inf")) -> Quantity:
    """A row whose number is our choice."""
    return Quantity(symbol, value, unit, meaning, status="extension", note=note, upper=upper)


TISSUE = (
    ours("width", 160, "sites", "width of the tissue"),
    ours("height", 100, "sites", "height of the tissue"),
    ours("site", 10, "µm", "side of a site; a T cell walks one a minute", SPEED),
    ours("repair", 2, "d", "mean time until a lost cell beside a healthy one is replaced"),
    ours("infection", 1, "1", "whether there is an infection", "a toggle", upper=1),
    ours("infection_day", 1, "d", "when it begins"),
    ours("inoculum", 30, "µm", "radius of the patch that is infected first", upper=200),
    ours("spread", 0.9, "1/d", "rate at which an infected cell infects each of its four neighbours"),
    ours("infected_life", 1.2, "d", "mean life of an infected cell"),
    ours("signal_reach", 100, "µm", "distance over which the signal of damage fades"),
    ours("dazzle", 10, "1", "signal above which no cell feels a slope"),
)
T_CELLS = (
    known("match", 7, "bits", "complementary bits with which a receptor fits", IMMSIM, "unverified"),
    ours("presented", 1, "1", "share of the body's epitopes that the thymus shows", "a toggle", upper=1),
    ours("naive", 180, "cells", "T cells at rest"),
    ours("naive_life", 15, "d", "mean time until one of them is replaced from the thymus"),
    ours("dcs", 80, "cells", "antigen-presenting cells"),
    ours("mature_life", 1.5, "d", "mean time for which one stays mature"),
    ours("touch", 20, "µm", "reach of a mature antigen-presenting cell", upper=40),
    ours("prime", 0.1, "1/min", "chance that a fitting T cell in its reach begins to divide"),
    known("divisions", 7, "1", "divisions of a primed cell", "", "unverified"),
    known("division_time", 8, "h", "time between them", DIVISION, "unverified"),
    known("kill_time", 3, "h", "time that an effector needs for one cell, which is 8 a day", HALLE),
    ours("effector_life", 1.2, "d", "mean life of an effector"),
    known("memory", 0.05, "1", "share of the effectors that outlives the response", MEMORY),
    ours("climb", 0.5, "1", "share of an effector's steps that follow the signal", upper=1),
    ours("turn", 0.3, "1", "share of steps that begin in a new direction", upper=1),
    ours("cap", 3000, "cells", "T cells that the picture can hold"),
)
REGULATORY = (
    ours("tregs", 120, "cells", "regulatory T cells at the start", "a toggle"),
    ours("treg_reach", 40, "µm", "reach of a regulatory T cell", THURLEY, upper=40),
    ours("sup", 0.5, "1", "share of self-priming and self-killing that each of them prevents", upper=1),
    ours("prune", 0.01, "1/h", "chance that one of them prunes a self-reactive cell in reach", WONG, upper=1),
    ours("expand", 0.01, "1/h", "chance that a self-reactive cell makes one of them divide", WONG, upper=1),
    ours("treg_most", 1.25, "1", "most regulatory T cells, as a multiple of those at the start"),
    ours("treg_life", 3, "d", "mean life of one that was born so"),
    ours("treg_climb", 0.3, "1", "share of their steps that follow the signal", upper=1),
)

rules = Rules(
    name="living_tissue",
    title="A living tissue",
    latex=LATEX,
    parameters=(*TISSUE, *T_CELLS, *REGULATORY),
    derived=(
        Derived("fitting", "9/256", "1", "share of receptors that fit one epitope", status="extension"),
    ),
    source=Source(
        "Ours. It puts together rules of IMMSIM (Celada F, Seiden PE. Immunol Today 1992, recalled) and "
        "findings of Halle S et al. Immunity 2016;44:233–245, Wong HS et al. Cell 2021 and Thurley K et al. "
        "PLoS Comput Biol 2015;11(4):e1004206."
    ),
    says="With complete deletion an infection costs little tissue and is cleared. When deletion leaks, the "
    "same infection wakes cells that attack the tissue, and regulatory T cells save most of it. Without "
    "deletion much of it is lost, with them or without.",
    silent_on="It is a cartoon, not a published model, and no number in it describes a person. Lymph node "
    "and tissue are one place, and flat. There are no antibodies, no B cells, no anergy, no hidden antigens. "
    "Nothing but an infection wakes a T cell. How much is lost follows from numbers that we chose.",
    status="extension",
)


def numbers(*labels: str) -> dict[str, float]:
    """What the options with these labels set, one for each toggle in its order; others set nothing."""
    found = {}
    for toggle, label in zip(TOGGLES, labels, strict=False):
        found |= next(option.values for option in toggle.options if option.label == label)
    return found
