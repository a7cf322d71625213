"""Pixels blurred by a Gaussian of any covariance, in premultiplied space; beyond them there is nothing.

A wide one is laid on a smaller picture, which costs less and shows the same: what is left after it has no detail that
the smaller picture could not hold.
"""

import math
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.affine import Matrix
from model.premultiply import Wide, premultiplied, straight
from model.resample import Placed

Covariance: TypeAlias = tuple[float, float, float]
"""In square pixels of the canvas: across, across with down, down."""
Box: TypeAlias = tuple[int, int, int, int]
"""``(x, y, width, height)`` of the canvas, in pixels."""

_ENOUGH = 3.0
"""Standard deviations, in pixels of the smaller picture; also how many of them a kernel reaches."""
_SLANTED = 1e-3
"""Correlation from which on a Gaussian no longer counts as lying along the canvas."""
_PIXEL = 1 / 12
"""The variance of a pixel itself, without which a thin slanted Gaussian would fall between pixels."""
_AROUND = 3  # pixels that bicubic interpolation and rounding look at beyond the box


class _Grid(NamedTuple):
    """A smaller picture: its pixels are ``across`` × ``down`` of the canvas, and the first begins at ``x``, ``y``."""

    across: int
    down: int
    x: int
    y: int
    width: int
    height: int


def blurred(place: Callable[[Matrix, int, int], Placed | None], covariance: Covariance, box: Box) -> Placed | None:
    """What a blurred picture shows in a box of the canvas.

    Args:
        place: the sharp picture under a further map of the canvas, cut to a width and height.

    Returns:
        Pixels of the box, straight alpha; ``None`` where the picture is nowhere near.
    """
    grid = _grid(covariance, box)
    matrix = (1 / grid.across, 0.0, -float(grid.x), 0.0, 1 / grid.down, -float(grid.y))
    sharp = place(matrix, grid.width, grid.height)
    if sharp is None:
        return None
    pixels, x, y = sharp
    wide = np.zeros((grid.height, grid.width, 4), np.uint16)
    wide[y : y + pixels.shape[0], x : x + pixels.shape[1]] = premultiplied(pixels)
    xx, xy, yy = covariance
    small = xx / grid.across**2, xy / (grid.across * grid.down), yy / grid.down**2
    return straight(_cut(_smoothed(wide, small), grid, box)), box[0], box[1]


def _grid(covariance: Covariance, box: Box) -> _Grid:
    """Fine enough for the Gaussian, and large enough to hold all that comes into the box."""
    xx, xy, yy = (max(covariance[0], 0.0), covariance[1], max(covariance[2], 0.0))
    if _is_slanted(covariance):
        least = (xx + yy) / 2 - math.hypot((xx - yy) / 2, xy)
        across = down = _factor(least)
    else:
        across, down = _factor(xx), _factor(yy)
    spans = []
    for start, length, factor, variance in ((box[0], box[2], across, xx), (box[1], box[3], down, yy)):
        reach = math.ceil(_ENOUGH * math.sqrt(variance))
        first = math.floor((start - reach) / factor) - _AROUND
        spans.append((first, math.ceil((start + length + reach) / factor) + _AROUND - first))
    return _Grid(across, down, spans[0][0], spans[1][0], spans[0][1], spans[1][1])


def _factor(variance: float) -> int:
    return max(1, math.floor(math.sqrt(max(variance, 0.0)) / _ENOUGH))


def _is_slanted(covariance: Covariance) -> bool:
    return abs(covariance[1]) > _SLANTED * math.sqrt(max(covariance[0] * covariance[2], 0.0))


def _smoothed(wide: Wide, covariance: Covariance) -> Wide:
    xx, xy, yy = covariance
    if not _is_slanted(covariance):
        kernels = (_kernel(max(xx, 0.0)), _kernel(max(yy, 0.0)))
        return np.asarray(cv2.sepFilter2D(wide, -1, *kernels, borderType=cv2.BORDER_CONSTANT), np.uint16)
    kernel = _slanted_kernel(xx + _PIXEL, xy, yy + _PIXEL)
    return np.asarray(cv2.filter2D(wide, -1, kernel, borderType=cv2.BORDER_CONSTANT), np.uint16)


def _kernel(variance: float) -> NDArray[np.float32]:
    reach = math.ceil(_ENOUGH * math.sqrt(variance))
    at = np.arange(-reach, reach + 1)
    weights = np.exp(-(at**2) / (2 * variance)) if reach else np.ones(1)
    return np.asarray(weights / weights.sum(), np.float32)


def _slanted_kernel(xx: float, xy: float, yy: float) -> NDArray[np.float32]:
    across, down = (math.ceil(_ENOUGH * math.sqrt(variance)) for variance in (xx, yy))
    y, x = np.mgrid[-down : down + 1, -across : across + 1]
    weights = np.exp(-(yy * x * x - 2 * xy * x * y + xx * y * y) / (2 * (xx * yy - xy * xy)))
    return np.asarray(weights / weights.sum(), np.float32)


def _cut(wide: Wide, grid: _Grid, box: Box) -> Wide:
    """The box of the canvas, from the smaller picture."""
    x, y, width, height = box
    if (grid.across, grid.down) == (1, 1):
        return wide[y - grid.y :, x - grid.x :][:height, :width]
    left, top = x // grid.across - _AROUND, y // grid.down - _AROUND
    right, bottom = -(-(x + width) // grid.across) + _AROUND, -(-(y + height) // grid.down) + _AROUND
    piece = wide[top - grid.y : bottom - grid.y, left - grid.x : right - grid.x]
    size = piece.shape[1] * grid.across, piece.shape[0] * grid.down
    large = np.asarray(cv2.resize(piece, size, interpolation=cv2.INTER_CUBIC), np.uint16)
    return large[y - top * grid.down :, x - left * grid.across :][:height, :width]
