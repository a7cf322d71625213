"""Words in a style -> pixels and where they lie in the layer's frame."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from unicodedata import east_asian_width

import numpy as np
from PIL import Image, ImageDraw

from model.affine import Matrix, rotation, then, translation
from model.layers import Pixels, TextLine
from model.typeset.bidi import Direction
from model.typeset.fonts import Face, faces_for
from model.typeset.layout import Line, Room, fitting, lines
from model.typeset.shape import drawn, ink

Align: TypeAlias = Literal["start", "left", "center", "right"]
_CAP_HEIGHT = 0.7
"""Of the size: where a line's middle is sought, between its baseline and the top of its capitals."""
_FULL_PITCH = 1.1
"""Sizes from a baseline to the next, at least, of letters that fill their whole em, such as Chinese ones: lines that
stood close because capitals left room between them would run into each other."""
_MOST_PIXELS = 64_000_000
_EDGE = 1.0
"""Pixels around ink that is seen clearly: its softer edge."""


@dataclass(frozen=True, slots=True)
class Style:
    """How and where words stand in a layer's frame.

    Attributes:
        font: see ``model.typeset.fonts.faces_for``.
        size: pixels of the em.
        color: ``(r, g, b, a)``, 0-255.
        align: which side of lines stays where it is; the start is the left, or the right where a line runs that way.
        left, right: between which the lines stand, in pixels along the first line's own direction, from its corner.
        baseline: of the first line, in pixels down from that corner.
        pitch: from a baseline to the next, in pixels.
        rows: how many lines there is room for.
        wraps: whether lines may be broken to fit between left and right.
        corner: ``(x, y)`` of the frame where the first line's own coordinates begin.
        angle: of that line, degrees clockwise.
        shrinks: whether the words are made smaller until they fit.
        direction: ``None``: each line's by its first letter.
    """

    font: str
    size: float
    color: tuple[int, int, int, int]
    align: Align
    left: float
    right: float
    baseline: float
    pitch: float
    rows: int = 1
    wraps: bool = False
    corner: tuple[float, float] = (0.0, 0.0)
    angle: float = 0.0
    shrinks: bool = True
    direction: Direction | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """``pixels``: ``(h, w, 4)`` uint8, straight alpha, the text's colour everywhere; ``matrix`` maps them into the
    layer's frame."""

    pixels: Pixels
    matrix: Matrix


def typeset(text: str, style: Style, scale: float = 1.0) -> Block:
    """Set the text.

    Args:
        text: its own line breaks are kept; anything else that cannot be seen is left out.
        scale: how many pixels are wanted for one of the frame, so that enlarged text stays sharp.

    Raises:
        NoSuchFont, NoGlyphs.
        ValueError: the text would be larger than 64 megapixels.
    """
    set_ = _laid_out(text, style)
    pad = math.ceil(set_.size)  # overhangs: swashes, marks above capitals
    left = math.floor(min(x for x, _, _ in set_.lines)) - pad
    right = math.ceil(max(x + line.width for x, _, line in set_.lines)) + pad
    top = math.floor(set_.lines[0][1] - set_.size) - pad
    bottom = math.ceil(set_.lines[-1][1] + set_.size / 2) + pad
    width, height = round((right - left) * scale), round((bottom - top) * scale)
    if width * height > _MOST_PIXELS:
        raise ValueError(f"The text would take {width} × {height} pixels; make it shorter or smaller.")
    page = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(page)
    for x, y, line in set_.lines:
        drawn(pen, line.text, set_.faces, set_.size * scale, line.direction, ((x - left) * scale, (y - top) * scale))
    pixels, (x0, y0) = _coloured(page, style.color)
    within = (1 / scale, 0.0, left + x0 / scale, 0.0, 1 / scale, top + y0 / scale)
    return Block(pixels, then(within, _turned(style)))


def standing(text: str, style: Style) -> tuple[TextLine, ...]:
    """Where the lines of a text stand once it is set, in the layer's frame; none of a line without ink.

    Raises:
        NoSuchFont, NoGlyphs.
    """
    set_ = _laid_out(text, style)
    a, b, c, d, e, f = _turned(style)
    color = "#{:02x}{:02x}{:02x}".format(*style.color[:3])
    found = []
    for x, y, line in set_.lines:
        if not line.text.strip():
            continue
        cover, right, down = ink(line.text, set_.faces, set_.size, line.direction)
        left, top = x + right - _EDGE, y + down - _EDGE
        end, bottom = x + right + cover.shape[1] + _EDGE, y + down + cover.shape[0] + _EDGE
        corners = ((left, top), (end, top), (end, bottom), (left, bottom))
        polygon = tuple((a * across + b * along + c, d * across + e * along + f) for across, along in corners)
        found.append(TextLine(line.text, polygon, color=color))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _LaidOut:
    """``lines``: where each begins on its baseline, in pixels from the first line's corner, and what it says."""

    faces: Sequence[Face]
    size: float
    lines: Sequence[tuple[float, float, Line]]


def _laid_out(text: str, style: Style) -> _LaidOut:
    text = _plain(text)
    faces = faces_for(style.font, text)
    room = Room(style.right - style.left, style.rows, style.wraps)
    if style.shrinks:
        size, set_ = fitting(text, faces, style.size, style.direction, room)
    else:
        size, set_ = style.size, lines(text, faces, style.size, style.direction, room.width if style.wraps else None)
    smaller = _CAP_HEIGHT * (style.size - size)
    # what became smaller keeps its middle, as on a button
    baseline = style.baseline - (smaller / 2 if len(set_) == 1 and style.rows == 1 else smaller)
    pitch = max(style.pitch * size / style.size, size * _FULL_PITCH if _is_wide(text) else 0.0)
    return _LaidOut(faces, size, [(_left(line, style), baseline + at * pitch, line) for at, line in enumerate(set_)])


def _is_wide(text: str) -> bool:
    return any(east_asian_width(letter) in "WF" for letter in text)


def _plain(text: str) -> str:
    """Line breaks as one, tabs as spaces, no other control characters."""
    kept = (letter for letter in text.replace("\t", "    ") if letter >= " " or letter in "\r\n")
    return "\n".join("".join(kept).splitlines()).strip("\n")


def _left(line: Line, style: Style) -> float:
    spare = style.right - style.left - line.width
    if style.align == "start":
        return style.left + (spare if line.direction == "rtl" else 0.0)
    return style.left + spare * {"left": 0.0, "center": 0.5, "right": 1.0}[style.align]


def _coloured(page: Image.Image, color: tuple[int, int, int, int]) -> tuple[Pixels, tuple[int, int]]:
    """Cropped to its ink; a transparent pixel where there is none."""
    box = page.getbbox() or (0, 0, 1, 1)
    cover = np.asarray(page.crop(box), np.uint16)
    pixels = np.empty((*cover.shape, 4), np.uint8)
    pixels[:, :, :3] = color[:3]
    pixels[:, :, 3] = (cover * color[3] + 127) // 255
    return pixels, (box[0], box[1])


def _turned(style: Style) -> Matrix:
    """From the first line's own coordinates to the frame's."""
    x, y = style.corner
    if not style.angle:  # a whole pixel, so that nothing has to be resampled
        return translation(round(x), round(y))
    return then(rotation(style.angle, (0.0, 0.0)), translation(x, y))
