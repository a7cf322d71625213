"""Reading jobs."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection, Select, and_, func, or_, select, text, tuple_

from app.settings import RENDERS
from app.store import workers
from app.store.jobs.row import Job, State, read
from app.store.tables import jobs

Before: TypeAlias = tuple[datetime, str]
"""A place in a list that goes from new to old: ``(created_at, id)`` of the last row that was seen."""

_RECENT_RUNS = 50


@dataclass(frozen=True, slots=True)
class Load:
    """How busy it is. ``median_run_s`` is of the last runs, batches left out, ``None`` before the first one;
    ``live_workers`` are those that take pictures apart."""

    queued: int
    queued_for_tenant: int
    median_run_s: float | None
    live_workers: int


def get(connection: Connection, tenant_id: str, job_id: str) -> Job | None:
    """``None`` where this tenant has none of that id."""
    row = connection.execute(select(jobs).where(jobs.c.tenant_id == tenant_id, jobs.c.id == job_id)).one_or_none()
    return None if row is None else read(row)


def list_(
    connection: Connection, tenant_id: str, *, status: State | None = None, limit: int, before: Before | None = None
) -> list[Job]:
    """A tenant's jobs, newest first."""
    query: Select[tuple[object, ...]] = select(jobs).where(jobs.c.tenant_id == tenant_id)
    if status == "running":
        query = query.where(or_(jobs.c.state == "running", and_(jobs.c.state == "queued", jobs.c.attempt > 0)))
    elif status == "queued":
        query = query.where(jobs.c.state == "queued", jobs.c.attempt == 0)
    elif status is not None:
        query = query.where(jobs.c.state == status)
    if before is not None:
        query = query.where(tuple_(jobs.c.created_at, jobs.c.id) < tuple_(*before))
    query = query.order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
    return [read(row) for row in connection.execute(query)]


def queue_position(connection: Connection, job: Job) -> int | None:
    """How many claims until this job's, 1 being the next; ``None`` when it does not wait.

    It is what ``claim`` would do now: a tenant's turn comes later for each job it has running already.
    """
    counting = text("""
        WITH running AS (SELECT tenant_id, count(*) AS jobs FROM jobs WHERE state = 'running' GROUP BY tenant_id),
        line AS (
            SELECT tenant_id, id, row_number() OVER (
                ORDER BY priority DESC, coalesce(running.jobs, 0), run_at, created_at, id
            ) AS place
            FROM jobs LEFT JOIN running USING (tenant_id)
            WHERE state = 'queued' AND model_name = :model_name
        )
        SELECT place FROM line WHERE tenant_id = :tenant_id AND id = :id
    """)
    place: int | None = connection.scalar(
        counting, {"model_name": job.model_name, "tenant_id": job.tenant_id, "id": job.id}
    )
    return place


def load(connection: Connection, tenant_id: str) -> Load:
    """How much waits, and how fast it goes."""
    queued, of_tenant = connection.execute(
        select(func.count(), func.count().filter(jobs.c.tenant_id == tenant_id)).where(jobs.c.state == "queued")
    ).one()
    median: float | None = connection.scalar(
        text("""
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - started_at))
            FROM (SELECT started_at, finished_at FROM jobs
                  WHERE finished_at IS NOT NULL AND state = 'succeeded' AND NOT cached AND kind <> 'batch'
                  ORDER BY finished_at DESC LIMIT :runs) AS recent
        """),
        {"runs": _RECENT_RUNS},
    )
    live = sum(RENDERS not in worker.models for worker in workers.live(connection))
    return Load(queued, of_tenant, median, live)
