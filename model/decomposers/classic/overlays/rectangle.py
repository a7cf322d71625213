"""Half-transparent rectangles over whatever they lie on: steps that close to a box, alike on all its sides."""

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.overlays.straight import Step, steps
from model.decomposers.classic.overlays.veil import related
from model.decomposers.classic.planes import Floats, Mask

_MOST_STEPS = 12
_AWAY = 4
_SLACK = 16
"""Pixels by which a side's step may go past a corner: half of what it may lack within."""
_LEAST_SIDE = 40
_LEAST_SHARE = 0.35
"""Of a side, how much of it shows a step; the rest may be hidden, or have the overlay's own colour below it."""
_LEAST_COVER = 0.65
"""Of all sides together; steps that a photograph has by itself cover less than this of the boxes that fit them."""
_CLOSE_SIDE, _CLOSE = 0.5, 0.7
_CLOSE_ALONE = 0.85
"""Of the sides, how much one overlay explains: of each, of all, and of the only one (a scrim at the picture's foot)."""
_ROUNDEST = 80
_LEAST_CHANGE = 2.0
_LEAST_SPREAD = 8.0
"""Steps by which what shows the overlay has to vary: on one colour a panel of any other looks like glass."""
_NEAR_BORDER = 24
_MOST_BOXES = 48

Sides = tuple[Step | None, Step | None, Step | None, Step | None]
"""Top, bottom, left, right; ``None`` is the canvas' border."""


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """``mask`` ``(H, W)``, opacity 0-1, tint ``(3,)``."""

    mask: Mask
    opacity: float
    tint: NDArray[np.float64]


def rectangle(rgb: Floats, ignored: Mask, tolerance: float) -> Box | None:
    """The half-transparent rectangle that explains most of its rim, corners rounded alike, or ``None``.

    Args:
        rgb: ``(H, W, 3)``.
        ignored: ``(H, W)`` ink of text.
    """
    rows = steps(rgb, tolerance)[:_MOST_STEPS]
    columns = steps(np.ascontiguousarray(rgb.transpose(1, 0, 2)), tolerance)[:_MOST_STEPS]
    calm = np.asarray(cv2.GaussianBlur(rgb, (0, 0), 1.2), np.float32)
    best: tuple[float, Sides, float, NDArray[np.float64]] | None = None
    for sides in _boxes(rows, columns, rgb.shape[:2]):
        pairs = [_across(calm, ignored, sides, side) for side in range(4) if sides[side] is not None]
        out, own, slack = (np.concatenate([pair[part] for pair in pairs]) for part in range(3))
        found = related(out, own, slack[:, 0])
        if found is None:
            continue
        opacity, tint, close = found
        close &= np.abs(own - out).max(axis=1) > _LEAST_CHANGE + tolerance  # what does not change proves nothing
        ends = np.cumsum([len(pair[0]) for pair in pairs])[:-1]
        shares = [float(part.mean()) for part in np.split(close, ends) if len(part)]
        least = _CLOSE_ALONE if len(pairs) == 1 else _CLOSE
        share = float(close.mean())
        if share >= least and min(shares) >= _CLOSE_SIDE and _spread(out[close]) >= _LEAST_SPREAD:
            worth = share**6 * len(close)
            if best is None or worth > best[0]:
                best = worth, sides, opacity, tint
    if best is None:
        return None
    _, sides, opacity, tint = best
    return Box(_rounded(rgb, sides, opacity, tint), opacity, tint)


def _spread(colors: NDArray[np.float64]) -> float:
    """Their deviation from their mean, over all channels."""
    return float(np.sqrt(np.mean((colors - colors.mean(axis=0)) ** 2)))


def _bounds(sides: Sides, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    top, bottom, left, right = sides
    return (
        top.at if top else 0,
        bottom.at if bottom else shape[0],
        left.at if left else 0,
        right.at if right else shape[1],
    )


def _boxes(rows: list[Step], columns: list[Step], shape: tuple[int, ...]) -> list[Sides]:
    """Boxes of which each side inside the canvas shows enough of a step, none goes far past a corner, and those that
    end at the canvas' border come near it; those with the longest steps first."""
    found: list[tuple[int, Sides]] = []
    flat = _both(rows, shape[0])
    upright = _both(columns, shape[1])
    for (top, bottom), (left, right) in product(flat, upright):
        sides = top, bottom, left, right
        y0, y1, x0, x1 = _bounds(sides, shape)
        along = [step for step in (top, bottom) if step]
        down = [step for step in (left, right) if step]
        if (
            (along or down)
            and all(_spans(step, x0, x1) for step in along)
            and all(_spans(step, y0, y1) for step in down)
            and _reach(along, left, right, shape[1])
            and _reach(down, top, bottom, shape[0])
        ):
            shown = sum(step.stop - step.start for step in (*along, *down))
            if shown >= _LEAST_COVER * ((x1 - x0) * len(along) + (y1 - y0) * len(down)):
                found.append((-shown, sides))
    found.sort(key=lambda one: one[0])
    return [sides for _, sides in found[:_MOST_BOXES]]


def _both(ordered: list[Step], size: int) -> list[tuple[Step | None, Step | None]]:
    ends = [None, *ordered]
    return [
        (low, high)
        for low, high in product(ends, ends)
        if (high.at if high else size) - (low.at if low else 0) >= _LEAST_SIDE
    ]


def _reach(along: list[Step], low: Step | None, high: Step | None, size: int) -> bool:
    """Whether, where there is no side, a step along the others comes near the canvas' border."""
    if not along:
        return True
    near_low = low is not None or min(step.start for step in along) <= _NEAR_BORDER
    return near_low and (high is not None or max(step.stop for step in along) >= size - _NEAR_BORDER)


def _spans(step: Step, start: int, stop: int) -> bool:
    inside = min(step.stop, stop) - max(step.start, start)
    past = step.stop - step.start - inside
    return inside >= _LEAST_SHARE * (stop - start) and past <= _SLACK


def _across(calm: Floats, ignored: Mask, sides: Sides, side: int) -> tuple[NDArray[np.float64], ...]:
    """Colours outside and inside along one side, corners left out, ``(n, 3)`` each, and how much the outside changes
    over as many pixels, ``(n, 1)``."""
    y0, y1, x0, x1 = _bounds(sides, ignored.shape)
    upright = side >= 2
    plane, ink = (calm.transpose(1, 0, 2), ignored.T) if upright else (calm, ignored)
    start, stop = (y0, y1) if upright else (x0, x1)
    at = (y0, y1, x0, x1)[side]
    corner = min(_ROUNDEST // 2, (stop - start) // 5)
    along = np.arange(start + corner, stop - corner, max(1, (stop - start) // 300))
    inward = 1 if side in (0, 2) else -1
    middle = at if inward > 0 else at - 1
    out_at, in_at = middle - inward * _AWAY, middle + inward * (_AWAY - 1)
    farther = out_at - inward * (2 * _AWAY - 1)
    if not (0 <= out_at < plane.shape[0] and 0 <= in_at < plane.shape[0]):
        return np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 1))
    along = along[~ink[out_at, along] & ~ink[in_at, along]]
    out, own = plane[out_at, along].astype(np.float64), plane[in_at, along].astype(np.float64)
    beyond = plane[farther, along] if 0 <= farther < plane.shape[0] else out
    return out, own, np.abs(out - beyond).max(axis=1, keepdims=True)


def _rounded(rgb: Floats, sides: Sides, opacity: float, tint: NDArray[np.float64]) -> Mask:
    """The box with the corners with which the picture without the overlay is smoothest."""
    y0, y1, x0, x1 = _bounds(sides, rgb.shape)
    reach = min(_ROUNDEST, (y1 - y0) // 2, (x1 - x0) // 2)
    corners = [
        (rows, columns)
        for row, rows in ((0, slice(y0, y0 + reach)), (1, slice(y1 - reach, y1)))
        for column, columns in ((2, slice(x0, x0 + reach)), (3, slice(x1 - reach, x1)))
        if sides[row] is not None and sides[column] is not None
    ]
    best, radius = np.inf, 0
    for tried in range(0, reach + 1, 2) if corners else ():
        mask = _box(rgb.shape, (y0, y1, x0, x1), sides, tried)
        rough = sum(_jump(rgb[part], mask[part], opacity, tint) for part in corners)
        if rough < best:
            best, radius = rough, tried
    return _box(rgb.shape, (y0, y1, x0, x1), sides, radius)


def _jump(rgb: Floats, mask: Mask, opacity: float, tint: NDArray[np.float64]) -> float:
    """How much the picture without the overlay changes across the mask's rim, anti-aliased pixels left out."""
    clear = np.where(mask[:, :, None], (rgb - opacity * tint) / (1 - opacity), rgb)
    apart, count = 0.0, 1
    for axis in (0, 1):
        first, second = (np.take(mask, np.arange(*ends), axis) for ends in _ends(mask.shape[axis]))
        rim = first != second
        one, other = (np.take(clear, np.arange(*ends), axis)[rim] for ends in _ends(mask.shape[axis]))
        apart += float(np.abs(one - other).sum())
        count += int(rim.sum())
    return apart / count


def _ends(size: int) -> tuple[tuple[int, int], tuple[int, int]]:
    return (0, size - _AWAY), (_AWAY, size)


def _box(shape: tuple[int, ...], bounds: tuple[int, int, int, int], sides: Sides, radius: int) -> Mask:
    """A rounded box; corners that the canvas cuts off lie beyond it."""
    beyond = radius + 1
    y0, y1, x0, x1 = (
        bound if side is not None else bound + (-beyond if index in (0, 2) else beyond)
        for index, (bound, side) in enumerate(zip(bounds, sides, strict=True))
    )
    y, x = np.arange(shape[0]) + 0.5, np.arange(shape[1]) + 0.5
    away_y = np.maximum(np.maximum(y0 + radius - y, y - y1 + radius), 0)
    away_x = np.maximum(np.maximum(x0 + radius - x, x - x1 + radius), 0)
    inside = (y > y0) & (y < y1)
    within = (x > x0) & (x < x1)
    near = away_y[:, None] ** 2 + away_x[None] ** 2 <= max(radius, 0.5) ** 2
    return np.asarray(inside[:, None] & within[None] & near)
