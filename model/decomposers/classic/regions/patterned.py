"""Stripes, checks and dots on the background: with the background they are one texture."""

import numpy as np

from model.completion import repeats
from model.decomposers.classic.element import Element
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, box_of, components
from model.decomposers.classic.regions.segment import Region

_MANY = 8
_ALL_OVER = 0.8
"""Share of the canvas' width and height that a pattern of the ground reaches across; swarms of things stay things."""


def with_its_pattern(rgb: Floats, ground: Element, rest: list[Region]) -> tuple[Element, list[Region]]:
    """The background with what lies all over it in many pieces, if the two together repeat; and what is left.

    Args:
        rgb: ``(H, W, 3)``.
        ground: the background, of one paint.
        rest: the other regions.
    """
    if len(ground.parts) != 1:
        return ground, rest
    pattern = [region for region in rest if _is_all_over(region)]
    seen = np.asarray(np.any([ground.seen, *(region.mask for region in pattern)], axis=0))
    if not pattern or not repeats(rgb, seen):
        return ground, rest
    mixed = Paint(None, ground.paint.weights[:1], ground.paint.scale, 0.0, 0.0, ground.paint.origin)
    left = [region for region in rest if not any(region is other for other in pattern)]
    return Element(seen, mixed, "background", "background", parts=((seen.copy(), mixed),)), left


def _is_all_over(region: Region) -> bool:
    rows, columns = box_of(region.mask)
    height, width = region.mask.shape
    return (
        region.paint.is_flat
        and rows.stop - rows.start >= _ALL_OVER * height
        and columns.stop - columns.start >= _ALL_OVER * width
        and components(region.mask)[0] > _MANY
    )
