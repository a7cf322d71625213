"""Wait for a job without asking again and again: Postgres tells the listener, the listener wakes us."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import anyio.to_thread
from sqlalchemy import Connection

from app.flow.errors import NotFound
from app.flow.services import Services
from app.store import jobs
from app.store.jobs import Job


@dataclass(frozen=True, slots=True)
class Seen:
    """A job as it was read, with its place in the queue."""

    job: Job
    queue_position: int | None


def look(services: Services, tenant_id: str, job_id: str) -> Seen:
    """Raises ``NotFound``."""
    with services.engine.connect() as connection:
        job = jobs.get(connection, tenant_id, job_id)
        if job is None:
            raise NotFound(f"There is no job {job_id}.")
        return seen_of(connection, job)


def seen_of(connection: Connection, job: Job) -> Seen:
    """The job with its place; asks for the place only where the job waits."""
    return Seen(job, jobs.queue_position(connection, job) if job.status == "queued" else None)


async def look_async(services: Services, tenant_id: str, job_id: str) -> Seen:
    """``look`` in a thread; raises ``NotFound``."""
    return await anyio.to_thread.run_sync(look, services, tenant_id, job_id)


async def wait(
    services: Services, tenant_id: str, job_id: str, timeout_s: float, enough: Callable[[Seen], bool]
) -> Seen:
    """The job as soon as ``enough`` says so, or as it is after ``timeout_s`` seconds; raises ``NotFound``."""
    deadline = asyncio.get_running_loop().time() + timeout_s
    async with services.listener.subscribe(job_id) as changed:
        while True:
            changed.clear()
            seen = await look_async(services, tenant_id, job_id)
            if enough(seen):
                return seen
            try:
                async with asyncio.timeout_at(deadline):
                    await changed.wait()
            except TimeoutError:
                return seen


async def follow(
    services: Services, tenant_id: str, job_id: str, after_version: int, quiet_s: float
) -> AsyncIterator[Seen | None]:
    """Every state of a job newer than ``after_version``, in order, until its last; ``None`` after each ``quiet_s``
    seconds without one. Changes that come faster than they are read are told as one."""
    async with services.listener.subscribe(job_id) as changed:
        while True:
            changed.clear()
            seen = await look_async(services, tenant_id, job_id)
            if seen.job.version > after_version:
                after_version = seen.job.version
                yield seen
            if seen.job.is_finished:
                return
            try:
                async with asyncio.timeout(quiet_s):
                    await changed.wait()
            except TimeoutError:
                yield None
