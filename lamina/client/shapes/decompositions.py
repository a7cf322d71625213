"""Decompositions: what was made, of what, by which model."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lamina.client.shapes.answer import Answer
from lamina.client.shapes.layers import Group


@dataclass(frozen=True, kw_only=True)
class Size:
    """``sha256`` names the decoded pixels, where it is of an image."""

    width: int
    height: int
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Model:
    name: str
    revision: str = ""


@dataclass(frozen=True, kw_only=True)
class Parent:
    """Of a split layer: the decomposition that it was in; ``children``: the first and last of its parts."""

    decomposition_id: str
    layer_index: int
    children: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class DecompositionFields(Answer):
    """An immutable stack of layers that composites to its source bit for bit. ``size`` is ``image`` of the JSON."""

    id: str
    size: Size
    model: Model
    parameters: dict[str, Any]
    layer_count: int
    max_error: int
    created_at: datetime
    notes: dict[str, Any]
    groups: tuple[Group, ...] = ()
    parent: Parent | None = None
    thumbnail_url: str
    urls: dict[str, Any]
