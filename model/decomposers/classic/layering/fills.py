"""The lowest fill of a thing on nothing: a sticker's border, a badge's plate, which surrounds all else that it is."""

import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.planes import Mask, box_of, components, filled

_ALL = 0.97
"""The share of an island that its lowest fill surrounds; the rest are rims."""
_LEAST = 0.02
"""The share of the island that is left to lie on a fill: less is a detail."""


def lowest_fills(elements: list[Element], ground: Mask) -> list[Element]:
    """Of each island of a picture on nothing the element that surrounds all others there, where one does.

    Args:
        elements: with masks that do not overlap.
        ground: ``(H, W)`` where nothing is.
    """
    count, labels, stats = components(~ground)
    fills = []
    for element in elements:
        box = box_of(element.seen)
        islands = np.bincount(labels[box][element.seen[box]], minlength=count)
        islands[0] = 0
        island = int(islands.argmax())
        area = int(stats[island, 4])
        if islands[island] < element.area or element.area > (1 - _LEAST) * area:
            continue
        if int((filled(element.seen[box]) & (labels[box] == island)).sum()) >= _ALL * area:
            fills.append(element)
    return fills
