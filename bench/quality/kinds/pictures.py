"""Small pictures on posters: icons, coloured faces, cut-outs of photographs with soft edges."""

import cv2
import numpy as np

from bench.quality import figures
from bench.quality.composition import Composition
from bench.quality.figures import Points
from bench.quality.poster import Floats, photo


def icons(page: Composition) -> None:
    """A row of icons on discs or tiles, a face of several colours, a caption."""
    page.lay_ground(("flat", "gradient", "texture")[int(page.random.integers(3))])
    width, height = page.size
    count, radius = 3, page.between(48, 80)
    y = height * page.between(0.2, 0.6)
    plate = page.color(page.palette[0])
    for number in range(count):
        x = width * (number + 0.5) / count
        tile = page.split == "reported"
        outline = (
            figures.rounded(x - radius, y - radius, 2 * radius, 2 * radius, radius * 0.3)
            if tile
            else figures.ellipse(x, y, radius)
        )
        page.fill(f"plate {number + 1}", [outline], plate)
        name, outlines = _icon(int(page.random.integers(6)), x, y, radius * 0.55)
        page.fill(f"{name} {number + 1}", outlines, page.color(plate))
    alpha, colors = _face(page, width * page.between(0.2, 0.8), y + radius * 2.2, page.between(36, 64))
    page.add("face", alpha, colors)
    page.write("caption", page.words(), (width / 2, height * 0.1), page.between(28, 60), width * 0.8)


def _icon(choice: int, x: float, y: float, r: float) -> tuple[str, list[Points]]:
    if choice == 0:
        return "heart", [figures.heart(x, y, r)]
    if choice == 1:
        return "star", [figures.star(x, y, r, 5, 0.42)]
    if choice == 2:
        return "ring", [figures.ellipse(x, y, r), figures.ellipse(x, y, r * 0.6)]
    if choice == 3:
        roof = np.array(
            [
                [x - r, y],
                [x, y - r],
                [x + r, y],
                [x + r * 0.7, y],
                [x + r * 0.7, y + r],
                [x - r * 0.7, y + r],
                [x - r * 0.7, y],
            ]
        )
        return "house", [roof, figures.box(x - r * 0.2, y + r * 0.3, r * 0.4, r * 0.7)]
    if choice == 4:
        arrow = np.array([[-1, -0.3], [0.1, -0.3], [0.1, -0.8], [1, 0], [0.1, 0.8], [0.1, 0.3], [-1, 0.3]]) * r + (x, y)
        return "arrow", [arrow]
    cross = np.array(
        [
            [-0.3, -1],
            [0.3, -1],
            [0.3, -0.3],
            [1, -0.3],
            [1, 0.3],
            [0.3, 0.3],
            [0.3, 1],
            [-0.3, 1],
            [-0.3, 0.3],
            [-1, 0.3],
            [-1, -0.3],
            [-0.3, -0.3],
        ]
    )
    return "cross", [cross * r + (x, y)]


def _face(page: Composition, x: float, y: float, r: float) -> tuple[Floats, Floats]:
    """Yellow, with two eyes and a mouth: one element of several colours."""
    alpha = page.pen.fill([figures.ellipse(x, y, r)])
    colors = np.broadcast_to(np.array([255, 204, 51], np.float32), (*alpha.shape, 3))
    parts = [
        (figures.ellipse(x - r * 0.35, y - r * 0.2, r * 0.12, r * 0.2), (70, 50, 20)),
        (figures.ellipse(x + r * 0.35, y - r * 0.2, r * 0.12, r * 0.2), (70, 50, 20)),
        (figures.arc(x, y + r * 0.1, r * 0.55, 0.1, np.pi - 0.1), (170, 40, 40)),
        (figures.ellipse(x - r * 0.62, y + r * 0.15, r * 0.14), (250, 150, 90)),
    ]
    for outline, color in parts:
        share = page.pen.fill([outline])[:, :, None]
        colors = colors * (1 - share) + np.array(color, np.float32) * share
    return alpha, np.asarray(colors, np.float32)


def matte(page: Composition) -> None:
    """Two cut-outs of photographs with soft or frayed edges, a bar, a headline over one of them."""
    page.lay_ground(("flat", "gradient", "photo")[int(page.random.integers(3))])
    width, height = page.size
    x, y, w, h = page.place((0.5, 0.9), (0.08, 0.14))
    page.fill("bar", [figures.box(x, y, w, h)], page.color(page.palette[0]))
    for number in range(2):
        cx, cy, radius = page.between(0.25, 0.75) * width, page.between(0.25, 0.75) * height, page.between(80, 170)
        alpha = page.pen.fill([figures.blob(page.random, cx, cy, radius)])
        soft = cv2.GaussianBlur(alpha, (0, 0), page.between(1.5, 7))
        fray = cv2.GaussianBlur(page.random.normal(0, 1, alpha.shape).astype(np.float32), (0, 0), 1.5)
        edge = np.clip(soft + fray * soft * (1 - soft) * page.between(0, 5), 0, 1)
        tones = np.array([page.color(), page.color(), page.color()], np.float32)
        picture = photo(page.random, tones)[:height, :width]
        page.add(f"cut-out {number + 1}", np.where(edge < 2 / 255, 0, edge).astype(np.float32), picture)
    middle = float(np.clip(cx, width * 0.35, width * 0.65))
    page.write("headline", page.words(), (middle, cy), page.between(44, 90), width * 0.6)
