"""Pictures as they came in and the layers made of them, with the bytes of both."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.store.tables.base import metadata, moment, tenant

blobs = Table(
    "blobs",
    metadata,
    tenant(),
    Column("sha256", Text, nullable=False, comment="of data, lower-case hex"),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False, comment="STORAGE EXTERNAL: already compressed"),
    moment("created_at", now=True),
    moment("touched_at", now=True),
    PrimaryKeyConstraint("tenant_id", "sha256"),
    Index("ix_blobs_touched_at", "touched_at"),
)

images = Table(
    "images",
    metadata,
    tenant(),
    Column("image_id", Text, nullable=False, comment="sha256 of the decoded pixels and their size"),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("sha256", Text, nullable=False, comment="the blob: the upload as decoded, our own PNG"),
    moment("created_at", now=True),
    moment("touched_at", now=True),
    PrimaryKeyConstraint("tenant_id", "image_id"),
    ForeignKeyConstraint(["tenant_id", "sha256"], ["blobs.tenant_id", "blobs.sha256"]),
    Index("ix_images_tenant_id_sha256", "tenant_id", "sha256"),
    Index("ix_images_touched_at", "touched_at"),
)

image_sketches = Table(
    "image_sketches",
    metadata,
    tenant(),
    Column("image_id", Text, nullable=False),
    Column("hash", BigInteger, comment="null: to be made"),
    Column("band_0", Integer, comment="its four parts of 16 bits, highest first"),
    Column("band_1", Integer),
    Column("band_2", Integer),
    Column("band_3", Integer),
    Column("grid", LargeBinary, comment="a small picture, to compare"),
    Column("tries", SmallInteger, nullable=False, server_default=text("0"), comment="to make it afterwards"),
    PrimaryKeyConstraint("tenant_id", "image_id"),
    ForeignKeyConstraint(["tenant_id", "image_id"], ["images.tenant_id", "images.image_id"], ondelete="CASCADE"),
    *(Index(f"ix_image_sketches_tenant_id_band_{band}", "tenant_id", f"band_{band}") for band in range(4)),
    Index("ix_image_sketches_missing", "tries", postgresql_where=text("hash IS NULL")),
)

image_layers = Table(
    "image_layers",
    metadata,
    tenant(),
    Column("id", Text, nullable=False, comment="hash of pixels or of a parent's layer, model and parameters"),
    Column("image_id", Text, nullable=False),
    Column("model_name", Text, nullable=False),
    Column("model_revision", Text, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("layer_count", Integer, nullable=False),
    Column("layers_json", JSONB, nullable=False, comment="bottom to top"),
    Column("groups", JSONB, nullable=False, server_default=text("'[]'"), comment="that an imported file has"),
    Column("max_error", Integer, nullable=False, comment="of the recomposition against the picture, 0-255"),
    Column("notes", JSONB, nullable=False, server_default=text("'{}'")),
    # No foreign key: a decomposition outlives the one that it was made from.
    Column("parent_id", Text, comment="the decomposition of which a layer was split further"),
    Column("parent_layer", SmallInteger, comment="that layer's index there, and of the first of its parts here"),
    Column("child_count", SmallInteger, comment="how many layers here are its parts"),
    moment("created_at", now=True),
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
    tenant(),
    Column("decomposition_id", Text, nullable=False),
    Column("index", SmallInteger, nullable=False, comment="of the layer; above all layers, of more that they take"),
    Column("sha256", Text, nullable=False),
    PrimaryKeyConstraint("tenant_id", "decomposition_id", "index"),
    ForeignKeyConstraint(
        ["tenant_id", "decomposition_id"], ["image_layers.tenant_id", "image_layers.id"], ondelete="CASCADE"
    ),
    ForeignKeyConstraint(["tenant_id", "sha256"], ["blobs.tenant_id", "blobs.sha256"]),
    Index("ix_layer_blobs_tenant_id_sha256", "tenant_id", "sha256"),
)
