"""A poster of six layers, products that may stand in it, and the rows of a batch."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from bench.edit.scene import LARGE, SMALL, TEXT, scene
from model.compositing import over
from model.decomposers import OnProgress, Parameters
from model.layers import Layer, Pixels, Stack, TextLine

SIDE = 1024
PRODUCTS = 24
PRODUCT_SIDE = 600
FONT = "DejaVu Sans Bold"
FONT_SIZE = 56
INK = (190, 30, 60)
_WORDS = ("Summer", "sale", "only", "today", "fresh", "from", "the", "coast", "two", "for", "one", "new", "in", "town")


class Poster:
    """A model that knows the layers of ``poster_png``: photograph, product, pane, shadow, badge and headline."""

    def setup(self) -> None:
        pass

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        on_progress("poster", 1, 1)
        return Stack(SIDE, SIDE, tuple(poster_layers()))


def poster_layers() -> list[Layer]:
    """Bottom to top."""
    layers = []
    for at, piece in enumerate(scene(SIDE, 6)):
        kind = "background" if at == 0 else "text" if at == TEXT else "object"
        text, lines = ("Summer sale", (_line(piece.x, piece.y, piece.pixels),)) if at == TEXT else (None, ())
        layers.append(Layer(piece.pixels, piece.x, piece.y, str(piece.key), kind, text, lines=lines))  # type: ignore[arg-type]
    return layers


def _line(x: int, y: int, pixels: Pixels) -> TextLine:
    height, width = pixels.shape[:2]
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return TextLine("Summer sale", corners, color="#{:02x}{:02x}{:02x}".format(*INK))


def poster_png() -> bytes:
    """All of it, flat."""
    canvas = np.zeros((SIDE, SIDE, 4), np.uint8)
    for layer in poster_layers():
        height, width = layer.pixels.shape[:2]
        over(canvas, layer.pixels, (slice(layer.y, layer.y + height), slice(layer.x, layer.x + width)))
    return _file(canvas)


def product_pngs() -> list[bytes]:
    """Cut-outs, each of another colour, with some grain."""
    found = []
    for at in range(PRODUCTS):
        rng = np.random.default_rng(at)
        pixels = np.zeros((PRODUCT_SIDE, PRODUCT_SIDE, 4), np.uint8)
        colour = rng.integers(40, 220, 3)
        pixels[:, :, :3] = np.clip(colour + rng.normal(0, 6, (PRODUCT_SIDE, PRODUCT_SIDE, 1)), 0, 255)
        mask = np.zeros((PRODUCT_SIDE, PRODUCT_SIDE), np.uint8)
        centre = (PRODUCT_SIDE // 2, PRODUCT_SIDE // 2)
        cv2.ellipse(mask, centre, (250, 180), at * 15, 0, 360, 255, -1, cv2.LINE_AA)
        pixels[:, :, 3] = mask
        found.append(_file(pixels))
    return found


def _file(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


VARIABLES = {
    "headline": {"layer": TEXT, "property": "text", "font": FONT, "size": FONT_SIZE, "fit": "none"},
    "product": {"layer": LARGE, "property": "image"},
    "badge": {"layer": SMALL, "property": "color"},
}


@dataclass(frozen=True, slots=True)
class Row:
    """What a picture of the batch shows; ``product`` is an index."""

    headline: str
    product: int
    badge: tuple[int, int, int]


def rows(count: int) -> Iterator[Row]:
    """Words, products and colours of which hardly two rows have the same."""
    rng = np.random.default_rng(7)
    for n in range(count):
        words = rng.choice(_WORDS, 3)
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        yield Row(f"{' '.join(words)} {n}", int(rng.integers(PRODUCTS)), colour)  # type: ignore[arg-type]
