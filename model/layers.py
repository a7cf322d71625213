"""The two nouns of the house: a layer, and a stack of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
"""``(height, width, 4)`` uint8, sRGB-encoded, straight (not premultiplied) alpha. Where alpha is 0, RGB is free."""

Kind: TypeAlias = Literal["background", "object", "shape", "text", "residual"]
KINDS: tuple[Kind, ...] = ("background", "object", "shape", "text", "residual")


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer, cropped to the box where it is not transparent.

    Attributes:
        pixels: ``(h, w, 4)`` uint8, straight alpha; the crop only.
        x, y: the crop's top left corner on the canvas, in pixels; 0 ≤ x, x + w ≤ canvas width, likewise y.
        name: what a person would call it; unique within a stack after ``refine``.
        kind: one of ``KINDS``.
        text: the words, for ``kind == "text"``.
        depth: 0 is farthest, 1 is nearest; ``None`` until ``refine`` has ordered the stack.
    """

    pixels: Pixels
    x: int = 0
    y: int = 0
    name: str = ""
    kind: Kind = "object"
    text: str | None = None
    depth: float | None = None

    @property
    def width(self) -> int:
        """Of the crop, in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Of the crop, in pixels."""
        return int(self.pixels.shape[0])

    @property
    def bbox(self) -> tuple[int, int, int, int]:
        """``(x, y, width, height)`` on the canvas, in pixels."""
        return self.x, self.y, self.width, self.height

    @property
    def box(self) -> tuple[slice, slice]:
        """The rows and columns of the canvas that the crop covers."""
        return slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Layers bottom to top on one canvas.

    A decomposer's raw stack may have any size (its own); after ``refine`` the size is the picture's and
    ``composite(stack)`` is the picture, bit for bit.

    Attributes:
        width, height: of the canvas, in pixels.
        layers: bottom first.
        notes: what the decomposer wants to be kept in the manifest (caption, measures); JSON values only.
    """

    width: int
    height: int
    layers: tuple[Layer, ...]
    notes: Mapping[str, object] = field(default_factory=dict)


def trimmed(layer: Layer) -> Layer | None:
    """The layer cropped to where its alpha is above 0, or ``None`` where it is transparent everywhere."""
    alpha = layer.pixels[:, :, 3]
    rows = np.flatnonzero(alpha.any(axis=1))
    if rows.size == 0:
        return None
    columns = np.flatnonzero(alpha.any(axis=0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    if (top, left, bottom, right) == (0, 0, layer.height, layer.width):
        return layer
    crop = np.ascontiguousarray(layer.pixels[top:bottom, left:right])
    return replace(layer, pixels=crop, x=layer.x + left, y=layer.y + top)


def on_canvas(layer: Layer, width: int, height: int) -> Pixels:
    """The layer's pixels on the full canvas, ``(height, width, 4)``, transparent black around the crop."""
    canvas = np.zeros((height, width, 4), np.uint8)
    canvas[layer.box] = layer.pixels
    return canvas
