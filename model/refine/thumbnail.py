"""A layer's alpha on the whole canvas, at a small size, with work and memory for the layer's own box only."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.alpha import alpha_of
from model.layers import Layer


def small_alpha(layer: Layer, width: int, height: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Averaged over areas, ``(h, w)`` uint8 for a size of ``(w, h)``, no larger than the canvas's ``width × height``.

    Blocks of whole pixels are averaged first, at most half as large as a pixel of the small size, and only where the
    layer lies. The last of them may reach over the canvas's edge: places are off by half a small pixel at most, and by
    the same for every layer.
    """
    block = max(1, min(width // size[0], height // size[1]) // 2)
    left, top = layer.x // block, layer.y // block
    right, bottom = -(-(layer.x + layer.width) // block), -(-(layer.y + layer.height) // block)
    part = np.zeros(((bottom - top) * block, (right - left) * block), np.uint8)
    part[layer.y - top * block :, layer.x - left * block :][: layer.height, : layer.width] = alpha_of(layer.pixels)
    whole = np.zeros((-(-height // block), -(-width // block)), np.uint8)
    whole[top:bottom, left:right] = _averaged(part, (right - left, bottom - top))
    return _averaged(whole, size)


def _averaged(alpha: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.uint8)
