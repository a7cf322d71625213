"""Runs of work, and those who do them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.store.tables.base import metadata, moment, tenant

JOB_STATES = ("queued", "running", "succeeded", "failed", "canceled")

jobs = Table(
    "jobs",
    metadata,
    tenant(),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default="decomposition"),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("model_name", Text, nullable=False),
    Column("model_revision", Text, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("image_id", Text, nullable=False),
    Column("decomposition_id", Text, nullable=False),
    Column("parent_id", Text, comment="the decomposition of which a layer is to be split further"),
    Column("parent_layer", SmallInteger, comment="that layer's index there"),
    Column("recompute", Boolean, nullable=False, server_default=text("false"), comment="cache=bypass"),
    Column("cached", Boolean, nullable=False, server_default=text("false"), comment="answered from image_layers"),
    Column("priority", SmallInteger, nullable=False, server_default=text("0")),
    Column("run_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    moment("rung_at"),
    Column("token", BigInteger, nullable=False, server_default=text("0"), comment="fencing: raised by every claim"),
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("crashes", Integer, nullable=False, server_default=text("0")),
    Column("worker_id", Text),
    moment("lease_until"),
    moment("deadline_at"),
    Column("cancel_requested", Boolean, nullable=False, server_default=text("false")),
    Column("stage", Text),
    Column("step", Integer),
    Column("steps", Integer),
    Column("fraction", Double),
    moment("progress_at"),
    Column("version", BigInteger, nullable=False, server_default=text("1"), comment="raised by every visible change"),
    Column("result", JSONB(none_as_null=True)),
    Column("similar", JSONB(none_as_null=True), comment="known decompositions of what looks the same, nearest first"),
    Column("error", JSONB(none_as_null=True), comment="a problem object"),
    Column("request_id", Text),
    moment("created_at", now=True),
    moment("started_at"),
    moment("finished_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    # No foreign key to images: a finished job outlives its picture. Active jobs keep theirs; see blobs.collect.
    CheckConstraint(f"state IN {JOB_STATES!r}", name="state"),
    CheckConstraint("num_nulls(parent_id, parent_layer) IN (0, 2)", name="parent"),
    Index(
        "uq_jobs_single_flight",
        "tenant_id",
        "decomposition_id",
        unique=True,
        postgresql_where=text("state IN ('queued', 'running') AND NOT recompute"),
    ),
    Index("ix_jobs_eligible", "model_name", text("priority DESC"), "run_at", postgresql_where=text("state = 'queued'")),
    # Not over lease_until: a heartbeat that changes no indexed column leaves the indexes alone.
    Index("ix_jobs_running", "tenant_id", postgresql_where=text("state = 'running'")),
    Index("ix_jobs_finished_at", "finished_at", postgresql_where=text("finished_at IS NOT NULL")),
    Index("ix_jobs_tenant_id_created_at", "tenant_id", "created_at", "id"),
    postgresql_with={"fillfactor": 80},
)

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("models", JSONB, nullable=False),
    moment("started_at", now=True),
    moment("seen_at", now=True),
)
