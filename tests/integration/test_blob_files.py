"""Large blobs go between files and Postgres a piece at a time, and are the same bytes as small ones."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from app.store import blob_files, blobs
from app.store.blob_files import PIECE_BYTES
from app.store.tables import DEFAULT_TENANT
from app.store.tables import blobs as table


def file_of(tmp_path: Path, size: int) -> tuple[Path, bytes]:
    data = np.random.default_rng(size).integers(0, 256, size, np.uint8).tobytes()
    path = tmp_path / f"{size}"
    path.write_bytes(data)
    return path, data


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 3 * PIECE_BYTES + 7])
def test_a_file_comes_back_as_it_went(engine: Engine, tmp_path: Path, size: int) -> None:
    path, data = file_of(tmp_path, size)
    with engine.begin() as connection:
        sha256 = blob_files.put(connection, DEFAULT_TENANT, path, "image/png")
        assert sha256 == hashlib.sha256(data).hexdigest()
    with engine.begin() as connection:
        assert blobs.get(connection, DEFAULT_TENANT, sha256) == data
        assert blob_files.get(connection, DEFAULT_TENANT, sha256, tmp_path / "back")
        row = connection.execute(select(table.c.media_type, table.c.size, table.c.created_at)).one()
    assert (tmp_path / "back").read_bytes() == data
    assert (row.media_type, row.size) == ("image/png", size)
    assert row.created_at is not None


def test_bytes_that_are_known_are_kept_once_and_touched(engine: Engine, tmp_path: Path) -> None:
    path, data = file_of(tmp_path, 2 * PIECE_BYTES)
    with engine.begin() as connection:
        first = blobs.put(connection, DEFAULT_TENANT, data, "image/png")
        connection.execute(table.update().values(touched_at=text("now() - interval '1 day'")))
    with engine.begin() as connection:
        assert blob_files.put(connection, DEFAULT_TENANT, path, "image/png") == first
        assert connection.scalar(text("SELECT count(*) FROM blobs WHERE touched_at > now() - interval '1 hour'")) == 1


def test_two_who_write_the_same_bytes_at_once_both_succeed(engine: Engine, tmp_path: Path) -> None:
    path, _ = file_of(tmp_path, 2 * PIECE_BYTES)
    together = threading.Barrier(4)

    def put(_: int) -> str:
        with engine.begin() as connection:
            connection.execute(text("SELECT 1"))
            together.wait()
            return blob_files.put(connection, DEFAULT_TENANT, path, "image/png")

    with ThreadPoolExecutor(4) as writers:
        assert len(set(writers.map(put, range(4)))) == 1
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM blobs")) == 1


def test_what_is_not_there_is_not_written(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        assert not blob_files.get(connection, DEFAULT_TENANT, "0" * 64, tmp_path / "nothing")


def test_what_postgres_refuses_is_an_error_of_sqlalchemy(engine: Engine, tmp_path: Path) -> None:
    path, _ = file_of(tmp_path, 2 * PIECE_BYTES)
    with engine.connect() as connection, pytest.raises(IntegrityError):
        blob_files.put(connection, "a tenant who is not there", path, "image/png")


def test_a_connection_that_is_lost_is_an_error_of_sqlalchemy(engine: Engine, tmp_path: Path) -> None:
    path, _ = file_of(tmp_path, 2 * PIECE_BYTES)
    with engine.connect() as connection, engine.connect() as other:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        with pytest.raises(OperationalError):
            blob_files.put(connection, DEFAULT_TENANT, path, "image/png")
        connection.invalidate()
