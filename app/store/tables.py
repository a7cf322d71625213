"""The tables, as code. ``migrations/`` builds the same; a test holds the two against each other.

Every row belongs to a tenant, and every key begins with it, so that no query can cross the border by mistake.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

DEFAULT_TENANT = "default"


def _tenant() -> Column[str]:
    return Column("tenant_id", Text, ForeignKey("tenants.id"), nullable=False, server_default=DEFAULT_TENANT)


def _moment(name: str, *, now: bool = False) -> Column[object]:
    default = text("now()") if now else None
    return Column(name, DateTime(timezone=True), nullable=not now, server_default=default)


tenants = Table("tenants", metadata, Column("id", Text, primary_key=True), _moment("created_at", now=True))

blobs = Table(
    "blobs",
    metadata,
    _tenant(),
    Column("sha256", Text, nullable=False, comment="of data, lower-case hex"),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False, comment="STORAGE EXTERNAL: already compressed"),
    _moment("created_at", now=True),
    _moment("touched_at", now=True),
    PrimaryKeyConstraint("tenant_id", "sha256"),
    Index("ix_blobs_touched_at", "touched_at"),
)

images = Table(
    "images",
    metadata,
    _tenant(),
    Column("image_id", Text, nullable=False, comment="sha256 of the decoded pixels and their size"),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("sha256", Text, nullable=False, comment="the blob: the upload as decoded, our own PNG"),
    _moment("created_at", now=True),
    _moment("touched_at", now=True),
    PrimaryKeyConstraint("tenant_id", "image_id"),
    ForeignKeyConstraint(["tenant_id", "sha256"], ["blobs.tenant_id", "blobs.sha256"]),
    Index("ix_images_tenant_id_sha256", "tenant_id", "sha256"),
    Index("ix_images_touched_at", "touched_at"),
)

image_layers = Table(
    "image_layers",
    metadata,
    _tenant(),
    Column("id", Text, nullable=False, comment="hash of pixels or of a parent's layer, model and parameters"),
    Column("image_id", Text, nullable=False),
    Column("model_name", Text, nullable=False),
    Column("model_revision", Text, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("layer_count", Integer, nullable=False),
    Column("layers_json", JSONB, nullable=False, comment="bottom to top"),
    Column("max_error", Integer, nullable=False, comment="of the recomposition against the picture, 0-255"),
    Column("notes", JSONB, nullable=False, server_default=text("'{}'")),
    # No foreign key: a decomposition outlives the one that it was made from.
    Column("parent_id", Text, comment="the decomposition of which a layer was split further"),
    Column("parent_layer", SmallInteger, comment="that layer's index there, and of the first of its parts here"),
    Column("child_count", SmallInteger, comment="how many layers here are its parts"),
    _moment("created_at", now=True),
    PrimaryKeyConstraint("tenant_id", "id"),
    ForeignKeyConstraint(["tenant_id", "image_id"], ["images.tenant_id", "images.image_id"]),
    CheckConstraint("max_error = 0", name="exact"),
    CheckConstraint("layer_count = jsonb_array_length(layers_json)", name="layer_count"),
    CheckConstraint("num_nulls(parent_id, parent_layer, child_count) IN (0, 3)", name="parent"),
    CheckConstraint(
        "parent_layer >= 0 AND child_count >= 1 AND parent_layer + child_count <= layer_count", name="children"
    ),
    Index("ix_image_layers_tenant_id_created_at", "tenant_id", "created_at", "id"),
    Index("ix_image_layers_tenant_id_image_id", "tenant_id", "image_id"),
)

layer_blobs = Table(
    "layer_blobs",
    metadata,
    _tenant(),
    Column("decomposition_id", Text, nullable=False),
    Column("index", SmallInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    PrimaryKeyConstraint("tenant_id", "decomposition_id", "index"),
    ForeignKeyConstraint(
        ["tenant_id", "decomposition_id"], ["image_layers.tenant_id", "image_layers.id"], ondelete="CASCADE"
    ),
    ForeignKeyConstraint(["tenant_id", "sha256"], ["blobs.tenant_id", "blobs.sha256"]),
    Index("ix_layer_blobs_tenant_id_sha256", "tenant_id", "sha256"),
)

assets = Table(
    "assets",
    metadata,
    _tenant(),
    Column("sha256", Text, nullable=False, comment="the blob: the picture as decoded, our own PNG"),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    _moment("created_at", now=True),
    Column("inline", Boolean, nullable=False, server_default=text("false"), comment="goes when no document uses it"),
    PrimaryKeyConstraint("tenant_id", "sha256"),
    ForeignKeyConstraint(["tenant_id", "sha256"], ["blobs.tenant_id", "blobs.sha256"]),
    Index("ix_assets_inline", "created_at", postgresql_where=text("inline")),
)

documents = Table(
    "documents",
    metadata,
    _tenant(),
    Column("id", Text, nullable=False),
    Column("name", Text),
    # Without a cascade: what a document is made of stays as long as the document does.
    Column("decomposition_id", Text, nullable=False),
    Column("revision", Integer, nullable=False, comment="the newest; writers compare and set it"),
    _moment("created_at", now=True),
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
    _tenant(),
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
    _tenant(),
    Column("document_id", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Integer, nullable=False),
    Column("back", Integer, comment="the revision whose state undo leads to"),
    Column("forward", Integer, comment="the revision whose state redo leads to"),
    Column("operation_count", Integer, nullable=False),
    Column("step", Text, nullable=False, comment="what undo takes back here, in words"),
    Column("summary", Text, nullable=False, comment="what happened, in words"),
    _moment("created_at", now=True),
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
    _tenant(),
    Column("document_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    PrimaryKeyConstraint("tenant_id", "document_id", "sha256"),
    ForeignKeyConstraint(["tenant_id", "document_id"], ["documents.tenant_id", "documents.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["tenant_id", "sha256"], ["assets.tenant_id", "assets.sha256"]),
    Index("ix_document_assets_tenant_id_sha256", "tenant_id", "sha256"),
)

JOB_STATES = ("queued", "running", "succeeded", "failed", "canceled")

jobs = Table(
    "jobs",
    metadata,
    _tenant(),
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
    _moment("rung_at"),
    Column("token", BigInteger, nullable=False, server_default=text("0"), comment="fencing: raised by every claim"),
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("crashes", Integer, nullable=False, server_default=text("0")),
    Column("worker_id", Text),
    _moment("lease_until"),
    _moment("deadline_at"),
    Column("cancel_requested", Boolean, nullable=False, server_default=text("false")),
    Column("stage", Text),
    Column("step", Integer),
    Column("steps", Integer),
    Column("fraction", Double),
    _moment("progress_at"),
    Column("version", BigInteger, nullable=False, server_default=text("1"), comment="raised by every visible change"),
    Column("result", JSONB(none_as_null=True)),
    Column("error", JSONB(none_as_null=True), comment="a problem object"),
    Column("request_id", Text),
    _moment("created_at", now=True),
    _moment("started_at"),
    _moment("finished_at"),
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

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    _tenant(),
    Column("route", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", Text, nullable=False, comment="sha256 of what was asked"),
    Column("response", JSONB(none_as_null=True), comment="status, headers, body; null while the first is under way"),
    _moment("created_at", now=True),
    PrimaryKeyConstraint("tenant_id", "route", "key"),
)

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("models", JSONB, nullable=False),
    _moment("started_at", now=True),
    _moment("seen_at", now=True),
)

counters = Table(
    "counters",
    metadata,
    Column("name", Text, nullable=False),
    Column("label", Text, nullable=False, server_default=""),
    Column("value", BigInteger, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("name", "label"),
)
