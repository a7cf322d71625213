"""The running service, as a user starts it: ``lamina up`` on a free port, with servers and data of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.client import Client
from app.cli.service import running


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a service that lasts as long as the tests do; what one test stores, another may find."""
    folder: Path = tmp_path_factory.mktemp("service")
    with running(folder / "data", folder / "logs", {}) as url:
        yield url


@pytest.fixture
def client(service: str) -> Iterator[Client]:
    with Client(service) as client:
        yield client
