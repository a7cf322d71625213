"""Not more layers than asked for: the pair of elements whose union is regretted least becomes one until it is so."""

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.contacts import Table
from model.decomposers.classic.element import Element, as_one
from model.decomposers.classic.layering.alike import is_plain
from model.decomposers.classic.layering.links import Links, links
from model.decomposers.classic.planes import box_of

_ONE_PAINT = 0.8
_MOST_TIMES = 8.0
"""Things of one kind differ in area by this factor at most."""


def fewer(elements: list[Element], count: int, trifle: float = 0.0) -> list[Element]:
    """At most ``count`` elements (at least one, if there is any), and none left whose union is a trifle.

    A pair costs the smaller area, in pixels; less, down to half, the more of the smaller one's outline runs along the
    other: so a detail goes into what it lies in, and things that stand together become a group. Things apart cost more
    with the distance of their boxes: a little where they are of like colours and size, as stars are, four times as much
    where they have nothing in common. Shadows and glass cost four times as much.
    """
    count = max(1, count)
    if len(elements) <= count and (trifle <= 0 or len(elements) < 2):
        return list(elements)
    tied = links(elements, np.zeros(elements[0].seen.shape, bool))
    boxes = np.array([_box(element) for element in elements], np.float64)
    special = np.array([element.alpha is not None or element.opacity < 1 for element in elements])
    plain = np.array([is_plain(element) for element in elements])
    side = max(elements[0].seen.shape)
    while len(tied.alive) > 1:
        cost = _costs(tied, boxes, special, plain, side)
        first, second = (int(index) for index in np.unravel_index(int(cost.argmin()), cost.shape))
        if len(tied.alive) <= count and cost[first, second] > trifle:
            break
        kept = tied.merge(first, second)
        gone = second if kept == first else first
        boxes[kept, :2] = np.minimum(boxes[kept, :2], boxes[gone, :2])
        boxes[kept, 2:] = np.maximum(boxes[kept, 2:], boxes[gone, 2:])
        special[kept] |= special[gone]
        plain[kept] &= plain[gone]
    return [as_one([elements[index] for index in tied.members[kept]]) for kept in tied.alive]


def _costs(tied: Links, boxes: Table, special: NDArray[np.bool_], plain: NDArray[np.bool_], side: int) -> Table:
    areas = np.maximum(tied.areas, 1)
    smaller, larger = np.minimum(areas[:, None], areas[None]), np.maximum(areas[:, None], areas[None])
    outline = np.where(areas[:, None] <= areas[None], tied.outlines[:, None], tied.outlines[None])
    share = np.clip(tied.shared / np.maximum(outline, 1), 0, 1)
    start, stop = boxes[:, None, :2], boxes[:, None, 2:]
    gaps = np.maximum(np.maximum(start - boxes[None, :, 2:], boxes[None, :, :2] - stop), 0).sum(axis=2)
    alike = plain[:, None] & plain[None] & (tied.palettes() >= _ONE_PAINT) & (larger <= _MOST_TIMES * smaller)
    apart = np.where(alike, 1 + gaps / side, 4 * (1 + 2 * gaps / side))
    cost = (smaller + 1) * np.where(tied.shared > 0, 1 - 0.5 * share, apart)
    cost = np.where(special[:, None] | special[None], 4 * cost, cost)
    gone = np.array([not own for own in tied.members])
    cost[gone] = cost[:, gone] = np.inf
    np.fill_diagonal(cost, np.inf)
    return np.asarray(cost, np.float64)


def _box(element: Element) -> tuple[int, int, int, int]:
    rows, columns = box_of(element.seen)
    return rows.start, columns.start, rows.stop, columns.stop
