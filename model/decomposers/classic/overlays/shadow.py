"""Soft shadows: the ground darkened without a change of hue, beside the shape that casts it."""

import cv2
import numpy as np

from model.completion import carried_on
from model.decomposers.classic.element import Element
from model.decomposers.classic.outline import goes_on
from model.decomposers.classic.overlays.cast import fitted, traced
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Mask, components, grown, largest
from model.decomposers.classic.regions.segment import Region
from model.decomposers.classic.rims import coverage

_STEEPEST = 0.07
_LEAST_AREA = 400
_CLOSE = 0.02
"""Mean difference in alpha up to which a fitted cast stands for what was measured."""
_FINE = 0.02
_MOST_CASTERS = 4
_LEAST_CASTER = 0.01
_GLIMMER = 4
"""Steps added to a photograph's brightness: its grain in the dark counts less."""
_SURE, _FAR, _LEAST_STRENGTH = 2.0, 32.0, 0.15
"""Evidence asked for is the first and, as shadows far from what casts them are rare, distance by the second."""


def shadow(
    rgb: Floats, ground: Element, rest: list[Region], ignored: Mask, tolerance: float
) -> tuple[Element | None, list[Region], Floats]:
    """The shadow on the ground as an element whose ``alpha`` is set, the regions that are not part of it, and the
    picture without the shadow where the ground is not plain.

    On a ground whose colours are known alpha is measured, on a texture only a cast is looked for that fits.
    """
    if len(ground.parts) > 1:
        return None, rest, rgb
    is_known = ground.paint.degree is not None and ground.paint.residual <= 1.5 + tolerance
    alpha, sharp = _measured(rgb, ground, rest, ignored, tolerance) if is_known else (None, rest)
    if alpha is None and not is_known:
        known = ground.seen & ~grown(_solid(rest, rgb.shape), 3) & ~grown(ignored, 2)
        alpha, sharp = _traced(np.log(rgb.mean(axis=2) + _GLIMMER), known, rest, ignored), rest
    if alpha is None:
        return None, rest, rgb
    solid = _solid(sharp, rgb.shape)
    seen = (alpha >= 0.5 / 255) & ~solid
    clear = rgb
    if not ground.paint.is_plain:
        ground.seen = ground.seen | seen
        ground.parts = ((ground.parts[0][0] | seen, ground.paint),)
        bright = rgb / np.maximum(1 - alpha, 0.05)[:, :, None]
        clear = np.where(seen[:, :, None], np.minimum(bright, 255), rgb).astype(np.float32)
    return Element(seen, _black(rgb), "object", "shadow", alpha=alpha, clear=clear), sharp, clear


def _solid(regions: list[Region], shape: tuple[int, ...]) -> Mask:
    solid = np.zeros(shape[:2], bool)
    for region in regions:
        solid |= region.mask
    return solid


def _measured(
    rgb: Floats, ground: Element, rest: list[Region], ignored: Mask, tolerance: float
) -> tuple[Floats | None, list[Region]]:
    """``α = 1 − I / B`` in least squares over the channels (a black overlay), where it is gentle (less than
    ``_STEEPEST`` a pixel) and explains the colour; beside something sharp."""
    below = ground.paint.on((slice(0, rgb.shape[0]), slice(0, rgb.shape[1])))
    alpha, residual = coverage(rgb, np.zeros(3, np.float32), below)
    floor = np.maximum(0.012, (1.5 + 2 * tolerance) / np.maximum(largest(below), 1))
    calm = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 1.0) if tolerance > 0.6 else alpha, np.float32)
    plain = (residual <= 2.5 + 2.5 * tolerance) & (_slope(calm) <= _STEEPEST)
    dark = plain & (alpha >= floor)
    sharp = [region for region in rest if not _is_soft(rgb, region, dark, ground.seen)]
    solid = _solid(sharp, rgb.shape)
    zone = _beside(dark & ~grown(solid, 2) & ~ignored, solid)
    if zone is None or float(np.percentile(alpha[zone], 90)) < 0.04:
        return None, rest
    if not ground.paint.is_plain:
        light = np.log(np.maximum(rgb.mean(axis=2), 0.5) / np.maximum(below.mean(axis=2), 0.5))
        cast = _traced(light, ~grown(solid, 3) & ~grown(ignored, 2), sharp, ignored)
        if cast is not None:
            return cast, sharp
    quiet = ~grown(solid, 2) & ~ignored
    return _completed(alpha, zone, quiet, sharp, plain, floor <= _FINE), sharp


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
    spread = largest(cv2.dilate(rgb, np.ones((3, 3))) - cv2.erode(rgb, np.ones((3, 3))))
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


def _completed(alpha: Floats, zone: Mask, quiet: Mask, sharp: list[Region], plain: Mask, fine: Mask) -> Floats | None:
    """Alpha as measured in the zone, and under what casts it: the fitted cast where one fits, else carried on smoothly.

    ``None`` where no blurred copy of anything beside it comes near: then the ground is dark there by itself.

    Args:
        quiet: where nothing lies over the ground.
        plain: where alpha explains the colour.
        fine: where the ground is bright and clean enough to tell small alphas.
    """
    solid = _solid(sharp, alpha.shape)
    beside = grown(zone, 6)
    casters = _casters([region for region in sharp if int((beside & region.mask).sum()) >= 20], solid)
    if not casters:
        return None
    cast = fitted(casters, np.where(zone, alpha, 0), quiet & (zone | (plain & ~grown(zone, 4))))
    model = cast.drawn() if cast is not None else np.zeros_like(alpha)
    error = float(np.abs(model - alpha)[zone].mean())
    if error > 0.4 * float(alpha[zone].mean()):
        return None
    seen = grown(zone, 2) & quiet
    if error <= _CLOSE:
        return np.where(seen & fine, alpha, model).astype(np.float32)
    measured = np.where(seen, alpha, 0)
    spread = carried_on(np.repeat(measured[:, :, None], 3, axis=2), quiet)[:, :, 0]
    under = np.any(casters, axis=0) | beside
    return np.where(quiet, measured, np.where(under, spread, 0)).astype(np.float32)


def _casters(regions: list[Region], hidden: Mask) -> list[Mask]:
    """What may cast a shadow, going on under what lies over it: the largest regions one by one, and all together."""
    largest = sorted(regions, key=lambda region: -region.area)[:_MOST_CASTERS]
    found = [goes_on(region.mask, hidden & ~region.mask) for region in largest]
    return [*found, np.asarray(np.any(found, axis=0))] if len(found) > 1 else found


def _traced(light: Floats, known: Mask, regions: list[Region], ignored: Mask) -> Floats | None:
    """The alpha of a cast on a texture, where the texture is clearly smoother without it.

    Args:
        light: logarithm of the picture's brightness, or of its ratio to the ground's model.
        known: where ground is seen.
    """
    least = _LEAST_CASTER * known.size
    casters = _casters([region for region in regions if region.area >= least], _solid(regions, known.shape) | ignored)
    if not casters:
        return None
    cast = traced(casters, light, known)
    if cast is None or not cast.is_bounded or cast.strength < _LEAST_STRENGTH:
        return None
    if cast.evidence < _SURE + float(np.hypot(cast.dx, cast.dy)) / _FAR:
        return None
    return cast.drawn()
