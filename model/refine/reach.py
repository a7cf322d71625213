"""Alphas that let a colour reach what the picture shows.

A rim whose colours were blurred, by a JPEG say, is no mixture of its two sides: with its alpha no colour from 0 to 255
gives the picture over the ground, and the ground would have to give way and show the rim as an outline. A higher alpha
asks less of the colour. With 255 any will do.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

_FAR = 12
"""8-bit steps that the ground may give way; it is no outline yet."""
BESIDE = 2
"""Pixels from the layer's opaque core. Farther away is no rim but glass or a shadow, whose alpha means something."""
_FAINT = 24
"""A lower alpha stays: nearly all that is seen there is ground."""

Bytes = NDArray[np.uint8]


def beside_core(alpha: Bytes) -> NDArray[np.bool_]:
    """Where an alpha ``(h, w)`` is that of a rim."""
    kernel = np.ones((2 * BESIDE + 1, 2 * BESIDE + 1), np.uint8)
    core = cv2.dilate((alpha == 255).astype(np.uint8), kernel) > 0
    return np.asarray(core & (alpha >= _FAINT) & (alpha < 255))


def reachable(alpha: Bytes, seen: Bytes, ground: Bytes) -> Bytes:
    """The least alpha from ``alpha`` up with which some colour over a ground moved by ``_FAR`` at most shows ``seen``.

    From ``255 · |seen − ground| − 127 ≤ α · |c − ground|`` with c at its end, 0 or 255, in each channel.

    Args:
        alpha: ``(n,)``.
        seen, ground: ``(n, 3)``.
    """
    wanted, below = seen.astype(np.int32), ground.astype(np.int32)
    near = np.clip(wanted, below - _FAR, below + _FAR)
    gap = np.maximum(255 * np.abs(wanted - near) - 127, 0)  # half a step is rounding
    room = np.maximum(np.where(wanted > near, 255 - near, near), 1)
    least = (-(-gap // room)).max(axis=1)
    return np.asarray(np.clip(least, alpha, 255), np.uint8)
