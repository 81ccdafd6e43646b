"""The workflows of the hosted CI are what its service reads, and call what is there."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_it_is_a_workflow(workflow):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(workflow)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_what_it_calls_is_there(workflow):
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values()
    commands = "\n".join(step.get("run", "") for job in jobs for step in job["steps"])
    targets = re.findall(r"^([\w.-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"make ([\w-]+)", commands)) <= set(targets)
    for name in re.findall(r"(?:course|tests|release)/[\w./]+", commands):
        assert (ROOT / name).exists(), name
    for module in re.findall(r"python -m ((?:benchmarks|tools)[\w.]*)", commands):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module
    assert all(job["timeout-minutes"] for job in jobs)


def test_the_next_version_of_each_bounded_package_is_tried_every_week_and_may_fail():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "next.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["next"]
    assert set(job["strategy"]["matrix"]["packages"][-1].split()) == bounded() >= {"nbgrader", "ipykernel", "ipython", "jupyter-client"}
    assert workflow[True]["schedule"] and job["continue-on-error"] is True  # YAML reads `on` as a truth
    assert workflow["permissions"] == {"contents": "read"}


def bounded():
    """The packages that marking bounds to what it was tested with, all but its helpers."""
    project = tomllib.loads((ROOT / "packages" / "safegrade" / "pyproject.toml").read_text(encoding="utf-8"))
    return {re.match(r"[\w-]+", each)[0] for each in project["project"]["dependencies"] if "," in each}
