"""A scene with its edits -> layers that are as the edits left them: a stack to begin anew with.

Each layer's own opacity is in its alpha; its blend mode cannot be, and is told beside it. A group that is composed by
itself is one layer. Laid over each other with these modes, the layers are the scene's picture, bit for bit, as this is
how the picture itself is made.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from model.affine import Matrix, then, translation
from model.alpha import trimmed
from model.compositing import faded
from model.edits.drawn import Drawn, Together, drawn
from model.edits.render import Sources, lines_set, piece
from model.edits.scene import Scene
from model.edits.state import LayerState, Text
from model.layers import KINDS, Kind, Layer, TextLine, TextWord
from model.result import lines_of


@dataclass(frozen=True, slots=True, eq=False)
class Frozen:
    """``layer`` is cropped to where it is not transparent; ``blend`` is how it is laid over what is below."""

    layer: Layer
    blend: str


def frozen(scene: Scene, told: Sequence[Mapping[str, Any]], sources: Sources) -> Iterator[Frozen]:
    """What can be seen of a scene, bottom to top, a layer at a time; one that is empty where nothing can.

    Args:
        told: what the manifest says of the stored layers, by index.

    Raises:
        InvalidEdit: an inline picture is broken or too large.
    """
    some = list(_layers(scene, told, sources))
    for at, one in enumerate(some):
        yield replace(one, layer=replace(one.layer, depth=at / max(1, len(some) - 1)))
    if not some:
        nothing = np.zeros((scene.height, scene.width, 4), np.uint8)
        yield Frozen(Layer(nothing, name="background", kind="background", depth=0.0), "normal")


def _layers(scene: Scene, told: Sequence[Mapping[str, Any]], sources: Sources) -> Iterator[Frozen]:
    for what in drawn(scene):
        found = piece(what, scene.width, scene.height, sources)
        if found is None:
            continue
        pixels, x, y = found
        state = what.state if isinstance(what, Together) else what
        shown = trimmed(Layer(faded(pixels, state.opacity) if state.opacity < 1 else pixels, x, y))
        if shown is not None:
            set_ = lines_set(state, scene.width, sources)
            yield Frozen(named(shown, what, state, told, set_), state.blend)


def named(
    shown: Layer, what: Drawn, state: LayerState, told: Sequence[Mapping[str, Any]], set_: Sequence[TextLine]
) -> Layer:
    """What was known of the stored layer, as far as it is still so; of words that were ``set_``, where they stand.

    Args:
        shown: the pixels of ``what``, of which ``state`` is the layer's or the group's own.
        told: what the manifest says of the stored layers, by index.
    """
    if isinstance(state.source, Text):
        stand = _moved(set_, state, state.settled)
        return replace(shown, name=state.name, kind="text", text=state.source.value, lines=stand)
    if isinstance(what, Together) or not isinstance(state.origin, int) or state.source is not None:
        return replace(shown, name=state.name, kind="object")
    said = told[state.origin]
    stood = lines_of(said.get("lines") or ())
    lines = _moved(stood, state, then(translation(-state.bbox[0], -state.bbox[1]), state.settled))
    return replace(shown, name=state.name, kind=_kind(said["kind"]), text=said.get("text"), lines=lines)


def _kind(name: object) -> Kind:
    return next((kind for kind in KINDS if kind == name), "object")


def _moved(lines: Sequence[TextLine], state: LayerState, by: Matrix) -> tuple[TextLine, ...]:
    """Lines of text where they stand now; of mirrored or cropped text there are none that could be read."""
    if state.crop is not None or by[0] * by[4] - by[1] * by[3] <= 0:
        return ()
    moved = []
    for line in lines:
        words = tuple(TextWord(word.text, _box(by, word.bbox)) for word in line.words)
        corners = tuple(_mapped(by, x, y) for x, y in line.polygon)
        moved.append(TextLine(line.text, corners, words, None if state.colours else line.color))
    return tuple(moved)


def _mapped(by: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = by
    return a * x + b * y + c, d * x + e * y + f


def _box(by: Matrix, bbox: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """The box around a word that may be turned by now."""
    x, y, width, height = bbox
    corners = [_mapped(by, *corner) for corner in ((x, y), (x + width, y), (x, y + height), (x + width, y + height))]
    left, top = (math.floor(round(min(corner[axis] for corner in corners), 6)) for axis in (0, 1))
    right, bottom = (math.ceil(round(max(corner[axis] for corner in corners), 6)) for axis in (0, 1))
    return left, top, right - left, bottom - top
