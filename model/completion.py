"""Completions: how what is seen of a surface goes on where it is hidden."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
"""Colours 0-255; ``(H, W)`` or ``(H, W, 3)``."""
Mask: TypeAlias = NDArray[np.bool_]

_RELAXATIONS = 6
_DETAIL = 3.0
"""Pixels: what varies faster is detail, which is mirrored; what varies slower is carried on."""


def textured(rgb: Floats, known: Mask) -> Floats:
    """Known pixels kept; elsewhere the colours around, carried on smoothly, with the detail mirrored at the border.

    A smooth fill alone is a smear between grain. A hidden pixel takes the detail of the one that lies as far behind the
    nearest known pixel as it lies before it, so that texture goes on without a seam.

    Args:
        rgb: ``(H, W, 3)``.
        known: ``(H, W)``.
    """
    if known.all() or not known.any():
        return rgb.copy()
    smooth = carried_on(rgb, known)
    weight = cv2.GaussianBlur(known.astype(np.float32), (0, 0), _DETAIL)
    around = cv2.GaussianBlur(np.where(known[:, :, None], rgb, 0), (0, 0), _DETAIL)
    detail = rgb - around / np.maximum(weight, 1e-3)[:, :, None]
    # the grain is wanted, not the outlines of things: what is stronger than most of the detail is cut off
    strongest = 2.5 * float(np.median(np.abs(detail[known])))
    detail = np.clip(detail, -strongest, strongest)
    y, x = np.nonzero(~known)
    from_y, from_x = _mirrored(known, y, x)
    usable = known[from_y, from_x]
    filled = np.where(known[:, :, None], rgb, smooth)
    filled[y[usable], x[usable]] += detail[from_y[usable], from_x[usable]]
    return np.clip(filled, 0, 255).astype(np.float32)


def carried_on(rgb: Floats, known: Mask) -> Floats:
    """Known pixels kept, the others filled smoothly from the nearest ones at every scale (push-pull pyramid).

    Gortler et al., "The Lumigraph", 1996: average what is known down to one pixel, then let coarse values fill what the
    finer level does not know.
    """
    weight = known.astype(np.float32)
    return _push_pull(np.asarray(rgb * weight[:, :, None], np.float32), weight)


def _mirrored(known: Mask, y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each hidden pixel the one opposite its nearest known pixel, within the canvas."""
    _, places = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    known_y, known_x = np.nonzero(known)
    table = np.zeros((int(places.max()) + 1, 2), np.intp)
    table[places[known_y, known_x], 0] = known_y
    table[places[known_y, known_x], 1] = known_x
    nearest = table[places[y, x]]
    height, width = known.shape
    opposite_y, opposite_x = 2 * nearest[:, 0] - y, 2 * nearest[:, 1] - x
    return _folded(opposite_y, height), _folded(opposite_x, width)


def _folded(values: np.ndarray, size: int) -> np.ndarray:
    """Coordinates beyond the canvas, reflected at its border."""
    period = max(1, 2 * (size - 1))
    values = np.abs(values) % period
    return np.asarray(np.where(values < size, values, period - values), np.intp)


def _push_pull(color: Floats, weight: Floats) -> Floats:
    height, width = weight.shape
    here = color / np.maximum(weight, 1e-6)[:, :, None]
    if min(height, width) <= 2 or float(weight.min()) >= 1:
        if weight.any():
            mean = color.sum(axis=(0, 1)) / max(float(weight.sum()), 1e-6)
            return np.where(weight[:, :, None] > 1e-6, here, mean).astype(np.float32)
        return np.asarray(here, np.float32)
    half = ((width + 1) // 2, (height + 1) // 2)
    small_weight = np.asarray(cv2.resize(weight, half, interpolation=cv2.INTER_AREA), np.float32)
    small_color = cv2.resize(color, half, interpolation=cv2.INTER_AREA)
    saturated = np.minimum(small_weight * 2, np.float32(1))
    ratio = saturated / np.maximum(small_weight, 1e-6)
    coarse = _push_pull(np.asarray(small_color * ratio[:, :, None], np.float32), saturated)
    up = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    share = np.minimum(weight, 1)[:, :, None]
    mixed = here * share + up * (1 - share)
    for _ in range(_RELAXATIONS if min(height, width) <= 256 else 2):  # a membrane meets what is known without a seam
        mixed = here * share + cv2.blur(mixed, (3, 3)) * (1 - share)
    return np.asarray(mixed, np.float32)
