"""Large blobs between files and the database, a piece at a time.

psycopg2 writes a value as text of twice its size and holds several copies of it; a photograph would take an API process
of 100 MB to 500. COPY in its binary form streams, and ``substring`` of a column that is stored EXTERNAL reads a piece.
"""

import hashlib
import struct
from pathlib import Path
from typing import IO

import psycopg2
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from app.store import blobs
from app.store.tables import blobs as table

PIECE_BYTES = 2**20

_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_END = struct.pack(">h", -1)
_COPY = "COPY blobs (tenant_id, sha256, media_type, size, data) FROM STDIN (FORMAT binary)"


def put(connection: Connection, tenant_id: str, content: bytes | Path, media_type: str) -> str:
    """As ``blobs.put``, and of a file too."""
    if isinstance(content, bytes):
        return blobs.put(connection, tenant_id, content, media_type)
    if content.stat().st_size <= PIECE_BYTES:
        return blobs.put(connection, tenant_id, content.read_bytes(), media_type)
    with content.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if not blobs.touch(connection, tenant_id, sha256):
            file.seek(0)
            _copy_in(connection, tenant_id, sha256, media_type, file, content.stat().st_size)
    return sha256


def get(connection: Connection, tenant_id: str, sha256: str, target: Path) -> bool:
    """Write a blob to a file; false where there is none, or it went meanwhile."""
    with target.open("wb") as file:
        size, at = 1, 0
        while at < size:
            piece = func.substring(table.c.data, at + 1, PIECE_BYTES)
            query = select(piece, table.c.size).where(table.c.tenant_id == tenant_id, table.c.sha256 == sha256)
            row = connection.execute(query).one_or_none()
            if row is None:
                return False
            size = row[1]
            at += file.write(row[0])
            if not row[0]:
                return bool(size == 0)
    return True


def _copy_in(connection: Connection, tenant_id: str, sha256: str, media_type: str, file: IO[bytes], size: int) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    try:
        with connection.begin_nested(), driver.cursor() as cursor:
            cursor.copy_expert(_COPY, _Rows(_head(tenant_id, sha256, media_type, size), file), PIECE_BYTES)
    except psycopg2.errors.UniqueViolation:  # somebody else wrote the same bytes meanwhile
        blobs.touch(connection, tenant_id, sha256)
    except psycopg2.Error as error:
        raise DBAPIError.instance(_COPY, None, error, psycopg2.Error) from error


def _head(tenant_id: str, sha256: str, media_type: str, size: int) -> bytes:
    """All that stands before the bytes of the last field."""
    texts = [value.encode() for value in (tenant_id, sha256, media_type)]
    fields = [struct.pack(">i", len(text)) + text for text in texts]
    return b"".join([_SIGNATURE, struct.pack(">h", 5), *fields, struct.pack(">iqi", 8, size, size)])


class _Rows:
    """One row of COPY's binary format, as a file to read from."""

    def __init__(self, head: bytes, file: IO[bytes]) -> None:
        self._parts = [head, _END]
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if len(self._parts) == 2:
            return self._parts.pop(0)
        piece = self._file.read(size)
        if piece or not self._parts:
            return piece
        return self._parts.pop()
