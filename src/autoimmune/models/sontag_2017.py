"""Why growth, and not presence, raises the alarm: Sontag's incoherent feed-forward loop.

Antigen raises effector cells and, more slowly, the regulatory cells that hold them back. Antigen that stays
the same is tolerated whatever its amount; antigen that grows is answered in proportion to how fast it
grows. In `model` the effector cells also kill what carries the antigen; `imposed` gives the antigen as a
function of time.

Trap: regulatory cells stand in a denominator, so they must start above 0.
"""

from dataclasses import replace

from autoimmune.modelling.model import Derived, Model, Quantity, Source

OURS = "our choice: the BioModels file imposes u(t) and sets it to 0"

model = Model(
    name="sontag_2017",
    title="An immune response to change",
    time_unit="d",
    equations="""
        du/dt = (lambda_u - kappa*y)*u
        dx/dt = beta*u - delta_x*x
        dy/dt = mu*u/x - delta_y*y
    """,
    states=(
        Quantity("u", 1.0, "1", "cells that carry the antigen: a tumour or a pathogen"),
        Quantity("x", 1.0, "1", "regulatory cells", lower=1e-12),
        Quantity("y", 1.0, "1", "effector cells"),
    ),
    parameters=(
        Quantity("lambda_u", 1.0, "1/d", "growth rate of the cells that carry the antigen",
                 status="extension", note=OURS),
        Quantity("kappa", 1.0, "1/d", "killing by effector cells", status="extension", note=OURS),
        Quantity("beta", 1.0, "1/d", "regulatory cells raised by antigen"),
        Quantity("delta_x", 1.0, "1/d", "death rate of regulatory cells"),
        Quantity("mu", 1.0, "1/d", "effector cells raised by antigen, held back by regulatory cells"),
        Quantity("delta_y", 1.0, "1/d", "death rate of effector cells"),
    ),
    derived=(
        Derived("killing", "kappa*mu/(beta*delta_y)", "1",
                "killing for each unit of growth that is answered", status="extension"),
        Derived("net_growth", "(lambda_u - killing*delta_x)/(1 + killing)", "1/d",
                "growth rate of the antigen in the long run: below 0 it is eliminated", status="extension"),
    ),
    source=Source(
        "Sontag ED. A dynamic model of immune responses to antigen presentation predicts different regions "
        "of tumor or pathogen elimination. Cell Systems 2017;4:231–241.",
        doi="10.1016/j.cels.2016.12.003", doi_resolved=True,
        biomodels="BIOMD0000001030"),
    says="Antigen that stays constant is ignored, however much of it there is. Antigen that grows is "
         "answered, and the answer tells how fast it grows.",
    silent_on="It is a toy of three equations, as its author says: no organ, no cell type and no number in "
              "it is measured. It has no memory and no inflammation.",
)


def imposed(antigen: str, name: str = "sontag_2017_imposed") -> Model:
    """The same loop with the antigen given as a function of time, as text in `t`.

    For example "exp(0.5*t)", or "Piecewise((1, t < 5), (10, True))" for a step. Killing plays no part then.
    """
    equations = "\n".join([f"u = {antigen}", *model.equations.strip().splitlines()[1:]])
    return replace(model, name=name, title="An immune response to an imposed antigen", equations=equations,
                   states=model.states[1:], parameters=model.parameters[2:], derived=())


# What the BioModels file imposes.
ramp = imposed("Piecewise((1, t < 100), (t - 99, True))", name="sontag_2017_ramp")
