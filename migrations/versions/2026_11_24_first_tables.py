"""The first tables: pictures, decompositions, their bytes, and the job machine.

A migration stays as it was when it was written, so it repeats what ``app/store/tables`` says rather than import it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_24"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tenants()
    _blobs()
    _images()
    _image_layers()
    _layer_blobs()
    _assets()
    _jobs()
    _idempotency_keys()
    _workers()
    _counters()


def downgrade() -> None:
    for name in (
        "counters",
        "workers",
        "idempotency_keys",
        "jobs",
        "assets",
        "layer_blobs",
        "image_layers",
        "images",
        "blobs",
        "tenants",
    ):
        op.drop_table(name)


def _text(name: str, **options: object) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False, **options)


def _integer(name: str, **options: object) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False, **options)


def _now(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))


def _moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _tenant(table: str) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id_tenants")
    return _text("tenant_id", server_default="default"), key


def _to_blob(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "sha256"], ["blobs.tenant_id", "blobs.sha256"], name=f"fk_{table}_tenant_id_sha256_blobs"
    )


def _tenants() -> None:
    op.create_table("tenants", _text("id"), _now("created_at"), sa.PrimaryKeyConstraint("id", name="pk_tenants"))
    op.execute("INSERT INTO tenants (id) VALUES ('default')")


def _blobs() -> None:
    op.create_table(
        "blobs",
        *_tenant("blobs"),
        _text("sha256", comment="of data, lower-case hex"),
        _text("media_type"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False, comment="STORAGE EXTERNAL: already compressed"),
        _now("created_at"),
        _now("touched_at"),
        sa.PrimaryKeyConstraint("tenant_id", "sha256", name="pk_blobs"),
    )
    op.execute("ALTER TABLE blobs ALTER COLUMN data SET STORAGE EXTERNAL")
    op.create_index("ix_blobs_touched_at", "blobs", ["touched_at"])


def _images() -> None:
    op.create_table(
        "images",
        *_tenant("images"),
        _text("image_id", comment="sha256 of the decoded pixels and their size"),
        _integer("width"),
        _integer("height"),
        _text("sha256", comment="the blob: the upload as decoded, our own PNG"),
        _now("created_at"),
        _now("touched_at"),
        sa.PrimaryKeyConstraint("tenant_id", "image_id", name="pk_images"),
        _to_blob("images"),
    )
    op.create_index("ix_images_tenant_id_sha256", "images", ["tenant_id", "sha256"])
    op.create_index("ix_images_touched_at", "images", ["touched_at"])


def _image_layers() -> None:
    op.create_table(
        "image_layers",
        *_tenant("image_layers"),
        _text("id", comment="hash of pixels, model and parameters"),
        _text("image_id"),
        _text("model_name"),
        _text("model_revision"),
        sa.Column("parameters", JSONB(), nullable=False),
        _integer("layer_count"),
        sa.Column("layers_json", JSONB(), nullable=False, comment="bottom to top"),
        _integer("max_error", comment="of the recomposition against the picture, 0-255"),
        sa.Column("notes", JSONB(), nullable=False, server_default=sa.text("'{}'")),
        _now("created_at"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_image_layers"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "image_id"],
            ["images.tenant_id", "images.image_id"],
            name="fk_image_layers_tenant_id_image_id_images",
        ),
        sa.CheckConstraint("max_error = 0", name=op.f("ck_image_layers_exact")),
        sa.CheckConstraint("layer_count = jsonb_array_length(layers_json)", name=op.f("ck_image_layers_layer_count")),
    )
    op.create_index("ix_image_layers_tenant_id_created_at", "image_layers", ["tenant_id", "created_at", "id"])
    op.create_index("ix_image_layers_tenant_id_image_id", "image_layers", ["tenant_id", "image_id"])


def _layer_blobs() -> None:
    op.create_table(
        "layer_blobs",
        *_tenant("layer_blobs"),
        _text("decomposition_id"),
        sa.Column("index", sa.SmallInteger(), nullable=False),
        _text("sha256"),
        sa.PrimaryKeyConstraint("tenant_id", "decomposition_id", "index", name="pk_layer_blobs"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decomposition_id"],
            ["image_layers.tenant_id", "image_layers.id"],
            name="fk_layer_blobs_tenant_id_decomposition_id_image_layers",
            ondelete="CASCADE",
        ),
        _to_blob("layer_blobs"),
    )
    op.create_index("ix_layer_blobs_tenant_id_sha256", "layer_blobs", ["tenant_id", "sha256"])


def _assets() -> None:
    op.create_table(
        "assets",
        *_tenant("assets"),
        _text("sha256", comment="the blob: the picture as decoded, our own PNG"),
        _integer("width"),
        _integer("height"),
        _now("created_at"),
        sa.PrimaryKeyConstraint("tenant_id", "sha256", name="pk_assets"),
        _to_blob("assets"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        *_tenant("jobs"),
        *_asked(),
        *_claimed(),
        *_told(),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_jobs"),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'succeeded', 'failed', 'canceled')", name=op.f("ck_jobs_state")
        ),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index(
        "uq_jobs_single_flight",
        "jobs",
        ["tenant_id", "decomposition_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'running') AND NOT recompute"),
    )
    queued, running = sa.text("state = 'queued'"), sa.text("state = 'running'")
    eligible = ["model_name", sa.text("priority DESC"), "run_at"]
    op.create_index("ix_jobs_eligible", "jobs", eligible, postgresql_where=queued)
    op.create_index("ix_jobs_running", "jobs", ["tenant_id"], postgresql_where=running)
    finished = sa.text("finished_at IS NOT NULL")
    op.create_index("ix_jobs_finished_at", "jobs", ["finished_at"], postgresql_where=finished)
    op.create_index("ix_jobs_tenant_id_created_at", "jobs", ["tenant_id", "created_at", "id"])


def _asked() -> list[sa.Column]:
    """What a job is."""
    return [
        _text("id"),
        _text("kind", server_default="decomposition"),
        _text("state", server_default="queued"),
        _text("model_name"),
        _text("model_revision"),
        sa.Column("parameters", JSONB(), nullable=False),
        _text("image_id"),
        _text("decomposition_id"),
        sa.Column("recompute", sa.Boolean(), nullable=False, server_default=sa.text("false"), comment="cache=bypass"),
        sa.Column(
            "cached",
            sa.Boolean(),
            nullable=False,
            server_default=sa.text("false"),
            comment="answered from image_layers",
        ),
        sa.Column("priority", sa.SmallInteger(), nullable=False, server_default=sa.text("0")),
        _now("run_at"),
        _moment("rung_at"),
    ]


def _claimed() -> list[sa.Column]:
    """Who has it."""
    return [
        sa.Column(
            "token",
            sa.BigInteger(),
            nullable=False,
            server_default=sa.text("0"),
            comment="fencing: raised by every claim",
        ),
        _integer("attempt", server_default=sa.text("0")),
        _integer("crashes", server_default=sa.text("0")),
        sa.Column("worker_id", sa.Text()),
        _moment("lease_until"),
        _moment("deadline_at"),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    ]


def _told() -> list[sa.Column]:
    """What users see of it."""
    return [
        sa.Column("stage", sa.Text()),
        sa.Column("step", sa.Integer()),
        sa.Column("steps", sa.Integer()),
        sa.Column("fraction", sa.Double()),
        _moment("progress_at"),
        sa.Column(
            "version",
            sa.BigInteger(),
            nullable=False,
            server_default=sa.text("1"),
            comment="raised by every visible change",
        ),
        sa.Column("result", JSONB()),
        sa.Column("error", JSONB(), comment="a problem object"),
        sa.Column("request_id", sa.Text()),
        _now("created_at"),
        _moment("started_at"),
        _moment("finished_at"),
    ]


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        *_tenant("idempotency_keys"),
        _text("route"),
        _text("key"),
        _text("fingerprint", comment="sha256 of what was asked"),
        sa.Column("response", JSONB(), comment="status, headers, body; null while the first is under way"),
        _now("created_at"),
        sa.PrimaryKeyConstraint("tenant_id", "route", "key", name="pk_idempotency_keys"),
    )


def _workers() -> None:
    op.create_table(
        "workers",
        _text("id"),
        sa.Column("models", JSONB(), nullable=False),
        _now("started_at"),
        _now("seen_at"),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )


def _counters() -> None:
    op.create_table(
        "counters",
        _text("name"),
        _text("label", server_default=""),
        sa.Column("value", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("name", "label", name="pk_counters"),
    )
