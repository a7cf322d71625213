"""What belongs together: pieces of one paint, lines of one style, and the least of what is too many."""

import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.order import hull
from model.decomposers.classic.planes import box_of, grown
from model.decomposers.classic.regions import Region
from model.decomposers.classic.text import Ink


def ground_and_rest(regions: list[Region]) -> tuple[Region, list[Region]]:
    """The background, with every region of its paint, and the others, largest first.

    The background is the region that holds most of the canvas' border, area counting half as much.
    """
    border = [_border_share(region) + 0.5 * region.area / region.mask.size for region in regions]
    ground = regions[int(np.argmax(border))]
    rest: list[Region] = []
    mask = ground.mask.copy()
    for region in regions:
        if region is ground:
            continue
        if same_paint(ground, region):
            mask |= region.mask
        else:
            rest.append(region)
    return Region(mask, ground.paint, int(mask.sum())), rest


def _border_share(region: Region) -> float:
    mask = region.mask
    edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    return float(edge.mean())


def same_paint(first: Region, second: Region, limit: float = 5.0) -> bool:
    """Whether the first one's colours, carried on, are the second one's."""
    if first.paint.degree is None or second.paint.degree is None:
        return False
    y, x = np.nonzero(second.mask)
    step = max(1, len(y) // 300)
    y, x = y[::step], x[::step]
    apart = np.abs(first.paint.at(y, x) - second.paint.at(y, x)).max(axis=1)
    return bool(np.median(apart) <= limit)


def joined(regions: list[Region], ground: Region) -> list[Region]:
    """Regions of one paint that an occluder parted: little but other elements lies in the hull of the two."""
    left = list(regions)
    merged = True
    while merged:
        merged = False
        for i, first in enumerate(left):
            for second in left[i + 1 :]:
                if same_paint(first, second) and same_paint(second, first) and _parted(first, second, ground):
                    mask = first.mask | second.mask
                    left[i] = Region(mask, first.paint, first.area + second.area)
                    left = [region for region in left if region is not second]
                    merged = True
                    break
            if merged:
                break
    return left


def _parted(first: Region, second: Region, ground: Region) -> bool:
    both = first.mask | second.mask
    gap = hull(both) & ~hull(first.mask) & ~hull(second.mask) & ~both
    open_gap = int((gap & ground.mask).sum())
    return open_gap <= 0.15 * int(gap.sum()) and open_gap <= 0.1 * min(first.area, second.area)


def lines_of_one_style(inks: list[Ink]) -> list[list[Ink]]:
    """Lines of like ink and height that stand under or beside one another, top first."""
    groups: list[list[Ink]] = []
    for ink in inks:
        for group in groups:
            if any(_one_style(ink, other) for other in group):
                group.append(ink)
                break
        else:
            groups.append([ink])
    return groups


def _one_style(first: Ink, second: Ink) -> bool:
    if np.abs(first.color - second.color).max() > 24:
        return False
    heights = sorted([first.words.height, second.words.height])
    if heights[1] > 1.7 * heights[0]:
        return False
    a, b = first.words.polygon, second.words.polygon
    gap_y = max(float(a[:, 1].min() - b[:, 1].max()), float(b[:, 1].min() - a[:, 1].max()))
    gap_x = max(float(a[:, 0].min() - b[:, 0].max()), float(b[:, 0].min() - a[:, 0].max()))
    return gap_y < 1.2 * heights[1] and gap_x < 1.5 * heights[1]


def fewer(elements: list[Element], count: int) -> list[Element]:
    """At most ``count`` elements, bottom first: the cheapest pair becomes one until it is so.

    A pair costs the smaller area (text counts four times), times one plus the distance of the boxes in canvas sides;
    pairs of text and other things cost thrice.
    """
    left = list(elements)
    while len(left) > max(1, count):
        pairs = [(_cost(left[i], left[j]), i, j) for i in range(len(left)) for j in range(i)]
        _, upper, lower = min(pairs)
        left[lower] = _one(left[lower], left[upper])
        del left[upper]
    return left


def _cost(upper: Element, lower: Element) -> float:
    size = min(element.area * (4 if element.kind == "text" else 1) for element in (upper, lower))
    a, b = box_of(upper.seen), box_of(lower.seen)
    gap = max(a[0].start - b[0].stop, b[0].start - a[0].stop, 0) + max(
        a[1].start - b[1].stop, b[1].start - a[1].stop, 0
    )
    cost = (size + 1) * (1 + 2 * gap / max(upper.seen.shape))
    if (upper.kind == "text") != (lower.kind == "text"):
        cost *= 3
    if upper.alpha is not None or lower.alpha is not None or min(upper.opacity, lower.opacity) < 1:
        cost *= 4
    if not (grown(upper.seen, 3) & lower.seen).any():
        cost *= 1.5
    return cost


def _one(lower: Element, upper: Element) -> Element:
    big, small = (lower, upper) if lower.area >= upper.area else (upper, lower)
    text = " ".join(part.text for part in (lower, upper) if part.text) or None
    kind = big.kind if big.kind == small.kind else "object"
    return Element(lower.seen | upper.seen, big.paint, kind, big.name, text, big.opacity, big.alpha)
