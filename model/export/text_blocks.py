"""Which lines of a layer are one paragraph to the eye: below each other, of a height and a colour, and aligned.

A layer of text may have lines in several columns, or captions all over the picture; each block of them is a box.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from model.colour import parse_colour
from model.layers import TextLine

_TURNED = 2.0
"""Degrees by which lines of a block may differ."""
_AS_HIGH = 1.8
"""How many times as high one may be as the other: a reader's boxes are loose, and tell descenders and accents."""
_AS_LARGE = 1.25
_AS_COLOURED = 90
"""Steps of 255, of red, green and blue together, by which colours may differ."""
_APART = 1.3
"""Of a line's height: the most that lies between two."""
_ALIGNED = 0.6
"""Of a line's height: how far edges or middles that are aligned may be apart."""


class _Seen(NamedTuple):
    """A line in coordinates of its own direction, in pixels; ``angle`` in degrees."""

    line: TextLine
    angle: float
    start: float
    end: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def blocks(lines: Sequence[TextLine]) -> list[tuple[TextLine, ...]]:
    """The lines that have words, block by block, in the order in which the blocks begin."""
    found: list[list[_Seen]] = []
    for line in lines:
        if not line.text.strip():
            continue
        above = next((block for block in reversed(found) if _follows(block[-1], _seen(line, block[0].angle))), None)
        if above is None:
            found.append([_seen(line)])
        else:
            above.append(_seen(line, above[0].angle))
    return [tuple(_cut(block)) for block in found]


def look_alike(one: TextLine, other: TextLine) -> bool:
    """Whether two lines are of a size and a colour, wherever they stand."""
    heights = sorted((math.dist(one.polygon[0], one.polygon[3]), math.dist(other.polygon[0], other.polygon[3])))
    return heights[1] <= _AS_LARGE * heights[0] and _are_alike(one.color, other.color)


def pitch_of(lines: Sequence[TextLine]) -> float:
    """From a line to the next, in pixels, as their polygons have it; of a block of at least two."""
    (x, y), (across, down), *_ = lines[0].polygon
    along = math.atan2(down - y, across - x)
    middles = [
        math.cos(along) * (line.polygon[0][1] + line.polygon[3][1]) / 2
        - math.sin(along) * (line.polygon[0][0] + line.polygon[3][0]) / 2
        for line in (lines[0], lines[-1])
    ]
    return (middles[1] - middles[0]) / (len(lines) - 1)


def _cut(block: Sequence[_Seen]) -> list[TextLine]:
    """Its lines, none of which reaches into the next one: their letters would be taken for its own."""
    edges = [block[0].top, *((one.bottom + two.top) / 2 for one, two in pairwise(block)), block[-1].bottom]
    along = math.radians(block[0].angle)
    cos, sin = math.cos(along), math.sin(along)
    lines = []
    for seen, (above, below) in zip(block, pairwise(edges), strict=True):
        top, bottom = max(seen.top, above), min(seen.bottom, below)
        corners = ((seen.start, top), (seen.end, top), (seen.end, bottom), (seen.start, bottom))
        polygon = tuple((cos * x - sin * y, sin * x + cos * y) for x, y in corners)
        is_cut = (top, bottom) != (seen.top, seen.bottom)
        lines.append(replace(seen.line, polygon=polygon) if is_cut else seen.line)
    return lines


def _seen(line: TextLine, angle: float | None = None) -> _Seen:
    """Along its own direction, or along that of another line; its own angle in both."""
    (x, y), (across, down), _, (left, low) = line.polygon
    own = math.degrees(math.atan2(down - y, across - x))
    along = math.radians(own if angle is None else angle)
    cos, sin = math.cos(along), math.sin(along)
    return _Seen(line, own, cos * x + sin * y, cos * across + sin * down, cos * y - sin * x, cos * low - sin * left)


def _follows(above: _Seen, line: _Seen) -> bool:
    """Both in the coordinates of the block that the one is the last line of."""
    turned = abs((above.angle - line.angle + 180) % 360 - 180)
    if turned > _TURNED or min(above.height, line.height) <= 0:
        return False
    height = min(above.height, line.height)
    gap = line.top - above.bottom
    edges = (line.start - above.start, line.end - above.end, (line.start + line.end - above.start - above.end) / 2)
    return (
        max(above.height, line.height) <= _AS_HIGH * height
        and _are_alike(above.line.color, line.line.color)
        and -height / 2 <= gap <= _APART * height
        and min(above.end, line.end) > max(above.start, line.start)
        and min(abs(edge) for edge in edges) <= _ALIGNED * height
    )


def _are_alike(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return True
    pairs = zip(parse_colour(one)[:3], parse_colour(other)[:3], strict=True)
    return sum(abs(a - b) for a, b in pairs) <= _AS_COLOURED
