"""What a request names: a decomposition, a layer of it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from app.flow.errors import NotFound
from app.store import layers
from app.store.layers import Decomposition


def find_decomposition(connection: Connection, tenant_id: str, decomposition_id: str) -> Decomposition:
    """Raises ``NotFound``."""
    found = layers.get(connection, tenant_id, decomposition_id)
    if found is None:
        raise NotFound(f"There is no decomposition {decomposition_id}.")
    return found


def find_layer(found: Decomposition, index: int) -> Mapping[str, Any]:
    """What the manifest says of a layer, 0 being the bottom; raises ``NotFound``."""
    if not 0 <= index < len(found.layers):
        raise NotFound(f"The decomposition has {len(found.layers)} layers, 0 to {len(found.layers) - 1}.")
    return found.layers[index]
