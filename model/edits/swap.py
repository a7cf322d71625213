"""One colour made another, with all its shades, and the rest left alone.

How far a pixel's colour is from the one sought is measured in OKLab, where black and white are 1 apart. Less light on a
coloured thing moves its colour towards black in a straight line there, so along this line a step counts a quarter: dark
and bright red are both red. White, grey and black are told apart by nothing but their light, so for those it counts in
full. Up to half the tolerance a colour is replaced wholly, beyond the tolerance not at all, and evenly less in between.

What takes its place is the other colour in the same light, with what else made the pixel differ from the colour sought:
an edge that fades into the ground goes on fading into it.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.edits.state import Recoloring
from model.oklab import from_oklab, oklab

Floats: TypeAlias = NDArray[np.float32]

DEFAULT_TOLERANCE = 0.2
_SHADE = 0.25  # of a step along the line to black, of what has a colour
_COLOURED = 0.1  # chroma from which on a colour is one
_DARK = 0.05  # keeps black, which has no light to be measured by, from being every colour's shade
_LEAST = 1e-3  # tolerance; two neighbours of 8 bits are farther apart


def swapped(colours: Floats, step: Recoloring) -> Floats:
    """``step.other`` becomes ``step.color`` within a tolerance of ``step.numbers[0]``; ``(H, W, 3)``, 0-255."""
    ends = oklab(np.array([[step.other, step.color]], np.float32))[0]
    sought, wanted = ends[0], ends[1]
    lab = oklab(colours)
    brightness = float(sought @ sought)
    light = ((_dot(lab, sought) + _DARK) / np.float32(brightness + _DARK))[:, :, None]
    rest = lab - light * sought
    coloured = min(1.0, float(np.hypot(sought[1], sought[2])) / _COLOURED)
    along = (light[:, :, 0] - 1) * np.float32(np.sqrt(brightness) * (1 - (1 - _SHADE) * coloured))
    distance = np.sqrt(_dot(rest, rest) + along * along)
    tolerance = max(step.numbers[0], _LEAST)
    share = np.clip(2 - 2 * distance / np.float32(tolerance), 0, 1)[:, :, None]
    if not share.any():
        return colours
    return np.asarray(colours + share * (from_oklab(light * wanted + rest) - colours), np.float32)


def _dot(one: Floats, other: Floats) -> Floats:
    return np.asarray(
        one[..., 0] * other[..., 0] + one[..., 1] * other[..., 1] + one[..., 2] * other[..., 2], np.float32
    )
