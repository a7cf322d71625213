"""A layer's colours changed, its shading kept; and its alpha, unless a matrix says otherwise.

``hue`` gives every pixel the hue of the colour and leaves its saturation and its value (equally: its HSL saturation and
lightness) alone. White, black and grey have no hue of their own, so they stay as they are; for black or white lettering
take ``tint``. A grey colour has no hue to give: the layer becomes grey.

``tint`` gives the layer the colour: its commonest brightness becomes exactly the colour, what is brighter goes towards
white and what is darker towards black. So a flat layer of any colour, black and white included, ends as the colour
itself, and a shaded one keeps its shading.

``replace`` makes one colour another and leaves the rest; see ``model.edits.swap``. ``duotone`` runs from one colour to
another by brightness. ``matrix`` is SVG's feColorMatrix, and the four others are the filter functions of CSS.

All work on sRGB-encoded values, as CSS does, between which nothing is rounded. ``strength`` mixes with what was there
before.
"""

from collections.abc import Sequence
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from model.alpha import alpha_of
from model.edits.brightness import LUMA, brightness_of, commonest, looked_up
from model.edits.filters import ALPHA_STAYS, filtered, multiplied
from model.edits.state import Recoloring
from model.edits.swap import swapped
from model.layers import Pixels
from model.png_kind import few_colours, indexed

Floats: TypeAlias = NDArray[np.float32]
_Sample = TypeVar("_Sample", bound=np.generic)

_STEEPEST = 0.5  # brightness that takes a tint all the way to white or black, at least; keeps noise from being blown up
_BAND_PIXELS = 1 << 18


def recolored(pixels: Pixels, steps: Sequence[Recoloring]) -> Pixels:
    """A copy of ``(H, W, 4)`` with all steps applied in order, rounded once; the pixels themselves without steps."""
    if not steps:
        return pixels
    if len(steps) == 1 and steps[0].strength == 1 and steps[0].mode in ("tint", "duotone") and pixels.size:
        return _by_brightness(pixels, steps[0])
    # All but a tint, which looks at the whole layer, make of a colour the same wherever it is: of flat lettering it is
    # enough to ask for each of its colours.
    few = few_colours(pixels) if all(step.mode != "tint" for step in steps) else None
    if few is None:
        return _through(pixels, steps)
    made = _through(few[None, :, None].view(np.uint8), steps).view(few.dtype)[0, :, 0]
    return made.take(indexed(few).samples_of(pixels))[:, :, None].view(np.uint8)


def _by_brightness(pixels: Pixels, step: Recoloring) -> Pixels:
    """What ``_through`` makes of it, several times as fast: a colour picker that is dragged asks for nothing else."""
    pixels = np.ascontiguousarray(pixels)
    bright = brightness_of(pixels)
    target = np.array(step.color, np.float32)
    if step.mode == "duotone":
        other = np.array(step.other, np.float32)
        return looked_up(pixels, lambda luma: _between(luma, target, other), bright)
    middle = commonest(bright, alpha_of(pixels))
    return looked_up(pixels, lambda luma: _tinted(luma, middle, target), bright)


def _through(pixels: Pixels, steps: Sequence[Recoloring]) -> Pixels:
    colours = pixels[:, :, :3].astype(np.float32)
    alpha: NDArray[np.generic] = pixels[:, :, 3]
    for step in steps:
        if step.mode == "matrix":
            alpha = _through_matrix(colours, alpha, step)
            continue
        middle = _commonest(colours, alpha) if step.mode == "tint" else 0.0
        for rows in _bands(colours):
            rows[:] = rows + np.float32(step.strength) * (_changed(rows, step, middle) - rows)
    out = np.empty_like(pixels)
    for rows, cover, into in zip(_bands(colours), _bands(alpha), _bands(out), strict=True):
        into[:, :, :3] = np.rint(np.clip(rows, 0, 255))
        into[:, :, 3] = np.rint(np.clip(cover, 0, 255))
    return out


def _changed(rows: Floats, step: Recoloring, middle: float) -> Floats:
    target = np.array(step.color, np.float32)
    if step.mode == "hue":
        return _hued(rows, target)
    if step.mode == "tint":
        return _tinted(rows @ LUMA, middle, target)
    if step.mode == "replace":
        return swapped(rows, step)
    if step.mode == "duotone":
        return _between(rows @ LUMA, target, np.array(step.other, np.float32))
    return filtered(rows, step.mode, step.numbers[0])


def _through_matrix(colours: Floats, alpha: NDArray[np.generic], step: Recoloring) -> NDArray[np.generic]:
    """The colours in place; returns the alpha, of the same array if the matrix leaves it."""
    strength, stays = np.float32(step.strength), step.numbers[15:] == ALPHA_STAYS
    new = alpha if stays else np.asarray(alpha, np.float32).copy()
    for rows, cover, into in zip(_bands(colours), _bands(alpha), _bands(new), strict=True):
        was = np.asarray(cover, np.float32)
        rows[was == 0] = 0  # to a matrix what is clear is black, whatever colour is hidden there
        changed = multiplied(rows, was, step.numbers)
        rows[:] = rows + strength * (changed[:, :, :3] - rows)
        if not stays:
            into[:] = was + strength * (changed[:, :, 3] - was)
    return new


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


def _tinted(luma: Floats, middle: float, target: Floats) -> Floats:
    """A colour for each brightness, on a further axis."""
    away = luma - np.float32(middle)
    up = np.clip(away / max(255 - middle, 255 * _STEEPEST), 0, 1)[..., None]
    down = np.clip(-away / max(middle, 255 * _STEEPEST), 0, 1)[..., None]
    return np.asarray((target + (255 - target) * up) * (1 - down), np.float32)


def _between(luma: Floats, dark: Floats, light: Floats) -> Floats:
    share = np.clip(luma / np.float32(255), 0, 1)[..., None]
    return np.asarray(dark + share * (light - dark), np.float32)


def _commonest(colours: Floats, alpha: NDArray[np.generic]) -> float:
    """The median brightness, 0-255, weighted by alpha: flat lettering's own, whatever its edges are."""
    bands = list(zip(_bands(colours), _bands(alpha), strict=True))
    weights = np.zeros(256)
    for rows, cover in bands:
        brightness = np.clip(np.rint(rows @ LUMA), 0, 255).astype(np.uint8)
        weights += np.bincount(brightness.ravel(), np.asarray(cover, np.float64).ravel(), 256)
    if not weights.any():
        return 127.5
    at = int(np.searchsorted(np.cumsum(weights), weights.sum() / 2))
    near = []
    for rows, cover in bands:
        luma = rows @ LUMA
        near.append(luma[(np.clip(np.rint(luma), 0, 255) == at) & (np.asarray(cover, np.float32) > 0)])
    return float(np.median(np.concatenate(near)))
