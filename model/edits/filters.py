"""The colour filters of SVG and CSS, on sRGB-encoded values 0-255.

Filter Effects Module Level 1 (https://www.w3.org/TR/filter-effects-1/): feColorMatrix, and what ``brightness()``,
``contrast()``, ``saturate()`` and ``hue-rotate()`` stand for. Each clips what it gives, as there.
"""

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.edits.state import ColourMode

Floats: TypeAlias = NDArray[np.float32]

IDENTITY = tuple(1.0 if at % 6 == 0 else 0.0 for at in range(20))
ALPHA_STAYS = IDENTITY[15:]
"""The last row of a matrix that leaves alpha alone."""
_WEIGHTS = (0.213, 0.715, 0.072)


def filtered(colours: Floats, mode: ColourMode, amount: float) -> Floats:
    """``brightness``, ``contrast`` and ``saturation`` by a factor, ``hue-rotate`` by degrees."""
    if mode == "brightness":
        return np.asarray(np.clip(colours * np.float32(amount), 0, 255), np.float32)
    if mode == "contrast":
        return np.asarray(np.clip((colours - 127.5) * np.float32(amount) + np.float32(127.5), 0, 255), np.float32)
    return multiplied(colours, None, matrix_of(mode, amount))


def multiplied(colours: Floats, alpha: Floats | None, matrix: Sequence[float]) -> Floats:
    """feColorMatrix: four rows of five, of red, green, blue, alpha and 1.

    Args:
        colours: ``(H, W, 3)``.
        alpha: ``(H, W)``; without it, all is opaque and stays so.

    Returns:
        ``(H, W, 4)``, or ``(H, W, 3)`` without alpha.
    """
    rows = 3 if alpha is None else 4
    out = np.empty((*colours.shape[:2], rows), np.float32)
    for row in range(rows):
        red, green, blue, cover, offset = (np.float32(number) for number in matrix[5 * row : 5 * row + 5])
        channel = out[:, :, row]
        np.multiply(colours[:, :, 0], red, out=channel)
        channel += green * colours[:, :, 1]
        channel += blue * colours[:, :, 2]
        channel += cover * (np.float32(255) if alpha is None else alpha)
        channel += offset * np.float32(255)
    np.clip(out, 0, 255, out=out)
    return out


def matrix_of(mode: ColourMode, amount: float) -> tuple[float, ...]:
    """The matrix that ``saturation`` or ``hue-rotate`` stands for."""
    if mode == "saturation":
        return _widened([[w + amount * ((i == j) - w) for j, w in enumerate(_WEIGHTS)] for i in range(3)])
    cosine, sine = math.cos(math.radians(amount)), math.sin(math.radians(amount))
    by_sine = ((-0.213, -0.715, 0.928), (0.143, 0.140, -0.283), (-0.787, 0.715, 0.072))
    return _widened(
        [[w + cosine * ((i == j) - w) + sine * by_sine[i][j] for j, w in enumerate(_WEIGHTS)] for i in range(3)]
    )


def _widened(three: Sequence[Sequence[float]]) -> tuple[float, ...]:
    return (*(number for row in three for number in (*row, 0.0, 0.0)), *ALPHA_STAYS)
