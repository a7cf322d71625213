"""Stored pictures as files in the disk cache: as they are, and made into other ones."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

from app.flow.errors import NotFound
from app.flow.scratch import scratch_file
from app.flow.services import Services
from app.store import blob_files
from app.store.layers import Decomposition

Make: TypeAlias = Callable[[Path], None]
"""``make(target)`` writes a file."""


def stored(services: Services, tenant_id: str, sha256: str) -> Path:
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


def made(services: Services, key: list[Any], make: Make) -> tuple[Path, bool]:
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
    layer: Mapping[str, Any],
    *,
    trim: bool,
    width: int | None,
    format_: str,
) -> tuple[Path, bool]:
    """One layer on the full canvas or trimmed to its bbox, whole or at most ``width`` wide, as PNG or WebP; and whether
    it was there."""
    if format_ == "png" and not trim and width is None:
        return stored(services, tenant_id, layer["sha256"]), True
    bbox = list(layer["bbox"]) if trim else None

    def make(target: Path) -> None:
        source = stored(services, tenant_id, layer["sha256"])
        services.pixels.call("variant", source=str(source), target=str(target), bbox=bbox, width=width, format=format_)

    return made(services, ["layer", tenant_id, layer["sha256"], bbox, width, format_], make)


def source_file(services: Services, tenant_id: str, sha256: str, width: int | None) -> Path:
    """The upload as decoded, whole or at most ``width`` wide."""
    if width is None:
        return stored(services, tenant_id, sha256)

    def make(target: Path) -> None:
        _shrink(services, stored(services, tenant_id, sha256), target, width)

    return made(services, ["source", tenant_id, sha256, width], make)[0]


def composite_file(services: Services, tenant_id: str, found: Decomposition, width: int | None = None) -> Path:
    """All layers over each other, whole or at most ``width`` wide; equal to the source by the promise, but made from
    the layers."""
    said = [[layer["sha256"], layer["opacity"], layer["blend"]] for layer in found.layers]
    if width is not None:

        def shrink(target: Path) -> None:
            _shrink(services, composite_file(services, tenant_id, found), target, width)

        return made(services, ["composite", tenant_id, said, width], shrink)[0]

    def make(target: Path) -> None:
        layers = [
            {
                "path": str(stored(services, tenant_id, layer["sha256"])),
                "opacity": layer["opacity"],
                "blend": layer["blend"],
            }
            for layer in found.layers
        ]
        services.pixels.call("composite", layers=layers, width=found.width, height=found.height, target=str(target))

    return made(services, ["composite", tenant_id, said], make)[0]


def _shrink(services: Services, source: Path, target: Path, width: int) -> None:
    services.pixels.call("variant", source=str(source), target=str(target), bbox=None, width=width, format="png")
