"""The limit of how fast a class can be marked: the same cells and tests, in one bare fork of a warm Python each.

    python -m benchmarks.bare FILE WORKERS    FILE holds {"imports": modules, "given": cells, "submissions": [[cells], …]} as JSON

Nothing is protected, kept or recorded; a cell that fails ends itself alone. Each fork says how many of its cells went well.
"""

import contextlib
import gc
import importlib
import io
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager


def run(cells: Iterable[str], names: dict) -> int:
    """Run cells one after the other; how many came to their end."""
    well = 0
    for cell in cells:
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            exec(compile(TransformerManager().transform_cell(cell), "cell", "exec"), names)
            well += 1
    return well


def mark(submissions: list[list[str]], workers: int) -> None:
    """Fork for each submission, so many at a time."""
    working: set[int] = set()
    for cells in submissions:
        if len(working) == workers:
            working.discard(os.wait()[0])
        if (child := os.fork()) == 0:
            run(cells, {"__name__": "__main__"})
            os._exit(0)
        working.add(child)
    while working:
        working.discard(os.wait()[0])


def main(file: str, workers: str) -> None:
    wanted = json.loads(Path(file).read_text(encoding="utf-8"))
    for name in wanted["imports"]:
        importlib.import_module(name)
    run(wanted["given"], {"__name__": "__main__"})
    gc.collect()
    gc.freeze()
    mark(wanted["submissions"], int(workers))


if __name__ == "__main__":
    main(*sys.argv[1:])
