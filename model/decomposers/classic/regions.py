"""Regions: connected parts of a picture that one colour model explains, and what is left as texture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.paint import Paint, fit
from model.decomposers.classic.planes import Floats, Labels, Mask, components, grown

_LEAST_FLAT = 30
_LEAST_SMOOTH = 300
_LEAST_TEXTURE = 120


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """``mask`` ``(H, W)`` covers the region and its half of the rim; ``paint`` without a degree means texture."""

    mask: Mask
    paint: Paint
    area: int


def segment(rgb: Floats, tolerance: float, ignored: Mask) -> list[Region]:
    """Split a picture into regions that cover it, largest first.

    Args:
        rgb: ``(H, W, 3)``.
        tolerance: the picture's noise.
        ignored: ``(H, W)`` pixels (the ink of text) that belong to whatever is around them.
    """
    seeds, paints = _smooth_seeds(rgb, tolerance, ignored)
    seeds, paints = _with_texture(rgb, seeds, paints, ignored)
    seeds, paints = _dissolved(rgb, seeds, paints, tolerance)
    if not paints:
        whole = np.ones(rgb.shape[:2], bool)
        return [Region(whole, fit(rgb, *np.nonzero(whole), tolerance), whole.size)]
    labels = nearest(seeds)
    regions = [Region(labels == index, paint, int((labels == index).sum())) for index, paint in paints.items()]
    return sorted(regions, key=lambda region: -region.area)


def nearest(seeds: Labels) -> Labels:
    """Every pixel gets the label of the nearest seed; 0 is no seed."""
    _, places = cv2.distanceTransformWithLabels(
        (seeds == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros(int(places.max()) + 1, np.int32)
    table[places[seeds > 0]] = seeds[seeds > 0]
    return table[places]


def _smooth_seeds(rgb: Floats, tolerance: float, ignored: Mask) -> tuple[Labels, dict[int, Paint]]:
    box = np.ones((3, 3), np.uint8)
    spread = (cv2.dilate(rgb, box) - cv2.erode(rgb, box)).max(axis=2)
    bend = np.maximum(
        np.abs(cv2.filter2D(rgb, -1, np.array([[1, -2, 1]], np.float32))).max(axis=2),
        np.abs(cv2.filter2D(rgb, -1, np.array([[1], [-2], [1]], np.float32))).max(axis=2),
    )
    smooth = (spread <= 3 + 3 * tolerance) | (cv2.dilate(bend, box) <= 2.5 + 4 * tolerance)
    count, labels, stats = components(smooth & ~ignored)
    kept = np.zeros(count, np.int32)
    paints: dict[int, Paint] = {}
    large = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] >= _LEAST_FLAT)
    for index in large[np.argsort(-stats[large, cv2.CC_STAT_AREA], kind="stable")][:160]:
        if index == 0:
            continue
        paint = _certified(rgb, labels, stats[index], int(index), tolerance)
        if paint is not None:
            kept[index] = len(paints) + 1
            paints[len(paints) + 1] = paint
    return kept[labels], paints


def _certified(rgb: Floats, labels: Labels, stat: NDArray[np.int32], index: int, tolerance: float) -> Paint | None:
    x0, y0, w, h, area = (int(value) for value in stat)
    y, x = np.nonzero(labels[y0 : y0 + h, x0 : x0 + w] == index)
    degrees = (0,) if area < _LEAST_SMOOTH else (0, 1, 2) if area < 0.1 * labels.size else (0, 1, 2, 4)
    paint = fit(rgb, y + y0, x + x0, tolerance, degrees)
    return paint if paint.degree is not None else None


def _with_texture(
    rgb: Floats, seeds: Labels, paints: dict[int, Paint], ignored: Mask
) -> tuple[Labels, dict[int, Paint]]:
    left = (seeds == 0) & ~ignored
    # rims and thin strokes are up to four pixels wide; what survives this erosion is an area of its own
    thick = cv2.erode(left.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    count, labels, stats = components(grown(thick, 4) & left)
    for index in range(1, count):
        if stats[index, cv2.CC_STAT_AREA] >= _LEAST_TEXTURE:
            mask = labels == index
            mean = np.median(rgb[mask], axis=0)[None].astype(np.float64)
            name = max(paints, default=0) + 1
            paints[name] = Paint(None, mean, float(max(rgb.shape)), float(rgb[mask].std()), 0.0)
            seeds = np.where(mask, name, seeds).astype(np.int32)
    return seeds, paints


def _dissolved(
    rgb: Floats, seeds: Labels, paints: dict[int, Paint], tolerance: float
) -> tuple[Labels, dict[int, Paint]]:
    """Quiet patches of a texture are no regions: where most of the rim shows no step, the texture takes the patch."""
    textures = {index for index, paint in paints.items() if paint.degree is None}
    if not textures:
        return seeds, paints
    labels = nearest(seeds)
    for index in [index for index in paints if index not in textures]:
        mask = seeds == index
        ring = grown(mask, 4) & ~grown(mask, 2)
        y, x = np.nonzero(ring)
        if len(y) == 0:
            continue
        step = np.abs(rgb[y, x] - paints[index].at(y, x)).max(axis=1)
        around = labels[y, x]
        beside = np.isin(around, list(textures))
        soft = beside & (step < 12 + 3 * tolerance)
        if soft.sum() >= 0.35 * len(y):
            host = int(np.bincount(around[beside]).argmax())
            seeds = np.where(mask, host, seeds).astype(np.int32)
            del paints[index]
    return seeds, paints
