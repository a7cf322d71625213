"""An overlay on a texture, measured from pixels that lie opposite each other across its rim."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Floats, Mask

_AWAY = 4.0
"""Pixels from the rim on both sides: beyond anti-aliasing, and near enough for the texture to be the same."""


def across(rgb: Floats, inside: Mask, outside: Mask) -> tuple[float, NDArray[np.float64]] | None:
    """Opacity and tint, ``(3,)``, or ``None`` where the two sides are not related so.

    Inside is ``αT + (1 − α) O`` with O from outside: a line through the pairs, of one slope for the three channels.
    Pairs that stray from it (another element at the rim) lose their weight in a few rounds.
    """
    depth = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    y, x = np.nonzero((depth > _AWAY - 0.7) & (depth < _AWAY + 0.7))
    if len(y) < 60:
        return None
    step = max(1, len(y) // 3000)
    y, x = y[::step], x[::step]
    soft = cv2.GaussianBlur(depth, (0, 0), 1.5)
    slope_y, slope_x = np.gradient(soft)
    length = np.maximum(np.hypot(slope_y[y, x], slope_x[y, x]), 1e-3)
    other_y = np.rint(y - 2 * _AWAY * slope_y[y, x] / length).astype(np.intp)
    other_x = np.rint(x - 2 * _AWAY * slope_x[y, x] / length).astype(np.intp)
    fine = (other_y >= 0) & (other_y < rgb.shape[0]) & (other_x >= 0) & (other_x < rgb.shape[1])
    fine[fine] = outside[other_y[fine], other_x[fine]]
    if fine.sum() < 60:
        return None
    calm = cv2.GaussianBlur(rgb, (0, 0), 1.2)
    found = related(calm[other_y[fine], other_x[fine]].astype(np.float64), calm[y[fine], x[fine]].astype(np.float64))
    return None if found is None or float(found[2].mean()) < 0.6 else found[:2]


def related(
    out: NDArray[np.float64], within: NDArray[np.float64], slack: NDArray[np.float64] | None = None
) -> tuple[float, NDArray[np.float64], NDArray[np.bool_]] | None:
    """Opacity, tint, and which pairs of colours ``(n, 3)`` outside and inside they explain.

    Args:
        slack: ``(n,)`` steps that the picture changes by itself between such pairs; without it a share of how much it
            changes in all.
    """
    if len(out) < 60:
        return None
    weight = np.ones(len(out))
    through, offset, spread, scatter = 0.0, np.zeros(3), 0.0, 0.0
    for _ in range(8):
        total = weight.sum()
        mean_out, mean_in = (weight @ out) / total, (weight @ within) / total
        spread = float((weight[:, None] * (out - mean_out) ** 2).sum())
        scatter = float((weight[:, None] * (within - mean_in) ** 2).sum())
        # both sides stray alike from the texture at the rim between them: then the ratio of spreads is the slope
        through = (scatter / max(spread, 1e-6)) ** 0.5
        offset = mean_in - through * mean_out
        error = np.abs(within - offset - through * out).max(axis=1)
        weight = 1 / np.maximum(error, 3.0)
    deviation = float(np.sqrt(np.mean((out - out.mean(axis=0)) ** 2)))
    shared = float((weight[:, None] * (out - mean_out) * (within - mean_in)).sum())
    alike = shared / max((scatter * spread) ** 0.5, 1e-6)
    close = error <= 4 + through * (0.25 * deviation if slack is None else np.minimum(slack, 0.5 * deviation))
    if deviation < 10 or alike < 0.7 or not 0.12 <= through <= 0.85:
        return None
    tint = offset / (1 - through)
    return (1 - through, np.clip(tint, 0, 255), close) if tint.min() > -16 and tint.max() < 271 else None
