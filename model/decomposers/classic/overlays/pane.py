"""Where an overlay is seen: what lies inside its outline is below it, or on top of it and hides it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.contacts import contacts
from model.decomposers.classic.overlays.crossing import Veil, extend
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Mask, filled, grown, shrunk
from model.decomposers.classic.regions.nearest import nearest
from model.decomposers.classic.regions.segment import Region

_OUTSIDE, _INSIDE = 0.05, 0.95
_BY_CHANCE = 0.3
_MARGIN = 3
"""Pixels by which a region's rim may stray from the outline."""
_BAND = 9
"""Pixels on both sides of the outline in which it is seen whether a region changes there."""
_NEARLY_ALL = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Pane:
    """An overlay of one colour: where it is seen, and the paints of what lies below it where they are known."""

    opacity: float
    tint: NDArray[np.float64]
    seen: Mask
    grounds: list[tuple[Mask, Paint]]


def pane_of(veil: Veil, outline: Mask | None, rgb: Floats, regions: list[Region], tolerance: float) -> Pane:
    """The pane of a veil.

    Of a painted region that goes on beyond the outline as it is, the overlay is not seen: it lies on top.
    One wholly inside is below when its colours could be seen through the overlay. Of colours on top only ``(1 − α)³``
    would by chance look like any colour below; while that is little, what does is taken to be below.

    Args:
        outline: ``(H, W)`` where the overlay lies, where that is known otherwise than by the veil's pieces.
        regions: of the picture; what they do not cover is seen through the overlay.
    """
    touch, _ = contacts([region.mask for region in regions])
    if outline is None:
        seen = filled(np.asarray(np.any([regions[index].mask for index in veil.pairs], axis=0)))
    else:
        extend(veil, rgb, regions, touch, tolerance, outline)
        seen = outline.copy()
    grounds = [(regions[inside].mask & seen, regions[outside].paint) for inside, outside in veil.pairs.items()]
    by_chance = veil.through**3 > _BY_CHANCE
    wide, narrow = grown(seen, _MARGIN), shrunk(seen, _MARGIN)
    for index, region in enumerate(regions):
        if index in veil.pairs or region.paint.degree is None or not region.area:
            continue
        if float((region.mask & narrow).sum()) <= _OUTSIDE * region.area:
            continue
        within = float((region.mask & wide).sum()) >= _INSIDE * region.area
        if within and not by_chance and _is_below(rgb, region, veil, tolerance):
            grounds.append((region.mask & seen, _bare(region.paint, veil)))
        elif within or (_is_part(region.mask, seen) and _goes_on(rgb, region.mask, seen, veil)):
            seen &= ~region.mask
    return Pane(veil.opacity, veil.tint, seen, grounds)


def _is_below(rgb: Floats, region: Region, veil: Veil, tolerance: float) -> bool:
    """Whether nearly all of a region's pixels would be colours without the overlay, noise aside."""
    seen = region.paint.at(*region.places) if region.paint.is_plain else rgb[region.places]
    bare = (seen - veil.opacity * veil.tint) / veil.through
    slack = (4 + 2.5 * tolerance) / veil.through
    return float(((bare > -slack) & (bare < 255 + slack)).all(axis=1).mean()) >= _NEARLY_ALL


def _is_part(region: Mask, outline: Mask) -> bool:
    """What fills most of the outline is the overlay itself on something even, not a thing on top of it."""
    return 2 * int((region & outline).sum()) <= int(outline.sum())


def _goes_on(rgb: Floats, region: Mask, outline: Mask, veil: Veil) -> bool:
    """Whether a region is the same on both sides of the outline rather than veiled on one."""
    inside = region & shrunk(outline, _MARGIN) & ~shrunk(outline, _BAND)
    outside = region & grown(outline, _BAND) & ~grown(outline, _MARGIN)
    inside &= grown(outside, 2 * _BAND)
    if not inside.any() or not outside.any():
        return False
    places = np.where(outside, np.arange(1, outside.size + 1).reshape(outside.shape), 0)
    across = nearest(places.astype(np.int32))[inside] - 1
    within, beyond = rgb[inside], rgb.reshape(-1, 3)[across]
    return bool(np.abs(within - beyond).mean() <= np.abs(within - veil.over(beyond)).mean())


def _bare(paint: Paint, veil: Veil) -> Paint:
    weights = paint.weights / veil.through
    weights[0] -= veil.opacity * veil.tint / veil.through
    return Paint(paint.degree, weights, paint.scale, 0.0, 1.0, paint.origin)
