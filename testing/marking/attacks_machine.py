"""More of the attack corpus: what reaches for the machine or for other forks, and what is costly to read or to show."""

from testing.marking import rewritten
from testing.marking.attacks import Attack, probe

MACHINE = [
    probe("takes semaphores, queues and memory that are nobody's", """
for name, words in {'semget': (0, 32000, 0o600), 'msgget': (0, 0o600), 'shmget': (0, 1 << 20, 0o600)}.items():
    tried(name, lambda: getattr(libc, name)(*words) >= 0)
tried('mq_open', lambda: libc.syscall(240, b'x', 0o102, 0o600, None) >= 0)
tried('memfd_create', lambda: os.memfd_create('x') >= 0)
"""),
    probe("sockets of every family", """
fine = {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK}
for family in set(range(1, 46)) - fine:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        tried(f'family {family}', lambda: socket.socket(family, kind))
tried('a pair', lambda: libc.socketpair(40, 1, 0, (ctypes.c_int * 2)()) == 0)
"""),
    probe("terminals of others, and all that there are", """
tried('others', lambda: [each for each in os.listdir('/dev/pts') if each != 'ptmx'])
held = []
try:
    while len(held) < 20:
        held.append(os.openpty())
except OSError:
    pass
tried('many', lambda: len(held) > 8)
for pair in held:
    [os.close(each) for each in pair]
"""),
    Attack("a shell command in a terminal", last="!echo 6 > six.txt\nprint('six is', open('six.txt').read())", says="six is 6"),
    probe("locks and notices on what others can read", """
import fcntl
shared = os.open(os.__file__, os.O_RDONLY)
child = os.fork()
if child == 0:
    fcntl.lockf(shared, fcntl.LOCK_SH)
    fcntl.flock(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_EX)
    time.sleep(1)
    os._exit(0)
time.sleep(0.3)
def held_by_another():
    import struct
    said = fcntl.fcntl(shared, fcntl.F_GETLK, struct.pack('hhqqi', fcntl.F_WRLCK, 0, 0, 0, 0))
    return struct.unpack('hhqqi', said)[0] != fcntl.F_UNLCK
tried('a lock of another', held_by_another)
def flock_held():
    try:
        fcntl.flock(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
tried('a flock of another', flock_held)
tried('inotify', lambda: libc.inotify_init() >= 0 or libc.inotify_init1(0) >= 0)
tried('dnotify', lambda: fcntl.fcntl(os.open('/usr', os.O_RDONLY), fcntl.F_NOTIFY, 1) == 0)
tried('what is cached', lambda: os.preadv(shared, [bytearray(1)], 0, os.RWF_NOWAIT))
tried('what is mapped', lambda: libc.mincore(ctypes.c_void_p(0x10000), 1, ctypes.create_string_buffer(1)) == 0)
os.waitpid(child, 0)
"""),
    probe("outlives its warden", "tried('prctl', lambda: libc.prctl(1, 0, 0, 0, 0) == 0)"),
    Attack("memory in the buffers of sockets", first="""
import os, socket, time
for _ in range(30):
    if os.fork() == 0:
        held = []
        try:
            while True:
                held += socket.socketpair()
                held[-1].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_000_000)
                held[-1].setblocking(False)
                try:
                    while True:
                        held[-1].send(bytes(60_000))
                except BlockingIOError:
                    pass
        except OSError:
            time.sleep(60)
            os._exit(0)
time.sleep(4)
""", reason=("memory", "time"), stock=False),
    probe("writes into memory in many places", """
def filled():
    size = 0
    for place in ('/tmp', '/dev/shm', os.getcwd()):
        for number in range(3):
            try:
                with open(f'{place}/fill-{number}', 'wb') as file:
                    for _ in range(50):
                        size += file.write(bytes(1_000_000))
            except OSError:
                pass
    return size
tried('more than the disk', lambda: filled() > 140_000_000)
[os.remove(each) for place in ('/tmp', '/dev/shm', os.getcwd()) for each in glob.glob(f'{place}/fill-*')]
""", stock=False),
]

COSTLY = [
    Attack("a string without an end", change=rewritten.file("ps1.ipynb", '{"cells": "' + '\\"' * 1_000_000), points=(), unreadable="not JSON", stock=False),
    Attack("strings without an end", change=rewritten.file("ps1.ipynb", '"\\' * 1_000_000), points=(), unreadable="not JSON", stock=False),
    Attack("magics by the hundred", last="%time 1\n" * 600 + "?x\n" * 600, stock=False),
    Attack("deep tags in words", answers={"words": "<div>" * 200_000}, stock=False),
    Attack("deep markdown in words", answers={"words": "> " * 100_000 + "\n\\begin{a}" * 9000}, stock=False),
    Attack("colours in an output", last="print('\\x1b[0m' * 200_000)", stock=False),
    Attack("dots in a line of code", last="if 0: x = 'a'" + ".a" * 100_000, stock=False),
    Attack("a secret that is none", change=rewritten.file("submission_secret.txt", b"\xff\xfe\x00")),
    Attack("a time that is no text", change=rewritten.file("timestamp.txt", b"\xff\xfe")),
]
