"""Jobs that nobody looks after any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, delete, exists, func, or_, select, type_coerce, update
from sqlalchemy.dialects.postgresql import JSONB

from app.store import webhook_outbox
from app.store.interval import seconds
from app.store.jobs.attempts import given_back
from app.store.jobs.row import ACTIVE, announced
from app.store.tables import batch_rows, jobs, webhook_events

WORKER_LOST: Mapping[str, object] = {  # ``app.flow.problem``, above us, has the table of all codes
    "type": "/problems/worker-lost",
    "title": "The worker died too often",
    "status": 500,
    "detail": "Each worker that took this job died or lost its connection, so it is not tried again.",
    "code": "worker-lost",
}


@dataclass(frozen=True, slots=True)
class Swept:
    """How many jobs went back to the queue, how many failed for good, how many were canceled as was asked for."""

    requeued: int
    failed: int
    canceled: int


def requeue_lost(connection: Connection, *, max_crashes: int) -> Swept:
    """Take jobs back from workers whose lease or deadline ran out, and count a crash.

    Jobs that were to be canceled are canceled; those with ``max_crashes`` crashes fail with ``WORKER_LOST`` and
    the job's ``request_id``.
    """
    lost = (
        select(jobs.c.tenant_id, jobs.c.id)
        .where(
            jobs.c.state == "running",
            or_(jobs.c.lease_until < func.statement_timestamp(), jobs.c.deadline_at < func.statement_timestamp()),
        )
        .with_for_update(skip_locked=True)
        .cte("lost")
    )
    back = given_back()
    poisonous = (jobs.c.crashes + 1 >= max_crashes) & ~jobs.c.cancel_requested
    problem = type_coerce(dict(WORKER_LOST), JSONB).concat(
        func.jsonb_strip_nulls(func.jsonb_build_object("request_id", jobs.c.request_id))
    )
    back["state"] = case((poisonous, "failed"), else_=back["state"])
    back["finished_at"] = case((poisonous, func.clock_timestamp()), else_=back["finished_at"])
    back["error"] = case((poisonous, problem), else_=jobs.c.error)
    sweeping = (
        update(jobs)
        .where(jobs.c.tenant_id == lost.c.tenant_id, jobs.c.id == lost.c.id)
        .values(**back, crashes=jobs.c.crashes + 1)
        .returning(jobs.c.tenant_id, jobs.c.id, jobs.c.state, announced())
    )
    rows = connection.execute(sweeping).all()
    states = [row.state for row in rows]
    webhook_outbox.tell(connection, [(row.tenant_id, row.id) for row in rows if row.state not in ACTIVE])
    return Swept(states.count("queued"), states.count("failed"), states.count("canceled"))


def unrung(
    connection: Connection, models: Sequence[str], older_than_s: float, limit: int
) -> list[tuple[str, str, str]]:
    """``(tenant_id, job_id, model_name)`` of eligible jobs whose bell rang and nobody came, or never rang: new ones get
    ``older_than_s`` seconds, for whoever asked for them is about to ring; those that ran before get none."""
    before = func.statement_timestamp() - seconds(older_than_s)
    query = (
        select(jobs.c.tenant_id, jobs.c.id, jobs.c.model_name)
        .where(
            jobs.c.state == "queued",
            jobs.c.model_name.in_(models),
            jobs.c.run_at <= func.statement_timestamp(),
            or_(
                jobs.c.rung_at < before,
                and_(jobs.c.rung_at.is_(None), or_(jobs.c.attempt > 0, jobs.c.created_at < before)),
            ),
        )
        .order_by(jobs.c.priority.desc(), jobs.c.run_at)
        .limit(limit)
    )
    return [(row.tenant_id, row.id, row.model_name) for row in connection.execute(query)]


def purge(connection: Connection, older_than_s: float, limit: int = 1000) -> int:
    """Forget jobs that ended so long ago; what they made stays, and so does one whose end no sender has written down
    yet. Those of batches go after their rows, of which there may be too many for one statement: ``batches.purge``.
    Returns how many."""
    untold = (
        select(webhook_events.c.id)
        .where(
            webhook_events.c.tenant_id == jobs.c.tenant_id,
            webhook_events.c.job_id == jobs.c.id,
            webhook_events.c.body.is_(None),
        )
        .exists()
    )
    rows_left = exists().where(batch_rows.c.tenant_id == jobs.c.tenant_id, batch_rows.c.job_id == jobs.c.id)
    over = ~jobs.c.state.in_(ACTIVE), jobs.c.finished_at < func.now() - seconds(older_than_s)
    old = (
        select(jobs.c.tenant_id, jobs.c.id)
        .where(*over, ~untold, ~rows_left)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("old")
    )
    gone = delete(jobs).where(jobs.c.tenant_id == old.c.tenant_id, jobs.c.id == old.c.id).returning(jobs.c.id)
    return len(connection.execute(gone).all())
