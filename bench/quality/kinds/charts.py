"""Charts: bars, a line with its area, rings of shares; with axes, grid and labels."""

import numpy as np

from bench.quality import figures
from bench.quality.composition import Composition


def chart(page: Composition) -> None:
    """One of three charts under a title."""
    page.lay_ground("flat")
    width, height = page.size
    across = width / 2 if page.split == "reported" else width * 0.36
    page.write("title", page.words(), (across, height * 0.09), page.between(34, 60), width * 0.6)
    (_bars, _line, _ring)[int(page.random.integers(3))](page)
    page.write("note", f"{page.words()} {page.words()}", (across, height * 0.95), page.between(15, 22), width * 0.6)


def _axes(page: Composition) -> tuple[float, float, float, float]:
    width, height = page.size
    x, y, w, h = width * 0.12, height * 0.2, width * 0.76, height * 0.62
    ink = page.color(page.palette[0], far=250)
    rows = [figures.box(x, y + h * row / 5, w, 1.5) for row in range(5)]
    page.fill("grid", rows, np.asarray(ink * 0.3 + page.palette[0] * 0.7, np.float32))
    page.fill("axes", [figures.box(x - 3, y, 3, h + 3), figures.box(x, y + h, w, 3)], ink)
    return x, y, w, h


def _bars(page: Composition) -> None:
    x, y, w, h = _axes(page)
    count = int(page.random.integers(4, 7))
    for series in range(2):
        color = page.color(page.palette[0], *(e.rgba[0, 0, :3] for e in page.elements[-1:]))
        wide, gap = w / count * 0.36, w / count * 0.12
        outlines = []
        for bar in range(count):
            tall = h * page.between(0.15, 0.95)
            left = x + w * bar / count + gap + series * wide
            outlines.append(figures.rounded(left, y + h - tall, wide * 0.94, tall, 0))
        page.fill(f"bars {series + 1}", outlines, color)
    labels = "   ".join(str(2000 + 5 * bar) for bar in range(count))
    page.write("labels", labels, (x + w / 2, y + h + 26), 22, w * 0.9)


def _line(page: Composition) -> None:
    x, y, w, h = _axes(page)
    steps = np.linspace(0, 1, 9)
    values = np.clip(np.cumsum(page.random.uniform(-0.25, 0.3, 9)) * 0.5 + 0.4, 0.05, 0.95)
    path = np.stack([x + steps * w, y + h * (1 - values)], axis=1)
    color = page.color(page.palette[0])
    page.fill("area", [np.vstack([path, [[x + w, y + h], [x, y + h]]])], color, page.between(0.3, 0.6))
    line = page.pen.stroke(path, page.between(3, 7))
    page.add("line", line, color * 0.8)
    page.fill("points", [figures.ellipse(px, py, 9) for px, py in path], page.color(page.palette[0], color))


def _ring(page: Composition) -> None:
    width, height = page.size
    cx, cy, radius = width / 2, height * 0.53, height * 0.3
    shares = np.cumsum(page.random.uniform(0.5, 2, 4))
    ends = np.concatenate([[0], shares / shares[-1]]) * 2 * np.pi - np.pi / 2
    inner = radius * (0.55 if page.split == "reported" else 0.0)
    last = page.palette[0]
    for number in range(4):
        outer = figures.arc(cx, cy, radius, ends[number], ends[number + 1])
        back = figures.arc(cx, cy, inner, ends[number + 1], ends[number]) if inner else np.array([[cx, cy]])
        last = page.color(page.palette[0], last)
        page.fill(f"share {number + 1}", [np.vstack([outer, back])], last)
    if inner:
        page.write("number", f"{int(page.random.integers(10, 99))}%", (cx, cy), 76, inner * 1.5)
