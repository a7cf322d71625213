"""What there is to tell, written in the transaction in which it happens; ``app/store/jobs`` calls it at each end of a
job. Senders are woken when that transaction is committed, and find nothing where it was not."""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import Connection, insert, text
from sqlalchemy.dialects.postgresql import insert as upsert

from app.store.tables import job_callbacks, webhook_deliveries, webhook_events

CHANNEL = "lamina_webhooks"
"""Postgres NOTIFY says here that something is to be sent; what, is in the tables."""

EVENTS = ("job.succeeded", "job.failed", "job.canceled")
TEST = "webhook.test"

# Most jobs have nobody who listens, and the statement below takes longer to plan than they should pay for.
_LISTENS = text("""
    SELECT EXISTS (SELECT FROM webhooks WHERE tenant_id = ANY (:tenants) AND enabled)
        OR EXISTS (SELECT FROM job_callbacks WHERE tenant_id = ANY (:tenants) AND job_id = ANY (:jobs))
""")
# A job ends once, so its id makes the event's: were it told twice, there would still be one event.
_TELL = text("""
    WITH ended AS (
        SELECT jobs.tenant_id, jobs.id AS job_id, 'job.' || jobs.state AS type, 'evt_' || substr(jobs.id, 5) AS event_id
        FROM jobs JOIN unnest(CAST(:tenants AS text[]), CAST(:jobs AS text[])) AS told (tenant_id, id)
        ON jobs.tenant_id = told.tenant_id AND jobs.id = told.id
        WHERE jobs.state IN ('succeeded', 'failed', 'canceled')
    ), wanted AS (
        SELECT ended.*, webhooks.id AS webhook_id, NULL AS url, webhooks.id AS target
        FROM ended JOIN webhooks ON webhooks.tenant_id = ended.tenant_id
        WHERE webhooks.enabled AND (webhooks.events IS NULL OR ended.type = ANY (webhooks.events))
        UNION ALL
        SELECT ended.*, NULL, job_callbacks.url, job_callbacks.target
        FROM ended JOIN job_callbacks USING (tenant_id, job_id)
    ), events AS (
        INSERT INTO webhook_events (tenant_id, id, type, job_id)
        SELECT DISTINCT tenant_id, event_id, type, job_id FROM wanted
        ON CONFLICT DO NOTHING RETURNING tenant_id, id
    ), added AS (
        INSERT INTO webhook_deliveries (tenant_id, id, event_id, webhook_id, url, target, due_at)
        SELECT tenant_id, 'dlv_' || replace(CAST(gen_random_uuid() AS text), '-', ''), event_id, webhook_id, url,
               target, clock_timestamp()
        FROM wanted JOIN events USING (tenant_id) WHERE events.id = wanted.event_id
        RETURNING 1
    )
    SELECT pg_notify(:channel, '') WHERE EXISTS (SELECT FROM added)
""")


def tell(connection: Connection, ended: Sequence[tuple[str, str]]) -> None:
    """Jobs have ended in this transaction, each ``(tenant_id, job_id)``; those that have not are passed over."""
    if ended:
        tenants, jobs = zip(*ended, strict=True)
        told = {"tenants": list(tenants), "jobs": list(jobs)}
        if connection.scalar(_LISTENS, told):
            connection.execute(_TELL, {**told, "channel": CHANNEL})


def add_callback(connection: Connection, tenant_id: str, job_id: str, url: str, target: str) -> None:
    """One address more is told of this job's end. The caller sees to it that the job does not end meanwhile."""
    adding = upsert(job_callbacks).values(tenant_id=tenant_id, job_id=job_id, url=url, target=target)
    connection.execute(adding.on_conflict_do_nothing())


def put(connection: Connection, tenant_id: str, webhook_id: str, type_: str, body: str, event_id: str) -> str:
    """Something for one endpoint, whose body is known; returns the delivery's id."""
    delivery_id = f"dlv_{uuid4().hex}"
    connection.execute(insert(webhook_events).values(tenant_id=tenant_id, id=event_id, type=type_, body=body))
    connection.execute(
        insert(webhook_deliveries).values(
            tenant_id=tenant_id, id=delivery_id, event_id=event_id, webhook_id=webhook_id, target=webhook_id
        )
    )
    ring(connection)
    return delivery_id


def ring(connection: Connection) -> None:
    """Senders look when this transaction is committed."""
    connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
