"""What is to be sent, seen by those who send it: take some, say what came of it.

A sender holds a delivery by a lease, and each claim raises ``attempt``; one whose lease ran out is sent again by
another, and what the first one has to say then changes nothing but the log. All clocks are the database's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, null, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.store import jobs, signing_keys, webhooks
from app.store.interval import seconds
from app.store.jobs import Job
from app.store.signing_keys import Secrets
from app.store.tables import webhook_attempts, webhook_deliveries, webhook_events
from app.store.webhooks import Webhook

LEASE_S = 60.0
PER_TARGET = 4
"""Attempts under way to one receiver, of all senders together, about: a slow one holds up nobody else."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery to send. ``tries`` counts attempts since it came or was last replayed, this one included; ``webhook``
    is ``None`` for a job's own ``url``, which the tenant's secrets sign for; ``job`` is there until the event's
    ``body`` is written."""

    tenant_id: str
    id: str
    event_id: str
    event_type: str
    created_at: datetime
    attempt: int
    tries: int
    url: str
    webhook: Webhook | None
    secrets: Secrets
    body: str | None
    job: Job | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one. ``status_code`` of ``None``: there was no answer, and ``error`` says why."""

    status_code: int | None
    error: str | None
    duration_ms: int
    excerpt: str | None = None


# Receiver by receiver, each by one step in the index: a million that wait for one do not stand before the others.
_CLAIM = text("""
    WITH RECURSIVE targets AS (
        (SELECT target FROM webhook_deliveries WHERE state = 'pending' ORDER BY target LIMIT 1)
        UNION ALL
        SELECT (SELECT next.target FROM webhook_deliveries AS next
                WHERE next.state = 'pending' AND next.target > targets.target ORDER BY next.target LIMIT 1)
        FROM targets WHERE targets.target IS NOT NULL
    ), room AS (
        SELECT target, :per_target - (
            SELECT count(*) FROM webhook_deliveries AS held
            WHERE held.state = 'pending' AND held.target = targets.target AND held.leased_until > clock_timestamp()
        ) AS places FROM targets WHERE target IS NOT NULL
    ), due AS MATERIALIZED (
        SELECT first.tenant_id, first.id FROM room CROSS JOIN LATERAL (
            SELECT tenant_id, id, due_at FROM webhook_deliveries AS waiting
            WHERE waiting.state = 'pending' AND waiting.target = room.target AND waiting.due_at <= clock_timestamp()
                AND (waiting.leased_until IS NULL OR waiting.leased_until <= clock_timestamp())
            ORDER BY waiting.due_at LIMIT greatest(0, room.places) FOR UPDATE SKIP LOCKED
        ) AS first ORDER BY first.due_at LIMIT :most
    )
    UPDATE webhook_deliveries AS taken
    SET attempt = taken.attempt + 1, leased_until = clock_timestamp() + make_interval(secs => :lease_s)
    FROM due WHERE taken.tenant_id = due.tenant_id AND taken.id = due.id
    RETURNING taken.tenant_id, taken.id, taken.event_id, taken.webhook_id, taken.url, taken.attempt, taken.replayed_at
""")


def claim(
    connection: Connection, *, most: int, lease_s: float = LEASE_S, per_target: int = PER_TARGET
) -> list[Claimed]:
    """At most so many that are due, those due longest first, a few for each receiver. Rows that another sender holds
    are passed over."""
    rows = connection.execute(_CLAIM, {"most": most, "lease_s": lease_s, "per_target": per_target}).all()
    taken = []
    for row in rows:
        event = connection.execute(
            select(webhook_events).where(
                webhook_events.c.tenant_id == row.tenant_id, webhook_events.c.id == row.event_id
            )
        ).one()
        webhook = None if row.webhook_id is None else webhooks.get(connection, row.tenant_id, row.webhook_id)
        url = row.url if webhook is None else webhook.url
        secrets = signing_keys.get(connection, row.tenant_id, "webhooks") if webhook is None else webhook.secrets
        job = jobs.get(connection, row.tenant_id, event.job_id) if event.body is None and event.job_id else None
        tries = row.attempt - row.replayed_at
        taken.append(
            Claimed(
                row.tenant_id, row.id, event.id, event.type, event.created_at, row.attempt, tries, url, webhook,
                secrets, event.body, job,
            )
        )  # fmt: skip
    return taken


def next_due_s(connection: Connection) -> float | None:
    """Seconds until something that is not due yet will be, or a lease runs out; ``None`` where nothing waits."""
    found = connection.scalar(
        text("""
            SELECT extract(epoch FROM least(
                (SELECT min(due_at) FROM webhook_deliveries WHERE state = 'pending' AND due_at > statement_timestamp()),
                (SELECT min(leased_until) FROM webhook_deliveries WHERE leased_until > statement_timestamp())
            ) - statement_timestamp())
        """)
    )
    return None if found is None else max(0.0, float(found))


def write_body(connection: Connection, tenant_id: str, event_id: str, body: str) -> str:
    """The body of an event, written once; returns the one that counts."""
    this = and_(webhook_events.c.tenant_id == tenant_id, webhook_events.c.id == event_id)
    connection.execute(update(webhook_events).where(this, webhook_events.c.body.is_(None)).values(body=body))
    return str(connection.scalar(select(webhook_events.c.body).where(this)))


def succeed(connection: Connection, claimed: Claimed, attempt: Attempt) -> bool:
    """The receiver has it. ``False``: the delivery is no longer this attempt's; only the log was written."""
    if claimed.webhook is not None:  # first, as whoever disables a webhook locks it before its deliveries
        webhooks.note_success(connection, claimed.tenant_id, claimed.webhook.id)
    return _end(connection, claimed, attempt, "succeeded")


def fail(
    connection: Connection,
    claimed: Claimed,
    attempt: Attempt,
    *,
    retry_s: float | None,
    gone: bool = False,
    patience_s: float,
) -> bool:
    """It did not take it: due again in ``retry_s`` seconds, or with ``None`` not sent any more unless it is replayed.

    Args:
        gone: the receiver wants no more, so that its webhook is disabled.
        patience_s: after so long without any success a webhook is disabled too.

    Returns:
        Whether the webhook was disabled.
    """
    disabled = False
    if claimed.webhook is not None:
        disabled = webhooks.note_failure(
            connection, claimed.tenant_id, claimed.webhook.id, gone=gone, patience_s=patience_s
        )
    if retry_s is None or gone:
        _end(connection, claimed, attempt, "failed")
    else:
        _retry(connection, claimed, attempt, retry_s)
    return disabled


def _retry(connection: Connection, claimed: Claimed, attempt: Attempt, delay_s: float) -> None:
    _log(connection, claimed, attempt)
    again = {"due_at": func.clock_timestamp() + seconds(delay_s), "leased_until": null()}
    connection.execute(update(webhook_deliveries).where(_ours(claimed)).values(**again))


def hand_back(connection: Connection, held: Sequence[Claimed]) -> None:
    """The sender stops; what it holds is due at once, and the attempt does not count."""
    for claimed in held:
        back = {"leased_until": null(), "attempt": webhook_deliveries.c.attempt - 1}
        connection.execute(update(webhook_deliveries).where(_ours(claimed)).values(**back))


def _end(connection: Connection, claimed: Claimed, attempt: Attempt, state: str) -> bool:
    _log(connection, claimed, attempt)
    ended = {"state": state, "finished_at": func.clock_timestamp(), "leased_until": null()}
    hit = update(webhook_deliveries).where(_ours(claimed)).values(**ended).returning(webhook_deliveries.c.id)
    return connection.execute(hit).one_or_none() is not None


def _ours(claimed: Claimed) -> ColumnElement[bool]:
    table = webhook_deliveries.c
    return and_(
        table.tenant_id == claimed.tenant_id,
        table.id == claimed.id,
        table.attempt == claimed.attempt,
        table.state == "pending",
    )


def _log(connection: Connection, claimed: Claimed, attempt: Attempt) -> None:
    adding = insert(webhook_attempts).values(
        tenant_id=claimed.tenant_id,
        delivery_id=claimed.id,
        n=claimed.attempt,
        status_code=attempt.status_code,
        error=attempt.error,
        duration_ms=attempt.duration_ms,
        excerpt=attempt.excerpt,
    )
    connection.execute(adding.on_conflict_do_nothing())
