"""How an outline goes on where something hides it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Box, Mask, box_of, filled, grown

_MOST_ADDED = 1.5
"""Times what is seen: of what is hidden by more nobody knows the shape."""
_MOST_HULL = 0.3
_LEAST_ARC = 12
"""Steps of ten degrees of an ellipse's outline that have to be in view."""
_SIDE = 26
_SCRAP = 0.03
"""Of a side: what of a box reaches no more of it in a row or column beyond it is a bit of a rim."""


def hull(mask: Mask) -> Mask:
    """The convex hull of a mask."""
    covered = np.zeros(mask.shape, np.uint8)
    ends = row_ends(mask)
    if len(ends):
        cv2.fillConvexPoly(covered, cv2.convexHull(ends), 1)
    return covered.astype(bool)


def row_ends(mask: Mask) -> NDArray[np.int32]:
    """x and y, ``(n, 2)``, of the first and the last pixel of each row that has any: all that a hull is made of."""
    rows = np.flatnonzero(mask.any(axis=1))
    first = mask[rows].argmax(axis=1)
    last = mask.shape[1] - 1 - mask[rows, ::-1].argmax(axis=1)
    ends = np.stack([np.concatenate([first, last]), np.concatenate([rows, rows])], axis=1)
    return ends.astype(np.int32)


def goes_on(seen: Mask, over: Mask) -> Mask:
    """The shape and what of it ``over`` hides.

    Of ellipse, box and rounded box the one that differs least from what is seen, if that is next to nothing; else the
    outline whose sides go on until they meet; else the hull, if that adds little. Where none explains 98 % of what is
    seen only what the shape surrounds is added.
    """
    near = box_of(seen, 4)
    if not (over[near] & grown(seen[near], 3)).any():
        return seen
    rows, columns = box_of(seen)
    margin = max(rows.stop - rows.start, columns.stop - columns.start) // 2
    window = box_of(seen, margin)
    own, hidden = seen[window], over[window]
    outlines = _outlines(own)
    simple = (
        _fitted_ellipse(own.shape, outlines, hidden),
        *(_rounded(own.shape, box, radius) for box in _boxes(own) for radius in _radii(own | hidden, hidden, box)),
    )
    known = [(_strayed(shape, own, hidden), index) for index, shape in enumerate(simple)]
    least, index = min(known)
    best: Mask | None = simple[index] if least < float("inf") else None
    if best is None:
        met, around = _sides_met(own, outlines, hidden), hull(own)
        is_met = _strayed(met, own, hidden) < float("inf")
        is_little = int((around & hidden & ~own).sum()) <= _MOST_HULL * int(own.sum())
        is_around = is_little and _strayed(around, own, hidden) < float("inf")
        best = met if is_met else around if is_around else own
    assert best is not None
    whole = seen.copy()
    whole[window] = own | (best & hidden) | _enclosed(own, hidden)
    return whole


def _strayed(shape: Mask | None, own: Mask, hidden: Mask) -> float:
    """How many pixels in view tell against a shape; infinite where they are too many or where it adds nothing, or
    more than anybody can know."""
    if shape is None:
        return float("inf")
    area = int(own.sum())
    wrong, missed = int((shape & ~own & ~hidden).sum()), int((own & ~shape).sum())
    added = int((shape & ~own & hidden).sum())
    fits = wrong <= 0.01 * area + 8 and missed <= 0.015 * area
    return wrong + missed if fits and 0 < added <= _MOST_ADDED * area else float("inf")


def surrounding(seen: Mask, over: Mask) -> Mask:
    """``seen`` and what of ``over`` it surrounds, for what has no simple shape."""
    box = box_of(seen)
    whole = seen.copy()
    whole[box] |= _enclosed(seen[box], over[box])
    return whole


def _rounded(shape: tuple[int, ...], box: Box, radius: int) -> Mask:
    """A box with four corners of this radius, in a window of a shape."""
    covered = np.zeros(shape, np.uint8)
    inside = covered[box]
    height, width = inside.shape
    radius = min(radius, height // 2, width // 2)
    cv2.rectangle(inside, (radius, 0), (width - 1 - radius, height - 1), 1, -1)
    cv2.rectangle(inside, (0, radius), (width - 1, height - 1 - radius), 1, -1)
    for cy in (radius, height - 1 - radius):
        for cx in (radius, width - 1 - radius):
            cv2.circle(inside, (cx, cy), radius, 1, -1)
    return covered.astype(bool)


def _boxes(own: Mask) -> list[Box]:
    """The box around it, and the one without scraps that stick out of it, bits of a rim beside what is over it."""
    around = box_of(own)
    inside = own[around]
    rows, columns = (
        np.flatnonzero(np.count_nonzero(inside, axis=1 - axis) > _SCRAP * inside.shape[1 - axis]) for axis in (0, 1)
    )
    if not rows.size or not columns.size:
        return [around]
    top, left = around[0].start, around[1].start
    tight = (
        slice(top + int(rows[0]), top + int(rows[-1]) + 1),
        slice(left + int(columns[0]), left + int(columns[-1]) + 1),
    )
    return [around] if tight == around else [around, tight]


def _radii(visible: Mask, hidden: Mask, box: Box) -> list[int]:
    """How round the corners in a box may be: not at all, or as one that can be seen is; part of one may be hidden too,
    and which tells the truth is seen from what fits."""
    radii = {0}
    for turn in (slice(None), slice(None, None, -1)):
        for flip in (slice(None), slice(None, None, -1)):
            corner, hide = visible[box][turn, flip], hidden[box][turn, flip]
            if not hide[:3, :3].any() and corner[0].any() and corner[:, 0].any():
                radii.add(max(int(corner[0].argmax()), int(corner[:, 0].argmax())))
    return sorted(radius for radius in radii if not radius or radius - 1 not in radii)


def _outlines(own: Mask) -> list[NDArray[np.int32]]:
    """Outer outlines, longest first, ``(n, 2)`` x and y, in order."""
    found, _ = cv2.findContours(own.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return sorted((np.asarray(outline[:, 0], np.int32) for outline in found), key=len, reverse=True)


def _in_view(outline: NDArray[np.int32], hidden: Mask) -> Mask:
    """Which points of an outline lie beside nothing that hides, nor at the window's border."""
    height, width = hidden.shape
    x, y = outline.T
    inside = (x > 0) & (y > 0) & (x < width - 1) & (y < height - 1)
    return np.asarray(inside & ~grown(hidden, 2)[y, x])


def _fitted_ellipse(shape: tuple[int, ...], outlines: list[NDArray[np.int32]], hidden: Mask) -> Mask | None:
    """The ellipse on which nearly all of the visible outline lies, if that is enough of it to tell."""
    points = np.concatenate([outline[_in_view(outline, hidden)] for outline in outlines])
    points = points[:: max(1, len(points) // 400)].astype(np.float32)
    if len(points) < 20:
        return None
    (cx, cy), (first, second), turn = cv2.fitEllipseDirect(points)
    if not np.isfinite([cx, cy, first, second]).all() or not 4 < min(first, second) <= max(first, second) < 4 * max(
        shape
    ):
        return None
    angle = np.radians(turn)
    away = points - (cx, cy)
    along = np.stack([away @ (np.cos(angle), np.sin(angle)), away @ (-np.sin(angle), np.cos(angle))], axis=1)
    level = np.hypot(along[:, 0] / (first / 2), along[:, 1] / (second / 2))
    off = np.abs(level - 1) * np.hypot(along[:, 0], along[:, 1]) / np.maximum(level, 1e-6)
    turns = np.unique((np.arctan2(along[:, 1] / second, along[:, 0] / first) * 18 / np.pi).astype(int)).size
    if float((off <= 1.5).mean()) < 0.98 or turns < _LEAST_ARC:
        return None
    covered = np.zeros(shape, np.uint8)
    center, axes = (round(cx * 16), round(cy * 16)), (round(first * 8), round(second * 8))
    cv2.ellipse(covered, center, axes, turn, 0, 360, 1, -1, cv2.LINE_8, 4)
    return covered.astype(bool)


def _sides_met(own: Mask, outlines: list[NDArray[np.int32]], hidden: Mask) -> Mask | None:
    """The outline with each hidden run replaced by its straight sides carried on to where they meet under what hides
    them, or to each other; Kellman and Shipley's relatable edges (1991)."""
    outline = outlines[0].astype(np.float64)
    if len(outlines) > 1 and sum(map(len, outlines[1:])) > 0.05 * len(outline):
        return None
    view = _in_view(outlines[0], hidden)
    if view.all() or not view.any():
        return None
    start = int(np.flatnonzero(view & ~np.roll(view, 1))[0])
    outline, view = np.roll(outline, -start, axis=0), np.roll(view, -start)
    edges = np.flatnonzero(np.diff(view.astype(np.int8))) + 1
    bounds = [0, *edges.tolist(), len(view)]
    pieces: list[NDArray[np.float64]] = []
    for index in range(0, len(bounds) - 1, 2):
        pieces.append(outline[bounds[index] : bounds[index + 1]])
        if index + 2 < len(bounds):
            run = outline[bounds[index + 1] : bounds[index + 2]]
            following = np.roll(outline, -bounds[index + 2], axis=0)[:_SIDE]
            pieces.append(_met(pieces[-1][-_SIDE:], following, run, hidden))
    covered = np.zeros(own.shape, np.uint8)
    cv2.fillPoly(covered, [np.rint(np.concatenate(pieces)).astype(np.int32)], 1)
    return covered.astype(bool) | own


def _met(
    before: NDArray[np.float64], after: NDArray[np.float64], run: NDArray[np.float64], hidden: Mask
) -> NDArray[np.float64]:
    """What stands for a hidden run: the corner, nothing where one side goes on straight, or the run as it is."""
    one, other = _straight(before[:-2]), _straight(after[2:])
    if one is None or other is None:
        return run
    (a, forward), (b, onward) = one, other
    cross = forward[0] * onward[1] - forward[1] * onward[0]
    way = b - a
    if abs(cross) < 0.1:
        aside = abs(forward[0] * way[1] - forward[1] * way[0])
        return run[:0] if forward @ onward > 0 and aside <= 2 + 0.05 * float(np.hypot(*way)) else run
    ahead = (way[0] * onward[1] - way[1] * onward[0]) / cross
    back = (way[0] * forward[1] - way[1] * forward[0]) / cross
    corner = a + ahead * forward
    x, y = np.rint(corner).astype(int)
    if ahead < 0 or back > 0 or not (0 <= y < hidden.shape[0] and 0 <= x < hidden.shape[1]) or not hidden[y, x]:
        return run
    return np.asarray(corner[None])


def _straight(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Middle and direction of a piece of outline, in its order, if it is straight."""
    if len(points) < 8:
        return None
    middle = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - middle, full_matrices=False)
    direction = axes[0] * np.sign(axes[0] @ (points[-1] - points[0]))
    off = np.abs((points - middle) @ (-direction[1], direction[0]))
    return (middle, direction) if float(off.max()) <= 0.9 else None


def _enclosed(own: Mask, hidden: Mask) -> Mask:
    """Hidden pixels that the shape surrounds, its own outline closed over gaps of the occluder."""
    return np.asarray(filled(own) & hidden)
