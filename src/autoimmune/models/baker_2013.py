"""Rheumatoid arthritis as a switch: Baker and colleagues' two cytokines.

Pro-inflammatory cytokines raise themselves and their own opponents. Between two values of `alpha_2`, the
strength with which they raise themselves, a healthy and an inflamed joint are both stable: after a push
over the threshold the joint stays inflamed when the push is gone. `ageing` lets that strength rise with
time.
"""

from dataclasses import replace

from autoimmune.modelling.model import Model, Quantity, Source

model = Model(
    name="baker_2013",
    title="Cytokines in a joint with rheumatoid arthritis",
    time_unit="time units",
    equations="""
        da/dt = -a + alpha_4*p^2/(alpha_3^2 + p^2)
        dp/dt = -gamma*p + (alpha_1 + alpha_2*p^2/(1 + p^2))/(1 + a^2)
    """,
    states=(
        Quantity("a", 0.00577667577789773, "1", "anti-inflammatory cytokines", note="at rest"),
        Quantity("p", 0.0203298264712407, "1", "pro-inflammatory cytokines", note="at rest"),
    ),
    parameters=(
        Quantity("alpha_1", 0.025, "1", "pro-inflammatory cytokines made without any signal"),
        Quantity("alpha_2", 1.0, "1", "most by which pro-inflammatory cytokines raise themselves"),
        Quantity("alpha_3", 0.5, "1",
                 "pro-inflammatory cytokines that call for half the anti-inflammatory ones"),
        Quantity("alpha_4", 3.5, "1", "most anti-inflammatory cytokines that can be called for"),
        Quantity("gamma", 1.25, "1",
                 "decay of pro-inflammatory cytokines, against that of anti-inflammatory ones"),
    ),
    source=Source(
        "Baker M, Denman-Johnson S, Brook BS, Gaywood I, Owen MR. Mathematical modelling of "
        "cytokine-mediated inflammation in rheumatoid arthritis. Math Med Biol 2013;30:311–337.",
        doi="10.1093/imammb/dqs026", doi_resolved=True, biomodels="BIOMD0000000550"),
    says="A joint can be healthy or inflamed under the same conditions, so ending the cause need not end the "
         "disease. With stronger anti-inflammatory cytokines it can swing between the two.",
    silent_on="All quantities are without units and stand for whole groups of cytokines. It has no cells, no "
              "cartilage and no drug.",
)

ageing = replace(
    model,
    name="baker_2013_ageing",
    title="Cytokines in a joint that ages",
    equations="alpha_2 = alpha_young + (alpha_old - alpha_young)*t^2/(t_half^2 + t^2)" + model.equations,
    parameters=(
        *(replace(row, value=7.0) if row.symbol == "alpha_4" else row
          for row in model.parameters if row.symbol != "alpha_2"),
        Quantity("alpha_young", 1.0, "1", "self-raising of pro-inflammatory cytokines at the start"),
        Quantity("alpha_old", 50.0, "1", "self-raising of pro-inflammatory cytokines in the end"),
        Quantity("t_half", 15.0, "time units", "time at which half the change has happened"),
    ),
    source=replace(model.source, biomodels="BIOMD0000000549"),
)
