"""Batches of rows that a template is drawn with.

A migration stays as it was when it was written, so it repeats what ``app/store/tables`` says rather than import it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_28_batches"
down_revision = "2026_11_28_webhooks"
branch_labels = None
depends_on = None


def _tenant() -> sa.Column:
    return sa.Column("tenant_id", sa.Text(), sa.ForeignKey("tenants.id"), nullable=False, server_default="default")


def _moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def upgrade() -> None:
    op.create_table(
        "batches",
        _tenant(),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("template", postgresql.JSON(), nullable=False, comment="name, version, scene, layers, variables"),
        sa.Column("output", postgresql.JSON(), nullable=False, comment="format, width, background, quality, box"),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("succeeded", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("failed", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("tenant_id", "job_id"),
        sa.ForeignKeyConstraint(["tenant_id", "job_id"], ["jobs.tenant_id", "jobs.id"], ondelete="CASCADE"),
        sa.CheckConstraint("succeeded + failed <= total", name="counts"),
        postgresql_with={"fillfactor": 50},
    )
    _create_rows()


def _create_rows() -> None:
    op.create_table(
        "batch_rows",
        _tenant(),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False, comment="1 is the first"),
        sa.Column("name", sa.Text(), nullable=False, comment="of its file, without an ending; unique in the batch"),
        sa.Column("given", postgresql.JSON(), nullable=False, comment="values by variable"),
        sa.Column("state", sa.Text(), nullable=False, server_default="waiting"),
        sa.Column(
            "token", sa.BigInteger(), nullable=False, server_default=sa.text("0"),
            comment="fencing: raised by every claim",
        ),
        sa.Column("crashes", sa.SmallInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("worker_id", sa.Text()),
        _moment("claimed_at"),
        _moment("lease_until"),
        sa.Column("sha256", sa.Text(), comment="the blob: the picture"),
        sa.Column("size", sa.BigInteger(), comment="of the blob"),
        sa.Column("crc32", sa.BigInteger(), comment="of the blob, so that an archive can be written in one go"),
        sa.Column("error", postgresql.JSON(), comment="pointer, code, detail"),
        sa.PrimaryKeyConstraint("tenant_id", "job_id", "n"),
        sa.ForeignKeyConstraint(["tenant_id", "job_id"], ["batches.tenant_id", "batches.job_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id", "sha256"], ["blobs.tenant_id", "blobs.sha256"]),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'succeeded', 'failed', 'canceled')", name="state"
        ),
        postgresql_with={"fillfactor": 70},
    )  # fmt: skip
    key = ["tenant_id", "job_id", "n"]
    op.create_index("ix_batch_rows_waiting", "batch_rows", key, postgresql_where=sa.text("state = 'waiting'"))
    op.create_index("ix_batch_rows_running", "batch_rows", key, postgresql_where=sa.text("state = 'running'"))
    op.create_index(
        "ix_batch_rows_suspected", "batch_rows", ["tenant_id", "job_id"],
        postgresql_where=sa.text("state = 'waiting' AND crashes > 0"),
    )  # fmt: skip
    op.create_index(
        "ix_batch_rows_tenant_id_sha256", "batch_rows", ["tenant_id", "sha256"],
        postgresql_where=sa.text("sha256 IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("batch_rows")
    op.drop_table("batches")
    # Older code would take them for decompositions; without their rows they say nothing.
    op.execute("DELETE FROM jobs WHERE kind = 'batch'")
