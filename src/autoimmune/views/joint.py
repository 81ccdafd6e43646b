"""Ready views on a joint that can be calm or inflamed: why it does not switch back.

    episode()             a trigger or a treatment that begins and ends (an extension of ours)
    push()                a push of any size, and whether the joint recovers
    resting_states()      where the joint can come to rest, drawn against the strength of the circle

All three run the model of Baker and colleagues (2013). Its levels have no unit. The *circle* is that
pro-inflammatory cytokines raise themselves; its strength is `alpha_2`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autoimmune.models import baker_2013, baker_2013_episode
from autoimmune.models.baker_2013_episode import CALM, FOLDS, INFLAMED
from autoimmune.showing import figures
from autoimmune.showing.describe import OF_MODEL, Rule, number
from autoimmune.showing.figures import Curve, DoseResponse, TimeCourse
from autoimmune.widgets.base.controls import Slider, Toggle
from autoimmune.widgets.base.drawn import Drawing
from autoimmune.widgets.explorer import Explorer, explore

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOW, HIGH = FOLDS
INFLAMED_ABOVE = 0.12  # every calm state lies below this level of pro-inflammatory cytokines, every inflamed one above
CYTOKINES = TimeCourse((Curve("p", "Pro-inflammatory", "attack"), Curve("a", "Anti-inflammatory", "regulation")),
                       "level (no unit)", log=True, low=0.005, high=10)
AT_START = Toggle("The joint at the start", {"Calm": CALM, "Inflamed": INFLAMED})
PRESETS = {
    "Short trigger": CALM | {"alpha_episode": 30.0, "length": 1.0, "alpha_rest": 12.0},
    "Longer trigger": CALM | {"alpha_episode": 30.0, "length": 2.0, "alpha_rest": 12.0},
    "Short treatment": INFLAMED | {"alpha_episode": 2.0, "length": 1.0, "alpha_rest": 12.0},
    "Longer treatment": INFLAMED | {"alpha_episode": 2.0, "length": 2.0, "alpha_rest": 12.0},
}
AROUND = (
    Rule(f"alpha_rest > {HIGH}",
         f"Before and after the episode the circle has a strength of {{alpha_rest}}. Above {HIGH:.1f} only the inflamed joint lasts: "
         "whatever the episode is, the pro-inflammatory level ends at {final_p}."),
    Rule(f"alpha_rest < {LOW}",
         f"Before and after the episode the circle has a strength of {{alpha_rest}}. Below {LOW:.1f} only the calm joint lasts: "
         "whatever the episode is, the pro-inflammatory level ends at {final_p}."),
    Rule(f"start_p < {INFLAMED_ABOVE} and final_p < {INFLAMED_ABOVE}",
         "The joint was calm and is calm again. An episode of strength {alpha_episode} and length {length} does not carry it over "
         "the threshold: the pro-inflammatory level ends at {final_p}."),
    Rule(f"start_p < {INFLAMED_ABOVE}",
         "The joint was calm. An episode of strength {alpha_episode} and length {length} carries it over the threshold, and the "
         "inflammation stays when the episode is over: the pro-inflammatory level ends at {final_p}."),
    Rule(f"final_p < {INFLAMED_ABOVE}",
         "The joint was inflamed. An episode of strength {alpha_episode} and length {length} carries it back over the threshold, "
         "and it stays calm when the episode is over: the pro-inflammatory level ends at {final_p}."),
    Rule("",
         "The joint was inflamed and is inflamed again. An episode of strength {alpha_episode} and length {length} does not carry "
         "it back over the threshold: the pro-inflammatory level ends at {final_p}."),
)
PUSHED = (
    Rule(f"alpha_2 > {HIGH}",
         f"At a strength of {{alpha_2}}, above {HIGH:.1f}, only the inflamed joint lasts: after any push, even the smallest, the "
         "pro-inflammatory level ends at {final_p}."),
    Rule(f"alpha_2 < {LOW}",
         f"At a strength of {{alpha_2}}, below {LOW:.1f}, only the calm joint lasts: the push to {{start_p}} recovers, as any push "
         "does, and the pro-inflammatory level ends at {final_p}."),
    Rule(f"final_p < {INFLAMED_ABOVE}",
         "At a strength of {alpha_2} both joints can last. The push to {start_p} recovers: the pro-inflammatory level ends at "
         "{final_p}."),
    Rule("",
         "At a strength of {alpha_2} both joints can last. The push to {start_p} does not recover: the pro-inflammatory level ends "
         "at {final_p}."),
)
RUN = 60.0  # long enough for every setting of the sliders to come to rest (tested)


def episode() -> Explorer:
    """A trigger or a treatment of a chosen strength and length, and what remains when it is over."""
    sliders = (
        Slider("alpha_episode", "Strength of the circle during the episode", 0.0, 40.0, step=0.5),
        Slider("length", "Length of the episode, from time 5", 0.0, 8.0, "time units", step=0.1),
        Slider("alpha_rest", "Strength of the circle before and after", 1.0, 20.0, step=0.5),
    )
    stays = DoseResponse("final_p", "length", "Pro-inflammatory level at the end", "Length of the episode (time units)", "attack",
                         log=True, title="Does it stay?")
    return explore(baker_2013_episode.model, toggles=(AT_START,), sliders=sliders, presets=PRESETS, show=(CYTOKINES, stays),
                   until=RUN, rules=AROUND, start=PRESETS["Short trigger"])


def push() -> Explorer:
    """A push to a pro-inflammatory level: does the joint recover?"""
    sliders = (
        Slider("p", "Pro-inflammatory level right after the push", 0.02, 5.0, log=True),
        Slider("alpha_2", "Strength of the circle", 1.0, 20.0, step=0.5),
    )
    basin = DoseResponse("final_p", "p", "Pro-inflammatory level at the end", "Level right after the push", "attack",
                         log_x=True, log=True, points=61, title="Which pushes recover?")
    return explore(baker_2013.model, sliders=sliders, show=(CYTOKINES, basin), until=RUN, rules=PUSHED,
                   start={"a": CALM["a"], "p": 0.05, "alpha_2": 12.0})


# -- the resting states ------------------------------------------------------------------------------


def strength_at_rest(p, model=baker_2013.model):
    """The `alpha_2` at which a joint rests at the pro-inflammatory level `p`: both rates set to 0 and solved for it."""
    k = model.defaults
    a = k["alpha_4"] * p**2 / (k["alpha_3"] ** 2 + p**2)
    return (k["gamma"] * p * (1 + a**2) - k["alpha_1"]) * (1 + p**2) / p**2


def branches() -> list[tuple[np.ndarray, np.ndarray]]:
    """The calm, the unstable and the inflamed state: for each the strengths and the pro-inflammatory levels."""
    p = np.geomspace(0.0204, 3, 4000)
    strength = strength_at_rest(p)
    turns = np.flatnonzero(np.diff(np.sign(np.diff(strength)))) + 1
    return list(zip(np.split(strength, turns), np.split(p, turns), strict=True))


def resting_states() -> Drawing:
    """Where the joint can come to rest, against the strength of the circle."""
    picture = figures.blank(8.4, 3.9)
    axes = picture.subplots()
    draw_branches(axes)
    for edge, (below, above), words in ((LOW, (0.02335, 0.2), "back"), (HIGH, (0.0435, 0.62), "there")):
        way = ((edge, above), (edge, below)) if words == "back" else ((edge, below), (edge, above))
        axes.annotate("", way[1], way[0], arrowprops={"arrowstyle": "-|>", "color": figures.INK, "lw": 1.6, "shrinkA": 4, "shrinkB": 4})
        axes.text(edge, 0.0125, f" {words}: {number(edge)}", color=figures.INK, ha="center")
    axes.set(xlim=(1, 20), xlabel="Strength of the circle: how much pro-inflammatory cytokines raise themselves")
    figures.name_values(axes, "Pro-inflammatory level")
    figures.scale(axes.yaxis, 0.01, 2, log=True)
    figures.finish(axes, "Where the joint can rest")
    return Drawing(picture, (
        f"{OF_MODEL}Below a strength of the circle of {number(LOW)} the joint has one resting state, calm; above {number(HIGH)} one, inflamed. Between "
        "them it has both, and a threshold in between, drawn dashed, that falls as the strength rises. Going there happens at "
        f"{number(HIGH)}, coming back only at {number(LOW)}."))


def draw_branches(axes: Axes) -> None:
    """The three branches with their names."""
    looks = (("regulation", "calm", (4, 0.0165)), ("signal", "threshold", (9.3, 0.155)), ("attack", "inflamed", (17.3, 0.9)))
    for (strength, p), (role, name, place) in zip(branches(), looks, strict=True):
        style = figures.stroke(role) | ({"linestyle": (0, (4, 3)), "linewidth": 1.8} if name == "threshold" else {"linestyle": "-"})
        axes.plot(strength, p, **style)
        axes.text(*place, name, color=figures.ROLES[role].light, weight="bold", ha="center")
    axes.axvspan(LOW, HIGH, color=figures.QUIET, alpha=0.07, lw=0)
