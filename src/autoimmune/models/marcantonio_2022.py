"""Adalimumab captures TNF, and its receptor is left empty: Marcantonio and colleagues, case study 1.

The drug and the receptor compete for the same few molecules of TNF. The drug is in vast excess (more than
a million molecules for each of free TNF), so the receptor loses; how much is lost just before the next dose is
the paper's measure, `inhibition`. All parameters come from other literature; nothing was fitted.

Time is in days, as in the paper; clinics count weeks. Doses are 40 mg every two weeks for two years: beyond
that nothing is given. Amounts are in nanomoles; `mass` turns milligrams of the drug into them.

Traps: stiff, because binding takes seconds and clearance weeks, so an explicit integrator needs hundreds of
thousands of steps. TNF is made at the rate that holds its level without the drug: whoever changes a
concentration or a binding constant starts L, R and LR at the closed forms L_start, R_start and LR_start. The
paper's second binding site and shed receptor stay empty for this drug (valence 1, no shed receptor) and are
left out.
"""

import pandas as pd

from autoimmune.modelling.model import Derived, Dose, Model, Quantity, Source

model = Model(
    name="marcantonio_2022",
    title="Adalimumab captures TNF",
    time_unit="d",
    equations="""
        k_a   = log(2)/t_D
        k_A   = log(2)/t_A
        k_L   = log(2)/t_L
        k_R   = log(2)/t_R
        k_offA = k_on*K_A
        k_offR = k_on*K_R
        L_0   = TNF*V
        LR_0  = k_on*TNF*TNFR*V/(k_on*TNF + k_offR + k_R)
        R_0   = TNFR*V - LR_0
        bound_0 = k_on*L_0*R_0/V - k_offR*LR_0
        dD/dt  = -k_a*D
        dA/dt  = F*k_a*D - k_on*A*L/V + k_offA*AL - k_A*A
        dAL/dt = k_on*A*L/V - k_offA*AL - k_A*AL
        dL/dt  = k_L*L_0 + bound_0 - k_on*A*L/V + k_offA*AL - k_on*L*R/V + k_offR*LR - k_L*L
        dR/dt  = k_R*R_0 + bound_0 - k_on*L*R/V + k_offR*LR - k_R*R
        dLR/dt = k_on*L*R/V - k_offR*LR - k_R*LR
    """,
    states=(
        Quantity("D", 0.0, "nmol", "adalimumab still at the place of injection"),
        Quantity("A", 0.0, "nmol", "free adalimumab in the blood"),
        Quantity("AL", 0.0, "nmol", "adalimumab that holds TNF"),
        Quantity("L", 2.865e-4, "nmol", "free TNF", note="L_start"),
        Quantity("R", 1.1483709812515501, "nmol", "free receptor of TNF", note="R_start"),
        Quantity("LR", 1.6290187484499234e-3, "nmol", "receptor that holds TNF, and so sends its signal",
                 note="LR_start"),
    ),
    parameters=(
        Quantity("dose", 40.0, "mg", "each dose"),
        Quantity("mass", 148000.0, "g/mol", "mass of a mole of adalimumab", lower=1.0),
        Quantity("F", 1.0, "1", "share of a dose that reaches the blood", upper=1.0,
                 note="the paper takes none off"),
        Quantity("t_D", 2.5, "d", "half-life at the place of injection"),
        Quantity("t_A", 20.0, "d", "half-life of adalimumab, free or with TNF"),
        Quantity("t_L", 30 / 1440, "d", "half-life of free TNF", note="30 min"),
        Quantity("t_R", 0.375, "d", "half-life of the receptor, free or with TNF", note="9 h"),
        Quantity("K_A", 0.0086, "nmol/l", "dissociation constant of adalimumab and TNF",
                 note="the paper's run file has 0.008"),
        Quantity("K_R", 0.019, "nmol/l", "dissociation constant of the receptor and TNF"),
        Quantity("k_on", 86.4, "l/(nmol d)", "rate at which any two of them bind"),
        Quantity("TNF", 5.73e-5, "nmol/l", "free TNF without the drug",
                 note="median in rheumatoid arthritis"),
        Quantity("TNFR", 0.23, "nmol/l", "receptor in all", note="estimated from cell numbers"),
        Quantity("V", 5.0, "l", "volume in which they mix"),
    ),
    derived=(
        Derived("L_start", "L_0", "nmol", "free TNF without the drug", status="extension"),
        Derived("R_start", "R_0", "nmol", "free receptor without the drug", status="extension"),
        Derived("LR_start", "LR_0", "nmol", "receptor with TNF without the drug", status="extension"),
    ),
    doses=(Dose("D", "dose*1e6/mass", every=14, count=52),),
    source=Source(
        "Marcantonio DH, Matteson A, Presler M, Burke JM, Hagen DR, Hua F, Apgar JF. Early feasibility "
        "assessment: a method for accurately predicting biotherapeutic dosing to inform early drug "
        "discovery decisions. Front Pharmacol 2022;13:864768.",
        doi="10.3389/fphar.2022.864768", doi_resolved=True),
    says="An antibody in great excess leaves the receptor of TNF nearly empty, and a smaller dose leaves "
         "it less empty, not merely for a shorter time. The dose that keeps nine tenths empty is close to "
         "the one that is licensed.",
    silent_on="It was not fitted to patients: it has one blood space, no joints, no disease and no "
              "antibodies against the drug. An empty receptor is not yet a better joint.",
)


def inhibition(result: pd.DataFrame) -> pd.Series:
    """The share of receptors that have lost their TNF, 1 - LR/LR(0), in each row of a result."""
    bound = result["LR"]
    start = bound.groupby(result["patient"]).transform("first") if "patient" in result else bound.iloc[0]
    return (1 - bound / start).rename("inhibition")
