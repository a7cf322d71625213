"""Shapes on each other, thin lines and rings, and both on textures."""

from bench.quality import figures
from bench.quality.composition import Composition
from bench.quality.figures import Points


def on_texture(page: Composition) -> None:
    """A panel with words, a blob and a line on a textured ground."""
    page.lay_ground("texture")
    x, y, w, h = page.place((0.4, 0.7), (0.25, 0.5))
    panel = page.plain_or_gradient(page.color(page.palette[0]))
    page.fill("panel", [figures.rounded(x, y, w, h, page.between(0, 40))], panel)
    blob = page.pen.fill([figures.blob(page.random, x + w, y + h, page.between(50, 110))])
    page.add("blob", blob, page.color(*page.around(blob), panel.reshape(-1, 3).mean(axis=0)))
    page.write("headline", page.words(), (x + w * 0.45, y + h * 0.45), min(h * 0.4, 90), w * 0.75)


def shapes(page: Composition) -> None:
    """Five shapes, some over others, and a word."""
    page.lay_ground("flat" if page.random.random() < 0.6 else "gradient")
    for number in range(5):
        name, outlines = _shape(page)
        alpha = page.pen.fill(outlines)
        page.add(
            f"{name} {number + 1}", alpha, page.plain_or_gradient(page.color(*page.around(alpha), page.palette[0]))
        )
    x, y, w, h = page.place((0.4, 0.8), (0.1, 0.2))
    page.write("word", page.words(), (x + w / 2, y + h / 2), h * 0.8, w)


def _shape(page: Composition) -> tuple[str, list[Points]]:
    x, y, w, h = page.place((0.15, 0.42), (0.15, 0.42))
    cx, cy, radius = x + w / 2, y + h / 2, min(w, h) / 2
    choice = int(page.random.integers(6))
    if choice == 0:
        return "rounded rectangle", [figures.rounded(x, y, w, h, page.between(0, radius))]
    if choice == 1:
        return "ellipse", [figures.ellipse(cx, cy, w / 2, h / 2)]
    if choice == 2:
        return "blob", [figures.blob(page.random, cx, cy, radius)]
    if choice == 3:
        return "star", [figures.star(cx, cy, radius, int(page.random.integers(4, 13)), page.between(0.35, 0.85))]
    if choice == 4:
        return "polygon", [figures.polygon(cx, cy, radius, int(page.random.integers(3, 8)), page.angle())]
    inner = radius * page.between(0.4, 0.8)
    return "ring", [figures.ellipse(cx, cy, radius), figures.ellipse(cx, cy, inner)]


def lines(page: Composition) -> None:
    """Lines of 1 to 6 pixels: straight, waved, an arc, a ring and a frame."""
    page.lay_ground("flat" if page.random.random() < 0.5 else "gradient")
    width, height = page.size
    frame = page.between(14, 50)
    border = figures.rounded(frame, frame, width - 2 * frame, height - 2 * frame, page.between(0, 60))
    _line(page, "frame", border, closed=True)
    x, y, w, h = page.place((0.3, 0.6), (0.05, 0.2))
    _line(page, "wave", figures.wave(x, y + h / 2, w, h, page.between(2, 6)))
    x, y, w, h = page.place((0.25, 0.5), (0.25, 0.5))
    radius = min(w, h) / 2
    _line(page, "ring", figures.ellipse(x + w / 2, y + h / 2, radius), closed=True)
    start = page.angle()
    _line(page, "arc", figures.arc(width / 2, height / 2, page.between(150, 320), start, start + page.between(0.8, 4)))
    x, y, w, h = page.place((0.4, 0.8), (0.02, 0.3))
    rise = h if page.random.random() < 0.5 else 0
    _line(page, "line", figures.box(x, y, w, rise)[[0, 2]])
    page.write("words", page.words(), (width / 2, height * page.between(0.3, 0.7)), page.between(30, 70), width * 0.6)


def _line(page: Composition, name: str, points: Points, closed: bool = False) -> None:
    alpha = page.pen.stroke(points, page.between(1, 6), closed)
    page.add(name, alpha, page.color(*page.around(alpha), far=200))
