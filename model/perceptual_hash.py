"""Is it the same picture, only compressed or scaled anew? A hash to find what may be, and a grid to decide.

The hash cannot decide: two posters that differ in a headline have the same one. The grid is fine enough to tell a
changed digit from what a JPEG does to it: both pictures are laid on 256 × 256 cells, the one is moved and stretched by
up to a fiftieth to lie on the other (a pixel may have been cropped), and what differs then must be small everywhere.
"""

import zlib
from collections.abc import Sequence
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.layers import Pixels
from model.sketch import BITS, Sketch

Floats: TypeAlias = NDArray[np.float32]

VERSION = 1
"""Of hash and grid; those of another version are not compared."""
CELLS, COARSE = 256, 64
_BEHIND = 128  # what transparent pixels are seen on
_DCT = 64
_NOISE = 16.0
"""A coefficient must be larger to be a 1: that of a symmetric poster is 0, give or take what compression does to it."""
_WAVES = sorted((down + across, down, across) for down in range(20) for across in range(20) if down + across)[:BITS]
_SMOOTH, _SMOOTH_COARSE = 1.0, 0.75  # standard deviations, in cells
_FARTHEST = 0.02
_MOST = 2.25, 1.6
"""Differences of lightness, and of colour or alpha, at which the distance is 1; in percent of the whole range."""
_LOOKED_AT = 16
_RIM = 0.4
"""How much the outermost cells count: part of them may have been cropped."""


def sketch(pixels: Pixels) -> Sketch:
    """Of a picture ``(H, W, 4)``, straight alpha, RGB 0 under alpha 0, of any size."""
    light, colours = _planes(pixels)
    small = cv2.resize(light.astype(np.float32), (_DCT, _DCT), interpolation=cv2.INTER_AREA)
    waves = cv2.dct(small)
    bits = 0
    for _, down, across in _WAVES:
        bits = bits << 1 | int(waves[down, across] > _NOISE)
    grid = zlib.compress(light.tobytes() + colours.tobytes(), 6)
    return Sketch(bits - (1 << BITS) if bits >> (BITS - 1) else bits, bytes([VERSION]) + grid)


def distance(one: bytes, other: bytes) -> float:
    """How far the grid ``one`` is from another: below 1, it is the same picture; 0, to the cell.

    A picture of fewer than about 250 pixels a side is farther from the large one than 1, as too little of it is left to
    say whether a digit was changed. So is one in greys, or made lighter: its layers would not be those asked for.
    """
    if one[:1] != other[:1]:
        return float("inf")
    light, colours = _read(one)
    other_light, other_colours = _read(other)
    moved = _laid_on(light, other_light)
    onto = _warped(other_light, moved), _warped(other_colours, moved)
    return float(max(_lightness(light, onto[0]) / _MOST[0], _colour(colours, onto[1]) / _MOST[1]))


def distances(one: bytes, others: Sequence[bytes]) -> list[float | None]:
    """The ``distance`` of each of several grids where it is below 1, and ``None`` where it is another picture.

    Of more than sixteen, only those are looked at closely that are nearest at first sight, without heeding a shift.
    """
    seen = _plain(one)[: CELLS * CELLS].astype(np.int16)

    def apart(index: int) -> float:
        return float(np.abs(_plain(others[index])[: CELLS * CELLS] - seen).mean())

    nearest = [index for index, other in enumerate(others) if other[:1] == one[:1]]
    if len(nearest) > _LOOKED_AT:
        nearest = sorted(nearest, key=apart)[:_LOOKED_AT]
    found: list[float | None] = [None] * len(others)
    for index in nearest:
        far = distance(one, others[index])
        found[index] = round(far, 3) if far < 1 else None
    return found


def _planes(pixels: Pixels) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Lightness ``(256, 256)``; blue, red and alpha ``(3, 64, 64)``: Y'CbCr, as that is what is compressed."""
    cells = cv2.resize(pixels, (CELLS, CELLS), interpolation=cv2.INTER_AREA).astype(np.float32)
    # RGB is 0 under alpha 0, so this average has the weights already, all but those of soft edges, a tenth of the time.
    shown = np.minimum(cells[:, :, :3] + _BEHIND * (1 - cells[:, :, 3:] / 255), 255)
    light = shown @ np.array([0.299, 0.587, 0.114], np.float32)
    blue = (shown[:, :, 2] - light) * 0.564 + 128
    red = (shown[:, :, 0] - light) * 0.713 + 128
    coarse = cv2.resize(np.dstack([blue, red, cells[:, :, 3]]), (COARSE, COARSE), interpolation=cv2.INTER_AREA)
    return _bytes(light), _bytes(coarse.transpose(2, 0, 1))


def _bytes(plane: NDArray[Any]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.clip(np.rint(plane), 0, 255).astype(np.uint8))


def _plain(grid: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(zlib.decompress(grid[1:]), np.uint8)


def _read(grid: bytes) -> tuple[Floats, Floats]:
    """``(256, 256)`` and ``(64, 64, 3)``, smoothed, in percent of the whole range."""
    plain = _plain(grid).astype(np.float32) / 2.55
    light = plain[: CELLS * CELLS].reshape(CELLS, CELLS)
    colours = plain[CELLS * CELLS :].reshape(3, COARSE, COARSE).transpose(1, 2, 0)
    return _smooth(light, _SMOOTH), _smooth(colours, _SMOOTH_COARSE)


def _smooth(plane: Floats, cells: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), cells), np.float32)


def _laid_on(light: Floats, other: Floats) -> NDArray[np.float64]:
    """By which shift and stretch the other one fits best: across, down, wider, higher, as shares of the whole.

    Least squares on the slopes, in which what differs much has little to say: it may be a change.
    """
    down, across = _places(CELLS)
    moved = np.zeros(4)
    for _ in range(3):
        seen = _warped(other, moved)
        missing = light - seen
        slopes = [cv2.Sobel(seen, cv2.CV_32F, *way, scale=1 / 8) * CELLS for way in ((1, 0), (0, 1))]
        turns = np.stack([*slopes, slopes[0] * across, slopes[1] * down], -1)[2:-2, 2:-2].reshape(-1, 4)
        heed = (1 / (1 + (missing[2:-2, 2:-2] / 4) ** 2)).reshape(-1, 1)
        normal = (turns * heed).T @ turns + np.eye(4) * CELLS**2
        moved += np.linalg.solve(normal, (turns * heed).T @ missing[2:-2, 2:-2].reshape(-1))
        moved = np.clip(moved, -_FARTHEST, _FARTHEST)
    return moved


def _places(cells: int) -> tuple[Floats, Floats]:
    """Where each cell is, from the middle, as a share of the whole: down, across."""
    down, across = np.mgrid[0:cells, 0:cells].astype(np.float32)
    middle = (cells - 1) / 2
    return (down - middle) / cells, (across - middle) / cells


def _warped(plane: Floats, moved: NDArray[np.float64]) -> Floats:
    cells = len(plane)
    down, across = _places(cells)
    middle = (cells - 1) / 2
    left = ((across + moved[0] + moved[2] * across) * cells + middle).astype(np.float32)
    top = ((down + moved[1] + moved[3] * down) * cells + middle).astype(np.float32)
    return np.asarray(cv2.remap(plane, left, top, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _lightness(one: Floats, other: Floats) -> float:
    """The largest difference between cells, each taken with its neighbours; less counts beside strong edges, and where
    the whole picture differs a little everywhere, as coarse compression makes it."""
    around = np.ones((3, 3), np.uint8)
    high = np.maximum(cv2.dilate(one, around), cv2.dilate(other, around))
    low = np.minimum(cv2.erode(one, around), cv2.erode(other, around))
    missing = _less_at_the_rim(one - other, 4) / (1 + 0.03 * (high - low))
    blurred = np.abs(cv2.blur(missing, (3, 3)))
    return float(blurred.max() / (1 + 0.3 * np.quantile(blurred, 0.9)))


def _colour(one: Floats, other: Floats) -> float:
    missing = _less_at_the_rim(one - other, 1)
    tint = np.hypot(missing[:, :, 0], missing[:, :, 1])
    return float(max(tint.max(), np.abs(missing[:, :, 2]).max()))


def _less_at_the_rim(missing: Floats, cells: int) -> Floats:
    inside = slice(cells, -cells)
    counted = missing * _RIM
    counted[inside, inside] = missing[inside, inside]
    return counted
