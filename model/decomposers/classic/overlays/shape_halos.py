"""Halos of shapes: of each that stands out of known grounds one is looked for, and what is proven comes off."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.outline import goes_on
from model.decomposers.classic.overlays.grounds import Grounds, grounds_of
from model.decomposers.classic.overlays.halo import Halo, Scene, solved
from model.decomposers.classic.overlays.halos import lifted
from model.decomposers.classic.planes import Box, Floats, Mask, box_of, grown, shrunk
from model.decomposers.classic.regions.nearest import nearest
from model.decomposers.classic.regions.segment import Region
from model.decomposers.classic.rims import coverage

_MOST, _MOST_CASTERS = 4, 8
_LEAST, _LARGEST = 0.003, 0.5
_REACH = 0.06
"""Of the canvas' longer side: to which the offset and the blur of a shape's halo are searched."""
_SCALE = 4
_PROOF = 0.9
"""Of the change, what a halo of a shape explains. Those that were drawn explained 0.91 and more, other things beside a
shape up to 0.82, and up to 0.96 where the copy lay far off, which ``is_near`` refuses."""
_RIM = 2

Split = Callable[[Floats], tuple[list[Region], bool]]


@dataclass(slots=True, eq=False)
class Haloed:
    """A halo's element, and ``caster`` ``(H, W)``, what it belongs to."""

    element: Element
    caster: Mask


def of_shapes(
    rgb: Floats, regions: list[Region], is_drawing: bool, unknown: Mask, tolerance: float, split: Split
) -> tuple[list[Haloed], list[Region], bool, Floats]:
    """The halos, bottom first, and the regions of the picture without them, whether it is a drawing, the picture.

    Args:
        unknown: ``(H, W)`` ink of text, and what is not solid: nothing is known of what lies below it.
    """
    found: list[Haloed] = []
    clear = rgb
    while len(found) < _MOST:
        best = _best(clear, regions, unknown, tolerance)
        if best is None:
            break
        clear, haloed = best
        found.insert(0, haloed)
        regions, is_drawing = split(clear)
    return found, regions, is_drawing, clear


def _best(rgb: Floats, regions: list[Region], unknown: Mask, tolerance: float) -> tuple[Floats, Haloed] | None:
    if all(region.paint.degree is None for region in regions):
        return None
    grounds = grounds_of(regions)
    inner = grounds.inner() & ~unknown
    solid = ~regions[0].mask
    best: tuple[Halo, Box, Region, Mask] | None = None
    for region in _casters(regions):
        whole = goes_on(region.mask, solid & ~region.mask)
        box = _around(whole, rgb.shape)
        known = inner & ~grown(whole, _RIM + 1)
        halo = _solved(rgb, grounds, whole, known, box, tolerance)
        if halo is not None and (best is None or halo.proof > best[0].proof):
            best = halo, box, region, whole
    if best is None:
        return None
    halo, box, region, whole = best
    below = halo.over(grounds.below[box])
    cover = _cover(rgb[box], region.mask[box], below)
    known = inner[box] & ~region.mask[box]
    clear, element = lifted(rgb, halo, grounds, cover, known, box)
    return clear, Haloed(element, region.mask)


def _casters(regions: list[Region]) -> list[Region]:
    found = []
    for region in regions:
        share = region.area / region.mask.size
        if region.whole is None and _LEAST <= share <= _LARGEST:
            found.append(region)
    return found[:_MOST_CASTERS]


def _around(mask: Mask, shape: tuple[int, ...]) -> Box:
    """The mask's surroundings, of a multiple of the scale's pixels each way."""
    rows, columns = box_of(mask, round(2.5 * _REACH * max(shape[:2])))
    tall, wide = ((part.stop - part.start) // _SCALE * _SCALE for part in (rows, columns))
    return slice(rows.start, rows.start + tall), slice(columns.start, columns.start + wide)


def _solved(rgb: Floats, grounds: Grounds, caster: Mask, known: Mask, box: Box, tolerance: float) -> Halo | None:
    """Solved on a reduced picture: halos of shapes are wide and smooth."""
    reach = _REACH * max(rgb.shape[:2]) / _SCALE
    sure = _reduced(known[box].astype(np.float32)) > 0.999
    scene = Scene(
        _reduced(caster[box].astype(np.float32)), _reduced(grounds.below[box]), _reduced(rgb[box]), sure,
        tolerance / 2, reach, _PROOF,
    )  # fmt: skip
    halo = solved(scene)
    if halo is None:
        return None
    size = box[1].stop - box[1].start, box[0].stop - box[0].start
    alpha = np.clip(cv2.resize(halo.alpha, size, interpolation=cv2.INTER_CUBIC), 0, 1)
    return Halo(np.where(alpha < 1.5 / 255, 0, alpha).astype(np.float32), halo.color, halo.proof)


def _reduced(plane: Floats) -> Floats:
    size = max(1, plane.shape[1] // _SCALE), max(1, plane.shape[0] // _SCALE)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)


def _cover(part: Floats, mask: Mask, below: Floats) -> Floats:
    """How much of each pixel the caster covers: its rim is a mixture of its colour and of the halo's ground."""
    inner = shrunk(mask, _RIM)
    seeds = np.where(inner, np.arange(1, mask.size + 1).reshape(mask.shape), 0).astype(np.int32)
    if not inner.any():
        return mask.astype(np.float32)
    own = part.reshape(-1, 3)[nearest(seeds) - 1]
    alpha, _ = coverage(part, own, below)
    rim = grown(mask, _RIM) & ~inner
    return np.where(inner, 1, np.where(rim, alpha, 0)).astype(np.float32)


def beneath(shapes: list[Element], halos: list[Haloed], rgb: Floats) -> list[Element]:
    """The shapes, bottom first, each halo directly below what casts it.

    What lies below several overlays is the picture without what each of them changed, in whatever order they came off.

    Args:
        halos: bottom first, as they came off after all panes among ``shapes``.
        rgb: the picture in which the first pane or halo was found.
    """
    if not halos:
        return shapes
    before, changes = rgb, {}
    panes = [shape for shape in shapes if shape.clear is not None]
    for element in [*reversed(panes), *(haloed.element for haloed in reversed(halos))]:
        assert element.clear is not None
        changes[id(element)], before = before - element.clear, element.clear
    order = list(shapes)
    for haloed in reversed(halos):
        shared = [int((shape.seen & haloed.caster).sum()) if shape.alpha is None else 0 for shape in order]
        order.insert(int(np.argmax(shared)) if order else 0, haloed.element)
    left = rgb
    for element in reversed(order):
        if id(element) in changes:
            left = np.clip(left - changes[id(element)], 0, 255)
            element.clear = left
    return order
