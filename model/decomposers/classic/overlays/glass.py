"""Glass: one overlay of one colour over two grounds or more that are seen beside it as well."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.contacts import contacts
from model.decomposers.classic.element import Element
from model.decomposers.classic.overlays.veil import across
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Mask, box_of, grown
from model.decomposers.classic.regions.segment import Region

_LEAST_AREA = 0.001
_LEAST_CONTRAST = 25.0
_CLEAREST, _DENSEST = 0.12, 0.88


@dataclass(frozen=True, slots=True, eq=False)
class Veil:
    """``opacity`` and ``tint`` of an overlay, and by region inside it the one outside that it goes over."""

    opacity: float
    tint: NDArray[np.float64]
    pairs: dict[int, int]


def glass(
    rgb: Floats, ground: Element, rest: list[Region], tolerance: float
) -> tuple[Element | None, list[Region], Floats]:
    """The glass, the regions without its pieces but going on under it, and the picture as it is without the glass.

    Four regions that meet in a point, two inside and two outside, obey ``A' − B' = (1 − α)(A − B)``; then
    ``αT = A' − (1 − α)A``. Over a texture the same holds for pixels on the two sides of the rim. What else lies inside
    is a piece when it is the same overlay on one of its neighbours outside.
    """
    whole = Region(ground.seen, ground.paint, ground.area)
    least = _LEAST_AREA * ground.seen.size
    regions = [whole, *(region for region in rest if region.area >= least)]
    if not 3 <= len(regions) <= 40 and not (len(regions) == 2 and ground.paint.degree is None):
        return None, rest, rgb
    touch, _ = contacts([region.mask for region in regions])
    veil = _crossed(regions, touch, tolerance) or _textured(rgb, regions, touch)
    if veil is None:
        return None, rest, rgb
    _extend(veil, rgb, regions, touch, tolerance)
    clear = _unveiled(rgb, regions, veil)
    below = _below(veil, regions, touch)
    seen = np.asarray(np.any([regions[inside].mask for inside in veil.pairs], axis=0))
    for inside, outside in veil.pairs.items():
        regions[outside].mask |= regions[inside].mask
        regions[outside].area += regions[inside].area
        if outside == 0:
            ground.parts[0][0][regions[inside].mask] = True
    for region in below:
        seen |= region.mask
        region.paint = _unveiled_paint(region.paint, veil)
        y, x = np.nonzero(region.mask)
        clear[y, x] = np.clip(region.paint.at(y, x), 0, 255)
    gone = {id(regions[inside]) for inside in veil.pairs}
    paint = Paint(0, veil.tint[None], float(max(rgb.shape)), 0.0, 1.0)
    return (
        Element(seen, paint, opacity=veil.opacity),
        [region for region in rest if id(region) not in gone],
        clear,
    )


def _crossed(regions: list[Region], touch: NDArray[np.float64], tolerance: float) -> Veil | None:
    """The overlay on the largest two painted pieces that meet their grounds in one point."""
    painted = [index for index, region in enumerate(regions) if region.paint.degree is not None]
    best: tuple[float, Veil] | None = None
    for a_in in painted[:12]:
        for b_in in [index for index in painted[:12] if index > a_in and touch[a_in, index] > 8]:
            for a_out in [index for index in painted[:12] if touch[a_in, index] > 8 and index != b_in]:
                for b_out in [index for index in painted[:12] if touch[b_in, index] > 8 and index not in (a_in, a_out)]:
                    if touch[a_out, b_out] <= 8:
                        continue
                    veil = _solved(regions, (a_in, b_in, a_out, b_out), tolerance)
                    area = float(regions[a_in].area + regions[b_in].area)
                    if veil is not None and (best is None or area > best[0]):
                        best = area, veil
    return best[1] if best else None


def _solved(regions: list[Region], four: tuple[int, int, int, int], tolerance: float) -> Veil | None:
    place = _meeting(regions, four)
    if place is None:
        return None
    a_in, b_in, a_out, b_out = (regions[index].paint.at(*place).mean(axis=0).astype(np.float64) for index in four)
    apart = a_out - b_out
    length = float(apart @ apart)
    if length < _LEAST_CONTRAST**2:
        return None
    through = float((a_in - b_in) @ apart) / length
    if not 1 - _DENSEST <= through <= 1 - _CLEAREST:
        return None
    limit = 2.5 + 2.5 * tolerance
    tint = ((a_in - through * a_out) + (b_in - through * b_out)) / 2 / (1 - through)
    fits = float(np.abs(a_in - b_in - through * apart).max()) <= limit
    if not fits or tint.min() < -8 or tint.max() > 263:
        return None
    return Veil(1 - through, np.clip(tint, 0, 255), {four[0]: four[2], four[1]: four[3]})


def _meeting(regions: list[Region], four: tuple[int, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
    box = box_of(regions[four[0]].mask, 8)
    near = np.ones(regions[four[0]].mask[box].shape, bool)
    for index in four:
        near &= grown(regions[index].mask[box], 5)
    y, x = np.nonzero(near)
    return (y + box[0].start, x + box[1].start) if len(y) else None


def _textured(rgb: Floats, regions: list[Region], touch: NDArray[np.float64]) -> Veil | None:
    """The overlay on a texture by the pixels across its rim."""
    textures = [index for index, region in enumerate(regions) if region.paint.degree is None]
    uneven = [index for index, region in enumerate(regions) if not region.paint.is_flat]
    best: tuple[float, Veil] | None = None
    for inside in uneven[:8]:
        for outside in [index for index in textures[:6] if index != inside and touch[inside, index] > 60]:
            found = across(rgb, regions[inside].mask, regions[outside].mask)
            if found is not None and (best is None or regions[inside].area > best[0]):
                best = float(regions[inside].area), Veil(found[0], found[1], {inside: outside})
    return best[1] if best else None


def _extend(veil: Veil, rgb: Floats, regions: list[Region], touch: NDArray[np.float64], tolerance: float) -> None:
    for index, region in enumerate(regions):
        if index in veil.pairs or index in veil.pairs.values() or region.paint.degree is None:
            continue
        if not any(touch[index, piece] > 8 for piece in veil.pairs):
            continue
        y, x = region.places
        for outside in np.flatnonzero(touch[index] > 8):
            base = regions[int(outside)]
            if int(outside) in veil.pairs or base.paint.degree is None:
                continue
            wanted = veil.opacity * veil.tint + (1 - veil.opacity) * base.paint.at(y, x)
            if np.median(np.abs(rgb[y, x] - wanted).max(axis=1)) <= 3 + 2.5 * tolerance:
                veil.pairs[index] = int(outside)
                break


def _below(veil: Veil, regions: list[Region], touch: NDArray[np.float64]) -> list[Region]:
    """What lies wholly within the glass and could be seen through it.

    Of colours on top only ``(1 − α)³`` would by chance look like any colour below; while that is little, what does is
    taken to be below.
    """
    if (1 - veil.opacity) ** 3 > 0.3:
        return []
    found = []
    for index, region in enumerate(regions):
        known = index in veil.pairs or index in veil.pairs.values()
        inside = touch[index, list(veil.pairs)].sum() >= 0.95 * max(1.0, float(touch[index].sum()))
        if known or not inside or region.paint.degree is None:
            continue
        colors = _unveiled_paint(region.paint, veil).at(*region.places)
        if colors.min() > -4 and colors.max() < 259:
            found.append(region)
    return found


def _unveiled_paint(paint: Paint, veil: Veil) -> Paint:
    weights = paint.weights / (1 - veil.opacity)
    weights[0] -= veil.opacity * veil.tint / (1 - veil.opacity)
    return replace(paint, weights=weights)


def _unveiled(rgb: Floats, regions: list[Region], veil: Veil) -> Floats:
    clear = rgb.copy()
    for inside, outside in veil.pairs.items():
        mask: Mask = regions[inside].mask
        y, x = np.nonzero(mask)
        if regions[outside].paint.degree is not None:
            clear[y, x] = np.clip(regions[outside].paint.at(y, x), 0, 255)
        else:
            clear[y, x] = np.clip((rgb[y, x] - veil.opacity * veil.tint) / (1 - veil.opacity), 0, 255)
    return clear
