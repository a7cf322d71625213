"""What a request names: a decomposition, a layer of it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from app.flow.errors import NotFound
from app.flow.services import Services
from app.store import layers
from app.store.layers import Decomposition


def find_decomposition(connection: Connection, tenant_id: str, decomposition_id: str) -> Decomposition:
    """Raises ``NotFound``."""
    found = layers.get(connection, tenant_id, decomposition_id)
    if found is None:
        raise NotFound(f"There is no decomposition {decomposition_id}.")
    return found


def remembered_decomposition(services: Services, tenant_id: str, decomposition_id: str) -> Decomposition:
    """``find_decomposition``, from memory where it was asked for before: it never changes until it is deleted, which
    every API process is told.

    Raises:
        NotFound.
    """
    remembered, path = services.decompositions, path_of(decomposition_id)
    known = remembered.get(path)
    if known is not None and known.tenant_id == tenant_id:
        return known
    epoch = remembered.epoch
    with services.engine.connect() as connection:
        found = find_decomposition(connection, tenant_id, decomposition_id)
    remembered.put(path, found, epoch)
    return found


def path_of(decomposition_id: str) -> str:
    """Of its manifest, which is what it is announced by when it is deleted."""
    return f"/v1/decompositions/{decomposition_id}"


def find_layer(found: Decomposition, index: int) -> Mapping[str, Any]:
    """What the manifest says of a layer, 0 being the bottom; raises ``NotFound``."""
    if not 0 <= index < len(found.layers):
        raise NotFound(f"The decomposition has {len(found.layers)} layers, 0 to {len(found.layers) - 1}.")
    return found.layers[index]
