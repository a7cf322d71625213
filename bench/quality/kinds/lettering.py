"""Text: several scripts, rotated and curved, on photographs, under objects and over them."""

import numpy as np

from bench.quality import figures
from bench.quality.composition import Composition


def scripts(page: Composition) -> None:
    """A line in each script the pen can write, on a panel or on the ground."""
    page.lay_ground("flat" if page.random.random() < 0.5 else "gradient")
    width, height = page.size
    if page.random.random() < 0.5:
        edge = page.between(30, 90)
        panel = figures.rounded(edge, edge, width - 2 * edge, height - 2 * edge, page.between(0, 40))
        page.fill("panel", [panel], page.color(page.palette[0]))
    written = page.pen.scripts()
    order = page.random.permutation(len(written))
    step = height * 0.7 / len(written)
    for row, index in enumerate(order):
        center = (width * page.between(0.4, 0.6), height * 0.15 + step * (row + 0.5))
        size = min(step * 0.7, page.between(36, 96))
        page.write(written[index], page.words(written[index]), center, size, width * 0.66, written[index])


def rotated(page: Composition) -> None:
    """Words turned by some degrees or by ninety, and words along an arc."""
    page.lay_ground(("flat", "gradient", "texture")[int(page.random.integers(3))])
    width, height = page.size
    x, y, w, h = page.place((0.35, 0.6), (0.3, 0.5))
    page.fill("panel", [figures.rounded(x, y, w, h, page.between(0, 30))], page.color(page.palette[0]))
    tilt = page.between(8, 40) * (1 if page.random.random() < 0.5 else -1)
    page.write("tilted words", page.words(), (x + w / 2, y + h / 2), page.between(48, 90), w * 0.9, angle=tilt)
    side = width * (0.06 if page.split == "tuning" else 0.94)
    page.write("upright words", page.words(), (side, height / 2), page.between(26, 52), height * 0.7, angle=90)
    _curved(page, width * page.between(0.4, 0.6), height * page.between(0.9, 1.0))


def _curved(page: Composition, cx: float, cy: float) -> None:
    """Letter by letter, each turned to the middle of the circle."""
    words, size = page.words(), page.between(32, 56)
    radius = size * max(4.5, len(words) * 0.45)
    face = int(page.random.integers(12))
    edge = round(size * 2)  # a letter has room in it, and it is drawn sooner than the page
    pen = type(page.pen)((edge, edge))
    alpha = np.zeros((page.size[1] + 2 * edge, page.size[0] + 2 * edge), np.float32)
    step = size * 0.72 / radius
    for index, letter in enumerate(words):
        turn = (index - (len(words) - 1) / 2) * step
        x, y = cx + radius * np.sin(turn), cy - radius * np.cos(turn)
        left, top = int(np.clip(x, 0, page.size[0])) + edge // 2, int(np.clip(y, 0, page.size[1])) + edge // 2
        if letter != " ":
            center = (x - left + edge, y - top + edge)
            drawn = pen.write(letter, center, size, 4 * size, "latin", face, -np.degrees(turn))
            place = alpha[top : top + edge, left : left + edge]
            np.maximum(place, drawn, out=place)
    alpha = np.ascontiguousarray(alpha[edge:-edge, edge:-edge])
    page.add("curved words", alpha, page.color(*page.around(alpha), far=260))


def on_photo(page: Composition) -> None:
    """A headline, a line and small print on a photograph, with a bar between."""
    page.lay_ground("photo")
    width, height = page.size
    top = height * page.between(0.12, 0.55)
    middle = width * (0.5 if page.split == "reported" else page.between(0.4, 0.6))
    page.write("headline", page.words(), (middle, top), page.between(70, 130), width * 0.7)
    bar = figures.box(middle - width * 0.15, top + height * 0.11, width * 0.3, page.between(3, 12))
    page.fill("bar", [bar], page.color(page.palette[2], far=200))
    page.write("line", page.words(), (middle, top + height * 0.18), page.between(36, 56), width * 0.6)
    words = f"{page.words()}  {page.words()}  {page.words()}"
    page.write("small print", words, (middle, height * 0.93), page.between(14, 24), width * 0.7)


def occluded(page: Composition) -> None:
    """A headline half under an object, and an object with words over it."""
    page.lay_ground(("flat", "gradient", "photo")[int(page.random.integers(3))])
    width, height = page.size
    y = height * page.between(0.2, 0.4)
    alpha = page.write("covered words", page.words(), (width / 2, y), page.between(90, 150), width * 0.85)
    columns = np.flatnonzero((alpha > 0.5).any(axis=0))
    at = float(columns[int(page.random.integers(len(columns)))]) if columns.size else width / 2
    shape = figures.blob if page.random.random() < 0.5 else _disc
    over = page.pen.fill([shape(page.random, at, y + page.between(-20, 40), page.between(40, 80))])
    page.add("object over words", over, page.color(*page.around(over), page.palette[0]))
    low = height * page.between(0.6, 0.8)
    under = page.pen.fill([shape(page.random, width * page.between(0.3, 0.7), low, page.between(80, 130))])
    page.add("object under words", under, page.color(*page.around(under)))
    page.write("covering words", page.words(), (width / 2, low), page.between(56, 100), width * 0.8)


def _disc(random: np.random.Generator, x: float, y: float, radius: float) -> figures.Points:
    return figures.ellipse(x, y, radius, radius * random.uniform(0.7, 1.0))
