"""Colour emoji: small pictures of several colours, each one element, beside words; no font has a part in them."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import cv2
import numpy as np

from bench.quality import figures
from bench.quality.composition import Composition
from bench.quality.figures import Points
from bench.quality.poster import Floats

Part: TypeAlias = tuple[Sequence[Points], tuple[float, float, float]]
"""Outlines around the origin, the whole within -1 and 1, and their colour."""
INK = (72.0, 48.0, 30.0)
_SHADE = 0.14
"""How much darker the foot of an emoji is than its head."""


def emoji(page: Composition) -> None:
    """A bubble of talk with emoji in it and a large sticker; or a row of them over a headline, and one on a button."""
    page.lay_ground(("flat", "gradient", "photo")[int(page.random.integers(3))])
    width, height = page.size
    makers = TUNING if page.split == "tuning" else REPORTED
    order = [makers[int(index)] for index in page.random.permutation(len(makers))]
    if page.split == "tuning":
        w, h = width * page.between(0.6, 0.8), height * page.between(0.18, 0.26)
        x, y = width * page.between(0.06, 0.16), height * page.between(0.2, 0.45)
        page.fill("bubble", [figures.rounded(x, y, w, h, h * 0.3)], page.color(page.palette[0]))
        page.write("words", page.words(), (x + w * 0.33, y + h / 2), h * 0.4, w * 0.5)
        for number, (name, maker) in enumerate(order[:2]):
            _add(page, f"{name} {number + 1}", maker(), x + w * (0.7 + 0.17 * number), y + h / 2, h * 0.24)
        name, maker = order[2]
        _add(page, f"sticker of a {name}", maker(), width * 0.7, height * 0.76, page.between(70, 110), border=7)
    else:
        y, radius = height * page.between(0.22, 0.34), page.between(52, 84)
        for number, (name, maker) in enumerate(order[:3]):
            _add(page, f"{name} {number + 1}", maker(), width * (0.2 + 0.3 * number), y, radius)
        page.write("headline", page.words(), (width / 2, height * 0.58), page.between(60, 90), width * 0.8)
        button = figures.rounded(width * 0.25, height * 0.74, width * 0.5, 84, 42)
        page.fill("button", [button], page.color(page.palette[0]))
        page.write("button's label", page.words(), (width * 0.45, height * 0.74 + 42), 36, width * 0.3)
        _add(page, f"{order[3][0]} on the button", order[3][1](), width * 0.68, height * 0.74 + 42, 24)


def _add(page: Composition, name: str, parts: Sequence[Part], x: float, y: float, r: float, border: float = 0) -> None:
    alpha, colors = _painted(page, parts, x, y, r)
    if border:
        side = 2 * round(border) + 1
        around = cv2.dilate(alpha, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
        colors = np.where(around[:, :, None] > 0, colors * alpha[:, :, None] + 255 * (1 - alpha[:, :, None]), colors)
        alpha = around
    page.add(name, alpha, np.asarray(np.clip(colors, 0, 255), np.float32))


def _painted(page: Composition, parts: Sequence[Part], x: float, y: float, r: float) -> tuple[Floats, Floats]:
    """One part over another, on a piece no larger than needed; alpha and straight colours of the whole page."""
    edge = round(2.4 * r) + 8
    left, top = round(x - edge / 2), round(y - edge / 2)
    pen = type(page.pen)((edge, edge))
    alpha = np.zeros((edge, edge, 1), np.float32)
    seen = np.zeros((edge, edge, 3), np.float32)
    down = np.linspace(1, 1 - _SHADE, edge, dtype=np.float32)[:, None, None]
    for outlines, color in parts:
        share = pen.fill([points * r + (x - left, y - top) for points in outlines])[:, :, None]
        seen = seen * (1 - share) + np.array(color, np.float32) * down * share
        alpha = alpha + share * (1 - alpha)
    first = np.array(parts[0][1], np.float32)
    straight = np.where(alpha > 1 / 510, seen / np.maximum(alpha, 1e-3), first)
    width, height = page.size
    whole, colors = np.zeros((height, width), np.float32), np.broadcast_to(first, (height, width, 3)).copy()
    rows, columns = slice(max(0, top), min(height, top + edge)), slice(max(0, left), min(width, left + edge))
    part = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
    whole[rows, columns], colors[rows, columns] = alpha[part][:, :, 0], straight[part]
    return whole, colors


def _smile() -> list[Part]:
    eyes = [figures.ellipse(side * 0.36, -0.22, 0.11, 0.19) for side in (-1, 1)]
    return [
        ([figures.ellipse(0, 0, 1)], (255, 204, 51)),
        (eyes, INK),
        ([figures.arc(0, 0.12, 0.58, 0.1, np.pi - 0.1)], INK),
        ([figures.arc(0, 0.34, 0.36, 0.25, np.pi - 0.25)], (232, 82, 92)),
    ]


def _heart() -> list[Part]:
    return [
        ([figures.heart(0, 0, 1)], (226, 45, 66)),
        ([figures.ellipse(-0.46, -0.42, 0.2, 0.13)], (250, 150, 158)),
    ]


def _sun() -> list[Part]:
    return [
        ([figures.star(0, 0, 1, 12, 0.74)], (250, 152, 30)),
        ([figures.ellipse(0, 0, 0.66)], (255, 214, 64)),
        ([figures.ellipse(-0.2, -0.22, 0.16)], (255, 240, 176)),
    ]


def _coffee() -> list[Part]:
    return [
        ([figures.ellipse(0.62, 0.1, 0.34), figures.ellipse(0.62, 0.1, 0.2)], (214, 220, 228)),
        ([figures.rounded(-0.8, -0.4, 1.4, 1.2, 0.35)], (240, 243, 247)),
        ([figures.ellipse(-0.1, -0.38, 0.66, 0.2)], (120, 72, 38)),
        ([figures.rounded(-0.9, 0.82, 1.6, 0.16, 0.08)], (180, 188, 198)),
    ]


def _balloon() -> list[Part]:
    return [
        ([figures.box(-0.03, 0.6, 0.06, 0.4)], (110, 110, 120)),
        ([figures.polygon(0, 0.62, 0.16, 3, -np.pi / 2)], (150, 30, 90)),
        ([figures.ellipse(0, -0.2, 0.66, 0.8)], (222, 58, 140)),
        ([figures.ellipse(-0.24, -0.5, 0.13, 0.2)], (248, 170, 208)),
    ]


def _gift() -> list[Part]:
    return [
        ([figures.box(-0.8, -0.1, 1.6, 1.05)], (58, 128, 222)),
        ([figures.box(-0.9, -0.35, 1.8, 0.32)], (84, 156, 240)),
        ([figures.box(-0.14, -0.35, 0.28, 1.3)], (250, 212, 60)),
        ([figures.ellipse(-0.36, -0.62, 0.38, 0.24), figures.ellipse(-0.36, -0.62, 0.2, 0.1)], (250, 212, 60)),
        ([figures.ellipse(0.36, -0.62, 0.38, 0.24), figures.ellipse(0.36, -0.62, 0.2, 0.1)], (250, 212, 60)),
    ]


def _flame() -> list[Part]:
    drop = np.array([[0, -1], [0.34, -0.42], [0.66, 0.1], [0.6, 0.6], [0.3, 0.92], [-0.3, 0.92], [-0.6, 0.6],
                     [-0.66, 0.1], [-0.3, -0.24]])  # fmt: skip
    return [
        ([drop], (240, 90, 36)),
        ([drop * 0.66 + (0, 0.28)], (250, 170, 40)),
        ([drop * 0.34 + (0, 0.54)], (255, 236, 150)),
    ]


def _clover() -> list[Part]:
    leaves = [figures.heart(0, 0, 0.48) @ _turned(quarter) + (0.44 * np.sin(quarter), -0.44 * np.cos(quarter))
              for quarter in (0, np.pi / 2, np.pi, 3 * np.pi / 2)]  # fmt: skip
    return [
        ([np.array([[-0.04, 0.1], [0.06, 0.1], [0.3, 0.98], [0.18, 0.98]])], (40, 110, 52)),
        *(([leaf], (60, 168, 76)) for leaf in leaves),
        ([figures.ellipse(0, 0, 0.13)], (140, 214, 120)),
    ]


def _turned(angle: float) -> Points:
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


Maker: TypeAlias = Callable[[], list[Part]]
TUNING: tuple[tuple[str, Maker], ...] = (
    ("smile", _smile),
    ("heart", _heart),
    ("sun", _sun),
    ("cup of coffee", _coffee),
)
REPORTED: tuple[tuple[str, Maker], ...] = (
    ("balloon", _balloon),
    ("gift", _gift),
    ("flame", _flame),
    ("clover", _clover),
)
