"""Soft shadows: the ground darkened without a change of hue, beside the shape that casts it."""

from dataclasses import dataclass

import cv2
import numpy as np

from model.completion import carried_on
from model.decomposers.classic.element import Element
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Mask, components, grown
from model.decomposers.classic.regions import Region
from model.decomposers.classic.rims import coverage

_STEEPEST = 0.07
_LEAST_AREA = 400
_SIGMAS = (3.0, 5.0, 8.0, 12.0, 17.0, 23.0, 30.0)


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """A fitted shadow: the caster's alpha moved by ``dx, dy``, blurred by ``sigma``, times ``strength``."""

    dx: int
    dy: int
    sigma: float
    strength: float
    error: float


def shadow(
    rgb: Floats, ground: Element, rest: list[Region], ignored: Mask, tolerance: float
) -> tuple[Element | None, list[Region]]:
    """The shadow on the ground as an element whose ``alpha`` is set, and the regions that are not part of it.

    ``α = 1 − I / B`` in least squares over the channels (a black overlay), where it is gentle (less than
    ``_STEEPEST`` a pixel) and explains the colour; beside something sharp.
    """
    if ground.paint.degree is None or len(ground.parts) > 1 or ground.paint.residual > 1.5 + tolerance:
        return None, rest
    whole = (slice(0, rgb.shape[0]), slice(0, rgb.shape[1]))
    below = ground.paint.on(whole)
    alpha, residual = coverage(rgb, np.zeros(3, np.float32), below)
    floor = np.maximum(0.012, (1.5 + 2 * tolerance) / np.maximum(below.max(axis=2), 1))
    calm = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 1.0) if tolerance > 0.6 else alpha, np.float32)
    soft = _slope(calm) <= _STEEPEST
    dark = (alpha >= floor) & (residual <= 2.5 + 2.5 * tolerance) & soft
    sharp = [region for region in rest if not _is_soft(rgb, region, dark, ground.seen)]
    solid = np.zeros(rgb.shape[:2], bool)
    for region in sharp:
        solid |= region.mask
    zone = _beside(dark & ~grown(solid, 2) & ~ignored, solid)
    if zone is None or float(np.percentile(alpha[zone], 90)) < 0.04:
        return None, rest
    seen = grown(zone, 2) & ~solid
    completed = _completed(alpha, zone, seen, solid, ignored)
    if completed is None:
        return None, rest
    return Element(seen, _black(rgb), "object", "shadow", alpha=completed), sharp


def _slope(alpha: Floats) -> Floats:
    dx = cv2.filter2D(alpha, -1, np.array([[-0.5, 0, 0.5]], np.float32))
    dy = cv2.filter2D(alpha, -1, np.array([[-0.5], [0], [0.5]], np.float32))
    return np.asarray(np.hypot(dx, dy), np.float32)


def _is_soft(rgb: Floats, region: Region, dark: Mask, ground: Mask) -> bool:
    """Mostly darkened ground, and no step where it meets the ground."""
    if region.paint.is_flat or float(dark[region.mask].mean()) < 0.5:
        return False
    edge = region.mask & grown(ground, 1)
    if not edge.any():
        return True
    spread = (cv2.dilate(rgb, np.ones((3, 3))) - cv2.erode(rgb, np.ones((3, 3)))).max(axis=2)
    return float(np.median(spread[edge])) < 24


def _beside(dark: Mask, solid: Mask) -> Mask | None:
    """The pieces that are large enough and touch something solid."""
    closed = cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(bool)
    count, labels, stats = components(closed)
    near = np.bincount(labels[grown(solid, 6)], minlength=count)
    keep = (stats[:, cv2.CC_STAT_AREA] >= _LEAST_AREA) & (near >= 20)
    keep[0] = False
    return np.asarray(keep[labels]) if keep.any() else None


def _black(rgb: Floats) -> Paint:
    return Paint(0, np.zeros((1, 3)), float(max(rgb.shape[:2])), 0.0, 1.0)


def _completed(alpha: Floats, zone: Mask, seen: Mask, solid: Mask, ignored: Mask) -> Floats | None:
    """Alpha under what casts it: the fitted cast where one fits, else carried on smoothly.

    ``None`` where no blurred copy of anything beside it comes near: then the ground is dark there by itself.
    """
    measured = np.where(seen & ~zone, np.where(grown(solid, 2), 0, alpha), np.where(zone, alpha, 0))
    quiet = ~grown(solid, 2) & ~ignored
    casters = _casters(solid, zone)
    cast = fit_cast(casters.astype(np.float32), alpha, quiet & (zone | ~grown(zone, 8)), zone)
    known = quiet
    if cast.error > 0.4 * float(alpha[zone].mean()):
        return None
    if cast.error <= 0.02:
        return np.where(known, measured, _drawn(casters.astype(np.float32), cast)).astype(np.float32)
    spread = carried_on(np.repeat(measured[:, :, None], 3, axis=2), known)[:, :, 0]
    return np.where(known, measured, np.where(casters | grown(zone, 3), spread, 0)).astype(np.float32)


def _casters(solid: Mask, zone: Mask) -> Mask:
    count, labels, _ = components(solid)
    near = np.bincount(labels[grown(zone, 6)], minlength=count) >= 20
    near[0] = False
    return np.asarray(near[labels])


def _drawn(caster: Floats, cast: Cast) -> Floats:
    moved = cv2.warpAffine(
        caster, np.array([[1, 0, cast.dx], [0, 1, cast.dy]], np.float32), (caster.shape[1], caster.shape[0])
    )
    return cast.strength * cv2.GaussianBlur(moved, (0, 0), cast.sigma)


def fit_cast(caster: Floats, alpha: Floats, quiet: Mask, zone: Mask) -> Cast:
    """Least squares over offset, blur and strength; a coarse grid, then a fine one, on up to 2,000 pixels.

    Args:
        caster: ``(H, W)`` 0-1.
        alpha: ``(H, W)`` as measured.
        quiet: where it was measured well.
        zone: where the shadow is.
    """
    y, x = np.nonzero(grown(zone, 10) & quiet)
    step = max(1, len(y) // 2000)
    y, x = y[::step], x[::step]
    wanted = np.where(zone[y, x], alpha[y, x], 0)
    best = Cast(0, 0, _SIGMAS[0], 0.0, float("inf"))
    for sigma in _SIGMAS:
        best = _search(caster, wanted, y, x, sigma, range(-32, 33, 4), range(-32, 33, 4), best)
    around_x, around_y = range(best.dx - 3, best.dx + 4), range(best.dy - 3, best.dy + 4)
    for factor in (0.8, 0.9, 1.0, 1.1, 1.25):
        best = _search(caster, wanted, y, x, best.sigma * factor, around_x, around_y, best)
    return best


def _search(
    caster: Floats,
    wanted: Floats,
    y: np.ndarray,
    x: np.ndarray,
    sigma: float,
    offsets_x: range,
    offsets_y: range,
    best: Cast,
) -> Cast:
    soft = cv2.GaussianBlur(caster, (0, 0), sigma)
    padded = cv2.copyMakeBorder(soft, 64, 64, 64, 64, cv2.BORDER_CONSTANT, value=0)
    for dy in offsets_y:
        for dx in offsets_x:
            values = padded[y - dy + 64, x - dx + 64]
            strength = float(np.clip((values * wanted).sum() / max(float((values * values).sum()), 1e-6), 0, 1))
            error = float(np.abs(strength * values - wanted).mean())
            if error < best.error:
                best = Cast(dx, dy, sigma, strength, error)
    return best
