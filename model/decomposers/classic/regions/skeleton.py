"""Middle lines of thin things: thinning, and the segments between crossings."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Floats, Labels, Mask, largest, length

Places: TypeAlias = NDArray[np.intp]

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
    y, x = np.nonzero(thin)
    meet = branches[_codes(thin, y, x)]
    apart = thin.copy()
    for row, column in zip(y[meet].tolist(), x[meet].tolist(), strict=True):
        cv2.circle(apart, (column, row), int(half[row, column]) + 1, 0, -1)
    kept = apart[y, x] > 0
    y, x = y[kept], x[kept]
    cut = _corners(apart, y, x) | _turning_hue(off, y, x)
    apart[y[cut], x[cut]] = 0
    labels: Labels = np.asarray(cv2.connectedComponents(apart, connectivity=8)[1], np.int32)
    return Skeleton(labels, _ends(labels), _lengths(labels))


def _thinned(mask: Mask) -> NDArray[np.uint8]:
    """Zhang and Suen, 1984: border pixels go in turn from two sides, as long as nothing falls apart."""
    left = mask.astype(np.uint8)
    first, second, _, _ = _tables()
    y, x = np.nonzero(left)
    for _ in range(_MOST_ROUNDS):
        before = len(y)
        for table in (first, second):
            stays = ~table[_codes(left, y, x)]
            left[y[~stays], x[~stays]] = 0
            y, x = y[stays], x[stays]
        if len(y) == before:
            break
    return left


def _corners(thin: NDArray[np.uint8], y: Places, x: Places) -> Mask:
    """At which places a middle line turns by about a right angle: what lies around is off centre, though no end is
    near."""
    ramp, even = np.arange(-_ARM, _ARM + 1, dtype=np.float32), np.ones(2 * _ARM + 1, np.float32)
    plane = thin.astype(np.float32)
    # three sums in two directions each; they are of whole numbers, so exact
    count, right, down = (
        cv2.sepFilter2D(plane, -1, across, along, borderType=cv2.BORDER_CONSTANT)[y, x]
        for across, along in ((even, even), (ramp, even), (even, ramp))
    )
    off = np.zeros_like(plane)
    off[y, x] = np.hypot(right, down) / np.maximum(count, 1)
    sharp = (off[y, x] > _OFF_CENTRE) & (count >= 2 * _ARM)
    return np.asarray(sharp & (off[y, x] == cv2.dilate(off, np.ones((5, 5)))[y, x]))


def _turning_hue(off: Floats, y: Places, x: Places) -> Mask:
    """At which places of a middle line one of another colour begins: the direction of the colour turns."""
    own = off[y, x]
    hue = own / np.maximum(length(own), 1)[:, None]
    box = np.ones((5, 5), np.uint8)
    plane = np.full(off.shape, -2, np.float32)
    plane[y, x] = hue
    high = cv2.dilate(plane, box)[y, x]
    plane.fill(2)
    plane[y, x] = hue
    return np.asarray(largest(high - cv2.erode(plane, box)[y, x]) > _OTHER_HUE)


def _codes(mask: NDArray[np.uint8], y: Places, x: Places) -> NDArray[np.uint8]:
    """The eight neighbours of places as bits, clockwise from above."""
    width = mask.shape[1] + 2
    flat, middle = np.pad(mask, 1).ravel(), (y + 1) * width + x + 1
    codes = np.zeros(len(y), np.uint8)
    for bit, step in enumerate((-width, 1 - width, 1, width + 1, width, width - 1, -1, -width - 1)):
        codes |= flat[middle + step] << np.uint8(bit)
    return codes


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
    y, x = np.nonzero(labels)
    _, _, _, last = _tables()
    is_end = last[_codes((labels > 0).astype(np.uint8), y, x)]
    y, x = y[is_end], x[is_end]
    if not y.size:
        return ()
    reach = int(_TANGENT)
    ways = np.argwhere(np.ones((2 * reach + 1, 2 * reach + 1))) - reach
    ways = ways[np.hypot(ways[:, 0], ways[:, 1]) <= _TANGENT]
    padded, numbers = np.pad(labels, reach), labels[y, x]
    near = padded[y[:, None] + reach + ways[:, 0], x[:, None] + reach + ways[:, 1]] == numbers[:, None]
    away = -(near @ ways) / near.sum(axis=1, keepdims=True)
    outward = away / np.maximum(np.hypot(away[:, 0], away[:, 1]), 1e-6)[:, None]
    places = np.stack([y, x], axis=1).astype(np.float64)
    return tuple(map(End, numbers.tolist(), places, outward))


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
