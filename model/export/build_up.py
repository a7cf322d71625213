"""A picture that builds up: its layers appear one by one, from the bottom; what changes is a frame.

A step is a layer, or a group with all that is in it: what somebody has put together belongs together. What is hidden,
and what changes nothing that is seen, is no step.
"""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.edits.drawn import Box
from model.export.frame_size import frame_size
from model.export.laid import around, lay, shared
from model.export.options import Animated
from model.export.outline import Item
from model.export.stack import Exported
from model.layers import Pixels
from model.resample import resized


class Frame(NamedTuple):
    """What of the picture changes.

    Attributes:
        pixels: ``(h, w, 4)`` uint8, straight alpha: what is seen there from now on; whole of the first frame.
        x, y: of its corner.
        drawn: ``(h, w)``: where it is other than in the frame before.
        ms: how long it is shown.
    """

    pixels: Pixels
    x: int
    y: int
    drawn: NDArray[np.bool_]
    ms: int


def frames(stack: Exported, options: Animated, *, even: bool = False) -> Iterator[Frame]:
    """At least one, the last of which makes the picture whole.

    The canvas, a copy of it and one layer are in memory.

    Args:
        even: whether corners lie at even numbers, as WebP needs it.
    """
    outline = stack.outline
    width, height = frame_size(outline, options)
    canvas = np.zeros((outline.height, outline.width, 4), np.uint8)
    before = np.zeros((height, width, 4), np.uint8)
    waiting = None
    for item in outline.items:
        if not item.shows:
            continue
        lay(stack, (item,), canvas)
        shown = resized(canvas, width, height)
        room = (0, 0, width, height) if shown is not canvas else _on_canvas(item, width, height)
        box = room and _changed(before, shown, room, even)
        if box is None:
            continue
        if waiting is None:
            box = (0, 0, width, height)
        else:
            yield waiting
        waiting = _frame(before, shown, box, options.frame_ms)
    if waiting is None:  # nothing is seen at all
        waiting = Frame(before, 0, 0, np.zeros((height, width), np.bool_), options.hold_ms)
    yield waiting._replace(ms=options.hold_ms)


def _frame(before: Pixels, shown: Pixels, box: Box, ms: int) -> Frame:
    """What changes in a box; it is in ``before`` afterwards."""
    x, y, width, height = box
    place = np.s_[y : y + height, x : x + width]
    drawn = _packed(before)[place] != _packed(shown)[place]
    before[place] = shown[place]
    return Frame(shown[place].copy(), x, y, drawn, ms)


def _on_canvas(item: Item, width: int, height: int) -> Box | None:
    """All that it can change: few layers are as large as the canvas."""
    box = around(item)
    return box and shared(box, (0, 0, width, height))


def _changed(before: Pixels, shown: Pixels, room: Box, even: bool) -> Box | None:
    """The box of what differs, nothing of which lies outside of the room."""
    place = np.s_[room[1] : room[1] + room[3], room[0] : room[0] + room[2]]
    differs = _packed(before)[place] != _packed(shown)[place]
    x, y, width, height = cv2.boundingRect(differs.view(np.uint8))
    if width == 0:
        return None
    x, y = x + room[0], y + room[1]
    left, top = (x - x % 2, y - y % 2) if even else (x, y)
    return left, top, x + width - left, y + height - top


def _packed(pixels: Pixels) -> NDArray[np.uint32]:
    """``(h, w)``, a pixel a number."""
    return np.ascontiguousarray(pixels).view(np.uint32)[:, :, 0]
