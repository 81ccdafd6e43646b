"""The filter of system calls, step by step, as the Linux kernel takes it: on both machines, also on the one that does not run here.

The numbers here were read from the Linux headers (asm/unistd_64.h, asm-generic/unistd.h), apart from those in the code.
"""

import errno
import signal
import socket

import pytest

from safegrade import sandbox
from safegrade.inside import namespaces
from safegrade.sandbox import Refused

# name: x86_64, aarch64; 0 where there is none
REFUSED = """
unshare 272 97, setns 308 268, mount 165 40, umount2 166 39, pivot_root 155 41, ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271,
process_madvise 440 440, pidfd_getfd 438 438, kcmp 312 272, bpf 321 280, perf_event_open 298 241, userfaultfd 323 282, io_uring_setup 425 425,
kexec_load 246 104, open_by_handle_at 304 265, add_key 248 217, request_key 249 218, keyctl 250 219, open_tree 428 428, move_mount 429 429, fsopen 430 430,
fsconfig 431 431, fsmount 432 432, fspick 433 433, mount_setattr 442 442, memfd_create 319 279, memfd_secret 447 447, shmget 29 194, semget 64 190,
msgget 68 186, mq_open 240 180, inotify_init 253 0, inotify_init1 294 26, fanotify_init 300 262, mincore 27 232, cachestat 451 451, syslog 103 116,
statmount 457 457, listmount 458 458, open_tree_attr 467 467
"""
ALLOWED = "read 0 63, write 1 64, close 3 57, futex 202 98, mmap 9 222, sendmsg 46 211, recvmsg 47 212, execve 59 221, exit_group 231 94, getpid 39 172, openat 257 56"
NUMBERS = {name: dict(zip(("x86_64", "aarch64"), map(int, numbers))) for name, *numbers in map(str.split, f"{REFUSED},{ALLOWED}".split(","))}
OTHERS = {"clone": (56, 220), "socket": (41, 198), "socketpair": (53, 199), "flock": (73, 32), "fcntl": (72, 25), "prctl": (157, 167), "preadv2": (327, 286), "clone3": (435, 435), "setsockopt": (54, 208)}
NUMBERS |= {name: dict(zip(("x86_64", "aarch64"), numbers)) for name, numbers in OTHERS.items()}
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7, "i386": 0x40000003, "arm": 0x40000028}


def taken(steps, architecture, number, *words):
    """What the filter makes of a call: a small Berkeley packet filter, of which it uses five instructions."""
    data = {0: number, 4: architecture, **{16 + 8 * place: word & 0xFFFFFFFF for place, word in enumerate(words)}}
    place = held = 0
    while True:
        code, if_so, if_not, word = steps[place]
        place += 1
        if code == 0x06:
            return word
        if code == 0x20:
            held = data.get(word, 0)
        else:
            holds = {0x15: held == word, 0x35: held >= word, 0x45: bool(held & word)}[code]
            place += if_so if holds else if_not


def said(machine, name, *words):
    """The errno of a call that is refused, 0 where it is had only in appearance, None where it is let through."""
    found = taken(namespaces.steps_for(machine), ARCHITECTURE[machine], NUMBERS[name][machine], *words)
    assert found == 0x7FFF0000 or found & 0xFFFF0000 == 0x00050000
    return None if found == 0x7FFF0000 else found & 0xFFFF


MACHINES = pytest.mark.parametrize("machine", ["x86_64", "aarch64"])


@MACHINES
@pytest.mark.parametrize("name", [entry.split()[0] for entry in REFUSED.split(",")])
def test_what_is_refused_is_refused_by_its_number(machine, name):
    number = NUMBERS[name][machine]
    assert namespaces.REFUSED_CALLS[name][("x86_64", "aarch64").index(machine)] == (number or None)
    if number:
        assert said(machine, name) == errno.EPERM


def test_no_call_is_refused_that_is_not_here():
    assert namespaces.REFUSED_CALLS.keys() == {entry.split()[0] for entry in REFUSED.split(",")}


@MACHINES
@pytest.mark.parametrize("name", [entry.split()[0] for entry in ALLOWED.split(",")])
def test_what_every_program_needs_is_let_through(machine, name):
    assert said(machine, name) is None


@MACHINES
def test_sockets_are_of_four_families(machine):
    fine = {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK}
    for call in ("socket", "socketpair"):
        assert {family for family in range(64) if said(machine, call, family, 1, 0) is None} == fine
        assert said(machine, call, 40, 1, 0) == errno.EAFNOSUPPORT


@MACHINES
def test_clone_makes_processes_and_threads_and_no_namespaces(machine):
    assert said(machine, "clone", signal.SIGCHLD) is None and said(machine, "clone", 0x003D0F00) is None
    for kind in (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
        assert said(machine, "clone", kind | signal.SIGCHLD) == errno.EPERM
    assert said(machine, "clone3") == errno.ENOSYS


@MACHINES
def test_locks_are_had_in_appearance_and_notices_not_at_all(machine):
    assert said(machine, "flock", 3, 2) == 0
    assert [said(machine, "fcntl", 3, what) for what in (6, 7, 37, 38)] == [0] * 4
    assert [said(machine, "fcntl", 3, what) for what in (1024, 1026)] == [errno.EPERM] * 2
    assert [said(machine, "fcntl", 3, what) for what in (1, 2, 3, 4)] == [None] * 4
    assert said(machine, "preadv2") == errno.ENOSYS


@MACHINES
def test_a_sockets_buffers_stay_as_they_are(machine):
    assert [said(machine, "setsockopt", 3, socket.SOL_SOCKET, what) for what in (socket.SO_SNDBUF, socket.SO_RCVBUF)] == [0, 0]
    assert [said(machine, "setsockopt", 3, socket.SOL_SOCKET, what) for what in (socket.SO_REUSEADDR, socket.SO_KEEPALIVE)] == [None, None]


@MACHINES
def test_nobody_outlives_a_warden(machine):
    assert said(machine, "prctl", 1, 0) == errno.EPERM and said(machine, "prctl", 15) is None


@MACHINES
@pytest.mark.parametrize("other", ["i386", "arm"])
def test_calls_in_the_way_of_another_architecture_end_the_process(machine, other):
    assert taken(namespaces.steps_for(machine), ARCHITECTURE[other], 1) == 0


def test_calls_with_the_numbers_of_x32_are_refused():
    assert taken(namespaces.steps_for("x86_64"), ARCHITECTURE["x86_64"], 0x40000000 + 1) == 0x00050000 | errno.EPERM


def test_a_machine_without_a_filter_is_refused(monkeypatch):
    sandbox.check.cache_clear()
    monkeypatch.setattr(sandbox.platform, "machine", lambda: "riscv64")
    with pytest.raises(Refused, match="no filter of system calls for riscv64.*Mark on x86_64 or aarch64"):
        sandbox.check()
