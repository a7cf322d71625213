"""What of a scene is drawn, and where: the name of its picture, and the pixels that a layer can touch."""

import math
from typing import TypeAlias

from model.affine import bounds, is_upright
from model.content_hash import digest_of
from model.edits.scene import LayerState, Scene

Box: TypeAlias = tuple[int, int, int, int]
"""``(x, y, width, height)`` of the canvas, in pixels; never empty."""

_NOISE = 1e-6  # of floating point: an edge that is this close to a pixel's lies on it


def scene_key(scene: Scene) -> str:
    """64 hex digits: equal where the picture is equal, whatever way the edits went.

    Only what is drawn counts. The key does not say whose layers these are: join it with the decomposition's id.
    """
    return digest_of(["scene 1", scene.width, scene.height, [drawn(state) for state in shown(scene)]])


def shown(scene: Scene) -> tuple[LayerState, ...]:
    """The layers of which anything can be seen, bottom to top."""
    return tuple(scene.layers[index] for index in scene.order if scene.layers[index].shows)


def drawn(state: LayerState) -> list[object]:
    """All that a layer's pixels on the canvas come from, as JSON values."""
    other = state.replacement
    return [
        state.index,
        state.settled,
        [[step.mode, step.color, step.strength] for step in state.colours],
        [other.image, other.fit, other.anchor, other.masked] if other else None,
        state.opacity,
        state.blend,
    ]


def footprint(state: LayerState, width: int, height: int) -> Box | None:
    """The pixels of a canvas that the layer may change; ``None`` where it lies outside."""
    matrix = state.settled
    noise = _NOISE if is_upright(matrix) else 0.0  # a corner on the edge of a pixel softly reaches into it
    left, top, right, bottom = bounds(matrix, state.bbox[2], state.bbox[3])
    x, y = max(0, math.floor(left + noise)), max(0, math.floor(top + noise))
    far_x, far_y = min(width, math.ceil(right - noise)), min(height, math.ceil(bottom - noise))
    return (x, y, far_x - x, far_y - y) if x < far_x and y < far_y else None
