"""The chance that an attack gets going, when few cells begin it: Alexander and Wahl's circle as a branching process.

An approximation of ours. The rates are those of `alexander_wahl_2011`, read as chances: each antigen-presenting cell
raises effector T cells until it is gone, each of those frees antigen until it dies, and each molecule of antigen
matures a new antigen-presenting cell or is lost. Specific regulatory T cells are left out, because they are few
while few cells attack. Above R_0 = 1 an attack may still die out by bad luck of its first cells; below, it must.

    founders        how many antigen-presenting cells a trigger matures, on average
    take_off        the chance that one antigen-presenting cell starts an attack that lasts
    chance          the chance of a lasting attack after a trigger
    generations     people with the same trigger, drawn by chance, generation by generation

Trap: below the threshold the chance is exactly 0. Solving the fixed-point equations by repetition stops short of
that close to R_0 = 1; the closed form does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoimmune.modelling.model import Derived
from autoimmune.modelling.rules import Rules
from autoimmune.models.alexander_wahl_2011 import model as deterministic

if TYPE_CHECKING:
    import numpy as np

USED = ("f", "v", "gamma", "lambda_E", "mu_A", "mu_E", "mu_G", "b_1")
ESTABLISHED = 1000  # antigen-presenting cells from which on chance no longer ends an attack

model = Rules(
    name="alexander_wahl_branching",
    title="The chance that an attack gets going",
    latex=r"""\begin{aligned}
p &= \frac{f\,v}{v + \mu_G} && \text{a molecule of antigen matures an antigen-presenting cell} \\
q_A &= \frac{m}{m + \lambda_E (1 - q_E)}, \quad m = \mu_A + b_1 && \text{all that comes of one antigen-presenting cell dies out} \\
q_E &= \frac{\mu_E}{\mu_E + \gamma\,p\,(1 - q_A)} && \text{the same for one effector T cell} \\
1 - q_A &= \Big(1 - \frac{1}{R_0}\Big) \frac{\lambda_E}{\lambda_E + m} && \text{solved, for } R_0 > 1 \\
P &= 1 - \big(1 - p\,(1 - q_A)\big)^{G} && \text{a trigger of } G \text{ molecules starts an attack that lasts}
\end{aligned}""",
    parameters=tuple(deterministic.row(symbol) for symbol in USED),
    derived=(Derived("R_0", "f*v*lambda_E*gamma/((mu_G + v)*(mu_A + b_1)*mu_E)", "1",
                     "antigen-presenting cells that one antigen-presenting cell gives rise to"),),
    source=deterministic.source,
    says="With few cells, luck decides whether an attack gets going, and a larger trigger buys more tickets. The paper "
         "finds too that the chance rises with the first exposure.",
    silent_on="Our approximation, not the paper's own calculation: it was not compared with the paper's numbers. It says "
              "nothing of time, of how strong a lasting attack is, or of a person's own risk.",
    status="extension",
)


def rates(changed: dict[str, float]) -> dict[str, float]:
    """All rates with `changed` taken over; a ValueError names what is not allowed."""
    checked = dict(zip(changed, model.check(**changed), strict=True))
    return model.defaults | checked


def maturing(k: dict[str, float]) -> float:
    """p, the chance that one molecule of free antigen matures an antigen-presenting cell."""
    return k["f"] * k["v"] / (k["v"] + k["mu_G"])


def founders(G: float = 1e8, **parameters: float) -> float:
    """The mean number of antigen-presenting cells that `G` molecules of antigen mature."""
    return G * maturing(rates(parameters))


def take_off(**parameters: float) -> float:
    """The chance that one antigen-presenting cell starts an attack that lasts; 0 where R_0 is not above 1.

    1 - q_A = (1 - 1/R_0) lambda_E/(lambda_E + m), the solution of the two equations on the card.
    """
    k = rates(parameters)
    m = k["mu_A"] + k["b_1"]
    births = k["lambda_E"] * k["gamma"] * maturing(k)
    return max(0.0, 1 - m * k["mu_E"] / births) * k["lambda_E"] / (k["lambda_E"] + m) if births else 0.0


def chance(G=1e8, **parameters: float):
    """The chance of a lasting attack after a trigger of `G` molecules (a number or an array): 1 - (1 - p x)^G.

    Raises ValueError for a `G` below 0 or a parameter that is not allowed.
    """
    import numpy as np

    if np.any(np.asarray(G) < 0):
        raise ValueError(f"G = {G!r} is not allowed; a trigger has at least 0 molecules")
    one = maturing(rates(parameters)) * take_off(**parameters)
    found = -np.expm1(np.asarray(G, dtype=float) * np.log1p(-one))
    return found if np.ndim(G) else float(found)


def generations(people: int = 40, G: float = 1e8, *, count: int = 40, seed: int = 0, **parameters: float) -> np.ndarray:
    """Antigen-presenting cells in each generation of `people` with the same trigger, shape (people, count + 1).

    Drawn with a seed. A line that reaches ESTABLISHED stays there: it is past the reach of luck. Sums of geometric
    numbers are drawn at once as negative binomial ones.
    """
    import numpy as np

    k, rng = rates(parameters), np.random.default_rng(seed)
    raise_one, free_one = k["lambda_E"] / (k["mu_A"] + k["b_1"]), k["gamma"] * maturing(k) / k["mu_E"]
    cells = rng.binomial(int(G), maturing(k), people)
    kept = [np.minimum(cells, ESTABLISHED)]
    for _ in range(count):
        effectors = offspring(rng, kept[-1], raise_one)
        cells = np.where(kept[-1] == ESTABLISHED, ESTABLISHED, offspring(rng, effectors, free_one))
        kept.append(np.minimum(cells, ESTABLISHED))
    return np.array(kept).T


def offspring(rng: np.random.Generator, parents: np.ndarray, mean: float) -> np.ndarray:
    """What each of `parents` leaves together, when one leaves a geometric number (from 0) with this mean."""
    import numpy as np

    if mean == 0:
        return np.zeros_like(parents)
    return np.where(parents > 0, rng.negative_binomial(np.maximum(parents, 1), 1 / (1 + mean)), 0)
