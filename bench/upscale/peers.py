"""Other ways from the model's size to the picture's, for the same table; they know nothing of exactness.

bicubic   each layer for itself, without looking at the picture
guided    the same, its alpha then put through the guided filter with the picture as the guide: He, Sun, Tang, Guided
          Image Filtering, IEEE TPAMI 2013, equations 14 to 19, at full size
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from model.alpha import trimmed
from model.layers import Layer, Pixels, Stack
from model.refine.accept import accepted

Planes = NDArray[np.float32]

_RADIUS = 3
"""Of the guided filter's window, in pixels of the model's."""
_EPSILON = 1e-4
"""Of colours 0..1. With the radius the best of 1.5, 3, 5 and 1e-2 to 1e-6 for the mean soft IoU of this case."""


def bicubic(raw: Stack, image: Pixels) -> Stack:
    """Interpolated, colours premultiplied; alphas near the ends were normalised as refine does it."""
    return _each(raw, image, lambda alpha: alpha)


def guided(raw: Stack, image: Pixels) -> Stack:
    """Interpolated, then filtered where an edge is near."""
    guide = _Guide(image, max(1, round(_RADIUS * image.shape[1] / raw.width)))
    return _each(raw, image, guide.filtered)


def _each(raw: Stack, image: Pixels, alphas: Callable[[Planes], Planes]) -> Stack:
    height, width = image.shape[:2]
    layers = []
    for layer in accepted(raw, width, height):
        whole = np.zeros((raw.height, raw.width, 4), np.float32)
        whole[layer.box] = layer.pixels
        whole[:, :, :3] *= whole[:, :, 3:] / 255
        large = np.clip(cv2.resize(whole, (width, height), interpolation=cv2.INTER_CUBIC), 0, 255)
        large[:, :, :3] *= 255 / np.maximum(large[:, :, 3:], np.float32(0.5))
        large[:, :, 3] = np.clip(alphas(large[:, :, 3] / 255), 0, 1) * 255
        pixels = np.rint(np.clip(large, 0, 255)).astype(np.uint8)
        found = trimmed(Layer(pixels, name=layer.name, kind=layer.kind))
        layers += [] if found is None else [found]
    return Stack(width, height, tuple(layers))


class _Guide:
    """What the filter needs of the guide, once for all layers."""

    def __init__(self, image: Pixels, radius: int) -> None:
        self._side = 2 * radius + 1
        self._colours = image[:, :, :3].astype(np.float32) / 255
        self._mean = self._box(self._colours)
        first, second = np.triu_indices(3)
        products = [
            self._box(self._colours[:, :, i] * self._colours[:, :, j]) - self._mean[:, :, i] * self._mean[:, :, j]
            for i, j in zip(first, second, strict=True)
        ]
        self._inverse = _inverse(*products)

    def filtered(self, alpha: Planes) -> Planes:
        """``(H, W)`` float32, 0..1, to the same."""
        level = self._box(alpha)
        related = self._box(self._colours * alpha[:, :, None]) - self._mean * level[:, :, None]
        rr, rg, rb, gg, gb, bb = self._inverse
        r, g, b = (related[:, :, index] for index in range(3))
        slope = np.dstack([rr * r + rg * g + rb * b, rg * r + gg * g + gb * b, rb * r + gb * g + bb * b])
        offset = level - (slope * self._mean).sum(axis=2)
        return np.asarray((self._box(slope) * self._colours).sum(axis=2) + self._box(offset), np.float32)

    def _box(self, planes: Planes) -> Planes:
        side = (self._side, self._side)
        return np.asarray(cv2.blur(planes, side, borderType=cv2.BORDER_REFLECT), np.float32)


def _inverse(rr: Planes, rg: Planes, rb: Planes, gg: Planes, gb: Planes, bb: Planes) -> tuple[Planes, ...]:
    """Of each pixel's covariance with ``_EPSILON`` on its diagonal, by cofactors; six planes, in the same order."""
    rr, gg, bb = rr + _EPSILON, gg + _EPSILON, bb + _EPSILON
    c_rr, c_rg, c_rb = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    determinant = rr * c_rr + rg * c_rg + rb * c_rb
    cofactors = (c_rr, c_rg, c_rb, rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg)
    return tuple(np.asarray(cofactor / determinant, np.float32) for cofactor in cofactors)
