"""The attack corpus through stock nbgrader, the baseline, and through safegrade.

Stock nbgrader runs a learner's code with the marker's rights. So each attack gets a course of its own here and is
marked inside a bubblewrap of this benchmark's: read-only files, a folder in memory, no network, limits on time,
memory and processes. Attacks that would need minutes there or press on the machine (bombs, endless loops, signals to
everybody) are left out of that half and say so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from testing.marking.attacks import ATTACKS, Attack, submit
from testing.marking.small import MARKER, QUESTIONS, RIGHT, Small
from tools.nbgrader_commands import CommandFailed, at_home

ROOT = Path(__file__).parent.parent
RELEASED = "/tmp/released"  # in the cage
PATIENCE = 90  # seconds for stock nbgrader to mark an attack and a bystander
BYSTANDER = "zoe"  # marked after the attack
LIMITS = {"cell_seconds": 4, "notebook_seconds": 60, "memory": 1500 << 20, "processes": 40, "output": 1 << 20, "output_in_all": 4 << 20}


def marked(folder: Path, attacks: list[Attack], limits: dict | None) -> Small:
    """A course with these attacks and a bystander, marked, with feedback."""
    course = Small(folder, limits)
    for attack in attacks:
        submit(course, attack)
    course.hand_in(BYSTANDER, RIGHT)
    for command in ("autograde", "generate_feedback"):
        with suppress(CommandFailed):  # what was marked all the same is what counts
            course.run(command)
    return course


def found(course: Small, attack: Attack) -> dict:
    """What an attack got, whether the feedback tells hidden tests, and what the bystander got."""
    return {"points": sum(course.points(attack.learner).values()), "told": MARKER in course.feedback(attack.learner),
            "escaped": escaped(course, attack), "bystander": sum(course.points(BYSTANDER).values())}


def escaped(course: Small, attack: Attack) -> bool:
    """Whether a probe reached what it should not."""
    path = course.folder / "autograded" / attack.learner / "ps1" / "ps1.ipynb"
    return path.is_file() and "ESCAPED" in course.outputs(attack.learner)


def stock_here(name: str) -> None:
    """Mark one attack with stock nbgrader, in this process, and print what came of it."""
    attack = next(each for each in ATTACKS if each.name == name)
    with tempfile.TemporaryDirectory() as folder, at_home(Path(folder) / "home"):
        shutil.copytree(RELEASED, Path(folder) / "course")
        course = marked(Path(folder) / "course", [attack], None)
        print("\n" + json.dumps(found(course, attack)))


def caged(name: str, released: Path) -> list[str]:
    """The command that marks one attack with stock nbgrader in a cage; `released` is a course in which nothing is handed in yet."""
    return ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
            "--size", str(1 << 30), "--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--ro-bind", str(released), RELEASED, "--chdir", str(ROOT), "--setenv", "TMPDIR", "/tmp", "--setenv", "PYTHONDONTWRITEBYTECODE", "1",
            "prlimit", f"--as={6 << 30}", "--fsize=300000000", f"--cpu={PATIENCE}", sys.executable, "-m", "benchmarks.bench_attacks", name]


def stock(attack: Attack, released: Path) -> dict | str:
    """What stock nbgrader made of an attack, or why there is nothing."""
    if not attack.stock:
        return "left out"
    try:
        ran = subprocess.run(caged(attack.name, released), capture_output=True, text=True, timeout=PATIENCE, check=False, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"})
        return json.loads(ran.stdout.strip().splitlines()[-1])
    except subprocess.TimeoutExpired:
        return "not done"
    except (ValueError, IndexError):
        return "ended"


def verdict(got: dict | str, attack: Attack) -> str:
    """A result in a few words: undeserved and lost points, hidden tests told, a bystander harmed."""
    if isinstance(got, str):
        return got
    more = got["points"] - sum(attack.points)
    words = [f"{got['points']:g} points", f"{more:+g}" if more else "", "told" if got["told"] else "", "escaped" if got["escaped"] else "",
             "" if got["bystander"] == sum(QUESTIONS.values()) else "next one lost"]
    return " ".join(filter(None, words))


def rows(attacks: list[Attack] | None = None) -> Iterator[tuple[str, str, str]]:
    """One line an attack: its name, what safegrade gave, what stock nbgrader did."""
    attacks = ATTACKS if attacks is None else attacks
    with tempfile.TemporaryDirectory() as folder, at_home(Path(folder) / "home"):
        course, released = marked(Path(folder) / "course", attacks, LIMITS), Small(Path(folder) / "released").folder
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for attack, theirs in zip(attacks, pool.map(lambda attack: stock(attack, released), attacks)):
                yield f"{attack.name} (deserves {sum(attack.points):g})", verdict(found(course, attack), attack), f"stock: {verdict(theirs, attack)}"


if __name__ == "__main__":
    if sys.argv[1:]:
        stock_here(sys.argv[1])
    else:
        for row in rows():
            print("{:<76} {:>10}  {}".format(*row), flush=True)
