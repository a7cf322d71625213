"""Which workers live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.store.interval import seconds
from app.store.tables import workers

LIVE_WITHIN_S = 30.0
"""A worker that was seen so lately lives; each is seen once a round of its upkeep, every few seconds."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A row of ``workers``: the models that it offers, and when it was first and last seen."""

    id: str
    models: list[str]
    started_at: datetime
    seen_at: datetime


def seen(connection: Connection, worker_id: str, models: Sequence[str]) -> None:
    """A sign of life."""
    adding = insert(workers).values(id=worker_id, models=list(models))
    again = {"models": adding.excluded.models, "seen_at": func.now()}
    connection.execute(adding.on_conflict_do_update(index_elements=["id"], set_=again))


def gone(connection: Connection, worker_id: str) -> None:
    """The worker has stopped, and said so."""
    connection.execute(delete(workers).where(workers.c.id == worker_id))


def live(connection: Connection, within_s: float = LIVE_WITHIN_S) -> list[Worker]:
    """The workers that were seen in the last ``within_s`` seconds."""
    query = select(workers).where(workers.c.seen_at > func.now() - seconds(within_s)).order_by(workers.c.started_at)
    return [Worker(*row) for row in connection.execute(query)]


def purge(connection: Connection, older_than_s: float) -> int:
    """Forget workers that were not seen for so long; returns how many."""
    return connection.execute(delete(workers).where(workers.c.seen_at < func.now() - seconds(older_than_s))).rowcount
