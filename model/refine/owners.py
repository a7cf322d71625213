"""A picture with an alpha of its own: every pixel that is not opaque belongs to one layer, or to two at a rim."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.alpha import alpha_of
from model.compositing import flattened
from model.layers import Layer, Pixels
from model.refine.shares import shared, topmost


def owned(layers: Sequence[Layer], image: Pixels, on_nothing: bool = True) -> list[Layer]:
    """Give each such pixel, alpha and colour, to the topmost layer that covers it by half its alpha; else to the first.

    The other layers are transparent there, so that the pixel recomposes by itself; but for one below that is seen
    through the owner's rim (``model.refine.shares``). Pixels are written to.

    Args:
        layers: bottom first; the first is as large as the canvas.
        image: ``(H, W, 4)`` uint8, straight alpha; RGB is 0 where alpha is 0.
        on_nothing: whether two layers may make up a pixel, which they do to the bit over nothing only.
    """
    if image[:, :, 3].min() == 255:
        return list(layers)
    free = image[:, :, 3] < 255
    proposed = [alpha_of(layer.pixels) for layer in layers] if on_nothing else []
    owner, top = np.zeros(free.shape, np.uint8), topmost(layers, image)
    for index, layer in reversed([*enumerate(layers)][1:]):
        alpha, wanted = layer.pixels[:, :, 3], image[layer.box][:, :, 3]
        mine = free[layer.box] & (wanted > 0) & (2 * alpha.astype(np.uint16) >= wanted) & (alpha > 0)
        _take(layer, mine, image)
        owner[layer.box][mine] = index
        free[layer.box] &= ~mine
    _take(layers[0], free, image)
    if on_nothing:
        shared(layers, proposed, (owner, top), image)
    return [replace(layers[0], kind="background"), *layers[1:]]


def settled(layers: Sequence[Layer], image: Pixels) -> None:
    """After some have become one: a pixel that two made up and that no longer comes out, as their order is another one
    now, is the upper one's alone.

    Layers are merged across what they hardly overlap, and rims are little. Arguments as of ``owned``.
    """
    free = image[:, :, 3] < 255
    if not free.any():
        return
    height, width = free.shape
    wrong = free & (flattened(layers, width, height) != image).any(axis=2)
    if not wrong.any():
        return
    top = np.zeros(free.shape, np.uint8)
    for index, layer in enumerate(layers[1:], 1):
        top[layer.box][layer.pixels[:, :, 3] > 0] = index
    for index, layer in enumerate(layers):
        here = wrong[layer.box]
        mine = here & (top[layer.box] == index)
        layer.pixels[here] = 0
        layer.pixels[mine] = image[layer.box][mine]


def _take(layer: Layer, mine: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], image: Pixels) -> None:
    source = image[layer.box]
    layer.pixels[source[:, :, 3] < 255] = 0
    layer.pixels[mine] = source[mine]
