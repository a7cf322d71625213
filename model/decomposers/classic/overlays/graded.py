"""An overlay within one gradient: its own gradient is the one below it, weaker and towards the tint."""

import numpy as np

from model.decomposers.classic.contacts import contacts
from model.decomposers.classic.overlays.crossing import Veil
from model.decomposers.classic.regions.segment import Region

_LEAST_SPREAD = 10.0
"""Steps by which the colours below have to vary: less says nothing of the opacity."""
_LEAST_THROUGH, _MOST_THROUGH = 0.2, 0.85
_LEAST_BESIDE = 0.5
_MOST_TRIED = 8
_STRAY, _ROUNDING = 0.08, 0.5
"""Of what the colours vary, how much the two gradients may stray from each other, and steps of rounding."""


def graded(regions: list[Region], tolerance: float) -> Veil | None:
    """The largest region that shows the gradient around it through one tint, or ``None``.

    Both gradients have to run alike in direction and in the ratio of the channels, with one opacity for all three;
    another panel's own gradient hardly ever does.

    Args:
        regions: of the picture, largest first.
    """
    uneven = [index for index, region in enumerate(regions) if region.paint.degree]
    if len(uneven) < 2:
        return None
    touch, outlines = contacts([region.mask for region in regions])
    for inside in uneven[:_MOST_TRIED]:
        for outside in uneven[:_MOST_TRIED]:
            is_larger = regions[outside].area > regions[inside].area
            if is_larger and touch[inside, outside] >= _LEAST_BESIDE * outlines[inside]:
                veil = _solved(regions, inside, outside, tolerance)
                if veil is not None:
                    return veil
    return None


def _solved(regions: list[Region], inside: int, outside: int, tolerance: float) -> Veil | None:
    y, x = regions[inside].places
    seen = regions[inside].paint.at(y, x).astype(np.float64)
    below = regions[outside].paint.at(y, x).astype(np.float64)
    if below.min() < -2 or below.max() > 257:
        return None  # the outer gradient does not reach so far
    away, own = below - below.mean(axis=0), seen - seen.mean(axis=0)
    spread = float(np.sqrt((away**2).sum(axis=1).mean()))
    if spread < _LEAST_SPREAD:
        return None
    through = float((away * own).sum() / (away * away).sum())
    if not _LEAST_THROUGH <= through <= _MOST_THROUGH:
        return None
    stray = float(np.sqrt(((own - through * away) ** 2).sum(axis=1).mean()))
    tint = (seen.mean(axis=0) - through * below.mean(axis=0)) / (1 - through)
    fits = stray <= _STRAY * through * spread + _ROUNDING + 0.5 * tolerance
    if not fits or tint.min() < -8 or tint.max() > 263:
        return None
    return Veil(1 - through, np.clip(tint, 0, 255), {inside: outside})
