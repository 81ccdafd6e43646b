"""The sandbox: it is refused with a reason where it cannot be made, and what runs in it has a network and files of its own."""

import resource
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from safegrade import app, sandbox
from safegrade.limits import MB, Limits
from safegrade.marking.learner import LearnerKernel
from safegrade.sandbox import Refused, warm
from safegrade.sandbox.ahead import Ahead
from safegrade.sandbox.provisioner import SandboxProvisioner
from safegrade.sandbox.warm import Warm
from testing.deadlines import DEADLINE
from testing.marking.small import RIGHT, Small
from tools.nbgrader_commands import CommandFailed, at_home

LIMITS = {"cell_seconds": 10}
pytestmark = pytest.mark.usefixtures("own_processes")


@pytest.fixture
def unchecked():
    """What was found out about this machine is found out anew, before and after."""
    known = (sandbox.check, sandbox.as_nobody)
    for each in known:
        each.cache_clear()
    yield
    for each in known:
        each.cache_clear()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The small course with one right submission."""
    with at_home(tmp_path_factory.mktemp("home")):
        course = Small(tmp_path_factory.mktemp("made") / "course", LIMITS, workers=1)
        course.hand_in("ann", RIGHT)
        yield course


@pytest.fixture
def course(made, tmp_path):
    """A copy of it."""
    shutil.copytree(made.folder, tmp_path / "course")
    return replace(made, folder=tmp_path / "course")


def broken(folder: Path) -> None:
    """A bwrap that may not make namespaces."""
    (folder / "bwrap").write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    (folder / "bwrap").chmod(0o755)


@pytest.mark.parametrize("make, reason, remedy", [
    (lambda folder: None, "bubblewrap is missing", "apt-get install bubblewrap"),
    (broken, "No permissions to create new namespace", "sysctl -w kernel"),
], ids=["missing", "broken"])
def test_without_bubblewrap_nothing_is_run(course, unchecked, tmp_path, monkeypatch, make, reason, remedy):
    tools = tmp_path / "tools"
    tools.mkdir()
    make(tools)
    monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(Refused, match=reason) as refused:
        Warm("kernel")
    assert remedy in str(refused.value)
    with pytest.raises(CommandFailed, match=reason):
        course.run("autograde")
    assert course.points("ann") == {}
    assert not (course.folder / "autograded").exists()


@pytest.mark.parametrize("where", [".", "source/ps1", "submitted"])
def test_a_python_that_imports_from_the_course_is_refused(course, monkeypatch, where):
    shown = course.folder / where
    known = sandbox.importable()
    monkeypatch.setattr(sandbox, "importable", lambda: (*known, str(shown)))
    with pytest.raises(CommandFailed, match="learners' code could read .*a .pth file or an editable install"):
        course.run("autograde")
    assert course.points("ann") == {}


@pytest.mark.parametrize("levels", [0, 1])
def test_a_container_that_allows_no_user_namespaces_or_one_level_of_them_is_refused(levels):
    """A process with a limit of its own stands for it; a fork needs a second level inside the sandbox's."""
    doctor = f"echo {levels} > /proc/sys/user/max_user_namespaces; exec {sys.executable} -m safegrade.app doctor"
    ran = subprocess.run(["unshare", "--user", "--map-root-user", "sh", "-c", doctor], check=False, capture_output=True, text=True)
    assert ran.returncode == 1 and ran.stdout.startswith("nothing can be marked here: bubblewrap cannot make its namespaces here"), ran
    assert "docker run --security-opt" in ran.stdout


def test_another_system_is_refused(unchecked, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(Refused, match=r"this is darwin\. Mark on Linux"):
        sandbox.check()


def test_trusted_submissions_need_no_sandbox_and_the_record_says_so(course, unchecked, monkeypatch, capsys):
    monkeypatch.chdir(course.folder)
    monkeypatch.setattr(sandbox, "check", lambda: pytest.fail("it was asked for"))
    with pytest.raises(SystemExit) as ended:
        app.main(["mark", "ps1", "--trust-submissions", "--workers", "1"])
    assert ended.value.code == 0
    assert course.points("ann") == {"double": 3, "total": 2, "table": 3}
    assert course.marked("ann").metadata.safegrade.trusted is True


def test_the_record_of_a_sandboxed_submission_says_so_too(course):
    course.run("autograde")
    assert course.marked("ann").metadata.safegrade.trusted is False


@pytest.fixture(scope="module")
def zygote():
    """A warm process of a kernel's."""
    with Warm("kernel") as made:
        yield made


@pytest.fixture
def kernel(zygote):
    """A kernel in its sandbox."""
    with LearnerKernel(zygote, Limits(cell_seconds=10, memory=1500 * MB), {"data/cells.csv": b"a,b\n1,2\n"}) as running:
        yield running


def said(kernel, code):
    """What a cell printed."""
    return "".join(output.get("text", output.get("evalue", "")) for output in kernel.run(code).outputs)


def test_there_is_a_loopback_of_its_own_and_nothing_else(kernel):
    assert said(kernel, """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    with socket.create_connection(server.getsockname()) as link:
        print("loopback")
print([name for _, name in socket.if_nameindex()])
try:
    socket.create_connection(("1.1.1.1", 53), 1)
except OSError as error:
    print(type(error).__name__)
""") == "loopback\n['lo']\nOSError\n"


def test_the_files_that_an_assignment_ships_are_there_and_nothing_else(kernel):
    assert said(kernel, "import os; print(os.getcwd(), sorted(os.listdir()), open('data/cells.csv').read())") == "/home/learner/work ['data'] a,b\n1,2\n\n"


def test_nothing_of_the_marking_side_is_in_its_environment(kernel):
    names = set(said(kernel, "import os; print(*os.environ)").split())
    assert names - {*sandbox.QUIET, *sandbox.KEPT} <= {"HOME", "PATH", "PWD", "MPLCONFIGDIR", "TERM", "CLICOLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PAGER", "GIT_PAGER", "PYDEVD_USE_FRAME_EVAL"}
    assert said(kernel, "print(os.environ['HOME'])") == "/home/learner\n"


def test_two_kernels_share_no_file_and_no_random_state(zygote):
    first, second = (LearnerKernel(zygote, Limits(), {}) for _ in range(2))
    try:
        drawn = {said(each, "import random; print(random.random())") for each in (first, second)}
        first.run("open('/tmp/x', 'w').write('x'); open('x', 'w').write('x')")
        assert said(second, "import os; print(os.path.exists('/tmp/x'), os.path.exists('x'))") == "False False\n"
        assert len(drawn) == 2
    finally:
        first.close()
        second.close()


def test_a_folder_of_a_script_or_of_pythonpath_is_not_in_it(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert not [path for path in sandbox.python_folders() if tmp_path.is_relative_to(path)]
    assert not [path for path in sandbox.python_folders() if Path.cwd().is_relative_to(path)]


@pytest.mark.parametrize("code, limits, reason", [
    ("while True: pass", {"cell_seconds": 0.5}, "time"),
    ("print('x' * 3_000_000)", {"output": MB}, "output"),
    ("import os; os._exit(0)", {}, "crash"),
    ("import time\nwhile True: pass", {"cpu_seconds": 1, "cell_seconds": 20}, "time"),
], ids=["time", "output", "crash", "processor time"])
def test_a_limit_ends_a_kernel_and_says_why(zygote, code, limits, reason):
    kernel = LearnerKernel(zygote, Limits(**limits), {})
    assert kernel.run(code).reason == reason
    until = time.monotonic() + 5
    while kernel.fork.folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not kernel.fork.folder.exists()


def test_no_more_processes_are_started_than_may_be(zygote):
    kernel = LearnerKernel(zygote, Limits(processes=25), {})
    started = "import os, time\nfor started in range(1000):\n    if os.fork() == 0:\n        time.sleep(60)\n        os._exit(0)"
    assert "Resource temporarily unavailable" in said(kernel, started)
    assert int(said(kernel, "print(started)")) < 25
    kernel.close()


TEN_PROCESSES = """
import os, time
import numpy as np
held = np.ones(200 * 2**20 // 8)
for number in range(10):
    if os.fork() == 0:
        mine = {}
        time.sleep(60)
        os._exit(0)
time.sleep({})
"""


@pytest.mark.parametrize("mine, seconds, reason", [("held.sum()", 1, ""), ("held.copy()", 60, "memory")], ids=["shared", "of their own"])
def test_memory_that_processes_share_counts_once(zygote, mine, seconds, reason):
    with LearnerKernel(zygote, Limits(memory=1500 * MB), {}) as kernel:
        assert kernel.run(TEN_PROCESSES.format(mine, seconds)).reason == reason


HOLDS = """
import glob, os, socket, time
from ipykernel.kernelapp import IPKernelApp
own = glob.glob(os.path.dirname(IPKernelApp.instance().connection_file) + '/k-1')[0]
for number in range(6):
    if os.fork() == 0:
        held = []
        try:
            while True:
                held.append(socket.socket(socket.AF_UNIX))
                held[-1].setblocking(False)
                held[-1].connect(own)
                time.sleep(0.001)
        except OSError:
            hoard = b'x' * 300_000_000
        finally:
            time.sleep(1000)
time.sleep(1000)
"""


@pytest.fixture
def few_descriptors():
    """No process that is started now may open as many files as most systems let it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_warden_whose_descriptors_are_taken_still_ends_its_fork(few_descriptors):
    with Warm("kernel") as made, LearnerKernel(made, Limits(memory=1500 * MB), {}) as kernel:
        assert kernel.run(HOLDS).reason == "memory"
        assert nothing_left(made)


def test_a_fork_ends_with_its_warden():
    with Warm("kernel") as made, LearnerKernel(made, Limits(), {}) as kernel:
        kernel.run("import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(1e6)")
        _, _, warden, first, other = psutil.Process(made.process.pid).children(recursive=True)  # behind bubblewrap's and the warm process
        assert warden.children() == [first] and first.children() == [other]
        warden.kill()
        assert nothing_left(made)


def nothing_left(made: Warm) -> bool:
    """Whether the forks of a warm process end, and nothing that they have started outlives them."""
    until = time.monotonic() + DEADLINE
    while len(left := psutil.Process(made.process.pid).children(recursive=True)) > 2 and time.monotonic() < until:
        time.sleep(0.05)
    return len(left) == 2  # bubblewrap's and the warm process


FILLED = """
import os, socket, time
server = socket.create_server(('127.0.0.1', 0))
def connected():
    return socket.create_connection(server.getsockname()), server.accept()[0]
def fill(each):
    each.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_000_000)
    each.setblocking(False)
    try:
        while True:
            each.send(bytes(60_000))
    except BlockingIOError:
        return each
for number in range(40):
    if os.fork() == 0:
        held = []
        try:
            while True:
                held += [fill(each) for each in {}]
        except OSError:
            time.sleep(60)
            os._exit(0)
time.sleep(60)
"""


@pytest.mark.parametrize("pair", ["socket.socketpair()", "connected()"])
def test_what_sockets_hold_counts_as_memory(zygote, pair):
    with LearnerKernel(zygote, Limits(memory=600 * MB), {}) as kernel:
        assert kernel.run(FILLED.format(pair)).reason == "memory"


def test_some_sockets_are_nothing_much(zygote):
    few = "import socket\nheld = [socket.socketpair() for _ in range(100)]\nprint(len(held))"
    with LearnerKernel(zygote, Limits(memory=600 * MB), {}) as kernel:
        assert said(kernel, few) == "100\n"


def test_data_that_unfolds_when_it_is_read_is_left_out_and_its_text_stays(kernel):
    unfolds = "display({'a/b': [[]] * 200_000, 'text/plain': 'many'}, raw=True)\ndisplay({'a/b': [1, {'c': 2}], 'text/plain': 'few'}, raw=True)"
    assert [sorted(output["data"]) for output in kernel.run(unfolds).outputs] == [["text/plain"], ["text/plain"]]
    assert [sorted(output["data"]) for output in kernel.run(unfolds.partition("\n")[2]).outputs] == [["a/b", "text/plain"]]


def test_a_text_in_thousands_of_pieces_is_one_output(kernel):
    pieces = "import sys\nfor number in range(3000):\n    sys.stdout.write('x')\n    sys.stdout.flush()"
    assert [output["text"] for output in kernel.run(pieces).outputs] == ["x" * 3000]


def test_a_warm_process_that_has_died_is_started_again():
    with Warm("kernel") as made:
        made.process.kill()
        made.process.wait()
        with LearnerKernel(made, Limits(), {}) as running:
            assert said(running, "print(1)") == "1\n"


def alive(runs: list[Path]) -> list[str]:
    """The commands of processes that still run and were started for these folders."""
    commands = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    return [command for command in commands if any(str(run) in command for run in runs)]


def test_nothing_is_left_of_warm_processes_that_are_let_go_while_they_start():
    runs, until = [], time.monotonic() + 60
    for number in range(60):
        with Warm("kernel") as made:
            runs.append(made.run)
            time.sleep(number / 10_000)
    while (left := alive(runs)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not left


KEEPS = "import decimal\nkept = decimal.__dict__.setdefault('kept', [])\nkept.append(1)"


def test_what_a_library_keeps_of_the_given_cells_is_there_and_their_names_are_not():
    with Warm("kernel", given=["1/0", KEEPS, "import time\ntime.sleep(0)\n7"]) as made, LearnerKernel(made, Limits(), {}) as running:
        assert said(running, "import decimal; print(decimal.kept, 'kept' in globals(), 'time' in globals())") == "[1] False False\n"


def test_given_cells_that_leave_a_thread_are_left_to_the_forks():
    thread = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    with Warm("kernel", given=[KEEPS, thread]) as made, LearnerKernel(made, Limits(), {}) as running:
        assert said(running, "import decimal; print(hasattr(decimal, 'kept'))") == "False\n"


SWALLOWS = "try:\n    while True: pass\nexcept Exception: pass"


@pytest.mark.parametrize("endless", ["while True: pass", SWALLOWS])
def test_given_cells_are_all_left_to_the_forks_where_one_is_broken_off(endless):
    """What it was about to do stays half done, an import above all."""
    given = [KEEPS, endless, KEEPS]
    with Warm("kernel", given=given, limits=Limits(given_seconds=0.2)) as made, LearnerKernel(made, Limits(), {}) as running:
        assert said(running, "import decimal; print(hasattr(decimal, 'kept'))") == "False\n"


def test_a_picture_is_shown_at_the_end_of_its_cell():
    with Warm("kernel", ("matplotlib.pyplot",)) as made, LearnerKernel(made, Limits(), {}) as running:
        shown = running.run("import matplotlib.pyplot as plt\nplt.plot([1, 2]);").outputs
        assert "image/png" in shown[-1]["data"]


def test_a_cell_may_await(kernel):
    assert said(kernel, "import asyncio\nawait asyncio.sleep(0)\nprint('waited')") == "waited\n"


CHILD = """
import os, time
get_ipython().kernel.iopub_thread.schedule(lambda: time.sleep(0.2))  # busy, as on a slow machine
child = os.fork()
if child == 0:
    print('child')
    os._exit(0)
os.waitpid(child, 0)
"""


def test_what_a_child_process_prints_is_shown(kernel):
    assert [said(kernel, CHILD) for _ in range(5)] == ["child\n"] * 5


def test_threads_that_print_lose_nothing_and_keep_their_order(kernel):
    code = """
import sys, threading
sys.setswitchinterval(1e-6)
def tell(who):
    for number in range(2000):
        print(f"{who} {number}\\n", end="", flush=number % 7 == 0)
threads = [threading.Thread(target=tell, args=(who,)) for who in 'ab']
[each.start() for each in threads] and [each.join() for each in threads]
"""
    lines = said(kernel, code).splitlines()
    assert all([line for line in lines if line.startswith(who)] == [f"{who} {number}" for number in range(2000)] for who in "ab")


def test_a_long_cell_is_taken_while_the_kernel_still_says_much(zygote):
    """Neither side waits for the other to listen."""
    talks = "import asyncio\nasyncio.get_event_loop().call_later(0.1, lambda: print('x' * 3_000_000, flush=True))"
    with LearnerKernel(zygote, Limits(output=20 * MB, output_in_all=40 * MB), {}) as running:
        running.run(talks)
        time.sleep(0.5)
        assert said(running, "print(1)\n" + "# long\n" * 100_000).endswith("1\n")


def test_a_reset_leaves_the_modules_of_the_warm_process():
    reset = "import decimal, wave\n%reset -f --aggressive\nimport sys; print('decimal' in sys.modules, 'wave' in sys.modules)"
    with Warm("kernel", ("decimal",)) as made, LearnerKernel(made, Limits(), {}) as running:
        assert said(running, reset).endswith("True False\n")


def test_what_learners_draw_with_is_loaded_though_the_assignment_draws_nothing(kernel):
    assert said(kernel, "import sys; print('matplotlib.pyplot' in sys.modules, 'plt' in globals())") == "True False\n"


def test_kernels_that_stand_ready_are_let_go_when_their_time_is_running(zygote, monkeypatch):
    ahead = Ahead(lambda: LearnerKernel(zygote, Limits(), {}), count=1, fresh=0.0)
    ahead.begin()
    first = ahead.waiting[0].result()
    taken = ahead.take()
    assert taken is not first and said(taken, "print(1)") == "1\n"
    assert not first.fork.folder.exists()
    taken.close()
    ahead.close()


def test_kernels_that_died_while_they_stood_ready_are_not_given():
    with Warm("kernel") as made, Ahead(lambda: LearnerKernel(made, Limits(), {}), count=1) as ahead:
        ahead.begin()
        first = ahead.waiting[0].result()
        made.process.kill()
        assert first.fork.ended(5.0)
        with ahead.take() as taken:
            assert said(taken, "print(1)") == "1\n"


def test_imports_that_never_end_are_told_with_what_helps():
    limits = Limits(import_seconds=0.5)
    with Warm("kernel", given=["import time; time.sleep(5)"], limits=limits) as made, pytest.raises(Refused, match="within 0.5 seconds") as refused:
        made.settled()
    assert "import_seconds" in str(refused.value) and "SAFEGRADE_PACE" in str(refused.value)


class Specifications(KernelSpecManager):
    """One specification, which names the provisioner as any kernel's would."""

    def get_kernel_spec(self, kernel_name):
        return KernelSpec(argv=["python"], display_name="Python", language="python", metadata={"kernel_provisioner": {"provisioner_name": "safegrade"}})


def test_it_is_found_by_its_entry_point_and_used_through_jupyter_client(tmp_path):
    assert "safegrade" in KernelProvisionerFactory.instance().get_provisioner_entries()
    manager = KernelManager(kernel_name="any", kernel_spec_manager=Specifications())
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    try:
        assert isinstance(manager.provisioner, SandboxProvisioner)
        client.wait_for_ready(timeout=60)
        heard = []
        reply = client.execute_interactive("import os; print(os.getcwd())", timeout=20, output_hook=heard.append)
        assert reply["content"]["status"] == "ok"
        assert [message["msg_type"] for message in heard] == ["status", "execute_input", "stream", "status"]
        assert manager.is_alive()
        client.execute("print('x' * 50_000_000)")
        assert manager.provisioner.fork.ended(20.0) == "output"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.context.destroy(linger=0)
    assert not manager.is_alive()
    assert warm.place().is_dir()


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    """Sixty modules that are not compiled, in a folder of packages, as if this process had loaded them; and one of its own."""
    place = tmp_path / "site-packages"
    place.mkdir()
    for number in range(60):
        path = place / f"one{number}.py"
        path.write_text("X = 1\n")
        monkeypatch.setitem(sys.modules, path.stem, SimpleNamespace(__file__=str(path)))
    monkeypatch.setattr(sandbox, "importable", lambda: (str(place), str(tmp_path)))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return place


def test_packages_that_are_not_compiled_are_compiled_first_and_it_is_said(loaded, caplog):
    assert len(sandbox.uncompiled()) == 60
    sandbox.compiled()
    assert sandbox.uncompiled() == [] and "are not compiled, and are now" in caplog.text
    caplog.clear()
    sandbox.compiled()
    assert caplog.text == ""


def test_packages_that_cannot_be_compiled_are_refused_with_the_remedy(loaded, monkeypatch):
    monkeypatch.setattr(sandbox.compileall, "compile_dir", lambda *_, **__: False)
    with pytest.raises(Refused, match=r"60 modules are not compiled, such as .*one0.py.*-m compileall"):
        sandbox.compiled()


def test_this_python_is_compiled():
    assert len(sandbox.uncompiled()) <= sandbox.FEW
