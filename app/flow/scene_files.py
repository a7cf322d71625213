"""Where the pictures are that a scene is made of, for the pixel processes."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.flow.pictures import pixels_blob, stored
from app.flow.services import Services

_NONE: Mapping[str, Path] = MappingProxyType({})


def scene_files(
    services: Services,
    tenant_id: str,
    layers: Sequence[Mapping[str, Any]],
    stack: str,
    indices: Iterable[int],
    assets: Iterable[str],
    brought: Mapping[str, Path] = _NONE,
) -> dict[str, Any]:
    """``stack``, ``layer_paths``, ``asset_paths`` and ``lines``, as ``Files`` in ``app/flow/scene_tasks.py`` has them.

    Args:
        layers: all that are stored under the name ``stack``.
        indices: of those that are drawn.
        assets: those that are drawn, by sha256.
        brought: files of those that came with the request, and are in no database.

    A file may be evicted from the disk cache before it is opened.
    """
    drawn = list(indices)
    return {
        "stack": stack,
        "layer_paths": {str(at): str(stored(services, tenant_id, pixels_blob(layers[at]))) for at in drawn},
        "asset_paths": {one: str(brought.get(one) or stored(services, tenant_id, one)) for one in assets},
        "lines": lines_of(layers, drawn),
    }


def lines_of(layers: Sequence[Mapping[str, Any]], indices: Iterable[int]) -> dict[str, object]:
    """Where the words of these layers stand, as far as they have any, so that others can be set there."""
    return {str(index): layers[index]["lines"] for index in indices if layers[index].get("lines")}
