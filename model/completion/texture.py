"""Textures carried on: patterns by their repeats, all else by patches of what is seen."""

import cv2
import numpy as np

from model.completion.patches import RING, patched
from model.completion.pattern import repeated
from model.completion.smooth import Floats, Mask, carried_on, slow_part

_LEAST_MARGIN = 64
_AROUND = 4.0
_EVEN = 8.0
"""Pixels: deep in a large hole patches say what varies faster; what varies slower is carried on from the border."""
_DEEP = 14.0


def textured(rgb: Floats, known: Mask) -> Floats:
    """Known pixels kept; elsewhere the texture around goes on: sharp, and without a seam.

    Args:
        rgb: ``(H, W, 3)``, 0-255.
        known: ``(H, W)``.
    """
    if known.all() or not known.any():
        return rgb.copy()
    box = _around(known)
    seen, here = rgb[box], known[box]
    pattern = repeated(seen, here)
    found = patched(seen, here) if pattern is None else pattern
    result = rgb.copy()
    if found is None:
        result[box] = carried_on(seen, here)
        return result
    inner = _met(seen, found, here)
    if pattern is None:
        inner = _evened(inner, seen, here)
    inner = np.clip(inner, 0, 255)
    result[box] = cv2.copyTo(seen, here.view(np.uint8), inner)
    return result


def _around(known: Mask) -> tuple[slice, slice]:
    """What is hidden and half as much again around it: far away textures say nothing about it."""
    rows, columns = np.flatnonzero(~known.all(axis=1)), np.flatnonzero(~known.all(axis=0))
    slices = []
    for places, size in zip((rows, columns), known.shape, strict=True):
        first, last = int(places[0]), int(places[-1]) + 1
        margin = max(_LEAST_MARGIN, last - first)
        slices.append(slice(max(0, first - margin), min(size, last + margin)))
    return slices[0], slices[1]


def _met(seen: Floats, found: Floats, known: Mask) -> Floats:
    """The completion moved, smoothly, by what it misses of the picture beside its border.

    ``found`` says on a ring of known pixels too what it would have put there.
    """
    ring = known & (cv2.dilate((~known).astype(np.uint8), np.ones((2 * RING + 1,) * 2, np.uint8)) > 0)
    return np.asarray(found + slow_part(seen - found, ring, _AROUND), np.float32)


def _evened(found: Floats, seen: Floats, known: Mask) -> Floats:
    """In a deep hole the slow colours are those carried on from its border."""
    deep = cv2.distanceTransform((~known).astype(np.uint8), cv2.DIST_L2, 5)
    share = np.clip(deep / _DEEP - 1, 0, 1)[:, :, None]
    if not share.any():
        return found
    everywhere = np.ones(known.shape, bool)
    slow = slow_part(seen, known, _AROUND) - found
    return np.asarray(found + slow_part(slow * share, everywhere, _EVEN), np.float32)
