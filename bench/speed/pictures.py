"""Posters of any size, as sharp as pixels allow: one of the quality bench's, enlarged, its grain drawn anew."""

from dataclasses import dataclass

import cv2
import numpy as np

from bench.quality import kinds
from bench.quality.poster import Element, Floats, Poster
from model.layers import Pixels

_BAND_ROWS = 256
_STEEP = 0.3
"""A step of alpha from one pixel to the next that only a sharp edge has."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A poster of the tuning split and the standard deviation of the grain laid over it, in 8-bit steps."""

    kind: str
    seed: int
    grain: float


DRAWINGS = {
    "product card": Drawing("product", 101, 0.0),
    "photograph": Drawing("photo", 102, 2.5),
}


def drawn(drawing: Drawing, megapixels: float) -> Pixels:
    """The poster at this size, ``(H, W, 4)`` uint8, opaque; the same each time."""
    poster = kinds.draw("tuning", drawing.kind, drawing.seed)
    height, width = poster.background.shape[:2]
    scale = (megapixels * 1e6 / (width * height)) ** 0.5
    size = round(width * scale), round(height * scale)
    random = np.random.default_rng([drawing.seed, *size])
    picture = np.full((size[1], size[0], 4), 255, np.uint8)
    for top in range(0, size[1], _BAND_ROWS):
        rows = slice(top, min(top + _BAND_ROWS, size[1]))
        seen = _composed(poster, size, rows)
        if drawing.grain:
            seen = seen + random.normal(0, drawing.grain, (*seen.shape[:2], 1)).astype(np.float32)
        picture[rows, :, :3] = np.rint(np.clip(seen, 0, 255))
    return picture


def _composed(poster: Poster, size: tuple[int, int], rows: slice) -> Floats:
    seen = _enlarged(poster.background, size, rows)
    for element in poster.elements:
        alpha = _alpha(element, size, rows)[:, :, None]
        seen = seen + alpha * (_enlarged(element.rgba[:, :, :3], size, rows) - seen)
    return seen


def _alpha(element: Element, size: tuple[int, int], rows: slice) -> Floats:
    """Enlarged; what was an edge of a pixel's width is one again, at whatever opacity."""
    alpha = np.ascontiguousarray(element.rgba[:, :, 3])
    found = _enlarged(alpha, size, rows)
    most = float(alpha.max())
    if np.abs(np.diff(alpha, axis=0)).max() < _STEEP * most:
        return np.asarray(np.clip(found, 0, most), np.float32)
    factor = max(1.0, size[0] / alpha.shape[1])
    return np.asarray(np.clip((found / most - 0.5) * factor + 0.5, 0, 1) * most, np.float32)


def _enlarged(planes: Floats, size: tuple[int, int], rows: slice) -> Floats:
    """The rows of the planes at this size."""
    ratio = planes.shape[1] / size[0], planes.shape[0] / size[1]
    matrix = np.array([[ratio[0], 0, ratio[0] / 2 - 0.5], [0, ratio[1], (rows.start + 0.5) * ratio[1] - 0.5]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    shape = size[0], rows.stop - rows.start
    plain = np.ascontiguousarray(planes)
    return np.asarray(cv2.warpAffine(plain, matrix, shape, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)
