"""What came of a batch's rows, to be read: a page at a time, however many there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from app.store.tables import batch_rows, blobs

PAGE = 500
PIECE_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class RowResult:
    """A row as it is now. ``size`` and ``crc32`` are of its picture, ``error`` has ``pointer, code, detail``."""

    n: int
    name: str
    state: str
    sha256: str | None
    size: int | None
    crc32: int | None
    error: dict[str, Any] | None


_COLUMNS = tuple(batch_rows.c[name] for name in ("n", "name", "state", "sha256", "size", "crc32", "error"))


def get(connection: Connection, tenant_id: str, job_id: str, n: int) -> RowResult | None:
    """``None`` where the batch has no such row."""
    row = connection.execute(select(*_COLUMNS).where(*_of(tenant_id, job_id), batch_rows.c.n == n)).one_or_none()
    return None if row is None else RowResult(*row)


def page(
    connection: Connection, tenant_id: str, job_id: str, *, after: int = 0, limit: int = PAGE, state: str | None = None
) -> list[RowResult]:
    """Rows after number ``after``, in order; only those in ``state``, if it is given."""
    query = select(*_COLUMNS).where(*_of(tenant_id, job_id), batch_rows.c.n > after)
    if state is not None:
        query = query.where(batch_rows.c.state == state)
    return [RowResult(*row) for row in connection.execute(query.order_by(batch_rows.c.n).limit(limit))]


def pages(engine: Engine, tenant_id: str, job_id: str, state: str | None = None) -> Iterator[list[RowResult]]:
    """All rows, each page in a transaction of its own."""
    after = 0
    while True:
        with engine.connect() as connection:
            found = page(connection, tenant_id, job_id, after=after, state=state)
        if not found:
            return
        yield found
        after = found[-1].n


def piece(connection: Connection, tenant_id: str, sha256: str, at: int, length: int) -> bytes | None:
    """Up to ``length`` bytes of a blob from ``at`` on; ``None`` where it has gone."""
    column = func.substring(blobs.c.data, at + 1, length)
    found = connection.scalar(select(column).where(blobs.c.tenant_id == tenant_id, blobs.c.sha256 == sha256))
    return None if found is None else bytes(found)


def _of(tenant_id: str, job_id: str) -> tuple[Any, Any]:
    return batch_rows.c.tenant_id == tenant_id, batch_rows.c.job_id == job_id
