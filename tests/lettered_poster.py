"""Posters with words on them, drawn here, and where they were drawn."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 480, 360
INK, PALE = (20, 40, 90), (250, 244, 230)
HEADLINE, NOTE = (40, 30, "OPEN AIR"), (40, 260, "Friday evening")


def poster_png() -> bytes:
    """A pale poster with a headline, a red card and a line on the ground below it."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), PALE)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((40, 120, 440, 230), (200, 50, 45))
    for (x, y, words), size in ((HEADLINE, 56), (NOTE, 36)):
        pen.text((x, y), words, INK, ImageFont.load_default(size), stroke_width=1, stroke_fill=INK)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def shaded_png() -> bytes:
    """The word SUMMER in saturated red, getting darker downwards, above a blue panel."""
    width, height, top, bottom = 560, 400, (235, 40, 30), (205, 28, 22)
    picture = Image.new("RGB", (width, height), (246, 240, 226))
    ImageDraw.Draw(picture).rectangle((40, 200, 520, 350), fill=(40, 70, 160))
    cover = Image.new("L", (width, height))
    ImageDraw.Draw(cover).text((60, 50), "SUMMER", 255, ImageFont.load_default(90), stroke_width=2, stroke_fill=255)
    down = np.clip((np.arange(height) - 50) / 90, 0, 1)[:, None, None]
    shades = np.broadcast_to(np.rint(top + np.subtract(bottom, top) * down), (height, width, 3))
    picture.paste(Image.fromarray(shades.astype(np.uint8)), mask=cover)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def box_of(place: tuple[int, int, str], size: int) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the drawn line."""
    pen = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    return pen.textbbox(place[:2], place[2], ImageFont.load_default(size), stroke_width=1)
