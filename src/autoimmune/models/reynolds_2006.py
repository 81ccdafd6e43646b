"""Acute inflammation and what ends it: Reynolds and colleagues' reduced model.

A pathogen calls phagocytes, phagocytes damage tissue, damage calls more phagocytes, and an
anti-inflammatory mediator holds all of it back. Three long-run states exist side by side: health;
inflammation that goes on after the pathogen is gone (the paper's aseptic death); and an infection that is
never cleared (septic death). The dose P(0) and the growth rate k_pg decide between them, and so does `s_c`,
the supply of the mediator: steroid treatment.

Trap: the paper starts C_A at its healthy level s_c/mu_c. Whoever changes `s_c` and means a patient who is
already on the drug starts C_A at the closed form `C_A_healthy` too.
"""

import pandas as pd

from autoimmune.modelling.model import Derived, Model, Quantity, Source

model = Model(
    name="reynolds_2006",
    title="Acute inflammation",
    time_unit="h",
    equations="""
        f(x)    = x/(1 + (C_A/c_inf)^2)
        f_s(x)  = x^6/(x_dn^6 + x^6)
        R       = f(k_nn*N + k_np*P + k_nd*D)
        dP/dt   = k_pg*P*(1 - P/p_inf) - k_pm*s_m*P/(mu_m + k_mp*P) - k_pn*f(N)*P
        dN/dt   = s_nr*R/(mu_nr + R) - mu_n*N
        dD/dt   = k_dn*f_s(f(N)) - mu_d*D
        dC_A/dt = s_c + k_cn*f(N + k_cnd*D)/(1 + f(N + k_cnd*D)) - mu_c*C_A
    """,
    states=(
        Quantity("P", 1.0, "P-units", "pathogen", note="1e6 per cubic centimetre"),
        Quantity("N", 0.0, "N-units", "activated phagocytes", note="N* in the paper"),
        Quantity("D", 0.0, "D-units", "tissue damage"),
        Quantity("C_A", 0.125, "C_A-units",
                 "anti-inflammatory mediators, such as cortisol and interleukin 10"),
    ),
    parameters=(
        Quantity("k_pg", 0.3, "1/h", "growth rate of the pathogen",
                 note="the paper varies it from 0.021 to 2.44"),
        Quantity("p_inf", 20.0, "P-units", "largest pathogen population"),
        Quantity("k_pm", 0.6, "1/(M-units h)", "killing of pathogen by the local response"),
        Quantity("k_mp", 0.01, "1/(P-units h)", "exhaustion of the local response by pathogen"),
        Quantity("s_m", 0.005, "M-units/h", "supply of the local response"),
        Quantity("mu_m", 0.002, "1/h", "decay of the local response"),
        Quantity("k_pn", 1.8, "1/(N-units h)", "killing of pathogen by activated phagocytes"),
        Quantity("k_np", 0.1, "1/(P-units h)", "activation of phagocytes by pathogen"),
        Quantity("k_nn", 0.01, "1/(N-units h)", "activation of phagocytes by activated phagocytes"),
        Quantity("k_nd", 0.02, "1/(D-units h)", "activation of phagocytes by damaged tissue"),
        Quantity("s_nr", 0.08, "N_R-units/h", "supply of resting phagocytes"),
        Quantity("mu_nr", 0.12, "1/h", "death rate of resting phagocytes"),
        Quantity("mu_n", 0.05, "1/h", "death rate of activated phagocytes"),
        Quantity("k_dn", 0.35, "D-units/h", "most damage that phagocytes do"),
        Quantity("x_dn", 0.06, "N-units", "activated phagocytes at which damage is done at half its most"),
        Quantity("mu_d", 0.02, "1/h", "repair of damaged tissue"),
        Quantity("c_inf", 0.28, "C_A-units", "mediator at which inflammation is halved"),
        Quantity("s_c", 0.0125, "C_A-units/h", "supply of the mediator from outside the inflammation"),
        Quantity("k_cn", 0.04, "C_A-units/h", "most mediator that inflammation calls for"),
        Quantity("k_cnd", 48.0, "N-units/D-units", "how much more damage than phagocytes calls for mediator"),
        Quantity("mu_c", 0.1, "1/h", "decay of the mediator"),
    ),
    derived=(
        Derived("C_A_healthy", "s_c/mu_c", "C_A-units", "mediator in health"),
        Derived("k_pg_unstable", "k_pm*s_m/mu_m", "1/h", "growth rate above which any pathogen at all grows"),
    ),
    source=Source(
        "Reynolds A, Rubin J, Clermont G, Day J, Vodovotz Y, Ermentrout GB. A reduced mathematical model of "
        "the acute inflammatory response: I. Derivation of model and analysis of anti-inflammation. J Theor "
        "Biol 2006;242:220–236.",
        doi="10.1016/j.jtbi.2006.02.016", doi_resolved=True, biomodels="BIOMD0000000714"),
    says="The same infection can end in health, in inflammation without a pathogen, or in an infection that "
         "stays. More anti-inflammatory mediator helps until it lets the infection win.",
    silent_on="It has no lymphocytes and no antibodies: only innate immunity. Its quantities have units of "
              "their own, so no dose or level in it can be read as a patient's.",
)

OUTCOMES = ("health", "inflammation without pathogen", "infection")


def outcome(result: pd.DataFrame) -> str | pd.Series:
    """Which of OUTCOMES a result of `model.simulate` has reached by its last row; for a cohort, a Series by
    patient.

    The words are ours; the states are the paper's. Near a boundary the answer takes long: simulate 1000 h
    or more.
    """
    if "patient" in result:
        return result.groupby("patient", sort=False)[["P", "N"]].last().apply(named, axis=1)
    return named(result.iloc[-1])


def named(last: pd.Series) -> str:
    """The outcome that a final state stands for; phagocytes are at 0 in health and above 0.2 otherwise."""
    if last["P"] > 0.1:
        return OUTCOMES[2]
    return OUTCOMES[1] if last["N"] > 0.1 else OUTCOMES[0]
