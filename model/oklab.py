"""Colours as the eye tells them apart: OKLab (Björn Ottosson, 2020), from and to sRGB."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]

_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_FROM_LMS = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


def oklab(colours: Floats) -> Floats:
    """``(..., 3)``, 0-255 sRGB-encoded -> lightness 0-1; green to red and blue to yellow, each about -0.4 to 0.4."""
    encoded = colours / np.float32(255)
    light = np.where(encoded <= 0.04045, encoded / 12.92, ((np.maximum(encoded, 0) + 0.055) / 1.055) ** 2.4)
    return _times(np.cbrt(_times(light.astype(np.float32), _TO_LMS)), _TO_LAB)


def from_oklab(lab: Floats) -> Floats:
    """The way back; what no screen shows is clipped channel by channel to 0-255."""
    light = np.clip(_times(_times(lab, _FROM_LAB) ** 3, _FROM_LMS), 0, 1)
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(encoded * 255, np.float32)


def _times(values: Floats, rows: Sequence[Sequence[float]]) -> Floats:
    """Not as a matrix product, whose last bit depends on where in the picture a pixel lies."""
    first, second, third = values[..., 0], values[..., 1], values[..., 2]
    sums = [np.float32(a) * first + np.float32(b) * second + np.float32(c) * third for a, b, c in rows]
    return np.stack(sums, axis=-1)
