"""Draws the pictures that the five pages begin with, so that whoever reads one can run it.

    python docs/uses/draw_inputs.py FOLDER

All of it is drawn here with the font that comes with Pillow, so that the same pictures come out anew everywhere.
"""

import sys
from math import pi, sin
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from app.cli.sample_poster import SCALE, Box, disc, sample_poster, scaled, write

Colour = tuple[int, int, int]
Points = list[tuple[float, float]]

_WHITE, _INK = (255, 255, 255), (31, 35, 48)
GRAIN = 5.0
"""Of the film, in steps of 255, one standard deviation."""


def main(folder: Path) -> None:
    (folder / "products").mkdir(parents=True, exist_ok=True)
    (folder / "poster.png").write_bytes(sample_poster())
    pictures = {"still": still(), "button": button(), "lesson": lesson(), "card": card()}
    pictures |= {f"products/{name}": product(name) for name in PRODUCTS}
    for name, picture in pictures.items():
        picture.save(folder / f"{name}.png")


def still() -> Image.Image:
    """A film still: dusk over hills, a figure in a red coat before them, grain over all of it."""
    width, height = 960, 540
    share = np.linspace(0, 1, height * SCALE)[:, None, None]
    sky = (1 - share) * np.array((38, 52, 92)) + share * np.array((232, 150, 110))
    picture = Image.fromarray(np.rint(np.broadcast_to(sky, (height * SCALE, width * SCALE, 3))).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    for top, swing, colour in ((380, 34, (96, 88, 116)), (430, 22, (62, 66, 88)), (478, 12, (52, 66, 70))):
        ridge = [(x, top + swing * sin(x / (60 + top / 4))) for x in range(0, width + 1, 8)]
        _fill(pen, [*ridge, (width, height), (0, height)], colour)
    picture = picture.resize((width, height), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(1.6))
    figure = _figure(width, height)
    picture.paste(figure.convert("RGB"), (0, 0), figure.getchannel("A"))
    noise = np.random.default_rng(24).normal(0, GRAIN, (height, width, 1))
    return Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))


def _figure(width: int, height: int) -> Image.Image:
    """Coat, scarf, head and hat of one who stands at the left, in front of everything."""
    layer = Image.new("RGBA", (width * SCALE, height * SCALE))
    pen = ImageDraw.Draw(layer)
    _fill(pen, [(250, 500), (266, 392), (316, 392), (324, 500)], (112, 62, 40))
    _fill(pen, [(206, 440), (228, 262), (262, 226), (316, 226), (350, 262), (374, 440)], (186, 38, 46))
    _fill(pen, [(290, 232), (316, 226), (350, 262), (374, 440), (300, 440)], (150, 26, 38))
    _fill(pen, [(256, 216), (322, 216), (334, 248), (246, 248)], (240, 222, 190))
    disc(pen, (289, 178), 44, (226, 174, 138))
    _fill(pen, [(228, 168), (246, 152), (332, 152), (350, 168)], (44, 40, 52))
    _fill(pen, [(252, 156), (262, 112), (316, 112), (326, 156)], (44, 40, 52))
    return layer.resize((width, height), Image.Resampling.BOX)


def button() -> Image.Image:
    """A game's start button: a banner with a rim, a star, the word START."""
    width, height = 720, 320
    picture = _plain(width, height, (46, 34, 84))
    pen = ImageDraw.Draw(picture)
    _panel(pen, (60, 70, 660, 250), 60, (255, 190, 60))
    _panel(pen, (74, 84, 646, 236), 50, (214, 64, 74))
    disc(pen, (150, 160), 52, (255, 190, 60))
    _fill(pen, _star((150, 160), 42), _WHITE)
    write(pen, (400, 158), "START", 104, _WHITE, weight=3.0, centred=True)
    return _reduced(picture)


def lesson() -> Image.Image:
    """A slide for a class: the water's way round, in three discs with arrows and words."""
    width, height = 1120, 630
    page = _plain(width, height, (250, 250, 252))
    pen = ImageDraw.Draw(page)
    write(pen, (64, 52), "Where rain comes from", 58, _INK, weight=1.5)
    steps = ((220, "Sea", (52, 120, 210)), (560, "Cloud", (126, 140, 166)), (900, "River", (40, 160, 130)))
    for x, words, colour in steps:
        disc(pen, (x, 330), 104, colour)
        write(pen, (x, 330), words, 46, _WHITE, weight=1.2, centred=True)
    for x, words in ((390, "rises"), (730, "falls")):
        pen.rectangle(scaled((x - 44, 324, x + 24, 336)), (98, 70, 234))
        _fill(pen, [(x + 20, 306), (x + 48, 330), (x + 20, 354)], (98, 70, 234))
        write(pen, (x, 276), words, 30, (98, 70, 234), weight=0.8, centred=True)
    write(pen, (64, 536), "The sun lifts water, the wind carries it, hills bring it down.", 32, _INK, weight=0.5)
    return _reduced(page)


def card() -> Image.Image:
    """A shop's card with places for a product, its name and its price."""
    width, height = 720, 900
    picture = _plain(width, height, (36, 44, 70))
    pen = ImageDraw.Draw(picture)
    _panel(pen, (48, 48, 672, 852), 36, (248, 244, 236))
    _panel(pen, (120, 110, 600, 590), 24, (206, 210, 218))
    write(pen, (120, 640), "Product name", 58, _INK, weight=1.5)
    write(pen, (120, 740), "$ 00", 64, (210, 60, 50), weight=2.0)
    return _reduced(picture)


def product(name: str) -> Image.Image:
    """A thing on a table in a room, as someone took it with a telephone: light from above, grain."""
    width, height = 640, 640
    ground, draw = PRODUCTS[name]
    picture = _plain(width, height, ground)
    pen = ImageDraw.Draw(picture)
    draw(pen)
    return _reduced(picture)


def _draw_lamp(pen: ImageDraw.ImageDraw) -> None:
    _panel(pen, (230, 500, 410, 528), 14, (44, 50, 66))
    _panel(pen, (310, 250, 330, 504), 8, (70, 78, 98))
    _fill(pen, [(250, 120), (390, 120), (460, 280), (180, 280)], (226, 74, 60))


def _draw_mug(pen: ImageDraw.ImageDraw) -> None:
    for radius, colour in ((92, (28, 96, 150)), (56, PRODUCTS["mug"][0])):
        disc(pen, (430, 330), radius, colour)
    _panel(pen, (190, 190, 430, 500), 34, (36, 122, 190))
    _panel(pen, (190, 300, 430, 350), 0, (244, 240, 228))


def _draw_clock(pen: ImageDraw.ImageDraw) -> None:
    for radius, colour in ((180, (40, 44, 58)), (156, (250, 246, 236))):
        disc(pen, (320, 320), radius, colour)
    for hour in range(12):
        turn = 2 * pi * hour / 12
        disc(pen, (320 + 132 * sin(turn), 320 + 132 * sin(turn + pi / 2)), 9, (40, 44, 58))
    pen.line([320 * SCALE, 320 * SCALE, 320 * SCALE, 220 * SCALE], (40, 44, 58), 14 * SCALE)
    pen.line([320 * SCALE, 320 * SCALE, 400 * SCALE, 360 * SCALE], (226, 74, 60), 12 * SCALE)
    disc(pen, (320, 320), 16, (226, 74, 60))


PRODUCTS = {
    "lamp": ((214, 204, 190), _draw_lamp),
    "mug": ((232, 214, 206), _draw_mug),
    "clock": ((190, 206, 200), _draw_clock),
}
"""Each with the wall that it was taken before."""


def _star(centre: tuple[float, float], radius: float) -> Points:
    corners = []
    for step in range(10):
        reach = radius * (0.45 if step % 2 else 1.0)
        turn = pi * step / 5
        corners.append((centre[0] + reach * sin(turn), centre[1] - reach * sin(turn + pi / 2)))
    return corners


def _fill(pen: ImageDraw.ImageDraw, points: Points, colour: Colour) -> None:
    pen.polygon([(x * SCALE, y * SCALE) for x, y in points], colour)


def _panel(pen: ImageDraw.ImageDraw, box: Box, radius: float, colour: Colour) -> None:
    pen.rounded_rectangle(scaled(box), radius * SCALE, colour)


def _plain(width: int, height: int, colour: Colour) -> Image.Image:
    return Image.new("RGB", (width * SCALE, height * SCALE), colour)


def _reduced(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // SCALE, picture.height // SCALE), Image.Resampling.BOX)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
