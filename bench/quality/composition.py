"""A poster in the making: one split's pen, colours and places, and the elements so far."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import cv2
import numpy as np

from bench.quality.figures import Points
from bench.quality.grounds import texture
from bench.quality.pens import OpenCvPen, Pen, PillowPen
from bench.quality.poster import SIZE, Element, Floats, Poster, gradient, photo
from bench.quality.svg_pen import SvgPen

SplitName: TypeAlias = Literal["tuning", "reported"]
Box: TypeAlias = tuple[int, int, int, int]
"""x, y, width, height in pixels."""
PALETTES = (
    ("#fff8e7", "#c1440e", "#0f4c5c", "#2f2f2f", "#e9b44c", "#5f7c53"),
    ("#11151c", "#2b4162", "#d66853", "#f5f1ed", "#7d8597", "#f2c14e"),
    ("#ffffff", "#e8f1f2", "#006494", "#13293d", "#ef476f", "#ffd166"),
    ("#3d0814", "#f2e9e4", "#9a8c98", "#c9ada7", "#22223b", "#4a7c59"),
    ("#fffcf2", "#ccc5b9", "#403d39", "#252422", "#eb5e28", "#3a86ff"),
)
WORDS = {
    "tuning": {
        "latin": (
            "SPRING",
            "Late Show",
            "Menu",
            "Grand Opening",
            "Free Entry",
            "Workshop",
            "2 for 1",
            "Sign up",
            "LIVE",
        ),
        "cyrillic": ("Выставка", "Кофе", "Лето", "Книги и чай"),
        "cjk": ("春祭", "新発売", "咖啡店", "本日限定"),
        "arabic": ("مهرجان", "قهوة", "افتتاح", "كتاب"),
    },
    "reported": {
        "latin": (
            "night garden",
            "Harvest",
            "ferry times",
            "Clay & Fire",
            "no. 12",
            "Chapter One",
            "WINTER",
            "read on",
        ),
        "cyrillic": ("Музей света", "Зима", "Хлеб", "Открытие"),
        "cjk": ("深夜食堂", "春の市", "山水", "图书馆", "展覧会"),
        "arabic": ("سوق الربيع", "متحف", "الليل", "مرحبا"),
    },
}
HIDDEN, SMALLEST_PX = 0.08, 40
"""An element shows more than this share of itself, and more than these pixels."""
NEAR = 130
"""Colours nearer than this, in the sum of absolute differences, do not lie on each other."""


class Composition:
    """Seeded; the tuning split places freely and takes palettes, the reported one uses a grid and a scheme of hues."""

    def __init__(self, split: SplitName, kind: str, seed: int, size: tuple[int, int] = (SIZE, SIZE)) -> None:
        self.split = split
        self.kind = kind
        self.random = np.random.default_rng([seed, *kind.encode(), 17 if split == "tuning" else 29])
        self.size = size
        self.pen = _pen(split, seed, size)
        self.palette = self._palette()
        self.background: Floats = np.zeros((size[1], size[0], 3), np.float32)
        self.elements: list[Element] = []
        self._seen = self.background

    def poster(self) -> Poster:
        """What was composed, without the elements of which hardly anything can be seen."""
        drawn = Poster(self.kind, self.background, tuple(self.elements))
        shown = zip(drawn.elements, drawn.visible_alphas(), strict=True)
        kept = [e for e, alpha in shown if alpha.sum() > max(SMALLEST_PX, HIDDEN * e.rgba[:, :, 3].sum())]
        return Poster(self.kind, self.background, tuple(kept))

    def lay_ground(self, choice: str) -> None:
        """``flat``, ``gradient``, ``photo`` or ``texture``, before anything else."""
        first, second = self.palette[:2]
        if choice == "gradient":
            plane = gradient(first, first * 0.4 + second * 0.6, self.angle(), bool(self.random.random() < 0.3))
        elif choice == "photo":
            plane = photo(self.random, np.array(self.palette[:5], np.float32))
        elif choice == "texture":
            plane = texture(self.random, self.split, first)
        else:
            plane = np.broadcast_to(first, (SIZE, SIZE, 3))
        self.background = np.asarray(plane[: self.size[1], : self.size[0]], np.float32)
        self._seen = self.background

    def add(self, name: str, alpha: Floats, colors: Floats) -> None:
        """``colors`` is one colour ``(3,)`` or a plane ``(H, W, 3)``, 0-255."""
        plane = np.broadcast_to(colors, (*alpha.shape, 3))
        self.elements.append(Element(name, np.dstack([plane, alpha]).astype(np.float32)))
        self._seen = plane * alpha[:, :, None] + self._seen * (1 - alpha[:, :, None])

    def fill(self, name: str, outlines: Sequence[Points], colors: Floats, opacity: float = 1.0) -> Floats:
        """Add what the outlines lie around; its alpha is returned."""
        alpha = np.asarray(self.pen.fill(outlines) * opacity, np.float32)
        self.add(name, alpha, colors)
        return alpha

    def write(
        self, name: str, words: str, center: tuple[float, float], size: float, fit: float,
        script: str = "latin", angle: float = 0.0, color: Floats | None = None,
    ) -> Floats:  # fmt: skip
        """Add a line of text in a colour that can be read there; its alpha is returned."""
        alpha = self.pen.write(words, center, size, fit, script, int(self.random.integers(12)), angle)
        found = self.color(*self.around(alpha), far=260) if color is None else color
        self.add(name, alpha, found)
        return alpha

    def words(self, script: str = "latin") -> str:
        return str(self.random.choice(WORDS[self.split][script]))

    def around(self, alpha: Floats) -> list[Floats]:
        """The mean and the extremes of what is seen where an alpha would lie."""
        seen = self._seen[alpha > 0.3]
        if seen.size == 0:
            return [self._seen.reshape(-1, 3).mean(axis=0)]
        order = np.argsort(seen.sum(axis=1))
        return [seen.mean(axis=0), seen[order[len(order) // 10]], seen[order[len(order) * 9 // 10]]]

    def color(self, *others: Floats, far: float = NEAR) -> Floats:
        """One of the palette's, of black and of white that is far from the others, or else the farthest."""
        choices = [*self.palette, np.zeros(3, np.float32) + 12, np.zeros(3, np.float32) + 250]
        near = [min((float(np.abs(c - other).sum()) for other in others), default=999.0) for c in choices]
        good = [c for c, distance in zip(choices, near, strict=True) if distance > far]
        return good[int(self.random.integers(len(good)))] if good else choices[int(np.argmax(near))]

    def plain_or_gradient(self, color: Floats) -> Floats:
        """The colour, or in a quarter of the cases a run from it to a darker or lighter one."""
        if self.random.random() > 0.25:
            return color
        other = np.clip(color * 0.6 + self.random.uniform(0, 100, 3), 0, 255).astype(np.float32)
        return gradient(color, other, self.angle(), False)[: self.size[1], : self.size[0]]

    def place(self, width: tuple[float, float], height: tuple[float, float]) -> Box:
        """A box of a size between two shares of the canvas; on the reported split its corners lie on a grid."""
        canvas_w, canvas_h = self.size
        cell = 1 if self.split == "tuning" else SIZE // 16
        w = max(cell, int(self.random.uniform(*width) * canvas_w) // cell * cell)
        h = max(cell, int(self.random.uniform(*height) * canvas_h) // cell * cell)
        margin = 16
        x = int(self.random.integers(margin, max(margin + 1, canvas_w - w - margin))) // cell * cell
        y = int(self.random.integers(margin, max(margin + 1, canvas_h - h - margin))) // cell * cell
        return x, y, w, h

    def angle(self) -> float:
        return float(self.random.uniform(0, 2 * np.pi))

    def between(self, low: float, high: float) -> float:
        return float(self.random.uniform(low, high))

    def _palette(self) -> list[Floats]:
        if self.split == "tuning":
            chosen = PALETTES[int(self.random.integers(len(PALETTES)))]
            colors = [np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)], np.float32) for c in chosen]
            self.random.shuffle(colors)  # type: ignore[arg-type]
            return colors
        hue = self.random.uniform(0, 180)
        steps = (0, self.random.uniform(10, 40), 90, 120, 60, self.random.uniform(0, 180))
        values = self.random.permutation([250, 200, 150, 100, 60, 225])
        pixels = [[((hue + s) % 180, self.random.uniform(20, 230), v) for s, v in zip(steps, values, strict=True)]]
        rgb = cv2.cvtColor(np.array(pixels).astype(np.uint8), cv2.COLOR_HSV2RGB)
        return list(rgb[0].astype(np.float32))


def _pen(split: SplitName, seed: int, size: tuple[int, int]) -> Pen:
    """Pillow's, or in turn OpenCV's and resvg's."""
    if split == "tuning":
        return PillowPen(size)
    return SvgPen(size) if seed % 2 else OpenCvPen(size)
