"""Series: bars, dots, stars of one colour and size that are one drawing."""

from itertools import combinations

import numpy as np

from model.decomposers.classic.planes import Mask, box_of, filled
from model.decomposers.classic.regions.group import BUSY
from model.decomposers.classic.regions.segment import Region

_LARGEST = 0.05
_FEWEST = 3
_SAME = 0.003
"""Of the picture's longer side: rims of enlarged pictures put a side that much aside (2 pixels of 768, 3 of 1,152)."""
_SAME_COLOR = 5.0
_MOST = 120


def in_series(regions: list[Region], ink: Mask) -> list[Region]:
    """The regions, three or more of one flat colour and one shape as one, where the first of them stood.

    One shape: boxes of one size, or of one width on one line, or of one height at one edge. What has something in it (a
    card with words, a disc with an icon) is a thing of its own, and so is what is large. In an illustration the eyes of
    two faces are no series.

    Args:
        ink: ``(H, W)`` pixels of text.
    """
    if len(regions) >= BUSY:
        return regions
    simple = [region for region in regions[:_MOST] if _is_simple(region, ink)]
    boxes = [box_of(region.mask) for region in simple]
    name = list(range(len(simple)))
    near = _SAME * max(ink.shape)
    for i, j in combinations(range(len(simple)), 2):
        apart = np.abs(simple[i].paint.weights[0] - simple[j].paint.weights[0]).max()
        if name[i] != name[j] and apart <= _SAME_COLOR and _one_shape(boxes[i], boxes[j], near):
            name = [name[i] if own == name[j] else own for own in name]
    result = list(regions)
    for one in set(name):
        members = [region for region, own in zip(simple, name, strict=True) if own == one]
        if len(members) >= _FEWEST:
            mask = np.asarray(np.any([region.mask for region in members], axis=0))
            whole = Region(mask, members[0].paint, sum(region.area for region in members))
            result = [whole if region is members[0] else region for region in result]
            result = [region for region in result if not any(region is other for other in members[1:])]
    return result


def _is_simple(region: Region, ink: Mask) -> bool:
    if not region.paint.is_flat or region.whole is not None or region.area > _LARGEST * region.mask.size:
        return False
    box = box_of(region.mask)
    own = region.mask[box]
    return int((own & ink[box]).sum()) == 0 and int(filled(own).sum()) <= 1.02 * region.area


def _one_shape(first: tuple[slice, slice], second: tuple[slice, slice], near: float) -> bool:
    def same(a: int, b: int) -> bool:
        return abs(a - b) <= near

    (rows, columns), (other_rows, other_columns) = first, second
    tall = same(rows.stop - rows.start, other_rows.stop - other_rows.start)
    wide = same(columns.stop - columns.start, other_columns.stop - other_columns.start)
    on_line = same(rows.stop, other_rows.stop) or same(rows.start, other_rows.start)
    at_edge = same(columns.start, other_columns.start) or same(columns.stop, other_columns.stop)
    return (tall and wide) or (wide and on_line) or (tall and at_edge)
