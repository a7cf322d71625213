"""How an attempt ends: kept, canceled, tried again, failed, or found to be somebody else's by now.

Canceled                        canceled
OutOfMemory                     once more, then failed
the database's own troubles     again after a growing delay, then failed
Fenced                          nothing: another worker has the job
anything else                   failed at once; bad input stays bad
"""

import logging
import time
from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from app.flow.problem import Problem, is_database_down, problem, problem_of
from app.store import counters, jobs, leases
from app.store.jobs import Fenced, Job
from model.errors import Canceled, LaminaError, OutOfMemory

COMMIT_TRIES = 5
MAX_ATTEMPTS = 5
LONGEST_DELAY_S = 60.0

_logger = logging.getLogger(__name__)


def settle(engine: Engine, job: Job, write: Callable[[Connection], None], state: str) -> str:
    """Write a job's end, trying again while the database is away; returns ``state``.

    Raises:
        Fenced: the job is no longer ours; nothing was written.
        SQLAlchemyError: the database stayed away; the lease will run out.
    """
    in_doubt = False
    for attempt in range(COMMIT_TRIES):
        try:
            with engine.begin() as connection:
                write(connection)
                counters.add(connection, "jobs_finished", state)
        except Fenced:
            if in_doubt:  # the commit whose answer was lost had gone through, or another worker has the job
                return state
            raise
        except SQLAlchemyError as error:
            if not is_database_down(error) or attempt == COMMIT_TRIES - 1:
                raise
            in_doubt = True
            time.sleep(0.25 * 2**attempt)
        else:
            return state
    raise AssertionError("unreachable")


def end(engine: Engine, job: Job, error: Exception) -> str:
    """Bring a job whose attempt raised ``error`` to its next state, and name that state."""
    try:
        return _end(engine, job, error)
    except Fenced:
        return _fenced(engine, job)
    except SQLAlchemyError:
        _logger.exception("the end of a job could not be written; its lease will run out", extra=names(job))
        return "lost"


def out_of_time(engine: Engine, job: Job, reason: str) -> None:
    """The watchdog's last words: a job over its deadline has failed; one that stalled is tried again by the sweeper.

    Another job under way in this process goes back to the queue without a crash: it is not to blame.
    """
    if reason == "deadline-exceeded":
        error = problem(reason, request_id=job.request_id)
        settle(engine, job, lambda connection: jobs.fail(connection, job, error), "failed")
    _hand_back_others(engine, job)


def names(job: Job) -> dict[str, object]:
    """What log lines say of a job."""
    return {
        "job_id": job.id,
        "tenant_id": job.tenant_id,
        "request_id": job.request_id,
        "model": job.model_name,
        "attempt": job.attempt,
        "token": job.token,
    }


def _end(engine: Engine, job: Job, error: Exception) -> str:
    if isinstance(error, Fenced):
        return _fenced(engine, job)
    if isinstance(error, Canceled):
        return settle(engine, job, partial(jobs.canceled, job=job), "canceled")
    if isinstance(error, MemoryError):
        error = OutOfMemory("There was not enough memory for this picture.")
    if not isinstance(error, LaminaError):
        _logger.error("an attempt failed", exc_info=error, extra=names(job))
    found = problem_of(error, job.request_id)
    delay_s = _delay_s(job, error, found)
    if delay_s is not None:
        with engine.begin() as connection:
            jobs.retry(connection, job, delay_s, found)
        return "queued"
    return settle(engine, job, lambda connection: jobs.fail(connection, job, found), "failed")


def _delay_s(job: Job, error: Exception, found: Problem) -> float | None:
    """Seconds until the next attempt; ``None`` where trying again is of no use."""
    before = (job.error or {}).get("code")
    if isinstance(error, OutOfMemory):
        return None if error.final or before == found["code"] else 1.0
    if is_database_down(error) and job.attempt < MAX_ATTEMPTS:
        return min(LONGEST_DELAY_S, 2.0**job.attempt)
    return None


def _hand_back_others(engine: Engine, job: Job) -> None:
    this_child = job.worker_id or ""
    with engine.begin() as connection:
        for lease in leases.held(connection, this_child.rpartition("/")[0]):
            if lease.worker_id == this_child and lease.job_id != job.id:
                leases.hand_back(connection, lease)


def _fenced(engine: Engine, job: Job) -> str:
    _logger.warning("another worker has this job; its result is dropped here", extra=names(job))
    try:
        with engine.begin() as connection:
            counters.add(connection, "fenced_writes", "")
    except SQLAlchemyError as error:
        _logger.warning("a fenced write could not be counted: %s", error, extra=names(job))
    return "fenced"
