"""Patterns that repeat: hidden pixels are those that lie some whole repeats away."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.completion.patches import RING
from model.completion.smooth import Floats, Mask, slow_part

Offset: TypeAlias = tuple[int, int]
"""Rows down, columns right."""

_WINDOW = 320
"""Pixels: the side of the known part that is searched for repeats."""
_REACH = 112
"""Pixels: the longest repeat that is looked for, a third of the window."""
_SHORTEST = 4
_SAME, _OTHER = 0.22, 0.2
"""Mean squared difference to the pattern moved by a repeat, as a share of that to one moved at random: of
a repeat at most so much, and half a repeat away more by so much."""
_MOST = 24
_HIGH_PASS = 32.0


def repeated(rgb: Floats, known: Mask) -> Floats | None:
    """What is hidden, copied from whole repeats away, and beside it what would be put there; ``None`` where nothing
    repeats.

    Args:
        rgb: ``(H, W, 3)``.
        known: ``(H, W)``.
    """
    height, width = known.shape
    offsets = repeats(rgb, known)
    slow = _shading(rgb, known, offsets)
    source = rgb if slow is None else rgb - slow
    steps = [(k * down, k * right) for k in (1, 2, 3, 4) for down, right in offsets]
    steps = [step for down, right in steps for step in ((down, right), (-down, -right))]
    result = source.copy()
    left = cv2.dilate((~known).astype(np.uint8), np.ones((2 * RING + 1,) * 2, np.uint8)).astype(bool)
    for down, right in steps:
        y, x = np.nonzero(left)
        if not len(y):
            break
        from_y, from_x = y + down, x + right
        inside = (from_y >= 0) & (from_y < height) & (from_x >= 0) & (from_x < width)
        y, x, from_y, from_x = y[inside], x[inside], from_y[inside], from_x[inside]
        usable = known[from_y, from_x]
        result[y[usable], x[usable]] = source[from_y[usable], from_x[usable]]
        left[y[usable], x[usable]] = False
    if left.any():
        return None
    return result if slow is None else np.asarray(result + slow, np.float32)


def _shading(rgb: Floats, known: Mask, offsets: list[Offset]) -> Floats | None:
    """What varies too slowly to be the pattern's, over all the picture; ``None`` where the pattern repeats better with
    it than without."""
    if not offsets:
        return None
    slow = slow_part(rgb, known, _HIGH_PASS)
    down, right = offsets[0]
    height, width = known.shape
    here = slice(0, height - down), slice(max(0, -right), width - max(0, right))
    there = slice(down, height), slice(max(0, right), width + min(0, right))
    both = known[here] & known[there]
    as_is, moved = rgb[here] - rgb[there], slow[here] - slow[there]
    return slow if np.abs(as_is - moved)[both].mean() < 0.8 * np.abs(as_is)[both].mean() else None


def repeats(rgb: Floats, known: Mask) -> list[Offset]:
    """Offsets at which the picture is itself again, the most alike first."""
    box = _most_known(known)
    here = known[box]
    if here.sum() < 0.3 * here.size:
        return []
    unlike = _unlikeness(_detail(rgb[box].mean(axis=2), here), here)
    lowest = cv2.erode(unlike, np.ones((5, 5), np.uint8))
    middle = unlike.shape[1] // 2
    down, right = np.nonzero((unlike <= lowest) & (unlike <= _SAME))
    halfway = unlike[(down + 1) // 2, (right - middle) // 2 + middle]
    deep = halfway >= unlike[down, right] + _OTHER
    right = right - middle
    deep &= (np.hypot(down, right) >= _SHORTEST) & ((down > 0) | (right > 0))
    down, right = down[deep], right[deep]
    order = np.argsort(unlike[down, right + middle], kind="stable")[:_MOST]
    return [(int(down[i]), int(right[i])) for i in order]


def _most_known(known: Mask) -> tuple[slice, slice]:
    """The window, at most ``_WINDOW`` pixels a side, in which most is known."""
    height, width = min(_WINDOW, known.shape[0]), min(_WINDOW, known.shape[1])
    sums = cv2.integral(known.astype(np.uint8))
    best, place = -1, (0, 0)
    for y in range(0, known.shape[0] - height + 1, 32):
        for x in range(0, known.shape[1] - width + 1, 32):
            count = int(sums[y + height, x + width] - sums[y, x + width] - sums[y + height, x] + sums[y, x])
            if count > best:
                best, place = count, (y, x)
    return slice(place[0], place[0] + height), slice(place[1], place[1] + width)


def _detail(luma: Floats, known: Mask) -> Floats:
    """What varies within some dozen pixels, 0 where nothing is known: slow shading hides no repeat."""
    return np.where(
        known, luma - slow_part(np.repeat(luma[:, :, None], 3, axis=2), known, _HIGH_PASS)[:, :, 0], 0
    ).astype(np.float32)


def _unlikeness(detail: Floats, known: Mask) -> NDArray[np.float32]:
    """For offsets of 0 to ``_REACH`` rows and ± that many columns the mean squared difference over pairs of known
    pixels, as a share of twice the variance; 1 where there are too few pairs.

    The sums over all pairs are correlations, which the Fourier transform gives for all offsets at once.
    """
    reach = min(_REACH, detail.shape[0] // 2, detail.shape[1] // 2)
    size = (detail.shape[0] + reach, detail.shape[1] + reach)
    weight = np.fft.rfft2(known.astype(np.float64), size)
    first = np.fft.rfft2(detail.astype(np.float64), size)
    second = np.fft.rfft2(detail.astype(np.float64) ** 2, size)
    pairs = np.fft.irfft2(np.abs(weight) ** 2, size)
    squares = np.fft.irfft2(2 * (second * weight.conj()).real, size)
    products = np.fft.irfft2(np.abs(first) ** 2, size)
    variance = float((detail[known] ** 2).mean())
    if variance < 1:
        return np.ones((reach + 1, 2 * reach + 1), np.float32)
    enough = pairs > 0.1 * known.sum()
    unlike = np.where(enough, (squares - 2 * products) / np.maximum(pairs, 1) / (2 * variance), 1.0)
    rows = unlike[: reach + 1]
    return np.ascontiguousarray(np.concatenate([rows[:, -reach:], rows[:, : reach + 1]], axis=1), np.float32)
