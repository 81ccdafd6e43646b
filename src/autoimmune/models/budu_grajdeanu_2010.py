"""Flares of lupus nephritis: Budu-Grajdeanu and colleagues, patient 416.

Immune complexes settle in the kidney, call for pro-inflammatory mediators, and both do damage that makes
more complexes; anti-inflammatory agents, the body's and the doctor's, dim all of it. The paper fits three
inputs in steps to one patient's urine: complexes deposited (s_i, s_id) and anti-inflammatory treatment
(s_a).

Trap: a re-implementation that circulates writes the dimming as 1/(1 + A/A_inf)^2. Only 1/(1 + (A/A_inf)^2)
redraws the paper's Figure 5A, so that form is used. Values were read in a third party's transcription of
the paper's table and checked by redrawing that figure.
"""

from autoimmune.modelling.model import Model, Quantity, Source

model = Model(
    name="budu_grajdeanu_2010",
    title="A flare of lupus nephritis",
    time_unit="d",
    equations="""
        f(x) = x/(1 + (A/A_inf)^2)
        s_i  = Piecewise((0.002, t < 60), (0.001, t < 120), (0.005, t < 180), (0.001, t < 240), (0.005, True))
        s_id = Piecewise((0.005, t < 60), (0.003, t < 120), (0.015, t < 180), (0.002, t < 240), (0.012, True))
        s_a  = drug*Piecewise((0.05, t < 60), (0.1, t < 120), (0.05, t < 180), (0.3, t < 240), (0.1, True))
        dI/dt = f(s_i) + f(s_id)*D^2/(k_id^2 + D^2) - k_ip*f(P)*I
        dP/dt = f(k_pi*I + k_pp*P) + f(k_pd*D) - mu_p*P
        dD/dt = k_dip*f(P)*I + k_dp*f(P) - mu_d*D
        dA/dt = s_a + f(k_ap*P + k_ad*D) - mu_a*A
    """,
    states=(
        Quantity("I", 0.1, "I-units", "immune complexes in the kidney"),
        Quantity("P", 0.4, "P-units", "pro-inflammatory mediators", note="fitted to MCP-1 in the urine"),
        Quantity("D", 1.7, "D-units", "damage to the kidney",
                 note="fitted to protein over creatinine in the urine"),
        Quantity("A", 0.1, "A-units", "anti-inflammatory agents"),
    ),
    parameters=(
        Quantity("k_id", 1.0, "D-units", "damage at which half the most complexes are formed"),
        Quantity("k_ip", 0.025, "1/(P-units d)", "immune complexes cleared by inflammation"),
        Quantity("k_pi", 0.13, "P-units/(I-units d)", "mediators called for by immune complexes"),
        Quantity("k_pp", 0.02, "1/d", "mediators called for by mediators"),
        Quantity("k_pd", 0.001, "P-units/(D-units d)", "mediators called for by damage"),
        Quantity("mu_p", 0.06, "1/d", "decay of mediators"),
        Quantity("k_dip", 0.025, "D-units/(P-units I-units d)", "damage done while complexes are cleared"),
        Quantity("k_dp", 0.27, "D-units/(P-units d)", "damage done by mediators"),
        Quantity("mu_d", 0.04, "1/d", "repair of damage"),
        Quantity("k_ap", 0.022, "A-units/(P-units d)", "anti-inflammatory agents called for by mediators"),
        Quantity("k_ad", 0.22, "A-units/(D-units d)", "anti-inflammatory agents called for by damage"),
        Quantity("mu_a", 2.2, "1/d", "decay of anti-inflammatory agents"),
        Quantity("A_inf", 0.45, "A-units", "agents at which inflammation is halved"),
        Quantity("drug", 1.0, "1", "the patient's treatment, as a multiple of what was given",
                 status="extension"),
    ),
    source=Source(
        "Budu-Grajdeanu P, Schugart RC, Friedman A, Birmingham DJ, Rovin BH. Mathematical framework for "
        "human SLE nephritis: disease dynamics and urine biomarkers. Theor Biol Med Model 2010;7:14.",
        doi="10.1186/1742-4682-7-14",
        doi_resolved=True),
    says="Complexes that settle in the kidney start inflammation, inflammation does damage, and damage "
         "brings more complexes. More anti-inflammatory treatment means less damage, smoothly.",
    silent_on="It is one patient, and three of its inputs were fitted to that patient's own course, so it "
              "explains the flare and does not predict it. There is no threshold and no second stable state. "
              "Its values were read in a transcription of the paper's table and checked by redrawing its "
              "Figure 5A.",
)
