"""The API's writes: ask for a job, answer one from what is stored, cancel one."""

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, Literal, TypeAlias
from uuid import uuid4

from sqlalchemy import Connection, and_, case, func, literal, null, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.store import webhook_outbox
from app.store.interval import LEAST_GRACE_S, seconds
from app.store.jobs.queries import get
from app.store.jobs.row import ACTIVE, Callback, Job, NewJob, announced, read
from app.store.tables import images, jobs

CancelOutcome: TypeAlias = Literal["canceled", "requested", "finished"]

_TOUCH_EVERY_S = LEAST_GRACE_S / 2
_SINGLE_FLIGHT = text("state IN ('queued', 'running') AND NOT recompute")


def submit(connection: Connection, new: NewJob, callback: Callback | None = None) -> tuple[Job, bool]:
    """Queue a job, or join the one under way for the same decomposition.

    A job that is just finishing is either joined or followed by a new one, which the worker then answers from what is
    stored; so the model never runs twice, and callers need not look again.

    Args:
        callback: is told of the end, beside those of others who were answered with the same job.

    Returns:
        The job, and whether it was created by this call.
    """
    _keep_image(connection, new)
    adding = (
        insert(jobs)
        .values(**_values(new))
        .on_conflict_do_nothing(index_elements=["tenant_id", "decomposition_id"], index_where=_SINGLE_FLIGHT)
        .returning(*jobs.c, announced())
    )
    joining = select(jobs).where(
        jobs.c.tenant_id == new.tenant_id,
        jobs.c.decomposition_id == new.decomposition_id,
        jobs.c.state.in_(ACTIVE),
        ~jobs.c.recompute,
    )
    if callback is not None:  # whoever ends the job waits until the address is written down
        joining = joining.with_for_update(read=True)
    while True:  # it may end between the two statements; each sees what was committed before it
        if (row := connection.execute(adding).one_or_none()) is not None:
            return _called_back(connection, read(row), callback), True
        if (row := connection.execute(joining).one_or_none()) is not None:
            return _called_back(connection, read(row), callback), False


def insert_cached(
    connection: Connection,
    new: NewJob,
    callback: Callback | None = None,
    found: Mapping[str, Any] = MappingProxyType({}),
) -> Job:
    """A job born finished, because its decomposition is stored already; who is to be told of its end is told. ``found``
    is more for its result."""
    done = {
        "state": "succeeded",
        "cached": True,
        "result": {"decomposition_id": new.decomposition_id, **found},
        "started_at": func.now(),
        "finished_at": func.now(),
    }
    row = connection.execute(insert(jobs).values(**_values(new), **done).returning(*jobs.c)).one()
    job = _called_back(connection, read(row), callback)
    webhook_outbox.tell(connection, [(job.tenant_id, job.id)])
    return job


def request_cancel(connection: Connection, tenant_id: str, job_id: str) -> tuple[Job, CancelOutcome]:
    """Cancel a waiting job at once; ask a running one to stop at its next step.

    Raises:
        LookupError: there is no such job.
    """
    queued = jobs.c.state == "queued"
    asking = (
        update(jobs)
        .where(jobs.c.tenant_id == tenant_id, jobs.c.id == job_id, jobs.c.state.in_(ACTIVE))
        .values(
            cancel_requested=True,
            state=case((queued, "canceled"), else_=jobs.c.state),
            finished_at=case((queued, func.clock_timestamp())),
            error=case((queued, null()), else_=jobs.c.error),
            version=jobs.c.version + 1,
        )
        .returning(*jobs.c, announced())
    )
    if (row := connection.execute(asking).one_or_none()) is not None:
        job = read(row)
        if job.is_finished:
            webhook_outbox.tell(connection, [(job.tenant_id, job.id)])
        return job, "canceled" if job.is_finished else "requested"
    found = get(connection, tenant_id, job_id)
    if found is None:
        raise LookupError(job_id)
    return found, "finished"


def mark_rung(connection: Connection, tenant_id: str, job_id: str) -> None:
    """Note that the bell rings for this job now."""
    connection.execute(
        update(jobs)
        .where(jobs.c.tenant_id == tenant_id, jobs.c.id == job_id, jobs.c.state == "queued")
        .values(rung_at=func.clock_timestamp())
    )


def _values(new: NewJob) -> dict[str, Any]:
    return {"id": f"job_{uuid4().hex}", **asdict(new)}


def _called_back(connection: Connection, job: Job, callback: Callback | None) -> Job:
    if callback is not None:
        webhook_outbox.add_callback(connection, job.tenant_id, job.id, callback.url, callback.target)
    return job


def _keep_image(connection: Connection, new: NewJob) -> None:
    """No collection may take the picture between here and the commit, after which the active job protects it."""
    old = images.c.touched_at < func.now() - seconds(_TOUCH_EVERY_S)
    this = and_(images.c.tenant_id == new.tenant_id, images.c.image_id == new.image_id)
    connection.execute(update(images).where(this, old).values(touched_at=func.now()).returning(literal(1)))
