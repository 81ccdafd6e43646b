"""What CONTRIBUTING, ARCHITECTURE and the issue forms name is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("CONTRIBUTING.md", "ARCHITECTURE.md", "README.md")
TARGETS = set(re.findall(r"^([\w.-]+(?: [\w.-]+)*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_every_target_of_make_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = {word for line in re.findall(r"(?:^|`)make ([a-z][\w .-]*)", text, re.MULTILINE) for word in line.split() if word.islower()}
    assert named <= {target for targets in TARGETS for target in targets.split()}


@pytest.mark.parametrize("page", PAGES)
def test_every_path_is_there(page):
    named = re.findall(r"[`\s(]((?:src|packages|tests|tools|testing|docs|course|source)/[\w./-]*\w/?)[`\s)]", (ROOT / page).read_text(encoding="utf-8"))
    assert len(named) > 3 and [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("form", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml")), ids=lambda path: path.stem)
def test_it_is_an_issue_form(form):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-issue-forms", str(form)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
