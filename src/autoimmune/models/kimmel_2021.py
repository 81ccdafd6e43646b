"""CAR T cells after lymphodepletion, after Kimmel and colleagues; and B cells that come back, which is ours.

`model` is the paper's: chemotherapy has emptied the blood of T cells, and normal T cells and infused CAR T
cells fill it again. Both grow towards a common limit, CAR T cells fast while there is room and towards a
lower limit, so they rise, peak after a week and are then crowded out. Meanwhile they kill a CD19+ tumour
(lymphoma).

`b_cell_return` is an extension for autoimmune disease: no tumour, but normal B cells (CD19+ too) that the
bone marrow replaces. B cells vanish and come back once the CAR T cells have gone. It is a sketch: kinetics
from lymphoma, a turnover of B cells from children with a kidney disease (chen_2024), and the B cells never
quite reach none.

Trap: the logarithm of cell numbers, so N + C must stay above 0.
"""

from dataclasses import replace

from autoimmune.modelling.model import Derived, Model, Quantity, Source

GROWTH = """
        T     = N + C
        r_C   = rho_C + b*(T - K_N)^2/(a*T^2 + (T - K_N)^2)
        dN/dt = -r_N*N*log((N + C)/K_N)
        dC/dt = -r_C*C*log((N + C)/K_C)
"""

T_CELLS = (
    Quantity("N", 6.0, "1/ul", "normal T cells in the blood, after chemotherapy", note="3e9 cells"),
    Quantity("C", 0.36, "1/ul", "CAR T cells in the blood", note="1.8e8 cells infused"),
)

T_CELL_ROWS = (
    Quantity("K_N", 500.0, "1/ul", "limit to which normal T cells grow", lower=1e-6, note="2.5e11 cells"),
    Quantity("K_C", 139.0, "1/ul", "limit to which CAR T cells grow", lower=1e-6, note="6.96e10 cells"),
    Quantity("r_N", 0.17, "1/d", "growth rate of normal T cells"),
    Quantity("rho_C", 0.0251, "1/d", "growth rate of CAR T cells when the blood is full"),
    Quantity("b", 0.525, "1/d", "extra growth of CAR T cells while the blood is empty"),
    Quantity("a", 0.423, "1", "how early that extra growth ends"),
)

KILLING = (
    Quantity("gamma_B", 1.15, "1/d", "most killing by CAR T cells"),
    Quantity("k_B", 4.05, "1/ul", "CAR T cells at which killing is half of that", lower=1e-6,
             note="2.024e9 cells"),
)

model = Model(
    name="kimmel_2021",
    title="CAR T cells in lymphoma",
    time_unit="d",
    equations=GROWTH + """
        dB/dt = r_B*B - gamma_B*B*C/(k_B + C)
    """,
    states=(*T_CELLS, Quantity("B", 94.86, "ml", "tumour", note="9.486e10 cells")),
    parameters=(
        *T_CELL_ROWS,
        Quantity("r_B", 0.01, "1/d", "growth of the tumour", note="the paper has 0.01 to 0.5"),
        *KILLING,
    ),
    source=Source(
        "Kimmel GJ, Locke FL, Altrock PM. The roles of T cell competition and stochastic extinction "
        "events in chimeric antigen receptor T cell therapy. Proc R Soc B 2021;288:20210229.",
        doi="10.1098/rspb.2021.0229", doi_resolved=True, biomodels="BIOMD0000001041"),
    says="CAR T cells need the empty blood that chemotherapy leaves: they grow while there is room, peak "
         "after about a week and are crowded out by normal T cells. What is left of the tumour then "
         "decides.",
    silent_on="It was fitted to lymphoma, in which a cure is the chance death of the last tumour cells; "
              "these equations hold no chance. It has no side effects of treatment and no normal B cells.",
)

b_cell_return = replace(
    model,
    name="kimmel_2021_b_cell_return",
    title="CAR T cells and the return of B cells",
    equations=GROWTH + """
        dB/dt = k_out*(B_0 - B) - gamma_B*B*C/(k_B + C)
    """,
    states=(*T_CELLS, Quantity("B", 200.0, "1/ul", "normal B cells in the blood", status="extension")),
    parameters=(
        *T_CELL_ROWS, *KILLING,
        Quantity("B_0", 200.0, "1/ul", "B cells without CAR T cells", status="extension"),
        Quantity("k_out", 0.051, "1/d", "turnover of B cells", status="extension",
                 note="of children, from chen_2024"),
    ),
    derived=(
        Derived("half_life_B", "log(2)/k_out", "d",
                "time in which half of a gap in B cells closes once killing has ended", status="extension"),
    ),
    says="B cells vanish within days of CAR T cells rising and come back over months as those are crowded "
         "out, without further treatment.",
    silent_on="A sketch of ours: its parts come from adults with lymphoma and children with a kidney "
              "disease, none with lupus. It holds no antibodies, no remission and no side effects, and "
              "its B cells fall to about 5 %, not to none.",
    status="extension",
)
