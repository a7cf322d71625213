"""Batches: a job whose work is rows, each claimed and kept by itself.

The rows say what is to be done and what was done; the job beside them says how far it is, and ends with the last row.
Whoever writes takes rows that are being drawn first, then the batch, then the job, and rows that wait last, so that no
two wait for each other. All clocks are the database's.

    batches         the batch: made, counted, brought to its end, forgotten
    batch_claims    a worker's side: take rows, keep them, give them back
    batch_results   what came of the rows, to be read
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, TypeAlias
from uuid import uuid4

from sqlalchemy import Connection, exists, func, insert, select, update

from app.settings import RENDERS
from app.store import counters, webhook_outbox
from app.store.interval import seconds
from app.store.jobs.row import ACTIVE, Callback, Job, announced, read
from app.store.tables import batch_rows, batches, jobs

KIND = "batch"
_INSERTED_AT_ONCE = 500
_ERRORS_SHOWN = 50

BATCH_FAILED: Mapping[str, object] = {  # ``app.flow.problem``, above us, has the table of all codes
    "type": "/problems/batch-failed",
    "title": "No row could be drawn",
    "status": 500,
    "detail": "Every row of the batch failed; the list of rows says why, each by itself.",
    "code": "batch-failed",
}
End: TypeAlias = Literal["succeeded", "failed", "canceled"]


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What is asked for. ``template`` has ``name, version, scene, layers, variables``, as they are now."""

    tenant_id: str
    template: Mapping[str, Any]
    output: Mapping[str, Any]
    total: int
    failed: int
    request_id: str | None


@dataclass(frozen=True, slots=True)
class NewRow:
    """``error`` where it can be seen already that it cannot be drawn: ``pointer, code, detail``."""

    n: int
    name: str
    given: Mapping[str, Any]
    error: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A row of ``batches``."""

    tenant_id: str
    job_id: str
    template: dict[str, Any]
    output: dict[str, Any]
    total: int
    succeeded: int
    failed: int


def create(connection: Connection, new: NewBatch, rows: Iterable[NewRow], callback: Callback | None = None) -> Job:
    """Queue a batch with its rows, ``callback`` to be told of its end; returns its job."""
    job_id = f"job_{uuid4().hex}"
    said = {"template": new.template["name"], "version": new.template["version"]}
    values = {
        "tenant_id": new.tenant_id,
        "id": job_id,
        "kind": KIND,
        "model_name": RENDERS,
        "model_revision": str(new.template["version"]),
        "parameters": {**said, "output": dict(new.output)},
        "image_id": "",
        "decomposition_id": job_id,  # it makes none; a batch is like no other
        "recompute": True,
        "request_id": new.request_id,
        "result": _result(said, new.total, 0, new.failed),
        "step": new.failed,
        "steps": new.total,
    }
    job = read(connection.execute(insert(jobs).values(**values).returning(*jobs.c, announced())).one())
    if callback is not None:
        webhook_outbox.add_callback(connection, new.tenant_id, job_id, callback.url, callback.target)
    key = {"tenant_id": new.tenant_id, "job_id": job_id}
    of_batch = {"template": dict(new.template), "output": dict(new.output), "total": new.total, "failed": new.failed}
    connection.execute(insert(batches).values(**key, **of_batch))
    remaining = iter(rows)
    while some := list(islice(remaining, _INSERTED_AT_ONCE)):
        connection.execute(insert(batch_rows), [key | _values(row) for row in some])
    if new.failed:
        counters.add(connection, "batch_rows", "failed", new.failed)
    return job


def _values(row: NewRow) -> dict[str, Any]:
    error = None if row.error is None else dict(row.error)
    state = "waiting" if error is None else "failed"
    return {"n": row.n, "name": row.name, "given": dict(row.given), "state": state, "error": error}


def get(connection: Connection, tenant_id: str, job_id: str) -> Batch | None:
    """``None`` where the job is none of this tenant's batches."""
    query = select(batches).where(batches.c.tenant_id == tenant_id, batches.c.job_id == job_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else Batch(*row)


def rows_waiting(connection: Connection, tenant_id: str) -> int:
    """How many rows of a tenant's active batches are still to be drawn."""
    query = (
        select(func.coalesce(func.sum(batches.c.total - batches.c.succeeded - batches.c.failed), 0))
        .join(jobs, (jobs.c.tenant_id == batches.c.tenant_id) & (jobs.c.id == batches.c.job_id))
        .where(batches.c.tenant_id == tenant_id, jobs.c.state.in_(ACTIVE))
    )
    return int(connection.execute(query).scalar_one())


def count(connection: Connection, tenant_id: str, job_id: str, states: Sequence[str]) -> None:
    """Rows of a running batch have come to these ends, in this transaction: show how far it is, and end its job with
    the last of them, or as soon as it is to be canceled and none is being drawn."""
    succeeded, failed = states.count("succeeded"), states.count("failed")
    this = batches.c.tenant_id == tenant_id, batches.c.job_id == job_id
    adding = (
        update(batches)
        .where(*this)
        .values(succeeded=batches.c.succeeded + succeeded, failed=batches.c.failed + failed)
        .returning(*batches.c)
    )
    batch = Batch(*connection.execute(adding).one())
    done = batch.succeeded + batch.failed
    showing = (
        _active(tenant_id, job_id)
        .values(
            stage="rows",
            step=done,
            steps=batch.total,
            fraction=func.greatest(jobs.c.fraction, done / batch.total),
            progress_at=func.clock_timestamp(),
            result=_result_of(batch),
            version=jobs.c.version + 1,
        )
        .returning(jobs.c.cancel_requested, announced())
    )
    row = connection.execute(showing).one_or_none()
    if row is not None:
        if done == batch.total:
            _end(connection, batch, "succeeded" if batch.succeeded else "failed")
        elif row.cancel_requested:
            settle_canceled(connection, tenant_id, job_id)
    for state in ("succeeded", "failed"):
        if number := states.count(state):
            counters.add(connection, "batch_rows", state, number)


def settle_canceled(connection: Connection, tenant_id: str, job_id: str) -> None:
    """End a batch that is to be canceled, unless a row of it is being drawn; those that wait are canceled."""
    # A claim holds the job until it is committed: only after this can it be seen whether rows were claimed meanwhile.
    locking = select(jobs.c.state, jobs.c.cancel_requested).where(*_this(tenant_id, job_id)).with_for_update()
    job, batch = connection.execute(locking).one_or_none(), get(connection, tenant_id, job_id)
    if job is None or batch is None or not job.cancel_requested:
        return
    this = batch_rows.c.tenant_id == tenant_id, batch_rows.c.job_id == job_id
    connection.execute(update(batch_rows).where(*this, batch_rows.c.state == "waiting").values(state="canceled"))
    drawing = select(exists().where(*this, batch_rows.c.state == "running"))
    if job.state == "running" and not connection.scalar(drawing):
        _end(connection, batch, "canceled")


def canceled_ones(connection: Connection) -> list[tuple[str, str]]:
    """``(tenant_id, job_id)`` of running batches that are to be canceled."""
    query = select(jobs.c.tenant_id, jobs.c.id).where(
        jobs.c.state == "running", jobs.c.kind == KIND, jobs.c.cancel_requested
    )
    return [(row.tenant_id, row.id) for row in connection.execute(query)]


def _end(connection: Connection, batch: Batch, state: End) -> None:
    ending = _active(batch.tenant_id, batch.job_id).values(
        state=state,
        fraction=1.0 if state != "canceled" else jobs.c.fraction,
        error=dict(BATCH_FAILED) if state == "failed" else None,
        result={**_result_of(batch), "errors": _first_errors(connection, batch)},
        finished_at=func.clock_timestamp(),
        version=jobs.c.version + 1,
    )
    if connection.execute(ending.returning(jobs.c.id, announced())).one_or_none() is not None:
        webhook_outbox.tell(connection, [(batch.tenant_id, batch.job_id)])
        counters.add(connection, "jobs_finished", state)


def _first_errors(connection: Connection, batch: Batch) -> list[dict[str, Any]]:
    query = (
        select(batch_rows.c.n, batch_rows.c.name, batch_rows.c.error)
        .where(batch_rows.c.tenant_id == batch.tenant_id, batch_rows.c.job_id == batch.job_id)
        .where(batch_rows.c.state == "failed")
        .order_by(batch_rows.c.n)
        .limit(_ERRORS_SHOWN)
    )
    return [{"row": row.n, "name": row.name, **row.error} for row in connection.execute(query)]


def _result_of(batch: Batch) -> dict[str, Any]:
    said = {"template": batch.template["name"], "version": batch.template["version"]}
    return _result(said, batch.total, batch.succeeded, batch.failed)


def _result(said: Mapping[str, Any], total: int, succeeded: int, failed: int) -> dict[str, Any]:
    return {**said, "counts": {"total": total, "succeeded": succeeded, "failed": failed}}


def _this(tenant_id: str, job_id: str) -> tuple[Any, Any]:
    return jobs.c.tenant_id == tenant_id, jobs.c.id == job_id


def _active(tenant_id: str, job_id: str) -> Any:
    return update(jobs).where(*_this(tenant_id, job_id), jobs.c.state.in_(ACTIVE))


def purge(connection: Connection, older_than_s: float, limit: int) -> int:
    """Forget rows of batches that ended so long ago, at most ``limit``; their jobs go when they have none left."""
    old = (
        select(batch_rows.c.tenant_id, batch_rows.c.job_id, batch_rows.c.n)
        .join(jobs, (jobs.c.tenant_id == batch_rows.c.tenant_id) & (jobs.c.id == batch_rows.c.job_id))
        .where(jobs.c.finished_at < func.now() - seconds(older_than_s), ~jobs.c.state.in_(ACTIVE))
        .limit(limit)
        .cte("old")
    )
    gone = batch_rows.delete().where(
        batch_rows.c.tenant_id == old.c.tenant_id, batch_rows.c.job_id == old.c.job_id, batch_rows.c.n == old.c.n
    )
    return connection.execute(gone).rowcount
