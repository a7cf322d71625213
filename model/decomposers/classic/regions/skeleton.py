"""Middle lines of thin things: thinning, and the segments between crossings."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Floats, Labels, Mask, largest, length

_MOST_ROUNDS = 12
_ARM = 6
_OFF_CENTRE = 1.7
"""Of 2.1 pixels at a right angle of arms that long, 0 on a straight line."""
_OTHER_HUE = 0.6
_TANGENT = 7.0
"""Pixels from an end over which its direction is measured."""


@dataclass(frozen=True, slots=True)
class End:
    """Where a segment stops: its index, the place ``(2,)`` as row and column, and the unit vector that leads out."""

    segment: int
    place: NDArray[np.float64]
    outward: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """``labels`` ``(H, W)``: number of the segment from 1 on, 0 off the middle lines; the ``ends`` of segments that
    are not closed; ``lengths`` in pixels by number, 0 first."""

    labels: Labels
    ends: tuple[End, ...]
    lengths: NDArray[np.float64]


def skeleton(mask: Mask, off: Floats) -> Skeleton:
    """The middle lines of a mask, cut apart where three or more meet, at sharp corners and where the hue changes.

    Args:
        off: ``(H, W, 3)`` how far the colours are from those below.
    """
    thin = _thinned(mask)
    half = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    _, _, branches, _ = _tables()
    apart = thin.copy()
    for y, x in np.argwhere(branches[_codes(thin)] & (thin > 0)):
        cv2.circle(apart, (int(x), int(y)), int(half[y, x]) + 1, 0, -1)
    apart[_corners(apart) | _turning_hue(apart, off)] = 0
    labels: Labels = np.asarray(cv2.connectedComponents(apart, connectivity=8)[1], np.int32)
    return Skeleton(labels, _ends(labels), _lengths(labels))


def _thinned(mask: Mask) -> NDArray[np.uint8]:
    """Zhang and Suen, 1984: border pixels go in turn from two sides, as long as nothing falls apart."""
    left = np.pad(mask.astype(np.uint8), 1)
    first, second, _, _ = _tables()
    for _ in range(_MOST_ROUNDS):
        before = int(left.sum())
        for table in (first, second):
            left[table[_codes(left)]] = 0
        if int(left.sum()) == before:
            break
    return np.ascontiguousarray(left[1:-1, 1:-1])


def _corners(thin: NDArray[np.uint8]) -> Mask:
    """Where a middle line turns by about a right angle: what lies around is off centre, though no end is near."""
    ramp = np.arange(-_ARM, _ARM + 1, dtype=np.float32)
    across = np.broadcast_to(ramp, (ramp.size, ramp.size))
    kernels = (np.ones_like(across), across, across.T)
    plane = thin.astype(np.float32)
    count, x, y = (cv2.filter2D(plane, -1, kernel, borderType=cv2.BORDER_CONSTANT) for kernel in kernels)
    off = np.hypot(x, y) / np.maximum(count, 1) * plane
    sharp = (off > _OFF_CENTRE) & (count >= 2 * _ARM)
    return np.asarray(sharp & (off == cv2.dilate(off, np.ones((5, 5)))))


def _turning_hue(thin: NDArray[np.uint8], off: Floats) -> Mask:
    """Where a line of another colour begins: the direction of the colour turns."""
    on = thin > 0
    hue = off / np.maximum(length(off), 1)[:, :, None]
    box = np.ones((5, 5), np.uint8)
    high = cv2.dilate(np.where(on[:, :, None], hue, -2).astype(np.float32), box)
    low = cv2.erode(np.where(on[:, :, None], hue, 2).astype(np.float32), box)
    return np.asarray(on & (largest(high - low) > _OTHER_HUE))


def _codes(mask: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Eight neighbours as bits, clockwise from above; the pixel itself must be set for the code not to be 0."""
    weights = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)
    return np.asarray(cv2.filter2D(mask, cv2.CV_16S, weights, borderType=cv2.BORDER_CONSTANT) * mask, np.int16)


@lru_cache(maxsize=1)
def _tables() -> tuple[Mask, Mask, Mask, Mask]:
    """By code of the neighbours: may go in the first pass, in the second, is a branching, is an end."""
    bits = (np.arange(256)[:, None] >> np.arange(8)) & 1
    above, right, below, left = (bits[:, index].astype(bool) for index in (0, 2, 4, 6))
    count = bits.sum(axis=1)
    turns = ((bits == 0) & (np.roll(bits, -1, axis=1) == 1)).sum(axis=1)
    loose = (count >= 2) & (count <= 6) & (turns == 1)
    first = loose & ~(above & right & below) & ~(right & below & left)
    second = loose & ~(above & right & left) & ~(above & below & left)
    return first, second, turns >= 3, (turns == 1) & (count <= 2)


def _ends(labels: Labels) -> tuple[End, ...]:
    on = (labels > 0).astype(np.uint8)
    _, _, _, last = _tables()
    found = []
    for y, x in np.argwhere(last[_codes(on)] & (on > 0)):
        top, start = max(0, int(y) - 9), max(0, int(x) - 9)
        own = np.argwhere(labels[top : y + 10, start : x + 10] == labels[y, x])
        own = own + np.array([top, start])
        away = own - (y, x)
        near = own[np.hypot(away[:, 0], away[:, 1]) <= _TANGENT]
        outward = np.array([y, x], np.float64) - near.mean(axis=0)
        place = np.array([y, x], np.float64)
        found.append(End(int(labels[y, x]), place, outward / max(float(np.hypot(*outward)), 1e-6)))
    return tuple(found)


def _lengths(labels: Labels) -> NDArray[np.float64]:
    """Steps along rows and columns count 1, diagonal ones that have no such way round count the root of 2."""
    count = int(labels.max()) + 1
    on = labels > 0
    lengths = np.ones(count)
    straight = ((on[:, :-1] & on[:, 1:], labels[:, :-1]), (on[:-1] & on[1:], labels[:-1]))
    for both, first in straight:
        lengths += np.bincount(first[both], minlength=count)
    falling = on[:-1, :-1] & on[1:, 1:] & ~on[:-1, 1:] & ~on[1:, :-1]
    rising = on[:-1, 1:] & on[1:, :-1] & ~on[:-1, :-1] & ~on[1:, 1:]
    lengths += np.sqrt(2) * np.bincount(labels[:-1, :-1][falling], minlength=count)
    lengths += np.sqrt(2) * np.bincount(labels[:-1, 1:][rising], minlength=count)
    lengths[0] = 0
    return lengths
