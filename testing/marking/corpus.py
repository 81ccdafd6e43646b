"""The whole attack corpus, and how it is marked.

    ATTACKS      all of it; READ those that are read at all
    BYSTANDERS   honest learners in the same batch
    LIMITS       what a submission may use there
    listening    services of the host that none may reach
"""

import socket
from contextlib import contextmanager
from pathlib import Path

from testing.marking.attacks import ATTACKS as KNOWN
from testing.marking.attacks_machine import COSTLY, MACHINE
from testing.marking.small import RIGHT

MB = 1 << 20
ATTACKS = [*KNOWN, *MACHINE, *COSTLY]
LIMITS = {"cell_seconds": 4, "notebook_seconds": 60, "memory": 1500 * MB, "processes": 40, "output": MB, "output_in_all": 4 * MB}
BYSTANDERS = {"bystander-1": RIGHT, "bystander-2": RIGHT | {"total": "total = 5"}}
READ = [attack for attack in ATTACKS if not attack.unreadable]


@contextmanager
def listening(folder: Path):
    """Services of the host that a learner must not reach: TCP, a named and an abstract socket; the port."""
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as named, socket.socket(socket.AF_UNIX) as abstract:
        port = tcp.getsockname()[1]
        named.bind(str(folder / "host.sock"))
        abstract.bind(f"\0safegrade-host-{port}")
        named.listen()
        abstract.listen()
        yield port
