"""Unit tests reach nothing over a network; those that need it say ``@pytest.mark.usefixtures("network")``."""

import socket
from typing import Any

import pytest

_FAMILIES = (socket.AF_INET, socket.AF_INET6)


@pytest.fixture
def network() -> None:
    """For the few tests of code that opens connections; they connect to this machine only."""


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets of Python's own; pipes, socket pairs and unix sockets stay as they are."""
    if "network" in request.fixturenames:
        return

    def refuse(which: str) -> None:
        original = getattr(socket.socket, which)

        def refusing(self: socket.socket, *arguments: Any) -> Any:
            if self.family in _FAMILIES:
                raise RuntimeError(f"A unit test called {which}{arguments}; ask for the fixture `network`.")
            return original(self, *arguments)

        monkeypatch.setattr(socket.socket, which, refusing)

    for which in ("connect", "connect_ex", "sendto", "bind"):
        refuse(which)
    monkeypatch.setattr(socket, "getaddrinfo", _no_name_server)


def _no_name_server(host: object, *_: object, **__: object) -> Any:
    raise RuntimeError(f"A unit test asked for the address of {host!r}; ask for the fixture `network`.")
