"""What is transparent where it is seen is as transparent where something opaque hides it.

A shadow goes on under its card as a shadow, a pane under its letters as a pane. A proposal, made of colours alone,
tells neither alpha nor colour there; both are carried on from what is seen. What is free to be changed is only what
lies under something opaque, so that the stack recomposes as before.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.layers import Layer, Pixels
from model.refine.spread import spread

Mask: TypeAlias = NDArray[np.bool_]

_MOST = 0.5
"""The share of what is seen of a layer, rims aside, that is not opaque where the layer is taken to be see-through."""

_SOLID = 250
"""Hidden alpha of less is a proposal that knows better."""


def carried_on(layers: Sequence[Layer], picture: Pixels, least: float = 0.0) -> list[Layer]:
    """The layers, see-through ones with their hidden alpha and colour as beside it.

    Args:
        layers: bottom first; they recompose to the picture. Not written to.
        picture: ``(h, w, 4)`` uint8, straight alpha.
        least: pixels; a layer that would cover less of the canvas, by its alpha, stays as it is.
    """
    height, width = picture.shape[:2]
    opaque, shown = np.zeros((height, width), bool), np.zeros((height, width), bool)
    result = []
    for layer in reversed(layers):
        alpha = layer.pixels[:, :, 3]
        seen, hidden = (alpha > 0) & ~shown[layer.box], (alpha >= _SOLID) & opaque[layer.box]
        opaque[layer.box] |= alpha == 255
        shown[layer.box] |= alpha > 0
        result.append(_carried_on(layer, seen, hidden, least))
    return result[::-1]


def _carried_on(layer: Layer, seen: Mask, hidden: Mask, least: float) -> Layer:
    inside = cv2.erode(seen.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    alpha = layer.pixels[:, :, 3]
    if not hidden.any() or not inside.any() or float((alpha[inside] < 255).mean()) < _MOST:
        return layer
    share = layer.pixels[:, :, 3:].astype(np.float32)
    weight = inside.astype(np.float32)
    found = spread(np.repeat(share, 3, axis=2), weight)[:, :, 0]
    colours = spread(layer.pixels[:, :, :3].astype(np.float32), weight * share[:, :, 0])
    pixels = layer.pixels.copy()
    pixels[hidden, :3] = np.rint(np.clip(colours[hidden], 0, 255))
    pixels[hidden, 3] = np.rint(np.clip(found[hidden], 1, 255))
    return replace(layer, pixels=pixels) if pixels[:, :, 3].sum(dtype=np.int64) >= 255 * least else layer
