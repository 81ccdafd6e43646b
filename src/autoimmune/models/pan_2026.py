"""Adalimumab in psoriasis: from the injection to the skin score, after Pan and colleagues.

An injected antibody reaches the blood slowly and leaves it slowly; in the blood it keeps new lesions from
forming, and old ones fade at a rate that no drug changes. The PASI (Psoriasis Area and Severity Index, 0 to
72) follows. Body weight, waist, sex, high blood pressure and antibodies against the drug change how fast the
drug leaves. Without drug the score stays at `base`: the study had no untreated patients.

Time is in days, as in the paper; clinics count weeks of 7 days. Doses are the licensed course, 80 mg, then 40
mg every two weeks from week 1, for two years: beyond that nothing is given.

Traps: CL and V are apparent (CL/F, V/F), so the bioavailability F stays 1 and the label's 64 % must not be
applied on top. `ADA` is on the scale of one radioimmunoassay, positive from 30 AU/ml, and never 0. Whoever
changes `base` also starts PASI there. 70 kg is the reference, not the cohort's median of 88.7 kg.
"""

from autoimmune.modelling.model import Derived, Dose, Model, Quantity, Source
from autoimmune.modelling.population import draw, log_sd

model = Model(
    name="pan_2026",
    title="Adalimumab and the skin in psoriasis",
    time_unit="d",
    equations="""
        person  = (1 + f_CL*female)*(1 + h_CL*hypertension)*(waist/101)^c_CL
        CL      = CL_ref*(weight/70)^w_CL*(ADA/76.03)^a_CL*person
        V       = V_ref*(weight/70)^w_V
        k_in    = base*k_out
        dD/dt   = -k_a*D
        dC/dt   = F*k_a*D/V - CL/V*C
        dPASI/dt = k_in*(1 - E_max*C/(IC_50 + C)) - k_out*PASI
    """,
    states=(
        Quantity("D", 0.0, "mg", "adalimumab still at the place of injection"),
        Quantity("C", 0.0, "mg/l", "adalimumab in the blood",
                 note="the paper writes the amount, V times this"),
        Quantity("PASI", 14.3, "points", "skin score", upper=72.0),
    ),
    parameters=(
        Quantity("loading", 80.0, "mg", "first dose"),
        Quantity("dose", 40.0, "mg", "each later dose"),
        Quantity("F", 1.0, "1", "share of a dose that reaches the blood", upper=1.0,
                 note="fixed at 1: CL and V hold it already"),
        Quantity("k_a", 0.268, "1/d", "absorption from the place of injection"),
        Quantity("CL_ref", 0.386, "l/d", "apparent clearance at the reference",
                 note="70 kg, waist 101 cm, ADA 76.03, man, no hypertension"),
        Quantity("V_ref", 10.8, "l", "apparent volume at 70 kg", note="fixed from an earlier study"),
        Quantity("weight", 70.0, "kg", "body weight", lower=1.0),
        Quantity("ADA", 76.03, "AU/ml", "antibodies against adalimumab", lower=0.01,
                 note="76.03 is taken from the control stream"),
        Quantity("waist", 101.0, "cm", "waist circumference", lower=1.0),
        Quantity("female", 0.0, "1", "1 for a woman, 0 for a man", upper=1.0),
        Quantity("hypertension", 0.0, "1", "1 with high blood pressure, 0 without", upper=1.0),
        Quantity("w_CL", 0.75, "1", "power of weight in the clearance", note="fixed"),
        Quantity("w_V", 1.0, "1", "power of weight in the volume", note="fixed"),
        Quantity("a_CL", 0.368, "1", "power of antibodies in the clearance"),
        Quantity("f_CL", 0.216, "1", "share by which the clearance is higher in women"),
        Quantity("h_CL", 0.177, "1", "share by which it is higher with high blood pressure"),
        Quantity("c_CL", 0.888, "1", "power of the waist in the clearance"),
        Quantity("base", 14.3, "points", "skin score without the drug", upper=72.0),
        Quantity("k_out", 0.04, "1/d", "rate at which lesions fade", note="half of them in 17.3 days"),
        Quantity("E_max", 1.0, "1", "most of the new lesions that the drug prevents", upper=1.0,
                 note="fixed"),
        Quantity("IC_50", 0.95, "mg/l", "concentration that prevents half of them"),
    ),
    derived=(
        Derived("half_life", "log(2)*V/CL", "d", "time in which half of the drug in the blood leaves",
                status="extension"),
        Derived("C_average", "F*dose/(14*CL)", "mg/l", "mean concentration in the long run",
                status="extension"),
        Derived("C_trough", "F*dose*k_a/(k_a*V - CL)*(1/(exp(14*CL/V) - 1) - 1/(exp(14*k_a) - 1))", "mg/l",
                "concentration just before a dose in the long run", status="extension"),
    ),
    doses=(Dose("D", "loading"), Dose("D", "dose", start=7, every=14, count=52)),
    source=Source(
        "Pan S, Tsakok T, Wei R, Dand N, Loeff FC, Bloem K, et al. Evaluation of a therapeutic drug "
        "monitoring strategy for adalimumab in psoriasis: a prospective pharmacokinetic-pharmacodynamic "
        "study. Clin Transl Sci 2026;19(4):e70563.",
        doi="10.1111/cts.70563", doi_resolved=True),
    says="The same injection gives a heavier person, or one with antibodies against the drug, a lower "
         "level, and the skin answers to the level. Beyond about 7 mg/l more drug adds little, because "
         "the effect saturates.",
    silent_on="It was fitted to 543 adults with plaque psoriasis in the United Kingdom and has no "
              "untreated patients and no harm from the drug. Antibodies are given, not grown, and a "
              "person's own response varies widely around it.",
)

# Tables 2 and 3: variation between patients, as a coefficient of variation of a log-normal quantity.
VARIATION = {"CL_ref": 0.329, "V_ref": 0.768, "base": 0.386, "k_out": 1.166, "IC_50": 0.971}
THERAPEUTIC_RANGE = (3.2, 7.0)  # mg/l before a dose; the study takes it from earlier work


def virtual_patients(patients: int, seed: int):
    """A table for `model.simulate(patients=…)`: VARIATION around the published values, drawn with `seed`.

    Columns CL_ref, V_ref, base, k_out, IC_50 and PASI (which starts at `base`, at most 72). Covariates stay
    at the reference, because the paper does not publish how antibody levels are distributed: add columns for
    them.
    """
    spread = {symbol: log_sd(variation) for symbol, variation in VARIATION.items()}
    table = draw(model, spread, patients, seed)
    table["base"] = table["base"].clip(upper=model.row("base").upper)
    return table.assign(PASI=table["base"])
