"""Regions: connected parts of a picture that one colour model explains, and what is left as texture."""

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.paint import Paint, Places, fit
from model.decomposers.classic.planes import Floats, Labels, Mask, box_of, components, grown, largest
from model.decomposers.classic.regions.cut import one_again
from model.decomposers.classic.regions.nearest import nearest
from model.decomposers.classic.regions.soft import GRAINY, softly_joined
from model.decomposers.classic.regions.strokes import Stroke, strokes
from model.decomposers.classic.regions.under_ink import beside_ink, faced, through_ink, without_ink
from model.layers import Pixels

_LEAST_FLAT = 30
_LEAST_SMOOTH = 300
_LEAST_TEXTURE = 120
_MOST = 160
_LEAST_LEFT = 0.004
_MOST_RIMS, _RIM = 0.01, 9
"""Of the canvas, and pixels: no more than that, and narrower, are soft edges of a thing or two in a clean picture; one
that is blurred throughout has more of them."""
_LEAST_PANEL = 0.02
_RIPPLES = 10
EVERYWHERE = slice(None), slice(None)
_GRAIN = 2.5
"""Steps of noise that a drawing's brush or a generator's grain may have, where the picture's quiet parts have less."""


@dataclass(slots=True, eq=False)
class Region:
    """``mask`` ``(H, W)`` covers the region and its half of the rim; ``paint`` without a degree means texture.

    ``places`` are rows and columns of up to 300 of its pixels. Of a stroke ``whole`` ``(H, W)`` also covers where it
    goes on under what crosses it; of all else it is ``None``.
    """

    mask: Mask
    paint: Paint
    area: int
    whole: Mask | None = None
    places: tuple[Places, Places] = field(init=False)

    def __post_init__(self) -> None:
        rows, columns = box_of(self.mask)
        y, x = np.nonzero(self.mask[rows, columns])
        step = max(1, len(y) // 300)
        self.places = y[::step] + rows.start, x[::step] + columns.start

    @property
    def beyond(self) -> Mask:
        """``mask``, and of a stroke where it goes on."""
        return self.mask if self.whole is None else self.whole


@dataclass(slots=True, eq=False)
class Seeds:
    """``labels`` ``(H, W)`` int32, 0 where nothing is known; ``paints`` by label."""

    labels: Labels
    paints: dict[int, Paint]

    def add(self, mask: Mask, box: tuple[slice, slice], paint: Paint) -> int:
        name = max(self.paints, default=0) + 1
        self.labels[box][mask] = name
        self.paints[name] = paint
        return name


def segment(rgb: Floats, tolerance: float, ignored: Mask) -> tuple[list[Region], bool]:
    """Split a picture into regions that cover it, largest first; and whether it is a drawing with grain.

    First what is drawn cleanly; in the rest what is drawn with grain, if that is most of it (else the rest is a
    photograph); what is left is texture, which takes what it goes over into softly.

    Args:
        rgb: ``(H, W, 3)``.
        tolerance: the picture's noise.
        ignored: ``(H, W)`` pixels (the ink of text) that belong to whatever is around them.
    """
    seeds = Seeds(np.zeros(rgb.shape[:2], np.int32), {})
    _add_smooth(seeds, rgb, tolerance, ~ignored)
    thin, seeds.labels = strokes(rgb, seeds.labels, seeds.paints, tolerance, ~ignored)
    seeds.labels = one_again(seeds.labels, seeds.paints, thin)
    lines = {seeds.add(stroke.mask, EVERYWHERE, _flat(stroke)): stroke for stroke in thin}
    left = _thick((seeds.labels == 0) & ~ignored)
    are_rims = float(left.mean()) <= _MOST_RIMS and float(_thick(left, _RIM).mean()) <= _LEAST_LEFT
    is_drawing = False
    if float(left.mean()) > _LEAST_LEFT and not are_rims:
        drawn = _drawn(rgb, max(_GRAIN, tolerance), ~ignored, left)
        is_drawing = drawn is not None
        seeds, lines = (drawn, {}) if drawn is not None else (seeds, lines)
        if not is_drawing:
            _reclaim(seeds, rgb, ~ignored)
    _add_texture(seeds, rgb, ignored, _RIM if is_drawing or are_rims else 5)
    if not seeds.paints:
        whole = np.ones(rgb.shape[:2], bool)
        y, x = np.nonzero(whole)
        return [Region(whole, fit(rgb, y, x, tolerance), whole.size)], False
    labels = beside_ink(rgb, seeds.labels, nearest(seeds.labels), seeds.paints, ignored)
    labels = through_ink(labels, seeds.paints, ignored)
    clear = without_ink(rgb, ignored)
    labels = softly_joined(clear, labels, seeds.paints, tolerance, 0.35 if is_drawing else 0.15)
    labels = faced(labels, seeds.paints, ignored)
    areas = np.bincount(labels.ravel())
    order = np.argsort(-areas, kind="stable")[:_MOST]
    order = order[areas[order] > 0]
    if len(order) < int((areas > 0).sum()):
        labels = nearest(np.where(np.isin(labels, order), labels, 0).astype(np.int32))
        areas = np.bincount(labels.ravel())
    regions = [
        Region(labels == index, seeds.paints[int(index)], int(areas[index]), _whole(lines, int(index)))
        for index in order
    ]
    return sorted(regions, key=lambda region: -region.area), is_drawing


def _flat(stroke: Stroke) -> Paint:
    return Paint(0, stroke.color[None].astype(np.float64), float(max(stroke.mask.shape)), 0.0, 1.0)


def _whole(lines: dict[int, Stroke], index: int) -> Mask | None:
    return lines[index].whole if index in lines else None


def _add_smooth(seeds: Seeds, rgb: Floats, tolerance: float, where: Mask) -> None:
    box = np.ones((3, 3), np.uint8)
    bend = np.maximum(
        largest(np.abs(cv2.filter2D(rgb, -1, np.array([[1, -2, 1]], np.float32)))),
        largest(np.abs(cv2.filter2D(rgb, -1, np.array([[1], [-2], [1]], np.float32)))),
    )
    span = _span(rgb, 3)
    smooth = (span <= 3 + 3 * tolerance) | (cv2.dilate(bend, box) <= 2.5 + 4 * tolerance)
    if tolerance >= GRAINY:
        # panels without the grain of all else first, lest what is nearly of their colour beside them hides them
        for mask, window, paint in _fitted(rgb, (span <= 2) & where, 0.0, int(_LEAST_PANEL * span.size)):
            if paint.degree is not None and paint.residual <= 0.6:
                seeds.add(mask, window, paint)
        where = where & ~grown(seeds.labels > 0, 2)
    for mask, window, paint in _fitted(rgb, smooth & where, tolerance, _LEAST_FLAT):
        if paint.degree is not None:
            seeds.add(mask, window, paint)


def _reclaim(seeds: Seeds, rgb: Floats, where: Mask) -> None:
    """Panels take back the ripples that compression left along their inside, so that their border is their edge."""
    areas = np.bincount(seeds.labels.ravel())
    for name, paint in seeds.paints.items():
        if areas[name] < _LEAST_PANEL * seeds.labels.size or paint.residual > 1.6:
            continue
        box = box_of(seeds.labels == name, _RIPPLES)
        own = seeds.labels[box] == name
        near = grown(own, _RIPPLES) & (seeds.labels[box] == 0) & where[box]
        y, x = np.nonzero(near)
        apart = largest(np.abs(rgb[box][y, x] - paint.at(y + box[0].start, x + box[1].start)))
        near[y, x] = apart <= 12
        count, pieces, _ = components(own | near)
        hanging_on = np.bincount(pieces[own], minlength=count) > 0
        seeds.labels[box][near & hanging_on[pieces]] = name


def _drawn(rgb: Floats, grain: float, where: Mask, left: Mask) -> Seeds | None:
    """All the areas of a drawing with grain or brush; ``None`` where the picture is none.

    It is one when most of what has no clean explanation has one of this kind, or nearly all of the picture has (of a
    compressed or blurred one only the rims are left), and the areas end in steps: those of a photograph go over into
    one another.
    """
    calm = np.asarray(cv2.medianBlur(np.clip(np.rint(rgb), 0, 255).astype(np.uint8), 5), np.uint8)
    found = _fitted(rgb, (_span(calm, 3) <= 3 + 3 * grain) & where, grain, _LEAST_SMOOTH, 0.85)
    seeds = Seeds(np.zeros(left.shape, np.int32), {})
    painted = np.zeros(left.shape, bool)
    for mask, window, paint in found:
        seeds.add(mask, window, paint)
        if paint.degree is not None:
            painted[window] |= mask
    rim = grown(painted, 2) & ~painted & where
    most_of_left = int((painted & left).sum()) >= 0.5 * int(left.sum()) and float(left.mean()) > 0.1
    nearly_all = int(painted.sum()) >= 0.85 * int(where.sum())
    if not (most_of_left or nearly_all) or not rim.any():
        return None
    return seeds if float((_span(calm, 9)[rim] < 30).mean()) <= 0.1 else None


def _span(picture: Floats | Pixels, size: int) -> Floats:
    """The largest channel's range within ``size`` x ``size`` pixels around each."""
    box = np.ones((size, size), np.uint8)
    span: Any = cv2.subtract(cv2.dilate(picture, box), cv2.erode(picture, box))
    return np.asarray(largest(span), np.float32)


def _fitted(
    rgb: Floats, where: Mask, tolerance: float, least: int, least_inliers: float = 0.62
) -> list[tuple[Mask, tuple[slice, slice], Paint]]:
    """The components of ``where``, largest first, each with its box and the paint that fits."""
    _, labels, stats = components(where)
    found = []
    for index in _largest(stats, least):
        x0, y0, w, h, area = (int(value) for value in stats[index])
        window = slice(y0, y0 + h), slice(x0, x0 + w)
        mask = labels[window] == index
        y, x = np.nonzero(mask)
        degrees = (0,) if area < _LEAST_SMOOTH else (0, 1, 2) if area < 0.1 * labels.size else (0, 1, 2, 4)
        found.append((mask, window, fit(rgb, y + y0, x + x0, tolerance, degrees, least_inliers)))
    return found


def _thick(left: Mask, size: int = 5) -> Mask:
    """Rims and thin strokes are narrower than ``size`` pixels; what survives this erosion is an area of its own."""
    core = cv2.erode(left.astype(np.uint8), np.ones((size, size), np.uint8)).astype(bool)
    return grown(core, size - 1) & left


def _add_texture(seeds: Seeds, rgb: Floats, ignored: Mask, size: int) -> None:
    _, labels, stats = components(_thick((seeds.labels == 0) & ~ignored, size))
    for index in _largest(stats, _LEAST_TEXTURE):
        x0, y0, w, h, _ = (int(value) for value in stats[index])
        window = slice(y0, y0 + h), slice(x0, x0 + w)
        mask = labels[window] == index
        seen = rgb[window].reshape(-1, 3)[np.flatnonzero(mask)]
        mean = np.array([[np.median(channel) for channel in seen.T.copy()]], np.float64)
        seeds.add(mask, window, Paint(None, mean, float(max(rgb.shape)), float(seen.std()), 0.0))


def _largest(stats: NDArray[np.int32], least: int) -> NDArray[np.intp]:
    """Components of at least so many pixels, largest first, not too many; 0, the outside, is none."""
    areas = stats[1:, cv2.CC_STAT_AREA]
    large = np.flatnonzero(areas >= least) + 1
    return large[np.argsort(-stats[large, cv2.CC_STAT_AREA], kind="stable")][:_MOST]
