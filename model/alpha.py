"""What a layer's alpha says: where the layer is, and how much of it."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from model.layers import Layer, Pixels


def alpha_of(pixels: Pixels) -> NDArray[np.uint8]:
    """``pixels[:, :, 3]`` as an array of its own, ``(h, w)``: what looks at all of it is then several times as fast."""
    return np.asarray(cv2.extractChannel(pixels, 3), np.uint8)


def trimmed(layer: Layer) -> Layer | None:
    """The layer cropped to where its alpha is above 0, or ``None`` where it is transparent everywhere."""
    if layer.pixels.size == 0:
        return None
    left, top, width, height = cv2.boundingRect(alpha_of(layer.pixels))
    if width == 0:
        return None
    right, bottom = left + width, top + height
    if (top, left, bottom, right) == (0, 0, layer.height, layer.width):
        return layer
    crop = np.ascontiguousarray(layer.pixels[top:bottom, left:right])
    return replace(layer, pixels=crop, x=layer.x + left, y=layer.y + top)
