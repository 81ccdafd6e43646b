"""Rituximab and B cells, after Chen and colleagues: children with nephrotic syndrome.

An antibody against CD20, dripped into a vein, spreads into a second compartment and is cleared over weeks.
While it is in the blood B cells die up to a hundred times as fast; they return at their own pace once the
drug has gone, so the gap in B cells outlasts the drug. New B cells are made at a constant rate throughout.

Time is in days; the paper gives clearances in ml/h, turned into l/d in the equations. The dose is 375 mg per
square metre, at most 500 mg, dripped in over 4.75 h (the study's median), twice, a week apart.

Traps: 14 children, and the standard errors of B_0 and k_out are larger than the estimates. E_max is a
multiple, not a cell count as the paper's abstract has it. The estimated B_0 (395) lies below the measured
median before treatment (548). Whoever changes `B_0` also starts B there.
"""

from autoimmune.modelling.model import Derived, Dose, Model, Quantity, Source
from autoimmune.modelling.population import draw, log_sd

model = Model(
    name="chen_2024",
    title="Rituximab and B cells",
    time_unit="d",
    equations="""
        CL     = 24/1000*CL_ref*(BSA/0.9)^c_CL
        Q      = 24/1000*Q_ref
        V_1    = V_1_ref*(BSA/0.9)
        k_12   = Q/V_1
        k_21   = Q/V_2
        k_in   = B_0*k_out
        C_1    = A_1/V_1
        dA_1/dt = k_21*A_2 - k_12*A_1 - CL*C_1
        dA_2/dt = -k_21*A_2 + k_12*A_1
        dB/dt  = k_in - k_out*(1 + E_max*C_1/(EC_50 + C_1))*B
    """,
    states=(
        Quantity("A_1", 0.0, "mg", "rituximab in the blood"),
        Quantity("A_2", 0.0, "mg", "rituximab in other tissue"),
        Quantity("B", 395.0, "1e6/l", "B cells (CD19+) in the blood"),
    ),
    parameters=(
        Quantity("dose", 375.0, "mg/m^2", "each dose for each square metre of body surface"),
        Quantity("dose_most", 500.0, "mg", "most that is given at once"),
        Quantity("BSA", 0.9, "m^2", "body surface", lower=0.1, note="median of the 14 children; 0.6 to 2.1"),
        Quantity("CL_ref", 8.69, "ml/h", "clearance at 0.9 square metres",
                 note="from the group's study of 2021"),
        Quantity("c_CL", 1.26, "1", "power of the body surface in the clearance",
                 note="from the study of 2021"),
        Quantity("V_1_ref", 1.86, "l", "volume of the blood compartment at 0.9 square metres",
                 note="from the study of 2021"),
        Quantity("Q_ref", 7.5, "ml/h", "exchange between the compartments", note="from the study of 2021"),
        Quantity("V_2", 1.9, "l", "volume of the other tissue", note="from the study of 2021"),
        Quantity("B_0", 395.0, "1e6/l", "B cells without the drug", note="relative standard error 125 %"),
        Quantity("k_out", 0.051, "1/d", "turnover of B cells", note="relative standard error 136 %"),
        Quantity("E_max", 99.6, "1", "most by which the drug raises the death rate, in multiples of it",
                 note="relative standard error 85 %"),
        Quantity("EC_50", 5.87, "mg/l", "concentration that raises it by half of that",
                 note="relative standard error 50 %"),
    ),
    derived=(
        Derived("B_lowest", "B_0/(1 + E_max)", "1e6/l", "B cells under the largest effect",
                status="extension"),
        Derived("half_life_B", "log(2)/k_out", "d",
                "time in which half of a gap in B cells closes once the drug has gone",
                status="extension"),
    ),
    doses=(Dose("A_1", "Min(dose*BSA, dose_most)", every=7, count=2, duration=4.75 / 24),),
    source=Source(
        "Chen Y, Shen Q, Xiong Y, Dong M, Xu H, Li Z. Using real-world data to inform dosing strategies "
        "of rituximab for pediatric patients with frequent-relapsing or steroid-dependent nephrotic "
        "syndrome: a prospective pharmacokinetic-pharmacodynamic study. Front Pharmacol 2024;14:1319744.",
        doi="10.3389/fphar.2023.1319744", doi_resolved=True),
    says="B cells stay away long after the last infusion, and doubling the dose adds weeks, not twice the "
         "time, because the drug leaves exponentially.",
    silent_on="Fourteen children at one hospital, with a kidney disease; adults and other diseases may "
              "differ. It counts B cells in the blood, not antibodies, plasma cells or relapses, and the "
              "return rate is poorly known.",
)

# Table 2: the variation between patients, as a coefficient of variation; on a logarithmic scale it is normal.
VARIATION = {"CL_ref": 0.370, "V_1_ref": 0.254, "B_0": 0.658, "k_out": 0.654}
RECOVERED = 10.0  # 1e6/l: the paper calls B cells recovered above this


def virtual_patients(patients: int, seed: int):
    """A table for `model.simulate(patients=…)`: VARIATION around the published values, drawn with `seed`.

    Columns CL_ref, V_1_ref, B_0, k_out and B, which starts at `B_0`. Body surface stays 0.9: add a column for
    it.
    """
    spread = {symbol: log_sd(variation) for symbol, variation in VARIATION.items()}
    table = draw(model, spread, patients, seed)
    return table.assign(B=table["B_0"])
