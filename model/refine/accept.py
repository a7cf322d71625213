"""Whatever a decomposer handed over, as layers that can be worked on."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from model.alpha import trimmed
from model.compositing import flattened
from model.layers import Layer, Pixels, Stack, on_canvas
from model.refine.spread import resized, spread

_CLEAR, _SOLID = 2, 251
"""Diffusion models mean 0 by an alpha up to 2 and 255 by one from 251 on; a stray 1/255 everywhere spoils edits."""
_COPY = 0.995
"""The share of the picture from which on an opaque layer is another copy of it rather than an element."""
_ALIKE = 32
"""8-bit steps, in the channel that differs most, up to which a copy shows what the picture shows."""
_HALF = 0.5

_NORMALISED: NDArray[np.uint8] = np.arange(256, dtype=np.uint8)
_NORMALISED[: _CLEAR + 1] = 0
_NORMALISED[_SOLID:] = 255


def accepted(raw: Stack, width: int, height: int) -> list[Layer]:
    """The layers that show anything, clipped to the canvas, at most ``width × height``, with pixels of our own.

    Alphas of 2 or less become 0, of 251 or more 255. A stack larger than ``(width, height)`` is shrunk to it. Lines of
    what is no text are dropped.
    """
    if min(raw.width, raw.height) < 1:
        return []
    size = min(raw.width, width), min(raw.height, height)
    layers = (_clipped(layer, raw.width, raw.height) for layer in raw.layers)
    if size != (raw.width, raw.height):
        layers = (_shrunk(layer, raw, size) for layer in layers)
    return [kept for layer in layers if (kept := trimmed(_normalised(layer))) is not None]


def grounded(layers: Sequence[Layer], picture: Pixels) -> list[Layer]:
    """The same with a background: first, opaque and as large as the canvas; and with no other copy of the picture.

    Args:
        layers: as ``accepted`` gives them.
        picture: ``(h, w, 4)`` uint8, of the layers' size.
    """
    height, width = picture.shape[:2]
    has_one = bool(layers) and (layers[0].kind == "background" or _coverage(layers[0], width, height) >= _HALF)
    base = layers[0] if has_one else Layer(np.zeros((1, 1, 4), np.uint8))
    rest = list(layers[1:] if has_one else layers)
    ground = _filled(base, rest, picture)
    for index in range(len(rest) - 1, -1, -1):
        if _is_copy(rest[index], picture):
            # It hides all that lies below: together they are the background.
            ground = flattened([Layer(ground), *rest[: index + 1]], width, height)
            rest = rest[index + 1 :]
            break
    background = Layer(ground, name=base.name or "background", kind="background")
    return [background, *(replace(layer, kind="object") if layer.kind == "background" else layer for layer in rest)]


def _clipped(layer: Layer, width: int, height: int) -> Layer:
    left, top = max(0, -layer.x), max(0, -layer.y)
    right, bottom = max(left, width - layer.x), max(top, height - layer.y)
    lines = layer.lines if layer.kind == "text" else ()
    return replace(layer, pixels=layer.pixels[top:bottom, left:right], x=layer.x + left, y=layer.y + top, lines=lines)


def _normalised(layer: Layer) -> Layer:
    pixels = layer.pixels.copy()
    pixels[:, :, 3] = _NORMALISED[pixels[:, :, 3]]
    return replace(layer, pixels=pixels)


def _shrunk(layer: Layer, raw: Stack, size: tuple[int, int]) -> Layer:
    whole = on_canvas(layer, raw.width, raw.height).astype(np.float32)
    whole[:, :, :3] *= whole[:, :, 3:] / 255
    small = resized(whole, size, cv2.INTER_AREA)
    small[:, :, :3] *= 255 / np.maximum(small[:, :, 3:], np.float32(1e-3))
    lines = tuple(line.scaled(size[0] / raw.width, size[1] / raw.height) for line in layer.lines)
    return replace(layer, pixels=np.rint(np.clip(small, 0, 255)).astype(np.uint8), x=0, y=0, lines=lines)


def _coverage(layer: Layer, width: int, height: int) -> float:
    return float(layer.pixels[:, :, 3].sum(dtype=np.int64)) / (255 * width * height)


def _is_copy(layer: Layer, picture: Pixels) -> bool:
    if picture[:, :, 3].max() < 255:
        return False
    shown, alpha = picture[layer.box][:, :, 3], layer.pixels[:, :, 3]
    # Where the picture is not opaque, half its alpha is enough to own a pixel; see ``model.refine.owners``.
    covered = np.where(shown == 255, alpha == 255, (shown > 0) & (2 * alpha.astype(np.uint16) >= shown))
    if shown.min(initial=255) < 255:
        # Of a picture cut out, what lies lowest covers as much, a card or a pane; a copy shows all else as well.
        off = np.abs(picture[layer.box][:, :, :3].astype(np.int16) - layer.pixels[:, :, :3]).max(axis=2)
        covered &= off <= _ALIKE
    return bool(np.count_nonzero(covered) >= max(1, _COPY * np.count_nonzero(picture[:, :, 3])))


def _filled(base: Layer, rest: Sequence[Layer], picture: Pixels) -> Pixels:
    """The background made opaque: its holes show the picture, or a smooth fill where that is hidden."""
    ground = picture.copy()
    known = np.ones(picture.shape[:2], np.float32)
    for layer in rest:
        known[layer.box] *= layer.pixels[:, :, 3] == 0
    own = base.pixels[:, :, 3] > 0
    ground[base.box][own] = base.pixels[own]
    known[base.box][own] = 1
    ground[:, :, 3] = 255
    if not known.all():
        filled = spread(ground[:, :, :3].astype(np.float32), known)
        ground[:, :, :3] = np.rint(np.clip(filled, 0, 255))
    return ground
