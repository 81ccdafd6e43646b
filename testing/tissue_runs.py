"""The runs of the living tissue in Node, and the file of runs that its still picture is drawn from.

Write that file again after a change of rules or numbers:

    python -m testing.tissue_runs
"""

from __future__ import annotations

import json

from autoimmune.widgets.base.files import part
from autoimmune.widgets.tissue import DAYS
from autoimmune.widgets.tissue.rules import numbers, rules
from autoimmune.widgets.tissue.still import FILE, MAP_DAY, MAPS, SCENES
from testing.browser import run_in_node

# A site as one letter: its tissue, or who stands there (a capital where the tissue below is lost).
RECORD = """
function record({ numbers, seed, days, map_day }) {
  const w = tissue(numbers, seed);
  const healthy = [w.tally[HEALTHY]];
  let map = null;
  while (w.minute < days * DAY) {
    step(w);
    if (w.minute % DAY === 0) healthy.push(w.tally[HEALTHY]);
    if (w.minute === map_day * DAY) map = drawn(w);
  }
  return { healthy, lowest: w.lowest, cleared: w.cleared / DAY, map, counts: counts(w) };
}
function drawn(w) {
  const letters = [...w.state].map(state => ".*- "[state]);
  const put = (c, letter, chosen) => {
    for (let i = 0; i < c.n; i++) if (chosen(i)) {
      letters[c.at[i]] = w.state[c.at[i]] === DEAD ? letter.toUpperCase() : letter;
    }
  };
  const rests = i => w.t.kind[i] % MEMORY === NAIVE, fitsSelf = i => w.t.fits[i] & SELF;
  put(w.t, "r", rests);
  put(w.dc, "p", () => true);
  put(w.t, "d", i => !rests(i) && !fitsSelf(i));
  put(w.treg, "t", () => true);
  put(w.t, "a", i => !rests(i) && fitsSelf(i));
  const row = y => letters.slice(site(w, 0, y), site(w, w.p.width, y)).join("");
  return Array.from({ length: w.p.height }, (_, y) => row(y));
}
"""


def run(asked: list[dict]) -> list[dict]:
    """Runs in Node, one for each dict: `numbers` (in place of the card's), `seed`, `days`, `map_day`."""
    usual = {"seed": 1, "days": DAYS, "map_day": -1}
    full = [usual | each | {"numbers": rules.defaults | each.get("numbers", {})} for each in asked]
    return run_in_node(part("tissue/rules.js") + RECORD + f"const answer = {json.dumps(full)}.map(record);")


def scenes(days: float = DAYS) -> list[dict]:
    """What the file of runs holds, as the rules give it now."""
    asked = [
        {"numbers": numbers(*scene), "days": days, "map_day": MAP_DAY if scene in MAPS else -1}
        for scene in SCENES
    ]
    return [{name: found[name] for name in ("healthy", "lowest", "cleared", "map")} for found in run(asked)]


if __name__ == "__main__":
    FILE.write_text(json.dumps(scenes(), indent=0) + "\n", encoding="utf-8")
