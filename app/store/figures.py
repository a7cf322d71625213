"""What ``/metrics`` tells of the queue, read in one go."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from app.store import counters, webhook_log
from app.store.tables import JOB_STATES


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over all tenants; ``oldest_queued_s`` is the longest any eligible job has waited, in seconds."""

    jobs: dict[str, int]
    queued: dict[str, int]
    oldest_queued_s: float
    counters: dict[str, dict[str, int]]
    webhooks_waiting: int


def answers(connection: Connection) -> bool:
    """Whether Postgres is there at all; raises SQLAlchemy's errors where it is not."""
    return bool(connection.scalar(text("SELECT 1")) == 1)


def read(connection: Connection) -> Figures:
    """Of this moment; raises SQLAlchemy's errors where Postgres does not answer."""
    states = dict.fromkeys(JOB_STATES, 0)
    for state, count in connection.execute(text("SELECT state, count(*) FROM jobs GROUP BY state")):
        states[state] = count
    waiting = "SELECT model_name, count(*) AS jobs FROM jobs WHERE state = 'queued' GROUP BY model_name"
    queued = {row.model_name: row.jobs for row in connection.execute(text(waiting))}
    oldest = connection.scalar(
        text("SELECT extract(epoch FROM now() - min(run_at)) FROM jobs WHERE state = 'queued' AND run_at <= now()")
    )
    counted: dict[str, dict[str, int]] = {}
    for (name, label), value in counters.all_(connection).items():
        counted.setdefault(name, {})[label] = value
    return Figures(states, queued, float(oldest or 0.0), counted, webhook_log.waiting(connection))
