"""Templates, every version that they had, and the pictures that these show."""

from sqlalchemy import (
    JSON,
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

templates = Table(
    "templates",
    metadata,
    tenant(),
    Column("name", Text, nullable=False),
    Column("newest", Integer, nullable=False, comment="version; writers compare and set it, and it never goes back"),
    moment("created_at", now=True),
    # The row stays, so that a version's number never means another picture than it did.
    moment("deleted_at"),
    PrimaryKeyConstraint("tenant_id", "name"),
    Index(
        "ix_templates_tenant_id_created_at",
        "tenant_id",
        "created_at",
        "name",
        postgresql_where=text("deleted_at IS NULL"),
    ),
)

VERSION_KINDS = ("create", "update", "restore")

template_versions = Table(
    "template_versions",
    metadata,
    tenant(),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("restored", Integer, comment="the version that was made the newest again"),
    Column("description", Text),
    Column("variables", JSON, nullable=False, comment="by name, in the order in which they were given"),
    # Without a reference: the document may be deleted, the template goes on.
    Column("document_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    # Without a cascade: what a template is made of stays as long as the template does.
    Column("decomposition_id", Text, nullable=False),
    Column("operations", JSON, nullable=False, comment="all that lead to the scene, from the decomposition on"),
    Column("scene", JSON, nullable=False, comment="folded"),
    moment("created_at", now=True),
    PrimaryKeyConstraint("tenant_id", "name", "version"),
    ForeignKeyConstraint(["tenant_id", "name"], ["templates.tenant_id", "templates.name"]),
    ForeignKeyConstraint(["tenant_id", "decomposition_id"], ["image_layers.tenant_id", "image_layers.id"]),
    Index("ix_template_versions_tenant_id_decomposition_id", "tenant_id", "decomposition_id"),
    CheckConstraint(f"kind IN {VERSION_KINDS!r}", name="kind"),
)

template_assets = Table(
    "template_assets",
    metadata,
    tenant(),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    PrimaryKeyConstraint("tenant_id", "name", "version", "sha256"),
    ForeignKeyConstraint(
        ["tenant_id", "name", "version"],
        ["template_versions.tenant_id", "template_versions.name", "template_versions.version"],
        name="fk_template_assets_version",  # the conventional name is too long for Postgres
        ondelete="CASCADE",
    ),
    ForeignKeyConstraint(["tenant_id", "sha256"], ["assets.tenant_id", "assets.sha256"]),
    Index("ix_template_assets_tenant_id_sha256", "tenant_id", "sha256"),
)
