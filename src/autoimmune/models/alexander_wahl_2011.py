"""Self-tolerance held by regulatory T cells: Alexander and Wahl, system 1.

Antigen-presenting cells that show a self antigen raise effector T cells that attack the tissue, and
regulatory T cells that remove those antigen-presenting cells. Below R_0 = 1 a disturbance dies out
(tolerance); above it the attack keeps itself going (autoimmunity). The change is a transcritical
bifurcation: one steady state at a time is stable, so there is no hysteresis here.
"""

from autoimmune.modelling.model import Derived, Model, Quantity, Source

model = Model(
    name="alexander_wahl_2011",
    title="Self-tolerance held by regulatory T cells",
    time_unit="d",
    equations="""
        dA/dt = f*v*G - (mu_A + b_1 + sigma_1*R)*A
        dR/dt = (beta + pi_1*E)*A - mu_R*R
        dE/dt = lambda_E*A - mu_E*E
        dG/dt = gamma*E - (v + mu_G)*G
    """,
    states=(
        Quantity("A", 1.0, "cells", "mature antigen-presenting cells that show the self antigen"),
        Quantity("R", 0.0, "cells", "regulatory T cells specific for the self antigen"),
        Quantity("E", 0.0, "cells", "effector T cells that attack the tissue"),
        Quantity("G", 1e8, "molecules", "self antigen released from the tissue"),
    ),
    parameters=(
        Quantity("f", 1e-4, "1", "share of antigen uptakes that mature an antigen-presenting cell"),
        Quantity("v", 0.0025, "1/d", "rate at which antigen-presenting cells take up antigen"),
        Quantity("gamma", 2000.0, "1/d", "antigen released by the attack of one effector T cell"),
        Quantity("beta", 200.0, "1/d", "regulatory T cells raised by one antigen-presenting cell"),
        Quantity("pi_1", 0.016, "1/(cells d)", "extra regulatory T cells raised through effector T cells"),
        Quantity("lambda_E", 1000.0, "1/d", "effector T cells raised by one antigen-presenting cell"),
        Quantity("mu_A", 0.25, "1/d", "death rate of antigen-presenting cells"),
        Quantity("mu_R", 0.25, "1/d", "death rate of regulatory T cells"),
        Quantity("mu_E", 0.25, "1/d", "death rate of effector T cells"),
        Quantity("mu_G", 5.0, "1/d", "clearance of free antigen"),
        Quantity("b_1", 0.25, "1/d", "removal of antigen-presenting cells by regulatory T cells of other specificity"),
        Quantity("sigma_1", 3e-6, "1/(cells d)", "removal of antigen-presenting cells by each specific regulatory T cell"),
    ),
    derived=(
        Derived("R_0", "f*v*lambda_E*gamma/((mu_G + v)*(mu_A + b_1)*mu_E)", "1",
                "antigen-presenting cells that one antigen-presenting cell gives rise to"),
        Derived("b_1_critical", "f*v*lambda_E*gamma/((mu_G + v)*mu_E) - mu_A", "1/d",
                "suppression at which R_0 is 1: tolerance above it, autoimmunity below"),
        Derived("R_steady", "Max(0, (R_0 - 1)*(mu_A + b_1)/sigma_1)", "cells",
                "specific regulatory T cells in the long run", status="extension"),
        Derived("A_steady", "2*mu_R*R_steady/(beta + sqrt(beta^2 + 4*pi_1*lambda_E/mu_E*mu_R*R_steady))", "cells",
                "mature antigen-presenting cells in the long run", status="extension"),
        Derived("E_steady", "lambda_E*A_steady/mu_E", "cells", "effector T cells in the long run", status="extension"),
        Derived("G_steady", "gamma*E_steady/(v + mu_G)", "molecules", "self antigen in the long run", status="extension"),
    ),
    says="Whether a disturbance of self-tolerance dies out or keeps itself going, and how strong a lasting attack is. "
         "Regulatory T cells of other specificity decide whether; those of the same specificity decide how strong.",
    silent_on="It is not about a particular disease, organ or patient: its cells have no place. There is one stable state "
              "at a time, so it cannot show why an attack does not switch itself off again. Cells are counted as smooth "
              "numbers, so it cannot show chance. It must not be used to choose a treatment.",
    source=Source(
        "Alexander HK, Wahl LM. Self-tolerance and autoimmunity in a regulatory T cell model. "
        "Bull Math Biol 2011;73:33–71.", doi="10.1007/s11538-010-9519-2", doi_resolved=True, biomodels="BIOMD0000000289"),
)
