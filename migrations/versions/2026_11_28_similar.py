"""Sketches of pictures, to know one again that was only compressed or scaled; jobs say what they are similar to.

The sketches of what is there already are made by the workers: here, a long INSERT would keep pictures from coming in.

A migration stays as it was when it was written, so it repeats what ``app/store/tables`` says rather than import it.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_similar"
down_revision = "2026_11_28_batches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "image_sketches",
        sa.Column("tenant_id", sa.Text(), nullable=False, server_default="default"),
        sa.Column("image_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.BigInteger(), comment="null: to be made"),
        sa.Column("band_0", sa.Integer(), comment="its four parts of 16 bits, highest first"),
        *(sa.Column(f"band_{band}", sa.Integer()) for band in range(1, 4)),
        sa.Column("grid", sa.LargeBinary(), comment="a small picture, to compare"),
        sa.Column(
            "tries", sa.SmallInteger(), nullable=False, server_default=sa.text("0"), comment="to make it afterwards"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "image_id", name="pk_image_sketches"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_image_sketches_tenant_id_tenants"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "image_id"],
            ["images.tenant_id", "images.image_id"],
            name="fk_image_sketches_tenant_id_image_id_images",
            ondelete="CASCADE",
        ),
    )
    for band in range(4):
        op.create_index(f"ix_image_sketches_tenant_id_band_{band}", "image_sketches", ["tenant_id", f"band_{band}"])
    op.create_index("ix_image_sketches_missing", "image_sketches", ["tries"], postgresql_where=sa.text("hash IS NULL"))
    op.add_column(
        "jobs",
        sa.Column(
            "similar",
            sa.dialects.postgresql.JSONB(),
            comment="known decompositions of what looks the same, nearest first",
        ),
    )


def downgrade() -> None:
    op.drop_column("jobs", "similar")
    op.drop_table("image_sketches")
