"""Two mice and one trigger: Marée and colleagues on the onset of type 1 diabetes.

In newborn mice a wave of beta cells dies, in all of them. Macrophages clear the remains; what they leave
turns necrotic, and macrophages that eat necrotic cells release cytokines that kill more. NOD mice, whose
macrophages are slow, stay inflamed; Balb/c mice do not.

Trap: the rates of Balb/c macrophages could not be checked in the paper. The conclusion does not hang on
them: see the thresholds in the tests.
"""

from dataclasses import replace

from autoimmune.modelling.model import Model, Quantity, Source

model = Model(
    name="maree_2006",
    title="Macrophages and dying beta cells in NOD mice",
    time_unit="d",
    equations="""
        W       = W_max*exp(-((t - 9)/3)^2)
        dM/dt   = J + (k + b)*M_a - c*M - f_1*M*B_a - e_1*M*(M + M_a)
        dM_a/dt = f_1*M*B_a - k*M_a - e_2*M_a*(M + M_a)
        dB_a/dt = W + A_max*Cy/(k_c + Cy) - (f_1*M + f_2*M_a + d)*B_a
        dB_n/dt = d*B_a - (f_1*M + f_2*M_a)*B_n
        dCy/dt  = alpha*B_n*M_a - delta*Cy
    """,
    states=(
        Quantity("M", 4.77e5, "cells/ml", "resting macrophages"),
        Quantity("M_a", 0.0, "cells/ml", "activated macrophages"),
        Quantity("B_a", 0.0, "cells/ml", "apoptotic beta cells: dead in good order, and not yet eaten"),
        Quantity("B_n", 0.0, "cells/ml", "necrotic beta cells: left too long, they have burst"),
        Quantity("Cy", 0.0, "nM", "cytokines that kill beta cells"),
    ),
    parameters=(
        Quantity("J", 5e4, "cells/(ml d)", "macrophages that come in while all is calm"),
        Quantity("k", 0.4, "1/d", "activated macrophages that come to rest"),
        Quantity("b", 0.09, "1/d", "macrophages called in by activated ones"),
        Quantity("c", 0.1, "1/d", "macrophages that leave"),
        Quantity("f_1", 1e-5, "ml/(cells d)", "eating by resting macrophages", note="NOD mice"),
        Quantity("f_2", 1e-5, "ml/(cells d)", "eating by activated macrophages", note="NOD mice"),
        Quantity("e_1", 1e-8, "ml/(cells d)", "crowding of resting macrophages"),
        Quantity("e_2", 1e-8, "ml/(cells d)", "crowding of activated macrophages"),
        Quantity("d", 0.5, "1/d", "apoptotic cells that turn necrotic"),
        Quantity("A_max", 2e7, "cells/(ml d)", "most beta cells that cytokines kill"),
        Quantity("k_c", 1.0, "nM", "cytokines at which half of that is reached"),
        Quantity("alpha", 5e-9, "nM ml^2/(cells^2 d)",
                 "cytokines released by macrophages that eat necrotic cells"),
        Quantity("delta", 25.0, "1/d", "decay of cytokines"),
        Quantity("W_max", 4e7, "cells/(ml d)", "height of the wave of dying beta cells, on day 9"),
    ),
    source=Source(
        "Marée AFM, Kublik R, Finegood DT, Edelstein-Keshet L. Modelling the onset of Type 1 diabetes: can "
        "impaired macrophage phagocytosis make the difference between health and disease? Phil Trans R Soc A "
        "2006;364:1267–1282.",
        doi="10.1098/rsta.2006.1769", doi_resolved=True, biomodels="BIOMD0000000381"),
    says="The same event harms one animal and not another, because their macrophages eat at different rates. "
         "Once it burns, the inflammation feeds itself.",
    silent_on="It is a mouse, and innate: no T cells, no antibodies and no blood sugar. Whether the same "
              "happens in people is not known from it.",
)

BALB_C = {"f_1": 2e-5, "f_2": 5e-5}

balb_c = replace(
    model,
    name="maree_2006_balb_c",
    title="Macrophages and dying beta cells in Balb/c mice",
    parameters=tuple(
        replace(row, value=BALB_C[row.symbol], status="unverified",
                note="Balb/c mice; a later model's code has 2 and 5 times NOD's, the paper was not seen")
        if row.symbol in BALB_C else row for row in model.parameters),
    status="unverified",
)
