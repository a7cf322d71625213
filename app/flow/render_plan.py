"""What a render request comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """A request, folded.

    Attributes:
        key: 64 hex digits that name the picture's bytes: equal where they are, whatever way the edits went.
        media_type: of the picture.
        stack: names the decomposition's layers, as they are now: their pixels, and where their words stand.
        layers: the indices of the stored layers it takes.
        assets: the pointer to where each asset, by its sha256, is asked for.
        sizes: the width and height of those that are added.
    """

    key: str
    media_type: str
    stack: str
    layers: tuple[int, ...]
    assets: dict[str, str]
    sizes: Mapping[str, Sequence[int]]
