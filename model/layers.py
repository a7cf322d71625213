"""The two nouns of the house: a layer, and a stack of them; and the lines of a layer that is text."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
"""``(height, width, 4)`` uint8, sRGB-encoded, straight (not premultiplied) alpha. Where alpha is 0, RGB is free."""

Kind: TypeAlias = Literal["background", "object", "shape", "text", "residual"]
KINDS: tuple[Kind, ...] = ("background", "object", "shape", "text", "residual")


@dataclass(frozen=True, slots=True)
class TextWord:
    """One word of a line; ``bbox`` is ``(x, y, width, height)`` on the canvas, in pixels."""

    text: str
    bbox: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text as it stands in the picture, so that it can be set anew there.

    Attributes:
        text: all its words.
        polygon: 4 corners ``(x, y)`` on the canvas, in pixels, clockwise from the line's own top left; of a turned line
            they may lie a little outside the canvas.
        words: in the order of the text; none where a decomposer knows only where the line is.
        color: of its ink, ``#rrggbb``; ``None`` where a decomposer does not know.
    """

    text: str
    polygon: tuple[tuple[float, float], ...]
    words: tuple[TextWord, ...] = ()
    color: str | None = None

    def moved(self, right: int, down: int) -> "TextLine":
        """The same line that many pixels farther right and down."""
        corners = tuple((x + right, y + down) for x, y in self.polygon)
        words = tuple(
            replace(word, bbox=(word.bbox[0] + right, word.bbox[1] + down, *word.bbox[2:])) for word in self.words
        )
        return replace(self, polygon=corners, words=words)

    def scaled(self, across: float, along: float) -> "TextLine":
        """The same line on a canvas that is ``across`` times as wide and ``along`` times as high; words' boxes are
        rounded to what holds the word."""
        corners = tuple((x * across, y * along) for x, y in self.polygon)
        return replace(self, polygon=corners, words=tuple(_scaled(word, across, along) for word in self.words))


def _scaled(word: TextWord, across: float, along: float) -> TextWord:
    x, y, width, height = word.bbox
    left, top = math.floor(x * across), math.floor(y * along)
    return replace(
        word, bbox=(left, top, math.ceil((x + width) * across) - left, math.ceil((y + height) * along) - top)
    )


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
        lines: where the words stand, in reading order, for ``kind == "text"``; none for all others.
    """

    pixels: Pixels
    x: int = 0
    y: int = 0
    name: str = ""
    kind: Kind = "object"
    text: str | None = None
    depth: float | None = None
    lines: tuple[TextLine, ...] = ()

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


def moved(layer: Layer, right: int, down: int) -> Layer:
    """The layer that many pixels farther right and down, its lines too."""
    lines = tuple(line.moved(right, down) for line in layer.lines)
    return replace(layer, x=layer.x + right, y=layer.y + down, lines=lines)


def on_canvas(layer: Layer, width: int, height: int) -> Pixels:
    """The layer's pixels on the full canvas, ``(height, width, 4)``, transparent black around the crop."""
    canvas = np.zeros((height, width, 4), np.uint8)
    canvas[layer.box] = layer.pixels
    return canvas


def rows_on_canvas(layer: Layer, rows: slice, width: int) -> Pixels:
    """``on_canvas(layer, width, height)[rows]``, with memory for those rows only."""
    band = np.zeros((rows.stop - rows.start, width, 4), np.uint8)
    first, last = max(layer.y, rows.start), min(layer.y + layer.height, rows.stop)
    if first < last:
        columns = slice(layer.x, layer.x + layer.width)
        band[first - rows.start : last - rows.start, columns] = layer.pixels[first - layer.y : last - layer.y]
    return band
