"""Which element lies over which."""

import cv2
import numpy as np

from model.decomposers.classic.contacts import Table
from model.decomposers.classic.element import Element
from model.decomposers.classic.layering.junctions import crosses, front, goes_under
from model.decomposers.classic.outline import goes_on, hull, surrounding
from model.decomposers.classic.planes import Mask, box_of, components, grown, shrunk
from model.decomposers.classic.text.ink import Line

_SCRAP = 0.05
_KNOWN, _GUESSED = 10.0, 0.01
"""How sure an order is: of glass over what is seen through it, and by size alone; outlines that end at others count 1,
hulls as much as the shares of the two in the other's hull differ."""
_NEAR = 3
"""Pixels from an outline: ink up to there touches it, and ink farther in than that lies on the shape."""
_SMALL, _LEAST_TOLD = 0.002, 0.1
_CUT = 0.5
"""Of a line's height: the least length of an edge along which letters are cut; they touch other things with less."""
_WITHIN = 0.9
"""Of a shape, in the box of the letters' ink: a piece of a letter that was taken for a shape."""


def bottom_up(elements: list[Element], ink: Mask | None = None) -> list[Element]:
    """Elements without the background, sorted bottom first.

    Of two that touch, the one whose contour ends at the other's lies below. Where no third tells, the larger the part
    of the other that lies in one's own convex hull, the lower (a container holds all of what it contains; of two
    overlapping shapes the bitten one). Text lies over everything it touches, glass over what is seen through it
    and over glass named before it, a line over what it crosses. Ties go by area, the larger below.

    Args:
        elements: without the background.
        ink: ``(H, W)`` pixels of text, about which nothing is known.
    """
    main = [element.seen if element.alpha is not None else _without_scraps(element.seen) for element in elements]
    main = main if ink is None else [clear if (clear := mask & ~ink).any() else mask for mask in main]
    hulls = [hull(mask) for mask in main]
    wide = [grown(mask, 3) for mask in main]
    below = np.zeros((len(elements), len(elements)))
    for i in range(len(elements)):
        for j in range(i):
            if not (wide[i] & wide[j]).any():
                continue
            (lower, upper), sureness = _pair(elements, main, hulls, (i, j), ink)
            below[upper, lower] = sureness * _told_by(min(elements[i].area, elements[j].area) / wide[i].size)
    return [elements[i] for i in in_order(elements, below)]


def _told_by(share: float) -> float:
    """How much a pair counts of which the smaller takes that share of the canvas: scraps are often rims of something
    else, and should not turn round what large things say of each other."""
    return min(1.0, max(share / _SMALL, _LEAST_TOLD))


def _without_scraps(seen: Mask) -> Mask:
    """The pieces that are not much smaller than the largest: a bit of rim elsewhere says nothing about order."""
    box = box_of(seen)
    count, labels, stats = components(seen[box])
    if count <= 2:
        return seen
    kept = stats[:, cv2.CC_STAT_AREA] >= _SCRAP * stats[1:, cv2.CC_STAT_AREA].max()
    kept[0] = False
    result = np.zeros_like(seen)
    result[box] = kept[labels]
    return result


def _pair(
    elements: list[Element], main: list[Mask], hulls: list[Mask], both: tuple[int, int], ink: Mask | None
) -> tuple[tuple[int, int], float]:
    """The lower and the upper one, and how sure that is, above 0."""
    i, j = both
    if (elements[i].kind == "text") != (elements[j].kind == "text"):
        return ((j, i) if elements[i].kind == "text" else (i, j)), _KNOWN
    if elements[i].opacity < 1 and elements[j].opacity < 1:
        return (j, i), _KNOWN
    if (elements[i].opacity < 1) != (elements[j].opacity < 1) and (elements[i].seen & elements[j].seen).any():
        return ((j, i) if elements[i].opacity < 1 else (i, j)), _KNOWN
    is_front = _in_front((elements[i], main[i]), (elements[j], main[j]), ink)
    if is_front:
        return ((j, i) if is_front > 0 else (i, j)), 1
    within_i = float((hulls[j] & main[i]).sum())
    within_j = float((hulls[i] & main[j]).sum())
    shares = within_i / max(1, elements[i].area), within_j / max(1, elements[j].area)
    sureness = max(abs(shares[0] - shares[1]), _GUESSED)
    if max(shares) > 0.5:  # one holds the other
        within_i, within_j = shares
    elif abs(within_i - within_j) < 8:
        within_i = within_j
    if abs(within_i - within_j) < 1e-3:
        return ((i, j) if elements[i].area >= elements[j].area else (j, i)), _GUESSED
    return ((i, j) if within_j > within_i else (j, i)), sureness


def _in_front(first: tuple[Element, Mask], second: tuple[Element, Mask], ink: Mask | None) -> int:
    """1 where the first is in front, -1 where the second is, 0 where their outlines do not say."""
    (one, seen), (other, beside) = first, second
    if min(one.opacity, other.opacity) < 1:
        return 0
    lines = one.whole is not one.seen, other.whole is not other.seen
    if all(lines):
        under = int((one.whole & beside).sum()) - int((other.whole & seen).sum())
        return -1 if under > 0 else int(under < 0)
    if lines[0]:
        return 1 if crosses(seen, beside) else -int(goes_under(one.whole, beside))
    if lines[1]:
        return -1 if crosses(beside, seen) else int(goes_under(other.whole, seen))
    return front(seen, beside, np.zeros_like(seen) if ink is None else ink)


def in_order(elements: list[Element], below: Table) -> list[int]:
    """Topological; a circle is cut where the least is known against it.

    Args:
        below: ``[i, j]`` how sure it is that j lies below i, 0 where it does not.
    """
    left = list(range(len(elements)))
    order: list[int] = []
    while left:
        against = below[np.ix_(left, left)].sum(axis=1)
        least = [index for index, weight in zip(left, against, strict=True) if weight == against.min()]
        lowest = min(least, key=lambda index: (elements[index].opacity < 1, -elements[index].area, index))
        order.append(lowest)
        left.remove(lowest)
    return order


def place_of(lines: list[Line], shapes: list[Element]) -> int:
    """How many of the shapes, sorted bottom first, lie below a text: all, unless one cuts its letters.

    What lies over words hides a part of letters, so their ink comes up to its outline and is nowhere in it. A word that
    is seen on something above that lies over both. Lines have no inside that would tell, and what lies among the
    letters is a piece of one rather than a cover.
    """
    place = len(shapes)
    for index in reversed(range(len(shapes))):
        if any(_is_seen_on(line, shapes[index]) for line in lines):
            break
        if any(_is_cut_by(line, shapes[index]) for line in lines):
            place = index
    return place


def _is_seen_on(line: Line, shape: Element) -> bool:
    box = line.around(_NEAR)
    return bool((line.seen(line.core, box) & shrunk(shape.seen[box], _NEAR)).any())


def _is_cut_by(line: Line, shape: Element) -> bool:
    if shape.alpha is not None or shape.opacity < 1 or shape.whole is not shape.seen:
        return False
    if np.count_nonzero(shape.seen[line.box]) > _WITHIN * shape.area:
        return False
    box = line.around(_NEAR)
    met = np.count_nonzero(line.seen(line.core, box) & grown(shape.seen[box], _NEAR))
    return bool(met >= _CUT * _NEAR * line.height)


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
