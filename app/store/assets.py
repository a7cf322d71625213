"""Uploaded pictures that edits use, by the hash of their bytes as we encode them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from app.store import blob_files
from app.store.tables import assets


@dataclass(frozen=True, slots=True)
class Asset:
    """``sha256`` names the blob, our own PNG; sizes are in pixels."""

    tenant_id: str
    sha256: str
    width: int
    height: int
    created_at: datetime


def put(connection: Connection, tenant_id: str, width: int, height: int, png: bytes | Path) -> tuple[Asset, bool]:
    """Keep a picture; says whether it is new."""
    sha256 = blob_files.put(connection, tenant_id, png, "image/png")
    adding = insert(assets).values(tenant_id=tenant_id, sha256=sha256, width=width, height=height)
    created = connection.execute(adding.on_conflict_do_nothing().returning(assets.c.sha256)).one_or_none() is not None
    found = get(connection, tenant_id, sha256)
    assert found is not None
    return found, created


def get(connection: Connection, tenant_id: str, sha256: str) -> Asset | None:
    """``None`` where this tenant has none of that name."""
    query = select(assets).where(assets.c.tenant_id == tenant_id, assets.c.sha256 == sha256)
    row = connection.execute(query).one_or_none()
    return None if row is None else Asset(*row)
