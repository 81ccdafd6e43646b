"""Influenza, and three ways of ending it: Hancioglu, Swigon and Clermont.

Interferon makes cells resistant, killer cells remove infected ones, antibodies catch the virus. Each can be
turned off (`b_F=0, c_F=0`; `b_EM=0`; `b_PM=0`), and a host with memory starts with a larger S(0).

Traps: rates differ by more than a million, so LSODA gives up and BDF is used. Without interferon the
published equations let the tissue grow back from 1e-21 of itself, less than one cell; `whole_cells` forbids
that and is ours. BioModels' file decays effector cells at a local 0.1 where the paper's table has 0.4; the
paper's value stands here.
"""

from dataclasses import replace

from autoimmune.modelling.model import Model, Quantity, Source

model = Model(
    name="hancioglu_2007",
    title="Immune response to influenza A",
    time_unit="d",
    equations="""
        D     = 1 - H - R - I
        dV/dt = gamma_V*I - gamma_VA*S*A*V - gamma_VH*H*V - alpha_V*V - a_V1*V/(1 + a_V2*V)
        dH/dt = b_HD*D*(H + R) + a_R*R - gamma_HV*V*H - b_HF*F*H
        dI/dt = gamma_HV*V*H - b_IE*E*I - a_I*I
        dM/dt = (b_MD*D + b_MV*V)*(1 - M) - a_M*M
        dF/dt = b_F*M + c_F*I - b_FH*H*F - a_F*F
        dR/dt = b_HF*F*H - a_R*R
        dE/dt = b_EM*M*E - b_EI*I*E + a_E*(1 - E)
        dP/dt = b_PM*M*P + a_P*(1 - P)
        dA/dt = b_A*P - gamma_AV*S*A*V - a_A*A
        dS/dt = r*P*(1 - S)
    """,
    states=(
        Quantity("V", 0.01, "1", "virus for each cell of the airway's lining",
                 note="1 is 1e10 particles per ml"),
        Quantity("H", 1.0, "1", "healthy share of the cells", upper=1.0),
        Quantity("I", 0.0, "1", "infected share of the cells", upper=1.0),
        Quantity("M", 0.0, "1", "activated antigen-presenting cells, against their usual number"),
        Quantity("F", 0.0, "1", "interferon, against the usual number of macrophages"),
        Quantity("R", 0.0, "1", "resistant share of the cells", upper=1.0),
        Quantity("E", 1.0, "1", "effector cells that kill infected cells, against their usual number"),
        Quantity("P", 1.0, "1", "plasma cells, against their usual number"),
        Quantity("A", 1.0, "1", "antibodies, against their usual number"),
        Quantity("S", 0.1, "1", "how well the antibodies fit the virus: 0 not at all, 1 fully", upper=1.0),
    ),
    parameters=(
        Quantity("gamma_V", 510.0, "1/d", "virus released by infected cells"),
        Quantity("gamma_VA", 619.2, "1/d", "virus caught by antibodies"),
        Quantity("gamma_VH", 1.02, "1/d", "virus taken up by healthy cells"),
        Quantity("alpha_V", 1.7, "1/d", "virus removed by other means"),
        Quantity("a_V1", 100.0, "1/d", "virus removed by mucus and cough, while there is little of it"),
        Quantity("a_V2", 23000.0, "1", "how soon mucus and cough are overtaxed"),
        Quantity("b_HD", 4.0, "1/d", "regrowth of the lining"),
        Quantity("a_R", 1.0, "1/d", "loss of resistance"),
        Quantity("gamma_HV", 0.34, "1/d", "infection of healthy cells by virus"),
        Quantity("b_HF", 0.01, "1/d", "healthy cells made resistant by interferon"),
        Quantity("b_IE", 0.066, "1/d", "infected cells killed by effector cells"),
        Quantity("a_I", 1.5, "1/d", "infected cells killed by the virus"),
        Quantity("b_MD", 1.0, "1/d", "antigen-presenting cells activated by dead cells"),
        Quantity("b_MV", 0.0037, "1/d", "antigen-presenting cells activated by virus"),
        Quantity("a_M", 1.0, "1/d", "antigen-presenting cells that come to rest"),
        Quantity("b_F", 250000.0, "1/d", "interferon made by antigen-presenting cells"),
        Quantity("c_F", 2000.0, "1/d", "interferon made by infected cells"),
        Quantity("b_FH", 17.0, "1/d", "interferon bound by healthy cells"),
        Quantity("a_F", 8.0, "1/d", "decay of interferon"),
        Quantity("b_EM", 8.3, "1/d", "effector cells raised by antigen-presenting cells"),
        Quantity("b_EI", 2.72, "1/d", "effector cells that die killing infected cells"),
        Quantity("a_E", 0.4, "1/d", "return of effector cells to their usual number",
                 note="the BioModels file uses 0.1 in the equation and lists 0.4"),
        Quantity("b_PM", 11.5, "1/d", "plasma cells raised by antigen-presenting cells"),
        Quantity("a_P", 0.4, "1/d", "return of plasma cells to their usual number"),
        Quantity("b_A", 0.043, "1/d", "antibodies made by plasma cells"),
        Quantity("gamma_AV", 146.25, "1/d", "antibodies used up by virus",
                 note="printed as 146.2 in the paper"),
        Quantity("a_A", 0.043, "1/d", "decay of antibodies"),
        Quantity("r", 3e-5, "1/d", "how fast antibodies come to fit the virus"),
    ),
    source=Source(
        "Hancioglu B, Swigon D, Clermont G. A dynamical model of human immune response to influenza A virus "
        "infection. J Theor Biol 2007;246:70–86.",
        doi="10.1016/j.jtbi.2006.12.015", doi_resolved=True, biomodels="BIOMD0000000711"),
    says="Interferon comes first, killer cells next and antibodies last, and each ends the infection in a "
         "different way. A second infection with the same virus meets antibodies that fit, and does not "
         "grow.",
    silent_on="There is one tissue, evenly mixed, and one virus that does not change. Turning killer cells "
              "off changes almost nothing here; that is the model, not a finding about people.",
    method="BDF",
)

whole_cells = replace(
    model,
    name="hancioglu_2007_whole_cells",
    title="Immune response to influenza A, where less than one cell does not grow back",
    equations=model.equations.replace("b_HD*D*(H + R)", "b_HD*D*Max(0, H + R - one_cell)"),
    parameters=(*model.parameters,
                Quantity("one_cell", 1e-9, "1", "share of the lining below which nothing grows back",
                         status="extension",
                         note="about one cell in a billion")),
    status="extension",
)
