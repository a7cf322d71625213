"""A layer or a group by itself, as edits left it: what is drawn of it, on which part of the plane, and its name.

Without its own opacity, blend mode and visibility, which belong to how it is laid over others. What is trimmed is drawn
from its own corner, so that where a layer lies makes no difference to the picture of it.
"""

import math
from dataclasses import dataclass, replace

from model.affine import IDENTITY, translation
from model.content_hash import digest_of
from model.edits.drawn import Box, Drawn, Together, drawn_alone, extent, layers_in, pixels_key, pixels_of
from model.edits.fields import MAX_PIXELS, MAX_SIDE
from model.edits.scene import Scene
from model.edits.state import LayerState
from model.edits.tree import taken_apart

_AROUND = 1.0
"""The most that is kept beyond each edge of the canvas, of its side, of what is too large to be kept whole."""
_NOTHING: Box = (0, 0, 1, 1)
"""The box of a trimmed picture in which there is nothing: one transparent pixel."""


@dataclass(frozen=True, slots=True)
class Alone:
    """What one picture shows.

    Attributes:
        what: moved so that the box's corner is 0, 0; ``None`` where there is nothing.
        box: of the plane; it may begin left of the canvas or above it, and reach beyond it.
    """

    what: Drawn | None
    box: Box

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.box[2], self.box[3]

    @property
    def key(self) -> str:
        """64 hex digits: equal where the picture is, given the stored layers; where the box lies does not count."""
        return digest_of(["alone 1", self.what and pixels_key(self.what), self.size])

    @property
    def states(self) -> tuple[LayerState, ...]:
        """The layers that it is made of."""
        return tuple(layers_in([self.what])) if self.what is not None else ()

    def stored_at(self) -> tuple[int, int, int] | None:
        """The index of the stored layer that lies here without any change, and where its corner is, x and y."""
        state = self.what
        if not isinstance(state, LayerState) or not isinstance(state.origin, int):
            return None
        a, b, x, d, e, y = state.settled
        plain = replace(LayerState.stored(state.origin, "", state.bbox), matrix=state.matrix)
        if (a, b, d, e) != (*IDENTITY[:2], *IDENTITY[3:5]) or pixels_of(plain) != pixels_of(state):
            return None
        return state.origin, round(x), round(y)


def alone(scene: Scene, index: int, *, trim: bool) -> Alone:
    """A layer or a group on the scene's canvas; or, trimmed, all of it, wherever it lies."""
    what = drawn_alone(scene, index)
    if not trim:
        return Alone(what, (0, 0, scene.width, scene.height))
    box = _box(what, scene)
    return Alone(None, _NOTHING) if what is None or box is None else Alone(_moved(what, -box[0], -box[1]), box)


def extents(scene: Scene) -> tuple[Box | None, ...]:
    """The box of each layer's and group's trimmed picture, by index; ``None`` where there is nothing."""
    tree = taken_apart(scene)
    return tuple(_box(drawn_alone(scene, state.index, tree), scene) for state in scene.layers)


def redrawn(old: Scene, new: Scene, *, trim: bool) -> list[int]:
    """The indices whose pictures differ, what is new included; trimmed ones where they do whatever their place."""
    before, after = taken_apart(old), taken_apart(new)
    is_same_size = (old.width, old.height) == (new.width, new.height)
    found = []
    for index in range(len(new.layers)):
        if index < len(old.layers):
            same = drawn_alone(old, index, before) == drawn_alone(new, index, after)
            if is_same_size and same:
                continue
            if alone(old, index, trim=trim).key == alone(new, index, trim=trim).key:
                continue
        found.append(index)
    return found


def _box(what: Drawn | None, scene: Scene) -> Box | None:
    """All that it reaches, where that is no larger than a canvas may be; or else what of it lies on the canvas and
    around it, as much as the canvas's own size on each side, or as there is room for."""
    width, height = scene.width, scene.height
    box = None if what is None else extent(what, width, height)
    if box is None or (box[2] * box[3] <= MAX_PIXELS and max(box[2:]) <= MAX_SIDE):
        return box
    room = min(math.sqrt(MAX_PIXELS / (width * height)), MAX_SIDE / width, MAX_SIDE / height)
    share = min(_AROUND, max(0.0, (room - 1) / 2))
    across, down = math.floor(share * width), math.floor(share * height)
    left, top = max(box[0], -across), max(box[1], -down)
    right, bottom = min(box[0] + box[2], width + across), min(box[1] + box[3], height + down)
    return (left, top, right - left, bottom - top) if left < right and top < bottom else None


def _moved(what: Drawn, x: int, y: int) -> Drawn:
    if isinstance(what, Together):
        return Together(what.state, tuple(_moved(one, x, y) for one in what.inside))
    return what.mapped(translation(x, y))
