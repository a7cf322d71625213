"""Colours of the hidden parts: the model's completion, shifted by how far the model is off beside it.

What is visible is the picture's own and needs no guess. A diffusion model's decoder drifts in colour, so that its
completion shows a seam where the layer above is taken away. The drift is known at every visible pixel; it is carried
smoothly into what is hidden.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from model.layers import Layer, Pixels
from model.refine.spread import spread

_FAITHFUL = 2
"""8-bit steps: a proposal whose visible pixels are off by no more, in the median, is left as it is."""
_UNEXPLAINED = 32
"""8-bit steps: a visible pixel that is off by more shows something else; its neighbours may in part."""


def matched(layers: Sequence[Layer], picture: Pixels) -> list[Layer]:
    """The layers with their hidden colours drawn towards what is visible of them.

    Args:
        layers: bottom first, all of the picture's size.
        picture: ``(h, w, 4)`` uint8, straight alpha, at the layers' size.
    """
    clear = picture[:, :, 3] == 255
    shown: list[NDArray[np.bool_]] = []
    for layer in reversed(layers):
        alpha = layer.pixels[:, :, 3]
        shown.append(clear[layer.box] & (alpha == 255))
        clear[layer.box] &= alpha == 0
    shown.reverse()
    drifts = [_drift(layer, picture) for layer in layers]
    sizes = [np.abs(drift[seen]).max(axis=1) for drift, seen in zip(drifts, shown, strict=True) if seen.any()]
    if not sizes or np.median(np.concatenate(sizes)) <= _FAITHFUL:
        return list(layers)
    return [_shifted(*each) for each in zip(layers, drifts, shown, strict=True)]


def _drift(layer: Layer, picture: Pixels) -> NDArray[np.int16]:
    return picture[layer.box][:, :, :3].astype(np.int16) - layer.pixels[:, :, :3]


def _shifted(layer: Layer, drift: NDArray[np.int16], shown: NDArray[np.bool_]) -> Layer:
    other = shown & (np.abs(drift).max(axis=2) > _UNEXPLAINED)
    known = shown & (cv2.dilate(other.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0)
    shift = spread(drift.astype(np.float32), known.astype(np.float32))
    pixels = layer.pixels.copy()
    pixels[:, :, :3] = np.rint(np.clip(pixels[:, :, :3] + shift, 0, 255))
    return replace(layer, pixels=pixels)
