"""Alphas from the size of a model to the size of the picture, so that edges lie on the picture's edges.

Where a coarse alpha is the same all around, it is interpolated. Where it is not, there is an edge somewhere, and the
picture says where: with the layer's colour F and the ground B both known (from around; hidden parts were completed),

    α = (I − B)·(F − B) / |F − B|²        the pixel I is a mixture of the two

Where F and B are too alike for that, or I is no mixture of them, the guided filter takes over (He, Sun, Tang, Guided
Image Filtering, 2013; its linear coefficients are computed at the coarse size and interpolated, as in He, Sun, Fast
Guided Filter, 2015). Where a layer above hides the picture from us, the interpolated alpha stays.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from model.layers import Layer, Pixels, trimmed
from model.refine.guide import Guide
from model.refine.mixture import blended
from model.refine.spread import Planes, spread
from model.refine.window import window

_PAD = 3
"""Coarse pixels around a layer's box, for edges that lie just outside it."""
_TILE = 512
_FLAT = 8 / 255
"""Range of the coarse alpha around a pixel, up to which there is no edge."""

Interval: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Scale:
    """The coarse and the full canvas; a pixel's centre lies at ``(index + 0.5) / side`` on both."""

    coarse: tuple[int, int]
    full: tuple[int, int]

    def widened(self, start: int, stop: int, axis: int) -> Interval:
        """The full pixels that a range of coarse ones along an axis (0: x, 1: y) touches."""
        ratio = self.full[axis] / self.coarse[axis]
        return int(start * ratio), min(self.full[axis], int(np.ceil(stop * ratio)))


@dataclass(frozen=True, slots=True, eq=False)
class Coarse:
    """What is known of a layer around its box, at the coarse size; float32, colours 0..255, the rest 0..1.

    Attributes:
        left, top: the place of the planes on the coarse canvas.
        colour: ``(h, w, 3)`` F, known everywhere.
        ground: ``(h, w, 3)`` B, all layers below.
        state: ``(h, w, 3)`` alpha, whether there is an edge, how clear the view is.
        slope, offset: ``(h, w, 3)`` and ``(h, w)`` the guided filter's.
    """

    left: int
    top: int
    colour: Planes
    ground: Planes
    state: Planes
    slope: Planes
    offset: Planes


def upscaled(
    layers: Sequence[Layer], coarse: Pixels, image: Pixels, on_layer: Callable[[], None] = lambda: None
) -> list[Layer]:
    """The layers at the picture's size; as they are where that is their size. Layers left blank are left out.

    Args:
        layers: bottom first, all of the size of ``coarse``; the first is opaque and as large as the canvas.
        coarse: ``(h, w, 4)`` uint8, the picture at the layers' size; neither side larger than the picture's.
        image: ``(H, W, 4)`` uint8.
        on_layer: called after each layer.
    """
    if coarse.shape == image.shape:
        on_layer()
        return list(layers)
    scale = Scale((coarse.shape[1], coarse.shape[0]), (image.shape[1], image.shape[0]))
    guide = Guide(coarse[:, :, :3])
    views = _views(layers, coarse)
    ground = layers[0].pixels[:, :, :3].astype(np.float32)
    enlarged = cv2.resize(layers[0].pixels, scale.full, interpolation=cv2.INTER_CUBIC)
    result = [replace(layers[0], pixels=cast(Pixels, enlarged))]
    on_layer()
    for layer, view in zip(layers[1:], views[1:], strict=True):
        known = _gathered(layer, ground, view, guide)
        larger = trimmed(_enlarged(layer, known, scale, image))
        if larger is not None:
            result.append(larger)
        on_layer()
        alpha = layer.pixels[:, :, 3:].astype(np.float32) / np.float32(255)
        ground[layer.box] += alpha * (layer.pixels[:, :, :3] - ground[layer.box])
    return result


def _views(layers: Sequence[Layer], coarse: Pixels) -> list[NDArray[np.uint8]]:
    """For each layer, how clearly it is seen through the layers above it, 0..255 on the coarse canvas."""
    clear = np.full(coarse.shape[:2], 255, np.uint8)
    views = []
    for layer in reversed(layers):
        views.append(clear.copy())
        rest = 255 - layer.pixels[:, :, 3].astype(np.uint16)
        clear[layer.box] = (clear[layer.box] * rest + 127) // 255
    return views[::-1]


def _gathered(layer: Layer, ground: Planes, view: NDArray[np.uint8], guide: Guide) -> Coarse:
    height, width = view.shape
    left, top = max(0, layer.x - _PAD), max(0, layer.y - _PAD)
    right, bottom = min(width, layer.x + layer.width + _PAD), min(height, layer.y + layer.height + _PAD)
    box = slice(top, bottom), slice(left, right)
    pixels = np.zeros((bottom - top, right - left, 4), np.uint8)
    pixels[layer.y - top :, layer.x - left :][: layer.height, : layer.width] = layer.pixels
    alpha = pixels[:, :, 3].astype(np.float32) / np.float32(255)
    kernel = np.ones((3, 3), np.uint8)
    edge = ((cv2.dilate(alpha, kernel) - cv2.erode(alpha, kernel)) > _FLAT).astype(np.float32)
    # What a layer above touches is no evidence, nor is its soft rim.
    clear = cv2.erode(view[box], kernel).astype(np.float32) / np.float32(255)
    core = np.where(cv2.erode(alpha, kernel) >= alpha.max() * np.float32(0.9), alpha, alpha * alpha * np.float32(0.1))
    colour = spread(pixels[:, :, :3].astype(np.float32), core.astype(np.float32))
    slope, offset = guide.coefficients(alpha, box)
    state = np.dstack([alpha, edge, clear])
    return Coarse(left, top, colour, np.ascontiguousarray(ground[box]), state, slope, offset)


def _enlarged(layer: Layer, known: Coarse, scale: Scale, image: Pixels) -> Layer:
    height, width = known.offset.shape
    left, right = scale.widened(known.left, known.left + width, 0)
    top, bottom = scale.widened(known.top, known.top + height, 1)
    pixels = np.zeros((bottom - top, right - left, 4), np.uint8)
    for rows, columns in _tiles(bottom - top, right - left):
        place = top + rows.start, left + columns.start
        tile = pixels[rows, columns]
        _fill(tile, known, scale, place, image[top:bottom, left:right][rows, columns])
    return replace(layer, pixels=pixels, x=left, y=top)


def _tiles(height: int, width: int) -> Iterator[tuple[slice, slice]]:
    for top in range(0, height, _TILE):
        for left in range(0, width, _TILE):
            yield slice(top, min(top + _TILE, height)), slice(left, min(left + _TILE, width))


def _fill(tile: Pixels, known: Coarse, scale: Scale, place: tuple[int, int], picture: Pixels) -> None:
    """Write one tile of the layer; it lies at ``place`` (row, column) of the full canvas."""

    def enlarged(planes: Planes) -> Planes:
        origin = known.left, known.top
        return window(planes, scale.full, place, tile.shape, coarse=scale.coarse, origin=origin)

    state = enlarged(known.state)
    if not state[:, :, 0].any():
        return
    colour = enlarged(known.colour)
    alpha = state[:, :, 0]
    where = np.nonzero((state[:, :, 1] > 0) & (state[:, :, 2] > 0))
    if where[0].size:
        guided = (enlarged(known.slope)[where] * picture[where][:, :3]).sum(axis=1) + enlarged(known.offset)[where]
        found = blended(picture[where][:, :3].astype(np.float32), colour[where], enlarged(known.ground)[where], guided)
        clear = state[where][:, 2]
        alpha[where] += clear * (found - alpha[where])
    tile[:, :, :3] = np.rint(np.clip(colour, 0, 255))
    tile[:, :, 3] = np.rint(np.clip(alpha, 0, 1) * 255)
