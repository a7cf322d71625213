"""Pixels at another size or place. A layer lands on the canvas by an affine map, in one of three ways:

    exact        moves, flips and quarter turns: whole pixels, copied to the bit
    upright      scaled along the axes: Pillow's area-aware filters, any fraction of a pixel
    any other    rotated or sheared: ``model.warp``

Everything is averaged in premultiplied space, and only what the canvas shows is computed, so that no scale can exhaust
memory.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.affine import Matrix
from model.layers import Pixels
from model.premultiply import is_opaque, shrunk, shrunk_opaque, straight
from model.warp import THINNEST, warped

Placed = tuple[Pixels, int, int]
"""Pixels, straight alpha, and the canvas position of their top left."""
_EXACT = 1e-6  # how far from whole a coefficient may be and still be whole
_COARSE = 1 / 8  # below this scale, pixels are averaged to about four times the wanted size before they are filtered


def resized(pixels: Pixels, width: int, height: int) -> Pixels:
    """The whole picture at ``width`` × ``height``: area average where it shrinks, bicubic where it grows."""
    rows, columns = pixels.shape[:2]
    if (columns, rows) == (width, height):
        return pixels
    if width > columns or height > rows:
        return _pillow(pixels, (width, height), (0, 0, columns, rows))
    if is_opaque(pixels):
        return shrunk_opaque(pixels, width, height)
    return straight(shrunk(pixels, width, height))


def placed(pixels: Pixels, matrix: Matrix, width: int, height: int) -> Placed | None:
    """The pixels under an affine map, cut to a canvas.

    Args:
        pixels: ``(h, w, 4)``, straight alpha; beyond its rectangle there is nothing.
        matrix: from the pixels' own coordinates to the canvas's.
        width, height: of the canvas.

    Returns:
        Pixels, straight alpha, and the canvas position of their top left; ``None`` where nothing is visible.
    """
    a, b, c, d, e, f = matrix
    if _small(b) and _small(d):
        return _upright(pixels, (a, c), (e, f), width, height)
    if _small(a) and _small(e):
        return _upright(pixels.swapaxes(0, 1), (b, c), (d, f), width, height)
    return warped(pixels, matrix, width, height)


def _small(value: float) -> bool:
    return abs(value) < _EXACT


def _upright(
    pixels: Pixels, along_x: tuple[float, float], along_y: tuple[float, float], width: int, height: int
) -> Placed | None:
    """``x' = scale · x + shift`` along each axis; negative scales mirror."""
    (scale_x, left), (scale_y, top) = along_x, along_y
    if scale_x < 0:
        pixels, left, scale_x = pixels[:, ::-1], left + scale_x * pixels.shape[1], -scale_x
    if scale_y < 0:
        pixels, top, scale_y = pixels[::-1], top + scale_y * pixels.shape[0], -scale_y
    if _small(scale_x - 1) and _small(scale_y - 1):
        return _copied(pixels, math.floor(left + 0.5), math.floor(top + 0.5), width, height)
    return _scaled(pixels, (scale_x, scale_y), (left, top), width, height)


def _copied(pixels: Pixels, x: int, y: int, width: int, height: int) -> Placed | None:
    rows, columns = pixels.shape[:2]
    left, top, right, bottom = max(x, 0), max(y, 0), min(x + columns, width), min(y + rows, height)
    if left >= right or top >= bottom:
        return None
    return np.ascontiguousarray(pixels[top - y : bottom - y, left - x : right - x]), left, top


def _scaled(
    pixels: Pixels, scale: tuple[float, float], shift: tuple[float, float], width: int, height: int
) -> Placed | None:
    rows, columns = pixels.shape[:2]
    if min(scale[0] * columns, scale[1] * rows) < THINNEST:
        return None
    if min(scale) < _COARSE:
        small = _coarse(columns, scale[0]), _coarse(rows, scale[1])
        scale = scale[0] * columns / small[0], scale[1] * rows / small[1]
        pixels = resized(pixels, *small)
        columns, rows = small
    spans = []
    for size, by, at, limit in ((columns, scale[0], shift[0], width), (rows, scale[1], shift[1], height)):
        first, last = max(0, math.floor(at + _EXACT)), min(limit, math.ceil(at + by * size - _EXACT))
        if first >= last:
            return None
        spans.append((first, last, by, at, size))
    (left, right, *_), (top, bottom, *_) = spans
    source = [((first - at) / by, (last - at) / by) for first, last, by, at, _ in spans]
    crop = [_reach(low, high, by, size) for (low, high), (_, _, by, _, size) in zip(source, spans, strict=True)]
    (x0, x1), (y0, y1) = crop
    piece = _extended(pixels, x0, y0, x1, y1)
    box = (source[0][0] - x0, source[1][0] - y0, source[0][1] - x0, source[1][1] - y0)
    out = _pillow(piece, (right - left, bottom - top), box)
    cover = [_cover(first, last, at, at + by * size) for first, last, by, at, size in spans]
    if min(cover[0].min(), cover[1].min()) < 1:
        share = cover[1][:, None] * cover[0][None, :]
        out[:, :, 3] = np.rint(out[:, :, 3] * share)
        out[out[:, :, 3] == 0] = 0
    return out, left, top


def _coarse(size: int, scale: float) -> int:
    """The size to average to before filtering; the size itself where it is not shrunk by much."""
    return max(1, math.ceil(4 * scale * size)) if scale < _COARSE else size


def _reach(low: float, high: float, scale: float, size: int) -> tuple[int, int]:
    """The source pixels a filter looks at for ``low``-``high``, at least one of them inside ``size``."""
    margin = 3 * max(1.0, 1 / scale)
    inside_low, inside_high = max(low - margin, 0), min(high + margin, size)
    return math.floor(min(inside_low, low)), math.ceil(max(inside_high, high))


def _extended(pixels: Pixels, x0: int, y0: int, x1: int, y1: int) -> Pixels:
    """The rectangle of the pixels, going on beyond their edges with the edge's own values."""
    rows, columns = pixels.shape[:2]
    inner = pixels[max(y0, 0) : min(y1, rows), max(x0, 0) : min(x1, columns)]
    edges = max(-y0, 0), max(y1 - rows, 0), max(-x0, 0), max(x1 - columns, 0)
    if not any(edges):
        return inner
    return np.asarray(cv2.copyMakeBorder(np.ascontiguousarray(inner), *edges, cv2.BORDER_REPLICATE), np.uint8)


def _pillow(pixels: Pixels, size: tuple[int, int], box: tuple[float, float, float, float]) -> Pixels:
    """Pillow's separable filters on the ``box`` of the pixels: bicubic up; Hamming down, as it leaves no halos."""
    rows, columns = pixels.shape[:2]
    box = (max(box[0], 0.0), max(box[1], 0.0), min(box[2], float(columns)), min(box[3], float(rows)))
    shrinks = box[2] - box[0] > size[0] or box[3] - box[1] > size[1]
    filter_ = Image.Resampling.HAMMING if shrinks else Image.Resampling.BICUBIC
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    if is_opaque(pixels):
        return np.array(picture.resize(size, filter_, box))
    return np.array(picture.convert("RGBa").resize(size, filter_, box).convert("RGBA"))


def _cover(first: int, last: int, low: float, high: float) -> NDArray[np.float32]:
    """How much of each pixel ``first`` … ``last`` - 1 lies between ``low`` and ``high``, 0-1."""
    edges = np.clip(np.arange(first, last + 1, dtype=np.float64), low, high)
    share = np.diff(edges)
    share[share > 1 - _EXACT] = 1
    return share.astype(np.float32)
