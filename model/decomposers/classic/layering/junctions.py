"""T-junctions: where the outlines of two things meet, the one that goes on is in front."""

import cv2
import numpy as np

from model.decomposers.classic.planes import Mask, box_of, grown

_REACH = 9
_MOST = 12
_CROSSING = 12
_SURE = 0.05
_LEAST_SHARE = 0.08
"""Of the disc: less is a scrap of a rim, not an outline that arrives."""


def front(first: Mask, second: Mask, ink: Mask) -> int:
    """1 where the first lies in front of the second, -1 where it is the other way round, 0 where nobody can tell.

    Where a third meets the two, an outline that goes on straight leaves half of what is around to its own side; what
    ends at it shares the other half with the third (Guzmán's T, 1968). The mean over all such places decides.

    Args:
        first, second: ``(H, W)`` what is seen of each, rims included: they touch, and do not overlap.
        ink: ``(H, W)`` text, which hides where outlines meet.
    """
    window = box_of(grown(first, 2) & grown(second, 2), _REACH + 2)
    a, b = first[window], second[window]
    if a.size == 0:
        return 0
    meeting = grown(a, 2) & grown(b, 2) & grown(~(a | b), 2)
    _, _, _, centers = cv2.connectedComponentsWithStats(meeting.astype(np.uint8), connectivity=8)
    y, x = np.mgrid[-_REACH : _REACH + 1, -_REACH : _REACH + 1]
    disc = np.hypot(y, x) <= _REACH
    scores = []
    for column, row in np.rint(centers[1 : _MOST + 1]).astype(int):
        if not (_REACH <= row < a.shape[0] - _REACH and _REACH <= column < a.shape[1] - _REACH):
            continue  # the canvas' border ends every outline
        around = slice(row - _REACH, row + _REACH + 1), slice(column - _REACH, column + _REACH + 1)
        if ink[window][around][disc].any():
            continue
        shares = [float(mask[around][disc].mean()) for mask in (a, b)]
        one, other, third = (abs(share - 0.5) for share in (*shares, 1 - sum(shares)))
        if min(shares) >= _LEAST_SHARE and third > min(one, other) - _SURE:
            scores.append(other - one)  # else it is the third that goes on, and hides where the two meet
    mean = float(np.mean(scores)) if len(scores) > 1 else 0.0  # at a single place a corner may lie by chance
    return 0 if abs(mean) < _SURE else int(np.sign(mean))


def crosses(line: Mask, shape: Mask) -> bool:
    """Whether a thin line that touches a shape is seen across it, rather than ends at it."""
    window = box_of(grown(shape, 2))
    inside = line[window] & cv2.erode(_closed(shape[window]), np.ones((5, 5), np.uint8)).astype(bool)
    return int(inside.sum()) >= _CROSSING


def goes_under(line: Mask, shape: Mask) -> bool:
    """Whether a line that is seen on both sides of a shape goes on below it; ``line`` with what is hidden of it."""
    return int((line & shape).sum()) >= _CROSSING


def _closed(shape: Mask) -> np.ndarray:
    """The shape without the gaps that lines leave in it."""
    padded = np.pad(shape.astype(np.uint8), 8)
    return cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))[8:-8, 8:-8]
