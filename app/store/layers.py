"""Decompositions: what the table ``image_layers`` and its blobs hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.errors import ForeignKeyViolation
from sqlalchemy import Connection, Row, Select, select, tuple_
from sqlalchemy import delete as delete_rows
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from app.store.gone import announce
from app.store.jobs.queries import Before
from app.store.tables import image_layers, images, layer_blobs


class InUse(Exception):
    """Something else is made of this decomposition."""


@dataclass(frozen=True, slots=True)
class Parent:
    """Where a decomposition comes from that was made by splitting one layer of another.

    Attributes:
        decomposition_id: of the other one, which may have been deleted since.
        layer_index: of the layer there, and of the lowest of its parts here.
        child_count: how many layers from there on are its parts; 1 where it did not come apart.
    """

    decomposition_id: str
    layer_index: int
    child_count: int


@dataclass(frozen=True, slots=True)
class Decomposition:
    """An immutable stack of layers.

    Attributes:
        width, height: of the canvas, pixels.
        source_sha256: the blob of the picture as decoded.
        layers: bottom to top, each with index, name, kind, text, lines, bbox, area_ratio, depth, opacity, blend and
            sha256 (the blob of its full-canvas PNG); rows of earlier versions have no lines. Of an imported file also
            ``visible`` where it is hidden, ``parent`` where it is in a group, and ``whole`` (the blob of the PNG of its
            bbox) where that reaches beyond the canvas.
        groups: of an imported file, each with name, opacity, blend and its ``position`` in the order of all, with
            ``visible`` and ``parent`` as layers; their indices go on after the layers.
        max_error: of the recomposition; 0, always.
        parent: ``None`` for one that was made of a picture.
        created_at: the database's, ``None`` before it is saved.
    """

    id: str
    tenant_id: str
    image_id: str
    width: int
    height: int
    source_sha256: str
    model_name: str
    model_revision: str
    parameters: Mapping[str, Any]
    layers: Sequence[Mapping[str, Any]]
    max_error: int = 0
    notes: Mapping[str, Any] | None = None
    parent: Parent | None = None
    created_at: datetime | None = None
    groups: Sequence[Mapping[str, Any]] = ()


def save(connection: Connection, decomposition: Decomposition) -> bool:
    """Keep a decomposition whose picture and blobs are in the database; the first writer wins.

    Returns:
        False when one with this id was there already; it stays as it is.
    """
    parent = decomposition.parent
    adding = insert(image_layers).values(
        tenant_id=decomposition.tenant_id,
        id=decomposition.id,
        image_id=decomposition.image_id,
        model_name=decomposition.model_name,
        model_revision=decomposition.model_revision,
        parameters=dict(decomposition.parameters),
        layer_count=len(decomposition.layers),
        layers_json=[dict(layer) for layer in decomposition.layers],
        groups=[dict(group) for group in decomposition.groups],
        max_error=decomposition.max_error,
        notes=dict(decomposition.notes or {}),
        parent_id=parent and parent.decomposition_id,
        parent_layer=parent and parent.layer_index,
        child_count=parent and parent.child_count,
    )
    saved = connection.execute(adding.on_conflict_do_nothing().returning(image_layers.c.id)).one_or_none()
    if saved is None:
        return False
    rows = [
        {"tenant_id": decomposition.tenant_id, "decomposition_id": decomposition.id, "index": index, "sha256": sha256}
        for index, sha256 in enumerate(_blobs_of(decomposition.layers))
    ]
    if rows:
        connection.execute(plain_insert(layer_blobs), rows)
    return True


def _blobs_of(layers: Sequence[Mapping[str, Any]]) -> list[str]:
    return [*(layer["sha256"] for layer in layers), *(layer["whole"] for layer in layers if "whole" in layer)]


def get(connection: Connection, tenant_id: str, decomposition_id: str) -> Decomposition | None:
    """``None`` where this tenant has none of that id."""
    query = _SELECT.where(image_layers.c.tenant_id == tenant_id, image_layers.c.id == decomposition_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _read(row)


def list_(connection: Connection, tenant_id: str, *, limit: int, before: Before | None = None) -> list[Decomposition]:
    """A tenant's decompositions, newest first."""
    query = _SELECT.where(image_layers.c.tenant_id == tenant_id)
    if before is not None:
        query = query.where(tuple_(image_layers.c.created_at, image_layers.c.id) < tuple_(*before))
    query = query.order_by(image_layers.c.created_at.desc(), image_layers.c.id.desc()).limit(limit)
    return [_read(row) for row in connection.execute(query)]


def delete(connection: Connection, tenant_id: str, decomposition_id: str) -> bool:
    """Forget a decomposition; its blobs go when nothing else refers to them. Says whether it was there.

    Raises:
        InUse: a document is made of it; nothing was deleted.
    """
    gone = delete_rows(image_layers).where(image_layers.c.tenant_id == tenant_id, image_layers.c.id == decomposition_id)
    try:
        with connection.begin_nested():
            announce(connection, f"/v1/decompositions/{decomposition_id}")
            return connection.execute(gone).rowcount == 1
    except IntegrityError as error:
        if isinstance(error.orig, ForeignKeyViolation):
            raise InUse(decomposition_id) from error
        raise


_SELECT: Select[Any] = select(image_layers, images.c.width, images.c.height, images.c.sha256).join_from(
    image_layers,
    images,
    (images.c.tenant_id == image_layers.c.tenant_id) & (images.c.image_id == image_layers.c.image_id),
)


def _read(row: Row[Any]) -> Decomposition:
    return Decomposition(
        id=row.id,
        tenant_id=row.tenant_id,
        image_id=row.image_id,
        width=row.width,
        height=row.height,
        source_sha256=row.sha256,
        model_name=row.model_name,
        model_revision=row.model_revision,
        parameters=row.parameters,
        layers=row.layers_json,
        max_error=row.max_error,
        notes=row.notes,
        parent=None if row.parent_id is None else Parent(row.parent_id, row.parent_layer, row.child_count),
        created_at=row.created_at,
        groups=row.groups,
    )
