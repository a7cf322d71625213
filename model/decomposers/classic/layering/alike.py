"""Like things scattered over the ground: stars, bats, dots."""

import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.element import Element, as_one
from model.decomposers.classic.layering.links import color_of, links
from model.decomposers.classic.outline import hull
from model.decomposers.classic.planes import Mask, box_of

_LARGEST = 0.04
_FREE = 0.75
_ONE_PAINT = 0.6
_MOST_TIMES = 12.0
_FORM = 0.2
_PLAIN = 4
_FEW = 3
_ROW, _LARGEST_OF_ROW = 4, 0.04
_SAME_COLOR, _SAME_SIDE = 6.0, 3


def swarms(elements: list[Element], ground: Mask) -> list[Element]:
    """Three or more small things of one colour and like form that lie on the ground, each by itself, as one element.

    And the two halves of what frames the picture: of like colours and size, on opposite borders of the canvas.
    """
    if len(elements) < 2:
        return list(elements)
    tied = links(elements, ground)
    alike = tied.palettes()
    free = tied.grounded >= _FREE * np.maximum(tied.outlines, 1)
    forms = [_solidity(element.seen) for element in elements]
    left = sorted(range(len(elements)), key=lambda index: (-tied.areas[index], index))
    result: list[Element] = []
    while left:
        first, *left = left
        area = tied.areas[first]
        own = [first]
        if free[first] and is_plain(elements[first]) and area <= _LARGEST * ground.size:
            own += [
                other
                for other in left
                if free[other]
                and is_plain(elements[other])
                and alike[first, other] >= _ONE_PAINT
                and area <= _MOST_TIMES * tied.areas[other]
                and abs(forms[first] - forms[other]) <= _FORM
            ]
            own = own if len(own) >= _FEW else own[:1]
        else:
            own += [other for other in left if _is_frame(elements, first, other, float(alike[first, other]))][:1]
        left = [index for index in left if index not in own]
        result.append(as_one([elements[index] for index in own]))
    return result


def rows(elements: list[Element]) -> list[Element]:
    """Four or more bars, tiles or marks of one colour in a row as one element: one series of a chart, one rating.

    They are as wide and stand on one line, or as high and begin on one line; no side differs by more than some pixels.
    """
    left = sorted(elements, key=lambda element: -element.area)
    boxes = {id(element): box_of(element.seen) for element in elements}
    colors = {id(element): color_of(element) for element in elements}
    result: list[Element] = []
    while left:
        first, *left = left
        own = [first]
        if _may_be_in_row(first):
            like = [one for one in left if _may_be_in_row(one) and _one_color(colors[id(one)], colors[id(first)])]
            across, down = ([one for one in like if _in_row(boxes[id(first)], boxes[id(one)], axis)] for axis in (0, 1))
            own += across if len(across) >= len(down) else down
        own = own if len(own) >= _ROW else [first]
        left = [element for element in left if not any(element is one for one in own)]
        result.append(as_one(own))
    return result


def _may_be_in_row(element: Element) -> bool:
    plain = element.paint.degree is not None and element.alpha is None and element.opacity >= 1
    return bool(plain and len(element.parts) == 1 and element.area <= _LARGEST_OF_ROW * element.seen.size)


def _one_color(first: NDArray[np.float32], second: NDArray[np.float32]) -> bool:
    return float(np.abs(first - second).max()) <= _SAME_COLOR


def _in_row(first: tuple[slice, slice], second: tuple[slice, slice], axis: int) -> bool:
    """Whether one starts or ends on the other's line along ``axis`` and is as long as it along the other one."""
    one, other = first[axis], second[axis]
    lined = min(abs(one.start - other.start), abs(one.stop - other.stop)) <= _SAME_SIDE
    sizes = [box[1 - axis].stop - box[1 - axis].start for box in (first, second)]
    return bool(lined and abs(sizes[0] - sizes[1]) <= _SAME_SIDE)


def is_plain(element: Element) -> bool:
    """Whether it has few parts: a star and no cat, of which there is one."""
    return len(element.parts) <= _PLAIN


def _is_frame(elements: list[Element], first: int, second: int, alike: float) -> bool:
    one, other = elements[first].seen, elements[second].seen
    if alike < 0.8 or elements[first].area > 1.6 * elements[second].area:
        return False
    sides = [[mask[:, 0].any(), mask[:, -1].any(), mask[0].any(), mask[-1].any()] for mask in (one, other)]
    return any(
        sides[a][here] and not sides[a][there] and sides[1 - a][there] and not sides[1 - a][here]
        for here, there in ((0, 1), (2, 3))
        for a in (0, 1)
    )


def _solidity(mask: Mask) -> float:
    own = mask[box_of(mask)]
    return float(own.sum()) / max(1, int(hull(own).sum())) if own.size else 0.0
