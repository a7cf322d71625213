"""How an outline goes on where something hides it."""

import cv2
import numpy as np

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


def surrounding(seen: Mask, over: Mask) -> Mask:
    """``seen`` and what of ``over`` it surrounds, for what has no simple shape."""
    box = box_of(seen)
    whole = seen.copy()
    whole[box] |= _enclosed(seen[box], over[box])
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
