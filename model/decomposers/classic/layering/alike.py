"""Like things scattered over the ground: stars, bats, dots."""

import numpy as np

from model.decomposers.classic.element import Element, as_one
from model.decomposers.classic.layering.links import links
from model.decomposers.classic.outline import hull
from model.decomposers.classic.planes import Mask, box_of

_LARGEST = 0.04
_FREE = 0.75
_ONE_PAINT = 0.6
_MOST_TIMES = 12.0
_FORM = 0.2
_PLAIN = 4
FEW, MANY = 3, 5
"""How many like things are a swarm: in an illustration, and in a picture of few pieces, where each may be a part."""


def swarms(elements: list[Element], ground: Mask, fewest: int = FEW) -> list[Element]:
    """``fewest`` or more small things of one colour and like form, each by itself on the ground, as one element.

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
            own = own if len(own) >= fewest else own[:1]
        else:
            own += [other for other in left if _is_frame(elements, first, other, float(alike[first, other]))][:1]
        left = [index for index in left if index not in own]
        result.append(as_one([elements[index] for index in own]))
    return result


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
