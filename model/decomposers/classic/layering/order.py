"""Which element lies over which."""

import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.outline import goes_on, hull, surrounding
from model.decomposers.classic.planes import Mask, grown


def bottom_up(elements: list[Element]) -> list[Element]:
    """Elements without the background, sorted bottom first.

    Of two that touch, the one whose contour goes on under the other lies below: the larger the part of the other that
    lies in one's own convex hull, the lower (a container holds all of what it contains; of two overlapping shapes the
    bitten one). Text lies over everything it touches, glass over what is seen through it and over glass named before
    it. Ties go by area, the larger
    below.
    """
    hulls = [hull(element.seen) for element in elements]
    wide = [grown(element.seen, 3) for element in elements]
    below: list[set[int]] = [set() for _ in elements]
    for i in range(len(elements)):
        for j in range(i):
            if not (wide[i] & wide[j]).any():
                continue
            lower, upper = _pair(elements, hulls, i, j)
            below[upper].add(lower)
    return [elements[i] for i in _sorted(elements, below)]


def _pair(elements: list[Element], hulls: list[Mask], i: int, j: int) -> tuple[int, int]:
    if (elements[i].kind == "text") != (elements[j].kind == "text"):
        return (j, i) if elements[i].kind == "text" else (i, j)
    if elements[i].opacity < 1 and elements[j].opacity < 1:
        return j, i
    if (elements[i].opacity < 1) != (elements[j].opacity < 1) and (elements[i].seen & elements[j].seen).any():
        return (j, i) if elements[i].opacity < 1 else (i, j)
    within_i = float((hulls[j] & elements[i].seen).sum()) / max(1, elements[i].area)
    within_j = float((hulls[i] & elements[j].seen).sum()) / max(1, elements[j].area)
    if abs(within_i - within_j) < 1e-3:
        return (i, j) if elements[i].area >= elements[j].area else (j, i)
    return (i, j) if within_j > within_i else (j, i)


def _sorted(elements: list[Element], below: list[set[int]]) -> list[int]:
    """Topological; a circle is cut at the largest element left."""
    left = set(range(len(elements)))
    order: list[int] = []
    while left:
        free = [i for i in left if not below[i] & left]
        lowest = min(free or left, key=lambda i: (-elements[i].area, i))
        order.append(lowest)
        left.discard(lowest)
    return order


def complete(elements: list[Element], ink: Mask) -> None:
    """Let each element go on under those over it, where a simple shape says so; sets ``whole``, top last.

    Glass hides nothing. A figure of several parts has no simple shape: it goes on where its own outline surrounds what
    is over it. Of a stroke ``whole`` already says where it may go on: under others and under ``ink`` ``(H, W)``, the
    text's pixels.
    """
    over = np.zeros(ink.shape, bool)
    for element in reversed(elements):
        if element.whole is not element.seen:
            element.whole = element.seen | (element.whole & (over | ink))
        elif element.kind != "text" and element.alpha is None:
            is_figure = element.kind == "object" and len(element.parts) > 1
            element.whole = surrounding(element.seen, over) if is_figure else goes_on(element.seen, over)
        over |= element.seen if element.alpha is None and element.opacity >= 1 else False
