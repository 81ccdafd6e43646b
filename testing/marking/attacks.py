"""The attack corpus: hostile and odd submissions to the small assignment, each with what it deserves.

    Attack       one submission
    ATTACKS      all of them: CHEATS, PROBES, BOMBS, ENDS, ODD, REWRITTEN, FILES, PAGES

A cheat gives no right answer and tries to get points for it. A probe tries what the sandbox has to refuse; it says
ESCAPED where it was let, and DONE at its end. In a code, COURSE stands for the course's folder and PORT for a port on
which the marking machine listens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from testing.marking import rewritten
from testing.marking.small import QUESTIONS, RIGHT

FULL, NOTHING = tuple(QUESTIONS.values()), (0, 0, 0)
WRONG = {"double": "def double(x):\n    return None", "total": "total = None", "table": "table = None", "words": "Because."}
ASKED = ("wrong", "error", "time")  # NumPy asks it for thousands of items


@dataclass(frozen=True, eq=False)
class Attack:
    """`first` and `last` are cells of the learner's own around all others; `change` rewrites what was handed in.

    `points` are what it deserves for double, total and table. `reason` is why the others are lost, `unreadable` a
    word of the reason for which the whole is not read. `stock` is False where stock nbgrader may not run it, because
    it would harm the machine or needs minutes.
    """

    name: str
    first: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    last: str = ""
    points: tuple[float, ...] = FULL
    reason: tuple[str, ...] = ()
    change: Callable[[Path, Path], None] | None = None
    unreadable: str = ""
    says: str = ""
    stock: bool = True

    @property
    def learner(self) -> str:
        return self.name.replace(" ", "-")

    def __str__(self):
        return self.name


def cheat(name: str, first: str = "", reason: tuple[str, ...] = ("wrong", "error"), **more) -> Attack:
    """A submission without a right answer."""
    answers = WRONG | more.pop("answers", {})
    return Attack(name, first, answers, points=more.pop("points", NOTHING), reason=reason, **more)


def probe(name: str, code: str, **more) -> Attack:
    """Right answers, and a cell that tries what it may not. `tried(what, act)` says ESCAPED when `act` gives anything."""
    return Attack(name, PROBE + code + "\nprint('DONE')", says=more.pop("says", "DONE"), **more)


PROBE = """
import ctypes, gc, glob, os, resource, signal, socket, subprocess, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)

def tried(what, act):
    try:
        found = act()
    except Exception as error:
        return print(what, 'refused', type(error).__name__)
    print('ESCAPED' if found else 'nothing', what)

"""

CHEATS = [
    cheat("strips asserts", """
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Strip())
"""),
    cheat("is equal to everything", """
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 1
    def __len__(self): return 3
    def __contains__(self, key): return True
    def __iter__(self): return iter([self, self, self])
    def __getitem__(self, key): return self
    def __getattr__(self, name): return lambda *a, **k: True
    def __bool__(self): return True
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
""", answers={"double": "double = lambda x: Yes()", "total": "total = Yes()", "table": "table = Yes()"}, reason=ASKED),
    cheat("subclasses that are equal to everything", """
import numpy as np, pandas as pd
def yes(*a, **k): return True
tricks = {name: yes for name in ('__eq__', '__contains__', 'equals', 'all', 'any', '__bool__')} | {'__hash__': lambda self: 1, '__len__': lambda self: 3}
Text, Frame, Array = type('str', (str,), tricks), type('DataFrame', (pd.DataFrame,), tricks), type('ndarray', (np.ndarray,), tricks)
Number = type('int', (int,), {**tricks, '__sub__': lambda a, b: 0, '__rsub__': lambda a, b: 0, '__abs__': lambda a: 0})
""", answers={"double": "double = lambda x: Text('x')", "total": "total = Number(5)", "table": "table = Frame({'x': [1]})"}),
    cheat("an array subclass that is equal to everything", """
import numpy as np
class Array(np.ndarray):
    def __eq__(self, other): return True
    def equals(self, other): return True
    def __array_function__(self, *a): return True
    def __array_ufunc__(self, *a, **k): return True
    def __contains__(self, key): return True
""", answers={"double": "double = lambda x: np.zeros(3).view(Array)", "total": "total = np.zeros(3).view(Array)", "table": "table = np.zeros(3).view(Array)"}),
    cheat("a frame of its own with equals", """
class Frame:
    def __init__(self): self.asked = []
    def equals(self, other): return True
    def __contains__(self, key): return True
    def __len__(self): return 3
    def __iter__(self): return iter(['n', 'double'])
    def __float__(self): return 5.0
""", answers={"table": "table = Frame()", "total": "total = Frame()"}, points=(0, 0, 1), reason=("wrong", "error")),
    cheat("patches run_cell", """
shell = get_ipython()
run = shell.run_cell
class Fine:
    success, result, error_before_exec, error_in_exec, execution_count = True, None, None, None, 1
    def raise_error(self): pass
async def fine(*a, **k): return Fine()
shell.run_cell = lambda *a, **k: Fine()
shell.run_cell_async = fine
shell.should_run_async = lambda *a, **k: True
"""),
    cheat("says a result before the error", """
def result(n='3'):
    kernel = get_ipython().kernel
    kernel.session.send(kernel.iopub_socket, 'execute_result', {'data': {'text/plain': n}, 'metadata': {}, 'execution_count': 1},
                        parent=kernel.get_parent('shell'), ident=b'execute_result')
result()
""", answers={"double": "def double(x):\n    result()\n    raise ValueError"}, reason=("error", "wrong")),
    cheat("forges messages through its own session", """
import threading, time
def forge():
    kernel = get_ipython().kernel
    while True:
        parent = kernel.get_parent('shell')
        kernel.session.send(kernel.shell_stream, 'execute_reply', {'status': 'ok', 'execution_count': 1, 'user_expressions': {}, 'payload': []}, parent)
        kernel.session.send(kernel.iopub_socket, 'status', {'execution_state': 'idle'}, parent)
        time.sleep(0.05)
threading.Thread(target=forge, daemon=True).start()
"""),
    cheat("answers before it is asked", """
import json, threading, time
line, right = get_ipython().kernel.line, {'kind': 'value', 'value': True}
forged = json.dumps({'ename': '', 'names': {name: right for name in ('double', 'total', 'table')}, 'value': right, 'after': None}).encode()
def forge():
    for number in range(100_000):
        line.say(number % 100, forged)
threading.Thread(target=forge, daemon=True).start()
""", stock=False),
    cheat("answers every question of the examiner's with a forged reply", """
kept = {'kind': 'handle', 'type': 'DataFrame', 'callable': True, 'number': 0, '__name__': 'double', '__doc__': None}
def forged(wish):
    return {'names': {name: kept for name in wish.get('look', [])}, 'value': {'kind': 'value', 'value': True}, 'after': None}
get_ipython().kernel.answer = forged
"""),
    cheat("answers the examiner with nonsense", """
import itertools
nonsense = itertools.cycle([{'names': 3}, {'names': {'double': [], 'total': {'kind': 'frame'}, 'table': {'kind': ['x']}}, 'raised': {}},
    {'raised': {'name': 3, 'bases': 4, 'says': []}}, {'value': {'kind': 'array', 'dtype': 'O', 'shape': [-1], 'data': '!'}}, {'gone': 'right'}, {}])
get_ipython().kernel.answer = lambda wish: next(nonsense)
""", reason=("wrong", "error", "crash")),
    cheat("answers with what is no JSON", """
import itertools
nonsense = itertools.cycle([b'', b'[' * 100_000, b'{"names": {"double": 1' + b'0' * 100_000 + b'}}', bytes(range(256)), b'NaN'])
async def respond(request):
    return next(nonsense)
get_ipython().kernel.respond = respond
""", reason=("wrong", "error", "crash"), stock=False),
    cheat("replaces encode", """
from safegrade.inside import plain
made = iter(range(10 ** 6))
plain.encode = lambda value, keep=None, depth=0: {'kind': 'handle', 'type': 'bool', 'callable': True, 'number': next(made), '__name__': 'x'}
kernel = get_ipython().kernel
kernel.answer = lambda wish: ({'names': {name: plain.encode(0) for name in wish['look']}} if 'look' in wish else {'value': plain.encode(0)})
""", reason=ASKED),
    cheat("patches what tests call", """
import builtins, numpy as np, pandas as pd
np.isclose = np.allclose = lambda *a, **k: True
pd.DataFrame.equals = lambda *a: True
builtins.sum = builtins.len = lambda *a: 3
builtins.AssertionError = type('AssertionError', (Exception,), {})
total = 3
""", answers={"total": "total = 3", "table": "table = pd.DataFrame({'double': [1]})"}),
    cheat("changes what was given", "", answers={"total": "numbers.clear()\ntotal = 0", "double": "double = int\nnp = pd = None"}),
    cheat("gives the tests' names values of its own", "", answers={
        "total": "class Close:\n    isclose = staticmethod(lambda *a: True)\nnp, numbers, total = Close(), [], 0",
        "table": "globals()['pango' + 'lin'] = None\nclass T:\n    equals = lambda self, other: True\ntable = T()"}),
    cheat("raises what a test might swallow", "", answers={
        "double": "def double(x):\n    raise type('KernelGone', (BaseException,), {})('right')",
        "total": "class T:\n    def __float__(self):\n        raise SystemExit(0)\ntotal = T()"}),
    cheat("exits with success", "", answers={"double": "def double(x):\n    import os\n    os._exit(0)"}, reason=("crash", "wrong", "error")),
    cheat("is odd about its exceptions", "", answers={"double": '''
class Meta(type):
    __name__ = property(lambda self: 1 / 0)
class Odd(Exception, metaclass=Meta):
    def __str__(self): raise SystemExit
    __repr__ = __str__
def double(x):
    raise Odd'''}, reason=("error", "wrong", "crash", "time")),
    cheat("looks like a test only when it is called from one", "", answers={"double": """
import inspect
def double(x):
    frames = [frame.filename for frame in inspect.stack()]
    return any('test' in name for name in frames)"""}),
    cheat("changes its value whenever it is looked at", "", answers={"total": """
class Flip(float):
    n = 0
    def __float__(self):
        Flip.n += 1
        return float(Flip.n)
    __eq__ = lambda self, other: True
    __hash__ = None
total = Flip(5)"""}),
    cheat("writes its points into the metadata", "", change=rewritten.points_of_a_hundred),
    cheat("empties the tests", "", change=rewritten.empty_tests),
    cheat("puts a passing copy of each test behind it", "", change=rewritten.copied_tests_that_pass),
    cheat("saves outputs as if all had passed", "", change=rewritten.saved_results),
    cheat("a daemon that would write its marks", """
import os, sqlite3, time
if os.fork() == 0:
    os.setsid()
    for _ in range(100):
        time.sleep(0.05)
        try:
            with sqlite3.connect('file:COURSE/gradebook.db?mode=rw', uri=True) as book:
                book.execute('update grade set auto_score = 3')
        except Exception:
            pass
    os._exit(0)
"""),
]

PROBES = [
    probe("looks for hidden tests on the disk", """
word = 'pango' + 'lin'
def texts():
    for folder, folders, files in os.walk('/'):
        if folder.startswith(('/usr', '/lib', '/sys', sys.prefix, sys.base_prefix)):
            folders.clear()
        else:
            yield from (os.path.join(folder, name) for name in files)
def holds(path):
    try:
        return os.path.isfile(path) and os.path.getsize(path) < 1e7 and word.encode() in open(path, 'rb').read()
    except OSError:
        return False
tried('hidden tests on the disk', lambda: [path for path in texts() if holds(path)])
tried('notebooks on the disk', lambda: [path for path in texts() if path.endswith(('.ipynb', '.db'))])
for path in ('COURSE', 'COURSE/gradebook.db', 'COURSE/source/ps1/ps1.ipynb', 'COURSE/submitted/bystander-1/ps1/ps1.ipynb', '/root/.bashrc', '/etc/shadow'):
    tried(path, lambda: os.path.exists(path))
"""),
    probe("looks for hidden tests in its own process", """
word = 'pango' + 'lin'
tried('environment', lambda: [value for value in os.environ.values() if word in value or 'COURSE' in value])
tried('modules', lambda: [name for name, module in sys.modules.items() if word in name or word in str(vars(module).get('__doc__'))])
tried('objects', lambda: [each for each in gc.get_objects() if isinstance(each, (str, bytes, dict, list, tuple)) and len(each) < 10**6 and word in str(each)[:10**6] and each is not globals() and 'word' not in str(each)] if False else
      [each for each in gc.get_objects() if isinstance(each, dict) and any(isinstance(v, str) and word in v and 'ESCAPED' not in v and v != word for v in list(each.values()))])
tried('processes', lambda: os.listdir('/proc'))
tried('memory', lambda: open('/proc/self/mem', 'rb'))
"""),
    Attack("prints what tests call it with", answers={"double": "import sys, os\ndef double(x):\n    print(x)\n    print(x, file=sys.stderr)\n    os.write(1, str(x).encode())\n    display(x)\n    return x + x"}),
    Attack("keeps what tests call it with and prints it later", answers={
        "double": "seen = []\ndef double(x):\n    seen.append(x)\n    open('/tmp/seen', 'a').write(str(x))\n    return x + x",
        "total": "total = sum(numbers)\nprint(seen, open('/tmp/seen').read() if seen else 0)"}, last="print(seen)\nseen"),
    Attack("raises what tests call it with", answers={"double": """
def double(x):
    if isinstance(x, str):
        raise type(x, (AssertionError,), {})(x)
    return x + x"""}, points=(1, 2, 3), reason=("wrong", "error")),
    Attack("hears which names the tests want", """
kernel, heard = get_ipython().kernel, []
answer = kernel.answer
kernel.answer = lambda wish: (heard.append(repr(wish)), answer(wish))[1]
""", last="print(heard)\nprint('ESCAPED' if any('pango' + 'lin' in each for each in heard if 'look' in each) else 'DONE')", says="DONE"),
    probe("reaches for the network", """
def reached(family, address):
    with socket.socket(family) as link:
        link.settimeout(1)
        link.connect(address)
        return True
tried('a service of the host', lambda: reached(socket.AF_INET, ('127.0.0.1', PORT)))
tried('a socket of the host', lambda: reached(socket.AF_UNIX, 'COURSE/host.sock'))
tried('an abstract socket of the host', lambda: reached(socket.AF_UNIX, chr(0) + 'safegrade-host-PORT'))
tried('the internet', lambda: reached(socket.AF_INET, ('1.1.1.1', 53)))
tried('a name', lambda: socket.getaddrinfo('example.org', 80))
with socket.socket() as own:
    own.bind(('127.0.0.1', 0))
    own.listen()
    print('its own loopback', reached(socket.AF_INET, own.getsockname()))
""", says="its own loopback True"),
    probe("reaches for other kernels", """
from ipykernel.kernelapp import IPKernelApp
mine = os.path.dirname(IPKernelApp.instance().connection_file)
above = os.path.dirname(mine)
tried('other folders', lambda: [name for name in os.listdir(above) if name != os.path.basename(mine)])
known = [mine, sys.prefix, *sys.path]
tried('temporary files', lambda: [name for name in os.listdir('/tmp') if not any(path.startswith('/tmp/' + name + '/') for path in known)])
tried('other sockets', lambda: [path for path in glob.glob('/tmp/**/k-*', recursive=True) if not path.startswith(mine)])
"""),
    probe("reaches for file descriptors that were left open", """
import stat
def files():
    for number in range(1024):
        try:
            status = os.fstat(number)
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode) or stat.S_ISFIFO(status.st_mode) and number < 3:
            yield number
tried('open files', lambda: list(files()))
"""),
    probe("asks for rights", """
for name, arguments in {'unshare': (0x10000000,), 'mount': (b'none', b'/tmp', b'tmpfs', 0, None), 'umount2': (b'/proc', 2), 'ptrace': (0, 0, 0, 0),
                        'setuid': (0,), 'setgid': (0,), 'chroot': (b'/tmp',), 'setns': (0, 0), 'sethostname': (b'x', 1), 'pivot_root': (b'/', b'/')}.items():
    tried(name, lambda: getattr(libc, name)(*arguments) == 0)
for name, number in {'bpf': 321, 'keyctl': 250, 'io_uring_setup': 425, 'userfaultfd': 323, 'memfd_create': 319, 'clone into a namespace': 56,
                     'perf_event_open': 298, 'shmget': 29, 'pidfd_getfd': 438}.items():
    tried(name, lambda: libc.syscall(number, 0x10000011 if number == 56 else 0, 4096, 0o1600, 0, 0) >= 0)
tried('a higher limit', lambda: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2) or True)
tried('sudo', lambda: subprocess.run(['sudo', '-n', 'true']).returncode == 0)
tried('root', lambda: os.getuid() == 0)
"""),
    probe("writes where others would read", """
import site
def written(path):
    with open(path, 'w') as file:
        return file.write('x')
from ipykernel.kernelapp import IPKernelApp
mine = os.path.dirname(IPKernelApp.instance().connection_file)
places = ['/', '/dev', '/run', '/etc', '/home', '/usr', '/var', '/opt', '/sys', '/proc', sys.prefix, sys.base_prefix, *site.getsitepackages(), *sys.path,
          os.path.dirname(os.__file__), mine]
for place in places:
    if place and os.path.isdir(place) and not place.startswith(('/home/learner', '/tmp/x')):
        tried('writing in ' + place, lambda: written(place + '/poison'))
for folder in ('/etc/ipython', '/usr/local/etc/ipython', '/run/x', '/dev/x', '/x', mine + '/x'):
    tried('making ' + folder, lambda: os.makedirs(folder) or True)
tried('the socket of the kernel', lambda: os.unlink(glob.glob(mine + '/k-*')[0]) or True)
"""),
    Attack("poisons the next learner's start", """
import os, pathlib
for place in (pathlib.Path.home(), pathlib.Path.cwd(), pathlib.Path('/tmp'), pathlib.Path('/run'), pathlib.Path('/etc'), pathlib.Path('/')):
    for name in ('numpy.py', 'sitecustomize.py', 'usercustomize.py', '.ipython/profile_default/startup/x.py', 'ipython/startup/x.py', '.config/matplotlib/matplotlibrc'):
        try:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text('raise SystemExit("poisoned")')
        except OSError:
            pass
import numpy, pandas
"""),
    probe("removes everything that it can", "!rm -rf ~ /tmp/* /dev/shm/* /home /dev /etc /lib64 COURSE $PWD 2>/dev/null", last="print('still here')"),
]

BOMBS = [
    Attack("a line of 30 MB", answers={"words": "Because."}, first="print('x' * 30_000_000)", reason=("output",), stock=False),
    Attack("endless printing", first="while True:\n    print('x' * 1000)", stock=False),
    Attack("endless pictures", first="""
from IPython.display import Image, display
png = b'\\x89PNG\\r\\n\\x1a\\n' + bytes(200_000)
while True:
    display(Image(data=png, format='png'))
""", stock=False),
    Attack("endless printing in a function", answers={"double": "def double(x):\n    while True:\n        print('x' * 1000)"}, points=(0, 2, 3),
           reason=("output",), stock=False),
    Attack("a message without an end", first="""
line = get_ipython().kernel.line
line.link.sendall((2**32 - 1).to_bytes(4, 'big') + bytes(4))
while True:
    line.link.sendall(b'x' * 1_000_000)
""", stock=False),
    Attack("a message that is never finished", first="get_ipython().kernel.line.link.sendall((1_000_000).to_bytes(4, 'big') + bytes(4) + b'x')", stock=False),
    Attack("many messages at once", first="""
line = get_ipython().kernel.line
while True:
    line.say(0, b'x' * 100_000)
""", stock=False),
    Attack("very many empty messages", first="""
line = get_ipython().kernel.line
while True:
    line.link.sendall(bytes(8) * 10_000)
""", stock=False),
    Attack("outputs that are bombs when they are read", first="""
line = get_ipython().kernel.line
for bomb in (b'[' * 100_000, b'{"parent": ' * 20_000, b'1' * 100_000, b'[' + b'[],' * 100_000 + b'[]]', b'{"parent": 3}', b'{"parent": {"msg_id": "2"}, "header": []}'):
    line.say(0, bomb)
""", stock=False),
    Attack("closes its line", first="import os\nos.close(get_ipython().kernel.line.fileno())", stock=False),
    Attack("ends a cell with a bomb", first="""
kernel = get_ipython().kernel
respond = kernel.respond
async def forged(request):
    answer = await respond(request)
    return b'{"ename":[' + b'[],' * 1_000_000 + b'[]]}' if 'run' in request else answer
kernel.respond = forged
""", stock=False),
    Attack("shows what is very deep", first="""
from IPython.display import display
for depth in (50, 200, 400, 600, 800, 900, 950, 980, 990):
    nested = []
    for _ in range(depth):
        nested = [nested]
    display({'application/json': nested, 'text/plain': 'deep'}, raw=True)
    get_ipython().kernel.line.say(0, b'{"header": {"msg_type": "display_data"}, "parent": {"msg_id": "%s"}, "content": {"data": {"a/b": %s}}}' % (
        get_ipython().kernel.get_parent()["header"]["msg_id"].encode(), b'[' * depth + b']' * depth))
""", stock=False),
    Attack("passes descriptors over its line", first="""
import os, socket
line = get_ipython().kernel.line
for _ in range(100):
    socket.send_fds(line.link, [bytes(8)], [os.open('/dev/null', os.O_RDONLY)] * 100)
""", stock=False),
    cheat("an answer that is a bomb when it is read", """
kernel = get_ipython().kernel
respond = kernel.respond
async def forged(request):
    return await respond(request) if 'run' in request else b'{"names":[' + b'[],' * 15_000_000 + b'[]]}'
kernel.respond = forged
""", reason=("output", "error", "wrong", "crash", "time", "memory"), stock=False),
    Attack("a value that is too large", answers={"total": "total = [0] * 10_000_000", "double": "def double(x):\n    return 'x' * 200_000_000"}, points=(0, 0, 3),
           reason=("wrong", "error", "output", "memory", "crash", "time"), stock=False),
    Attack("memory", first="hoard = []\nwhile True:\n    hoard.append(bytearray(50_000_000))", stock=False),
    Attack("memory in a function", answers={"double": "def double(x):\n    return [0] * 10 ** 10"}, points=(0, 2, 3), reason=("error", "memory"), stock=False),
    Attack("memory in many processes", first="""
import os, time
for _ in range(8):
    if os.fork() == 0:
        hoard = bytearray(150_000_000)
        for place in range(0, len(hoard), 4096):
            hoard[place] = 1
        time.sleep(60)
time.sleep(4)
""", reason=("memory",), stock=False),
    Attack("a fork bomb", first="import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass", stock=False),
    Attack("a thread bomb", first="import threading, time\nfor _ in range(10_000):\n    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\ntime.sleep(2)", stock=False),
    Attack("a bash bomb", first="%%bash\nf() { f | f & }; f", stock=False),
    probe("fills the disk", """
import itertools
from ipykernel.kernelapp import IPKernelApp
kept = 0
for place in ('.', '/tmp', '/dev/shm', '/run', '/dev', '/', os.path.dirname(IPKernelApp.instance().connection_file)):
    try:
        for number in itertools.count():
            if kept > 1_000_000_000:
                break
            with open(f'{place}/disk{number}', 'wb') as file:
                for _ in range(20):
                    kept += file.write(bytes(1_000_000))
    except OSError:
        pass
tried('more than a gigabyte', lambda: kept > 1_000_000_000)
for path in glob.glob('disk*') + glob.glob('/tmp/disk*') + glob.glob('/dev/shm/disk*'):
    os.remove(path)
""", stock=False),
    probe("makes very many files", """
made = 0
try:
    for made in range(100_000):
        open(f'/tmp/{made}', 'w').close()
except OSError:
    pass
tried('a hundred thousand files', lambda: made > 90_000)
""", stock=False),
    Attack("burns all processors", first="""
import os, time
for _ in range(6):
    if os.fork() == 0:
        while True:
            pass
"""),
]

ENDS = [
    Attack("leaves by os exit", first="import os\nos._exit(0)"),
    Attack("a segmentation fault", first="import ctypes\nctypes.string_at(0)"),
    Attack("ends itself with a signal", first="import os\nos.kill(os.getpid(), 9)\nos.abort()"),
    Attack("ends its parent and everybody", first="import os\nfor target in (os.getppid(), 1, -1, 0):\n    try:\n        os.kill(target, 9)\n    except OSError:\n        pass", stock=False),
    Attack("ends its process group", first="import os\nfor act in (lambda: os.killpg(0, 9), lambda: os.killpg(os.getpgrp(), 9), lambda: os.kill(0, 15)):\n    try:\n        act()\n    except OSError:\n        pass", stock=False),
    Attack("shuts its kernel down", last="import asyncio\nget_ipython().kernel.do_shutdown(False)\nget_ipython().kernel.io_loop.stop()",
           answers={"total": "total = sum(numbers)\nexit()"}),
    Attack("quits at the beginning", first="exit()"),
    Attack("exits in an answer", answers={"double": "def double(x):\n    return x + x\nimport sys\nsys.exit(0)"}),
    Attack("ignores signals for ever", first="import signal\nfor each in range(1, 65):\n    try:\n        signal.signal(each, signal.SIG_IGN)\n    except (OSError, ValueError):\n        pass\nwhile True:\n    pass", stock=False),
    Attack("loops for ever in a function", answers={"double": "def double(x):\n    while True:\n        pass"}, points=(0, 2, 3), reason=("time",), stock=False),
    Attack("loops for ever while it is looked at", answers={"double": """
class Slow:
    def __getattr__(self, name):
        while True:
            pass
double = Slow()"""}, points=(0, 2, 3), reason=("time",), stock=False),
    Attack("dies only in a test", answers={"double": "import os, signal\ndef double(x):\n    os.kill(os.getpid(), signal.SIGKILL) if isinstance(x, str) else None\n    os.abort() if isinstance(x, str) else None\n    return x + x"},
           points=(1, 2, 3), reason=("crash",)),
    Attack("an error in the middle", answers={"total": "total = sum(numbers)\n1 / 0"}),
    Attack("a syntax error", answers={"total": "total = sum(numbers"}, points=(3, 0, 3), reason=("error", "wrong")),
    Attack("asks for input", answers={"words": "x"}, first="name = input('name?')\nimport getpass\ngetpass.getpass()"),
    Attack("waits for standard input", first="import os, sys\nprint(os.read(0, 1), sys.stdin.read(1) if 0 else '')", stock=False),
    Attack("removes its work folder", first="import os, shutil\nshutil.rmtree(os.getcwd())\nos.chdir('/')\nos.environ.clear()"),
    Attack("leaves a daemon", first="import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(3600)\n    os._exit(0)"),
]

ODD = [
    Attack("writes to standard error", first="import sys, warnings\nprint('oh', file=sys.stderr)\nwarnings.warn('careful')",
           answers={"double": "import sys\ndef double(x):\n    print('oh', file=sys.stderr)\n    return x + x"}),
    Attack("recursion and repr that fail", answers={"total": """
class Odd:
    def __getattr__(self, name): return getattr(self, name + 'x')
    def __repr__(self): raise SystemExit
    def __reduce__(self): return self.__reduce__()
odd, total = Odd(), sum(numbers)
nest = []
nest.append(nest)
huge, endless = 10 ** 100_000, iter(int, 1)
odd"""}),
    Attack("numbers of other kinds", answers={"total": "from fractions import Fraction\ntotal = Fraction(12, 2)", "double": "double = lambda x, /, *rest, **named: x * 2"}),
    Attack("a decimal number", answers={"total": "from decimal import Decimal\ntotal = Decimal('6.0')"}, points=(3, 1, 3), reason=("error",)),  # np.isclose takes none
    Attack("a number of NumPy's", answers={"total": "total = np.array(numbers).sum()", "double": "class Double:\n    def __call__(self, x):\n        return x + x\ndouble = Double()"}),
    Attack("a number that is not one", answers={"total": "total = float('nan')", "double": "def double(x):\n    return x + x if x != 3 else float('inf')"}, points=(2, 0, 3), reason=("wrong",)),
    Attack("a list that holds itself", answers={"total": "total = []\ntotal.append(total)", "double": "def double(x):\n    return double"}, points=(0, 0, 3), reason=ASKED),
    Attack("an endless iterator", answers={"total": "import itertools\ntotal = itertools.count()", "double": "def double(x):\n    yield x"}, points=(0, 0, 3), reason=("wrong", "error")),
    Attack("an int without an end", answers={"total": "total = 10 ** 1_000_000", "double": "def double(x):\n    return 10 ** 100_000 if x == 3 else x + x"}, points=(2, 0, 3), reason=("wrong", "error")),
    Attack("unicode names", answers={"double": "def doppelt_größe(wert_ä):\n    日本 = wert_ä\n    return 日本 + wert_ä\ndouble = doppelt_größe\nprint('🐍 \\ud800'.encode('utf-16', 'surrogatepass'))"}),
    Attack("text that cannot be written", answers={"total": "total = sum(numbers)\nprint('\\ud800 \\x00')\nraise ValueError('\\udfff')"}),
    Attack("a right answer behind wrong ones", answers={"double": "double = None\ndef double(x):\n    return sum([x, x]) if not isinstance(x, (str, list)) else x * 2"}),
    Attack("magics", answers={"double": "%time\n%matplotlib inline\ndef double(x):\n    return x + x\n!echo hello\n%who"}),
    Attack("a bash cell that forks", first="%%bash\nsleep 1000 &\nsleep 1000 & disown\necho started"),
    Attack("changes the given list and puts it back", answers={"total": "numbers.sort()\ntotal = sum(numbers)\nnumbers[:] = [3, 1, 2]"}),
    Attack("random numbers first", first="import random, numpy as np\nrandom.seed(1); np.random.seed(1); print(random.random())"),
]

REWRITTEN = [
    Attack("flags turned around", change=rewritten.flipped_flags),
    Attack("kinds turned around", change=rewritten.flipped_kinds),
    Attack("a test copied", change=rewritten.test_copied),
    Attack("an answer copied", change=rewritten.answer_copied),
    Attack("an answer split", change=rewritten.answer_split),
    Attack("a test deleted", change=rewritten.test_deleted),
    Attack("all tests deleted", change=rewritten.all_tests_deleted),
    Attack("an answer deleted", change=rewritten.answer_deleted, points=(3, 0, 3), reason=("not attempted",)),
    Attack("an answer as Markdown", change=rewritten.retyped_as_markdown),
    Attack("an answer as raw text", change=rewritten.retyped_as_raw),
    Attack("one grade id for many", change=rewritten.one_grade_id_for_all, reason=("not attempted",)),  # the written answer is lost
    Attack("metadata of odd types", change=rewritten.metadata_of_odd_types),
    Attack("another language", change=rewritten.another_language),
    Attack("half open intervals", change=rewritten.half_open_intervals),
]

FILES = [
    Attack("a link to a classmate's notebook", change=rewritten.link_to_a_classmate, points=(), unreadable="not a plain file"),
    Attack("a folder that is a link", change=rewritten.folder_is_a_link, points=(), unreadable="link"),
    Attack("a learner that is a link", change=rewritten.learner_is_a_link, points=(), unreadable="link"),
    Attack("a FIFO", change=rewritten.fifo, points=(), unreadable="not a plain file", stock=False),
    Attack("a device", change=rewritten.link_to_a_device, points=(), unreadable="not a plain file", stock=False),
    Attack("a folder for a notebook", change=rewritten.folder_in_its_place, points=(), unreadable="not a plain file"),
    Attack("a file for a folder", change=rewritten.file_for_a_folder, points=(), unreadable="not a"),
    Attack("nothing", change=rewritten.nothing_handed_in, points=(), unreadable="there is no ps1.ipynb"),
    Attack("thousands of files", change=rewritten.thousands_of_files, points=(), unreadable="more than 1000 files"),
    Attack("deep JSON", change=rewritten.deep_json, points=(), unreadable="deep"),
    Attack("very deep JSON", change=rewritten.very_deep_json, points=(), unreadable="deep"),
    Attack("huge JSON", change=rewritten.huge_json, points=(), unreadable="MB", stock=False),
    Attack("a huge cell", change=rewritten.huge_cell, points=(), unreadable="characters"),
    Attack("thousands of cells", change=rewritten.cells_by_the_thousand, points=(), unreadable="cells"),
    Attack("format 3", change=rewritten.format_three, points=(), unreadable="format 4"),
    Attack("not JSON", change=rewritten.file("ps1.ipynb", b"\x00\xff not JSON {"), points=(), unreadable="not JSON"),
    Attack("a list", change=rewritten.file("ps1.ipynb", "[1, 2]"), points=(), unreadable="format 4"),
    Attack("an empty file", change=rewritten.file("ps1.ipynb", b""), points=(), unreadable="not JSON"),
    Attack("numpy.py beside the notebook", change=rewritten.file("numpy.py", "raise SystemExit")),
    Attack("pandas.py and sitecustomize.py", change=lambda folder, course: [rewritten.file(name, "raise SystemExit")(folder, course) for name in ("pandas.py", "sitecustomize.py", "safegrade.py")]),
    Attack("a start-up file", change=rewritten.file(".ipython/profile_default/startup/x.py", "raise SystemExit")),
    Attack("odd file names", change=rewritten.odd_names),
    Attack("links beside the notebook", change=rewritten.linked_extras, stock=False),
    Attack("an odd time", change=rewritten.odd_time),
    Attack("Ünïcödé 学生 🐍 {0} %s"),
]

SCRIPT = "<script>document.title = 'PWNED'</script><img src=x onerror=\"document.title='PWNED'\"><svg onload=\"document.title='PWNED'\"/>"
PAGES = [
    Attack("scripts in words", answers={"words": f"{SCRIPT}\n\n[a](javascript:alert(1)) <a href=\"javascript:alert(1)\">b</a> $\\href{{javascript:alert(1)}}{{c}}$"}),
    Attack("scripts in outputs", first=f"""
from IPython.display import HTML, SVG, Javascript, Markdown, display
script = {SCRIPT!r}
print(script)
print('\\x1b[31m' + script + '\\x1b]0;x\\x07\\x08\\r')
display(HTML(script), Javascript("document.title = 'PWNED'"), Markdown(script))
display({{'image/svg+xml': '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1">' + script + '</svg>', 'text/latex': script, 'text/markdown': script}}, raw=True)
display({{'image/png': 'x" onerror="document.title=\\'PWNED\\'">' + script, 'image/jpeg': '"><script>document.title="PWNED"</script>'}}, raw=True)
display({{'text/plain': script, 'application/javascript': 'document.title = "PWNED"', 'application/vnd.jupyter.widget-view+json': {{'model_id': script}}}}, raw=True)
display({{'image/png': {{'a': [1]}}, 'text/html': [1, 2], 'text/plain': {{'b': 1}}}}, raw=True)
"""),
    Attack("scripts in errors", answers={"double": f"def double(x):\n    raise type('Odd<script>', (ValueError,), {{}})({SCRIPT!r})", "total": f"total = sum(numbers)\nraise ValueError({SCRIPT!r})"},
           points=(0, 2, 3), reason=("wrong", "error")),
    Attack("scripts in code", answers={"double": f"# {SCRIPT}\ndef double(x):\n    return x + x"}, first="%%javascript\ndocument.title = 'PWNED'"),
]

ATTACKS = [*CHEATS, *PROBES, *BOMBS, *ENDS, *ODD, *REWRITTEN, *FILES, *PAGES]


def submit(course, attack: Attack, port: int = 9) -> None:
    """Hand an attack in."""
    words = {"COURSE": str(course.folder), "PORT": str(port)}

    def filled(text: str) -> str:
        for word, value in words.items():
            text = text.replace(word, value)
        return text

    answers = {name: filled(text) for name, text in (RIGHT | attack.answers).items()}
    course.hand_in(attack.learner, answers, filled(attack.first), filled(attack.last))
    if attack.change:
        attack.change(course.place(attack.learner), course.folder)
