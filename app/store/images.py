"""Pictures as they were decoded, by the hash of their pixels."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from app.store import blob_files, similar
from app.store.tables import images
from model.sketch import Sketch


@dataclass(frozen=True, slots=True)
class Image:
    """``sha256`` names the blob: the picture as our own PNG. Sizes are in pixels."""

    tenant_id: str
    image_id: str
    width: int
    height: int
    sha256: str
    created_at: datetime
    touched_at: datetime


def put(
    connection: Connection,
    tenant_id: str,
    image_id: str,
    width: int,
    height: int,
    png: bytes | Path,
    sketch: Sketch | None = None,
) -> None:
    """Keep a picture; one that is known keeps the bytes that it has, and its grace before collection begins anew.

    Without a ``sketch``, a worker makes it within minutes.
    """
    sha256 = blob_files.put(connection, tenant_id, png, "image/png")
    adding = insert(images).values(tenant_id=tenant_id, image_id=image_id, width=width, height=height, sha256=sha256)
    known = ["tenant_id", "image_id"]
    connection.execute(adding.on_conflict_do_update(index_elements=known, set_={"touched_at": func.now()}))
    similar.put(connection, tenant_id, image_id, sketch)


def get(connection: Connection, tenant_id: str, image_id: str) -> Image | None:
    """``None`` where this tenant has none of that name."""
    query = select(images).where(images.c.tenant_id == tenant_id, images.c.image_id == image_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else Image(*row)
