"""The posters one reports: drawn by OpenCV's own primitives on a grid, other colours, other letters."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.quality.poster import SIZE, Element, Floats, Kind, Poster, gradient, photo

SCALE = 4
SHIFT = 4
PHRASES = (
    "quiet rooms", "Bakery", "north", "Atlas of light", "open studio", "ORBIT", "slow food", "River Days", "tuesday",
    "GALLERY", "letters", "Kino", "the harbour", "Opening", "No. 7", "archive", "Vol. 12", "MOUNTAIN", "blue hour",
)  # fmt: skip
FACES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono-Bold.ttf", "DejaVuSansCondensed-Bold.ttf")
HERSHEY = (cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_COMPLEX)


def draw(kind: Kind, seed: int) -> Poster:
    """One poster of a kind; the same seed gives the same poster."""
    random = np.random.default_rng([seed, 7919])
    hue = float(random.uniform(0, 180))
    background = _background(kind, random, hue)
    ground = background.reshape(-1, 3).mean(axis=0)
    used = [ground]
    elements: list[Element] = []
    card = _card_box(random)
    if kind == "glass":
        elements.append(_element("disc", _disc(random, card), _color(random, used)))
        elements.append(_element("bar", _bar(random, card), _color(random, used)))
        tint = np.full(3, 255.0) if random.random() < 0.5 else _color(random, used)
        elements.append(_element("glass", _card(random, card) * random.uniform(0.3, 0.7), tint))
    elif kind == "shadow":
        shape = _card(random, card)
        sigma = float(random.uniform(8, 26))
        soft = cv2.GaussianBlur(np.roll(shape, int(random.integers(4, 26)), axis=0), (0, 0), sigma)
        elements.append(_element("shadow", soft * random.uniform(0.25, 0.65), np.zeros(3)))
        elements.append(_element("card", shape, _color(random, used)))
        elements.append(_element("disc", _disc(random, card), _color(random, used)))
    else:
        elements.append(_element("card", _card(random, card), _color(random, used), random))
        elements.append(_element("disc", _disc(random, card), _color(random, used), random))
        elements.append(_element("bar", _bar(random, _card_box(random)), _color(random, used)))
    seen = Poster(kind, background, tuple(elements)).picture()[:, :, :3].astype(np.float32)
    x, y, w, h = card
    under = seen[y + 20 : y + h - 20, x + 20 : x + w - 20].reshape(-1, 3).mean(axis=0)
    words = _words(random, card)
    elements.append(_element("words", words, _color(random, [under], far=200)))
    return Poster(kind, background, tuple(elements))


def _background(kind: Kind, random: np.random.Generator, hue: float) -> Floats:
    first = _hsv(hue, random.uniform(0, 160), random.uniform(40, 250))
    second = _hsv(hue + random.uniform(-35, 35), random.uniform(40, 200), random.uniform(30, 250))
    choice = random.random()
    if kind == "photo" or (kind in ("glass", "shadow") and choice < 0.25):
        colors = [_hsv(hue + random.uniform(-30, 30), random.uniform(20, 220), v) for v in (20, 70, 130, 190, 245)]
        return photo(random, np.array(colors, np.float32))
    if kind == "gradient" or (kind in ("glass", "shadow") and choice < 0.6):
        return gradient(first, second, float(random.uniform(0, 6.28)), bool(random.random() < 0.3))
    return np.broadcast_to(first, (SIZE, SIZE, 3)).astype(np.float32)


def _hsv(hue: float, saturation: float, value: float) -> Floats:
    pixel = np.uint8([[[int(hue) % 180, int(saturation), int(value)]]])  # type: ignore[arg-type]
    return cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0].astype(np.float32)


def _color(random: np.random.Generator, used: list[Floats], far: float = 140) -> Floats:
    """A colour far from those used so far; it counts as used from now on."""
    best, distance = used[0], -1.0
    for _ in range(12):
        color = _hsv(random.uniform(0, 180), random.uniform(0, 255), random.uniform(20, 255))
        near = min(float(np.abs(color - other).sum()) for other in used)
        if near > distance:
            best, distance = color, near
        if near > far:
            break
    used.append(best)
    return best


def _element(name: str, alpha: Floats, color: Floats, random: np.random.Generator | None = None) -> Element:
    plane = np.broadcast_to(color, (SIZE, SIZE, 3))
    if random is not None and random.random() < 0.2:
        plane = gradient(color, color[::-1] * 0.5 + color * 0.5, float(random.uniform(0, 6.28)), False)
    return Element(name, np.dstack([plane, alpha]).astype(np.float32))


def _card_box(random: np.random.Generator) -> tuple[int, int, int, int]:
    cell = SIZE // 12
    w, h = int(random.integers(5, 10)) * cell, int(random.integers(3, 8)) * cell
    return int(random.integers(1, 12 - w // cell)) * cell, int(random.integers(1, 12 - h // cell)) * cell, w, h


def _filled(points: Floats, holes: Floats | None = None) -> Floats:
    """Anti-aliased polygon: OpenCV fills at ``SCALE`` times the size, the box filter does the rest."""
    big = np.zeros((SIZE * SCALE, SIZE * SCALE), np.uint8)
    cv2.fillPoly(big, [np.rint(points * SCALE * 2**SHIFT).astype(np.int32)], 255, shift=SHIFT)
    if holes is not None:
        cv2.fillPoly(big, [np.rint(holes * SCALE * 2**SHIFT).astype(np.int32)], 0, shift=SHIFT)
    return cv2.resize(big, (SIZE, SIZE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _card(random: np.random.Generator, box: tuple[int, int, int, int]) -> Floats:
    x, y, w, h = box
    t = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    power = float(random.choice([2.0, 5.0, 12.0, 200.0], p=[0.1, 0.2, 0.3, 0.4]))
    cos, sin = np.cos(t), np.sin(t)
    px = x + w / 2 * (1 + np.sign(cos) * np.abs(cos) ** (2 / power))
    py = y + h / 2 * (1 + np.sign(sin) * np.abs(sin) ** (2 / power))
    return _filled(np.stack([px, py], axis=1))


def _disc(random: np.random.Generator, card: tuple[int, int, int, int]) -> Floats:
    x, y, w, h = card
    radius = float(random.uniform(50, 150))
    cx, cy = x + w * random.choice([0.0, 0.3, 1.0]), y + h * random.choice([0.0, 1.0])
    t = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    lobes, depth = int(random.integers(3, 9)), float(random.choice([0.0, 0.0, 0.12]))
    r = radius * (1 + depth * np.sin(lobes * t))
    hole = None
    if random.random() < 0.2:
        hole = np.stack([cx + r * 0.55 * np.cos(t), cy + r * 0.55 * np.sin(t)], axis=1)
    return _filled(np.stack([cx + r * np.cos(t), cy + r * np.sin(t)], axis=1), hole)


def _bar(random: np.random.Generator, box: tuple[int, int, int, int]) -> Floats:
    x, y, w, h = box
    angle = float(random.choice([0.0, 0.0, random.uniform(-0.6, 0.6)]))
    cx, cy, half, thick = x + w / 2, y + h * random.uniform(0.1, 1.0), w * 0.45, float(random.uniform(5, 45))
    corners = np.array([[-half, -thick], [half, -thick], [half, thick], [-half, thick]])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return _filled(corners @ turn + [cx, cy])


def _words(random: np.random.Generator, card: tuple[int, int, int, int]) -> Floats:
    x, y, w, h = card
    phrase = str(random.choice(PHRASES))
    if random.random() < 0.25:
        return _stroked(random, phrase, card)
    image = Image.new("L", (SIZE * SCALE, SIZE * SCALE))
    pen = ImageDraw.Draw(image)
    face = str(random.choice(FACES))
    size = float(random.uniform(24, 96))
    font = _face(face, size * SCALE)
    length = pen.textlength(phrase, font=font) / SCALE
    font = _face(face, size * SCALE * min(1.0, w * 0.85 / length))
    pen.text(((x + w / 2) * SCALE, (y + h / 2) * SCALE), phrase, 255, font=font, anchor="mm")
    return np.asarray(image.resize((SIZE, SIZE), Image.Resampling.LANCZOS), np.float32) / 255


def _face(name: str, size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return ImageFont.load_default(size)


def _stroked(random: np.random.Generator, phrase: str, card: tuple[int, int, int, int]) -> Floats:
    x, y, w, h = card
    face = HERSHEY[int(random.integers(len(HERSHEY)))]
    thick = int(random.integers(2, 6)) * SCALE
    (length, height), _ = cv2.getTextSize(phrase, face, 1.0 * SCALE, thick)
    scale = min(w * 0.8 * SCALE / length, 2.5)
    big = np.zeros((SIZE * SCALE, SIZE * SCALE), np.uint8)
    origin = (int((x + w * 0.1) * SCALE), int((y + h / 2) * SCALE + height * scale / 2))
    cv2.putText(big, phrase, origin, face, scale * SCALE, 255, thick, cv2.LINE_AA)
    return cv2.resize(big, (SIZE, SIZE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
