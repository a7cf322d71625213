"""Uploaded pictures."""

from dataclasses import dataclass

from lamina.client.shapes.answer import Answer


@dataclass(frozen=True, kw_only=True)
class AssetFields(Answer):
    """An uploaded picture; ``sha256`` is its name in the operations ``replace`` and ``add``."""

    sha256: str
    width: int
    height: int
    url: str
