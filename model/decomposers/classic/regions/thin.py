"""What is too thin to have a plateau: pixels that neither the areas around nor mixtures of them explain."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Labels, Mask, grown, largest
from model.decomposers.classic.regions.nearest import nearest
from model.decomposers.classic.rims import coverage

_HALF_PLATEAU = 2.6
_REACH = 4
"""Pixels from a pixel of a rim to the plateaus on both sides of it."""
_BESIDE = 4
_WIDEST = 11
_LEAST_STEP = 5.0


@dataclass(frozen=True, slots=True)
class Thin:
    """``mask`` ``(H, W)``: the pixels; ``under`` ``(H, W, 3)``: the colour below them, 0 elsewhere; ``areas``
    ``(H, W)``: the label of the nearest area; ``known``: which labels are areas; ``beside``: rows, columns of pixels of
    areas close by, and how far each is from its area's paint."""

    mask: Mask
    under: Floats
    areas: Labels
    known: Mask
    beside: tuple[NDArray[np.intp], NDArray[np.intp], Floats]


def thin_parts(rgb: Floats, labels: Labels, paints: dict[int, Paint], tolerance: float, where: Mask) -> Thin | None:
    """All that is up to about ten pixels wide and lies on or between painted areas; ``None`` if there is nothing.

    Args:
        labels: ``(H, W)`` areas that were found, 0 where there is none; the narrow ones among them are no areas yet.
        where: ``(H, W)`` pixels that are looked at.
    """
    known = _areas(labels)
    if not known.any():
        return None
    areas = nearest(np.where(known[labels], labels, 0).astype(np.int32))
    open_ = where & ~known[labels]
    y, x = np.nonzero(open_)
    under = _painted(paints, areas[y, x], y, x)
    away = largest(np.abs(rgb[y, x] - under))
    far = away > _LEAST_STEP + 3 * tolerance
    y, x, under = y[far], x[far], under[far]
    strange = ~_is_rim(rgb, labels, known, paints, (y, x), 8 + 3 * tolerance)
    y, x, under = y[strange], x[strange], under[strange]
    mask = np.zeros(labels.shape, bool)
    mask[y, x] = True
    mask = _narrow(mask)
    if not mask.any():
        return None
    plane = np.zeros(rgb.shape, np.float32)
    plane[y, x] = under
    y, x = np.nonzero(grown(mask, _BESIDE) & ~grown(mask, 1) & known[labels])
    strays = largest(np.abs(rgb[y, x] - _painted(paints, labels[y, x], y, x)))
    return Thin(mask, plane, areas, known, (y, x, strays))


def _areas(labels: Labels) -> Mask:
    """By label: whether it is wider somewhere than a line."""
    small = labels.astype(np.uint16)
    box = np.ones((3, 3), np.uint8)
    inner = (cv2.dilate(small, box) == cv2.erode(small, box)) & (labels > 0)
    away = cv2.distanceTransform(inner.astype(np.uint8), cv2.DIST_L2, 3)
    known = np.zeros(int(labels.max()) + 1, bool)
    known[labels[away > _HALF_PLATEAU]] = True
    known[0] = False
    return known


def _painted(paints: dict[int, Paint], names: Labels, y: NDArray[np.intp], x: NDArray[np.intp]) -> Floats:
    colors = np.zeros((len(y), 3), np.float32)
    for name in np.unique(names):
        if name > 0:
            own = names == name
            colors[own] = np.clip(paints[int(name)].at(y[own], x[own]), 0, 255)
    return colors


def _is_rim(
    rgb: Floats,
    labels: Labels,
    known: Mask,
    paints: dict[int, Paint],
    places: tuple[NDArray[np.intp], NDArray[np.intp]],
    limit: float,
) -> Mask:
    """Which places are mixtures of two areas that are both close by."""
    box = np.ones((2 * _REACH + 1, 2 * _REACH + 1), np.uint8)
    solid = np.where(known[labels], labels, 0).astype(np.uint16)
    none = np.uint16(np.iinfo(np.uint16).max)
    high = cv2.dilate(solid, box)[places].astype(np.int32)
    low = cv2.erode(np.where(solid == 0, none, solid).astype(np.uint16), box)[places].astype(np.int32)
    both = (low != high) & (high > 0) & (low < none)
    y, x = places[0][both], places[1][both]
    seen = rgb[y, x]
    first, second = _painted(paints, high[both], y, x), _painted(paints, low[both], y, x)
    _, residual = coverage(seen, first, second)
    result = np.zeros(len(both), bool)
    result[both] = residual <= limit
    return result


def _narrow(mask: Mask) -> Mask:
    """Without what is wider than a line, and without the fringes of what is mostly that."""
    wide = cv2.erode(mask.astype(np.uint8), np.ones((_WIDEST, _WIDEST), np.uint8), borderValue=0).astype(bool)
    if not wide.any():
        return mask
    wide = grown(wide, _WIDEST) & mask
    count, pieces = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    areas = np.bincount(pieces.ravel(), minlength=count)
    lost = np.bincount(pieces[wide], minlength=count)
    return np.asarray(mask & ~wide & (lost <= 0.3 * areas)[pieces])
