"""Stored pictures as files in the disk cache: as they are, and made into other ones."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from sqlalchemy import Engine

from app.flow.errors import NotFound
from app.flow.scratch import scratch_file
from app.flow.services import Services
from app.store import blob_files
from app.store.blob_cache import BlobCache

Layer: TypeAlias = Mapping[str, Any]
"""As a manifest has it."""


class Shelf(Protocol):
    """Where pictures are kept: what ``Services`` has of it is enough."""

    @property
    def engine(self) -> Engine: ...
    @property
    def cache(self) -> BlobCache: ...
    @property
    def scratch(self) -> Path: ...


Make: TypeAlias = Callable[[Path], None]
"""``make(target)`` writes a file."""


def stored(services: Shelf, tenant_id: str, sha256: str) -> Path:
    """The file of a blob, fetched from Postgres where it is not on disk; raises ``NotFound``."""

    with ExitStack() as while_moved:

        def fetch() -> Path | None:
            target = while_moved.enter_context(scratch_file(services.scratch))
            with services.engine.connect() as connection:
                return target if blob_files.get(connection, tenant_id, sha256, target) else None

        path = services.cache.get(tenant_id, sha256, fetch)
    if path is None:
        raise NotFound("The picture has been deleted.")
    return path


def pixels_blob(layer: Layer) -> str:
    """The sha256 of the PNG that has all of a layer's pixels: on the canvas, or alone where it reaches beyond."""
    return str(layer.get("whole") or layer["sha256"])


def made(services: Shelf, key: list[Any], make: Make) -> tuple[Path, bool]:
    """The file under a key, made where it is not on disk; and whether it was there."""
    hit = True
    with ExitStack() as while_moved:

        def fill() -> Path:
            nonlocal hit
            hit = False
            target = while_moved.enter_context(scratch_file(services.scratch))
            make(target)
            return target

        name = hashlib.sha256(repr(key).encode()).hexdigest()
        return services.cache.get_or_make(name, fill), hit


def layer_file(
    services: Services,
    tenant_id: str,
    layer: Layer,
    *,
    trim: bool,
    width: int | None,
    format_: str,
) -> tuple[Path, bool]:
    """One layer on the full canvas or trimmed to its bbox, whole or at most ``width`` wide, as PNG or WebP; and whether
    it was there."""
    if format_ == "png" and not trim and width is None:
        return stored(services, tenant_id, layer["sha256"]), True
    sha256 = pixels_blob(layer) if trim else layer["sha256"]
    bbox = list(shown_box(layer)) if trim and "whole" not in layer else None

    def make(target: Path) -> None:
        source = stored(services, tenant_id, sha256)
        services.pixels.call("variant", source=str(source), target=str(target), bbox=bbox, width=width, format=format_)

    return made(services, ["layer", tenant_id, sha256, bbox, width, format_], make)


def shown_box(layer: Layer) -> tuple[int, int, int, int]:
    """x, y, width, height on the canvas of a trimmed layer: its bbox, or one pixel where there is nothing in it."""
    x, y, width, height = layer["bbox"]
    return (x, y, width, height) if width and height else (0, 0, 1, 1)


def source_file(services: Services, tenant_id: str, sha256: str, width: int | None) -> Path:
    """The upload as decoded, whole or at most ``width`` wide."""
    if width is None:
        return stored(services, tenant_id, sha256)

    def make(target: Path) -> None:
        shrink(services, stored(services, tenant_id, sha256), target, width)

    return made(services, ["source", tenant_id, sha256, width], make)[0]


def shrink(services: Services, source: Path, target: Path, width: int) -> None:
    """At most ``width`` wide, as PNG."""
    services.pixels.call("variant", source=str(source), target=str(target), bbox=None, width=width, format="png")
