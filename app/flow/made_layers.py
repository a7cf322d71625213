"""Layers that no model made, with the files that they are in, become a decomposition."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.store import blob_files, images, layers
from app.store.layers import Decomposition


@dataclass(frozen=True, slots=True)
class MadeLayers:
    """``created`` is false where the same layers were made before."""

    decomposition: Decomposition
    created: bool


Describe = Callable[[MadeLayers], dict[str, Any]]
"""The answer as it is kept under an Idempotency-Key."""


def stored(connection: Connection, new: Decomposition, files: Mapping[str, str], source: str) -> MadeLayers:
    """Keep a decomposition and its files; where it is known, it stays as it is.

    Args:
        files: paths of the PNGs of its layers, by sha256.
        source: path of the picture that they come to.
    """
    tenant_id = new.tenant_id
    for _, path in sorted(files.items()):  # two that keep the same bytes must not cross
        blob_files.put(connection, tenant_id, Path(path), "image/png")
    images.put(connection, tenant_id, new.image_id, new.width, new.height, Path(source))
    created = layers.save(connection, new)
    found = layers.get(connection, tenant_id, new.id)
    assert found is not None
    return MadeLayers(found, created)
