"""How an explorer opens: worked out once, and kept with the package for the views that the course has.

    Opening          what an explorer shows and says before anything is moved, and the script of its picture
    opening(plan)    that of a plan: as it is kept, or else worked out here
    keep(plan)       work it out and keep it (`make views`)

A kept opening spares the learner's first picture SymPy, SciPy and matplotlib, which take seconds to load. It is found
by a number that changes with the plan and with the code that works it out, so that none is ever of another version.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autoimmune.widgets.explorer.plan import Plan

FOLDER = Path(__file__).parent / "ready"
PACKAGE = Path(__file__).parents[2]
WORKED_OUT_BY = ("modelling/model.py", "modelling/integrate.py", "modelling/javascript.py", "showing/describe.py", "showing/figures.py",
                 "widgets/base/controls.py", "widgets/explorer/plan.py", "widgets/explorer/script.py", "widgets/explorer/entry.js",
                 "widgets/explorer/ready.py")


@dataclass(frozen=True)
class Opening:
    """`summary` and `sentence` of the first run (see `describe`), `script` of the picture, for each toggle the place of
    the option that holds or None, and the run as a PNG in base64."""

    summary: dict[str, float]
    sentence: str
    script: str
    pressed: list[int | None]
    picture: str

    @cached_property
    def still(self) -> bytes:
        """The picture as PNG bytes."""
        return base64.b64decode(self.picture)


def opening(plan: Plan) -> Opening:
    """How an explorer of this plan opens."""
    return found(number(plan)) or worked_out(plan)


@cache
def found(key: str) -> Opening | None:
    """The opening that is kept under a number, if there is one."""
    path = FOLDER / f"{key}.json"
    return Opening(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def worked_out(plan: Plan) -> Opening:
    """The opening of a plan, from its model."""
    from autoimmune.showing import describe, figures
    from autoimmune.widgets.base.controls import holds_now
    from autoimmune.widgets.explorer.script import script

    run = plan.run(plan.start)
    summary = describe.summary(plan.model, run)
    pressed = [[holds_now(plan.model, option, plan.start, summary) for option in toggle.options] for toggle in plan.toggles]
    picture = figures.png(figures.figure(plan.model, run, plan.panes))
    return Opening(summary, plan.said(summary), script(plan.model, plan.rules, plan.toggles),
                   [each.index(True) if any(each) else None for each in pressed], base64.b64encode(picture).decode())


def keep(plan: Plan) -> Path:
    """Keep the opening of a plan; the file."""
    FOLDER.mkdir(exist_ok=True)
    path, made = FOLDER / f"{number(plan)}.json", worked_out(plan)
    fields = {name: getattr(made, name) for name in Opening.__dataclass_fields__}
    path.write_text(json.dumps(fields, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return path


def number(plan: Plan) -> str:
    """A number that changes with all that an opening is made of."""
    return sha256(f"{code()}{plan!r}{model_text(plan)}".encode()).hexdigest()[:16]


def model_text(plan: Plan) -> str:
    """All that a model is read from."""
    return repr([getattr(plan.model, name) for name in plan.model.__dataclass_fields__])


@cache
def code() -> str:
    """A number of the code that works openings out."""
    together = sha256()
    for name in WORKED_OUT_BY:
        together.update((PACKAGE / name).read_bytes())
    return together.hexdigest()
