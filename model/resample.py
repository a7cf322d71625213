"""Pixels at another size or place. Everything is averaged in premultiplied space, so that colours hidden under
transparency never bleed out.

A layer lands on the canvas by an affine map, in one of three ways:

    exact        moves, flips and quarter turns: whole pixels, copied to the bit
    upright      scaled along the axes: Pillow's area-aware filters, any fraction of a pixel
    any other    rotated or sheared: bicubic, after an area average where it shrinks

Only what the canvas shows is computed, so no scale can exhaust memory.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.layers import Pixels

Floats = NDArray[np.float32]
Matrix = tuple[float, float, float, float, float, float]
"""``(a, b, c, d, e, f)``: x' = a·x + b·y + c, y' = d·x + e·y + f; edges of pixels are whole numbers."""

_EXACT = 1e-6  # how far from whole a coefficient may be and still be whole


def resized(pixels: Pixels, width: int, height: int) -> Pixels:
    """The whole picture at ``width`` × ``height``: area average where it shrinks, bicubic where it grows."""
    rows, columns = pixels.shape[:2]
    if (columns, rows) == (width, height):
        return pixels
    if width <= columns and height <= rows:
        small = cv2.resize(premultiplied(pixels), (width, height), interpolation=cv2.INTER_AREA)
        return straight(np.asarray(small, np.float32))
    return _pillow(pixels, (width, height), (0, 0, columns, rows))


def placed(pixels: Pixels, matrix: Matrix, width: int, height: int) -> tuple[Pixels, int, int] | None:
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
    return _warped(pixels, matrix, width, height)


def premultiplied(pixels: Pixels) -> Floats:
    """float32, 0-255, colours times alpha."""
    floats = pixels.astype(np.float32)
    floats[:, :, :3] *= floats[:, :, 3:] * np.float32(1 / 255)
    return floats


def straight(floats: Floats) -> Pixels:
    """The way back, rounded; what overshot is clipped; RGB 0 where alpha is 0. Writes into ``floats``."""
    alpha = np.clip(floats[:, :, 3:], 0, 255)
    np.multiply(floats[:, :, :3], np.float32(255) / np.maximum(alpha, np.float32(1e-3)), out=floats[:, :, :3])
    floats[:, :, 3:] = alpha
    np.clip(floats, 0, 255, out=floats)
    np.rint(floats, out=floats)
    pixels = floats.astype(np.uint8)
    pixels[pixels[:, :, 3] == 0] = 0
    return pixels


def _small(value: float) -> bool:
    return abs(value) < _EXACT


def _upright(
    pixels: Pixels, along_x: tuple[float, float], along_y: tuple[float, float], width: int, height: int
) -> tuple[Pixels, int, int] | None:
    """``x' = scale · x + shift`` along each axis; negative scales mirror."""
    (scale_x, left), (scale_y, top) = along_x, along_y
    if scale_x < 0:
        pixels, left, scale_x = pixels[:, ::-1], left + scale_x * pixels.shape[1], -scale_x
    if scale_y < 0:
        pixels, top, scale_y = pixels[::-1], top + scale_y * pixels.shape[0], -scale_y
    if _small(scale_x - 1) and _small(scale_y - 1):
        return _copied(pixels, math.floor(left + 0.5), math.floor(top + 0.5), width, height)
    return _scaled(pixels, (scale_x, scale_y), (left, top), width, height)


def _copied(pixels: Pixels, x: int, y: int, width: int, height: int) -> tuple[Pixels, int, int] | None:
    rows, columns = pixels.shape[:2]
    left, top, right, bottom = max(x, 0), max(y, 0), min(x + columns, width), min(y + rows, height)
    if left >= right or top >= bottom:
        return None
    return np.ascontiguousarray(pixels[top - y : bottom - y, left - x : right - x]), left, top


def _scaled(
    pixels: Pixels, scale: tuple[float, float], shift: tuple[float, float], width: int, height: int
) -> tuple[Pixels, int, int] | None:
    rows, columns = pixels.shape[:2]
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
    if (pixels[:, :, 3] == 255).all():
        return np.array(picture.resize(size, filter_, box))
    return np.array(picture.convert("RGBa").resize(size, filter_, box).convert("RGBA"))


def _cover(first: int, last: int, low: float, high: float) -> Floats:
    """How much of each pixel ``first`` … ``last`` - 1 lies between ``low`` and ``high``, 0-1."""
    edges = np.clip(np.arange(first, last + 1, dtype=np.float64), low, high)
    share = np.diff(edges)
    share[share > 1 - _EXACT] = 1
    return share.astype(np.float32)


def _warped(pixels: Pixels, matrix: Matrix, width: int, height: int) -> tuple[Pixels, int, int] | None:
    a, b, c, d, e, f = matrix
    rows, columns = pixels.shape[:2]
    if abs(a * e - b * d) < 1e-9:
        return None  # squeezed to a line
    xs = [a * x + b * y + c for x in (0, columns) for y in (0, rows)]
    ys = [d * x + e * y + f for x in (0, columns) for y in (0, rows)]
    left, right = max(0, math.floor(min(xs))), min(width, math.ceil(max(xs)))
    top, bottom = max(0, math.floor(min(ys))), min(height, math.ceil(max(ys)))
    if left >= right or top >= bottom:
        return None
    floats = premultiplied(pixels)
    # a longer step than one source pixel a canvas pixel skips samples: average them first
    small = max(1, min(columns, round(columns * math.hypot(a, d)))), max(1, min(rows, round(rows * math.hypot(b, e))))
    if small != (columns, rows):
        floats = np.asarray(cv2.resize(floats, small, interpolation=cv2.INTER_AREA), np.float32)
    per_x, per_y = columns / small[0], rows / small[1]
    a, b, c, d, e, f = a * per_x, b * per_y, c - left, d * per_x, e * per_y, f - top
    # OpenCV's whole numbers are the middles of pixels, ours are their edges
    centred = np.array([[a, b, c + (a + b - 1) / 2], [d, e, f + (d + e - 1) / 2]])
    size = right - left, bottom - top
    warped = cv2.warpAffine(floats, centred, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    out = np.asarray(warped, np.float32) * _rectangle((a, b, c, d, e, f), small, size)[:, :, None]
    return straight(out), left, top


def _rectangle(matrix: Matrix, source: tuple[int, int], size: tuple[int, int]) -> Floats:
    """How much of each canvas pixel the mapped source rectangle covers, 0-1: distance to each edge, clipped."""
    a, b, c, d, e, f = matrix
    area = a * e - b * d
    x = np.arange(size[0], dtype=np.float32)[None, :] + np.float32(0.5 - c)
    y = np.arange(size[1], dtype=np.float32)[:, None] + np.float32(0.5 - f)
    share = np.ones((size[1], size[0]), np.float32)
    for across, length, per_pixel in (
        ((e * x - b * y) / area, source[0], abs(area) / math.hypot(b, e)),
        ((a * y - d * x) / area, source[1], abs(area) / math.hypot(a, d)),
    ):
        inside = across.astype(np.float32) * np.float32(per_pixel)
        share *= np.clip(inside + 0.5, 0, 1)
        share *= np.clip(np.float32(length * per_pixel + 0.5) - inside, 0, 1)
    return share
