"""What is to be exported, with its pixels: loaded a layer at a time, so that all of them need never be in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.alpha import trimmed
from model.edits.alone import alone
from model.edits.render import Sources, lines_set, piece
from model.edits.scene import Scene
from model.export.outline import Item, Outline
from model.frozen import named
from model.layers import Layer, Pixels
from model.resample import Placed


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """A stack on its way into a file.

    Attributes:
        outline: its layers and groups.
        load: the pixels of a layer as edits left it, cropped to where it is not transparent, with its kind, words and
            lines. Other than in a stack it may lie beyond the canvas. Its opacity and blend mode are the item's and
            not in it. ``None`` where there is nothing.
        picture: ``(height, width, 4)`` uint8, straight alpha: what all of it comes to.
        source: the file of the picture that it was made of, a PNG, where that is still there.
    """

    outline: Outline
    load: Callable[[Item], Layer | None]
    picture: Pixels
    source: Path | None = None


def loader(scene: Scene, told: Sequence[Mapping[str, Any]], sources: Sources) -> Callable[[Item], Layer | None]:
    """``Exported.load`` of the items of a scene's outline.

    On the canvas the pixels are those of the scene's picture, to the bit; so the layers, laid over each other, are it.

    Args:
        told: what the manifest says of the stored layers, by index.
    """

    def load(item: Item) -> Layer | None:
        state = scene.layers[item.index]
        found = _placed(scene, item.index, sources)
        shown = None if found is None else trimmed(Layer(*found))
        if shown is None:
            return None
        return named(shown, state, state, told, lines_set(state, scene.width, sources))

    return load


def _placed(scene: Scene, index: int, sources: Sources) -> Placed | None:
    one = alone(scene, index, trim=True)
    if one.what is None:
        return None
    here = piece(scene.layers[index], scene.width, scene.height, sources)
    x, y, width, height = one.box
    if x >= 0 and y >= 0 and x + width <= scene.width and y + height <= scene.height:
        return here
    pixels = np.zeros((height, width, 4), np.uint8)
    _put(pixels, piece(one.what, width, height, sources), 0, 0)
    # What is scaled or blurred over the canvas's edge may be a step off when it is made in one piece.
    pixels[max(0, -y) : max(0, scene.height - y), max(0, -x) : max(0, scene.width - x)] = 0
    _put(pixels, here, -x, -y)
    return pixels, x, y


def _put(onto: Pixels, found: Placed | None, right: int, down: int) -> None:
    """Into the pixels' place, as far as there is room."""
    if found is None:
        return
    own, x, y = found[0], found[1] + right, found[2] + down
    left, top = max(0, -x), max(0, -y)
    room = onto[max(0, y) : max(0, y + own.shape[0]), max(0, x) : max(0, x + own.shape[1])]
    room[:] = own[top : top + room.shape[0], left : left + room.shape[1]]
