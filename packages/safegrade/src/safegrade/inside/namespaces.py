"""A fork's own world. Called between fork and the first line of foreign code, in this order:

    unshare_all       new user, mount, pid, network, IPC and UTS namespaces (the pid namespace begins with the next fork)
    loopback_up       a network that has 127.0.0.1 and nothing else
    own_files         an empty home in memory, own terminals, no /proc, and of the run folder only this fork's own part, to be read
    work_in           a working folder with the files that the assignment ships
    limit             address space, file size, CPU time, open files, processes; no core files
    die_with_warden   the end of the process that watches it is its end too
    drop_rights       no capability, none to be had again, and no system call that makes namespaces or mounts

bubblewrap makes the sandbox in which the warm process lives. A fork cannot start bubblewrap (that would be a new
program, and the warmth would be lost), so it takes these steps itself, with the same system calls.
"""

from __future__ import annotations

import ctypes
import fcntl
import importlib
import os
import platform
import re
import resource
import socket
import struct
import sys
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
NEW_NAMESPACES = 0x10000000 | 0x00020000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000  # user mnt pid net ipc uts
NEW_MOUNTS, NEW_CGROUP = 0x00020000, 0x02000000
NOSUID_NODEV, BIND, RECURSIVE, PRIVATE, REMOUNT, READ_ONLY = 0x2 | 0x4, 0x1000, 0x4000, 0x40000, 0x20, 0x1
RELATIME, NOSUID_NOEXEC = 0x200000, 0x2 | 0x8
MOST_TERMINALS = 8
IFF_UP, SIOCSIFFLAGS = 0x1, 0x8914
PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP, PR_SET_SECCOMP, PR_SET_DUMPABLE, PR_SET_PDEATHSIG = 38, 24, 22, 4, 1
LEARNER = 1000  # the user inside
HOME = "/home/learner"


def check(result: int, what: str) -> None:
    """Raise an OSError that says what was tried when a call of libc failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare_all() -> None:
    """New namespaces of every kind for this process and its children, in which it is user 1000."""
    user, group = os.getuid(), os.getgid()
    check(LIBC.unshare(NEW_NAMESPACES), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{LEARNER} {user} 1"), ("gid_map", f"{LEARNER} {group} 1")):
        Path("/proc/self", name).write_text(text)
    socket.sethostname("sandbox")


def loopback_up() -> None:
    """Bring up the loopback interface of a new network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    encoded = [None if text is None else text.encode() for text in (source, target, kind)]
    check(LIBC.mount(*encoded, flags, None if options is None else options.encode()), f"mount {target}")


def own_files(run: str, mine: str, size: int) -> None:
    """An empty home, /tmp and /dev/shm of `size` bytes together, terminals of its own, no /proc.

    `run` is the folder that holds a folder for each fork; of it only `mine` is left, at the same path and read-only:
    it lies on a disk of the marking machine. Python stays in its place where a course and its environment lie in /tmp.
    """
    check(LIBC.unshare(NEW_MOUNTS), "unshare mounts")  # the warden keeps its own view, with a /proc
    mount("none", "/", None, RECURSIVE | PRIVATE)
    kept = {path: os.open(path, os.O_PATH) for path in (mine, *mounted_in((HOME, "/tmp"), run))}
    options = f"size={size},nr_inodes=20000,mode=700"
    mount("tmpfs", HOME, "tmpfs", NOSUID_NODEV, options)
    for place, part in (("/tmp", f"{HOME}/.tmp"), ("/dev/shm", f"{HOME}/.shm")):
        os.mkdir(part)
        mount(part, place, None, BIND)
    mount("devpts", "/dev/pts", "devpts", NOSUID_NOEXEC, f"newinstance,ptmxmode=0666,mode=620,max={MOST_TERMINALS}")
    apart = os.path.isdir(run)  # it is gone already where it lay in /tmp
    if apart:
        mount("tmpfs", run, "tmpfs", NOSUID_NODEV, "size=64k,nr_inodes=50,mode=700")
    for path, here in kept.items():
        os.makedirs(path)
        mount(f"/proc/self/fd/{here}", path, None, BIND)
        os.close(here)
    if apart:
        mount("tmpfs", run, None, REMOUNT | READ_ONLY | NOSUID_NODEV)
    set_ = os.statvfs(mine).f_flag  # a remount may not take away what is set
    mount("none", mine, None, BIND | REMOUNT | READ_ONLY | set_ & 0xC0E | (RELATIME if set_ & 0x1000 else 0))
    mount("tmpfs", "/proc", "tmpfs", NOSUID_NODEV, "size=4096,nr_inodes=2,mode=555")


def mounted_in(places: tuple[str, ...], run: str) -> list[str]:
    """What bubblewrap mounted inside `places`, but for `run`: folders of Python's."""
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    points = [re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), point) for point in points]
    return [point for point in points if point != run and any(point.startswith(f"{place}/") for place in places)]


def work_in(folder: str, files: dict[str, bytes]) -> None:
    """Make `folder` the working folder, with `files` in it."""
    os.makedirs(folder)
    os.chdir(folder)
    if "" not in sys.path:  # modules among those files are found as in a notebook's own folder
        sys.path.insert(0, "")
    importlib.invalidate_caches()
    for name, content in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def limit(limits: dict) -> None:
    """Set this process's resource limits; its children inherit them and cannot raise them."""
    for what, most in ((resource.RLIMIT_AS, limits["memory"]), (resource.RLIMIT_FSIZE, limits["file_size"]),
                       (resource.RLIMIT_NOFILE, min(256, hard_limit(resource.RLIMIT_NOFILE))), (resource.RLIMIT_NPROC, limits["processes"]), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (int(most), int(most)))
    seconds = int(limits["cpu_seconds"])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))  # the first ends it with a word, the second for certain


def hard_limit(what: int) -> int:
    """The most that a limit of this process may be."""
    hard = resource.getrlimit(what)[1]
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard


def own_session() -> None:
    """Leave the process group, so that a signal to the own group reaches nobody else, and let go of what others hold open."""
    os.setsid()
    nothing = os.open("/dev/null", os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    os.close(nothing)


def die_with_warden() -> None:
    """End this process, and so its pid namespace, when the warden ends in whatever way; a change of rights forgets it."""
    check(LIBC.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0), "die with the warden")


def drop_rights() -> None:
    """Give up every capability for good, and the system calls by which some could be had again."""
    check(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    for capability in range(64):
        LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header, nothing = struct.pack("Ii", 0x20080522, 0), bytes(24)
    check(LIBC.capset(header, nothing), "drop capabilities")
    die_with_warden()
    refuse_system_calls()


# -- system calls that learners' code does not need ------------------------------------------------------------------

# Each by its numbers on x86_64 and on aarch64, None where a machine has no such call.
REFUSED_CALLS: dict[str, tuple[int, int | None]] = {
    # rights, and other processes
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "process_madvise": (440, 440), "pidfd_getfd": (438, 438), "kcmp": (312, 272),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "kexec_load": (246, 104),
    "open_by_handle_at": (304, 265),
    # keys that belong to a user, and mounts in the new way
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442), "statmount": (457, 457),
    "listmount": (458, 458), "open_tree_attr": (467, 467),
    # memory that is nobody's, so that no limit would see it
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180),
    # what tells of what another fork does with a file that both can read, or of what the machine has noted
    "inotify_init": (253, None), "inotify_init1": (294, 26), "fanotify_init": (300, 262), "mincore": (27, 232), "cachestat": (451, 451),
    "syslog": (103, 116),
}
MACHINES = ("x86_64", "aarch64")
REFUSED = {machine: [numbers[place] for numbers in REFUSED_CALLS.values() if numbers[place] is not None] for place, machine in enumerate(MACHINES)}
CLONE = {"x86_64": 56, "aarch64": 220}
SOCKETS = {"x86_64": (41, 53), "aarch64": (198, 199)}  # socket, socketpair
FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)  # of these a network of one's own has only itself
# What tells another fork something over a file that both can read is done only in appearance: a lock is had at once.
FLOCK, FCNTL, PRCTL = {"x86_64": 73, "aarch64": 32}, {"x86_64": 72, "aarch64": 25}, {"x86_64": 157, "aarch64": 167}
PREADV2 = {"x86_64": 327, "aarch64": 286}
# A socket's buffers stay as large as they are at first, so that their number bounds what they hold.
SETSOCKOPT, BUFFERS = {"x86_64": 54, "aarch64": 208}, (7, 8)  # SO_SNDBUF, SO_RCVBUF
LOCKS, NOTICES = (6, 7, 37, 38), (1024, 1026)  # F_SETLK, F_SETLKW and those of open files; F_SETLEASE, F_NOTIFY
CLONE3, ENOSYS, EPERM, EAFNOSUPPORT = 435, 38, 1, 97
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000


def refuse_system_calls() -> None:
    """A seccomp filter: the calls above fail with EPERM, a `clone` into new namespaces too, another architecture ends."""
    install(steps_for(platform.machine()))


def steps_for(machine: str) -> list[tuple[int, int, int, int]]:
    """The filter of a machine: (code, jump if so, jump if not, word) each."""
    steps = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, ARCHITECTURE[machine]), (RETURN, 0, 0, 0), (LOAD, 0, 0, 0)]
    if machine == "x86_64":
        steps += [(0x35, 0, 1, 0x40000000), (RETURN, 0, 0, REFUSE | EPERM)]  # the x32 calls
    for call in REFUSED[machine]:
        steps += [(EQUAL, 0, 1, call), (RETURN, 0, 0, REFUSE | EPERM)]
    steps += [(EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, REFUSE | ENOSYS)]
    for call in SOCKETS[machine]:
        steps += only_families(call)
    steps += [(EQUAL, 0, 1, FLOCK[machine]), (RETURN, 0, 0, REFUSE), (EQUAL, 0, 1, PREADV2[machine]), (RETURN, 0, 0, REFUSE | ENOSYS)]
    steps += but_not(FCNTL[machine], 24, {**dict.fromkeys(LOCKS, 0), **dict.fromkeys(NOTICES, EPERM)})
    steps += but_not(SETSOCKOPT[machine], 32, dict.fromkeys(BUFFERS, 0))
    steps += but_not(PRCTL[machine], 16, {PR_SET_PDEATHSIG: EPERM})
    steps += [(EQUAL, 0, 3, CLONE[machine]), (LOAD, 0, 0, 16), (ANY_BIT, 0, 1, NEW_NAMESPACES | NEW_CGROUP), (RETURN, 0, 0, REFUSE | EPERM)]
    return [*steps, (RETURN, 0, 0, ALLOW)]


def only_families(call: int) -> list[tuple[int, int, int, int]]:
    """Steps that let a call make sockets of FAMILIES alone; the number of the call is loaded before and after."""
    tries = [(EQUAL, len(FAMILIES) - place, 0, family) for place, family in enumerate(FAMILIES)]
    inner = [(LOAD, 0, 0, 16), *tries, (RETURN, 0, 0, REFUSE | EAFNOSUPPORT), (LOAD, 0, 0, 0)]
    return [(EQUAL, 0, len(inner), call), *inner]


def but_not(call: int, place: int, refused: dict[int, int]) -> list[tuple[int, int, int, int]]:
    """Steps by which a call with one of these words at `place` (16 is its first, 24 its second, 32 its third) is not made, and ends with that error."""
    inner = [(LOAD, 0, 0, place)]
    for word, error in refused.items():
        inner += [(EQUAL, 0, 1, word), (RETURN, 0, 0, REFUSE | error)]
    inner += [(LOAD, 0, 0, 0)]
    return [(EQUAL, 0, len(inner), call), *inner]


def install(steps: list[tuple[int, int, int, int]]) -> None:
    """Have the Linux kernel take these steps before each system call, for good."""
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    check(LIBC.prctl(PR_SET_SECCOMP, 2, program, 0, 0), "seccomp filter")
