"""Operations as nodes hand them on: a JSON list in a text."""

import json
from typing import Any

from .service import LaminaError, Service


def operations_of(text: str, name: str) -> list[Any]:
    """Raises LaminaError for what is no JSON list of objects; what is in them, the server knows."""
    if not text.strip():
        return []
    try:
        found = json.loads(text)
    except ValueError as error:
        raise LaminaError(f"{name} is no JSON: {error}.") from error
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise LaminaError(f'{name} must be a list of operations such as [{{"op": "delete", "layer": 2}}].')
    return found


def check(service: Service, decomposition_id: str, operations: list[Any]) -> None:
    """So that what is wrong is told at the node that says it, by a render of the smallest size."""
    service.render(decomposition_id, operations, {"format": "png", "width": 16})
