"""One knob, two outcomes: suppression holds back an attack on self and the answer to an infection. An
extension.

Alexander and Wahl's circle (antigen-presenting cells, regulatory and effector T cells, self antigen) and
Reynolds and colleagues' inflammation (pathogen, phagocytes, damage, mediators) run side by side. A drug takes
the share `u` off both the making of effector T cells and the call for phagocytes. The two models are
published; putting them side by side, and one `u` for both, is ours. Nothing else joins them.

    u above u_needed      the attack on self dies out; u_needed = 1 - 1/R_0 without the drug
    u below some u_most   the infection is cleared; `u_most` finds it by trying, for a dose P(0) and a rate k_pg

Between them lies a window, a narrow one, or none. Here it is 0.125 to 0.263.

Traps: time is in days, so Reynolds' rates, which are per hour, are multiplied by 24. Close to u_needed the
attack dies out over years, while the infection is settled in weeks.
"""

from dataclasses import replace

from autoimmune.modelling.model import Derived, Model, Quantity, Source
from autoimmune.models.alexander_wahl_2011 import model as self_attack
from autoimmune.models.reynolds_2006 import OUTCOMES, outcome
from autoimmune.models.reynolds_2006 import model as infection

CHOSEN = {"b_1": 0.1, "k_pg": 0.5, "P": 0.5}  # both models at values where the knob matters


def row(published: Quantity) -> Quantity:
    """A row of either paper, at our value where CHOSEN has one."""
    if published.symbol not in CHOSEN:
        return published
    return replace(published, value=CHOSEN[published.symbol], status="extension",
                   note=f"chosen; the paper's is {published.value:g}")


model = Model(
    name="tradeoff_2011_2006",
    title="Suppression: the attack on self and the answer to infection",
    time_unit="d",
    equations="""
        dA/dt = f*v*G - (mu_A + b_1 + sigma_1*R)*A
        dR/dt = (beta + pi_1*E)*A - mu_R*R
        dE/dt = (1 - u)*lambda_E*A - mu_E*E
        dG/dt = gamma*E - (v + mu_G)*G
        g(x)    = x/(1 + (C_A/c_inf)^2)
        g_s(x)  = x^6/(x_dn^6 + x^6)
        call    = (1 - u)*g(k_nn*N + k_np*P + k_nd*D)
        dP/dt   = 24*(k_pg*P*(1 - P/p_inf) - k_pm*s_m*P/(mu_m + k_mp*P) - k_pn*g(N)*P)
        dN/dt   = 24*(s_nr*call/(mu_nr + call) - mu_n*N)
        dD/dt   = 24*(k_dn*g_s(g(N)) - mu_d*D)
        dC_A/dt = 24*(s_c + k_cn*g(N + k_cnd*D)/(1 + g(N + k_cnd*D)) - mu_c*C_A)
    """,
    states=tuple(row(state) for state in (*self_attack.states, *infection.states)),
    parameters=(
        Quantity("u", 0.0, "1",
                 "suppression: share taken off effector T cells and off the call for phagocytes",
                 status="extension", upper=1.0),
        *(row(parameter) for parameter in (*self_attack.parameters, *infection.parameters)),
    ),
    derived=(
        Derived("R_0", "(1 - u)*f*v*lambda_E*gamma/((mu_G + v)*(mu_A + b_1)*mu_E)", "1",
                "antigen-presenting cells that one antigen-presenting cell gives rise to, under the drug",
                status="extension"),
        Derived("u_needed", "Max(0, 1 - (mu_G + v)*(mu_A + b_1)*mu_E/(f*v*lambda_E*gamma))", "1",
                "suppression above which the attack on self dies out", status="extension"),
    ),
    source=Source(f"{self_attack.source.citation} With: {infection.source.citation} The coupling is ours.",
                  biomodels=f"{self_attack.source.biomodels}, {infection.source.biomodels}"),
    says="The same suppression that ends an attack on self can let an infection win. Whether there is "
         "room between too little and too much depends on the attack and on the infection.",
    silent_on="The coupling is ours and was compared with no patient. One number stands for all drugs, "
              "though real ones act on different cells, and the shares here are not doses.",
    status="extension",
)


def u_most(days: float = 60.0, *, P: float = CHOSEN["P"], **parameters: float) -> float:
    """The largest suppression under which `P` of the pathogen is cleared within `days`; 1 where it always is.

    Found by bisection on `reynolds_2006.outcome`. Raises ValueError where the infection wins without the drug
    too.
    """
    from autoimmune.modelling.analysis import threshold

    def cleared(u: float) -> bool:
        result = model.simulate(days, points=2, initial={"P": P}, u=u, **parameters)
        return outcome(result) == OUTCOMES[0]

    if not cleared(0.0):
        raise ValueError(f"P = {P!r} is not cleared even without the drug at {parameters}")
    return 1.0 if cleared(1.0) else threshold(cleared, 0.0, 1.0, rel=1e-4)
