"""Adalimumab in the blood of people with rheumatoid arthritis, after Ling and colleagues.

One compartment: an injected dose is absorbed slowly and cleared more slowly, so the level rises for about two
months until each injection replaces what leaves between two of them. People differ much more in how fast they
clear the drug than in anything else here; `virtual_patients` draws them.

Time is in hours, as in the paper; clinics count weeks of 168 h. Doses are the licensed 40 mg every 336 h (two
weeks) for two years: beyond that nothing is given.

Traps: the paper's Table 3 misprints two numbers. k_a is 0.01167 /h there is printed 0.1167, against the
paper's own text; CL/F is 0.0121 l/h and is printed 0.00283, against the first author's thesis and the paper's
figures. The printed additive error (10.8 mg/l) is larger than nearly every measurement and is left out. CL
and V are apparent (CL/F, V/F), so the bioavailability F stays 1. Ten patients, and antibodies against the
drug were not measured.
"""

from autoimmune.modelling.model import Derived, Dose, Model, Quantity, Source
from autoimmune.modelling.population import draw

model = Model(
    name="ling_2024",
    title="Adalimumab in rheumatoid arthritis",
    time_unit="h",
    equations="""
        dD/dt = -k_a*D
        dC/dt = F*k_a*D/V - CL/V*C
    """,
    states=(
        Quantity("D", 0.0, "mg", "adalimumab still at the place of injection"),
        Quantity("C", 0.0, "mg/l", "adalimumab in the blood",
                 note="the paper writes the amount, V times this"),
    ),
    parameters=(
        Quantity("dose", 40.0, "mg", "each dose"),
        Quantity("F", 1.0, "1", "share of a dose that reaches the blood", upper=1.0,
                 note="CL and V hold it already"),
        Quantity("k_a", 0.01167, "1/h", "absorption from the place of injection",
                 note="fixed from an earlier study; 0.1167 in Table 3 is a misprint"),
        Quantity("CL", 0.0121, "l/h", "apparent clearance",
                 note="from the first author's thesis; 0.00283 in Table 3 is a misprint"),
        Quantity("V", 9.19, "l", "apparent volume"),
    ),
    derived=(
        Derived("half_life", "log(2)*V/CL", "h", "time in which half of the drug in the blood leaves",
                status="extension"),
        Derived("C_average", "F*dose/(336*CL)", "mg/l", "mean concentration in the long run",
                status="extension"),
        Derived("C_trough", "F*dose*k_a/(k_a*V - CL)*(1/(exp(336*CL/V) - 1) - 1/(exp(336*k_a) - 1))", "mg/l",
                "concentration just before a dose in the long run", status="extension"),
    ),
    doses=(Dose("D", "dose", every=336, count=52),),
    source=Source(
        "Ling SF, Ogungbenro K, Darwich AS, Ariff ABM, Nair N, Bluett J, et al. Population "
        "pharmacokinetic analysis and simulation of alternative dosing regimens for biosimilars to "
        "adalimumab and etanercept in patients with rheumatoid arthritis. Pharmaceutics 2024;16(6):702.",
        doi="10.3390/pharmaceutics16060702", doi_resolved=True),
    says="The level before a dose settles after about three months near 9 mg/l, with wide differences "
         "between people who take the same dose, because they clear the drug at different rates.",
    silent_on="Ten people, nine of them women. It has no disease in it, no methotrexate, no body weight "
              "and no antibodies against the drug, so it cannot say who will do well.",
)

# Table 3: standard deviation of the logarithm between patients; absorption does not vary. The table's heading
# says per cent, yet the paper's figures follow from 68.9 and 15.6 read as 100 times this.
BETWEEN_PATIENTS = {"CL": 0.689, "V": 0.156}


def virtual_patients(patients: int, seed: int):
    """A table for `model.simulate(patients=…)`: CL and V around their medians, drawn with `seed`."""
    return draw(model, BETWEEN_PATIENTS, patients, seed)
