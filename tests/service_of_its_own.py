"""A service that one file of tests has for itself: it can be stopped, and started again at the same address."""

import random
import socket
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx

from app.cli.service import running
from tests.worker_process import DECOMPOSERS, ROOT, Puppets

CLOCKS = {"LAMINA_LEASE_S": "6", "LAMINA_HEARTBEAT_S": "1", "LAMINA_SWEEP_S": "0.5", "LAMINA_RING_AGAIN_S": "1"}


class ServiceOfItsOwn:
    """Offers ``noop`` and ``puppet``, whose strings are ``puppets``; takes small pictures only, and fetches them from
    private addresses too.

    Attributes:
        url: where it listens, the same after each start.
    """

    def __init__(self, folder: Path, puppets: Puppets) -> None:
        self.puppets = puppets
        self._folder, self._port, self._running = folder, _free_port(), ExitStack()
        self._environment = CLOCKS | {
            "LAMINA_MODELS": "noop,puppet",
            "LAMINA_DECOMPOSERS": DECOMPOSERS,
            "LAMINA_MAX_UPLOAD_BYTES": "3000000",
            "LAMINA_ALLOW_PRIVATE_URLS": "true",
            "LAMINA_DRAIN_S": "1",
            "PUPPET_SOCKET": str(puppets.path),
            "PYTHONPATH": str(ROOT),
        }
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Returns when it is ready."""
        self._running.enter_context(
            running(self._folder / "data", self._folder / "logs", self._environment, self._port)
        )

    def stop(self) -> None:
        """As Ctrl-C does; returns when its processes have ended."""
        self._running.close()

    def post(self, picture: bytes, **fields: object) -> dict[str, object]:
        """A picture of somebody else's to take apart; the job."""
        form = {name: str(value) for name, value in fields.items()}
        answer = httpx.post(f"{self.url}/v1/decompositions", files={"image": picture}, data=form, trust_env=False)
        return self._read(answer)

    def get(self, path: str) -> dict[str, object]:
        return self._read(httpx.get(self.url + path, trust_env=False))

    @staticmethod
    def _read(answer: httpx.Response) -> dict[str, object]:
        answer.raise_for_status()
        found: dict[str, object] = answer.json()
        return found


def _free_port() -> int:
    """Not one of those that outgoing connections are given: it must still be free after a stop."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")
