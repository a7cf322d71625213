"""What a text layer looks like now: its font, size, colour, place and alignment, from its pixels and its lines.

The font is the installed one in which the layer's own words cover most nearly what they cover now: each is set at the
height that the line's ink has, stretched to its width, and compared by soft intersection over union, less the stretch.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.affine import rotation
from model.alpha import alpha_of
from model.colour import parse_colour
from model.layers import Layer, Pixels, TextLine
from model.typeset.block import Align, Style
from model.typeset.fonts import DEFAULT, alternatives, faces_for
from model.typeset.shape import VISIBLE, direction_of, ink

_MOST_TRIED = 96
"""Fonts, at 1 to 2 ms each; where more are installed the rest cannot be guessed, only named."""
_TRIED_AGAIN, _SMALL = 4, 4.0
_TRIED_SIZE = 64.0
"""Pixels, at which fonts are compared; enough to tell a bold from a regular."""
_THE_SAME = 1.06
"""How many times as long as expected a line may be and still be taken for the font's own."""
_MEASURED = 0.01
"""Of the size: how exactly it is measured."""
_PITCH = 1.2
_CAPITALS = 0.72
"""Of the size: how high unknown words are taken to be."""
_LEVEL = 1.0
"""Degrees up to which a line is taken for level: words read by a machine seldom have exact corners."""
_NEAR = 0.02
"""Of the canvas's width: how near a line's middle must be to the canvas's to count as centred."""


@dataclass(frozen=True, slots=True)
class _Inked:
    """A line's ink, in the coordinates of the first line: its corner is 0, 0, x runs along it. Pixels."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    alpha: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A font at the size at which a text is as large as its ink, and how much alike the two are, 0-1."""

    font: str
    size: float
    likeness: float


def guessed(layer: Layer, canvas_width: int, font: str | None = None, size: float | None = None) -> Style:
    """The style in which a layer's words stand.

    Args:
        layer: with ``lines`` where they are known; without, its whole box is taken for one line.
        canvas_width: in pixels; tells a centred line.
        font, size: what somebody asked for instead; the rest is guessed to go with it.

    Raises:
        NoSuchFont: ``font`` is not installed.
    """
    lines = [line.moved(-layer.x, -layer.y) for line in layer.lines]
    corner, angle = _origin(lines)
    inked = list(_inked(alpha_of(layer.pixels), lines, corner, angle))
    longest = max(inked, key=lambda line: len(line.text), default=None)
    known = None if longest is None else _nearest(longest, font)
    if known is None:
        return _of_box(layer, canvas_width, font or DEFAULT, size)
    em = known.size
    pens = [_pen(line, known.font, em) for line in inked]
    starts, baselines = [x for x, _ in pens], [y for _, y in pens]
    ends = [line.right for line in inked]
    several = len(inked) > 1
    pitch = (baselines[-1] - baselines[0]) / (len(inked) - 1) if several else 0.0
    return Style(
        font=font or known.font,
        size=size or em,
        color=_colour(layer, lines[0]),
        align=_alignment(starts, ends, em) if several else _placed(layer, canvas_width),
        left=min(starts),
        right=max(ends),
        baseline=baselines[0],
        pitch=pitch if pitch > em / 2 else _PITCH * (size or em),
        rows=len(inked),
        wraps=several,
        corner=corner,
        angle=angle,
        shrinks=size is None,
    )


def _origin(lines: Sequence[TextLine]) -> tuple[tuple[float, float], float]:
    """The first line's corner in the frame, and its angle in degrees."""
    if not lines:
        return (0.0, 0.0), 0.0
    (x, y), (across, down), *_ = lines[0].polygon
    angle = math.degrees(math.atan2(down - y, across - x))
    if abs(angle) < _LEVEL:
        return (float(round(x)), float(round(y))), 0.0
    return (x, y), angle


def _inked(
    alpha: NDArray[np.uint8], lines: Sequence[TextLine], corner: tuple[float, float], angle: float
) -> Iterator[_Inked]:
    """The lines that have words and ink."""
    a, b, _, d, e, _ = rotation(-angle, (0.0, 0.0))
    for line in lines:
        points = [
            (a * (x - corner[0]) + b * (y - corner[1]), d * (x - corner[0]) + e * (y - corner[1]))
            for x, y in line.polygon
        ]
        left, top = (math.floor(min(point[axis] for point in points)) for axis in (0, 1))
        right, bottom = (math.ceil(max(point[axis] for point in points)) for axis in (0, 1))
        if right <= left or bottom <= top or not line.text.strip():
            continue
        crop = _upright(alpha, corner, angle, (left, top, right - left, bottom - top))
        x, y, width, height = cv2.boundingRect((crop >= VISIBLE).astype(np.uint8))
        if width and height:
            seen = crop[y : y + height, x : x + width]
            yield _Inked(line.text.strip(), left + x, top + y, left + x + width, top + y + height, seen)


def _upright(
    alpha: NDArray[np.uint8], corner: tuple[float, float], angle: float, box: tuple[int, int, int, int]
) -> NDArray[np.uint8]:
    """A box of the turned coordinates, as ``(h, w)`` uint8."""
    x, y, width, height = box
    a, b, _, d, e, _ = rotation(angle, (0.0, 0.0))
    # from the middles of the box's pixels to those of the frame's
    middle_x, middle_y = x + 0.5, y + 0.5
    into = np.array([
        [a, b, corner[0] + a * middle_x + b * middle_y - 0.5],
        [d, e, corner[1] + d * middle_x + e * middle_y - 0.5],
    ])  # fmt: skip
    way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(alpha, into, (width, height), flags=way), np.uint8)


def _nearest(line: _Inked, font: str | None) -> _Fitted | None:
    """The font asked for, else the one most like what is there; ``None`` where none has the letters."""
    names = alternatives(line.text)[:_MOST_TRIED] if font is None else (font,)
    roughly = sorted((_fitted(line, name) for name in names), key=lambda fit: -fit.likeness)
    # the few best again at their own size, as hinting moves strokes and widths there
    return max((_exactly(line, fit) for fit in roughly[:_TRIED_AGAIN]), key=lambda fit: fit.likeness, default=None)


def _exactly(line: _Inked, fit: _Fitted) -> _Fitted:
    faces, direction = faces_for(fit.font, line.text), direction_of(line.text)
    height, width = line.alpha.shape
    tried = []
    for size in sorted(
        {_whole(fit.size), *(float(round(fit.size) + step) for step in (-1, 0, 1) if fit.size > _SMALL)}
    ):
        page, _, _ = ink(line.text, faces, size, direction)
        both = np.zeros((2, max(height, page.shape[0]), max(width, page.shape[1])), np.uint8)
        both[0, both.shape[1] - height :, :width] = line.alpha
        both[1, both.shape[1] - page.shape[0] :, : page.shape[1]] = page
        tried.append(_Fitted(fit.font, size, _alike(both[0], both[1])))
    return max(tried, key=lambda tried_fit: tried_fit.likeness)


def _alike(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Soft intersection over union."""
    union, both = (float(cv2.sumElems(choose(first, second))[0]) for choose in (cv2.max, cv2.min))
    return both / union if union else 0.0


def _pen(line: _Inked, font: str, size: float) -> tuple[float, float]:
    """Where the pen began on the baseline, if the line was set in this font and size."""
    page, start, top = ink(line.text, faces_for(font, line.text), size, direction_of(line.text))
    return line.left - start, line.bottom - (top + page.shape[0])


def _fitted(line: _Inked, font: str) -> _Fitted:
    page, _, _ = ink(line.text, faces_for(font, line.text), _TRIED_SIZE, direction_of(line.text))
    height, width = line.alpha.shape
    stretch = width / (page.shape[1] * height / page.shape[0])
    # a line is far longer than high: where it is this font, its length tells the size more exactly
    scale = width / page.shape[1] if 1 / _THE_SAME < stretch < _THE_SAME else height / page.shape[0]
    stretched = np.asarray(cv2.resize(page, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    likeness = _alike(stretched, line.alpha) * min(stretch, 1 / stretch)
    return _Fitted(font, scale * _TRIED_SIZE, likeness)


def _whole(size: float) -> float:
    """The whole number that a measured size most likely is: glyphs are hinted, so hundredths of a pixel show."""
    return float(round(size)) if abs(size - round(size)) < _MEASURED * size else size


def _of_box(layer: Layer, canvas_width: int, font: str, size: float | None) -> Style:
    """Where no words are known: one line as high as the box."""
    em = size or max(1.0, layer.height / _CAPITALS)
    return Style(
        font, em, _colour(layer, None), _placed(layer, canvas_width), 0.0, float(layer.width),
        baseline=(layer.height + em * _CAPITALS) / 2, pitch=_PITCH * em, shrinks=size is None,
    )  # fmt: skip


def _placed(layer: Layer, canvas_width: int) -> Align:
    """Of one line: centred where it stands in the canvas's middle, else where lines start."""
    middle = layer.x + layer.width / 2
    return "center" if abs(middle - canvas_width / 2) < _NEAR * canvas_width else "start"


def _alignment(starts: Sequence[float], ends: Sequence[float], size: float) -> Align:
    """Of several lines: the one of their sides that varies least; the start where none stands out."""
    middles = [(start + end) / 2 for start, end in zip(starts, ends, strict=True)]
    left, middle, right = (max(side) - min(side) for side in (starts, middles, ends))
    if left <= min(middle, right) + size / 8:
        return "start"
    return "center" if middle <= right else "right"


def _colour(layer: Layer, line: TextLine | None) -> tuple[int, int, int, int]:
    if line is not None and line.color:
        return parse_colour(line.color)
    return _median(layer.pixels)


def _median(pixels: Pixels) -> tuple[int, int, int, int]:
    """Of what is seen clearly; black where nothing is."""
    seen = pixels[pixels[:, :, 3] >= VISIBLE]
    if not len(seen):
        return 0, 0, 0, 255
    red, green, blue = (int(value) for value in np.median(seen[:, :3], axis=0))
    return red, green, blue, 255
