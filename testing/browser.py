"""What browser tests share: Node, a blank page, and JupyterLab in headless Chromium, all on this machine only."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser, Page

from testing.deadlines import DEADLINE, MILLISECONDS

CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")
PRINT_ANSWER = """
const asJson = (_, v) => ArrayBuffer.isView(v) ? [...v] : typeof v !== "number" || Number.isFinite(v) ? v : String(v);
console.log(JSON.stringify(answer, asJson));"""


def run_in_node(script: str):
    """Run an ES module that ends in an expression `answer`, and return its value through JSON.

    Node comes with Playwright, so none needs to be installed. NaN and infinities return as text.
    """
    node = compute_driver_executable()[0]
    found = subprocess.run([node, "--input-type=module", "-"], check=False, input=script + PRINT_ANSWER,
                           capture_output=True, text=True, timeout=DEADLINE)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Lab:
    """A running JupyterLab whose files lie in `folder`."""

    def __init__(self, folder: Path, address: str, token: str):
        self.folder, self.address, self.token = folder, address, token

    def write(self, name: str, cells: list[str]) -> None:
        """Save a notebook of code cells."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, self.folder / name)

    def open(self, page: Page, name: str, kernel: bool = True) -> None:
        """Open a notebook and wait until its cells and, with `kernel`, its kernel are there."""
        # A workspace of its own: JupyterLab would open what the last page had open, and leave this notebook behind it.
        page.goto(f"{self.address}/lab/workspaces/{secrets.token_hex(4)}/tree/{name}?token={self.token}")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        if not kernel:
            return
        page.evaluate("""async () => {
            const panel = window.jupyterapp.shell.currentWidget;
            await panel.context.ready; await panel.sessionContext.ready; await panel.sessionContext.session.kernel.info;
        }""")

    def run_all(self, page: Page) -> None:
        """Run every cell of the open notebook, without waiting for it."""
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")

    def ask(self, page: Page, code: str) -> str:
        """Run code in the open notebook's kernel, beside its cells, and return what it prints."""
        return page.evaluate("""async code => {
            const run = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code });
            let said = "";
            run.onIOPub = message => { said += message.content.text || ""; };
            await run.done;
            return said;
        }""", code)

    def heard(self, page: Page, expression: str, ready: Callable[[Any], bool]) -> Any:
        """What an expression is in the kernel, once it is `ready`: JupyterLab passes on what moved in the page late."""
        until = time.monotonic() + DEADLINE
        while not ready(value := json.loads(self.ask(page, f"import json; print(json.dumps({expression}))"))):
            assert time.monotonic() < until, f"{expression} is still {value!r}"
        return value


@contextmanager
def jupyterlab(folder: Path):
    """JupyterLab as a learner has it, on a free port of this machine, with settings of its own; stopped at the end."""
    port, token, home = free_port(), secrets.token_hex(16), folder / ".home"
    (folder / "work").mkdir()
    environment = os.environ | {
        "PYTHONPATH": str(Path(__file__).parents[1]),  # so that cells can import the tests' own views
        "JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"), "IPYTHONDIR": str(home / "ipython")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1",
               f"--config={Path(__file__).parents[1] / 'jupyter_lab_config.py'}", "--LabApp.expose_app_in_browser=True",
               f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}",
               f"--ServerApp.root_dir={folder / 'work'}"]
    with open(folder / "server.log", "w") as log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/api?token={token}", server)
            yield Lab(folder / "work", address, token)
        finally:
            server.terminate()
            server.wait(timeout=DEADLINE)


def wait_for(address: str, server: subprocess.Popen) -> None:
    """Wait until the server answers; an AssertionError when it stops or hangs."""
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        assert server.poll() is None, "JupyterLab stopped while starting"
        try:
            urllib.request.urlopen(address, timeout=DEADLINE).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not answer within {DEADLINE:.0f} seconds")


def listening_page(browser: Browser, **options) -> Page:
    """A page that keeps what its console reports as errors in `page.complaints`, and waits as long as a test may."""
    page = browser.new_page(**options)
    page.set_default_timeout(MILLISECONDS)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


def let_frames_pass(page: Page, count: int = 20) -> None:
    """Wait until the page has drawn `count` times more; for tests that nothing moves meanwhile."""
    page.evaluate("""async count => {
        for (let k = 0; k < count; k++) await new Promise(requestAnimationFrame);
    }""", count)
