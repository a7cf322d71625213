"""Batches: the rows that a template is drawn with, and what came of each."""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)

from app.store.tables.base import metadata, moment, tenant

ROW_STATES = ("waiting", "running", "succeeded", "failed", "canceled")

batches = Table(
    "batches",
    metadata,
    tenant(),
    Column("job_id", Text, nullable=False),
    # The template as it was: it may be changed or deleted while its rows are drawn.
    Column("template", JSON, nullable=False, comment="name, version, scene, layers, variables"),
    Column("output", JSON, nullable=False, comment="format, width, background, quality, box"),
    Column("total", Integer, nullable=False),
    Column("succeeded", Integer, nullable=False, server_default=text("0")),
    Column("failed", Integer, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("tenant_id", "job_id"),
    ForeignKeyConstraint(["tenant_id", "job_id"], ["jobs.tenant_id", "jobs.id"], ondelete="CASCADE"),
    CheckConstraint("succeeded + failed <= total", name="counts"),
    postgresql_with={"fillfactor": 50},
)

batch_rows = Table(
    "batch_rows",
    metadata,
    tenant(),
    Column("job_id", Text, nullable=False),
    Column("n", Integer, nullable=False, comment="1 is the first"),
    Column("name", Text, nullable=False, comment="of its file, without an ending; unique in the batch"),
    Column("given", JSON, nullable=False, comment="values by variable"),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("token", BigInteger, nullable=False, server_default=text("0"), comment="fencing: raised by every claim"),
    Column("crashes", SmallInteger, nullable=False, server_default=text("0")),
    Column("worker_id", Text),
    moment("claimed_at"),
    moment("lease_until"),
    Column("sha256", Text, comment="the blob: the picture"),
    Column("size", BigInteger, comment="of the blob"),
    Column("crc32", BigInteger, comment="of the blob, so that an archive can be written in one go"),
    Column("error", JSON(none_as_null=True), comment="pointer, code, detail"),
    PrimaryKeyConstraint("tenant_id", "job_id", "n"),
    ForeignKeyConstraint(["tenant_id", "job_id"], ["batches.tenant_id", "batches.job_id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["tenant_id", "sha256"], ["blobs.tenant_id", "blobs.sha256"]),
    CheckConstraint(f"state IN {ROW_STATES!r}", name="state"),
    Index("ix_batch_rows_waiting", "tenant_id", "job_id", "n", postgresql_where=text("state = 'waiting'")),
    # Not over lease_until: a heartbeat that changes no indexed column leaves the indexes alone.
    Index("ix_batch_rows_running", "tenant_id", "job_id", "n", postgresql_where=text("state = 'running'")),
    Index("ix_batch_rows_suspected", "tenant_id", "job_id", postgresql_where=text("state = 'waiting' AND crashes > 0")),
    Index("ix_batch_rows_tenant_id_sha256", "tenant_id", "sha256", postgresql_where=text("sha256 IS NOT NULL")),
    postgresql_with={"fillfactor": 70},
)
