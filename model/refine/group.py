"""Layers that are to become one, while it is still being decided which."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.alpha import alpha_of, trimmed
from model.compositing import flattened
from model.layers import Kind, Layer, TextLine
from model.refine.thumbnail import small_alpha

_THUMBNAIL_SIDE = 192
_OVERLAP = 0.05
"""The share of the smaller alpha mass from which on two layers overlap rather than touch."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Layers in their order, bottom first, that become one; with what it takes to compare groups.

    Attributes:
        alpha: ``(h, w)`` float32, 0..1: a thumbnail of the group's alpha on the whole canvas.
        colour: ``(3,)`` mean of the straight colours, 0..255.
        mass: sum of the alpha, in pixels of the canvas.
        box: left, top, right, bottom on the canvas.
    """

    layers: tuple[Layer, ...]
    kind: Kind
    alpha: NDArray[np.float32]
    colour: NDArray[np.float64]
    mass: float
    box: tuple[int, int, int, int]


def group_of(layer: Layer, width: int, height: int) -> Group:
    """A group of one layer on a canvas of ``width × height``."""
    scale = min(1.0, _THUMBNAIL_SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    thumbnail = small_alpha(layer, width, height, size).astype(np.float32) / np.float32(255)
    # Every 4th row and column is enough for a mean colour.
    rough = layer.pixels[::4, ::4].astype(np.float64)
    weight = rough[:, :, 3:] + 1e-6
    colour = (rough[:, :, :3] * weight).sum(axis=(0, 1)) / weight.sum()
    mass = float(cv2.sumElems(alpha_of(layer.pixels))[0]) / 255
    box = layer.x, layer.y, layer.x + layer.width, layer.y + layer.height
    return Group((layer,), layer.kind, thumbnail, colour, mass, box)


def joined(lower: Group, upper: Group) -> Group:
    """Both as one. The kind is the background's, else that of the larger."""
    alpha = 1 - (1 - lower.alpha) * (1 - upper.alpha)
    mass = max(lower.mass, upper.mass, lower.mass + upper.mass - _shared(lower, upper) * _pixels(lower))
    colour = (lower.colour * lower.mass + upper.colour * upper.mass) / max(lower.mass + upper.mass, 1e-9)
    (left, top, right, bottom), other = lower.box, upper.box
    box = min(left, other[0]), min(top, other[1]), max(right, other[2]), max(bottom, other[3])
    larger = lower if lower.kind == "background" or lower.mass >= upper.mass else upper
    return Group(lower.layers + upper.layers, larger.kind, alpha, colour, mass, box)


def overlap(first: Group, second: Group) -> bool:
    """Whether the order of the two can be seen, on their thumbnails."""
    if not _boxes_meet(first, second):
        return False
    smaller = min(float(first.alpha.sum()), float(second.alpha.sum()))
    return _shared(first, second) > _OVERLAP * smaller


def same_shape(first: Group, second: Group, share: float) -> bool:
    """Whether the two cover the same pixels but for ``1 - share`` of them."""
    if not share * first.mass <= second.mass <= first.mass / share or not _boxes_meet(first, second):
        return False
    return _shared(first, second) >= share * float(np.maximum(first.alpha, second.alpha).sum())


def flat(group: Group) -> Layer:
    """The group as one layer: its layers one over another, named after the largest, texts in reading order."""
    if len(group.layers) == 1:
        return group.layers[0]
    left, top, right, bottom = group.box
    moved = [Layer(layer.pixels, layer.x - left, layer.y - top) for layer in group.layers]
    pixels = flattened(moved, right - left, bottom - top)
    first = _leading(group)
    text, lines = _text(group) if group.kind == "text" else (None, ())
    layer = Layer(pixels, left, top, first.name, group.kind, text, first.depth, lines)
    # The background stays as large as the canvas, whatever shows through it.
    return layer if group.kind == "background" else trimmed(layer) or layer


def _leading(group: Group) -> Layer:
    if group.kind == "background":
        return group.layers[0]
    alike = [layer for layer in group.layers if layer.kind == group.kind] or list(group.layers)
    if group.kind == "text":
        return max(alike, key=lambda layer: len(layer.text or ""))
    return max(alike, key=lambda layer: int(layer.pixels[:, :, 3].sum(dtype=np.int64)))


def _text(group: Group) -> tuple[str | None, tuple[TextLine, ...]]:
    read = in_reading_order([layer for layer in group.layers if layer.text])
    lines = tuple(line for layer in read for line in layer.lines)
    return "\n".join(layer.text or "" for layer in read) or None, lines


def in_reading_order(lines: Sequence[Layer]) -> list[Layer]:
    """Rows from top to bottom, each from left to right; what overlaps a row by half its height is in that row."""
    rows: list[list[Layer]] = []
    for line in sorted(lines, key=lambda layer: layer.y + layer.height / 2):
        last = rows[-1][0] if rows else None
        if last is not None and line.y + line.height / 2 < last.y + last.height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda layer: layer.x)]


def _shared(first: Group, second: Group) -> float:
    return float(np.minimum(first.alpha, second.alpha).sum())


def _pixels(group: Group) -> float:
    return group.mass / max(float(group.alpha.sum()), 1e-9)


def _boxes_meet(first: Group, second: Group) -> bool:
    (left, top, right, bottom), other = first.box, second.box
    return left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
