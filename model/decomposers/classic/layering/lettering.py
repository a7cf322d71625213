"""From lines to the layer of their letters: alpha is solved wherever letters may be."""

from dataclasses import replace

import cv2
import numpy as np

from model.completion import carried_on
from model.decomposers.classic.element import Element
from model.decomposers.classic.layering.peel import BLEED, Box, layer_of
from model.decomposers.classic.planes import Floats, Mask, box_of, grown
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


def text_layer(rgb: Floats, under: Floats, lines: list[Line], element: Element) -> tuple[Layer | None, Floats]:
    """The layer of some lines of one style: alpha is solved wherever letters may be, an outline before its filling."""
    reaches = [grown(line.reach, 5) & grown(line.zone, 4) for line in lines]
    box = box_of(np.any(reaches, axis=0), BLEED)
    if box[0].stop == 0:
        return None, under
    picture, below = rgb[box], under[box]
    seen, color, alpha = below.copy(), np.zeros_like(below), np.zeros(below.shape[:2], np.float32)
    for line, reach in zip(lines, reaches, strict=True):
        part = box_of(reach[box], _AROUND)
        for index, ink in enumerate(line.inks):
            cover = _ink_alpha(picture[part], seen[part], ink, (box, part), reach[box][part])
            for upper in line.inks[index + 1 :]:
                cover[_seam(picture[part], below[part], (ink, upper), (box, part))] = 1
            seen[part] += (ink.color - seen[part]) * cover[:, :, None]
            both = cover + alpha[part] * (1 - cover)
            share = (cover / np.maximum(both, 1e-6))[:, :, None]
            color[part] += (ink.color - color[part]) * share
            alpha[part] = both
    core = np.any([line.core[box] for line in lines], axis=0)
    color = np.where((core & (alpha >= 1))[:, :, None], picture, _bled(color, alpha))
    result = under.copy()
    result[box] = color * alpha[:, :, None] + below * (1 - alpha[:, :, None])
    layer = layer_of(color, alpha, box, element)
    return layer and replace(layer, lines=tuple(_told(line) for line in lines if line.words.text)), result


def _told(line: Line) -> TextLine:
    found = setting(line)
    corners = tuple((float(x), float(y)) for x, y in found.corners)
    words = tuple(TextWord(text, box) for text, box in found.words)
    red, green, blue = (int(part) for part in np.clip(np.rint(line.color), 0, 255))
    return TextLine(line.words.text, corners, words, f"#{red:02x}{green:02x}{blue:02x}")


def _ink_alpha(picture: Floats, below: Floats, ink: Ink, boxes: tuple[Box, Box], reach: Mask) -> Floats:
    """Alpha of one ink; where what lies below is not known well, only within a rim's width of the letters."""
    core, near = ink.core[boxes[0]][boxes[1]], ink.reach[boxes[0]][boxes[1]]
    alpha, residual = coverage(picture, np.broadcast_to(ink.color, picture.shape).astype(np.float32), below)
    alpha = np.where(reach & (residual <= _MIXED), alpha, 0)
    beside = grown(near, _AROUND) & ~grown(near, 6)
    strays = float(np.abs(picture - below).max(axis=2)[beside].mean()) if beside.any() else 0.0
    if strays > 4:
        away = cv2.distanceTransform((~near).astype(np.uint8), cv2.DIST_L2, 5)
        alpha = np.minimum(alpha, np.clip(1.6 - 0.5 * away, 0, 1))
    return np.where(core, 1, np.where(alpha < 0.04, 0, alpha)).astype(np.float32)


def _seam(picture: Floats, below: Floats, inks: tuple[Ink, Ink], boxes: tuple[Box, Box]) -> Mask:
    """Where an outline goes on under the soft edge of what fills it: near both, mixed of both, and not the ground."""
    outline, filling = (ink.core[boxes[0]][boxes[1]] for ink in inks)
    near = grown(outline, 2 * _SEAM) & grown(filling, _SEAM)  # in a narrow counter nothing but its edges is seen
    lower, upper = (np.broadcast_to(ink.color, picture.shape).astype(np.float32) for ink in inks)
    _, residual = coverage(picture, upper, lower)
    return np.asarray(near & (residual <= _MIXED) & (np.abs(picture - below).max(axis=2) > _MIXED))


def _bled(color: Floats, alpha: Floats) -> Floats:
    """The ink's colours run on under alpha 0, so that a rim moved elsewhere stays clean."""
    return np.where((alpha > 0)[:, :, None], color, carried_on(color, alpha > 0)).astype(np.float32)
