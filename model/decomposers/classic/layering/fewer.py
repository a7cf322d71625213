"""Not more layers than asked for: the cheapest pair of elements becomes one until it is so."""

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.contacts import Table, contacts
from model.decomposers.classic.element import Element
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import box_of


def fewer(elements: list[Element], count: int) -> list[Element]:
    """At most ``count`` elements (at least one, if there is any).

    A pair costs the smaller area; less, down to half, the more of the smaller one's outline runs along the other;
    two and a half times as much where they do not touch, and more with the distance of their boxes. So a detail goes
    into what it lies in, and things that stand together become a group. Shadows and glass cost four times as much.
    """
    count = max(1, count)
    if len(elements) <= count:
        return list(elements)
    left: list[Element | None] = list(elements)
    areas = np.array([element.area for element in elements], np.float64)
    boxes = np.array([_box(element) for element in elements], np.float64)
    shared, outlines = contacts([element.seen for element in elements])
    special = np.array([element.alpha is not None or element.opacity < 1 for element in elements])
    alive = np.ones(len(elements), bool)
    side = max(elements[0].seen.shape)
    while int(alive.sum()) > count:
        cost = _costs(areas, boxes, shared, outlines, special, side)
        cost[~alive] = cost[:, ~alive] = np.inf
        first, second = (int(index) for index in np.unravel_index(int(cost.argmin()), cost.shape))
        kept, gone = (first, second) if areas[first] >= areas[second] else (second, first)
        left[kept] = _one(left[kept], left[gone])
        left[gone] = None
        alive[gone] = False
        areas[kept] += areas[gone]
        outlines[kept] += outlines[gone] - 2 * shared[kept, gone]
        shared[kept] += shared[gone]
        shared[:, kept] += shared[:, gone]
        shared[kept, kept] = 0
        boxes[kept, :2] = np.minimum(boxes[kept, :2], boxes[gone, :2])
        boxes[kept, 2:] = np.maximum(boxes[kept, 2:], boxes[gone, 2:])
        special[kept] |= special[gone]
    return [element for element in left if element is not None]


def _costs(areas: Table, boxes: Table, shared: Table, outlines: Table, special: NDArray[np.bool_], side: int) -> Table:
    smaller = np.minimum(areas[:, None], areas[None])
    outline = np.where(areas[:, None] <= areas[None], outlines[:, None], outlines[None])
    share = np.clip(shared / np.maximum(outline, 1), 0, 1)
    start, stop = boxes[:, None, :2], boxes[:, None, 2:]
    gaps = np.maximum(np.maximum(start - boxes[None, :, 2:], boxes[None, :, :2] - stop), 0).sum(axis=2)
    cost = (smaller + 1) * (1 + 2 * gaps / side) * np.where(shared > 0, 1 - 0.5 * share, 2.5)
    cost = np.where(special[:, None] | special[None], 4 * cost, cost)
    np.fill_diagonal(cost, np.inf)
    return np.asarray(cost, np.float64)


def _box(element: Element) -> tuple[int, int, int, int]:
    rows, columns = box_of(element.seen)
    return rows.start, columns.start, rows.stop, columns.stop


def _one(big: Element | None, small: Element | None) -> Element:
    assert big is not None
    assert small is not None
    text = " ".join(part.text for part in (big, small) if part.text) or None
    kind = big.kind if big.kind == small.kind and big.alpha is None else "object"
    mixed = Paint(None, big.paint.weights[:1], big.paint.scale, big.paint.residual, 0.0, big.paint.origin)
    return Element(big.seen | small.seen, mixed, kind, big.name, text, parts=big.parts + small.parts)
