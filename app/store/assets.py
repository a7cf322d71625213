"""Uploaded pictures that edits use, by the hash of their bytes as we encode them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select, text
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


_COLUMNS = (assets.c.tenant_id, assets.c.sha256, assets.c.width, assets.c.height, assets.c.created_at)


def put(
    connection: Connection, tenant_id: str, width: int, height: int, png: bytes | Path, *, inline: bool = False
) -> tuple[Asset, bool]:
    """Keep a picture; says whether it is new.

    Args:
        inline: it came within an operation, and goes when no document uses it, unless somebody uploads it as well.
    """
    sha256 = blob_files.put(connection, tenant_id, png, "image/png")
    adding = insert(assets).values(tenant_id=tenant_id, sha256=sha256, width=width, height=height, inline=inline)
    # An update, although it may change nothing, locks the row until the transaction has referred to it.
    known = adding.on_conflict_do_update(
        index_elements=["tenant_id", "sha256"], set_={"inline": assets.c.inline & adding.excluded.inline}
    )
    row = connection.execute(known.returning(*_COLUMNS, text("xmax = 0"))).one()  # no version of it before this one
    return Asset(*row[:-1]), bool(row[-1])


def get(connection: Connection, tenant_id: str, sha256: str) -> Asset | None:
    """``None`` where this tenant has none of that name."""
    query = select(*_COLUMNS).where(assets.c.tenant_id == tenant_id, assets.c.sha256 == sha256)
    row = connection.execute(query).one_or_none()
    return None if row is None else Asset(*row)


def held(connection: Connection, tenant_id: str, sha256s: Iterable[str]) -> set[str]:
    """Those of them that are there; they stay until the transaction ends."""
    wanted = sorted(sha256s)
    if not wanted:
        return set()
    query = select(assets.c.sha256).where(assets.c.tenant_id == tenant_id, assets.c.sha256.in_(wanted))
    return set(connection.scalars(query.with_for_update(read=True, key_share=True)))
