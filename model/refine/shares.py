"""A pixel that is not opaque and shows two layers: the rim of letters on a pane, of a card on its own shadow.

For given alphas of the upper and of both, the lower one's is ``(a - a₁) / (1 - a₁)``, or what lies nearest to its alpha
beside the rim and rounds to the same: a step of it moves the sum by less than one. Colours are found as over opaque
ground: the upper one moves to the nearest value that gives the sum, and where it meets its end, 0 or 255, the lower one
takes the rest. What does not come out to the bit stays one layer's alone (``model.refine.owners``).
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.compositing import over
from model.layers import Layer, Pixels
from model.refine.spread import spread

Bytes: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float64]

_TRACE = 6
"""8-bit steps of alpha: measured ones are off by up to four, and what shows no more than that shows nothing."""


def topmost(layers: Sequence[Layer], image: Pixels) -> Bytes:
    """The index of the topmost layer that shows more than a trace, ``(H, W)``; 0 for the ground and opaque pixels."""
    top = np.zeros(image.shape[:2], np.uint8)
    for index, layer in enumerate(layers[1:], 1):
        top[layer.box][layer.pixels[:, :, 3] >= _TRACE] = index
    top[image[:, :, 3] == 255] = 0
    return top


def shared(layers: Sequence[Layer], proposed: Sequence[Bytes], places: tuple[Bytes, Bytes], image: Pixels) -> None:
    """Let layers show through the rims of what lies over them, where the picture is not opaque.

    Args:
        layers: bottom first; each pixel that is not opaque in the picture is one layer's alone. Written to.
        proposed: ``(h, w)`` each: the layers' alphas as they were before.
        places: ``(H, W)`` each: the index of each such pixel's owner, and of what is ``topmost`` there. The
            ground shows through nothing: it is opaque where nothing is known of it.
        image: ``(H, W, 4)`` uint8, straight alpha.
    """
    owner, top = places
    left, needed = top > 0, _needed(layers, proposed, top, image)
    for index in range(len(layers) - 2, 0, -1):
        lower = layers[index]
        box = lower.box
        mine = left[box] & (top[box] > index) & ((owner[box] == index) | (owner[box] == top[box]))
        mine &= 2 * proposed[index].astype(np.uint16) >= needed[box]
        sure = (top[box] == index) & (lower.pixels[:, :, 3] > 0)
        if not (mine.any() and sure.any()):
            continue
        left[box] &= ~mine
        beside = _carried_on(lower, sure)
        for upper in np.unique(top[box][mine]):
            here = mine & (top[box] == upper)
            rows, columns = np.nonzero(here)
            place = rows + box[0].start, columns + box[1].start
            _share((layers[upper], proposed[upper]), lower, place, beside[here], image)


def _carried_on(layer: Layer, sure: NDArray[np.bool_]) -> NDArray[np.float32]:
    """``(h, w, 4)``, colours and alpha as where they are sure."""
    pixels, weight = layer.pixels.astype(np.float32), sure.astype(np.float32)
    alpha = spread(np.repeat(pixels[:, :, 3:], 3, axis=2), weight)
    return np.dstack([spread(np.ascontiguousarray(pixels[:, :, :3]), weight), alpha[:, :, 0]])


def _needed(layers: Sequence[Layer], proposed: Sequence[Bytes], top: Bytes, image: Pixels) -> Bytes:
    """``(H, W)``: the alpha that under the topmost layer makes up the picture's; 255 where it takes nothing more."""
    first = np.zeros(top.shape, np.float32)
    for index, layer in enumerate(layers):
        own = top[layer.box] == index
        first[layer.box][own] = proposed[index][own]
    needed = 255 * (image[:, :, 3] - first) / np.maximum(255 - first, 1)
    return np.where(needed < _TRACE, 255, np.rint(needed)).astype(np.uint8)


def _share(
    upper: tuple[Layer, Bytes],
    lower: Layer,
    place: tuple[NDArray[np.intp], NDArray[np.intp]],
    below: NDArray[np.float32],
    image: Pixels,
) -> None:
    """Part the places on the canvas between the two, as far as that comes out."""
    layer, proposed = upper
    rows, columns = place[0] - layer.y, place[1] - layer.x
    wanted, alpha = image[place], proposed[rows, columns]
    own = _own_colours(layer, proposed)[rows, columns]
    above, under = _parted(own, alpha, below, wanted)
    both = under[None].copy()
    over(both, np.ascontiguousarray(above[None]), (slice(None), slice(None)))
    exact = (both[0] == wanted).all(axis=1) & (alpha > 0) & (under[:, 3] > 0)
    layer.pixels[rows[exact], columns[exact]] = above[exact]
    lower.pixels[place[0][exact] - lower.y, place[1][exact] - lower.x] = under[exact]


def _own_colours(layer: Layer, proposed: Bytes) -> NDArray[np.float32]:
    """The layer's colour where it is covered in full, carried on into its rim."""
    alpha = layer.pixels[:, :, 3]
    core = (proposed >= alpha) & (alpha > 0) & (2 * proposed.astype(np.uint16) > proposed.max(initial=1))
    if not core.any():
        return layer.pixels[:, :, :3].astype(np.float32)
    return spread(layer.pixels[:, :, :3].astype(np.float32), core.astype(np.float32))


def _parted(
    own: NDArray[np.float32], alpha: Bytes, below: NDArray[np.float32], wanted: Pixels
) -> tuple[Pixels, Pixels]:
    """``(n, 4)`` each, the upper and the lower pixels whose composite is the wanted one, as far as rounding allows."""
    first = alpha.astype(np.float64)
    rest = 255 * (wanted[:, 3] - first)
    room = np.maximum(255 - first, 1)
    least, most = np.ceil((rest - 127) / room), np.floor((rest + 127) / room)
    second = np.clip(np.clip(np.rint(below[:, 3]), least, most), 0, 255)
    both = 255 * first + second * (255 - first)
    weight = (255 * first / np.maximum(both, 1))[:, None]
    goal = wanted[:, :3].astype(np.float64)
    lower = np.clip(np.rint(below[:, :3]), 0, 255).astype(np.float64)
    upper = _nearest(np.rint(own), goal, lower * (1 - weight), weight)
    lower = _nearest(lower, goal, upper * weight, 1 - weight)
    parts = [np.column_stack([colours, cover]) for colours, cover in ((upper, first), (lower, second))]
    return parts[0].astype(np.uint8), parts[1].astype(np.uint8)


def _nearest(value: Floats, wanted: Floats, rest: Floats, weight: Floats) -> Floats:
    """The 8-bit value nearest to the given one with ``value × weight + rest`` within half a step of what is wanted."""
    part = np.maximum(weight, 1e-6)
    low, high = np.ceil((wanted - 0.49 - rest) / part), np.floor((wanted + 0.49 - rest) / part)
    return np.asarray(np.clip(np.clip(value, low, np.maximum(low, high)), 0, 255))
