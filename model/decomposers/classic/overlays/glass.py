"""Panels of glass: each is found where it goes over several grounds, and taken off before the next is looked for."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.contacts import contacts
from model.decomposers.classic.element import Element
from model.decomposers.classic.overlays.crossing import Veil, crossed
from model.decomposers.classic.overlays.graded import graded
from model.decomposers.classic.overlays.lift import lifted
from model.decomposers.classic.overlays.pane import Pane, pane_of
from model.decomposers.classic.overlays.rectangle import rectangle
from model.decomposers.classic.overlays.veil import across
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Mask, filled
from model.decomposers.classic.regions.group import same_paint
from model.decomposers.classic.regions.segment import Region

_MOST = 4
_LEAST_AREA = 0.001
_MOST_REGIONS = 48
_LEAST_RIM = 60
"""Pixels of its rim that a region of any shape shares with a texture, to be looked at as an overlay on it."""
_LEAST_OPACITY = 0.25
"""Of an overlay with an outline of any shape: a photograph parted by its own light looks like a weaker one."""

Split = Callable[[Floats], tuple[list[Region], bool]]


@dataclass(slots=True, eq=False)
class Lifted:
    """The panes, bottom first, each with the picture without it and those above; the regions of what is left."""

    panes: list[Element]
    regions: list[Region]
    is_drawing: bool
    clear: Floats


def glass(
    rgb: Floats, regions: list[Region], is_drawing: bool, ignored: Mask, tolerance: float, split: Split
) -> Lifted:
    """Take off panes one by one, the upper first, until none is found.

    Args:
        ignored: ``(H, W)`` ink of text.
        regions: of the picture, as ``split`` gives them.
        split: the regions of a picture; run again on what is left without a pane, as then what lay below it is whole.
    """
    panes: list[Element] = []
    clear = rgb
    while len(panes) < _MOST:
        pane = _found(clear, regions, ignored, tolerance, not panes)
        if pane is None or pane.seen.mean() < _LEAST_AREA:
            break
        clear = lifted(clear, pane.seen, pane.opacity, pane.tint, pane.grounds, tolerance)
        paint = Paint(0, pane.tint[None], float(max(rgb.shape)), 0.0, 1.0)
        panes.insert(0, Element(pane.seen, paint, opacity=pane.opacity, clear=clear))
        regions, is_drawing = split(clear)
    return Lifted(panes, regions, is_drawing, clear)


def _found(rgb: Floats, regions: list[Region], ignored: Mask, tolerance: float, is_first: bool) -> Pane | None:
    """An overlay of any shape on a texture is the weakest evidence: in what another one left it is not looked for."""
    least = _LEAST_AREA * rgb.shape[0] * rgb.shape[1]
    known = _fewer([region for region in regions if region.area >= least])
    veil = crossed(rgb, known, tolerance) or graded(known, tolerance)
    if veil is not None:
        return pane_of(veil, None, rgb, known, tolerance)
    box = rectangle(rgb, ignored, tolerance)
    if box is not None:
        return pane_of(Veil(box.opacity, box.tint, {}), box.mask, rgb, known, tolerance)
    textured = _textured(rgb, known) if is_first else None
    if textured is not None:
        return pane_of(textured[0], textured[1], rgb, known, tolerance)
    return None


def _fewer(regions: list[Region]) -> list[Region]:
    """Of a pattern of many pieces all that have one flat colour are one."""
    if len(regions) <= _MOST_REGIONS:
        return regions
    left: list[Region] = []
    for region in regions:
        alike = next((other for other in left if region.paint.is_flat and same_paint(other, region, 2.0)), None)
        if alike is None:
            left.append(Region(region.mask.copy(), region.paint, region.area))
        else:
            alike.mask |= region.mask
            alike.area += region.area
    return sorted(left, key=lambda region: -region.area)[:_MOST_REGIONS]


def _textured(rgb: Floats, regions: list[Region]) -> tuple[Veil, Mask] | None:
    """The overlay on a texture by the pixels across its rim."""
    textures = [index for index, region in enumerate(regions) if region.paint.degree is None]
    if len(regions) < 2 or not textures:
        return None
    touch, _ = contacts([region.mask for region in regions])
    uneven = [index for index, region in enumerate(regions) if not region.paint.is_flat]
    best: tuple[float, int, float, NDArray[np.float64]] | None = None
    for inside in uneven[:8]:
        for outside in [index for index in textures[:6] if index != inside and touch[inside, index] > _LEAST_RIM]:
            found = across(rgb, regions[inside].mask, regions[outside].mask)
            if found is not None and found[0] >= _LEAST_OPACITY and (best is None or regions[inside].area > best[0]):
                best = float(regions[inside].area), inside, *found
    if best is None:
        return None
    return Veil(best[2], best[3], {}), filled(regions[best[1]].mask)
