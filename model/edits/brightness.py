"""Recolourings that ask of a pixel only how bright it is: worked out once for each brightness, and looked up.

A brightness is Rec. 709 luma of sRGB-encoded values in 64ths of a step: fine enough that what is looked up is what
would have been computed, but for one step where that lies right between two.
"""

from collections.abc import Callable
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.layers import Pixels

Brightness: TypeAlias = NDArray[np.uint16]
Floats: TypeAlias = NDArray[np.float32]

FINE = 64
"""Parts of a step."""
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # Rec. 709
_BAND_PIXELS = 1 << 16  # so that a band stays in the cache from one step to the next
_ALPHA = np.array([0, 0, 0, 255], np.uint8).view(np.uint32)[0]


def brightness_of(pixels: Pixels) -> Brightness:
    """``(H, W)``, 0 to ``255 * FINE``, of ``(H, W, 4)`` uint8."""
    found = np.empty(pixels.shape[:2], np.uint16)
    weights = np.append(LUMA * FINE, 0)[None].astype(np.float32)
    step = max(1, _BAND_PIXELS // pixels.shape[1])
    for top in range(0, len(pixels), step):
        found[top : top + step] = cv2.transform(pixels[top : top + step].astype(np.uint16), weights)
    return found


def commonest(bright: Brightness, alpha: NDArray[np.uint8]) -> float:
    """The median, 0-255, weighted by alpha: flat lettering's own brightness, whatever its edges are."""
    fine = bright + np.uint16(FINE // 2)
    steps, parts = (fine // FINE).astype(np.uint8), (fine % FINE).astype(np.uint8)
    weights = 255 * _counts(steps, cv2.inRange(alpha, 255, 255))
    between = cv2.inRange(alpha, 1, 254).view(bool)
    if between.any():
        weights += np.bincount(steps[between], alpha[between], 256)
    if not weights.any():
        return 127.5
    at = int(np.searchsorted(np.cumsum(weights), weights.sum() / 2))
    near = cv2.bitwise_and(cv2.inRange(steps, at, at), cv2.inRange(alpha, 1, 255))
    counts = np.cumsum(_counts(parts, near))
    lower, upper = np.searchsorted(counts, [(counts[-1] + 1) // 2, counts[-1] // 2 + 1])
    return at + (float(lower + upper) / 2 - FINE // 2) / FINE


def _counts(values: NDArray[np.uint8], mask: cv2.typing.MatLike) -> NDArray[np.float64]:
    """How often each of 256 values is where the mask is."""
    return cv2.calcHist([values], [0], mask, [256], [0, 256]).ravel().astype(np.float64)


def looked_up(pixels: Pixels, curve: Callable[[Floats], Floats], bright: Brightness) -> Pixels:
    """A copy whose colours are those of a curve, its alpha kept.

    Args:
        curve: from ``(N,)`` brightnesses, 0-255, to ``(N, 3)`` colours, 0-255, rounded here.
    """
    levels = np.arange(255 * FINE + 1, dtype=np.float32) / np.float32(FINE)
    table = np.zeros((levels.size, 4), np.uint8)
    table[:, :3] = np.rint(np.clip(curve(levels), 0, 255))
    found = table.view(np.uint32)[:, 0].take(bright)
    found |= pixels.view(np.uint32)[:, :, 0] & _ALPHA
    return found[:, :, None].view(np.uint8)
