"""What was sent and what came of it, as users read it; and once more, where they ask for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, Select, and_, delete, func, null, or_, select, tuple_, update

from app.store.interval import seconds
from app.store.jobs import Before
from app.store.tables import webhook_attempts, webhook_deliveries, webhook_events, webhooks
from app.store.webhook_outbox import ring

DeliveryState: TypeAlias = Literal["pending", "succeeded", "failed"]
Replayed: TypeAlias = Literal["replayed", "disabled", "missing"]


@dataclass(frozen=True, slots=True)
class Logged:
    """An attempt that was made."""

    n: int
    at: datetime
    status_code: int | None
    error: str | None
    duration_ms: int
    excerpt: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """``webhook_id`` of ``None``: to a job's own ``url``. ``due_at`` is of the next attempt, while it is pending."""

    id: str
    event_id: str
    event_type: str
    job_id: str | None
    webhook_id: str | None
    url: str
    state: DeliveryState
    due_at: datetime
    created_at: datetime
    finished_at: datetime | None
    attempts: tuple[Logged, ...]


def get(connection: Connection, tenant_id: str, delivery_id: str, webhook_id: str | None = None) -> Delivery | None:
    """``None`` where there is none of that id, or it is of another webhook than ``webhook_id``."""
    query = _query(tenant_id, webhook_id).where(webhook_deliveries.c.id == delivery_id)
    found = _read(connection, tenant_id, query)
    return found[0] if found else None


def list_(
    connection: Connection,
    tenant_id: str,
    *,
    webhook_id: str | None = None,
    job_id: str | None = None,
    state: DeliveryState | None = None,
    limit: int,
    before: Before | None = None,
) -> list[Delivery]:
    """A tenant's, newest first."""
    query = _query(tenant_id, webhook_id)
    if job_id is not None:
        query = query.where(webhook_events.c.job_id == job_id)
    if state is not None:
        query = query.where(webhook_deliveries.c.state == state)
    if before is not None:
        query = query.where(tuple_(webhook_deliveries.c.created_at, webhook_deliveries.c.id) < tuple_(*before))
    query = query.order_by(webhook_deliveries.c.created_at.desc(), webhook_deliveries.c.id.desc()).limit(limit)
    return _read(connection, tenant_id, query)


def replay(connection: Connection, tenant_id: str, delivery_id: str, webhook_id: str | None = None) -> Replayed:
    """Send it once more, at once and with all its retries; one that is being sent just now is left alone."""
    found = connection.execute(
        _query(tenant_id, webhook_id).where(webhook_deliveries.c.id == delivery_id)
    ).one_or_none()
    if found is None:
        return "missing"
    if found.enabled is False:
        return "disabled"
    table = webhook_deliveries
    free = or_(table.c.leased_until.is_(None), table.c.leased_until <= func.clock_timestamp())
    again = {
        "state": "pending",
        "replayed_at": table.c.attempt,
        "due_at": func.clock_timestamp(),
        "leased_until": null(),
        "finished_at": null(),
    }
    this = and_(table.c.tenant_id == tenant_id, table.c.id == delivery_id, free)
    connection.execute(update(table).where(this).values(**again))
    ring(connection)
    return "replayed"


def waiting(connection: Connection) -> int:
    """How many are still to be sent, of all tenants."""
    query = select(func.count()).where(webhook_deliveries.c.state == "pending")
    return int(connection.scalar(query) or 0)


def purge(connection: Connection, older_than_s: float, limit: int = 1000) -> int:
    """Forget what happened so long ago, with all that was sent of it; what still waits is kept. Returns how many."""
    pending = (
        select(webhook_deliveries.c.id)
        .where(
            webhook_deliveries.c.tenant_id == webhook_events.c.tenant_id,
            webhook_deliveries.c.event_id == webhook_events.c.id,
            webhook_deliveries.c.state == "pending",
        )
        .exists()
    )
    old = (
        select(webhook_events.c.tenant_id, webhook_events.c.id)
        .where(webhook_events.c.created_at < func.now() - seconds(older_than_s), ~pending)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("old")
    )
    gone = delete(webhook_events).where(webhook_events.c.tenant_id == old.c.tenant_id, webhook_events.c.id == old.c.id)
    return len(connection.execute(gone.returning(webhook_events.c.id)).all())


def _query(tenant_id: str, webhook_id: str | None) -> Select[Any]:
    table = webhook_deliveries
    columns = (
        table.c.id, table.c.event_id, webhook_events.c.type.label("event_type"), webhook_events.c.job_id,
        table.c.webhook_id,
        func.coalesce(table.c.url, webhooks.c.url).label("url"), table.c.state, table.c.due_at, table.c.created_at,
        table.c.finished_at, webhooks.c.enabled,
    )  # fmt: skip
    of_event = and_(webhook_events.c.tenant_id == table.c.tenant_id, webhook_events.c.id == table.c.event_id)
    of_webhook = and_(webhooks.c.tenant_id == table.c.tenant_id, webhooks.c.id == table.c.webhook_id)
    query = select(*columns).join_from(table, webhook_events, of_event).outerjoin(webhooks, of_webhook)
    query = query.where(table.c.tenant_id == tenant_id)
    return query if webhook_id is None else query.where(table.c.webhook_id == webhook_id)


def _read(connection: Connection, tenant_id: str, query: Select[Any]) -> list[Delivery]:
    rows = connection.execute(query).all()
    attempts = _attempts(connection, tenant_id, [row.id for row in rows])
    return [_delivery(row._asdict(), attempts.get(row.id, [])) for row in rows]


def _delivery(row: dict[str, Any], attempts: list[Logged]) -> Delivery:
    columns = {name: value for name, value in row.items() if name != "enabled"}
    return Delivery(**columns, attempts=tuple(attempts))


def _attempts(connection: Connection, tenant_id: str, ids: Sequence[str]) -> dict[str, list[Logged]]:
    table = webhook_attempts
    query = select(
        table.c.delivery_id, table.c.n, table.c.at, table.c.status_code, table.c.error, table.c.duration_ms,
        table.c.excerpt,
    ).where(table.c.tenant_id == tenant_id, table.c.delivery_id.in_(ids))  # fmt: skip
    found: dict[str, list[Logged]] = {}
    for row in connection.execute(query.order_by(table.c.n)) if ids else ():
        found.setdefault(row.delivery_id, []).append(Logged(*row[1:]))
    return found
