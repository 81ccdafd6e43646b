"""A joint through an episode: Baker's switch, pushed for a while and then left alone.

An extension of ours. The equations are the paper's; only `alpha_2`, the strength with which pro-inflammatory
cytokines raise themselves, changes in time: `alpha_episode` from `start` on for `length`, and `alpha_rest`
before and after. A trigger raises it, a course of treatment lowers it. Between FOLDS both a calm and an
inflamed joint can last, so the state at the end depends on what has been.
"""

from dataclasses import replace

from autoimmune.modelling.model import Quantity
from autoimmune.models.baker_2013 import model as published

FOLDS = 7.3313, 15.6657  # alpha_2 at which the inflamed and the calm joint vanish (tested)
CALM = {"a": 0.010161558787823379, "p": 0.02698034571660879}  # the two lasting states at alpha_2 = 12 (tested)
INFLAMED = {"a": 1.6633176780858174, "p": 0.4758176886687914}
OURS = {"status": "extension"}

model = replace(
    published,
    name="baker_2013_episode",
    title="A joint through an episode",
    equations="alpha_2 = Piecewise((alpha_episode, And(t >= start, t < start + length)), (alpha_rest, True))"
              + published.equations,
    states=tuple(replace(row, value=CALM[row.symbol], note="calm, at alpha_2 = 12", **OURS) for row in published.states),
    parameters=(
        *(row for row in published.parameters if row.symbol != "alpha_2"),
        Quantity("alpha_rest", 12.0, "1", "strength of self-raising before and after the episode", **OURS),
        Quantity("alpha_episode", 30.0, "1", "strength of self-raising during the episode", **OURS),
        Quantity("start", 5.0, "time units", "when the episode starts", **OURS),
        Quantity("length", 2.0, "time units", "how long it lasts", **OURS),
    ),
    says="When the trigger is gone, the inflammation may stay: what lasts depends on what has been. A course of "
         "treatment can end it for good in the same way.",
    status="extension",
)
