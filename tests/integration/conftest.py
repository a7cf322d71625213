"""The API, served: one for all tests that leave its settings alone, emptied for each; or one of a test's own.

And one tiny checkpoint.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from app.settings import Settings
from app.store.session import sqlalchemy_url
from tests.api_in_thread import Api, serving

SHARED = "lamina_api"


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The diffusion model with tiny weights, for all tests that only read it."""
    from tests.tiny_qwen import write_checkpoint  # loads PyTorch

    return write_checkpoint(tmp_path_factory.mktemp("qwen"))


@pytest.fixture
def serve(database_url: str, redis_url: str, tmp_path: Path) -> Callable[..., AbstractContextManager[Api]]:
    """``with serve(max_queued=1) as api``: the service with other settings and a database of its own."""

    def start(**changed: Any) -> AbstractContextManager[Api]:
        return serving(**{"database_url": database_url, "redis_url": redis_url, "data": tmp_path / "data", **changed})

    return start


@pytest.fixture(scope="session")
def shared_api(servers: Settings, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    outside = create_engine(sqlalchemy_url(str(servers.database_url)), isolation_level="AUTOCOMMIT")
    with outside.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {SHARED} TEMPLATE {template}"))
    outside.dispose()
    url = make_url(str(servers.database_url)).set(database=SHARED).render_as_string(hide_password=False)
    with serving(url, str(servers.redis_url), tmp_path_factory.mktemp("api") / "data") as api:
        yield api


@pytest.fixture
def api(shared_api: Api) -> Api:
    shared_api.empty()
    return shared_api
