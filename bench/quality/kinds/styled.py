"""Letters that are more than one colour: filled with a run of colours, outlined, hollow."""

import cv2
import numpy as np

from bench.quality import figures
from bench.quality.composition import Composition
from bench.quality.poster import Floats, gradient


def styled(page: Composition) -> None:
    """A headline with an outline, words filled with a gradient, hollow words on a bar; each split in its own order."""
    page.lay_ground(("flat", "gradient", "photo")[int(page.random.integers(3))])
    width, height = page.size
    rows = (0.2, 0.5, 0.8) if page.split == "tuning" else (0.78, 0.24, 0.5)
    _outlined(page, height * rows[0])
    _filled(page, height * rows[1])
    y, h = height * rows[2], height * page.between(0.12, 0.18)
    page.fill("bar", [figures.box(width * 0.08, y - h / 2, width * 0.84, h)], page.color(page.palette[0]))
    letters = _letters(page, y, h * 0.62)
    wide = page.between(1.2, 2.2)
    rim = np.clip(_grown(letters, wide) - _shrunk(letters, wide), 0, 1)
    page.add("hollow words", np.asarray(rim, np.float32), page.color(*page.around(letters), far=260))


def _outlined(page: Composition, y: float) -> None:
    """One element: the letters and, around them, a rim of another colour; on the reported split its shadow as well."""
    letters = _letters(page, y, page.between(80, 120))
    whole = _grown(letters, page.between(3, 6))
    inside = page.color(*page.around(letters))
    outside = page.color(inside, *page.around(whole), far=200)
    if page.split == "reported":
        shadow = cv2.warpAffine(whole, np.array([[1, 0, 6], [0, 1, 7]], np.float32), page.size)
        page.add("headline's shadow", np.asarray(shadow * page.between(0.35, 0.6), np.float32), np.zeros(3, np.float32))
    share = letters[:, :, None]
    page.add("headline", whole, np.asarray(inside * share + outside * (1 - share), np.float32))


def _filled(page: Composition, y: float) -> None:
    letters = _letters(page, y, page.between(80, 120))
    first = page.color(*page.around(letters), far=260)
    second = np.asarray(np.clip(first * 0.55 + page.random.uniform(0, 110, 3), 0, 255), np.float32)
    angle = np.pi / 2 if page.split == "tuning" else page.angle()
    size = max(page.size)
    run = gradient(first, second, angle, False, size)[: page.size[1], : page.size[0]]
    if page.split == "tuning":  # from the heads of the letters to their feet
        rows = np.flatnonzero((letters > 0.5).any(axis=1))
        top, bottom = (int(rows[0]), int(rows[-1])) if rows.size else (0, page.size[1])
        t = np.clip((np.arange(page.size[1]) - top) / max(1, bottom - top), 0, 1)[:, None, None]
        run = np.broadcast_to(first * (1 - t) + second * t, (page.size[1], page.size[0], 3))
    page.add("gradient words", letters, np.asarray(run, np.float32))


def _letters(page: Composition, y: float, size: float) -> Floats:
    width = page.size[0]
    return page.pen.write(page.words(), (width / 2, y), size, width * 0.76, "latin", int(page.random.integers(12)))


def _grown(alpha: Floats, radius: float) -> Floats:
    """The union of the alpha moved by a radius in all directions; moved between pixels too, so that edges stay soft."""
    return _moved(alpha, radius, np.maximum)


def _shrunk(alpha: Floats, radius: float) -> Floats:
    return _moved(alpha, radius, np.minimum)


def _moved(alpha: Floats, radius: float, choose: np.ufunc) -> Floats:
    found = alpha.copy()
    size = alpha.shape[1], alpha.shape[0]
    for angle in np.linspace(0, 2 * np.pi, 24, endpoint=False):
        shift = np.array([[1, 0, radius * np.cos(angle)], [0, 1, radius * np.sin(angle)]], np.float32)
        choose(found, cv2.warpAffine(alpha, shift, size), out=found)
    return found
