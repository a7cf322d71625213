"""The part of the canvas in which two scenes may differ."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from model.edits.drawn import Box, Drawn, Together, drawn, footprint, pixels_of, scene_key
from model.edits.scene import Scene
from model.edits.state import LayerState

_Within: TypeAlias = tuple[tuple[int, float, str], ...]
"""The groups that a layer is composed in, the outermost first: index, opacity and blend mode of each."""


def dirty(old: Scene, new: Scene) -> Box | None:
    """The smallest box that holds every pixel which may differ; ``None`` where the pictures are equal.

    A pixel shows the layers over it, bottom to top. It stays as it is where these are the same layers, drawn in the
    same way and in the same order. So what counts is where a layer that changed lies or lay, and where two layers that
    changed places overlap. Both scenes are of the same stored layers; on canvases of two sizes everything differs.
    """
    if (old.width, old.height) != (new.width, new.height):
        return 0, 0, new.width, new.height
    if scene_key(old) == scene_key(new):
        return None  # a copy in the original's place, say
    before, after = list(_layers(drawn(old), ())), list(_layers(drawn(new), ()))
    same = _same(before, after)
    boxes = [footprint(state, new.width, new.height) for state, _ in (*before, *after) if state.index not in same]
    crossed = _crossed([s for s, _ in before if s.index in same], [s for s, _ in after if s.index in same])
    overlaps = (
        _overlap(footprint(one, new.width, new.height), footprint(other, new.width, new.height))
        for one, other in crossed
    )
    return _around((*boxes, *overlaps))


def _layers(some: Iterable[Drawn], within: _Within) -> Iterator[tuple[LayerState, _Within]]:
    """Bottom to top, each with the groups that it is composed in."""
    for what in some:
        if isinstance(what, Together):
            yield from _layers(what.inside, (*within, (what.state.index, what.state.opacity, what.state.blend)))
        else:
            yield what, within


def _same(before: Iterable[tuple[LayerState, _Within]], after: Iterable[tuple[LayerState, _Within]]) -> set[int]:
    """The layers that are drawn alike in both."""
    former = {state.index: (state, within) for state, within in before}
    return {
        state.index
        for state, within in after
        if state.index in former and former[state.index][1] == within and _alike(former[state.index][0], state)
    }


def _alike(one: LayerState, other: LayerState) -> bool:
    return one == other or (
        (one.opacity, one.blend) == (other.opacity, other.blend) and pixels_of(one) == pixels_of(other)
    )


def _crossed(before: Sequence[LayerState], after: Sequence[LayerState]) -> Iterator[tuple[LayerState, LayerState]]:
    """The pairs of the same layers of which another one is on top now."""
    place = {state.index: at for at, state in enumerate(before)}
    walk = [place[state.index] for state in after]
    if walk == sorted(walk):
        return
    for at, upper in enumerate(walk):
        yield from ((before[lower], before[upper]) for lower in walk[:at] if lower > upper)


def _overlap(one: Box | None, other: Box | None) -> Box | None:
    if one is None or other is None:
        return None
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[0] + one[2], other[0] + other[2]), min(one[1] + one[3], other[1] + other[3])
    return (left, top, right - left, bottom - top) if left < right and top < bottom else None


def _around(boxes: Iterable[Box | None]) -> Box | None:
    some = [box for box in boxes if box is not None]
    if not some:
        return None
    left, top = min(box[0] for box in some), min(box[1] for box in some)
    right, bottom = max(box[0] + box[2] for box in some), max(box[1] + box[3] for box in some)
    return left, top, right - left, bottom - top
