"""A worker's side: take a job, keep it, end it.

Each write names the token of its claim and must hit the running row; a writer that was fenced out changes nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Update, any_, case, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from app.store import webhook_outbox
from app.store.interval import seconds
from app.store.jobs.row import Fenced, Job, announced, read
from app.store.tables import jobs


def claim(
    connection: Connection, *, worker_id: str, models: Sequence[str], lease_s: float, deadline_s: float
) -> Job | None:
    """Take the best job that waits for one of ``models``; ``None`` when there is none.

    The highest priority first, then the tenant with the fewest running jobs, then who waits longest. Rows that another
    transaction holds are passed over, so concurrent claims never wait and never take the same job.

    Args:
        worker_id: who takes it.
        lease_s: how long it is ours without a heartbeat, seconds.
        deadline_s: how long the attempt may take in all, seconds.
    """
    line = _line(models)
    now = func.clock_timestamp()
    taking = (
        update(jobs)
        .where(jobs.c.tenant_id == line.c.tenant_id, jobs.c.id == line.c.id)
        .values(
            state="running",
            token=jobs.c.token + 1,
            attempt=jobs.c.attempt + 1,
            worker_id=worker_id,
            lease_until=now + seconds(lease_s),
            deadline_at=now + seconds(deadline_s),
            progress_at=now,
            stage=None,
            step=None,
            steps=None,
            started_at=func.coalesce(jobs.c.started_at, now),
            version=jobs.c.version + 1,
        )
        .returning(*jobs.c, announced())
    )
    row = connection.execute(taking).one_or_none()
    return None if row is None else read(row)


def heartbeat(connection: Connection, job: Job, lease_s: float) -> bool:
    """Renew the lease; says whether somebody asked to cancel.

    Raises:
        Fenced: the job is no longer ours.
    """
    beating = _ours(job).values(lease_until=func.clock_timestamp() + seconds(lease_s))
    return _must_hit(connection, beating.returning(jobs.c.cancel_requested))


def progress(connection: Connection, job: Job, stage: str, step: int, steps: int, fraction: float) -> bool:
    """Show how far the attempt is; the fraction that users see never falls. Says whether somebody asked to cancel.

    Raises:
        Fenced: the job is no longer ours.
    """
    showing = _ours(job).values(
        stage=stage,
        step=step,
        steps=steps,
        fraction=func.greatest(jobs.c.fraction, fraction),
        progress_at=func.clock_timestamp(),
        version=jobs.c.version + 1,
    )
    return _must_hit(connection, showing.returning(jobs.c.cancel_requested, announced()))


def succeed(connection: Connection, job: Job, result: Mapping[str, object]) -> None:
    """Raises ``Fenced``; the caller's transaction must then go back, with the layers it wrote."""
    _finish(connection, job, state="succeeded", result=dict(result), error=None, fraction=1.0)


def fail(connection: Connection, job: Job, error: Mapping[str, object]) -> None:
    """End the job with a problem object; raises ``Fenced``."""
    _finish(connection, job, state="failed", error=dict(error))


def canceled(connection: Connection, job: Job) -> None:
    """The attempt stopped because somebody asked for it; raises ``Fenced``."""
    _finish(connection, job, state="canceled", error=None)


def retry(connection: Connection, job: Job, delay_s: float, error: Mapping[str, object]) -> None:
    """Back to the queue for another attempt in ``delay_s`` seconds, or canceled if that was asked for.

    Raises:
        Fenced: the job is no longer ours.
    """
    _give_back(connection, job, delay_s, {"error": dict(error)})


def release(connection: Connection, job: Job) -> None:
    """Back to the queue at once, because the worker stops; no crash is counted. Raises ``Fenced``."""
    _give_back(connection, job, 0.0, {})


def given_back(delay_s: float = 0.0) -> dict[str, Any]:
    """What a running row becomes when its attempt is over and the job is not: queued, or canceled if asked for.

    The token rises here too, so that nothing of the old attempt fits any more.
    """
    asked = jobs.c.cancel_requested
    return {
        "state": case((asked, "canceled"), else_="queued"),
        "finished_at": case((asked, func.clock_timestamp())),
        "run_at": func.clock_timestamp() + seconds(delay_s),
        "rung_at": None,
        "token": jobs.c.token + 1,
        "worker_id": None,
        "lease_until": None,
        "deadline_at": None,
        "version": jobs.c.version + 1,
    }


def _line(models: Sequence[str]) -> Any:
    running = (
        select(jobs.c.tenant_id, func.count().label("jobs"))
        .where(jobs.c.state == "running")
        .group_by(jobs.c.tenant_id)
        .subquery("running")
    )
    waiting = jobs.alias("waiting")
    return (
        select(waiting.c.tenant_id, waiting.c.id)
        .outerjoin_from(waiting, running, running.c.tenant_id == waiting.c.tenant_id)
        .where(
            waiting.c.state == "queued",
            waiting.c.run_at <= func.statement_timestamp(),
            waiting.c.model_name == any_(literal(list(models), ARRAY(Text))),
        )
        .order_by(
            waiting.c.priority.desc(),
            func.coalesce(running.c.jobs, 0),
            waiting.c.run_at,
            waiting.c.created_at,
            waiting.c.id,
        )
        .limit(1)
        .with_for_update(skip_locked=True, of=waiting)
        .cte("line")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )


def _ours(job: Job) -> Update:
    return update(jobs).where(
        jobs.c.tenant_id == job.tenant_id,
        jobs.c.id == job.id,
        jobs.c.token == job.token,
        jobs.c.state == "running",
    )


def _finish(connection: Connection, job: Job, **values: object) -> None:
    ending = _ours(job).values(
        **values, finished_at=func.clock_timestamp(), lease_until=None, deadline_at=None, version=jobs.c.version + 1
    )
    _must_hit(connection, ending.returning(jobs.c.cancel_requested, announced()))
    webhook_outbox.tell(connection, [(job.tenant_id, job.id)])


def _give_back(connection: Connection, job: Job, delay_s: float, values: dict[str, object]) -> None:
    giving = _ours(job).values(**given_back(delay_s), **values)
    if _must_hit(connection, giving.returning(jobs.c.cancel_requested, announced())):
        webhook_outbox.tell(connection, [(job.tenant_id, job.id)])


def _must_hit(connection: Connection, statement: Any) -> bool:
    """The first column of the one row that was hit."""
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise Fenced("The job is no longer held by this attempt.")
    return bool(row[0])
