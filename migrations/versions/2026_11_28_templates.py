"""Templates: a document at a revision with a name and variables, and every version that it had.

A migration stays as it was when it was written, so it repeats what ``app/store/tables`` says rather than import it.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_templates"
down_revision = "2026_11_28_renames"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _templates()
    _versions()
    _assets()


def downgrade() -> None:
    for name in ("template_assets", "template_versions", "templates"):
        op.drop_table(name)


def _text(name: str, **options: object) -> sa.Column:
    return sa.Column(name, sa.Text(), **{"nullable": False, **options})


def _integer(name: str, **options: object) -> sa.Column:
    return sa.Column(name, sa.Integer(), **{"nullable": False, **options})


def _now(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))


def _tenant(table: str) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id_tenants")
    return _text("tenant_id", server_default="default"), key


def _templates() -> None:
    op.create_table(
        "templates",
        *_tenant("templates"),
        _text("name"),
        _integer("newest", comment="version; writers compare and set it, and it never goes back"),
        _now("created_at"),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("tenant_id", "name", name="pk_templates"),
    )
    columns = ["tenant_id", "created_at", "name"]
    living = sa.text("deleted_at IS NULL")
    op.create_index("ix_templates_tenant_id_created_at", "templates", columns, postgresql_where=living)


def _versions() -> None:
    op.create_table(
        "template_versions",
        *_tenant("template_versions"),
        _text("name"),
        _integer("version"),
        _text("kind"),
        _integer("restored", nullable=True, comment="the version that was made the newest again"),
        _text("description", nullable=True),
        sa.Column("variables", sa.JSON(), nullable=False, comment="by name, in the order in which they were given"),
        _text("document_id"),
        _integer("revision"),
        _text("decomposition_id"),
        sa.Column(
            "operations", sa.JSON(), nullable=False, comment="all that lead to the scene, from the decomposition on"
        ),
        sa.Column("scene", sa.JSON(), nullable=False, comment="folded"),
        _now("created_at"),
        sa.PrimaryKeyConstraint("tenant_id", "name", "version", name="pk_template_versions"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "name"],
            ["templates.tenant_id", "templates.name"],
            name="fk_template_versions_tenant_id_name_templates",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decomposition_id"],
            ["image_layers.tenant_id", "image_layers.id"],
            name="fk_template_versions_tenant_id_decomposition_id_image_layers",
        ),
        sa.CheckConstraint("kind IN ('create', 'update', 'restore')", name=op.f("ck_template_versions_kind")),
    )
    columns = ["tenant_id", "decomposition_id"]
    op.create_index("ix_template_versions_tenant_id_decomposition_id", "template_versions", columns)


def _assets() -> None:
    op.create_table(
        "template_assets",
        *_tenant("template_assets"),
        _text("name"),
        _integer("version"),
        _text("sha256"),
        sa.PrimaryKeyConstraint("tenant_id", "name", "version", "sha256", name="pk_template_assets"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "name", "version"],
            ["template_versions.tenant_id", "template_versions.name", "template_versions.version"],
            name="fk_template_assets_version",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "sha256"],
            ["assets.tenant_id", "assets.sha256"],
            name="fk_template_assets_tenant_id_sha256_assets",
        ),
    )
    op.create_index("ix_template_assets_tenant_id_sha256", "template_assets", ["tenant_id", "sha256"])
