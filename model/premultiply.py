"""Colours times alpha, and the way back: the space in which pixels are averaged, so that colours hidden under
transparency never bleed out."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.layers import Pixels

Wide = NDArray[np.uint16]
"""``(H, W, 4)`` uint16: half of colour × alpha and of alpha × 255; full is 32,513, so that a filter may overshoot."""
_FULL = 32_513

_BAND_PIXELS = 1 << 18  # worked on at a time, so that no whole picture is ever there in floating point


def premultiplied(pixels: Pixels) -> Wide:
    """Opaque colours come back from it to the bit, others to within a step."""
    alpha = pixels[:, :, 3]
    wide = np.multiply(pixels, alpha[:, :, None], dtype=np.uint16)
    wide[:, :, 3] = np.multiply(alpha, 255, dtype=np.uint16)
    wide += 1
    wide >>= 1
    return wide


def straight(wide: Wide) -> Pixels:
    """Rounded; what a filter has let overshoot is clipped; RGB 0 where alpha is 0."""
    height, width = wide.shape[:2]
    pixels = np.empty((height, width, 4), np.uint8)
    step = max(1, _BAND_PIXELS // max(width, 1))
    for top in range(0, height, step):
        *colours, cover = cv2.split(wide[top : top + step])
        per_alpha = np.float32(255) / np.maximum(cover, 1)
        alpha = cv2.convertScaleAbs(cover, alpha=255 / _FULL)
        out = pixels[top : top + step]
        out[:] = cv2.merge([*(cv2.multiply(colour, per_alpha, dtype=cv2.CV_8U) for colour in colours), alpha])
        out[alpha == 0] = 0
    return pixels


def shrunk(pixels: Pixels, width: int, height: int) -> Wide:
    """The area average at ``width`` × ``height``, neither larger than the pixels' own."""
    return np.asarray(cv2.resize(premultiplied(pixels), (width, height), interpolation=cv2.INTER_AREA), np.uint16)


def shrunk_opaque(pixels: Pixels, width: int, height: int) -> Pixels:
    """The same of pixels that are opaque everywhere and so need no detour."""
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def is_opaque(pixels: Pixels) -> bool:
    """Whether alpha is 255 everywhere."""
    return bool(pixels[:, :, 3].min() == 255)
