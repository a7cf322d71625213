"""The API, served for each test with a database of its own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.api_in_thread import Api, serving


@pytest.fixture
def serve(database_url: str, redis_url: str, tmp_path: Path) -> Callable[..., AbstractContextManager[Api]]:
    """``with serve(max_queued=1) as api``: the service with other settings."""
    return partial(serving, database_url, redis_url, tmp_path / "data")


@pytest.fixture
def api(serve: Callable[..., AbstractContextManager[Api]]) -> Iterator[Api]:
    with serve() as api:
        yield api
