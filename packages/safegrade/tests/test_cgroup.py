"""A memory cgroup for each fork: found where there is one, entered by what runs in a fork and by nothing else, and left behind empty.

The tree is one of plain files here, because few machines that run these tests let them make cgroups.
"""

import os
from pathlib import Path

import pytest

from safegrade import app, sandbox
from safegrade.inside import warden
from safegrade.limits import MB, Limits
from safegrade.marking.learner import LearnerKernel
from safegrade.sandbox import cgroup, doctor
from safegrade.sandbox.cgroup import Found, Group, Groups, looked_for
from safegrade.sandbox.warm import Warm

FILES = {"cgroup.procs": "", "cgroup.kill": "", "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n"}
OWN = "/user.slice/app.slice/marker.scope"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Cgroups as systemd makes them for somebody who is logged in; a folder made in it has files, as in the real one."""
    root = tmp_path / "cgroup"
    for path, hands_on in (("", "cpu memory pids"), ("user.slice", "memory pids"), ("user.slice/app.slice", "memory"), (OWN[1:], "")):
        (root / path).mkdir()
        (root / path / "cgroup.subtree_control").write_text(hands_on + "\n")
        (root / path / "cgroup.procs").touch()
    plain = Path.mkdir

    def mkdir(path, *how, **more):
        plain(path, *how, **more)
        if path.name.startswith("safegrade-"):
            for name, content in FILES.items():
                (path / name).write_text(content)

    def rmdir(path):
        for each in path.iterdir():
            each.unlink()
        os.rmdir(path)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    monkeypatch.setattr(Path, "rmdir", rmdir)
    return root


def mounts(root, inside="/"):
    return f"22 1 0:21 / /proc rw - proc proc rw\n30 23 0:26 {inside} {root} rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"


def looked(root, own=OWN, inside="/", enters=lambda group: True):
    return looked_for(f"5:cpu:/x\n0::{own}\n", mounts(root, inside), enters)


def test_the_nearest_that_hands_memory_on_is_found(tree):
    assert looked(tree) == Found(tree / "user.slice" / "app.slice")
    assert list(tree.rglob("safegrade-*")) == []


def test_in_a_container_paths_begin_where_it_does(tree):
    assert looked(tree, own="/elsewhere/marker.scope", inside="/outer").why == "this process's cgroup is not among those that are mounted"
    assert looked(tree / "user.slice", own="/outer/app.slice/marker.scope", inside="/outer") == Found(tree / "user.slice" / "app.slice")


def test_a_cgroup_that_itself_hands_memory_on_is_taken(tree):
    (tree / OWN[1:] / "cgroup.subtree_control").write_text("memory\n")
    assert looked(tree).place == tree / OWN[1:]


@pytest.mark.parametrize("change, why", [
    (lambda tree: [path.write_text("cpu pids\n") for path in tree.rglob("cgroup.subtree_control")], "no cgroup around this process hands memory on"),
    (lambda tree: [path.unlink() for path in tree.rglob("cgroup.subtree_control")], "no cgroup around this process hands memory on"),
], ids=["not handed on", "unknown"])
def test_where_there_is_none_it_says_why(tree, change, why):
    change(tree)
    found = looked(tree)
    assert found.place is None and why in found.why


def test_what_belongs_to_somebody_else_is_left_alone(tree, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "belongs to somebody else" in looked(tree).why


def test_what_cannot_be_entered_is_not_used_and_not_left_behind(tree):
    assert "cannot enter" in looked(tree, enters=lambda group: False).why
    assert list(tree.rglob("safegrade-*")) == []


def test_what_refuses_new_ones_is_not_used(tree, monkeypatch):
    def full(path, *how, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    assert "No space left" in looked(tree).why


@pytest.mark.parametrize("said", ["9:memory:/x\n", ""])
def test_the_older_kind_is_not_used(said):
    assert looked_for(said, "31 23 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", lambda group: True) == Found(None, "cgroup v2 is not mounted")


def test_what_was_left_by_a_marker_that_is_gone_is_removed(tree):
    (tree / "safegrade-999999999-ab").mkdir()
    (tree / f"safegrade-{os.getpid()}-ab").mkdir()
    Groups(tree)
    assert [path.name for path in tree.glob("safegrade-*")] == [f"safegrade-{os.getpid()}-ab"]


def test_one_that_is_not_empty_yet_is_removed_later(tree, monkeypatch):
    groups, busy = Groups(tree), [True]
    group = groups.make(64 * MB)
    with monkeypatch.context() as patch:
        patch.setattr(Group, "gone", lambda group: not busy)
        groups.close(group)
        groups.remove()
    assert (group.path / "cgroup.kill").read_text() == "1"
    groups.remove()
    assert not group.path.exists() and not groups.closed


def test_each_fork_enters_one_of_its_own_with_its_limit(tree, monkeypatch):
    monkeypatch.setattr(cgroup, "found", lambda: Found(tree))
    with Warm("kernel") as made:
        with LearnerKernel(made, Limits(memory=700 * MB), {}) as first, LearnerKernel(made, Limits(memory=800 * MB), {}) as second:
            groups = list(tree.glob("safegrade-*"))
            assert sorted((path / "memory.max").read_text() for path in groups) == [str(700 * MB), str(800 * MB)]
            assert [(path / "cgroup.procs").read_text() for path in groups] == ["0", "0"]
            assert held(first) == held(second) == []
        made.groups.remove()
        assert list(tree.glob("safegrade-*")) == []


PLAIN_FILES = """
import os, stat
def plain(each):
    try:
        return stat.S_ISREG(os.fstat(each).st_mode)
    except OSError:
        return False
print(*filter(plain, range(256)))
"""


def held(kernel):
    """Descriptors of plain files that a kernel holds open."""
    return kernel.run(PLAIN_FILES).outputs[0]["text"].split()


def test_an_end_for_want_of_memory_is_told_as_one(tree, monkeypatch):
    monkeypatch.setattr(cgroup, "found", lambda: Found(tree))
    with Warm("kernel") as made, LearnerKernel(made, Limits(), {}) as kernel:
        group, = tree.glob("safegrade-*")
        (group / "memory.events").write_text("oom 1\noom_kill 1\n")
        assert kernel.run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nos._exit(1)").reason == "memory"


def test_events_that_say_nothing_are_no_end_for_want_of_memory(tmp_path):
    events = tmp_path / "events"
    events.write_text("")
    descriptor = os.open(events, os.O_RDONLY)
    assert not warden.ended_for_memory([-1, descriptor]) and not warden.ended_for_memory([])
    os.close(descriptor)


# -- what is told of this machine ------------------------------------------------------------------------------------------


def told(capsys):
    with pytest.raises(SystemExit) as end:
        app.main(["doctor"])
    return capsys.readouterr().out, end.value.code


def test_the_doctor_says_what_holds(tree, monkeypatch, capsys):
    monkeypatch.setattr(doctor.cgroup, "found", lambda: Found(tree))
    out, code = told(capsys)
    assert f"memory: a cgroup for each submission, in {tree}" in out and "system calls: a filter for" in out and code == 0
    monkeypatch.setattr(doctor.cgroup, "found", lambda: Found(None, "cgroup v2 is not mounted"))
    assert "There is no memory cgroup: cgroup v2 is not mounted" in told(capsys)[0]


def test_the_doctor_says_what_is_missing(monkeypatch, capsys):
    def missing():
        raise sandbox.Refused("bubblewrap is missing")

    monkeypatch.setattr(sandbox, "check", missing)
    assert told(capsys) == ("nothing can be marked here: bubblewrap is missing\n", 1)
