"""What of a scene is drawn, and where: the name of its picture, and the pixels that a layer can touch."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from model.affine import bounds, is_upright, then, translation
from model.content_hash import digest_of
from model.edits.scene import Scene
from model.edits.state import UNIT, Blur, LayerState, Picture, Recoloring, Replacement, Text
from model.edits.tree import Tree, taken_apart

Box: TypeAlias = tuple[int, int, int, int]
"""``(x, y, width, height)`` of the canvas, in pixels; never empty."""

_OVERHANG = 1.5
"""Of the shorter side of a text layer, for each line: how far strokes, marks and further lines may reach out of it."""
_NOISE = 1e-6  # of floating point: an edge that is this close to a pixel's lies on it


@dataclass(frozen=True, slots=True)
class Together:
    """A group that is laid over itself first, and then as one over what is below."""

    state: LayerState
    inside: "tuple[Drawn, ...]"


Drawn: TypeAlias = LayerState | Together


def scene_key(scene: Scene) -> str:
    """64 hex digits: equal where the picture is equal, whatever way the edits went.

    Only what is drawn counts. The key does not say whose layers these are: join it with the decomposition's id,
    or with the pixels of ``stored_layers`` and the lines of ``worded_layers``.
    """
    return digest_of(["scene 1", scene.width, scene.height, _key_of(drawn(scene))])


def pixels_key(what: Drawn) -> str:
    """64 hex digits: equal where the pixels are that are laid, by whatever opacity and blend mode, over what is below.

    Like ``scene_key`` it does not say whose layers these are, nor how large the canvas is that cuts them off.
    """
    return digest_of(["pixels 1", _key_of(what.inside) if isinstance(what, Together) else pixels_of(what)])


def drawn(scene: Scene) -> tuple[Drawn, ...]:
    """What can be seen, bottom to top. A group that changes nothing is not there; what is in it is."""
    return _drawn(scene, taken_apart(scene), None)


def shown(scene: Scene) -> tuple[LayerState, ...]:
    """The layers of which anything can be seen, bottom to top, whatever groups they are in."""
    return tuple(layers_in(drawn(scene)))


def drawn_alone(scene: Scene, index: int, tree: Tree | None = None) -> Drawn | None:
    """A layer or a group by itself, whether or not it can be seen; ``None`` where it has no pixels.

    Args:
        tree: of the scene taken apart, where it is at hand.
    """
    state = scene.layers[index]
    if not state.group:
        return state if min(state.bbox[2:]) > 0 else None
    inside = _drawn(scene, taken_apart(scene) if tree is None else tree, index)
    return Together(state, inside) if inside else None


def layers_in(some: Iterable[Drawn]) -> Iterator[LayerState]:
    """The layers of what is drawn, bottom to top, whatever groups they are in."""
    for what in some:
        if isinstance(what, Together):
            yield from layers_in(what.inside)
        else:
            yield what


def stored_layers(scene: Scene) -> tuple[int, ...]:
    """The indices of the stored layers that the picture takes."""
    return taken(shown(scene))


def taken(states: Iterable[LayerState]) -> tuple[int, ...]:
    """The indices of the stored layers whose pixels these take."""
    asked = [state for state in states if not isinstance(state.source, Replacement) or state.source.masked]
    return tuple(sorted({state.origin for state in asked if isinstance(state.origin, int)}))


def worded_layers(scene: Scene) -> tuple[int, ...]:
    """The indices of the stored layers on which words were set: where their own words stand is seen in the picture."""
    asked = [state.origin for state in shown(scene) if isinstance(state.source, Text)]
    return tuple(sorted({origin for origin in asked if isinstance(origin, int)}))


def pictures(scene: Scene) -> tuple[Picture, ...]:
    """All that edits have brought and that is still there, shown or not."""
    return brought(scene.layers)


def brought(states: Sequence[LayerState]) -> tuple[Picture, ...]:
    """All that edits have brought to these."""
    origins = [state.origin for state in states if isinstance(state.origin, Picture)]
    return (*origins, *(state.source.picture for state in states if isinstance(state.source, Replacement)))


def pixels_of(state: LayerState) -> list[object]:
    """All that a layer's pixels on the canvas come from, as JSON values."""
    said: list[object] = [
        ["picture", state.origin.image] if isinstance(state.origin, Picture) else state.origin,
        state.settled,
        [_step(step) for step in state.colours],
        _source(state.source),
    ]
    if state.crop is not None:
        said.append(["crop", [round(value, 6) + 0.0 for value in then(state.crop, state.settled)]])
    if state.blur is not None:
        said.append(["blur", [float(f"{value:.9g}") + 0.0 for value in state.blur]])
    return said


def _source(other: Replacement | Text | None) -> list[object] | None:
    if isinstance(other, Replacement):
        return [other.picture.image, other.fit, other.anchor, other.masked]
    if other is None:
        return None
    said: list[object] = ["text", other.value, other.font, other.size, other.color, other.align, other.direction]
    return said if other.fit is None else [*said, other.fit]


def _step(step: Recoloring) -> list[object]:
    more: list[object] = [step.other, step.numbers] if step.other or step.numbers else []
    return [step.mode, step.color, step.strength, *more]


def footprint(state: LayerState, width: int, height: int) -> Box | None:
    """The pixels of a canvas that the layer may change; ``None`` where there are none.

    Words reach out of their frame: those of a given size who knows where, those made to fit not far. What is drawn is
    cut to this, so that it holds whatever a font does.
    """
    left, top, right, bottom = _common(_reach(state, width, height), (0, 0, width, height))
    return (left, top, right - left, bottom - top) if left < right and top < bottom else None


def extent(what: Drawn, width: int, height: int) -> Box | None:
    """The pixels that a layer or a group may change where no canvas cuts it off; ``None`` where there are none.

    Words of a given size, which reach who knows where, are taken to reach over the canvas and their frame.
    """
    reaches = [_reach(state, width, height) for state in layers_in([what])]
    found = [room for room in reaches if room[0] < room[2] and room[1] < room[3]]
    if not found:
        return None
    left, top = min(room[0] for room in found), min(room[1] for room in found)
    return left, top, max(room[2] for room in found) - left, max(room[3] for room in found) - top


def _reach(state: LayerState, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top and, just outside, right and bottom; empty where they are not in that order."""
    matrix = state.settled
    lines = len(state.source.value.splitlines()) if isinstance(state.source, Text) else 0
    around = _OVERHANG * lines * min(state.bbox[2:])
    size = state.bbox[2] + 2 * around, state.bbox[3] + 2 * around
    frame = then(translation(-around, -around), matrix)
    left, top, right, bottom = _touched(bounds(frame, *size), is_upright(matrix))
    across, down = spread(state.blur) if state.blur is not None else (0, 0)
    room = left - across, top - down, right + across, bottom + down
    if isinstance(state.source, Text) and (state.source.size is not None or not state.source.shrinks):
        room = min(room[0], 0), min(room[1], 0), max(room[2], width), max(room[3], height)
    if state.crop is not None:
        crop = then(state.crop, matrix)
        room = _common(room, _touched(bounds(crop, *UNIT), is_upright(crop)))
    return room


def spread(blur: Blur) -> tuple[int, int]:
    """How many pixels farther a blurred layer reaches, across and down: three standard deviations."""
    return math.ceil(3 * math.sqrt(max(blur[0], 0.0))), math.ceil(3 * math.sqrt(max(blur[2], 0.0)))


def _touched(box: tuple[float, float, float, float], upright: bool) -> tuple[int, int, int, int]:
    """The pixels that a rectangle reaches into: left, top and, just outside, right and bottom."""
    noise = _NOISE if upright else 0.0  # a corner on the edge of a pixel softly reaches into it
    left, top, right, bottom = box
    return math.floor(left + noise), math.floor(top + noise), math.ceil(right - noise), math.ceil(bottom - noise)


def _common(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _drawn(scene: Scene, tree: Tree, parent: int | None) -> tuple[Drawn, ...]:
    found: list[Drawn] = []
    for state in (scene.layers[index] for index in tree[parent]):
        if not state.shows:
            continue
        if not state.group:
            found.append(state)
            continue
        inside = _drawn(scene, tree, state.index)
        if state.opacity == 1 and state.blend == "normal":
            found += inside
        elif inside:
            found.append(Together(state, inside))
    return tuple(found)


def _key_of(some: Sequence[Drawn]) -> list[object]:
    return [
        ["group", what.state.opacity, what.state.blend, _key_of(what.inside)]
        if isinstance(what, Together)
        else [*pixels_of(what)[:4], what.opacity, what.blend, *pixels_of(what)[4:]]
        for what in some
    ]
