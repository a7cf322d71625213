"""A picture with an alpha of its own: every pixel that is not opaque belongs to exactly one layer."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.layers import Layer, Pixels


def owned(layers: Sequence[Layer], image: Pixels) -> list[Layer]:
    """Give each such pixel, alpha and colour, to the topmost layer that covers it by half its alpha; else to the first.

    The other layers are transparent there, so that the pixel recomposes by itself. Pixels are written to.

    Args:
        layers: bottom first; the first is as large as the canvas.
        image: ``(H, W, 4)`` uint8, straight alpha; RGB is 0 where alpha is 0.
    """
    if image[:, :, 3].min() == 255:
        return list(layers)
    free = image[:, :, 3] < 255
    for layer in reversed(layers[1:]):
        alpha, wanted = layer.pixels[:, :, 3], image[layer.box][:, :, 3]
        mine = free[layer.box] & (wanted > 0) & (2 * alpha.astype(np.uint16) >= wanted) & (alpha > 0)
        _take(layer, mine, image)
        free[layer.box] &= ~mine
    _take(layers[0], free, image)
    return [replace(layers[0], kind="background"), *layers[1:]]


def _take(layer: Layer, mine: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], image: Pixels) -> None:
    source = image[layer.box]
    layer.pixels[source[:, :, 3] < 255] = 0
    layer.pixels[mine] = source[mine]
