"""Write environment.yml, the list for conda and Binder, from the lock: `make environment.yml`.

mamba reads no `-r requirements.txt` in a `pip:` section (mamba #1894) and no `nodefaults` (mamba #3841), so the
pins are written out and conda-forge is the only channel.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PYTHON = "3.12"


def uv() -> str:
    """The uv that runs us, the one on the PATH, or the one that make has fetched."""
    fetched = ROOT / ".uv" / "bin" / "uv"
    found = os.environ.get("UV") or shutil.which("uv") or (str(fetched) if fetched.exists() else "")
    if not found:
        sys.exit("uv is missing. Run this as `make environment.yml`, or install it with: python3 -m pip install uv")
    return found


def pins() -> list[str]:
    """What a learner needs, each at its locked version, with the marker of the systems that need it."""
    command = [uv(), "export", "--frozen", "--no-hashes", "--no-annotate", "--no-header", "--no-emit-workspace"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


def environment() -> str:
    """The text of environment.yml."""
    content = {
        "name": "self-and-non-self",
        "channels": ["conda-forge"],
        "dependencies": [f"python={PYTHON}", "pip", {"pip": [*pins(), "-e ./packages/safegrade-check", "-e ."]}],
    }
    return "# Made from uv.lock by `make environment.yml`; do not edit.\n" + yaml.safe_dump(content, sort_keys=False, width=200)


if __name__ == "__main__":
    print(environment(), end="")
