"""Who is told that a job has ended, what there is to tell, and each attempt to tell it.

``webhook_events`` and ``webhook_deliveries`` are an outbox: their rows are written in the transaction that ends a job.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.store.tables.base import metadata, moment, tenant

DELIVERY_STATES = ("pending", "succeeded", "failed")

signing_keys = Table(
    "signing_keys",
    metadata,
    tenant(),
    Column("purpose", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("previous", LargeBinary, comment="the secret before the last rotation"),
    moment("previous_until"),
    moment("created_at", now=True),
    PrimaryKeyConstraint("tenant_id", "purpose"),
)

webhooks = Table(
    "webhooks",
    metadata,
    tenant(),
    Column("id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Text), comment="types that it hears of; null: all"),
    Column("description", Text),
    Column("enabled", Boolean, nullable=False, server_default=text("true")),
    Column("disabled_reason", Text, comment="gone or failing; null where a user did it"),
    moment("failing_since"),
    Column("secret", LargeBinary, nullable=False),
    Column("previous", LargeBinary, comment="the secret before the last rotation"),
    moment("previous_until"),
    moment("created_at", now=True),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("ix_webhooks_tenant_id_created_at", "tenant_id", "created_at", "id"),
)

job_callbacks = Table(
    "job_callbacks",
    metadata,
    tenant(),
    Column("job_id", Text, nullable=False),
    Column("url", Text, nullable=False, comment="webhook_url of a request that was answered with the job"),
    Column("target", Text, nullable=False, comment="whose address it is: scheme, host and port"),
    PrimaryKeyConstraint("tenant_id", "job_id", "url"),
    ForeignKeyConstraint(["tenant_id", "job_id"], ["jobs.tenant_id", "jobs.id"], ondelete="CASCADE"),
)

webhook_events = Table(
    "webhook_events",
    metadata,
    tenant(),
    Column("id", Text, nullable=False, comment="the webhook-id of all its deliveries"),
    Column("type", Text, nullable=False),
    Column("job_id", Text),
    Column("body", Text, comment="as it is sent; null until a sender has written it from the job"),
    moment("created_at", now=True),
    PrimaryKeyConstraint("tenant_id", "id"),
    # No foreign key to jobs: the log outlives them. Those without a body keep theirs; see jobs.purge.
    Index("ix_webhook_events_job_id", "tenant_id", "job_id"),
    Index("ix_webhook_events_created_at", "created_at"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    tenant(),
    Column("id", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("webhook_id", Text, comment="null: a job's own webhook_url"),
    Column("url", Text, comment="of a job's own; that of a webhook is read when it is sent"),
    Column("target", Text, nullable=False, comment="who is not to be sent too much at once"),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("attempt", Integer, nullable=False, server_default=text("0"), comment="fencing: raised by every claim"),
    Column("replayed_at", Integer, nullable=False, server_default=text("0"), comment="attempts before the last replay"),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    moment("leased_until"),
    moment("created_at", now=True),
    moment("finished_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    ForeignKeyConstraint(
        ["tenant_id", "event_id"], ["webhook_events.tenant_id", "webhook_events.id"], ondelete="CASCADE"
    ),
    ForeignKeyConstraint(["tenant_id", "webhook_id"], ["webhooks.tenant_id", "webhooks.id"], ondelete="CASCADE"),
    CheckConstraint(f"state IN {DELIVERY_STATES!r}", name="state"),
    CheckConstraint("num_nulls(webhook_id, url) = 1", name="address"),
    Index("ix_webhook_deliveries_pending", "target", "due_at", postgresql_where=text("state = 'pending'")),
    Index("ix_webhook_deliveries_due_at", "due_at", postgresql_where=text("state = 'pending'")),
    Index("ix_webhook_deliveries_leased", "target", "leased_until", postgresql_where=text("leased_until IS NOT NULL")),
    Index("ix_webhook_deliveries_event_id", "tenant_id", "event_id"),
    Index("ix_webhook_deliveries_webhook_id", "tenant_id", "webhook_id", "created_at", "id"),
    Index("ix_webhook_deliveries_created_at", "tenant_id", "created_at", "id"),
)

webhook_attempts = Table(
    "webhook_attempts",
    metadata,
    tenant(),
    Column("delivery_id", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("status_code", SmallInteger, comment="null: there was no answer"),
    Column("error", Text, comment="why it failed"),
    Column("duration_ms", Integer, nullable=False),
    Column("excerpt", Text, comment="how the answer began"),
    moment("at", now=True),
    PrimaryKeyConstraint("tenant_id", "delivery_id", "n"),
    ForeignKeyConstraint(
        ["tenant_id", "delivery_id"], ["webhook_deliveries.tenant_id", "webhook_deliveries.id"], ondelete="CASCADE"
    ),
)
