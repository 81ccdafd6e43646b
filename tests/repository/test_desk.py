"""A learner's desk: what is seen there, and what a kernel does while the rest arrives."""

import subprocess
import sys
from pathlib import Path

import pytest

from testing.deadlines import DEADLINE
from tools import desk

ROOT = Path(__file__).parents[2]


def test_it_shows_lessons_and_assignments_under_these_names_and_nothing_else(tmp_path):
    folder, address = desk.laid_out(tmp_path)
    assert address == "/lab/tree/Lessons/00_start_here.ipynb"
    assert {path.name: path.resolve() for path in Path(folder).iterdir()} == {
        "Lessons": tmp_path / "course", "Assignments": tmp_path / "release"}
    assert desk.laid_out(tmp_path) == (folder, address)  # a second time too


def test_where_the_system_makes_no_links_the_course_itself_is_shown(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise OSError("a required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refused)
    assert desk.laid_out(tmp_path) == (str(tmp_path), "/lab/tree/course/00_start_here.ipynb")
    assert {"source", "tests", "uv.lock"} <= {path.name for path in ROOT.iterdir() if any(path.match(glob) for glob in desk.HIDDEN)}


def test_what_nbgrader_adds_for_instructors_is_not_there():
    page = desk.without_instructors_tools(None, {"disabledExtensions": ["mine"]})
    assert page["disabledExtensions"][0] == "mine"
    assert "@jupyter/nbgrader:create-assignment" in page["disabledExtensions"]
    assert not [name for name in page["disabledExtensions"] if "assignment-list" in name or "validate" in name]


@pytest.fixture
def coming(tmp_path, monkeypatch):
    """An installation that goes on until it is told to end, in the place of uv."""
    monkeypatch.setattr(desk, "COMING", tmp_path / "build" / "coming.txt")
    go = tmp_path / "go"
    uv = tmp_path / "uv"
    uv.write_text(f"#!/bin/sh\necho 'error: no network' >&2\nwhile [ ! -e {go} ]; do sleep 0.02; done\nexit 2\n")
    uv.chmod(0o755)
    process = desk.bring(str(uv))
    yield go
    go.touch()
    process.wait(DEADLINE)


def test_a_kernel_waits_until_what_lessons_import_has_arrived(coming):
    code = f"from tools import desk; from pathlib import Path; desk.COMING = Path({str(desk.COMING)!r}); print('waits', flush=True); desk.wait_for_arrival(); print('goes on')"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as kernel:
        assert kernel.stdout.readline() == "waits\n"
        with pytest.raises(subprocess.TimeoutExpired):
            kernel.wait(0.3)
        coming.touch()
        assert kernel.communicate(timeout=DEADLINE)[0] == "goes on\n"


def test_what_did_not_arrive_is_named_with_the_reason_and_the_remedy(coming):
    coming.touch()
    desk.wait_for_arrival()
    with pytest.raises(ModuleNotFoundError, match="numpy could not be installed: error: no network\nRun `make lab` again"):
        desk.Absent().find_spec("numpy")
    assert desk.Absent().find_spec("anything_else") is None
