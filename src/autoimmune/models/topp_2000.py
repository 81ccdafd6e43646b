"""Beta cells, insulin and blood sugar: Topp and colleagues, and what an attack on beta cells does.

A little too much sugar makes beta cells grow, far too much makes them die, so two long-run states exist:
normal sugar, and no beta cells at all. `autoimmune` adds a rate at which beta cells are killed; that is
ours. Below `kill_critical` the loss is made good and sugar rises a little; above it all beta cells are lost
in the end, after a long time in which little can be seen.

Trap: the BioModels file starts on the saddle between the two states (250, 2.8, 37), where nothing happens.
Here the start is the healthy state.
"""

from dataclasses import replace

from autoimmune.modelling.model import Derived, Model, Quantity, Source

G_NORMAL = "(r_1 - sqrt(r_1^2 - 4*r_2*{loss}))/(2*r_2)"
G_SADDLE = "(r_1 + sqrt(r_1^2 - 4*r_2*{loss}))/(2*r_2)"

model = Model(
    name="topp_2000",
    title="Beta cells, insulin and blood sugar",
    time_unit="d",
    equations="""
        dG/dt = R_0 - (E_G0 + S_I*I)*G
        dI/dt = B*sigma*G^2/(alpha + G^2) - k*I
        dB/dt = (-d_0 + r_1*G - r_2*G^2)*B
    """,
    states=(
        Quantity("G", 100.0, "mg/dl", "glucose in the blood"),
        Quantity("I", 10.0, "uU/ml", "insulin in the blood"),
        Quantity("B", 300.0, "mg", "mass of beta cells"),
    ),
    parameters=(
        Quantity("R_0", 864.0, "mg/(dl d)", "glucose that comes in when there is none"),
        Quantity("E_G0", 1.44, "1/d", "glucose used without insulin"),
        Quantity("S_I", 0.72, "ml/(uU d)", "insulin sensitivity"),
        Quantity("sigma", 43.2, "uU/(ml d mg)", "most insulin that a milligram of beta cells releases"),
        Quantity("alpha", 20000.0, "mg^2/dl^2", "square of the glucose at which half of that is released"),
        Quantity("k", 432.0, "1/d", "clearance of insulin"),
        Quantity("d_0", 0.06, "1/d", "death rate of beta cells without glucose"),
        Quantity("r_1", 0.84e-3, "dl/(mg d)", "growth of beta cells with glucose"),
        Quantity("r_2", 0.24e-5, "dl^2/(mg^2 d)", "harm that glucose does to beta cells"),
    ),
    derived=(
        Derived("G_normal", G_NORMAL.format(loss="d_0"), "mg/dl", "glucose in the healthy state",
                status="extension"),
        Derived("G_saddle", G_SADDLE.format(loss="d_0"), "mg/dl", "glucose above which beta cells are lost",
                status="extension"),
    ),
    source=Source(
        "Topp B, Promislow K, deVries G, Miura RM, Finegood DT. A model of beta-cell mass, insulin, and "
        "glucose kinetics: pathways to diabetes. J Theor Biol 2000;206:605–619.",
        doi="10.1006/jtbi.2000.2150", doi_resolved=True, biomodels="BIOMD0000000341"),
    says="A slow loss of beta cells hides behind nearly normal sugar, because those that are left work and "
         "grow more. Past a point the loss runs by itself.",
    silent_on="It has no immune system, so it cannot say why beta cells are lost. It has no meals, no "
              "glucagon and no insulin treatment.",
)

autoimmune = replace(
    model,
    name="topp_2000_autoimmune",
    title="Beta cells under attack",
    equations="attack = Piecewise((kill, t < start), (kill*(1 - relief), t < stop), (kill, True))"
              + model.equations.replace("(-d_0 +", "(-d_0 - attack +"),
    parameters=(
        *model.parameters,
        Quantity("kill", 0.0, "1/d", "rate at which beta cells are killed", status="extension"),
        Quantity("relief", 0.0, "1", "share of the killing that a course of treatment prevents",
                 status="extension", upper=1.0),
        Quantity("start", 0.0, "d", "day on which the treatment begins", status="extension"),
        Quantity("stop", 0.0, "d", "day on which the treatment ends", status="extension"),
    ),
    derived=(
        Derived("kill_critical", "r_1^2/(4*r_2) - d_0", "1/d",
                "rate of killing above which all beta cells are lost", status="extension"),
        Derived("G_compensated", G_NORMAL.format(loss="(d_0 + kill)"), "mg/dl",
                "glucose in the long run while the loss is made good", status="extension"),
    ),
    says="A slow killing of beta cells is made good, a faster one is not, and the change between them is "
         "sharp. A treatment that slows the killing for a while buys time.",
    silent_on="The killing is a single constant rate: no T cells, no antibodies, no islets. The rates were "
              "made for type 2 diabetes, so the days in it are not a patient's days.",
    status="extension",
)
