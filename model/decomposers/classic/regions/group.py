"""What belongs together: pieces of one paint, small things of one colour."""

import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.outline import hull
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Mask, box_of, filled, grown
from model.decomposers.classic.regions.segment import Region

_MOST_JOINED = 40
LIMIT = 5.0
"""Steps between two paints up to which they are one."""
_LETTER = 0.004
_SIMPLE = 0.75
"""Of its box, what a box, a rounded one or an ellipse fills at least."""
BUSY = 40
"""Regions from which on a picture is taken for an illustration: there, faces of one colour are not one face."""


def same_paint(first: Region, second: Region, limit: float = LIMIT) -> bool:
    """Whether the first one's colours, carried on, are the second one's."""
    if first.paint.degree is None or second.paint.degree is None or first.whole is not None or second.whole is not None:
        return False
    y, x = second.places
    apart = np.abs(first.paint.at(y, x) - second.paint.at(y, x)).max(axis=1)
    return bool(np.median(apart) <= limit)


def joined(regions: list[Region], ground: Mask) -> list[Region]:
    """Regions of one paint that an occluder parted: little but other elements lies in the hull of the two.

    Only the largest few are tried; of an illustration, crowded with things, those that touch.
    """
    left = list(regions[:_MOST_JOINED])
    is_busy = len(regions) >= BUSY
    merged = True
    while merged:
        merged = False
        for i, first in enumerate(left):
            for second in left[i + 1 :]:
                if same_paint(first, second) and (
                    _is_piece(first, second)
                    or (
                        same_paint(second, first)
                        and (_touching(first, second) or (not is_busy and _parted(first, second, ground)))
                    )
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
    it touches most, which may be the ground. In an illustration the eyes of two faces are no swarm: one has one ground.
    """
    few = max(least, int(_LETTER * ground.seen.size))
    kept = [region for region in regions if region.area >= few or region.whole is not None]
    small = [region for region in regions if region.area < few and region.whole is None]
    boxes = [box_of(region.mask) for region in small]
    swarm = list(range(len(small)))
    is_busy = len(regions) >= BUSY
    hosts = [_host(region, [ground.seen, *(one.mask for one in kept)]) if is_busy else 0 for region in small]
    for i in range(len(small)):
        for j in range(i):
            if swarm[i] == swarm[j] or hosts[i] is None or hosts[i] != hosts[j]:
                continue
            if _side_by_side(small[i], small[j], boxes[i], boxes[j]):
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


def _host(small: Region, large: list[Mask]) -> int | None:
    """What it lies on: the ground, the first of the large ones, or one of simple shape; ``None`` on a figure's part."""
    box = box_of(small.mask, 2)
    ring = grown(small.mask[box], 1) & ~small.mask[box]
    touching = [int((ring & mask[box]).sum()) for mask in large]
    most = int(np.argmax(touching))
    own = large[most][box_of(large[most])]
    fits = most == 0 or np.count_nonzero(filled(own)) >= _SIMPLE * own.size
    return most if fits and touching[most] > 0.3 * int(ring.sum()) else None


def _side_by_side(first: Region, second: Region, a: tuple[slice, slice], b: tuple[slice, slice]) -> bool:
    if first.paint.degree is None or second.paint.degree is None:
        return False
    if np.abs(first.paint.weights[0] - second.paint.weights[0]).max() > 20:
        return False
    sizes = [max(box[0].stop - box[0].start, box[1].stop - box[1].start) for box in (a, b)]
    gap = max(max(a[axis].start, b[axis].start) - min(a[axis].stop, b[axis].stop) for axis in (0, 1))
    return bool(gap <= 1.2 * max(sizes) and max(sizes) <= 4 * min(sizes))
