"""A layer's colours changed, its alpha and its shading kept.

``hue`` gives every pixel the hue of the colour and leaves its saturation and its value (equally: its HSL saturation and
lightness) alone. White, black and grey have no hue of their own, so they stay as they are; for black or white lettering
take ``tint``. A grey colour has no hue to give: the layer becomes grey.

``tint`` gives the layer the colour: its commonest brightness becomes exactly the colour, what is brighter goes towards
white and what is darker towards black. So a flat layer of any colour, black and white included, ends as the colour
itself, and a shaded one keeps its shading.

Both work on sRGB-encoded values, as CSS does. ``strength`` mixes with what was there before.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from model.edits.state import Recoloring
from model.layers import Pixels

Floats = NDArray[np.float32]
_Sample = TypeVar("_Sample", bound=np.generic)

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # Rec. 709
_STEEPEST = 0.5  # brightness that takes a tint all the way to white or black, at least; keeps noise from being blown up
_BAND_PIXELS = 1 << 18


def recolored(pixels: Pixels, steps: Sequence[Recoloring]) -> Pixels:
    """A copy of ``(H, W, 4)`` with all steps applied in order, rounded once; the pixels themselves without steps."""
    if not steps:
        return pixels
    colours = pixels[:, :, :3].astype(np.float32)
    for step in steps:
        target = np.array(step.color, np.float32)
        middle = _commonest(colours, pixels[:, :, 3]) if step.mode == "tint" else 0.0
        for rows in _bands(colours):
            changed = _hued(rows, target) if step.mode == "hue" else _tinted(rows, middle, target)
            rows[:] = rows + np.float32(step.strength) * (changed - rows)
    out = pixels.copy()
    for rows, into in zip(_bands(colours), _bands(out), strict=True):
        into[:, :, :3] = np.rint(np.clip(rows, 0, 255))
    return out


def _bands(pixels: NDArray[_Sample]) -> list[NDArray[_Sample]]:
    """Views of some rows each, so that what is worked out on the way never takes a whole picture's memory."""
    step = max(1, _BAND_PIXELS // pixels.shape[1])
    return [pixels[top : top + step] for top in range(0, pixels.shape[0], step)]


def _hued(colours: Floats, target: Floats) -> Floats:
    low, high = target.min(), target.max()
    red, green, blue = colours[:, :, 0], colours[:, :, 1], colours[:, :, 2]
    brightest = np.maximum(np.maximum(red, green), blue)[:, :, None]
    if high == low:
        return np.broadcast_to(brightest, colours.shape)
    darkest = np.minimum(np.minimum(red, green), blue)[:, :, None]
    pure = (target - low) / (high - low)  # the purest colour of that hue: its channels between 0 and 1, both included
    return np.asarray(darkest + (brightest - darkest) * pure, np.float32)


def _tinted(colours: Floats, middle: float, target: Floats) -> Floats:
    away = colours @ _LUMA - np.float32(middle)
    up = np.clip(away / max(255 - middle, 255 * _STEEPEST), 0, 1)[:, :, None]
    down = np.clip(-away / max(middle, 255 * _STEEPEST), 0, 1)[:, :, None]
    return np.asarray((target + (255 - target) * up) * (1 - down), np.float32)


def _commonest(colours: Floats, alpha: NDArray[np.uint8]) -> float:
    """The median brightness, 0-255, weighted by alpha: flat lettering's own, whatever its edges are."""
    bands = list(zip(_bands(colours), _bands(alpha), strict=True))
    weights = np.zeros(256)
    for rows, cover in bands:
        weights += np.bincount(np.rint(rows @ _LUMA).astype(np.uint8).ravel(), cover.ravel(), 256)
    if not weights.any():
        return 127.5
    at = int(np.searchsorted(np.cumsum(weights), weights.sum() / 2))
    near = []
    for rows, cover in bands:
        luma = rows @ _LUMA
        near.append(luma[(np.rint(luma) == at) & (cover > 0)])
    return float(np.median(np.concatenate(near)))
