"""Words on a canvas that is large enough for a slide, to be exported as text boxes."""

from dataclasses import replace
from typing import Any

import numpy as np
from export_stacks import Maker, noise
from may_be_missing import fonts_with
from PIL import Image, ImageDraw

from model.export.stack import Exported
from model.layers import TextLine
from model.typeset.fonts import named
from model.typeset.shape import font


def turned(x: float, y: float, angle: float, about: tuple[float, float]) -> tuple[float, float]:
    """A point that lies so far right and down of another, and is turned clockwise about it."""
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return float(about[0] + cos * x - sin * y), float(about[1] + sin * x + cos * y)


def lettered(angle: float = 0.0, **said: Any) -> tuple[Exported, str]:
    """A red headline of two lines on a canvas that is large enough for a slide, and its font."""
    fonts_with("Summer sale")
    name = "sans-serif"
    set_in = font(named(name), 40)
    page = Image.new("RGBA", (400, 300))
    pen = ImageDraw.Draw(page)
    corners = []
    for at, line in enumerate(("Summer", "sale")):
        pen.text((50, 60 + 50 * at), line, font=set_in, fill=(220, 30, 60, 255))
        left, top, right, bottom = pen.textbbox((50, 60 + 50 * at), line, font=set_in)
        corners.append(((left, top), (right, top), (right, bottom), (left, bottom)))
    shown = np.array(page.rotate(-angle, Image.Resampling.BICUBIC, center=(200, 150)))
    lines = tuple(
        TextLine(text, tuple(turned(x - 200, y - 150, angle, (200, 150)) for x, y in line), (), "#dc1e3c")
        for text, line in zip(("Summer", "sale"), corners, strict=True)
    )
    make = Maker(400, 300)
    ground = make.layer("Ground", noise(1, 400, 300, opaque=True))
    headline = make.layer("Headline", shown, text="Summer\nsale", stands=True, **said)
    stack = make.stack(ground, headline)
    words = stack.load(headline)
    assert words is not None
    words = replace(words, lines=lines, kind="text")
    return replace(stack, load=lambda item: words if item is headline else stack.load(item)), name
