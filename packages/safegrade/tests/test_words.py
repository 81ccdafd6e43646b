"""What the command `safegrade` says, where it is started, and how its report reads."""

import os
import tempfile
from pathlib import Path

import pandas as pd
import pytest

from safegrade import app, sandbox
from safegrade.limits import Limits
from safegrade.marking.learner import LearnerKernel
from safegrade.marking.mark import Room
from safegrade.marking.paper import Paper
from safegrade.nbgrader import report
from safegrade.sandbox import Refused
from safegrade.sandbox.warm import Warm


def said(capsys, *words: str) -> str:
    """What the command ends with."""
    with pytest.raises(SystemExit) as end:
        app.main([*words])
    return f"{end.value}{capsys.readouterr().err}"


def test_a_folder_without_a_gradebook_is_told_and_left_as_it_is(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "there is no gradebook" in said(capsys, "mark", "ps1") and "folder that holds nbgrader_config.py" in said(capsys, "report", "ps1")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("number", ["0", "-1", "two"])
def test_workers_are_counted_from_one(number, capsys):
    assert f"{number} is not allowed; it must be at least 1" in said(capsys, "mark", "ps1", f"--workers={number}")


def test_the_report_says_what_its_numbers_mean_and_what_was_told():
    table = pd.DataFrame({"of": [2.0, 3.0], "marked": [5, 5], "mean": [0.6, 1.0], "discrimination": [0.4, float("nan")],
                          "commonest": ["It is turned around.", ""], "times": [2, 0]}, index=pd.Index(["order", "easy"], name="question"))
    lines = report.told(table).splitlines()
    assert "  order, 2 of 5: It is turned around." in lines and not any("easy, " in line for line in lines)
    assert max(map(len, lines)) < 130 and "1 is easy" in report.told(table)
    assert "Told most often" not in report.told(table[1:])


def test_python_may_lie_in_tmp(monkeypatch):
    """A course that was cloned into /tmp has its environment there, and the sandbox has a /tmp of its own."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="a course in ") as folder:
        Path(folder).chmod(0o755)  # as a clone is; the user inside is another
        Path(folder, "only_here.py").write_text("answer = 42\n")
        monkeypatch.syspath_prepend(folder)
        folders = sandbox.python_folders() + [Path(folder)]
        monkeypatch.setattr(sandbox, "python_folders", lambda: sorted({*folders}))
        with Warm("kernel") as warm:
            kernel = LearnerKernel(warm, Limits(), {})
            try:
                run = kernel.run(f"import sys; sys.path.insert(0, {folder!r}); import only_here; print(only_here.answer)")
                written = kernel.run(f"open({folder + '/new'!r}, 'w')")
            finally:
                kernel.close()
        assert [output["text"] for output in run.outputs] == ["42\n"]
        assert written.raised == "OSError" and os.listdir(folder) == ["only_here.py"]


def test_a_sandbox_that_does_not_start_costs_nobody_points(monkeypatch):
    def ended(kernel):
        raise kernel.line.gone("crash")

    monkeypatch.setattr(LearnerKernel, "wait_until_ready", ended)
    with pytest.raises(Refused, match=r"does not start in the sandbox \(crash\), so nothing is marked"):
        Room(Paper("ps1", "ps1", ()))
