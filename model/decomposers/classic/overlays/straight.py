"""Straight steps along rows and columns, as the sides of a panel make them, over whatever lies below."""

from dataclasses import dataclass

import cv2
import numpy as np

from model.decomposers.classic.planes import Floats, components, largest

_SIDE = 3
"""Pixels from a step at which its two sides are compared: beyond anti-aliasing."""
_LEAST_JUMP = 5.0
_GAP, _LEAST_LENGTH = 31, 41
"""Pixels without a step that a side may have (there the picture has the overlay's own colour), and its least length."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step between row ``at - 1`` and row ``at``, from column ``start`` to ``stop``."""

    at: int
    start: int
    stop: int


def steps(rgb: Floats, tolerance: float) -> list[Step]:
    """Steps along rows, longest first; those along columns are the transposed picture's.

    A step's two sides differ by more than each side changes over as many pixels.

    Args:
        rgb: ``(H, W, 3)``, 0-255.
    """
    height = rgb.shape[0]
    if height < 4 * _SIDE or rgb.shape[1] < _LEAST_LENGTH:
        return []
    change = np.zeros(rgb.shape[:2], np.float32)  # [y]: between y - 2 and y + 1, for a border between y - 1 and y
    change[2:-1] = largest(np.abs(rgb[3:] - rgb[:-3]))
    around = np.zeros_like(change)
    around[5:-5] = np.maximum(change[2:-8], change[8:-2])
    is_step = (change > _LEAST_JUMP + 2 * tolerance) & (change > 1.25 * around)
    is_step &= change >= cv2.dilate(change, np.ones((3, 1), np.uint8)) - 1e-3
    near = cv2.dilate(is_step.astype(np.uint8), np.ones((3, 1), np.uint8))
    dense = cv2.boxFilter(near.astype(np.float32), -1, (_GAP, 1)) >= 0.5
    long = cv2.morphologyEx(dense.astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, _LEAST_LENGTH), np.uint8))
    _, _, stats = components(long > 0)
    found = []
    for index in range(1, len(stats)):
        x, y, w, h, _ = (int(value) for value in stats[index])
        found.append(Step(_sharpest(rgb, y, y + h, slice(x, x + w)), x, x + w))
    return sorted(found, key=lambda step: step.start - step.stop)


def _sharpest(rgb: Floats, first: int, last: int, columns: slice) -> int:
    """The row, of some, that differs most from the one above it."""
    first = max(1, first - 1)
    part = rgb[first - 1 : last + 1, columns]
    return first + int(np.abs(np.diff(part, axis=0)).sum(axis=(1, 2)).argmax())
