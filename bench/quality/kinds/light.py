"""What lets light through or throws it: half-transparent panels, shadows, glows, outlines."""

import cv2
import numpy as np

from bench.quality import figures
from bench.quality.composition import Composition
from bench.quality.poster import Floats


def panels(page: Composition) -> None:
    """Two panels of glass, over each other in part, across a disc, with words on the upper one."""
    page.lay_ground(("photo", "gradient", "texture")[int(page.random.integers(3))])
    x, y, w, h = page.place((0.4, 0.6), (0.35, 0.55))
    disc = page.pen.fill(
        [figures.ellipse(x + w * page.between(0, 1), y + h * page.between(0, 1), page.between(60, 130))]
    )
    page.add("disc", disc, page.color(*page.around(disc)))
    for name, dx, dy in (("lower panel", 0.0, 0.0), ("upper panel", page.between(-0.4, 0.4), page.between(-0.4, 0.4))):
        outline = figures.rounded(x + dx * w, y + dy * h, w, h, page.between(0, 48))
        tint = np.full(3, 252, np.float32) if page.random.random() < 0.4 else page.color()
        page.fill(name, [outline], tint, page.between(0.25, 0.75))
    center = (x + (0.5 + dx) * w, y + (0.5 + dy) * h)
    page.write("words", page.words(), center, page.between(36, 80), w * 0.8)


def effects(page: Composition) -> None:
    """A card with shadow and outline, a disc with a glow, words with a shadow."""
    page.lay_ground("flat" if page.random.random() < 0.4 else "gradient")
    x, y, w, h = page.place((0.4, 0.65), (0.3, 0.5))
    outline = figures.rounded(x, y, w, h, page.between(0, 60))
    card = page.pen.fill([outline])
    page.add("card's shadow", _blurred(page, card, page.between(6, 24), page.between(4, 24)), np.zeros(3, np.float32))
    color = page.color(page.palette[0])
    page.add("card", card, page.plain_or_gradient(color))
    border = page.pen.stroke(outline, page.between(2, 9), closed=True)
    page.add("outline", border, page.color(color, page.palette[0]))
    radius = page.between(40, 100)
    spot = figures.ellipse(x + w * page.between(-0.1, 1.1), y + h * page.between(-0.1, 1.1), radius)
    disc = page.pen.fill([spot])
    light = page.color(*page.around(disc))
    page.add("glow", _blurred(page, disc, page.between(14, 40), 0), np.asarray(light * 0.4 + 255 * 0.6, np.float32))
    page.add("disc", disc, light)
    words, center = page.words(), (x + w * 0.5, y + h * 0.5)
    size, face = page.between(36, 80), int(page.random.integers(12))
    letters = page.pen.write(words, center, size, w * 0.8, "latin", face)
    page.add(
        "words' shadow", _blurred(page, letters, page.between(1.5, 5), page.between(2, 7)), np.zeros(3, np.float32)
    )
    page.add("words", letters, page.color(*page.around(letters), far=260))


def _blurred(page: Composition, alpha: Floats, sigma: float, down: float) -> Floats:
    """Soft, moved down, weaker; without the last steps of 8-bit alpha, which nobody sees."""
    move = np.array([[1, 0, page.between(-down / 2, down / 2)], [0, 1, down]], np.float32)
    moved = cv2.warpAffine(alpha, move, page.size)
    soft = cv2.GaussianBlur(moved, (0, 0), sigma) * page.between(0.3, 0.8)
    return np.where(soft < 2 / 255, 0, soft).astype(np.float32)
