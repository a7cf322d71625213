"""What a worker's main process may do with the leases of its own children."""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text, update

from app.store import jobs
from app.store.tables import jobs as table

SWEEP_LOCK = 0x1A717A


@dataclass(frozen=True, slots=True)
class Held:
    """A running job of one of our children; ``expired`` when the child no longer beats."""

    tenant_id: str
    job_id: str
    worker_id: str
    token: int
    expired: bool


def held(connection: Connection, worker_id: str) -> list[Held]:
    """The running jobs of the children of ``worker_id`` (their ids are ``worker_id/pid``)."""
    query = select(
        table.c.tenant_id, table.c.id, table.c.worker_id, table.c.token, table.c.lease_until < func.now()
    ).where(table.c.state == "running", table.c.worker_id.startswith(worker_id + "/", autoescape=True))
    return [Held(*row) for row in connection.execute(query)]


def end(connection: Connection, lease: Held) -> None:
    """The child is dead: the lease ends now, and the next sweep counts a crash and requeues the job."""
    connection.execute(
        update(table)
        .where(
            table.c.tenant_id == lease.tenant_id,
            table.c.id == lease.job_id,
            table.c.token == lease.token,
            table.c.state == "running",
        )
        .values(lease_until=func.now() - text("interval '1 millisecond'"))
    )


def hand_back(connection: Connection, lease: Held) -> None:
    """Put the job back into the queue without counting a crash; nothing happens when it is no longer held."""
    job = jobs.get(connection, lease.tenant_id, lease.job_id)
    if job is not None and job.token == lease.token:
        with suppress(jobs.Fenced):
            jobs.release(connection, job)


def lock_sweep(connection: Connection) -> bool:
    """Whether this transaction is the one that sweeps; the lock goes with it."""
    return bool(connection.scalar(select(func.pg_try_advisory_xact_lock(SWEEP_LOCK))))
