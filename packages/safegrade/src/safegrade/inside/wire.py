"""What goes over the sockets of the sandbox: messages as JSON, each behind its size.

    message, send           one as bytes; one sent
    json_message, exactly   the next one; so many bytes
    loaded                  the modules that a process has, which one of these messages tells
"""

from __future__ import annotations

import json
import socket
import struct
import sys


def message(content: dict) -> bytes:
    data = json.dumps(content).encode()
    return struct.pack(">I", len(data)) + data


def send(link: socket.socket, content: dict) -> None:
    link.sendall(message(content))


def json_message(link: socket.socket) -> dict:
    """The next message; EOFError when the other end is closed."""
    size = struct.unpack(">I", exactly(link, 4))[0]
    return json.loads(exactly(link, size))


def exactly(link: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = link.recv(min(size, 1 << 20))
        if not part:
            raise EOFError("the other end is closed")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def loaded() -> list[str]:
    """The modules that have been imported so far, by name, in the order of their import."""
    return [name for name, module in list(sys.modules.items()) if getattr(module, "__spec__", None)]
