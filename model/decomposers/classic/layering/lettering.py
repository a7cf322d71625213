"""From lines to the layer of their letters: alpha is solved wherever letters may be."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from model.completion import carried_on
from model.decomposers.classic.element import Element
from model.decomposers.classic.layering.peel import BLEED, layer_of
from model.decomposers.classic.planes import Box, Floats, Mask, box_of, grown, moved, widened
from model.decomposers.classic.rims import coverage
from model.decomposers.classic.text.ink import Ink, Line
from model.decomposers.classic.text.setting import setting
from model.layers import Layer, TextLine, TextWord

_AROUND = 9
"""Pixels from the letters in which it is judged how well what lies below them is known."""
_SEAM = 3
"""Pixels from the filling's core: the soft edge of a picture that was enlarged is two on each side."""
_MIXED = 40.0
"""Steps of colour from the nearest mixture, as much as compression adds where colours change."""


def text_layer(
    rgb: Floats, under: Floats, lines: list[Line], element: Element, over: Mask
) -> tuple[Layer | None, Floats]:
    """The layer of some lines of one style: alpha is solved wherever letters may be, an outline before its filling.

    Args:
        over: ``(H, W)`` pixels of what lies over the text; what it hides of letters nobody knows.
    """
    zones = [zone for line in lines if (zone := _zone(line, over)) is not None]
    if not zones:
        return None, under
    box = widened(_around([zone.box for zone in zones]), BLEED, under.shape[:2])
    picture, below = rgb[box], under[box]
    seen, color, alpha = below.copy(), np.zeros_like(below), np.zeros(below.shape[:2], np.float32)
    core = np.zeros(below.shape[:2], bool)
    for zone in zones:
        part = _within(zone.box, box)
        core[part] |= zone.seen(zone.line.core)
        for index, ink in enumerate(zone.line.inks):
            cover = _ink_alpha(picture[part], seen[part], ink, zone)
            for upper in zone.line.inks[index + 1 :]:
                cover[_seam(picture[part], below[part], (ink, upper), zone)] = 1
            seen[part] += (ink.color - seen[part]) * cover[:, :, None]
            both = cover + alpha[part] * (1 - cover)
            share = (cover / np.maximum(both, 1e-6))[:, :, None]
            color[part] += (ink.color - color[part]) * share
            alpha[part] = both
    color = np.where((core & (alpha >= 1))[:, :, None], picture, _bled(color, alpha))
    result = under.copy()
    result[box] = color * alpha[:, :, None] + below * (1 - alpha[:, :, None])
    layer = layer_of(color, alpha, box, element)
    return layer and replace(layer, lines=tuple(_told(line) for line in lines if line.words.text)), result


@dataclass(frozen=True, slots=True, eq=False)
class _Zone:
    """Where a line's letters may be: ``reach`` ``(h, w)`` in a box of the canvas that shows their surroundings too."""

    line: Line
    box: Box
    reach: Mask

    def seen(self, mask: Mask) -> Mask:
        """One of the line's masks as it lies in the box."""
        return self.line.seen(mask, self.box)


def _zone(line: Line, over: Mask) -> _Zone | None:
    """``None`` where the line has no letters left."""
    wide = line.around(5)
    reach = grown(line.seen(line.reach, wide), 5) & grown(line.seen(line.zone, wide), 4) & ~over[wide]
    rows, columns = box_of(reach)
    if rows.stop == 0:
        return None
    top, left = wide[0].start, wide[1].start
    own = slice(rows.start + top, rows.stop + top), slice(columns.start + left, columns.stop + left)
    box = widened(own, _AROUND, line.canvas)
    return _Zone(line, box, moved(reach, wide, box))


def _around(boxes: list[Box]) -> Box:
    """Rows and columns that hold all boxes."""
    rows, columns = (
        slice(min(part.start for part in parts), max(part.stop for part in parts)) for parts in zip(*boxes, strict=True)
    )
    return rows, columns


def _within(inner: Box, outer: Box) -> Box:
    """A box of the canvas as it lies in one that holds it."""
    rows, columns = (slice(a.start - b.start, a.stop - b.start) for a, b in zip(inner, outer, strict=True))
    return rows, columns


def _told(line: Line) -> TextLine:
    found = setting(line)
    corners = tuple((float(x), float(y)) for x, y in found.corners)
    words = tuple(TextWord(text, box) for text, box in found.words)
    red, green, blue = (int(part) for part in np.clip(np.rint(line.color), 0, 255))
    return TextLine(line.words.text, corners, words, f"#{red:02x}{green:02x}{blue:02x}")


def _ink_alpha(picture: Floats, below: Floats, ink: Ink, zone: _Zone) -> Floats:
    """Alpha of one ink; where what lies below is not known well, only within a rim's width of the letters."""
    core, near = zone.seen(ink.core), zone.seen(ink.reach)
    alpha, residual = coverage(picture, np.broadcast_to(ink.color, picture.shape).astype(np.float32), below)
    alpha = np.where(zone.reach & (residual <= _MIXED), alpha, 0)
    beside = grown(near, _AROUND) & ~grown(near, 6)
    strays = float(np.abs(picture - below).max(axis=2)[beside].mean()) if beside.any() else 0.0
    if strays > 4:
        away = cv2.distanceTransform((~near).astype(np.uint8), cv2.DIST_L2, 5)
        alpha = np.minimum(alpha, np.clip(1.6 - 0.5 * away, 0, 1))
    return np.where(core, 1, np.where(alpha < 0.04, 0, alpha)).astype(np.float32)


def _seam(picture: Floats, below: Floats, inks: tuple[Ink, Ink], zone: _Zone) -> Mask:
    """Where an outline goes on under the soft edge of what fills it: near both, mixed of both, and not the ground."""
    outline, filling = (zone.seen(ink.core) for ink in inks)
    near = grown(outline, 2 * _SEAM) & grown(filling, _SEAM)  # in a narrow counter nothing but its edges is seen
    lower, upper = (np.broadcast_to(ink.color, picture.shape).astype(np.float32) for ink in inks)
    _, residual = coverage(picture, upper, lower)
    return np.asarray(near & (residual <= _MIXED) & (np.abs(picture - below).max(axis=2) > _MIXED))


def _bled(color: Floats, alpha: Floats) -> Floats:
    """The ink's colours run on under alpha 0, so that a rim moved elsewhere stays clean."""
    return np.where((alpha > 0)[:, :, None], color, carried_on(color, alpha > 0)).astype(np.float32)
