"""What belongs together: pieces of one paint, small things of one colour, lines of one style."""

import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.order import hull
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Mask, box_of, grown
from model.decomposers.classic.regions import Region
from model.decomposers.classic.text import Line

_MOST_JOINED = 40
_LIMIT, _DRAWN_LIMIT = 5.0, 10.0
_LETTER = 0.004
_MANY = 8


def ground_and_rest(regions: list[Region], is_drawing: bool) -> tuple[Element, list[Region]]:
    """The background, with every region of its paint, and the others, largest first.

    The background is the region that holds most of the canvas' border, area counting half as much. In a drawing large
    areas along the border (sky and meadow) are all background; of a photograph whatever else reaches the border.
    """
    if not is_drawing:
        regions = _patterns(regions)
    border = [_border_share(region) for region in regions]
    weights = [share + 0.5 * region.area / region.mask.size for share, region in zip(border, regions, strict=True)]
    ground = regions[int(np.argmax(weights))]
    parts = [(ground.mask.copy(), ground.paint)]
    rest: list[Region] = []
    for region, share in zip(regions, border, strict=True):
        if region is ground:
            continue
        if same_paint(ground, region, _DRAWN_LIMIT if is_drawing else _LIMIT):
            parts[0] = parts[0][0] | region.mask, ground.paint
        elif is_drawing and share >= 0.1 and region.area >= 0.08 * region.mask.size:
            parts.append((region.mask, region.paint))
        elif not is_drawing and share > 0 and region.paint.degree is None and ground.paint.degree is None:
            parts[0] = parts[0][0] | region.mask, ground.paint
        else:
            rest.append(region)
    mask = np.asarray(np.any([part[0] for part in parts], axis=0))
    return Element(mask, ground.paint, "background", "background", parts=tuple(parts)), rest


def _patterns(regions: list[Region]) -> list[Region]:
    """Stripes, dots and the like: many pieces of one flat colour, much of the picture together, are one region."""
    flat = [region for region in regions if region.paint.is_flat]
    left = list(regions)
    while flat:
        first = flat[0]
        alike = [region for region in flat if same_paint(first, region)]
        flat = [region for region in flat if not any(region is other for other in alike)]
        area = sum(region.area for region in alike)
        if len(alike) >= _MANY and area >= 0.05 * first.mask.size:
            mask = np.asarray(np.any([region.mask for region in alike], axis=0))
            left = [region for region in left if not any(region is other for other in alike)]
            left.append(Region(mask, first.paint, area))
    return sorted(left, key=lambda region: -region.area)


def _border_share(region: Region) -> float:
    mask = region.mask
    edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    return float(edge.mean())


def same_paint(first: Region, second: Region, limit: float = _LIMIT) -> bool:
    """Whether the first one's colours, carried on, are the second one's."""
    if first.paint.degree is None or second.paint.degree is None:
        return False
    y, x = second.places
    apart = np.abs(first.paint.at(y, x) - second.paint.at(y, x)).max(axis=1)
    return bool(np.median(apart) <= limit)


def joined(regions: list[Region], ground: Mask) -> list[Region]:
    """Regions of one paint that an occluder parted: little but other elements lies in the hull of the two.

    Only the largest few are tried.
    """
    left = list(regions[:_MOST_JOINED])
    merged = True
    while merged:
        merged = False
        for i, first in enumerate(left):
            for second in left[i + 1 :]:
                if same_paint(first, second) and (
                    _is_piece(first, second)
                    or (same_paint(second, first) and (_touching(first, second) or _parted(first, second, ground)))
                ):
                    mask = first.mask | second.mask
                    left[i] = Region(mask, first.paint, first.area + second.area)
                    left = [region for region in left if region is not second]
                    merged = True
                    break
            if merged:
                break
    return left + regions[_MOST_JOINED:]


def _is_piece(large: Region, small: Region) -> bool:
    """A counter of a letter or the like: small, and touching the rest."""
    return small.area <= 0.1 * large.area and _touching(large, small)


def _touching(first: Region, second: Region) -> bool:
    box = box_of(second.mask, 2)
    return bool((grown(second.mask[box], 1) & first.mask[box]).any())


def _parted(first: Region, second: Region, ground: Mask) -> bool:
    box = box_of(first.mask | second.mask)
    one, other = first.mask[box], second.mask[box]
    gap = hull(one | other) & ~hull(one) & ~hull(other) & ~one & ~other
    open_gap = int((gap & ground[box]).sum())
    return open_gap <= 0.15 * int(gap.sum()) and open_gap <= 0.1 * min(first.area, second.area)


def small_ones(regions: list[Region], ground: Element, least: int) -> list[Region]:
    """Regions of at least ``least`` pixels, and rows or swarms of smaller ones of one colour as a region each.

    Letters nobody could read, dots and ticks become something that can be moved; the odd speck goes into the neighbour
    it touches most, which may be the ground.
    """
    few = max(least, int(_LETTER * ground.seen.size))
    kept = [region for region in regions if region.area >= few]
    small = [region for region in regions if region.area < few]
    boxes = [box_of(region.mask) for region in small]
    swarm = list(range(len(small)))
    for i in range(len(small)):
        for j in range(i):
            if swarm[i] != swarm[j] and _side_by_side(small[i], small[j], boxes[i], boxes[j]):
                swarm = [swarm[j] if name == swarm[i] else name for name in swarm]
    specks: list[Region] = []
    for name in sorted(set(swarm)):
        members = [region for region, own in zip(small, swarm, strict=True) if own == name]
        area = sum(region.area for region in members)
        if len(members) >= 3 and area >= least:
            mask = np.asarray(np.any([region.mask for region in members], axis=0))
            mean = np.mean([region.paint.weights[0] for region in members], axis=0)[None]
            kept.append(Region(mask, Paint(0, mean, float(mask.shape[0]), 0.0, 1.0), area))
        else:
            kept += [region for region in members if region.area >= least]
            specks += [region for region in members if region.area < least]
    for speck in specks:
        _absorb(speck, kept, ground)
    return kept


def _absorb(speck: Region, kept: list[Region], ground: Element) -> None:
    box = box_of(speck.mask, 2)
    ring = grown(speck.mask[box], 1) & ~speck.mask[box]
    touching = [int((ring & region.mask[box]).sum()) for region in kept]
    if touching and max(touching) > int((ring & ground.seen[box]).sum()):
        kept[int(np.argmax(touching))].mask[box] |= speck.mask[box]
    else:
        ground.seen[box] |= speck.mask[box]
        ground.parts[0][0][box] |= speck.mask[box]


def _side_by_side(first: Region, second: Region, a: tuple[slice, slice], b: tuple[slice, slice]) -> bool:
    if first.paint.degree is None or second.paint.degree is None:
        return False
    if np.abs(first.paint.weights[0] - second.paint.weights[0]).max() > 20:
        return False
    sizes = [max(box[0].stop - box[0].start, box[1].stop - box[1].start) for box in (a, b)]
    gap = max(max(a[axis].start, b[axis].start) - min(a[axis].stop, b[axis].stop) for axis in (0, 1))
    return bool(gap <= 1.2 * max(sizes) and max(sizes) <= 4 * min(sizes))


def lines_of_one_style(lines: list[Line]) -> list[list[Line]]:
    """Lines of like ink and height that stand under or beside one another, top first."""
    groups: list[list[Line]] = []
    for line in lines:
        for group in groups:
            if any(_one_style(line, other) for other in group):
                group.append(line)
                break
        else:
            groups.append([line])
    return groups


def _one_style(first: Line, second: Line) -> bool:
    if np.abs(first.color - second.color).max() > 24:
        return False
    heights = sorted([first.words.height, second.words.height])
    if heights[1] > 1.7 * heights[0]:
        return False
    gap_y, gap_x = _gaps(first, second)
    return gap_y < 1.2 * heights[1] and gap_x < 1.5 * heights[1]


def _gaps(first: Line, second: Line) -> tuple[float, float]:
    a, b = first.words.polygon, second.words.polygon
    gap_y = max(float(a[:, 1].min() - b[:, 1].max()), float(b[:, 1].min() - a[:, 1].max()))
    gap_x = max(float(a[:, 0].min() - b[:, 0].max()), float(b[:, 0].min() - a[:, 0].max()))
    return gap_y, gap_x


def fewer_texts(groups: list[list[Line]], count: int) -> list[list[Line]]:
    """At most ``count`` groups, at least one if there is any: those nearest in height, colour and place become one."""
    left = [list(group) for group in groups]
    while len(left) > max(1, count):
        pairs = [(_text_distance(left[i], left[j]), j, i) for i in range(len(left)) for j in range(i)]
        _, first, second = min(pairs)
        left[first] = sorted(left[first] + left[second], key=lambda line: float(line.words.polygon[:, 1].min()))
        del left[second]
    return left


def _text_distance(first: list[Line], second: list[Line]) -> float:
    side = max(first[0].zone.shape)
    found: list[float] = []
    for one in first:
        for other in second:
            gap_y, gap_x = _gaps(one, other)
            heights = sorted([one.words.height, other.words.height])
            color = float(np.abs(one.color - other.color).max()) / 255
            found.append((max(gap_y, 0) + max(gap_x, 0)) / side + 0.1 * heights[1] / max(heights[0], 1) + 0.3 * color)
    return min(found)
