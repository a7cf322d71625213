"""The API, served for each test with a database of its own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.api_in_thread import Api, serving


@pytest.fixture
def serve(database_url: str, redis_url: str, tmp_path: Path) -> Callable[..., AbstractContextManager[Api]]:
    """``with serve(max_queued=1) as api``: the service with other settings."""

    def start(**changed: Any) -> AbstractContextManager[Api]:
        return serving(**{"database_url": database_url, "redis_url": redis_url, "data": tmp_path / "data", **changed})

    return start


@pytest.fixture
def api(serve: Callable[..., AbstractContextManager[Api]]) -> Iterator[Api]:
    with serve() as api:
        yield api
