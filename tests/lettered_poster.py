"""A poster with words on it, drawn here, and where they were drawn."""

import io

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


def box_of(place: tuple[int, int, str], size: int) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the drawn line."""
    pen = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    return pen.textbbox(place[:2], place[2], ImageFont.load_default(size), stroke_width=1)
