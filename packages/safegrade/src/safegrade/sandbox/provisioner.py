"""A kernel provisioner for jupyter_client: kernels that are forked warm inside a sandbox.

It is found by the name "safegrade" in a kernel specification's metadata, like any provisioner. Started with
`start_kernel(warm=…, limits=…, files=…, line=…)` it forks the warm process that it is given; without, it makes one for itself.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_client.provisioning import KernelProvisionerBase

from safegrade.limits import Limits
from safegrade.sandbox.warm import Fork, Warm


class SandboxProvisioner(KernelProvisionerBase):
    """Starts, watches and ends a kernel that is a fork of a warm process."""

    fork: Fork | None = None
    own: Warm | None = None

    @property
    def has_process(self) -> bool:
        return self.fork is not None

    async def poll(self) -> int | None:
        return 0 if self.fork is None or self.fork.ended() else None

    async def wait(self) -> int | None:
        while await self.poll() is None:
            await asyncio.sleep(0.02)
        return 0

    async def send_signal(self, signum: int) -> None:
        """A sandboxed kernel hears no signals; interrupts go over its control channel, and an end is an end."""
        if self.fork and signum in (9, 15):
            self.fork.close()

    async def kill(self, restart: bool = False) -> None:
        await self.send_signal(9)

    async def terminate(self, restart: bool = False) -> None:
        await self.send_signal(15)

    async def cleanup(self, restart: bool = False) -> None:
        if self.fork:
            self.fork.close()
        if self.own and not restart:
            self.own.close()
            self.own = None
        self.fork = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        warm = kwargs.pop("warm", None)
        if warm is None:
            warm = self.own = self.own or Warm("kernel")
        manager = self.parent
        folder = warm.run / self.kernel_id[:13]
        folder.mkdir(exist_ok=True)
        manager.transport, manager.ip = "ipc", str(folder / "k")
        manager.connection_file = str(folder / "kernel.json")
        for number, channel in enumerate(("shell", "iopub", "stdin", "hb", "control"), 1):
            setattr(manager, f"{channel}_port", number)
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=[], warm=warm, **kwargs)

    async def launch_kernel(self, cmd: list[str], warm: Warm | None = None, limits: Limits | None = None,
                            files: dict[str, bytes] | None = None, line: bool = False, **kwargs: Any) -> dict:
        self.fork = warm.fork(limits or Limits().paced(), files, self.parent.connection_file, line)
        return self.connection_info


class Specification(KernelSpecManager):
    """The one kernel specification that marking needs, in memory."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The specification of a sandboxed IPython kernel."""
        return KernelSpec(argv=[sys.executable], display_name="Python, sandboxed", language="python", interrupt_mode="message",
                          metadata={"kernel_provisioner": {"provisioner_name": "safegrade"}})


def start(**wishes: Any) -> KernelManager:
    """Start a sandboxed kernel, from any thread, also one with a running event loop; no loop is left open.

    The connection file goes with the manager, and a kernel that starts reads it.
    """
    manager = KernelManager(kernel_name="safegrade", kernel_spec_manager=Specification(), cache_ports=False)
    try:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, AsyncKernelManager.start_kernel(manager, **wishes)).result()
    finally:
        manager.context.destroy(linger=0)
    return manager
