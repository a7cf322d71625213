"""Endpoints that are told of what happens, each with a secret of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import uuid4

from sqlalchemy import Connection, Row, and_, case, delete, func, insert, literal, null, or_, select, tuple_, update

from app.store.interval import seconds
from app.store.jobs.queries import Before
from app.store.signing_keys import Secrets, new_secret
from app.store.tables import webhook_deliveries as deliveries
from app.store.tables import webhooks

Reason: TypeAlias = Literal["gone", "failing"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """A row of ``webhooks``; ``events`` of ``None`` are all of them."""

    tenant_id: str
    id: str
    url: str
    events: list[str] | None
    description: str | None
    enabled: bool
    disabled_reason: Reason | None
    failing_since: datetime | None
    secrets: Secrets
    created_at: datetime


_LIVE = (webhooks.c.previous_until > func.now()).label("live")
_COLUMNS = (*webhooks.c, _LIVE)


def create(
    connection: Connection, tenant_id: str, url: str, events: Sequence[str] | None, description: str | None
) -> Webhook:
    adding = insert(webhooks).values(
        tenant_id=tenant_id,
        id=f"wh_{uuid4().hex}",
        url=url,
        events=None if events is None else list(events),
        description=description,
        secret=new_secret(),
    )
    return _read(connection.execute(adding.returning(*_COLUMNS)).one())


def count(connection: Connection, tenant_id: str) -> int:
    """How many endpoints a tenant has."""
    return int(connection.scalar(select(func.count()).where(webhooks.c.tenant_id == tenant_id)) or 0)


def get(connection: Connection, tenant_id: str, webhook_id: str) -> Webhook | None:
    """``None`` where this tenant has none of that id."""
    row = connection.execute(select(*_COLUMNS).where(_this(tenant_id, webhook_id))).one_or_none()
    return None if row is None else _read(row)


def list_(connection: Connection, tenant_id: str, *, limit: int, before: Before | None = None) -> list[Webhook]:
    """A tenant's, newest first."""
    query = select(*_COLUMNS).where(webhooks.c.tenant_id == tenant_id)
    if before is not None:
        query = query.where(tuple_(webhooks.c.created_at, webhooks.c.id) < tuple_(*before))
    query = query.order_by(webhooks.c.created_at.desc(), webhooks.c.id.desc()).limit(limit)
    return [_read(row) for row in connection.execute(query)]


def change(connection: Connection, tenant_id: str, webhook_id: str, values: dict[str, Any]) -> Webhook | None:
    """Set ``url``, ``events``, ``description`` or ``enabled``. What waits for one that is disabled has failed, and may
    be replayed; one that is enabled begins with a clean sheet."""
    if "enabled" in values:
        values = {**values, "disabled_reason": None, "failing_since": None}
    changing = update(webhooks).where(_this(tenant_id, webhook_id)).values(**values)
    row = connection.execute(changing.returning(*_COLUMNS)).one_or_none()
    if row is not None and not row.enabled:
        give_up(connection, tenant_id, webhook_id)
    return None if row is None else _read(row)


def rotate(connection: Connection, tenant_id: str, webhook_id: str, overlap_s: float) -> Webhook | None:
    """A new secret; the one so far is good for ``overlap_s`` seconds more, and is signed with as well."""
    rotating = (
        update(webhooks)
        .where(_this(tenant_id, webhook_id))
        .values(secret=new_secret(), previous=webhooks.c.secret, previous_until=func.now() + seconds(overlap_s))
    )
    row = connection.execute(rotating.returning(*_COLUMNS)).one_or_none()
    return None if row is None else _read(row)


def remove(connection: Connection, tenant_id: str, webhook_id: str) -> bool:
    """With its log; whether there was one."""
    gone = delete(webhooks).where(_this(tenant_id, webhook_id)).returning(webhooks.c.id)
    return connection.execute(gone).one_or_none() is not None


def note_success(connection: Connection, tenant_id: str, webhook_id: str) -> None:
    """It answers: whatever failed before is forgiven."""
    failing = and_(_this(tenant_id, webhook_id), webhooks.c.failing_since.is_not(None))
    connection.execute(update(webhooks).where(failing).values(failing_since=None))


def note_failure(connection: Connection, tenant_id: str, webhook_id: str, *, gone: bool, patience_s: float) -> bool:
    """Disables an endpoint that says it is gone, or that has done nothing but fail for ``patience_s`` seconds; whether
    it is disabled now."""
    since = func.coalesce(webhooks.c.failing_since, func.now())
    over = or_(literal(gone), since < func.now() - seconds(patience_s))
    disabling = and_(webhooks.c.enabled, over)
    noting = (
        update(webhooks)
        .where(_this(tenant_id, webhook_id))
        .values(
            failing_since=since,
            enabled=case((over, False), else_=webhooks.c.enabled),
            disabled_reason=case((disabling, "gone" if gone else "failing"), else_=webhooks.c.disabled_reason),
        )
        .returning(webhooks.c.enabled)
    )
    row = connection.execute(noting).one_or_none()
    if row is None or row.enabled:
        return False
    give_up(connection, tenant_id, webhook_id)
    return True


def give_up(connection: Connection, tenant_id: str, webhook_id: str) -> None:
    """What still waits for the endpoint is not sent any more, unless it is replayed."""
    waiting = and_(
        deliveries.c.tenant_id == tenant_id, deliveries.c.webhook_id == webhook_id, deliveries.c.state == "pending"
    )
    ended = {"state": "failed", "finished_at": func.now(), "leased_until": null()}
    connection.execute(update(deliveries).where(waiting).values(**ended))


def _this(tenant_id: str, webhook_id: str) -> Any:
    return and_(webhooks.c.tenant_id == tenant_id, webhooks.c.id == webhook_id)


def _read(row: Row[Any]) -> Webhook:
    secrets = Secrets(row.secret, row.previous, row.previous_until) if row.live else Secrets(row.secret)
    return Webhook(
        tenant_id=row.tenant_id,
        id=row.id,
        url=row.url,
        events=row.events,
        description=row.description,
        enabled=row.enabled,
        disabled_reason=row.disabled_reason,
        failing_since=row.failing_since,
        secrets=secrets,
        created_at=row.created_at,
    )
