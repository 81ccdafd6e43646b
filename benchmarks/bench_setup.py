"""From a fresh clone to the first lesson, with empty caches, beside bare JupyterLab on the same machine in the same hour.

    rows()                     for `make bench`
    figures()                  the same by name: ratios, numbers of packages, megabytes
    python -m benchmarks.bench_setup [--keep]
                               print them, and fail where one has risen by a fifth above `setup.json` (--keep writes it)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from testing.browser import free_port
from testing.deadlines import DEADLINE
from tools.desk import COMING, wait_for_arrival
from tools.environment import pins, uv

ROOT = Path(__file__).parents[1]
KEPT = Path(__file__).with_name("setup.json")
TIMES = 3
A_FIFTH = 1.2
IMPORTS = "import numpy, pandas, matplotlib.pyplot"
FIRST = "from autoimmune.views.self_tolerance import first_toggle; first_toggle()._repr_mimebundle_()"
BARE = """
uv venv --quiet --python {python} .venv && uv pip install --quiet --python .venv jupyterlab &&
.venv/bin/jupyter lab --allow-root --no-browser --port={port} --ServerApp.port_retries=0"""
BARE_AGAIN = ".venv/bin/jupyter lab --allow-root --no-browser --port={port} --ServerApp.port_retries=0"
OURS = "git clone --quiet {root} course && make -C course lab BROWSER=0 PORT={port}"
OURS_AGAIN = "make -C course lab BROWSER=0 PORT={port}"


# -- served ------------------------------------------------------------------------------------------------------------


def served(command: str, folder: Path, with_uv: bool = True) -> float:
    """Seconds on the clock until a command's JupyterLab answers; then everything that it has started is ended."""
    port = free_port()
    line = command.format(port=port, root=ROOT, python=sys.executable)
    began = time.perf_counter()
    with open(folder / "said.txt", "a") as said:
        process = subprocess.Popen(["/bin/sh", "-c", line], cwd=folder, env=clean(folder, with_uv), stdout=said, stderr=said, start_new_session=True)
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - began > DEADLINE:
                raise RuntimeError(f"{line.strip()} did not come to answer: {(folder / 'said.txt').read_text()[-1000:]}")
            time.sleep(0.02)
        taken = time.perf_counter() - began
        wait_for_arrival(folder / "course" / "build" / COMING.name)  # so that the next start is a second one
        return taken
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def clean(folder: Path, with_uv: bool) -> dict[str, str]:
    """An environment with empty caches, in which Python keeps what it compiles; with uv on the path, or without."""
    places = [str(Path(uv()).resolve().parent)] if with_uv else []
    paths = [path for path in os.environ["PATH"].split(os.pathsep) if with_uv or not (Path(path) / "uv").exists()]
    left = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "UV")}
    return left | {"UV_CACHE_DIR": str(folder / "uv"), "PIP_CACHE_DIR": str(folder / "pip"), "PATH": os.pathsep.join([*places, *paths])}


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/lab", timeout=DEADLINE).close()
    except OSError:
        return False
    return True


@contextmanager
def empty() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def starts() -> dict[str, list[float]]:
    """Seconds of each start, TIMES of each: bare and ours, the first and the second, with and without uv."""
    found: dict[str, list[float]] = {name: [] for name in ("bare", "bare again", "ours", "ours again", "ours without uv")}
    for _ in range(TIMES):
        with empty() as folder:
            found["bare"].append(served(BARE, folder))
            found["bare again"].append(served(BARE_AGAIN, folder))
        with empty() as folder:
            found["ours"].append(served(OURS, folder))
            found["ours again"].append(served(OURS_AGAIN, folder))
        with empty() as folder:
            found["ours without uv"].append(served(OURS, folder, with_uv=False))
    return found


# -- the first picture -------------------------------------------------------------------------------------------------


def processor(code: str) -> list[float]:
    """Processor seconds of code in a Python that has just begun, and of the same code once more; medians of TIMES."""
    timed = ("import json, time\nlaps = []\nfor _ in range(2):\n    began = time.process_time()\n"
             f"    exec({code!r})\n    laps.append(time.process_time() - began)\nprint(json.dumps(laps))")
    runs = [json.loads(subprocess.run([sys.executable, "-c", timed], check=True, capture_output=True, text=True, cwd=ROOT).stdout.splitlines()[-1])
            for _ in range(TIMES)]
    return [median(lap) for lap in zip(*runs, strict=True)]


def first_cell(lesson: Path) -> str:
    """The first cell of a lesson that imports from the course."""
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    sources = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return next(source for source in sources if "autoimmune" in source)


# -- what there is to install ------------------------------------------------------------------------------------------


def packages() -> list[str]:
    """What a learner installs, as the lock says."""
    return [line for line in pins() if ";" not in line or "win" not in line.partition(";")[2]]


def megabytes() -> float:
    """What a learner downloads on this system, as the lock gives it: the smallest wheel that fits, or else the source."""
    import tomllib

    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    wanted = {line.partition("==")[0].partition("[")[0] for line in packages()}
    tag = f"cp{sys.version_info.major}{sys.version_info.minor}"
    total = 0
    for package in lock["package"]:
        if package["name"] in wanted:
            wheels = package.get("wheels", [])
            sizes = [wheel["size"] for wheel in wheels if fits(wheel["url"], tag)]
            total += min(sizes) if sizes else 0 if wheels else package["sdist"]["size"]
    return total / 1e6


def fits(wheel: str, tag: str) -> bool:
    """Whether a wheel is one for this Python, `tag`, on Linux with an Intel processor."""
    return "any.whl" in wheel or (tag in wheel or "abi3" in wheel) and "manylinux" in wheel and "x86_64" in wheel


# -- together ----------------------------------------------------------------------------------------------------------


def figures() -> dict[str, float]:
    """Ratios in one run, and what there is to install, by name."""
    taken = {name: median(each) for name, each in starts().items()}
    imports, (cold, warm) = processor(IMPORTS)[0], processor(FIRST)
    return {
        "clone to lesson, of bare JupyterLab": taken["ours"] / taken["bare"],
        "clone to lesson without uv, of bare JupyterLab": taken["ours without uv"] / taken["bare"],
        "second start, of bare JupyterLab's": taken["ours again"] / taken["bare again"],
        "first explorer, of importing NumPy, pandas and matplotlib": cold / imports,
        "the same once more": warm / imports,
        "packages": float(len(packages())),
        "megabytes to download": megabytes(),
        "bare JupyterLab, seconds": taken["bare"],
        "ours, seconds": taken["ours"],
    }


def rows() -> Iterator[tuple[str, str, str]]:
    """One line a figure, and the first cell of each lesson."""
    for name, value in figures().items():
        yield name, f"{value:.2f}", ""
    for lesson in sorted((ROOT / "course").glob("*.ipynb")):
        cold, warm = processor(first_cell(lesson))
        yield f"first cell of {lesson.stem}, and once more", f"{cold:.2f} s", f"{warm:.2f} s"


def risen(found: dict[str, float], kept: dict[str, float]) -> list[str]:
    """What has risen by more than a fifth; seconds are of one machine and are not held against each other."""
    return [f"{name}: {found[name]:.2f}, and {kept[name]:.2f} before" for name in kept if not name.endswith("seconds") and found[name] > A_FIFTH * kept[name]]


def main(words: list[str]) -> int:
    found = figures()
    for name, value in found.items():
        print(f"{name:<60} {value:8.2f}", flush=True)
    if "--keep" in words:
        KEPT.write_text(json.dumps({name: round(value, 3) for name, value in found.items()}, indent=2) + "\n", encoding="utf-8")
        return 0
    for line in (higher := risen(found, json.loads(KEPT.read_text(encoding="utf-8")))):
        print(f"risen by more than a fifth: {line}")
    return 1 if higher else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
