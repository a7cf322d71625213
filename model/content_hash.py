"""Names derived from content: the same picture, model and parameters have the same name everywhere, for ever."""

import hashlib
import json
import struct
from collections.abc import Mapping

import numpy as np

from model.layers import Pixels


def image_id(pixels: Pixels) -> str:
    """The name of a picture: 64 hex digits, SHA-256 over its size and its decoded pixels.

    Two files with the same pixels (another compression, other metadata) have the same name. ``pixels`` are as
    ``model.image.decode`` gives them, with RGB 0 under alpha 0.
    """
    height, width, _ = pixels.shape
    digest = hashlib.sha256(struct.pack(">4sII", b"RGBA", width, height))
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def decomposition_id(image: str, model_name: str, model_revision: str, parameters: Mapping[str, object]) -> str:
    """``"dec_"`` and 32 hex digits, from everything a decomposition depends on.

    Args:
        image: the ``image_id``.
        parameters: JSON values; the order of keys and 4 against 4.0 make no difference.

    Raises:
        ValueError: a parameter is NaN or infinite.
        TypeError: a parameter is not a JSON value.
    """
    return "dec_" + digest_of([image, model_name, model_revision, parameters])[:32]


def nested_id(
    parent: str, layer_index: int, model_name: str, model_revision: str, parameters: Mapping[str, object]
) -> str:
    """The same for a decomposition that comes from splitting one layer of another.

    It can never be that of a picture: what is hashed is longer by the word for what it is.

    Args:
        parent: the other one's id.
        layer_index: of the layer there, 0 being the bottom.

    Raises:
        ValueError, TypeError: see ``decomposition_id``.
    """
    return "dec_" + digest_of(["layer", parent, layer_index, model_name, model_revision, parameters])[:32]


def frozen_id(scene: str) -> str:
    """The same for a decomposition that an edited scene was made into; ``scene`` names all that it comes from."""
    return "dec_" + digest_of(["frozen", scene])[:32]


def imported_id(content: object) -> str:
    """The same for a decomposition that a file of another program became; ``content`` is all that was taken of it.

    Raises:
        ValueError, TypeError: see ``decomposition_id``.
    """
    return "dec_" + digest_of(["imported", content])[:32]


def digest_of(value: object) -> str:
    """SHA-256, 64 hex digits, of the canonical JSON of a value (sorted keys, whole floats as integers).

    Raises:
        ValueError, TypeError: see ``decomposition_id``.
    """
    text = json.dumps(_canonical(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): _canonical(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(entry) for entry in value]
    return value
