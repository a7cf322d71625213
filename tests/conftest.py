"""A real Postgres and a real Valkey for the tests that ask for them, started once; each test finds them empty.

The tables are made once, by Alembic, in a template. Postgres copies it once for most tests, which empty the copy, as
that takes a hundredth of the time of a copy; and for each test that changes tables, or what the server knows of them.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest
import redis
from psycopg2 import sql
from sqlalchemy import Engine, make_url

from app.embedded import resolve
from app.settings import Settings
from app.store.migrate import upgrade
from app.store.session import libpq_url, make_engine
from app.store.tables import DEFAULT_TENANT, metadata
from tests.scheduling import (
    pytest_collection_finish,
    pytest_collection_modifyitems,
    pytest_xdist_auto_num_workers,
    pytest_xdist_make_scheduler,
)

__all__ = [
    "pytest_collection_finish",
    "pytest_collection_modifyitems",
    "pytest_xdist_auto_num_workers",
    "pytest_xdist_make_scheduler",
]

TEMPLATE = "lamina_template"
if "PYTEST_XDIST_WORKER" in os.environ:
    # Read when PyTorch is loaded, here and in what the tests start: more threads than cores burn time in waiting.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what it puts in the background deaf to Ctrl-C, and so would all be whose Ctrl-C is tested.
    signal.signal(signal.SIGINT, signal.default_int_handler)
# A test's database need not survive a power cut.
HASTY = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
_numbers = count(1)


@pytest.fixture(scope="session")
def servers() -> Iterator[Settings]:
    """The URLs of both servers, which keep their data in a folder with a short name."""
    with TemporaryDirectory(prefix="lamina") as folder, resolve(Settings(data_dir=Path(folder))) as settings:
        for option in HASTY:
            _execute(settings, sql.SQL(f"ALTER SYSTEM SET {option}"))
        _execute(settings, sql.SQL("SELECT pg_reload_conf()"))
        yield settings


@pytest.fixture(scope="session")
def template(servers: Settings) -> str:
    """The name of a database with today's tables and nothing in them."""
    _execute(servers, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    upgrade(_url_of(servers, TEMPLATE))
    return TEMPLATE


@pytest.fixture
def empty_database_url(servers: Settings) -> Iterator[str]:
    """A database of the test's own without any tables."""
    with _database(servers, "template1") as url:
        yield url


@pytest.fixture
def own_database_url(servers: Settings, template: str) -> Iterator[str]:
    """A database of the test's own, with today's tables: for tests that change more than rows."""
    with _database(servers, template) as url:
        yield url


@pytest.fixture(scope="session")
def rows_database_url(servers: Settings, template: str) -> Iterator[str]:
    with _database(servers, template) as url:
        with make_engine(url).connect() as connection:
            for table in metadata.tables.values():
                seeded = table.name == "tenants" or connection.execute(table.select().limit(1)).first() is None
                assert seeded, f"A migration put rows into {table.name}; `emptied` must leave them there."
        yield url


@pytest.fixture
def database_url(rows_database_url: str) -> str:
    """A database with today's tables and nothing in them; those who used it before are shown the door."""
    emptied(rows_database_url)
    return rows_database_url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def redis_url(servers: Settings) -> str:
    """The Valkey of all tests, emptied."""
    assert servers.redis_url is not None
    with redis.Redis.from_url(servers.redis_url) as client:
        client.flushall()
    return servers.redis_url


def emptied(url: str) -> None:
    """A database as the migrations leave it."""
    connection = psycopg2.connect(libpq_url(url))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            tables = [table.name for table in reversed(metadata.sorted_tables) if table.name != "tenants"]
            cursor.execute("".join(f"DELETE FROM {table};" for table in tables))
            cursor.execute("DELETE FROM tenants WHERE id <> %s", (DEFAULT_TENANT,))
    finally:
        connection.close()


@contextmanager
def _database(servers: Settings, template: str) -> Iterator[str]:
    name = f"lamina_{next(_numbers)}"
    names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    _execute(servers, sql.SQL("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy").format(**names))
    try:
        yield _url_of(servers, name)
    finally:
        _execute(servers, sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


def _url_of(servers: Settings, name: str) -> str:
    return make_url(str(servers.database_url)).set(database=name).render_as_string(hide_password=False)


def _execute(servers: Settings, statement: sql.Composable) -> None:
    connection = psycopg2.connect(servers.database_url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
