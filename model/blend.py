"""How one colour lies over another: the 16 blend modes, by name.

W3C Compositing and Blending Level 1, section 10 (https://www.w3.org/TR/compositing-1/#blending). As on the web and in
paint programs, the formulas are applied to sRGB-encoded values. ``normal`` never comes here when a stack is composed:
``model.compositing`` has an integer path for it.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Colours: TypeAlias = NDArray[np.float32]
"""``(..., 3)`` float32, 0..1, sRGB-encoded."""
Mode: TypeAlias = Callable[[Colours, Colours], Colours]
"""``mode(backdrop, source) -> B(backdrop, source)``; shapes are equal, nothing is written to."""

_LUMA = np.array([0.3, 0.59, 0.11], np.float32)


def mixed(backdrop: NDArray[np.uint8], source: NDArray[np.uint8], mode: str) -> NDArray[np.uint8]:
    """The source's pixels with colours blended against the backdrop, ready for a plain source-over.

    Args:
        backdrop, source: ``(h, w, 4)`` uint8, straight alpha.
        mode: a name of ``MODES``.

    Returns:
        ``(h, w, 4)`` uint8: ``Cs' = (1 - ab) Cs + ab B(Cb, Cs)`` (the specification's section 5), alpha of the source.
    """
    if mode in _WHOLE_COLOURS or not backdrop.size or backdrop[:, :, 3].min() < 255:
        return _by_formula(backdrop, source, mode)
    pairs = backdrop.astype(np.uint16)
    pairs <<= 8
    pairs |= source
    blended = _table(mode).take(pairs)
    blended[:, :, 3] = source[:, :, 3]
    return blended


@lru_cache(maxsize=16)
def _table(mode: str) -> NDArray[np.uint8]:
    """What every pair of samples gives over an opaque backdrop, the backdrop's sample first; ``(65536,)``."""
    backdrop, source = np.full((256, 256, 4), 255, np.uint8), np.empty((256, 256, 4), np.uint8)
    backdrop[:, :, :3] = np.arange(256, dtype=np.uint8)[:, None, None]
    source[:] = np.arange(256, dtype=np.uint8)[None, :, None]
    return np.ascontiguousarray(_by_formula(backdrop, source, mode)[:, :, 0]).reshape(-1)


def _by_formula(backdrop: NDArray[np.uint8], source: NDArray[np.uint8], mode: str) -> NDArray[np.uint8]:
    below, above = (pixels[:, :, :3].astype(np.float32) / np.float32(255) for pixels in (backdrop, source))
    weight = backdrop[:, :, 3:].astype(np.float32) / np.float32(255)
    colours = above + weight * (MODES[mode](below, above) - above)
    blended = np.empty_like(source)
    blended[:, :, :3] = np.rint(np.clip(colours, 0, 1) * 255)
    blended[:, :, 3] = source[:, :, 3]
    return blended


def _normal(below: Colours, above: Colours) -> Colours:
    return above


def _multiply(below: Colours, above: Colours) -> Colours:
    return below * above


def _screen(below: Colours, above: Colours) -> Colours:
    return below + above - below * above


def _overlay(below: Colours, above: Colours) -> Colours:
    return _hard_light(above, below)


def _darken(below: Colours, above: Colours) -> Colours:
    return np.minimum(below, above)


def _lighten(below: Colours, above: Colours) -> Colours:
    return np.maximum(below, above)


def _color_dodge(below: Colours, above: Colours) -> Colours:
    raised = np.minimum(1, below / np.maximum(1 - above, np.float32(1e-6)))
    return np.where(below == 0, np.float32(0), raised)


def _color_burn(below: Colours, above: Colours) -> Colours:
    lowered = 1 - np.minimum(1, (1 - below) / np.maximum(above, np.float32(1e-6)))
    return np.where(below == 1, np.float32(1), lowered)


def _hard_light(below: Colours, above: Colours) -> Colours:
    return np.where(above <= 0.5, _multiply(below, 2 * above), _screen(below, 2 * above - 1))


def _soft_light(below: Colours, above: Colours) -> Colours:
    curve = np.where(below <= 0.25, ((16 * below - 12) * below + 4) * below, np.sqrt(below))
    darker = below - (1 - 2 * above) * below * (1 - below)
    lighter = below + (2 * above - 1) * (curve - below)
    return np.where(above <= 0.5, darker, lighter)


def _difference(below: Colours, above: Colours) -> Colours:
    return np.asarray(np.abs(below - above))


def _exclusion(below: Colours, above: Colours) -> Colours:
    return below + above - 2 * below * above


def _hue(below: Colours, above: Colours) -> Colours:
    return _with_luminosity(_with_saturation(above, _saturation_of(below)), _luminosity_of(below))


def _saturation(below: Colours, above: Colours) -> Colours:
    return _with_luminosity(_with_saturation(below, _saturation_of(above)), _luminosity_of(below))


def _color(below: Colours, above: Colours) -> Colours:
    return _with_luminosity(above, _luminosity_of(below))


def _luminosity(below: Colours, above: Colours) -> Colours:
    return _with_luminosity(below, _luminosity_of(above))


def _luminosity_of(colours: Colours) -> Colours:
    # Not as a matrix product, whose last bit depends on where in the picture a pixel lies.
    red, green, blue = _LUMA
    return np.asarray(colours[..., 0:1] * red + colours[..., 1:2] * green + colours[..., 2:3] * blue, np.float32)


def _saturation_of(colours: Colours) -> Colours:
    return np.asarray(colours.max(axis=-1, keepdims=True) - colours.min(axis=-1, keepdims=True), np.float32)


def _with_saturation(colours: Colours, saturation: Colours) -> Colours:
    """SetSat: the smallest channel becomes 0, the largest the saturation, the middle one keeps its place between."""
    low = colours.min(axis=-1, keepdims=True)
    span = colours.max(axis=-1, keepdims=True) - low
    return np.where(span > 0, (colours - low) * saturation / np.maximum(span, np.float32(1e-6)), np.float32(0))


def _with_luminosity(colours: Colours, luminosity: Colours) -> Colours:
    """SetLum, then ClipColor: into 0..1 by moving towards the grey of the same luminosity."""
    colours = colours + (luminosity - _luminosity_of(colours))
    grey = _luminosity_of(colours)
    low, high = colours.min(axis=-1, keepdims=True), colours.max(axis=-1, keepdims=True)
    tiny = np.float32(1e-6)
    colours = np.where(low < 0, grey + (colours - grey) * grey / np.maximum(grey - low, tiny), colours)
    return np.where(high > 1, grey + (colours - grey) * (1 - grey) / np.maximum(high - grey, tiny), colours)


MODES: Mapping[str, Mode] = {
    "normal": _normal,
    "multiply": _multiply,
    "screen": _screen,
    "overlay": _overlay,
    "darken": _darken,
    "lighten": _lighten,
    "color-dodge": _color_dodge,
    "color-burn": _color_burn,
    "hard-light": _hard_light,
    "soft-light": _soft_light,
    "difference": _difference,
    "exclusion": _exclusion,
    "hue": _hue,
    "saturation": _saturation,
    "color": _color,
    "luminosity": _luminosity,
}
"""The names are CSS ``mix-blend-mode``'s."""
_WHOLE_COLOURS = frozenset({"hue", "saturation", "color", "luminosity"})
"""The modes in which a channel depends on the others."""
