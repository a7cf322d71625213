"""Which element lies over which."""

import cv2
import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.planes import Mask, box_of, filled, grown


def hull(mask: Mask) -> Mask:
    """The convex hull of a mask."""
    rows = np.flatnonzero(mask.any(axis=1))
    covered = np.zeros(mask.shape, np.uint8)
    if len(rows):
        first = mask[rows].argmax(axis=1)
        last = mask.shape[1] - 1 - mask[rows, ::-1].argmax(axis=1)
        ends = np.stack([np.concatenate([first, last]), np.concatenate([rows, rows])], axis=1)
        cv2.fillConvexPoly(covered, cv2.convexHull(ends.astype(np.int32)), 1)
    return covered.astype(bool)


def bottom_up(elements: list[Element]) -> list[Element]:
    """Elements without the background, sorted bottom first.

    Of two that touch, the one whose contour goes on under the other lies below: the larger the part of the other that
    lies in one's own convex hull, the lower (a container holds all of what it contains; of two overlapping shapes the
    bitten one). Text lies over everything it touches, glass over what is seen through it. Ties go by area, the larger
    below.
    """
    hulls = [hull(element.seen) for element in elements]
    wide = [grown(element.seen, 3) for element in elements]
    below: list[set[int]] = [set() for _ in elements]
    for i in range(len(elements)):
        for j in range(i):
            if not (wide[i] & wide[j]).any():
                continue
            lower, upper = _pair(elements, hulls, i, j)
            below[upper].add(lower)
    return [elements[i] for i in _sorted(elements, below)]


def _pair(elements: list[Element], hulls: list[Mask], i: int, j: int) -> tuple[int, int]:
    if (elements[i].kind == "text") != (elements[j].kind == "text"):
        return (j, i) if elements[i].kind == "text" else (i, j)
    if (elements[i].opacity < 1) != (elements[j].opacity < 1) and (elements[i].seen & elements[j].seen).any():
        return (j, i) if elements[i].opacity < 1 else (i, j)
    within_i = float((hulls[j] & elements[i].seen).sum()) / max(1, elements[i].area)
    within_j = float((hulls[i] & elements[j].seen).sum()) / max(1, elements[j].area)
    if abs(within_i - within_j) < 1e-3:
        return (i, j) if elements[i].area >= elements[j].area else (j, i)
    return (i, j) if within_j > within_i else (j, i)


def _sorted(elements: list[Element], below: list[set[int]]) -> list[int]:
    """Topological; a circle is cut at the largest element left."""
    left = set(range(len(elements)))
    order: list[int] = []
    while left:
        free = [i for i in left if not below[i] & left]
        lowest = min(free or left, key=lambda i: (-elements[i].area, i))
        order.append(lowest)
        left.discard(lowest)
    return order


def complete(elements: list[Element]) -> None:
    """Let each element go on under those over it, where a simple shape says so; sets ``whole``, top last."""
    over = np.zeros(elements[0].seen.shape, bool) if elements else np.zeros((1, 1), bool)
    for element in reversed(elements):
        if element.kind != "text" and element.alpha is None:
            element.whole = goes_on(element.seen, over)
        over |= element.seen if element.alpha is None else False


def goes_on(seen: Mask, over: Mask) -> Mask:
    """The shape and what of it ``over`` hides: of box, ellipse and hull the first that only adds hidden pixels."""
    rows, columns = box_of(seen)
    own, hidden = seen[rows, columns], over[rows, columns]
    if not (hidden & grown(own, 3)).any():
        return seen
    for shape in (np.ones_like(own), _rounded(own, hidden), _ellipse(own), hull(own)):
        added = shape & ~own
        missed = own & ~shape
        if added.sum() and (added & ~hidden).sum() <= 0.01 * own.sum() + 8 and missed.sum() <= 0.015 * own.sum():
            break
    else:
        shape = own
    whole = seen.copy()
    whole[rows, columns] = own | (shape & hidden) | _enclosed(own, hidden)
    return whole


def _rounded(own: Mask, hidden: Mask) -> Mask:
    """The box with the roundest corner that can be seen, at all four."""
    height, width = own.shape
    visible = own | hidden
    radius = 0
    for flip_y in (False, True):
        for flip_x in (False, True):
            corner = visible[::-1] if flip_y else visible
            corner = corner[:, ::-1] if flip_x else corner
            hide = hidden[::-1] if flip_y else hidden
            hide = hide[:, ::-1] if flip_x else hide
            if not hide[:3, :3].any() and corner[0].any():
                radius = max(radius, int(corner[0].argmax()), int(corner[:, 0].argmax()))
    radius = min(radius, height // 2, width // 2)
    box = np.zeros(own.shape, np.uint8)
    cv2.rectangle(box, (radius, 0), (width - 1 - radius, height - 1), 1, -1)
    cv2.rectangle(box, (0, radius), (width - 1, height - 1 - radius), 1, -1)
    for cy in (radius, height - 1 - radius):
        for cx in (radius, width - 1 - radius):
            cv2.circle(box, (cx, cy), radius, 1, -1)
    return box.astype(bool)


def _ellipse(own: Mask) -> Mask:
    height, width = own.shape
    axes = ((width - 1) / 2, (height - 1) / 2)
    y, x = np.mgrid[0:height, 0:width]
    away = ((x - axes[0]) / max(axes[0], 1)) ** 2 + ((y - axes[1]) / max(axes[1], 1)) ** 2
    return np.asarray(away <= 1.01)


def _enclosed(own: Mask, hidden: Mask) -> Mask:
    """Hidden pixels that the shape surrounds, its own outline closed over gaps of the occluder."""
    return np.asarray(filled(own) & hidden)
