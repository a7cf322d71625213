"""Bytes by their sha256, in the database, and their collection when nothing refers to them any more."""

import hashlib

from sqlalchemy import Connection, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.store.interval import LEAST_GRACE_S, seconds
from app.store.jobs.row import ACTIVE
from app.store.session import carries
from app.store.tables import (
    assets,
    batch_rows,
    blobs,
    document_assets,
    image_layers,
    images,
    jobs,
    layer_blobs,
    template_assets,
)


def put(connection: Connection, tenant_id: str, data: bytes, media_type: str) -> str:
    """Keep the bytes and return their sha256, lower-case hex. Bytes that are known are not sent again; their grace
    before collection begins anew, and the row stays locked until the transaction has referred to it."""
    sha256 = hashlib.sha256(data).hexdigest()
    if not touch(connection, tenant_id, sha256):
        adding = insert(blobs).values(
            tenant_id=tenant_id, sha256=sha256, media_type=media_type, size=len(data), data=data
        )
        carries(connection, len(data))
        known = ["tenant_id", "sha256"]
        connection.execute(adding.on_conflict_do_update(index_elements=known, set_={"touched_at": func.now()}))
    return sha256


def touch(connection: Connection, tenant_id: str, sha256: str) -> bool:
    """Begin the grace of a blob anew and lock its row; false where there is none."""
    this = (blobs.c.tenant_id == tenant_id, blobs.c.sha256 == sha256)
    return connection.execute(update(blobs).where(*this).values(touched_at=func.now())).rowcount == 1


def get(connection: Connection, tenant_id: str, sha256: str) -> bytes | None:
    """The bytes, or ``None`` where there are none. Large ones are better read with ``blob_files.get``."""
    found = connection.scalar(select(blobs.c.data).where(blobs.c.tenant_id == tenant_id, blobs.c.sha256 == sha256))
    if found is None:
        return None
    carries(connection, len(found))
    return bytes(found)


def collect(connection: Connection, grace_s: float, limit: int) -> int:
    """Delete pictures that no decomposition and no active job refers to, assets that came within an operation and that
    no document and no template uses any more, then blobs that nothing refers to; all only when they were not touched
    for ``grace_s`` seconds. At most ``limit`` of each; returns how many blobs went.

    Writers lock what they touch, so a row that is just being referred to again is passed over, or waited for and then
    found touched; foreign keys are the last wall. Jobs have none to their picture, so these get ``LEAST_GRACE_S``.
    """
    _collect_images(connection, max(grace_s, LEAST_GRACE_S), limit)
    _collect_assets(connection, grace_s, limit)
    this = [(table.c.tenant_id == blobs.c.tenant_id) & (table.c.sha256 == blobs.c.sha256) for table in _REFERRING]
    old = (
        select(blobs.c.tenant_id, blobs.c.sha256)
        .where(
            blobs.c.touched_at < func.now() - seconds(grace_s),
            *(~exists().where(refers).correlate(blobs) for refers in this),
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("old")
    )
    gone = delete(blobs).where(blobs.c.tenant_id == old.c.tenant_id, blobs.c.sha256 == old.c.sha256)
    return len(connection.execute(gone.returning(blobs.c.sha256)).all())


_REFERRING = (images, layer_blobs, assets, batch_rows)


def _collect_images(connection: Connection, grace_s: float, limit: int) -> None:
    decomposed = exists().where(
        image_layers.c.tenant_id == images.c.tenant_id, image_layers.c.image_id == images.c.image_id
    )
    wanted = exists().where(
        jobs.c.tenant_id == images.c.tenant_id, jobs.c.image_id == images.c.image_id, jobs.c.state.in_(ACTIVE)
    )
    old = (
        select(images.c.tenant_id, images.c.image_id)
        .where(images.c.touched_at < func.now() - seconds(grace_s), ~decomposed, ~wanted)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("old")
    )
    connection.execute(delete(images).where(images.c.tenant_id == old.c.tenant_id, images.c.image_id == old.c.image_id))


def _collect_assets(connection: Connection, grace_s: float, limit: int) -> None:
    using = (document_assets, template_assets)
    used = [
        exists().where(table.c.tenant_id == assets.c.tenant_id, table.c.sha256 == assets.c.sha256) for table in using
    ]
    old = (
        select(assets.c.tenant_id, assets.c.sha256)
        .where(assets.c.inline, assets.c.created_at < func.now() - seconds(grace_s), *(~one for one in used))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("old")
    )
    connection.execute(delete(assets).where(assets.c.tenant_id == old.c.tenant_id, assets.c.sha256 == old.c.sha256))
