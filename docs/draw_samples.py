"""Draws the pictures that the studio offers to try: ``studio/src/samples/{poster,card,slide}.webp``.

    python docs/draw_samples.py

All of it is drawn here with the font that comes with Pillow, without loss, so that the same files come out anew.
"""

from io import BytesIO
from math import cos, pi, sin
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from app.cli.sample_poster import SCALE, Box, disc, sample_poster, scaled, write

OUT = Path(__file__).parents[1] / "studio" / "src" / "samples"
Colour = tuple[int, int, int]

_WHITE, _INK, _GREY = (255, 255, 255), (31, 35, 48), (122, 128, 146)


def main() -> None:
    OUT.mkdir(exist_ok=True)
    with Image.open(BytesIO(sample_poster())) as poster:
        pictures = {"poster": poster.convert("RGB"), "card": product_card(), "slide": slide()}
    for name, picture in pictures.items():
        path = OUT / f"{name}.webp"
        picture.save(path, "WEBP", lossless=True, method=6)
        print(f"{path.name}: {picture.width} x {picture.height} pixels, {path.stat().st_size / 1024:.0f} KiB")


def product_card() -> Image.Image:
    """A lamp on a warm ground, a round sticker, a white panel with name, price and button."""
    width, height = 720, 900
    card = _plain(width, height, (246, 226, 204))
    pen = ImageDraw.Draw(card)
    disc(pen, (360, 300), 212, (240, 190, 140))
    _draw_lamp(pen)
    _draw_shadow(card, (40, 560, 680, 860), 32, 70)
    pen = ImageDraw.Draw(card)
    _panel(pen, (40, 560, 680, 860), 32, _WHITE)
    write(pen, (84, 604), "Luna desk lamp", 50, _INK, weight=1.3)
    write(pen, (84, 674), "Brushed steel, warm light, three years", 24, _GREY, weight=0.3)
    write(pen, (84, 708), "of guarantee. Ships tomorrow.", 24, _GREY, weight=0.3)
    write(pen, (84, 774), "$ 79", 58, _INK, weight=1.8)
    _panel(pen, (400, 766, 636, 830), 32, (36, 92, 240))
    write(pen, (518, 797), "Add to cart", 27, _WHITE, weight=0.8, centred=True)
    _draw_sticker(pen, (590, 150), 74)
    return _reduced(card)


def slide() -> Image.Image:
    """A slide: a title, three columns of a chart with their figures, a note on a coloured band."""
    width, height = 1120, 630
    page = _plain(width, height, (250, 250, 252))
    pen = ImageDraw.Draw(page)
    pen.rectangle(scaled((0, 0, 18, height)), (98, 70, 234))
    write(pen, (72, 56), "Riders doubled in a year", 58, _INK, weight=1.5)
    write(pen, (74, 134), "Trips a month on the harbour line, in thousands", 25, _GREY, weight=0.3)
    pen.line([72 * SCALE, 520 * SCALE, 660 * SCALE, 520 * SCALE], (208, 211, 222), 2 * SCALE)
    columns = (("2024", 21, (190, 180, 250)), ("2025", 34, (140, 120, 244)), ("2026", 68, (98, 70, 234)))
    for place, (year, count, colour) in enumerate(columns):
        left = 112 + 190 * place
        top = 520 - 4.4 * count
        _panel(pen, (left, top, left + 120, 520), 12, colour)
        pen.rectangle(scaled((left, 508, left + 120, 520)), colour)
        write(pen, (left + 60, top - 26), str(count), 38, _INK, weight=1.2, centred=True)
        write(pen, (left + 60, 550), year, 25, _GREY, weight=0.5, centred=True)
    _draw_shadow(page, (740, 210, 1050, 540), 26, 60)
    pen = ImageDraw.Draw(page)
    _panel(pen, (740, 210, 1050, 540), 26, (255, 214, 92))
    disc(pen, (800, 272), 28, (255, 246, 214))
    write(pen, (800, 271), "!", 38, _INK, weight=1.6, centred=True)
    write(pen, (772, 326), "Night boats", 38, _INK, weight=1.2)
    for line, words in enumerate(("made half of it:", "one in three trips", "is after ten.")):
        write(pen, (772, 388 + 40 * line), words, 28, _INK, weight=0.4)
    return _reduced(page)


def _draw_lamp(pen: ImageDraw.ImageDraw) -> None:
    steel, dark = (70, 78, 98), (44, 50, 66)
    _panel(pen, (250, 484, 470, 512), 14, dark)
    _stroke(pen, [(360, 492), (316, 352), (430, 244)], 15, steel)
    for joint in ((316, 352), (430, 244)):
        disc(pen, joint, 15, dark)
    shade = [(392, 178), (462, 230), (452, 356), (290, 236)]
    pen.polygon([(x * SCALE, y * SCALE) for x, y in shade], (226, 74, 60))
    disc(pen, (372, 298), 30, (255, 240, 180))


def _draw_sticker(pen: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float) -> None:
    x, y = centre
    points = []
    for step in range(32):
        reach = radius * (1 if step % 2 else 0.88)
        points.append(((x + reach * cos(pi * step / 16)) * SCALE, (y + reach * sin(pi * step / 16)) * SCALE))
    pen.polygon(points, (20, 140, 110))
    write(pen, (x, y - 14), "NEW", 32, _WHITE, weight=1.2, centred=True)
    write(pen, (x, y + 20), "-20%", 26, _WHITE, weight=0.8, centred=True)


def _stroke(pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], width: float, colour: Colour) -> None:
    pen.line([(x * SCALE, y * SCALE) for x, y in points], colour, round(width * SCALE), joint="curve")


def _panel(pen: ImageDraw.ImageDraw, box: Box, radius: float, colour: Colour) -> None:
    pen.rounded_rectangle(scaled(box), radius * SCALE, colour)


def _plain(width: int, height: int, colour: Colour) -> Image.Image:
    return Image.new("RGB", (width * SCALE, height * SCALE), colour)


def _draw_shadow(picture: Image.Image, box: Box, radius: float, strength: int) -> None:
    """Under a panel, moved down and blurred."""
    left, top, right, bottom = box
    shade = Image.new("L", (picture.width // SCALE, picture.height // SCALE))
    ImageDraw.Draw(shade).rounded_rectangle((left, top + 10, right, bottom + 10), radius, strength)
    shade = shade.filter(ImageFilter.GaussianBlur(12)).resize(picture.size, Image.Resampling.BICUBIC)
    picture.paste((0, 0, 0), (0, 0), shade)


def _reduced(picture: Image.Image) -> Image.Image:
    small = picture.resize((picture.width // SCALE, picture.height // SCALE), Image.Resampling.BOX)
    return Image.fromarray(np.asarray(small, np.uint8))


if __name__ == "__main__":
    main()
