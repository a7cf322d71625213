"""Since which revision each layer of a document looks as it does, so that the address of its picture stays the same
while the picture does.

It is kept beside the scene of a state, a number for each layer by its index. States that were written before this was
kept, and the first of a document, have none: their layers look so since the state itself, as far as is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.store.documents import Document

_KEY = "looks_since"


@dataclass(frozen=True, slots=True)
class Looks:
    """Revisions, by the index of a layer or a group.

    Attributes:
        placed: since when its picture on the canvas is what it is.
        trimmed: since when its trimmed picture is; wherever the layer was moved meanwhile.
    """

    placed: Sequence[int]
    trimmed: Sequence[int]


def looks(document: Document) -> Looks:
    """Of a document at a revision."""
    kept = document.scene.get(_KEY)
    if kept is None:
        unknown = [document.revision.state] * len(document.scene["layers"])
        return Looks(unknown, unknown)
    return Looks(kept["placed"], kept["trimmed"])


def with_same_looks(kept: Mapping[str, Any], scene: Mapping[str, Any]) -> dict[str, Any]:
    """A scene that was folded anew, with what was known of the one in its place."""
    return {**scene, **({_KEY: kept[_KEY]} if _KEY in kept else {})}


def with_looks(
    before: Document, scene: Mapping[str, Any], redrawn: Mapping[str, Sequence[int]], n: int
) -> dict[str, Any]:
    """The scene of revision ``n`` with since when its layers look as they do.

    Args:
        before: what it follows.
        redrawn: the indices of those that look different from before, what is new included, for each attribute.
    """
    known = looks(before)
    count = len(scene["layers"])
    kept = {}
    for name, since in (("placed", known.placed), ("trimmed", known.trimmed)):
        changed = set(redrawn[name])
        kept[name] = [n if index in changed else since[index] for index in range(count)]
    return {**scene, _KEY: kept}
