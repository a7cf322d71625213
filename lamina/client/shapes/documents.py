"""Documents, their layers and their history."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lamina.client.shapes.answer import Answer, Box, Raw


@dataclass(frozen=True, kw_only=True)
class DocumentLayerFields(Answer):
    """A layer as edits left it; ``matrix`` a, b, c, d, e, f is CSS's. The rest is in ``raw`` and in the API's
    description."""

    index: int
    name: str
    kind: str
    bbox: Box
    matrix: tuple[float, ...]
    changed: tuple[str, ...] = ()
    opacity: float = 1.0
    blend: str = "normal"
    visible: bool = True
    locked: bool
    deleted: bool
    parent: int | None = None
    text: str | None = None
    asset: str | None = None
    edited_url: str | None = None
    edited_bbox: Box | None = None


@dataclass(kw_only=True)
class DocumentFields:
    """A decomposition as edits made it look. An edit through this object brings it up to date; ``dirty`` is the part of
    the canvas that the last one may have changed."""

    raw: Raw = field(repr=False, compare=False)
    id: str
    name: str | None = None
    decomposition_id: str
    revision: int
    width: int
    height: int
    thumbnail_url: str
    can_undo: bool
    can_redo: bool
    created_at: datetime
    updated_at: datetime
    dirty: Box | None = None
    urls: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Revision(Answer):
    """A line of a document's history; ``kind`` is ``create``, ``edit``, ``undo``, ``redo`` or ``restore``."""

    n: int
    kind: str
    summary: str
    operation_count: int
    shows: int
    created_at: datetime
    render_url: str
