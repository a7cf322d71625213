"""What the proposal cannot explain becomes a layer of its own, above all others.

The picture and the composite of the proposal are compared at a small size: there the noise is averaged away, and
detail that a model of 640 pixels cannot have is no difference either. Where a coherent area stays different, the small
map says what is missing, and the picture at its full size says where its edges are: with the colour of what is missing
known from the core of the area, alpha is how much of it is in each pixel (``model.refine.mixture``).
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.alpha import alpha_of, trimmed
from model.compositing import flattened
from model.layers import Layer, Pixels
from model.refine.mixture import blended
from model.refine.spread import Planes, spread
from model.refine.thumbnail import small_alpha
from model.refine.tidy import at_most
from model.refine.window import window

_SIDE = 640
"""Of the small size, pixels."""
_UNEXPLAINED = 32
"""8-bit steps in any channel: the least difference that is not drift or noise."""
_FAILED = 0.5
"""The share of the picture from which on the proposal as a whole is wrong; a copy of the picture would help nobody."""
_EDGE = 16
"""Change of a layer's alpha, in 8-bit steps from one small pixel to the next, from which on there is a rim."""
_REACH = 4
_TILE = 512

Mask: TypeAlias = NDArray[np.bool_]


def with_residual(layers: Sequence[Layer], image: Pixels, max_layers: int, min_alpha_area_ratio: float) -> list[Layer]:
    """The layers, and a residual layer on top where something is left.

    The residual counts as one of ``max_layers``. Where all places are taken, it gets one only if it covers more than
    the smallest layer does; the two most alike then become one, but neither becomes part of the background. One that
    covers less than ``min_alpha_area_ratio`` of the canvas is not made.

    Args:
        layers: bottom first, of the picture's size, at most ``max_layers``; the first is as large as the canvas.
        image: ``(H, W, 4)`` uint8, straight alpha. What is not opaque in it is settled already, and left alone.
    """
    height, width = image.shape[:2]
    if max_layers < (3 if len(layers) > 1 else 2):
        return list(layers)
    least = min_alpha_area_ratio * width * height
    if len(layers) == max_layers:
        least = max(least, min(_mass(layer) for layer in layers[1:]))
    residual = _residual(layers, image, least)
    if residual is None:
        return list(layers)
    return [*at_most(layers, width, height, max_layers - 1), residual]


def _residual(layers: Sequence[Layer], image: Pixels, least: float) -> Layer | None:
    height, width = image.shape[:2]
    scale = min(1.0, _SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    proposed = flattened(layers, width, height)
    seen, ground = (_small(picture, size) for picture in (image, proposed))
    opaque = cv2.resize(image[:, :, 3], size, interpolation=cv2.INTER_AREA) == 255
    lost = _lost(seen, ground, opaque, _rims(layers, width, height, size))
    count = np.count_nonzero(lost)
    # The small map is a rough measure of what will be found: half of the least at least.
    if not max(1, least * scale * scale / 2) <= count <= _FAILED * np.count_nonzero(opaque):
        return None
    layer = _at_full_size(_known(seen, lost), proposed, image)
    return trimmed(layer) if _mass(layer) >= max(least, 1) else None


def _mass(layer: Layer) -> float:
    """Sum of the alpha, in pixels."""
    return float(cv2.sumElems(alpha_of(layer.pixels))[0]) / 255


def _rims(layers: Sequence[Layer], width: int, height: int, size: tuple[int, int]) -> Mask:
    """Where layers end, at the small size: what is off there is a rim cut too narrow or too wide; nothing is lost."""
    kernel = np.ones((3, 3), np.uint8)
    rims = np.zeros((size[1], size[0]), np.uint8)
    for layer in layers[1:]:
        alpha = small_alpha(layer, width, height, size)
        rims |= cv2.morphologyEx(alpha, cv2.MORPH_GRADIENT, kernel) > _EDGE
    return cv2.dilate(rims, kernel) > 0


def _small(picture: Pixels, size: tuple[int, int]) -> Planes:
    return _resized(picture, size)[:, :, :3].astype(np.float32)


def _resized(picture: Pixels, size: tuple[int, int]) -> Pixels:
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _lost(seen: Planes, ground: Planes, opaque: Mask, rims: Mask) -> Mask:
    """Where the two differ over a coherent area off the rims, and what joins it up to ``_REACH`` pixels away."""
    difference = np.abs(seen - ground).max(axis=2)
    different = (difference > max(_UNEXPLAINED, 4 * float(np.median(difference)))) & opaque
    kernel = np.ones((3, 3), np.uint8)
    # Letters and hatching are coherent once the gaps in them are closed.
    closed = cv2.morphologyEx(different.astype(np.uint8), cv2.MORPH_CLOSE, kernel) > 0
    reached = cv2.morphologyEx((closed & ~rims).astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0
    for _ in range(_REACH):
        reached = (cv2.dilate(reached.astype(np.uint8), kernel) > 0) & closed
    return np.asarray(reached & different)


def _known(seen: Planes, lost: Mask) -> Planes:
    """``(h, w, 5)`` at the small size: the colour of what is lost (0..255), where it is for sure, where it may be."""
    kernel = np.ones((3, 3), np.uint8)
    mask = lost.astype(np.uint8)
    sure = cv2.erode(mask, kernel).astype(np.float32)
    weight = np.maximum(sure, mask.astype(np.float32) * np.float32(0.1))
    near = cv2.dilate(mask, kernel).astype(np.float32)
    return np.dstack([spread(seen, weight), sure, near])


def _at_full_size(known: Planes, ground: Pixels, image: Pixels) -> Layer:
    full = image.shape[1], image.shape[0]
    box = _box(known[:, :, 4], full)
    pixels = np.zeros((*image[box].shape[:2], 4), np.uint8)
    near = np.ascontiguousarray(known[:, :, 4])
    for top in range(0, pixels.shape[0], _TILE):
        for left in range(0, pixels.shape[1], _TILE):
            tile = slice(top, top + _TILE), slice(left, left + _TILE)
            place, shape = (box[0].start + top, box[1].start + left), pixels[tile].shape
            if window(near, full, place, shape).any():
                part = window(known, full, place, shape)
                _fill(pixels[tile], part, image[box][tile], ground[box][tile])
    return Layer(pixels, box[1].start, box[0].start, name="residual", kind="residual")


def _fill(tile: Pixels, known: Planes, picture: Pixels, ground: Pixels) -> None:
    tile[:, :, :3] = np.rint(np.clip(known[:, :, :3], 0, 255))
    where = np.nonzero((known[:, :, 4] > 0) & (picture[:, :, 3] == 255))
    seen, below = (source[where][:, :3].astype(np.float32) for source in (picture, ground))
    far = np.clip(np.abs(seen - below).max(axis=1) / _UNEXPLAINED - np.float32(0.25), 0, 1)
    found = blended(seen, known[where][:, :3], below, far) * np.minimum(1, 2 * known[where][:, 4])
    tile[:, :, 3][where] = np.rint(255 * np.maximum(found, known[where][:, 3]))


def _box(near: Planes, full: tuple[int, int]) -> tuple[slice, slice]:
    """The rows and columns of the picture that the small map may reach."""
    result: list[slice] = []
    for axis, side in ((1, full[1]), (0, full[0])):
        inside = [int(index) for index in np.flatnonzero(near.any(axis=axis))]
        ratio = side / near.shape[1 - axis]
        low, high = math.floor((inside[0] - 1) * ratio), math.ceil((inside[-1] + 2) * ratio)
        result.append(slice(max(0, low), min(side, high)))
    return result[0], result[1]
