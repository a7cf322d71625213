"""The guided filter's linear coefficients: alpha as a linear function of the colours around a pixel.

He, Sun, Tang, Guided Image Filtering, IEEE TPAMI 2013, section 3.5 (a colour guide).
"""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from model.layers import Pixels
from model.refine.spread import Planes

_RADIUS = 2
_SMOOTH = 6.0**2
"""8-bit steps, squared: variance of the guide below which it has no say."""


class Guide:
    """A picture whose edges others are to follow.

    Args:
        colours: ``(h, w, 3)`` uint8.
    """

    def __init__(self, colours: Pixels) -> None:
        self._colours = colours

    def coefficients(self, alpha: Planes, box: tuple[slice, slice]) -> tuple[Planes, Planes]:
        """Slope ``(h, w, 3)`` and offset ``(h, w)`` with ``alpha ≈ slope · colour + offset`` around each pixel.

        Args:
            alpha: ``(h, w)`` float32, 0..1.
            box: where it lies on the guide.
        """
        colours = self._colours[box].astype(np.float32)
        mean, level = _mean(colours), _mean(alpha)
        slope = np.zeros_like(colours)
        spans = _mean(alpha * alpha) - level * level
        rows, columns = np.nonzero(spans > 1e-5)
        if rows.size:
            related = _mean(colours * alpha[:, :, None]) - mean * level[:, :, None]
            matrix = _covariance(colours, mean, rows, columns) + _SMOOTH * np.eye(3, dtype=np.float32)
            slope[rows, columns] = np.linalg.solve(matrix, related[rows, columns][:, :, None])[:, :, 0]
        offset = level - (slope * mean).sum(axis=2)
        return _mean(slope), _mean(offset)


def _covariance(colours: Planes, mean: Planes, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Planes:
    matrix = np.empty((rows.size, 3, 3), np.float32)
    for first in range(3):
        for second in range(first, 3):
            product = _mean(colours[:, :, first] * colours[:, :, second]) - mean[:, :, first] * mean[:, :, second]
            matrix[:, first, second] = matrix[:, second, first] = product[rows, columns]
    return matrix


def _mean(planes: Planes) -> Planes:
    side = 2 * _RADIUS + 1
    return cast(Planes, cv2.blur(planes, (side, side), borderType=cv2.BORDER_REFLECT))
