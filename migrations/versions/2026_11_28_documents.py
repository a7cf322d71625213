"""Documents: a decomposition, the states that edits made of it, and the numbered revisions that point at them.

A migration stays as it was when it was written, so it repeats what ``app/store/tables`` says rather than import it.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28"
down_revision = "2026_11_25"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "assets",
        sa.Column(
            "inline",
            sa.Boolean(),
            nullable=False,
            server_default=sa.text("false"),
            comment="goes when no document uses it",
        ),
    )
    op.create_index("ix_assets_inline", "assets", ["created_at"], postgresql_where=sa.text("inline"))
    _documents()
    _states()
    _revisions()
    _assets()


def downgrade() -> None:
    for name in ("document_assets", "document_revisions", "document_states", "documents"):
        op.drop_table(name)
    # Older code keeps every asset for ever, these too.
    op.drop_index("ix_assets_inline", "assets")
    op.drop_column("assets", "inline")


def _text(name: str, **options: object) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False, **options)


def _integer(name: str, **options: object) -> sa.Column:
    return sa.Column(name, sa.Integer(), **{"nullable": False, **options})


def _now(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))


def _tenant(table: str) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id_tenants")
    return _text("tenant_id", server_default="default"), key


def _of_document(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "document_id"],
        ["documents.tenant_id", "documents.id"],
        name=f"fk_{table}_tenant_id_document_id_documents",
        ondelete="CASCADE",
    )


def _documents() -> None:
    op.create_table(
        "documents",
        *_tenant("documents"),
        _text("id"),
        sa.Column("name", sa.Text()),
        _text("decomposition_id"),
        _integer("revision", comment="the newest; writers compare and set it"),
        _now("created_at"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_documents"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decomposition_id"],
            ["image_layers.tenant_id", "image_layers.id"],
            name="fk_documents_tenant_id_decomposition_id_image_layers",
        ),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_documents_tenant_id_created_at", "documents", ["tenant_id", "created_at", "id"])
    op.create_index("ix_documents_tenant_id_decomposition_id", "documents", ["tenant_id", "decomposition_id"])


def _states() -> None:
    op.create_table(
        "document_states",
        *_tenant("document_states"),
        _text("document_id"),
        _integer("n", comment="the revision that made it; undo and redo lead back to it"),
        _integer("parent", nullable=True, comment="the state that the operations were applied to"),
        sa.Column("operations", sa.JSON(), nullable=False, comment="as applied: pictures are assets"),
        sa.Column("scene", sa.JSON(), nullable=False, comment="folded"),
        sa.PrimaryKeyConstraint("tenant_id", "document_id", "n", name="pk_document_states"),
        _of_document("document_states"),
    )


def _revisions() -> None:
    op.create_table(
        "document_revisions",
        *_tenant("document_revisions"),
        _text("document_id"),
        _integer("n"),
        _text("kind"),
        _integer("state"),
        _integer("back", nullable=True, comment="the revision whose state undo leads to"),
        _integer("forward", nullable=True, comment="the revision whose state redo leads to"),
        _integer("operation_count"),
        _text("step", comment="what undo takes back here, in words"),
        _text("summary", comment="what happened, in words"),
        _now("created_at"),
        sa.PrimaryKeyConstraint("tenant_id", "document_id", "n", name="pk_document_revisions"),
        _of_document("document_revisions"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id", "state"],
            ["document_states.tenant_id", "document_states.document_id", "document_states.n"],
            name="fk_document_revisions_state",
        ),
        sa.CheckConstraint(
            "kind IN ('create', 'edit', 'undo', 'redo', 'restore')", name=op.f("ck_document_revisions_kind")
        ),
        sa.CheckConstraint("state <= n AND back < n AND forward < n", name=op.f("ck_document_revisions_earlier")),
    )


def _assets() -> None:
    op.create_table(
        "document_assets",
        *_tenant("document_assets"),
        _text("document_id"),
        _text("sha256"),
        sa.PrimaryKeyConstraint("tenant_id", "document_id", "sha256", name="pk_document_assets"),
        _of_document("document_assets"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "sha256"],
            ["assets.tenant_id", "assets.sha256"],
            name="fk_document_assets_tenant_id_sha256_assets",
        ),
    )
    op.create_index("ix_document_assets_tenant_id_sha256", "document_assets", ["tenant_id", "sha256"])
