"""The things that a layer holds, told apart by its alpha alone."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Mask: TypeAlias = NDArray[np.bool_]
_Labels: TypeAlias = NDArray[np.int32]

SEEN = 32
"""Alphas up to it are the noise of the model's blank layers, which was seen to reach 20."""
_SOLID = 0.06
"""Of the canvas' longer side: what is thicker is no stroke of a letter."""
_NEAR, _FARTHEST = 0.01, 0.05
"""Of the canvas' longer side: how far things reach out for others, solid ones and the largest letters."""
_STROKES, _LETTERS = 1.5, 0.5
"""How far small things reach out: times their thickness, and times the shorter side of their box."""
_LARGEST_LETTER = 0.25
"""Of the canvas' longer side: the shorter side of a letter's box. A ring or a frame may be larger."""


def parts_of(alpha: NDArray[np.uint8], least_share: float) -> list[Mask]:
    """A mask of the whole canvas for each thing, largest first; every pixel is in exactly one of them.

    Strokes and dots reach out one and a half times their thickness or half their height, so that the letters of a word,
    the lines of a text and the dots of a pattern are one thing, but no farther than 5 % of the canvas; what is solid
    reaches out 1 %. Things that reach one another are one.
    What covers less than ``least_share`` of the canvas belongs to the thing that is nearest.

    Args:
        alpha: ``(H, W)``.

    Returns:
        One mask, all true, where there are no two things of that size.
    """
    seen = np.asarray(alpha > SEEN)
    if not seen.any():
        return [np.ones(alpha.shape, bool)]
    nearest, distance = _nearest(seen)
    near = distance <= _reach(seen, nearest)[nearest]
    count, things = cv2.connectedComponents(near.astype(np.uint8))
    areas = np.bincount(things[seen], minlength=count)
    large = [int(thing) for thing in np.argsort(-areas, kind="stable") if areas[thing] >= least_share * alpha.size]
    if len(large) < 2:
        return [np.ones(alpha.shape, bool)]
    own = np.where(seen & np.isin(things, large), things, 0)
    nearest, _ = _nearest(own > 0)
    thing_of = np.zeros(int(nearest.max()) + 1, np.int32)
    thing_of[nearest[own > 0]] = own[own > 0]
    return [np.asarray(thing_of[nearest] == thing) for thing in large]


def apart(parts: list[Mask], alpha: NDArray[np.uint8]) -> list[list[int]]:
    """Indices of parts in groups, so that a line may be drawn between any two groups, largest part first.

    Parts are of one group where their convex hulls meet: a ring and what it encloses, a word across two cards.
    """
    groups = [([index], _hull(part & (alpha > SEEN))) for index, part in enumerate(parts)]
    merged = True
    while merged:
        merged = False
        for first, (indices, hull) in enumerate(groups):
            meeting = next((at for at in range(first + 1, len(groups)) if (hull & groups[at][1]).any()), None)
            if meeting is not None:
                more, other = groups.pop(meeting)
                groups[first] = sorted(indices + more), _hull(hull | other)
                merged = True
                break
    return [indices for indices, _ in groups]


def _nearest(mask: Mask) -> tuple[_Labels, NDArray[np.float32]]:
    """For each pixel the connected piece of the mask that is nearest, numbered from 1, and how far it is, in pixels."""
    distance, labels = cv2.distanceTransformWithLabels(
        (~mask).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP
    )
    return np.asarray(labels, np.int32), np.asarray(distance, np.float32)


def _reach(seen: Mask, pieces: _Labels) -> NDArray[np.float32]:
    """By the number of a piece: how far it reaches out, in pixels."""
    # What the edge of the canvas cuts off is as thick as it looks.
    depth = cv2.distanceTransform(np.pad(seen.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    thickness = np.zeros(int(pieces.max()) + 1, np.float32)
    np.maximum.at(thickness, pieces[seen], 2 * depth[seen])
    side = max(seen.shape)
    height = _shorter_sides(pieces * seen)
    strokes = np.maximum(_STROKES * thickness, np.where(height > _LARGEST_LETTER * side, 0, _LETTERS * height))
    strokes = np.clip(strokes, _NEAR * side, _FARTHEST * side)
    return np.where(thickness > _SOLID * side, np.float32(_NEAR * side), strokes).astype(np.float32)


def _shorter_sides(pieces: _Labels) -> NDArray[np.float32]:
    """By number: of the box of a piece, in pixels; 0 is none."""
    result = np.zeros(int(pieces.max()) + 1, np.float32)
    first, last = (np.zeros((2, len(result)), np.int64) for _ in range(2))
    first[:] = max(pieces.shape)
    places = np.nonzero(pieces)
    numbers = pieces[places]
    for axis, at in enumerate(places):
        np.minimum.at(first[axis], numbers, at)
        np.maximum.at(last[axis], numbers, at + 1)
    result[1:] = (last - first).min(axis=0)[1:]
    return result


def _hull(mask: Mask) -> Mask:
    """Filled; of one pixel or of a line, that."""
    points = cv2.findNonZero(mask.astype(np.uint8))
    filled = np.zeros(mask.shape, np.uint8)
    cv2.fillConvexPoly(filled, cv2.convexHull(points), 1)
    return filled > 0
