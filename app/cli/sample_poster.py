"""The sample poster of the demo, drawn here: a gradient ground, an orange, a panel with its shadow, a badge, words.

Everything is drawn ``SCALE`` times too large and reduced, so that every edge is smooth; the letters are those of the
font that comes with Pillow, so that the poster is the same on every machine.
"""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from math import cos, pi, sin

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 896, 1120
SCALE = 3

_GROUND_TOP, _GROUND_BOTTOM = (16, 78, 92), (8, 38, 58)
_CREAM, _INK = (255, 246, 230), (15, 49, 66)
_PEEL, _PITH, _PULP = (247, 140, 30), (255, 226, 170), (255, 167, 53)
_BADGE = (226, 61, 66)

Box = tuple[float, float, float, float]
_PANEL: Box = (64, 636, 832, 956)
_PANEL_RADIUS = 28.0
_ORANGE_CENTRE, _ORANGE_RADIUS = (650.0, 648.0), 176.0
_SEGMENTS = 10
_BADGE_CENTRE, _BADGE_RADIUS, _BADGE_TEETH = (764.0, 928.0), 92.0, 24


def sample_poster() -> bytes:
    """The poster as a PNG, ``WIDTH`` × ``HEIGHT`` pixels; the same bytes each time."""
    poster = _ground()
    _draw_orange(poster)
    _draw_shadow(poster)
    pen = ImageDraw.Draw(poster)
    pen.rounded_rectangle(scaled(_PANEL), _PANEL_RADIUS * SCALE, _CREAM)
    _write_headline(pen)
    _write_panel(pen)
    _draw_badge(pen)
    out = BytesIO()
    poster.resize((WIDTH, HEIGHT), Image.Resampling.BOX).save(out, "PNG")
    return out.getvalue()


def _ground() -> Image.Image:
    share = np.linspace(0, 1, HEIGHT * SCALE)[:, None, None]
    rows = (1 - share) * np.array(_GROUND_TOP) + share * np.array(_GROUND_BOTTOM)
    column = Image.fromarray(np.rint(rows).astype(np.uint8))
    return column.resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.NEAREST)


def _draw_orange(poster: Image.Image) -> None:
    """A slice: peel, pith and a ring of segments. The panel hides its lower part."""
    pen = ImageDraw.Draw(poster)
    for radius, colour in ((1.0, _PEEL), (0.9, _PITH)):
        disc(pen, _ORANGE_CENTRE, _ORANGE_RADIUS * radius, colour)
    for index in range(_SEGMENTS):
        pen.polygon(_segment(2 * pi * (index + 0.5) / _SEGMENTS), _PULP)


def _segment(angle: float) -> list[tuple[float, float]]:
    """One segment of the slice with rounded corners: a wedge, moved outwards and shrunk by a circle's radius."""
    half, radius = pi / _SEGMENTS, _ORANGE_RADIUS * 0.85
    corner = radius * 0.05
    inner = corner * 1.6 / sin(half)
    centres = [_polar(inner, angle)]
    reach = radius - corner
    spread = half - 1.6 * corner / reach
    centres += [_polar(reach, angle + spread * share) for share in np.linspace(-1, 1, 15)]
    rim = [(x + corner * cos(t), y + corner * sin(t)) for x, y in centres for t in np.linspace(0, 2 * pi, 48)]
    return [((x + _ORANGE_CENTRE[0]) * SCALE, (y + _ORANGE_CENTRE[1]) * SCALE) for x, y in _hull(rim)]


def _polar(radius: float, angle: float) -> tuple[float, float]:
    return radius * cos(angle), radius * sin(angle)


def _hull(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The convex hull, by Andrew's monotone chain."""

    def chain(ordered: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        kept: list[tuple[float, float]] = []
        for x, y in ordered:
            while len(kept) > 1 and _turns_right(kept[-2], kept[-1], (x, y)):
                kept.pop()
            kept.append((x, y))
        return kept[:-1]

    ordered = sorted(points)
    return chain(ordered) + chain(ordered[::-1])


def _turns_right(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) <= 0


def _draw_shadow(poster: Image.Image) -> None:
    """Under the panel, moved down and blurred."""
    left, top, right, bottom = _PANEL
    shade = Image.new("L", (WIDTH, HEIGHT))
    ImageDraw.Draw(shade).rounded_rectangle((left, top + 16, right, bottom + 16), _PANEL_RADIUS, 112)
    shade = shade.filter(ImageFilter.GaussianBlur(16)).resize(poster.size, Image.Resampling.BICUBIC)
    poster.paste((0, 0, 0), (0, 0), shade)


def _write_headline(pen: ImageDraw.ImageDraw) -> None:
    write(pen, (66, 72), "SATURDAY  12  JUNE", 25, _PULP, weight=0.8, tracking=3.5)
    write(pen, (57, 104), "Citrus", 184, _CREAM, weight=4.5)
    write(pen, (57, 262), "Market", 184, _CREAM, weight=4.5)


def _write_panel(pen: ImageDraw.ImageDraw) -> None:
    write(pen, (108, 676), "Forty orchards,", 54, _INK, weight=1.4)
    write(pen, (108, 738), "one long table", 54, _INK, weight=1.4)
    write(pen, (108, 830), "Lemons, bergamots, blood oranges and yuzu,", 24, _INK, weight=0.3)
    write(pen, (108, 864), "picked this week. Tastings all day.", 24, _INK, weight=0.3)
    write(pen, (66, 1022), "Old Harbour Hall, Pier 7   Doors open at nine   citrusmarket.example", 21, _CREAM)


def _draw_badge(pen: ImageDraw.ImageDraw) -> None:
    x, y = _BADGE_CENTRE
    rim = []
    for step in range(720):
        angle = 2 * pi * step / 720
        radius = _BADGE_RADIUS * (1 + 0.035 * cos(_BADGE_TEETH * angle))
        rim.append(((x + radius * cos(angle)) * SCALE, (y + radius * sin(angle)) * SCALE))
    pen.polygon(rim, _BADGE)
    write(pen, (x, y - 33), "ENTRY", 22, _CREAM, weight=0.7, tracking=2.5, centred=True)
    write(pen, (x, y + 16), "$4", 70, _CREAM, weight=2.2, centred=True)


def write(
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    words: str,
    size: float,
    colour: tuple[int, int, int],
    *,
    weight: float = 0.0,
    tracking: float = 0.0,
    centred: bool = False,
) -> None:
    """One line of text.

    Args:
        at: its top left corner, or its middle when ``centred``; pixels of the poster.
        weight: makes the strokes so much bolder on either side, in pixels.
        tracking: what is added between two letters, in pixels.
    """
    font = _font(size * SCALE)
    advances = [font.getlength(letter) + tracking * SCALE for letter in words]
    length = sum(advances) - tracking * SCALE if tracking else font.getlength(words)
    x, y = at[0] * SCALE - (length / 2 if centred else 0), at[1] * SCALE
    anchor, stroke = "lm" if centred else "la", weight * SCALE
    if not tracking:
        pen.text((x, y), words, colour, font=font, anchor=anchor, stroke_width=stroke)
        return
    for letter, advance in zip(words, advances, strict=True):
        pen.text((x, y), letter, colour, font=font, anchor=anchor, stroke_width=stroke)
        x += advance


@cache
def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def disc(pen: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, colour: tuple[int, int, int]) -> None:
    x, y = centre
    pen.ellipse(scaled((x - radius, y - radius, x + radius, y + radius)), colour)


def scaled(box: Box) -> Box:
    left, top, right, bottom = (edge * SCALE for edge in box)
    return left, top, right - 1, bottom - 1
