"""A poster with known layers, and the procedural grounds both drawers share."""

from dataclasses import dataclass
from io import BytesIO
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.layers import Pixels

Kind: TypeAlias = Literal["flat", "gradient", "photo", "glass", "shadow"]
KINDS: tuple[Kind, ...] = ("flat", "gradient", "photo", "glass", "shadow")
Floats: TypeAlias = NDArray[np.float32]
SIZE = 768


@dataclass(frozen=True, slots=True)
class Element:
    """``rgba`` is ``(H, W, 4)`` float32, straight alpha, colours 0-255 and alpha 0-1, hidden parts included."""

    name: str
    rgba: Floats


@dataclass(frozen=True, slots=True)
class Poster:
    """``background`` is ``(H, W, 3)`` float32, 0-255; ``elements`` lie on it, bottom first.

    ``jpeg_quality`` is that of the picture, 1-95; ``None`` leaves it as it was drawn.
    """

    kind: str
    background: Floats
    elements: tuple[Element, ...]
    jpeg_quality: int | None = None

    def picture(self, without: int | None = None) -> Pixels:
        """What is seen, ``(H, W, 4)`` uint8 and opaque; ``without`` leaves one element out."""
        seen = self.background.astype(np.float32)
        for index, element in enumerate(self.elements):
            if index != without:
                alpha = element.rgba[:, :, 3:]
                seen = element.rgba[:, :, :3] * alpha + seen * (1 - alpha)
        pixels = _opaque(seen)
        if self.jpeg_quality is None:
            return pixels
        out = BytesIO()
        Image.fromarray(pixels).convert("RGB").save(out, "JPEG", quality=self.jpeg_quality)
        return np.array(Image.open(out).convert("RGBA"))

    def layers(self) -> list[Pixels]:
        """The true layers, ``(H, W, 4)`` uint8, the background first; colours stand under alpha 0 too."""
        found = [_opaque(self.background)]
        for element in self.elements:
            scaled = element.rgba * np.array([1, 1, 1, 255], np.float32)
            found.append(np.clip(np.rint(scaled), 0, 255).astype(np.uint8))
        return found

    def visible_alphas(self) -> list[Floats]:
        """Each element's alpha times what the elements over it let through, ``(H, W)`` 0-1."""
        through = np.ones(self.background.shape[:2], np.float32)
        visible: list[Floats] = []
        for element in reversed(self.elements):
            alpha = element.rgba[:, :, 3]
            visible.append(alpha * through)
            through = through * (1 - alpha)
        return visible[::-1]


def _opaque(colors: Floats) -> Pixels:
    full = np.full((*colors.shape[:2], 1), 255, np.uint8)
    return np.concatenate([np.clip(np.rint(colors), 0, 255).astype(np.uint8), full], axis=2)


def gradient(first: Floats, second: Floats, angle: float, radial: bool, size: int = SIZE) -> Floats:
    """A linear or radial run from one colour to another, ``(size, size, 3)`` float32."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size - 0.5
    if radial:
        t = np.hypot(x - 0.3 * np.cos(angle), y - 0.3 * np.sin(angle)) / 0.9
    else:
        t = x * np.cos(angle) + y * np.sin(angle)
        t = (t - t.min()) / (t.max() - t.min())
    t = np.clip(t, 0, 1)[:, :, None]
    return np.asarray(first * (1 - t) + second * t, np.float32)


def photo(random: np.random.Generator, colors: Floats, size: int = SIZE) -> Floats:
    """A stand-in for a photograph: octaves of noise through a palette, out-of-focus discs, grain."""
    height = _octaves(random, size)
    position = height * (len(colors) - 1)
    low = np.clip(position.astype(int), 0, len(colors) - 2)
    share = (position - low)[:, :, None]
    picture = colors[low] * (1 - share) + colors[low + 1] * share
    picture = picture * (0.75 + 0.5 * _octaves(random, size)[:, :, None])
    for _ in range(int(random.integers(0, 9))):
        disc = np.zeros((size, size), np.float32)
        center = (int(random.integers(size)), int(random.integers(size)))
        cv2.circle(disc, center, int(random.integers(size // 40, size // 8)), 1.0, -1)
        disc = cv2.GaussianBlur(disc, (0, 0), float(random.uniform(2, 14)))[:, :, None] * random.uniform(0.1, 0.5)
        picture = picture * (1 - disc) + random.uniform(40, 255, 3) * disc
    picture = picture + random.normal(0, random.uniform(1.0, 6.0), (size, size, 1))
    return np.clip(picture, 0, 255).astype(np.float32)


def _octaves(random: np.random.Generator, size: int) -> Floats:
    total = np.zeros((size, size), np.float32)
    weight, cells = 1.0, 3
    for _ in range(6):
        grid = random.random((cells, cells)).astype(np.float32)
        total += weight * cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)
        weight, cells = weight * float(random.uniform(0.35, 0.6)), cells * 2
    return np.asarray((total - total.min()) / (total.max() - total.min()), np.float32)
