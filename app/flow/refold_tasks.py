"""What a pixel process does where the kept scenes of a document are of another version; see ``pixel_tasks.py``."""

import sys
from typing import Any

from app.flow.scene_tasks import sizes_of, unsized_in
from model import edits
from model.edits.cut import Largest
from model.edits.scene_json import scene_from_json, scene_to_json

_AS_IT_WAS = Largest(sys.maxsize, sys.maxsize)
"""Of a canvas: whatever was allowed when the edit was made."""


def refold_states(
    scene: dict[str, Any] | None,
    states: list[list[dict[str, Any]]],
    width: int,
    height: int,
    layers: list[dict[str, Any]],
    sizes: dict[str, list[int]],
) -> dict[str, Any]:
    """Fold operations that were kept, state by state.

    Args:
        scene: that the first of them were applied to; without it, the unedited one of the manifest's ``layers``.
        states: the operations of each, as ``edit_scene`` gave them.
        sizes: of assets, as far as they were asked for.

    Returns:
        ``unsized`` (sha256 -> the pointer to where it is asked for), where more sizes are needed; or else ``scenes``,
        one for each state.

    Raises:
        InvalidEdit: they can be read or applied no more.
    """
    # one by one: however many were taken in one list then
    read = [[one for body in bodies for one in edits.parse([body])] for bodies in states]
    known = sizes_of(sizes)
    unsized = unsized_in((one for operations in read for one in operations), known)
    if unsized:
        return {"unsized": unsized}
    shown = edits.scene_of(width, height, layers) if scene is None else scene_from_json(scene)
    scenes = []
    for operations in read:
        shown = edits.fold(operations, shown, known, _AS_IT_WAS)
        scenes.append(scene_to_json(shown))
    return {"scenes": scenes}
