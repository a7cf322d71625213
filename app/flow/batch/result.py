"""What came of a batch: its pictures as one archive, its rows as a list, a picture by itself."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from app.flow.batch.archive import Archive, Entry, archive
from app.flow.errors import JobNotFinished, NotFound
from app.flow.services import Services
from app.store import batch_results, batches, jobs
from app.store.batch_results import RowResult
from app.store.batches import Batch
from app.store.jobs import Job

ENDINGS = {"png": "png", "webp": "webp", "jpeg": "jpg", "jpg": "jpg", "avif": "avif"}
"""Of a file, by the format that was asked for."""
LIST = "rows.ndjson"


@dataclass(frozen=True, slots=True)
class Found:
    """A batch with its job."""

    job: Job
    batch: Batch

    @property
    def ending(self) -> str:
        """Of its pictures' files."""
        return ENDINGS[self.batch.output.get("format", "png")]


def find_batch(services: Services, tenant_id: str, job_id: str) -> Found:
    """Raises ``NotFound``."""
    with services.engine.connect() as connection:
        job = jobs.get(connection, tenant_id, job_id)
        batch = batches.get(connection, tenant_id, job_id)
    if job is None:
        raise NotFound(f"There is no job {job_id}.")
    if batch is None:
        raise NotFound(f"The job {job_id} is no batch.")
    return Found(job, batch)


def picture_of(services: Services, found: Found, n: int, ending: str) -> str:
    """The sha256 of a row's picture.

    Raises:
        NotFound: there is none, or none of this kind of file.
    """
    tenant_id, job_id = found.batch.tenant_id, found.batch.job_id
    with services.engine.connect() as connection:
        row = batch_results.get(connection, tenant_id, job_id, n)
    if row is None:
        raise NotFound(f"The batch has {found.batch.total} rows, 1 to {found.batch.total}.")
    if row.sha256 is None:
        raise NotFound(f"The row {n} has no picture: it is {_status(row, found)}.")
    if ending != found.ending:
        raise NotFound(f"The pictures of this batch are .{found.ending} files.")
    return row.sha256


def rows_of(services: Services, found: Found, status: str | None) -> Iterator[bytes]:
    """The rows as NDJSON, a page at a time; only those in a ``status``, if it is given."""
    state = "waiting" if status == "queued" else status
    for page in batch_results.pages(services.engine, found.batch.tenant_id, found.batch.job_id, state):
        yield b"".join(_line(row, found) for row in page)


def archive_of(services: Services, found: Found) -> tuple[Archive, str]:
    """The archive of what was drawn, with the list of all rows; and a name of its bytes, 64 hex digits.

    Raises:
        JobNotFinished: pictures may still come.
        NotFound: not one row was drawn.
    """
    job = found.job
    if not job.is_finished or job.finished_at is None:
        raise JobNotFinished(f"The job {job.id} is {job.status}.", 2)
    entries, lines, named = [], [], hashlib.sha256(str(job.finished_at).encode())
    for page in batch_results.pages(services.engine, found.batch.tenant_id, job.id):
        for row in page:
            line = _line(row, found)
            lines.append(line)
            named.update(line)
            if row.sha256 is not None and row.size is not None and row.crc32 is not None:
                entries.append(Entry(f"{row.name}.{found.ending}", row.size, row.crc32, row.sha256))
    if not entries:
        raise NotFound(f"No row of the batch {job.id} has a picture.")
    entries.append(Entry.of(LIST, b"".join(lines)))
    return archive(entries, job.finished_at), named.hexdigest()


def sent(services: Services, found: Found, whole: Archive, start: int, end: int) -> Iterator[bytes]:
    """The bytes of the archive from ``start`` to ``end``, each piece read in a transaction of its own.

    Raises:
        NotFound: a picture has gone meanwhile, so that the answer breaks off.
    """

    def read(sha256: str, at: int, length: int) -> bytes:
        with services.engine.connect() as connection:
            piece = batch_results.piece(connection, found.batch.tenant_id, sha256, at, length)
        if piece is None or len(piece) != length:
            raise NotFound("The picture has been deleted.")
        return piece

    return whole.bytes(read, start, end)


def _line(row: RowResult, found: Found) -> bytes:
    name = f"{row.name}.{found.ending}"
    url = None if row.sha256 is None else f"/v1/jobs/{found.job.id}/rows/{row.n}.{found.ending}"
    said = {"row": row.n, "name": name, "status": _status(row, found), "sha256": row.sha256, "url": url}
    return json.dumps({**said, "error": row.error}, ensure_ascii=False).encode() + b"\n"


def _status(row: RowResult, found: Found) -> str:
    """As of a job: one that goes back to the queue stays ``running``."""
    if row.state == "waiting":
        return "canceled" if found.job.state == "canceled" else "queued"
    return row.state
