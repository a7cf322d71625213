"""True layers as Qwen-Image-Layered would give them: small, blurred, and off in the ways that were seen of it.

The size is the model's own bucket, whose ratio is not quite the picture's. Opaque is 251 to 254. Where a layer is blank
its alpha is 0 to 2, in patches up to 20, and its colour is noise. Colours are off as after a VAE: by a few steps over
wide areas, and by a little grain.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.qwen_image_layered.pictures.frame import size_for
from model.layers import Layer, Pixels, Stack, on_canvas

Planes = NDArray[np.float32]

BLUR = 0.8
"""Standard deviation, in pixels of the model's."""
_DRIFT, _GRAIN = 4.0, 2.0
"""Standard deviations of what colours are off by, in 8-bit steps: over some twenty pixels, and from one to the next."""
_BLANK = 3
_PATCHES = 0.03
"""The share of a blank area that is not quite blank."""


def spoilt(layers: Sequence[Layer], width: int, height: int, seed: int, resolution: int = 640) -> Stack:
    """The raw stack, at the model's size for this picture's ratio."""
    generator = np.random.default_rng(seed)
    small = size_for(width / height, resolution)
    return Stack(*small, tuple(_as_by_the_model(layer, (width, height), small, generator) for layer in layers))


def _as_by_the_model(
    layer: Layer, full: tuple[int, int], small: tuple[int, int], generator: np.random.Generator
) -> Layer:
    whole = on_canvas(layer, *full).astype(np.float32)
    whole[:, :, :3] *= whole[:, :, 3:] / 255
    scale = full[0] / small[0]
    whole = np.asarray(cv2.GaussianBlur(whole, (0, 0), BLUR * scale), np.float32)
    shrunk = np.asarray(cv2.resize(whole, small, interpolation=cv2.INTER_AREA), np.float32)
    alpha = _alpha(shrunk[:, :, 3], generator)
    colour = shrunk[:, :, :3] * (255 / np.maximum(shrunk[:, :, 3:], np.float32(0.5)))
    colour += _smooth(small, 20, generator, 3) * _DRIFT + generator.normal(0, _GRAIN, colour.shape)
    colour = np.where((alpha < _BLANK)[:, :, None], generator.integers(0, 256, colour.shape), colour)
    pixels: Pixels = np.rint(np.clip(np.dstack([colour, alpha]), 0, 255)).astype(np.uint8)
    return Layer(pixels, name=layer.name, kind=layer.kind, text=layer.text)


def _alpha(true: Planes, generator: np.random.Generator) -> Planes:
    size = true.shape[1], true.shape[0]
    alpha = true + generator.normal(0, 1.5, true.shape)
    alpha = np.where(true > 250, generator.integers(251, 255, true.shape), alpha)
    blank = true < 1
    patches = _smooth(size, 12, generator, 1)[:, :, 0]
    limit, peak = float(np.quantile(patches, 1 - _PATCHES)), float(patches.max())
    haze = np.clip((patches - limit) / max(peak - limit, 1e-6), 0, 1) * 20
    alpha = np.where(blank, np.maximum(generator.integers(0, _BLANK, true.shape), haze), alpha)
    return np.asarray(np.rint(np.clip(alpha, 0, 255)), np.float32)


def _smooth(size: tuple[int, int], cell: int, generator: np.random.Generator, planes: int) -> Planes:
    """``(h, w, planes)``: noise of standard deviation 1 that changes over ``cell`` pixels."""
    few = generator.normal(0, 1, (size[1] // cell + 2, size[0] // cell + 2, planes)).astype(np.float32)
    wide = cv2.resize(few, size, interpolation=cv2.INTER_CUBIC).reshape(size[1], size[0], planes)
    return np.asarray(wide / max(float(wide.std()), 1e-6), np.float32)
