"""Webhooks: who is told that a job has ended, the outbox, and the log of what was sent.

A migration stays as it was when it was written, so it repeats what ``app/store/tables`` says rather than import it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "2026_11_28_webhooks"
down_revision = "2026_11_28_layer_groups"
branch_labels = None
depends_on = None

_TABLES = ("signing_keys", "webhooks", "job_callbacks", "webhook_events", "webhook_deliveries", "webhook_attempts")


def upgrade() -> None:
    _signing_keys()
    _webhooks()
    _callbacks()
    _events()
    _deliveries()
    _attempts()


def downgrade() -> None:
    for name in reversed(_TABLES):
        op.drop_table(name)


def _tenant(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    column = sa.Column("tenant_id", sa.Text(), nullable=False, server_default="default")
    return column, sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id_tenants"))


def _text(name: str, *, nullable: bool = False, **more: object) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable, **more)


def _number(name: str, default: str | None = "0", comment: str | None = None) -> sa.Column[int]:
    chosen = None if default is None else sa.text(default)
    return sa.Column(name, sa.Integer(), nullable=False, server_default=chosen, comment=comment)


def _moment(name: str, *, now: bool = False) -> sa.Column[object]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not now, server_default=default)


def _secrets() -> tuple[sa.Column[object], ...]:
    comment = "the secret before the last rotation"
    return (
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), comment=comment),
        _moment("previous_until"),
        _moment("created_at", now=True),
    )


def _signing_keys() -> None:
    op.create_table(
        "signing_keys",
        *_tenant("signing_keys"),
        _text("purpose"),
        *_secrets(),
        sa.PrimaryKeyConstraint("tenant_id", "purpose", name="pk_signing_keys"),
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        *_tenant("webhooks"),
        _text("id"),
        _text("url"),
        sa.Column("events", ARRAY(sa.Text()), comment="types that it hears of; null: all"),
        _text("description", nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        _text("disabled_reason", nullable=True, comment="gone or failing; null where a user did it"),
        _moment("failing_since"),
        *_secrets(),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_webhooks"),
    )
    op.create_index("ix_webhooks_tenant_id_created_at", "webhooks", ["tenant_id", "created_at", "id"])


def _callbacks() -> None:
    op.create_table(
        "job_callbacks",
        *_tenant("job_callbacks"),
        _text("job_id"),
        _text("url", comment="webhook_url of a request that was answered with the job"),
        _text("target", comment="whose address it is: scheme, host and port"),
        sa.PrimaryKeyConstraint("tenant_id", "job_id", "url", name="pk_job_callbacks"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["jobs.tenant_id", "jobs.id"],
            name=op.f("fk_job_callbacks_tenant_id_job_id_jobs"),
            ondelete="CASCADE",
        ),
    )


def _events() -> None:
    op.create_table(
        "webhook_events",
        *_tenant("webhook_events"),
        _text("id", comment="the webhook-id of all its deliveries"),
        _text("type"),
        _text("job_id", nullable=True),
        _text("body", nullable=True, comment="as it is sent; null until a sender has written it from the job"),
        _moment("created_at", now=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_webhook_events"),
    )
    op.create_index("ix_webhook_events_job_id", "webhook_events", ["tenant_id", "job_id"])
    op.create_index("ix_webhook_events_created_at", "webhook_events", ["created_at"])


def _deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        *_tenant("webhook_deliveries"),
        _text("id"),
        _text("event_id"),
        _text("webhook_id", nullable=True, comment="null: a job's own webhook_url"),
        _text("url", nullable=True, comment="of a job's own; that of a webhook is read when it is sent"),
        _text("target", comment="who is not to be sent too much at once"),
        _text("state", server_default="pending"),
        _number("attempt", comment="fencing: raised by every claim"),
        _number("replayed_at", comment="attempts before the last replay"),
        _moment("due_at", now=True),
        _moment("leased_until"),
        _moment("created_at", now=True),
        _moment("finished_at"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_webhook_deliveries"),
        _of("webhook_deliveries", "event_id", "webhook_events"),
        _of("webhook_deliveries", "webhook_id", "webhooks"),
        sa.CheckConstraint("state IN ('pending', 'succeeded', 'failed')", name=op.f("ck_webhook_deliveries_state")),
        sa.CheckConstraint("num_nulls(webhook_id, url) = 1", name=op.f("ck_webhook_deliveries_address")),
    )
    pending = sa.text("state = 'pending'")
    op.create_index(
        "ix_webhook_deliveries_pending", "webhook_deliveries", ["target", "due_at"], postgresql_where=pending
    )
    op.create_index("ix_webhook_deliveries_due_at", "webhook_deliveries", ["due_at"], postgresql_where=pending)
    op.create_index(
        "ix_webhook_deliveries_leased",
        "webhook_deliveries",
        ["target", "leased_until"],
        postgresql_where=sa.text("leased_until IS NOT NULL"),
    )
    _index("event_id", [])
    _index("webhook_id", ["created_at", "id"])
    _index("created_at", ["id"])


def _index(column: str, more: list[str]) -> None:
    op.create_index(f"ix_webhook_deliveries_{column}", "webhook_deliveries", ["tenant_id", column, *more])


def _of(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{parent}.tenant_id", f"{parent}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}_{parent}"),
        ondelete="CASCADE",
    )


def _attempts() -> None:
    op.create_table(
        "webhook_attempts",
        *_tenant("webhook_attempts"),
        _text("delivery_id"),
        _number("n", None),
        sa.Column("status_code", sa.SmallInteger(), comment="null: there was no answer"),
        _text("error", nullable=True, comment="why it failed"),
        _number("duration_ms", None),
        _text("excerpt", nullable=True, comment="how the answer began"),
        _moment("at", now=True),
        sa.PrimaryKeyConstraint("tenant_id", "delivery_id", "n", name="pk_webhook_attempts"),
        _of("webhook_attempts", "delivery_id", "webhook_deliveries"),
    )
