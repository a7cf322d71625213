"""Words of a layer as a text box: the font, size, colour, alignment and angle that they seem to have."""

import math
from collections.abc import Sequence
from dataclasses import replace

from model.affine import rotation
from model.colour import parse_colour
from model.export.pptx_shapes import Rect, Run, Words
from model.export.text_blocks import blocks, look_alike, pitch_of
from model.layers import Layer, TextLine
from model.typeset import Style, guessed
from model.typeset.fonts import Face, faces_for
from model.typeset.shape import direction_of, font, width_of

_EMU_OF_POINT = 12_700
_LEAST_POINTS, _MOST_POINTS = 100, 400_000  # in hundredths: what the format holds
_LONGER = 1.08
"""How many times as long as their ink words are taken for as large as they seem: pens go on a little after it."""
_ROUGHLY = 0.3
"""Of the distance of two lines' boxes: how far that of their letters may be off."""
_BOLD = 180
"""As fontconfig counts: demibold and what is heavier."""


def worded(layer: Layer, canvas_width: int, unit: float) -> list[tuple[Rect, Words]]:
    """Where its boxes lie and how their words look, one for each block of lines; none where no line has words.

    Args:
        layer: with its lines as they stand now.
        canvas_width: in pixels.
        unit: EMU a pixel.
    """
    found = blocks(layer.lines)
    fonts: list[tuple[TextLine, str]] = []
    boxes: dict[int, tuple[Rect, Words]] = {}
    # Long lines tell most of a font; what looks alike is taken to be of one, so that captions are all in the same.
    for at in sorted(range(len(found)), key=lambda at: -len(_longest(found[at]).text)):
        longest = _longest(found[at])
        known = next((font for line, font in fonts if look_alike(line, longest)), None)
        style = guessed(replace(layer, lines=found[at]), canvas_width, known)
        if len(found) > 1 and len(found[at]) == 1:  # that the whole layer is centred says nothing of a line of it
            style = replace(style, align="start")
        if known is None:
            fonts.append((longest, style.font))
        boxes[at] = _box(layer, found[at], style, unit)
    return [boxes[at] for at in range(len(found))]


def _longest(lines: Sequence[TextLine]) -> TextLine:
    return max(lines, key=lambda line: len(line.text.strip()))


def _box(layer: Layer, lines: Sequence[TextLine], style: Style, unit: float) -> tuple[Rect, Words]:
    longest = _longest(lines).text.strip()
    faces = faces_for(style.font, longest)
    room, width = style.right - style.left, width_of(longest, faces, style.size, direction_of(longest))
    if width > _LONGER * room:  # a loose box of a line tells more of its length than of its height
        style, width = replace(style, size=style.size * room / width), room
    ascent, descent = font(faces[0], style.size).getmetrics()
    width = max(width, room)
    pitch = _pitch(lines, style)
    spacing = pitch / (ascent + descent) if len(lines) > 1 else 1.0
    height = (ascent + descent) + (len(lines) - 1) * pitch
    first = ascent + (spacing - 1) * (ascent + descent)  # what is more, or less, between lines is above the first too
    rect = _placed(layer, style, width, height + first - ascent, first, unit)
    color = "".join(f"{value:02X}" for value in style.color[:3])
    runs = tuple(Run(line.text.strip(), _hex(line.color) or color) for line in lines)
    points = round(100 * style.size * unit / _EMU_OF_POINT)
    rtl = direction_of(longest) == "rtl"
    return rect, Words(
        runs,
        faces[0].family,
        min(max(points, _LEAST_POINTS), _MOST_POINTS),
        _is_bold(faces[0]),
        faces[0].slanted,
        {"left": "l", "center": "ctr", "right": "r"}.get(style.align, "r" if rtl else "l"),
        rtl,
        spacing,
        style.angle,
    )


def _pitch(lines: Sequence[TextLine], style: Style) -> float:
    """The one that was measured on the letters, unless that cannot be."""
    if len(lines) < 2:
        return style.pitch
    roughly = pitch_of(lines)
    return style.pitch if abs(style.pitch - roughly) <= _ROUGHLY * roughly else roughly


def _placed(layer: Layer, style: Style, width: float, height: float, first: float, unit: float) -> Rect:
    """The box before it is turned about its middle; ``first`` is from its top to the first baseline."""
    spare = width - (style.right - style.left)
    left = style.left - spare * {"center": 0.5, "right": 1.0}.get(style.align, 0.0)
    x, y = left + width / 2, style.baseline - first + height / 2
    a, b, _, d, e, _ = rotation(style.angle, (0.0, 0.0))
    middle_x = layer.x + style.corner[0] + a * x + b * y
    middle_y = layer.y + style.corner[1] + d * x + e * y
    left, top = (middle_x - width / 2) * unit, (middle_y - height / 2) * unit
    return Rect(round(left), round(top), max(1, math.ceil(width * unit)), max(1, math.ceil(height * unit)))


def _hex(color: str | None) -> str | None:
    return None if color is None else "".join(f"{value:02X}" for value in parse_colour(color)[:3])


def _is_bold(face: Face) -> bool:
    return face.weight >= _BOLD
