"""Items laid over each other from their trimmed pixels, as the scene's own picture is drawn, to the bit."""

from collections.abc import Iterable
from functools import reduce

import numpy as np

from model.compositing import over
from model.edits.drawn import Box
from model.export.outline import Item, walked
from model.export.stack import Exported
from model.layers import Layer, Pixels


def lay(stack: Exported, items: Iterable[Item], onto: Pixels, corner: tuple[int, int] = (0, 0)) -> None:
    """Over what is there, in place; one layer at a time is loaded.

    Args:
        onto: ``(h, w, 4)`` uint8, straight alpha: the part of the plane that begins at ``corner``, x and y.
    """
    for item in items:
        if not item.shows:
            continue
        if item.members is not None and not item.is_isolated:
            lay(stack, item.members, onto, corner)
            continue
        room = (*corner, onto.shape[1], onto.shape[0])
        layer = stack.load(item) if item.members is None else together(stack, item, room)
        if layer is not None:
            lay_one(layer, item, onto, corner)
        del layer  # before the next one is loaded


def lay_one(layer: Layer, item: Item, onto: Pixels, corner: tuple[int, int] = (0, 0)) -> None:
    """A layer's pixels with the opacity and blend mode of its item."""
    x, y = layer.x - corner[0], layer.y - corner[1]
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + layer.width, onto.shape[1]), min(y + layer.height, onto.shape[0])
    if left < right and top < bottom:
        seen = layer.pixels[top - y : bottom - y, left - x : right - x]
        over(onto, seen, (slice(top, bottom), slice(left, right)), item.opacity, item.blend)


def around(item: Item) -> Box | None:
    """The box that holds all pixels of a layer, or of a group's layers; ``None`` where there are none."""
    boxes = [inner.box for inner, _ in walked([item]) if inner.box is not None]
    return reduce(_joined, boxes) if boxes else None


def together(stack: Exported, group: Item, room: Box | None = None) -> Layer | None:
    """What the members of a group come to by themselves; ``None`` where there is nothing.

    Not trimmed, and without the group's own opacity and blend mode.

    Args:
        room: what of the plane is wanted; all of it, the canvas and what lies beside it, if it is not given.
    """
    box = around(group)
    if box is not None and room is not None:
        box = shared(box, room)
    if box is None:
        return None
    x, y, width, height = box
    pixels = np.zeros((height, width, 4), np.uint8)
    lay(stack, group.members or (), pixels, (x, y))
    return Layer(pixels, x, y, group.name)


def _joined(one: Box, other: Box) -> Box:
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right, bottom = max(one[0] + one[2], other[0] + other[2]), max(one[1] + one[3], other[1] + other[3])
    return left, top, right - left, bottom - top


def shared(one: Box, other: Box) -> Box | None:
    """What lies in both."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[0] + one[2], other[0] + other[2]), min(one[1] + one[3], other[1] + other[3])
    return (left, top, right - left, bottom - top) if left < right and top < bottom else None
