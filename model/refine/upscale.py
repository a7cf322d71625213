"""Alphas from the size of a model to the size of the picture, so that edges lie on the picture's edges.

Where a coarse alpha is the same all around, it is interpolated. Where it is not, there is an edge somewhere, and the
picture says where: with the layer's colour F (from around) and the ground B (the layers below, enlarged before) known,

    α = (I − B)·(F − B) / |F − B|²        the pixel I is a mixture of the two

So are faint alphas, which a model leaves where it means none. What lies above and lets something through, such as a
pane, is taken off I before.

Where F and B are too alike for that, or I is no mixture of them, the guided filter takes over (He, Sun, Tang, Guided
Image Filtering, 2013; its linear coefficients are computed at the coarse size and interpolated, as in He, Sun, Fast
Guided Filter, 2015). Where a layer above hides what is below it, the interpolated alpha stays.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from model.alpha import trimmed
from model.compositing import over
from model.layers import Layer, Pixels
from model.refine.guide import Guide
from model.refine.mixture import blended, mixture
from model.refine.spread import Planes, spread
from model.refine.window import window

_PAD = 3
"""Coarse pixels around a layer's box, for edges that lie just outside it."""
_TILE = 512
_FLAT = 8 / 255
"""Range of the coarse alpha around a pixel, up to which there is no edge."""
_FAINT = 24 / 255
"""Alphas up to it may be noise: Qwen-Image-Layered's blank layers were seen to reach 20."""
_RIM = 5
"""Coarse pixels across a blurred rim."""
_SLOPE, _SHARP = 0.4, 0.6
"""What a wide slope and a sharp edge show of a 7 × 7 window's range within 3 × 3: 0.33, and 0.75 after the blur."""
_LEAST_VIEW = 0.25
"""What layers above must let through for the picture to say anything: its 8-bit steps are amplified by the inverse."""

Interval: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Scale:
    """The coarse and the full canvas; a pixel's centre lies at ``(index + 0.5) / side`` on both."""

    coarse: tuple[int, int]
    full: tuple[int, int]

    @property
    def ratio(self) -> tuple[float, float]:
        """How many times as wide and as high the full canvas is."""
        return self.full[0] / self.coarse[0], self.full[1] / self.coarse[1]

    def widened(self, start: int, stop: int, axis: int) -> Interval:
        """The full pixels that a range of coarse ones along an axis (0: x, 1: y) touches."""
        ratio = self.ratio[axis]
        return int(start * ratio), min(self.full[axis], int(np.ceil(stop * ratio)))


@dataclass(frozen=True, slots=True, eq=False)
class Coarse:
    """What is known of a layer around its box, at the coarse size; float32, colours 0..255, the rest 0..1.

    Attributes:
        left, top: the place of the planes on the coarse canvas.
        colour: ``(h, w, 3)`` F, known everywhere.
        veil: ``(h, w, 4)`` the layers above, premultiplied, and the share that they let through.
        state: ``(h, w, 4)`` alpha, how sharp an edge, how far the view can be trusted, whether it is open nearby.
        slope, offset: ``(h, w, 3)`` and ``(h, w)`` the guided filter's.
    """

    left: int
    top: int
    colour: Planes
    veil: Planes
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
    veils = _veils(layers, coarse)
    enlarged = cast(Pixels, cv2.resize(layers[0].pixels, scale.full, interpolation=cv2.INTER_CUBIC))
    result = [replace(layers[0], pixels=enlarged)]
    below = enlarged.copy()
    on_layer()
    for layer, veil in zip(layers[1:], veils[1:], strict=True):
        larger = trimmed(_enlarged(layer, _gathered(layer, veil, guide), scale, image, below))
        if larger is not None:
            result.append(larger)
            over(below, larger.pixels, larger.box)
        on_layer()
    return result


def _veils(layers: Sequence[Layer], coarse: Pixels) -> list[NDArray[np.uint8]]:
    """For each layer ``(h, w, 4)``: the layers above it, premultiplied, and the share they let through, 0..255.

    Faint alphas above are left out: where they are noise, so are their colours, and where not, they hide little.
    """
    veil = np.zeros(coarse.shape, np.uint8)
    veil[:, :, 3] = 255
    veils = []
    for layer in reversed(layers):
        veils.append(veil.copy())
        alpha = layer.pixels[:, :, 3:].astype(np.float32) / np.float32(255)
        alpha *= alpha > _FAINT
        own = np.dstack([layer.pixels[:, :, :3] * alpha, 255 * (1 - alpha)])
        seen = veil[layer.box].astype(np.float32)
        share = seen[:, :, 3:] / np.float32(255)
        seen[:, :, :3] += own[:, :, :3] * share
        seen[:, :, 3:] = own[:, :, 3:] * share
        veil[layer.box] = np.rint(np.clip(seen, 0, 255))
    return veils[::-1]


def _gathered(layer: Layer, veil: NDArray[np.uint8], guide: Guide) -> Coarse:
    height, width = veil.shape[:2]
    left, top = max(0, layer.x - _PAD), max(0, layer.y - _PAD)
    right, bottom = min(width, layer.x + layer.width + _PAD), min(height, layer.y + layer.height + _PAD)
    box = slice(top, bottom), slice(left, right)
    pixels = np.zeros((bottom - top, right - left, 4), np.uint8)
    pixels[layer.y - top :, layer.x - left :][: layer.height, : layer.width] = layer.pixels
    alpha = pixels[:, :, 3].astype(np.float32) / np.float32(255)
    kernel = np.ones((3, 3), np.uint8)
    edge = np.where((alpha > 0) & (alpha <= _FAINT), np.float32(1), _edges(alpha))
    core = np.where(cv2.erode(alpha, kernel) >= alpha.max() * np.float32(0.9), alpha, alpha * alpha * np.float32(0.1))
    colour = spread(pixels[:, :, :3].astype(np.float32), core.astype(np.float32))
    slope, offset = guide.coefficients(alpha, box)
    around = veil[box].astype(np.float32)
    state = np.dstack([alpha, edge, *_views(around[:, :, 3] / np.float32(255))])
    return Coarse(left, top, colour, around, state, slope, offset)


def _edges(alpha: Planes) -> Planes:
    """Where the picture should say how alpha runs: not where it is even, nor where it is a wide slope, as a shadow's.

    A slope is one where the steepest place of a rim's width has little of the range of a wider window; a sharp edge
    has most of it, blurred by the model as it is.
    """
    near, wide = (
        cv2.dilate(alpha, kernel) - cv2.erode(alpha, kernel)
        for kernel in (np.ones((3, 3), np.uint8), np.ones((_RIM + 2, _RIM + 2), np.uint8))
    )
    steepest = cv2.dilate(near, np.ones((_RIM, _RIM), np.uint8))
    sharp = (steepest / np.maximum(wide, np.float32(_FLAT)) - _SLOPE) / (_SHARP - _SLOPE)
    return np.asarray(np.clip(sharp, 0, 1) * (near > _FLAT), np.float32)


def _views(view: Planes) -> tuple[Planes, Planes]:
    """How far what is seen through the layers above can be trusted, and whether nothing is above within a rim's width.

    Through an even pane it can; the rims of what is above are not known well enough for that.
    """
    near, rim = np.ones((3, 3), np.uint8), np.ones((_RIM, _RIM), np.uint8)
    least = cv2.erode(view, near)
    even = (cv2.dilate(view, near) - least <= _FLAT) & (least >= _LEAST_VIEW)
    return np.where(even, np.float32(1), least * least), (cv2.dilate(view, rim) >= 1 - _FLAT).astype(np.float32)


def _enlarged(layer: Layer, known: Coarse, scale: Scale, image: Pixels, below: Pixels) -> Layer:
    height, width = known.offset.shape
    left, right = scale.widened(known.left, known.left + width, 0)
    top, bottom = scale.widened(known.top, known.top + height, 1)
    pixels = np.zeros((bottom - top, right - left, 4), np.uint8)
    for rows, columns in _tiles(bottom - top, right - left):
        place = top + rows.start, left + columns.start
        picture, ground = (whole[top:bottom, left:right][rows, columns] for whole in (image, below))
        _fill(pixels[rows, columns], known, scale, place, picture, ground)
    lines = tuple(line.scaled(*scale.ratio) for line in layer.lines)
    return replace(layer, pixels=pixels, x=left, y=top, lines=lines)


def _tiles(height: int, width: int) -> Iterator[tuple[slice, slice]]:
    for top in range(0, height, _TILE):
        for left in range(0, width, _TILE):
            yield slice(top, min(top + _TILE, height)), slice(left, min(left + _TILE, width))


def _fill(tile: Pixels, known: Coarse, scale: Scale, place: tuple[int, int], picture: Pixels, ground: Pixels) -> None:
    """Write one tile of the layer; it lies at ``place`` (row, column) of the full canvas."""

    def enlarged(planes: Planes) -> Planes:
        origin = known.left, known.top
        return window(planes, scale.full, place, tile.shape, coarse=scale.coarse, origin=origin)

    state = enlarged(known.state)
    if not state[:, :, 0].any():
        return
    colour = enlarged(known.colour)
    alpha = state[:, :, 0]
    where = np.nonzero(state[:, :, 1] > 0)
    if where[0].size:
        shown, under = (whole[where][:, :3].astype(np.float32) for whole in (picture, ground))
        guided = (enlarged(known.slope)[where] * shown).sum(axis=1) + enlarged(known.offset)[where]
        veil = enlarged(known.veil)[where]
        let_through = np.maximum(veil[:, 3:] / np.float32(255), np.float32(_LEAST_VIEW))
        seen = np.clip((shown - veil[:, :3]) / let_through, 0, 255)
        found = blended(seen, colour[where], under, guided)
        sharp, clear, open_nearby = (state[where][:, index] for index in (1, 2, 3))
        alpha[where] += sharp * clear * (found - alpha[where])
        share, plain = _unveiled(shown, colour[where], under, veil)
        alpha[where] += (1 - clear) * open_nearby * plain * (share - alpha[where])
    tile[:, :, :3] = cv2.convertScaleAbs(colour)  # rounds, a half to even, and clips, in one pass
    tile[:, :, 3] = np.rint(np.clip(alpha, 0, 1) * 255)


def _unveiled(shown: Planes, colour: Planes, under: Planes, veil: Planes) -> tuple[Planes, Planes]:
    """The share of ``colour``, were there nothing above, and how far that can be trusted.

    A rim above is blurred; in truth most of it is opaque or nothing. It is nothing where the picture is a mixture of
    what lies below, and the colour above is none.
    """
    share, trust = mixture(shown, colour, under)
    covered = np.maximum(255 - veil[:, 3:], np.float32(1)) / np.float32(255)
    _, alike = mixture(np.asarray(veil[:, :3] / covered, np.float32), colour, under)
    return share, trust * trust * (1 - alike)
