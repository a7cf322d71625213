"""Documents, every state and revision that they had, and the pictures brought into them."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from app.store.tables.base import metadata, moment, tenant

assets = Table(
    "assets",
    metadata,
    tenant(),
    Column("sha256", Text, nullable=False, comment="the blob: the picture as decoded, our own PNG"),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    moment("created_at", now=True),
    Column("inline", Boolean, nullable=False, server_default=text("false"), comment="goes when no document uses it"),
    PrimaryKeyConstraint("tenant_id", "sha256"),
    ForeignKeyConstraint(["tenant_id", "sha256"], ["blobs.tenant_id", "blobs.sha256"]),
    Index("ix_assets_inline", "created_at", postgresql_where=text("inline")),
)

documents = Table(
    "documents",
    metadata,
    tenant(),
    Column("id", Text, nullable=False),
    Column("name", Text),
    # Without a cascade: what a document is made of stays as long as the document does.
    Column("decomposition_id", Text, nullable=False),
    Column("revision", Integer, nullable=False, comment="the newest; writers compare and set it"),
    moment("created_at", now=True),
    Column("renames", Integer, nullable=False, server_default=text("0"), comment="of its name; part of the ETag"),
    PrimaryKeyConstraint("tenant_id", "id"),
    ForeignKeyConstraint(["tenant_id", "decomposition_id"], ["image_layers.tenant_id", "image_layers.id"]),
    Index("ix_documents_tenant_id_created_at", "tenant_id", "created_at", "id"),
    Index("ix_documents_tenant_id_decomposition_id", "tenant_id", "decomposition_id"),
    postgresql_with={"fillfactor": 70},
)

document_states = Table(
    "document_states",
    metadata,
    tenant(),
    Column("document_id", Text, nullable=False),
    Column("n", Integer, nullable=False, comment="the revision that made it; undo and redo lead back to it"),
    Column("parent", Integer, comment="the state that the operations were applied to"),
    Column("operations", JSON, nullable=False, comment="as applied: pictures are assets"),
    # As text: read and written whole, and a number comes back as it was written.
    Column("scene", JSON, nullable=False, comment="folded"),
    PrimaryKeyConstraint("tenant_id", "document_id", "n"),
    ForeignKeyConstraint(["tenant_id", "document_id"], ["documents.tenant_id", "documents.id"], ondelete="CASCADE"),
)

REVISION_KINDS = ("create", "edit", "undo", "redo", "restore")

document_revisions = Table(
    "document_revisions",
    metadata,
    tenant(),
    Column("document_id", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Integer, nullable=False),
    Column("back", Integer, comment="the revision whose state undo leads to"),
    Column("forward", Integer, comment="the revision whose state redo leads to"),
    Column("operation_count", Integer, nullable=False),
    Column("step", Text, nullable=False, comment="what undo takes back here, in words"),
    Column("summary", Text, nullable=False, comment="what happened, in words"),
    moment("created_at", now=True),
    PrimaryKeyConstraint("tenant_id", "document_id", "n"),
    ForeignKeyConstraint(["tenant_id", "document_id"], ["documents.tenant_id", "documents.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(
        ["tenant_id", "document_id", "state"],
        ["document_states.tenant_id", "document_states.document_id", "document_states.n"],
        name="fk_document_revisions_state",  # the conventional name is too long for Postgres
    ),
    CheckConstraint(f"kind IN {REVISION_KINDS!r}", name="kind"),
    CheckConstraint("state <= n AND back < n AND forward < n", name="earlier"),
)

document_assets = Table(
    "document_assets",
    metadata,
    tenant(),
    Column("document_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    PrimaryKeyConstraint("tenant_id", "document_id", "sha256"),
    ForeignKeyConstraint(["tenant_id", "document_id"], ["documents.tenant_id", "documents.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["tenant_id", "sha256"], ["assets.tenant_id", "assets.sha256"]),
    Index("ix_document_assets_tenant_id_sha256", "tenant_id", "sha256"),
)
