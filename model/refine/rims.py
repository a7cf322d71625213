"""Rims that were cut too narrow or too wide.

Where a layer ends a few pixels too early, its rim stays behind in what lies below and shows as an outline once the
layer is moved; where it ends too late, it takes a halo of the ground along. Both can be seen: near the layer's edge
the proposal does not show what the picture shows. Over all layers, bottom up:

    first    a pixel that is a mixture of the layer's colour and the ground gets that mixture's alpha, more or less
    then     what is still unexplained beside a layer becomes part of it, so that the ground stays as it was completed

    last     where no colour of the layer would do, alpha grows until one does (``model.refine.reach``)

What counts as unexplained is measured beside each rim: a proposal that is off everywhere proves nothing there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.alpha import alpha_of, trimmed
from model.compositing import Box, over
from model.layers import Layer, Pixels
from model.refine.mixture import blended, mixture
from model.refine.reach import BESIDE, beside_core, reachable
from model.refine.spread import Planes, spread
from model.refine.strip import bands, strips

Bytes: TypeAlias = NDArray[np.uint8]
Mask: TypeAlias = NDArray[np.bool_]

_TILE = 512
_NOTICED = 14
"""8-bit steps: a smaller difference between proposal and picture is noise."""
_TRUSTED = 0.6
_CLEARLY = 2
"""How many times more has to be unexplained where no mixture explains it."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The whole canvas while rims are mended; all but the picture is kept up to date.

    Attributes:
        image: ``(H, W, 4)``, the picture.
        below: ``(H, W, 4)``, the layers under the one at work.
        off: ``(H, W)``, largest difference of a channel between proposal and picture; 0 where that is not opaque.
        top: ``(H, W)``, index of the topmost layer that shows anything.
    """

    image: Pixels
    below: Pixels
    off: Bytes
    top: Bytes


def rimmed(layers: list[Layer], image: Pixels, reach: int) -> list[Layer]:
    """The layers with their rims mended; layers left blank are left out.

    Args:
        layers: bottom first, of the picture's size; the first is opaque and as large as the canvas. The list is left
            empty, so that no layer is in memory for longer than it takes to copy it; no pixel is written to.
        image: ``(H, W, 4)`` uint8, straight alpha.
        reach: how far from a layer's edge its rim may lie, in pixels.
    """
    height, width = image.shape[:2]
    ground = layers.pop(0)
    wider = [_padded(layers.pop(0), 2 * reach, width, height) for _ in range(len(layers))]
    whole = [ground, *wider]
    scene = Scene(image, np.empty_like(image), _off(whole, image), _topmost(whole))
    del whole
    for first in (True, False):
        np.copyto(scene.below, ground.pixels)
        for index, layer in enumerate(wider, 1):
            _mend(layer, index, scene, reach, first)
            if not first:
                _reach(layer, index, scene)
            over(scene.below, layer.pixels, layer.box)
    mended = (trimmed(wider.pop(0)) for _ in range(len(wider)))
    return [ground, *(layer for layer in mended if layer is not None)]


def _padded(layer: Layer, margin: int, width: int, height: int) -> Layer:
    """A copy with room around it, as far as the canvas goes."""
    left, top = max(0, layer.x - margin), max(0, layer.y - margin)
    right, bottom = min(width, layer.x + layer.width + margin), min(height, layer.y + layer.height + margin)
    pixels = np.zeros((bottom - top, right - left, 4), np.uint8)
    pixels[layer.y - top :, layer.x - left :][: layer.height, : layer.width] = layer.pixels
    return replace(layer, pixels=pixels, x=left, y=top)


def _off(layers: Sequence[Layer], image: Pixels) -> Bytes:
    height, width = image.shape[:2]
    off = np.empty((height, width), np.uint8)
    for rows in bands(width, height):
        proposed = np.zeros((rows.stop - rows.start, width, 4), np.uint8)
        for pixels, box in strips(layers, rows):
            over(proposed, pixels, box)
        red, green, blue, _ = cv2.split(cv2.absdiff(proposed, image[rows]))
        off[rows] = cv2.max(cv2.max(red, green), blue)
        off[rows][image[rows, :, 3] < 255] = 0
    return off


def _topmost(layers: Sequence[Layer]) -> Bytes:
    top = np.zeros((layers[0].height, layers[0].width), np.uint8)
    for index, layer in enumerate(layers):
        top[layer.box][alpha_of(layer.pixels) > 0] = index
    return top


def _mend(layer: Layer, index: int, scene: Scene, reach: int, first: bool) -> None:
    for inner, outer, before in _unmended(layer, 3 * reach):
        alpha = alpha_of(before)
        core = tuple(slice(i.start - o.start, i.stop - o.start) for i, o in zip(inner, outer, strict=True))
        off = scene.off[layer.box][outer]
        if off.max() <= _NOTICED or not alpha.any():
            continue
        seen = scene.top[layer.box][outer] <= index
        near = _around(alpha, reach) if first else _outside(alpha, 2 * reach)
        near &= seen
        if not (near & (off > _NOTICED))[core].any():
            continue
        noticed = _noticed(off, alpha, seen, reach) * (1 if first else _CLEARLY)
        rows, columns = np.nonzero((near & (off > noticed))[core])
        if rows.size == 0:
            continue
        colours = _own_colours(before, scene.image[layer.box][outer], seen & (off <= noticed))[core][rows, columns]
        place = rows + inner[0].start, columns + inner[1].start
        _write(layer, index, scene, place, colours, noticed, first)


def _reach(layer: Layer, index: int, scene: Scene) -> None:
    for inner, outer in _tiles(layer, BESIDE):
        off = scene.off[layer.box][inner]
        if off.any():
            core = tuple(slice(i.start - o.start, i.stop - o.start) for i, o in zip(inner, outer, strict=True))
            rim = beside_core(layer.pixels[:, :, 3][outer])[core]
            place = np.nonzero(rim & (off > 0) & (scene.top[layer.box][inner] == index))
            seen, ground = (source[layer.box][inner][place][:, :3] for source in (scene.image, scene.below))
            alpha = layer.pixels[inner][:, :, 3]
            alpha[place] = reachable(alpha[place], seen, ground)


def _tiles(layer: Layer, margin: int) -> Iterator[tuple[Box, Box]]:
    """Tiles of a layer's pixels, and the same with a margin around them."""
    for top in range(0, layer.height, _TILE):
        for left in range(0, layer.width, _TILE):
            bottom, right = min(top + _TILE, layer.height), min(left + _TILE, layer.width)
            wider = (
                slice(max(0, top - margin), min(bottom + margin, layer.height)),
                slice(max(0, left - margin), min(right + margin, layer.width)),
            )
            yield (slice(top, bottom), slice(left, right)), wider


def _unmended(layer: Layer, margin: int) -> Iterator[tuple[Box, Box, Pixels]]:
    """Tiles, the same with a margin, and the pixels there as they were before any tile was written to."""
    bottom, kept = 0, np.zeros((0, layer.width, 4), np.uint8)
    for inner, outer in _tiles(layer, margin):
        if inner[0].stop > bottom:  # another row of tiles, some of which the row above has written to
            start, bottom = outer[0].start, inner[0].stop
            rows = layer.pixels[outer[0]].copy()
            rows[: len(kept)] = kept
            kept = rows[max(0, bottom - margin) - start : bottom - start].copy()
        yield inner, outer, rows[:, outer[1]]


def _noticed(off: Bytes, alpha: Bytes, seen: Mask, reach: int) -> float:
    """The difference from which on something is wrong with a rim: more than farther away from it."""
    distance = _distance(alpha > 0)
    ring = (distance > reach) & (distance <= 3 * reach) & seen
    return max(_NOTICED, 1.5 * float(np.percentile(off[ring], 75))) if ring.any() else _NOTICED


def _around(alpha: Bytes, reach: int) -> Mask:
    return np.asarray((_distance(alpha > 0) <= reach) & (_distance(alpha < 255) <= reach))


def _outside(alpha: Bytes, reach: int) -> Mask:
    return np.asarray((_distance(alpha > 127) <= reach) & (alpha < 255))


def _distance(mask: Mask) -> Planes:
    """To the nearest pixel of the mask, in pixels; large where the mask is empty."""
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3), np.float32)


def _own_colours(pixels: Pixels, image: Pixels, right: Mask) -> Planes:
    """The layer's colour everywhere: the picture's where that is seen and as proposed, carried on from there."""
    solid = pixels[:, :, 3] > 250
    inner = cv2.erode(solid.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    colours = np.where((inner & right & (image[:, :, 3] == 255))[:, :, None], image[:, :, :3], pixels[:, :, :3])
    share = pixels[:, :, 3].astype(np.float32) / np.float32(255)
    return spread(colours.astype(np.float32), np.where(inner, 1, share * share * np.float32(0.1)).astype(np.float32))


def _write(
    layer: Layer,
    index: int,
    scene: Scene,
    place: tuple[NDArray[np.intp], NDArray[np.intp]],
    colours: Planes,
    noticed: float,
    first: bool,
) -> None:
    """New alphas at the places, where there is a reason for them."""
    seen, ground = (source[layer.box][place][:, :3].astype(np.float32) for source in (scene.image, scene.below))
    share = layer.pixels[place][:, 3].astype(np.float32) / np.float32(255)
    if first:
        found, trust = mixture(seen, colours, ground)
        wanted = trust > _TRUSTED
    else:
        far = np.abs(seen - ground).max(axis=1) / np.float32(noticed) - 1
        found = np.maximum(blended(seen, colours, ground, far), share)
        wanted = found > share
    rows, columns = place[0][wanted], place[1][wanted]
    alpha = np.rint(found[wanted] * 255)
    layer.pixels[rows, columns, :3] = np.rint(np.clip(colours[wanted], 0, 255))
    layer.pixels[rows, columns, 3] = alpha
    part = alpha[:, None] / np.float32(255)
    shown = ground[wanted] + part * (colours[wanted] - ground[wanted])
    scene.off[layer.box][rows, columns] = np.clip(np.abs(shown - seen[wanted]).max(axis=1), 0, 255)
    scene.top[layer.box][rows, columns] = index
