"""Ready views on the immune response, for lesson 01.

    dose_decides()        Reynolds 2006: the same germ, and health, inflammation without germs, or infection
    who_clears()          Hancioglu 2007: interferon, killer T cells and antibodies, each on or off
    second_infection()    the same virus again: how many antibodies there are, how well they fit, and how much virus comes

The runs of influenza end after 14 days: where the lining is lost, the published equations let the other side grow
without end, which means nothing and which no solver can follow for long.
"""

from autoimmune.methods.infection import FIRST, GONE, ILL, KNOCK_OUTS, LATER, SECOND, influenza
from autoimmune.models.reynolds_2006 import model as inflammation
from autoimmune.showing.describe import Rule
from autoimmune.showing.figures import Curve, DoseResponse, TimeCourse
from autoimmune.widgets.base.controls import Slider, Toggle
from autoimmune.widgets.explorer import Explorer, explore

TWO_WEEKS = 14.0  # days
THREE_WEEKS = 504.0  # hours

# -- the dose decides -------------------------------------------------------------------------------

DOSE = Slider("P", "Germs at the start", 0.05, 2.0, "million per cubic centimetre", step=0.01)
GROWTH = Slider("k_pg", "How fast the germs multiply", 0.02, 1.0, "per hour", step=0.01)
GERMS = TimeCourse((Curve("P", "Germs", "trigger"), Curve("N", "Macrophages and their kin", "attack"), Curve("D", "Damage", "tissue")),
                   "the model's own units", log=True, low=1e-3, high=100)
DAMAGE = DoseResponse("final_D", "P", "Damage after three weeks", "Germs at the start (million per cm³)", "tissue",
                      title="What the dose decides")
COURSES = {  # the three courses of the paper's Figure 5
    "Health": {"P": 1.0, "k_pg": 0.3},
    "Inflammation without germs": {"P": 1.5, "k_pg": 0.3},
    "Infection that stays": {"P": 1.0, "k_pg": 0.6},
}
DOSE_RULES = (
    Rule("final_P > 0.1",
         "The infection stays: after {until:time} there are still {final_P} million germs per cubic centimetre, and the damage stands "
         "at {final_D}."),
    Rule("final_N > 0.1",
         "The germs are gone, but the inflammation is not: the damage has grown to {final_D} after {until:time} and keeps the macrophages "
         "awake, which keep up the damage."),
    Rule("final_N < 0.01 and final_P < 0.01 and peak_D < 0.05", "Health: the germs are gone before they cause damage to speak of."),
    Rule("final_N < 0.01 and final_P < 0.01",
         "Health: the germs are gone. The damage was {peak_D} at its worst, after {peak_time_D:time}, and has healed."),
    Rule("", "After {until:time} it is not decided yet: the damage stands at {final_D}."),
)


def dose_decides() -> Explorer:
    """How many germs come and how fast they multiply, with the damage that is left for every dose."""
    return explore(inflammation, sliders=(DOSE, GROWTH), presets=COURSES, show=(GERMS, DAMAGE), until=THREE_WEEKS, rules=DOSE_RULES)


# -- who clears the virus ---------------------------------------------------------------------------

PUBLISHED = {symbol: influenza.defaults[symbol] for symbol in ("b_F", "c_F", "b_EM", "b_PM")}
PARTS = tuple(
    Toggle(part.capitalize() if part != "killer T cells" else "Killer T cells",
           {"On": {symbol: PUBLISHED[symbol] for symbol in KNOCK_OUTS[part]}, "Off": KNOCK_OUTS[part]})
    for part in ("interferon", "killer T cells", "antibodies"))
VIRUS = TimeCourse((Curve("V", "Virus", "trigger"),), "virus for each cell of the lining", log=True, low=GONE, high=1000, title="Virus")
LINING = TimeCourse((Curve("I", "Infected", "trigger"), Curve("R", "Resistant", "signal"), Curve("D", "Dead", "tissue")),
                    "share of the airway's lining", low=0, high=1, title="The lining of the airway")
PART_RULES = (
    Rule("peak_D > 0.99",
         "Without interferon the lining is lost: {peak_D:percent} of it is dead. The virus reaches {peak_V} for each cell and ends only "
         "because no cell is left for it. (Extension: less than one cell does not grow back.)"),
    Rule(f"final_V < {GONE}",
         "The virus is highest after {peak_time_V:time}, at {peak_V} for each cell, and is gone by the end. At worst {peak_D:percent} of the "
         "lining is dead, and it grows back."),
    Rule("",
         "The virus is highest after {peak_time_V:time}, at {peak_V} for each cell, and it does not go: after {until:time} there is still "
         "{final_V}. At worst {peak_D:percent} of the lining is dead."),
)


def who_clears() -> Explorer:
    """A first influenza with three switches: interferon, killer T cells, antibodies."""
    return explore(influenza, toggles=PARTS, show=(VIRUS, LINING), until=TWO_WEEKS, rules=PART_RULES)


# -- the second time --------------------------------------------------------------------------------

BEFORE = Toggle("This virus was met", {"never": FIRST, "two months ago": SECOND, "a year ago": LATER})
FIT = Slider("S", "How well the antibodies fit (0 not at all, 1 fully)", 0.0, 1.0, step=0.01)
INOCULUM = Slider("V", "Virus at the start", 1e-3, 10.0, "for each cell", log=True)
MEETING = TimeCourse((Curve("V", "Virus", "trigger"), Curve("A", "Antibodies", "attack")), "virus for each cell; antibodies, usual = 1",
                     log=True, low=GONE, high=1e4, title="Virus and antibodies")
HARM = TimeCourse((Curve("I", "Infected", "trigger"), Curve("D", "Dead", "tissue")), "share of the airway's lining", low=0, high=1,
                  title="The lining of the airway")
SECOND_RULES = (
    Rule(f"peak_D >= {ILL} and final_V < {GONE}",
         "The person falls ill: the virus is highest after {peak_time_V:time}, at {peak_V} for each cell, and at worst {peak_D:percent} of "
         "the lining is dead. By the end the virus is gone."),
    Rule(f"peak_D >= {ILL}",
         "The person falls ill, and late: at worst {peak_D:percent} of the lining is dead, and after {until:time} the virus is not gone."),
    Rule(f"final_V >= {GONE}",
         "A stand-off: after {until:time} nothing is felt, but the virus is still there, with {final_V} for each cell."),
    Rule("peak_D >= 0.01", "Hardly anything is felt: at worst {peak_D:percent} of the lining is dead, and the virus is gone by the end."),
    Rule("", "Nothing is felt: less than 1 % of the lining dies. The virus, {start_V} for each cell at the start, is gone by the end."),
)


def second_infection() -> Explorer:
    """Meeting the virus for the first time, after two months or after a year, with fit and dose under the hand."""
    return explore(influenza, toggles=(BEFORE,), sliders=(FIT, INOCULUM), show=(MEETING, HARM), until=TWO_WEEKS, rules=SECOND_RULES)
