"""A ground that a transparent picture stands out from, for who can only look at opaque ones."""

import math

import numpy as np

from model.layers import Pixels

_GROUNDS = (
    (255, 255, 255),
    (0, 0, 0),
    (128, 128, 128),
    (0, 200, 0),
    (220, 0, 220),
    (0, 120, 255),
    (255, 120, 0),
)
"""The most usual first; the last ones for pictures with greys of all kinds."""
_APART = 96
"""8-bit steps, in the channel that differs most, from which on a ground is as good as any."""
_NEAR = 2.0
"""In the mean over all pixels, how much nearer than that a ground may be and still be taken before less usual ones."""
_FAINT = 32
"""An alpha up to which a colour is hardly seen on any ground."""


def ground_for(pixels: Pixels) -> tuple[int, int, int]:
    """The first that the pixels are far from, or the one they are farthest from; a million are enough to tell.

    Args:
        pixels: ``(h, w, 4)`` uint8, straight alpha.
    """
    step = 1 + math.isqrt(pixels.shape[0] * pixels.shape[1]) // 1000
    rough = pixels[::step, ::step]
    colours = rough[rough[:, :, 3] > _FAINT][:, :3].astype(np.int16)
    if colours.size == 0:
        return _GROUNDS[0]
    near = [float(np.maximum(_APART - np.abs(colours - ground).max(axis=1), 0).mean()) for ground in _GROUNDS]
    return _GROUNDS[next((index for index, mean in enumerate(near) if mean <= _NEAR), near.index(min(near)))]
