"""Halos of letters: found where the grounds around them are known, and taken off."""

import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.overlays.grounds import Grounds, grounds_of
from model.decomposers.classic.overlays.halo import Halo, Scene, solved
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Box, Floats, Labels, Mask, grown, widened
from model.decomposers.classic.regions.segment import Region
from model.decomposers.classic.rims import coverage
from model.decomposers.classic.text.ink import Line

_MARGIN, _REACH = 2.0, 0.3
"""Heights of letters around them in which a halo is seen, and to which its offset and blur are searched."""
_RIM = 2
_TOLD = 2.0
"""Steps from which on a change tells whether a region lies under a halo."""
_PROOF = 0.7
"""Of the change, what a halo of letters explains. Those that were drawn explained 0.77 to 0.98 of it (the least where a
glow lay over them), what was fitted around letters without one at most 0.48."""


def of_letters(
    rgb: Floats, regions: list[Region], styles: list[list[Line]], ignored: Mask, tolerance: float
) -> list[Element]:
    """The halos of lines of one style each, bottom first; each one's ``clear`` is the picture without it and the later.

    Args:
        rgb: ``(H, W, 3)``.
        regions: of the picture.
        ignored: ``(H, W)`` ink of text.
    """
    if not styles or all(region.paint.degree is None for region in regions):
        return []
    grounds = grounds_of(regions)
    inner = grounds.inner()
    found: list[Element] = []
    clear = rgb
    for lines in styles:
        height = max(line.height for line in lines)
        box = _around(lines, int(_MARGIN * height) + 8)
        cover = _coverage(rgb[box], grounds.below[box], lines, box)
        own = np.any([line.seen(line.reach, box) for line in lines], axis=0)
        others = ignored[box] & ~grown(own, 2 * _RIM)
        known = inner[box] & ~grown(cover >= 1, _RIM) & ~others
        halo = solved(Scene(cover, grounds.below[box], clear[box], known, tolerance, _REACH * height, _PROOF))
        if halo is not None:
            clear, element = lifted(clear, halo, grounds, cover, known, box)
            found.insert(0, element)
    return found


def _around(lines: list[Line], margin: int) -> Box:
    """Rows and columns that hold the lines' ink, widened within the canvas."""
    rows, columns = (
        slice(min(part.start for part in parts), max(part.stop for part in parts))
        for parts in zip(*(line.box for line in lines), strict=True)
    )
    return widened((rows, columns), margin, lines[0].canvas)


def _coverage(part: Floats, below: Floats, lines: list[Line], box: Box) -> Floats:
    """How much of each pixel is ink: all of a core, and of the rim around it what its colour says."""
    cover = np.zeros(part.shape[:2], np.float32)
    for core, color in ((line.seen(ink.core, box), ink.color) for line in lines for ink in line.inks):
        alpha, _ = coverage(part, np.broadcast_to(color, part.shape).astype(np.float32), below)
        cover = np.maximum(cover, np.where(core, 1, np.where(grown(core, _RIM), alpha, 0)))
    return np.asarray(cover, np.float32)


def lifted(rgb: Floats, halo: Halo, grounds: Grounds, cover: Floats, known: Mask, box: Box) -> tuple[Floats, Element]:
    """The picture without the halo, and the halo's element.

    Where a paint is known the halo's change of it is taken away, which adds no noise; elsewhere the blend is undone.
    Regions that show their paint as it is lie over the halo.

    Args:
        cover: ``(h, w)`` coverage by what casts it, in the box.
        known: ``(h, w)`` where ground is seen.
    """
    seen, below = rgb[box], grounds.below[box]
    alpha = np.where(_hides(seen, halo, grounds.labels[box], below, known), 0, halo.alpha)
    change = (alpha * (1 - cover))[:, :, None] * (halo.color.astype(np.float32) - below)
    fits = known | (cover > 0)
    clear = rgb.copy()
    bare = np.where(fits[:, :, None], np.clip(seen - change, 0, 255), halo.off(seen))
    clear[box] = np.where((alpha > 0)[:, :, None] & (cover < 1)[:, :, None], bare, seen)
    whole = np.zeros(rgb.shape[:2], np.float32)
    whole[box] = alpha
    paint = Paint(0, halo.color[None], float(max(rgb.shape)), 0.0, 1.0)
    is_light = float(halo.color.mean()) > float(below[alpha > 0].mean())
    name = "glow" if is_light else "shadow"
    return clear, Element(whole > 0, paint, "object", name, alpha=whole, clear=clear)


def _hides(seen: Floats, halo: Halo, labels: Labels, below: Floats, known: Mask) -> Mask:
    """Regions that show their paint as it is, where the halo would change it."""
    told = halo.over(below)
    clear = known & (np.abs(told - below).max(axis=2) >= _TOLD)
    without, within = np.abs(seen - below).max(axis=2), np.abs(seen - told).max(axis=2)
    hiding = np.zeros(known.shape, bool)
    for label in np.unique(labels[clear]):
        own = clear & (labels == label)
        if float(without[own].mean()) < float(within[own].mean()):
            hiding |= labels == label
    return hiding
