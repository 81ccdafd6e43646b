"""The list for conda and Binder says what the lock says, and Binder's own builder takes it."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

from tools.environment import environment

ROOT = Path(__file__).parents[2]
LISTED = (ROOT / "environment.yml").read_text()


def test_environment_yml_is_in_step_with_the_lock():
    assert environment() == LISTED, "environment.yml is stale: run `make environment.yml`"


def test_environment_yml_avoids_what_mamba_cannot_read():
    content = yaml.safe_load(LISTED)
    pip = content["dependencies"][-1]["pip"]
    assert content["channels"] == ["conda-forge"]
    assert re.match(r"python=3\.\d+$", content["dependencies"][0])
    assert pip[-2:] == ["-e ./packages/safegrade-check", "-e ."] and not [line for line in pip if line.startswith("-r")]
    assert all(re.match(r"[\w.-]+(\[\w+\])?==", line) for line in pip[:-2])


def test_binder_would_build_it():
    command = [sys.executable, "-m", "repo2docker", "--no-build", str(ROOT)]
    report = subprocess.run(command, capture_output=True, text=True, check=True)
    python = yaml.safe_load(LISTED)["dependencies"][0]
    assert f"Building conda environment for {python}" in report.stderr
    assert '--file "environment.yml"' in report.stdout + report.stderr
