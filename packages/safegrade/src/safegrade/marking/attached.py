"""Files that a learner hands in beside the notebooks: `shapes.py`, a table. They go to the learner's kernel and nowhere else.

    attached    the plain files of a submission, by name, bounded in count and size; and what was left out, in words
"""

from __future__ import annotations

import os
from pathlib import Path

from safegrade.limits import MB
from safegrade.marking import ingest

MOST, LARGEST = 100, 8 * MB  # files, and bytes of all of them together
NBGRADERS_OWN = {"timestamp.txt", "submission_secret.txt"}


def attached(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """Plain files in a submission's folder but for its notebooks, by their path in it; and words for what was left out."""
    found: dict[str, bytes] = {}
    left, size = [], 0
    for path in plain_files(folder):
        name = str(path.relative_to(folder))
        try:
            content = ingest.read_plain_file(path)
        except ingest.Unreadable as error:
            left.append(f"{name} was left out: {error}")
            continue
        size += len(content)
        if len(found) >= MOST or size > LARGEST:
            return found, [*left, f"more than {MOST} files or {LARGEST // MB} MB lie beside the notebook; {name} and what follows were left out"]
        found[name] = content
    return found, left


def plain_files(folder: Path) -> list[Path]:
    """The files below a folder that are no notebooks and not hidden, without following links."""
    found = []
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__pycache__")))
        found += [Path(place, name) for name in sorted(names)
                  if not name.startswith(".") and not name.endswith((".ipynb", ".pyc")) and name not in NBGRADERS_OWN]
    return found
