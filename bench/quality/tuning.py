"""The posters one tunes on: drawn by Pillow, supersampled, free placement, the fonts this machine has."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.quality.poster import SIZE, Element, Floats, Kind, Poster, gradient, photo

SCALE = 3
WORDS = (
    "SUMMER", "Sale", "Open", "Night", "FESTIVAL", "Coffee", "Jazz", "New", "Design", "Week", "Hello", "WORLD", "50%",
    "Today", "Music", "Free", "Entry", "Garden", "Party", "Winter", "2026", "Book", "Fair", "Run", "City", "Market",
)  # fmt: skip
PALETTES = (
    ("#f6f1e7", "#e4572e", "#17bebb", "#2e282a", "#ffc914", "#76b041"),
    ("#0b132b", "#1c2541", "#3a506b", "#5bc0be", "#ffffff", "#f7b32b"),
    ("#ffffff", "#f2f2f2", "#d90429", "#2b2d42", "#8d99ae", "#edf2f4"),
    ("#264653", "#2a9d8f", "#e9c46a", "#f4a261", "#e76f51", "#fefae0"),
    ("#fde2e4", "#fad2e1", "#bee1e6", "#cddafd", "#6d597a", "#355070"),
    ("#101010", "#ff2e63", "#08d9d6", "#eaeaea", "#f9ed69", "#6a2c70"),
)


def draw(kind: Kind, seed: int) -> Poster:
    """One poster of a kind; the same seed gives the same poster."""
    random = np.random.default_rng([seed, 11])
    colors = [_rgb(color) for color in PALETTES[int(random.integers(len(PALETTES)))]]
    random.shuffle(colors)
    ground = colors.pop()
    background = _background(kind, random, ground, colors[0])
    elements = _elements(kind, random, colors, ground)
    return Poster(kind, background, tuple(elements))


def _rgb(color: str) -> Floats:
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], np.float32)


def _background(kind: Kind, random: np.random.Generator, ground: Floats, other: Floats) -> Floats:
    if kind == "photo" or (kind == "glass" and random.random() < 0.4):
        return photo(random, random.uniform(10, 245, (5, 3)).astype(np.float32))
    if kind == "gradient" or random.random() < 0.3:
        mixed = ground * 0.35 + other * 0.65
        return gradient(ground, mixed, float(random.uniform(0, 6.28)), bool(random.random() < 0.25))
    return np.broadcast_to(ground, (SIZE, SIZE, 3)).astype(np.float32)


def _elements(kind: Kind, random: np.random.Generator, colors: list[Floats], ground: Floats) -> list[Element]:
    found: list[Element] = []
    box = _panel_box(random)
    panel = _shape(random, box, "panel")
    fill = _distinct(random, colors, [ground])
    if kind == "glass":
        low = _blob_at(random, box)
        found.append(_painted("shape", low, _distinct(random, colors, [ground])))
        tint = _rgb("#ffffff") if random.random() < 0.6 else fill
        found.append(_painted("glass", panel * float(random.uniform(0.3, 0.7)), tint))
        fill = 0.5 * tint + 0.5 * ground
    elif kind == "shadow":
        found.extend(_card(random, panel, fill))
    else:
        found.append(_painted("panel", panel, fill, random))
        place = _panel_box(random) if random.random() < 0.5 else box
        found.append(_painted("shape", _blob_at(random, place), _distinct(random, colors, [ground, fill]), random))
    text = _distinct(random, [*colors, _rgb("#000000"), _rgb("#ffffff")], [fill, ground])
    found.append(_painted("headline", _text(random, box, 2), text))
    if random.random() < 0.5:
        y = int(random.integers(30, SIZE - 80))
        second = _distinct(random, [*colors, _rgb("#000000"), _rgb("#ffffff")], [fill, ground, text])
        found.append(_painted("line", _text(random, (40, y, SIZE - 80, 50), 1), second))
    else:
        small = (int(random.integers(SIZE - 160)), int(random.integers(SIZE - 160)))
        badge = _shape(random, (*small, int(random.integers(60, 150)), int(random.integers(60, 150))), "badge")
        found.insert(len(found) - 1, _painted("badge", badge, _distinct(random, colors, [ground, fill])))
    return found


def _card(random: np.random.Generator, panel: Floats, fill: Floats) -> list[Element]:
    sigma, strength = float(random.uniform(6, 22)), float(random.uniform(0.25, 0.6))
    shift = np.array([[1, 0, random.uniform(-10, 16)], [0, 1, random.uniform(4, 24)]], np.float32)
    moved = cv2.warpAffine(panel, shift, (SIZE, SIZE))
    shadow = _painted("shadow", cv2.GaussianBlur(moved, (0, 0), sigma) * strength, np.zeros(3, np.float32))
    return [shadow, _painted("card", panel, fill, random)]


def _panel_box(random: np.random.Generator) -> tuple[int, int, int, int]:
    w, h = int(random.integers(260, 560)), int(random.integers(180, 480))
    return int(random.integers(20, SIZE - w - 20)), int(random.integers(20, SIZE - h - 20)), w, h


def _distinct(random: np.random.Generator, colors: list[Floats], others: list[Floats]) -> Floats:
    distances = [min(float(np.abs(color - other).sum()) for other in others) for color in colors]
    far = [color for color, distance in zip(colors, distances, strict=True) if distance > 130]
    return far[int(random.integers(len(far)))] if far else colors[int(np.argmax(distances))]


def _painted(name: str, alpha: Floats, color: Floats, random: np.random.Generator | None = None) -> Element:
    plane = np.broadcast_to(color, (SIZE, SIZE, 3))
    if random is not None and random.random() < 0.25:
        plane = gradient(color, np.clip(color * 0.55 + random.uniform(0, 110, 3), 0, 255), random.uniform(0, 6), False)
    return Element(name, np.dstack([plane, alpha]).astype(np.float32))


def _canvas() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("L", (SIZE * SCALE, SIZE * SCALE))
    return image, ImageDraw.Draw(image)


def _alpha(image: Image.Image) -> Floats:
    return np.asarray(image.resize((SIZE, SIZE), Image.Resampling.BOX), np.float32) / 255


def _shape(random: np.random.Generator, box: tuple[int, int, int, int], name: str) -> Floats:
    image, pen = _canvas()
    x, y, w, h = (value * SCALE for value in box)
    choice = random.random()
    if name == "panel" and choice < 0.85:
        pen.rounded_rectangle((x, y, x + w - 1, y + h - 1), int(random.choice([0, 0, 12, 28])) * SCALE, 255)
    elif choice < 0.75:
        pen.ellipse((x, y, x + w - 1, y + h - 1), 255)
    else:
        corners = int(random.integers(3, 9))
        angles = np.sort(random.uniform(0, 6.28, corners)) if choice < 0.85 else np.arange(corners) * 6.283 / corners
        points = [(x + w / 2 * (1 + np.cos(a)), y + h / 2 * (1 + np.sin(a))) for a in angles]
        pen.polygon(points, 255)
    return _alpha(image)


def _blob_at(random: np.random.Generator, box: tuple[int, int, int, int]) -> Floats:
    x, y, w, h = box
    size = int(random.integers(110, 300))
    corner = (x, y) if random.random() < 0.5 else (x + w, y + h)
    left, top = (int(np.clip(c - size * random.uniform(0.3, 0.7), 0, SIZE - size)) for c in corner)
    return _shape(random, (left, top, size, int(size * random.uniform(0.7, 1.1))), "blob")


def _fonts() -> list[Path]:
    return sorted(Path("/usr/share/fonts").rglob("*Serif*.ttf"))


def _text(random: np.random.Generator, box: tuple[int, int, int, int], lines: int) -> Floats:
    image, pen = _canvas()
    x, y, w, h = box
    fonts = _fonts()
    size = int(min(h / (lines + 0.6), 130) * random.uniform(0.6, 0.9))
    use_system = bool(fonts) and random.random() < 0.5
    chosen = str(fonts[int(random.integers(len(fonts)))]) if use_system else None
    for line in range(lines):
        words = " ".join(WORDS[int(i)] for i in random.integers(len(WORDS), size=1 + (lines == 1)))
        font = ImageFont.truetype(chosen, size * SCALE) if chosen else ImageFont.load_default(size * SCALE)
        length = pen.textlength(words, font=font)
        if length > (w - 30) * SCALE:
            fit = size * SCALE * (w - 30) * SCALE / length
            font = ImageFont.truetype(chosen, fit) if chosen else ImageFont.load_default(fit)
        pen.text(((x + 15) * SCALE, int(y + 10 + line * size * 1.25) * SCALE), words, 255, font=font)
    return _alpha(image)
