"""Pixels turned or sheared: bicubic, after an area average where they shrink."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from model.affine import Matrix
from model.layers import Pixels
from model.premultiply import Wide, is_opaque, premultiplied, shrunk, shrunk_opaque, straight

THINNEST = 1 / 510
"""Of a canvas pixel; what covers less of every pixel cannot raise any 8-bit alpha to 1."""
_BAND_PIXELS = 1 << 19


def warped(pixels: Pixels, matrix: Matrix, width: int, height: int) -> tuple[Pixels, int, int] | None:
    """As ``model.resample.placed``, for any affine map; there, exact ways are taken for upright ones."""
    a, b, c, d, e, f = matrix
    rows, columns = pixels.shape[:2]
    along_x, along_y, area = math.hypot(a, d), math.hypot(b, e), abs(a * e - b * d)
    if not min(along_x, along_y) or min(rows * area / along_x, columns * area / along_y) < THINNEST:
        return None  # squeezed to a line
    xs = [a * x + b * y + c for x in (0, columns) for y in (0, rows)]
    ys = [d * x + e * y + f for x in (0, columns) for y in (0, rows)]
    left, right = max(0, math.floor(min(xs))), min(width, math.ceil(max(xs)))
    top, bottom = max(0, math.floor(min(ys))), min(height, math.ceil(max(ys)))
    if left >= right or top >= bottom:
        return None
    # a longer step than one source pixel a canvas pixel skips samples: average them first
    small = max(1, min(columns, round(columns * along_x))), max(1, min(rows, round(rows * along_y)))
    source = _prepared(pixels, small)
    per_x, per_y = columns / small[0], rows / small[1]
    matrix = a * per_x, b * per_y, c - left, d * per_x, e * per_y, f - top
    out = np.empty((bottom - top, right - left, 4), np.uint8)
    step = max(1, _BAND_PIXELS // out.shape[1])
    for first in range(0, out.shape[0], step):
        band = out[first : first + step]
        band[:] = _band(source, (*matrix[:5], matrix[5] - first), band.shape[1], band.shape[0])
    return out, left, top


def _prepared(pixels: Pixels, size: tuple[int, int]) -> Pixels | Wide:
    """At the size ``(width, height)``: opaque pixels as they are, any others premultiplied."""
    if is_opaque(pixels):
        return shrunk_opaque(pixels, *size)
    return premultiplied(pixels) if size == pixels.shape[1::-1] else shrunk(pixels, *size)


def _band(source: Pixels | Wide, matrix: Matrix, width: int, height: int) -> Pixels:
    a, b, c, d, e, f = matrix
    # OpenCV's whole numbers are the middles of pixels, ours are their edges
    centred = np.array([[a, b, c + (a + b - 1) / 2], [d, e, f + (d + e - 1) / 2]])
    moved = cv2.warpAffine(source, centred, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    pixels = np.asarray(moved, np.uint8) if source.dtype == np.uint8 else straight(np.asarray(moved, np.uint16))
    share = covered(matrix, (source.shape[1], source.shape[0]), (width, height))
    if share is not None:
        pixels[:, :, 3] = np.rint(pixels[:, :, 3] * share)
        pixels[pixels[:, :, 3] == 0] = 0
    return pixels


def covered(matrix: Matrix, source: tuple[float, float], size: tuple[int, int]) -> NDArray[np.float32] | None:
    """How much of each canvas pixel the mapped source rectangle covers, 0-1; ``None`` where that is 1 everywhere.

    Along the normal of each pair of sides: how much of the pixel, taken as one wide, lies between the two.
    """
    a, b, c, d, e, f = matrix
    area = a * e - b * d
    x = np.arange(size[0])[None, :] + 0.5 - c
    y = np.arange(size[1])[:, None] + 0.5 - f
    share: NDArray[np.float32] | None = None
    for of_x, of_y, length in ((e, -b, source[0]), (-d, a, source[1])):
        unit = math.copysign(math.hypot(of_x, of_y), area)
        by_x, by_y, far = of_x / unit * x, of_y / unit * y, length * abs(area) / abs(unit)
        if by_x.min() + by_y.min() >= 0.5 and by_x.max() + by_y.max() <= far - 0.5:
            continue
        inside = (by_x + by_y).astype(np.float32)
        between = np.minimum(inside + np.float32(0.5), np.float32(far)) - np.maximum(inside - np.float32(0.5), 0)
        np.clip(between, 0, 1, out=between)
        share = between if share is None else share * between
    return share
