"""From elements to layers: alphas from the rims, colours of the element's own, hidden parts carried on."""

import cv2
import numpy as np

from model.completion import carried_on, textured
from model.decomposers.classic.element import Element
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Box, Floats, Mask, box_of, grown, largest, shrunk
from model.decomposers.classic.regions.nearest import nearest
from model.decomposers.classic.rims import coverage
from model.layers import Layer

_RIM = 2
_CLOSE, _MOSTLY = 24, 0.45
"""Steps that a rim may be off a mixture of the colours beside it, or as a share of its step from what lies below."""
BLEED = 3


def background(rgb: Floats, element: Element, free: Mask) -> Floats:
    """The ground everywhere, ``(H, W, 3)``: what is seen of it, and the completion under all else.

    Args:
        free: pixels that surely show the ground; rims and soft shadows are not among them.
    """
    if not free.any():
        return rgb.copy()
    if len(element.parts) == 1:
        return _surface(rgb, element.paint, free)
    # of several grounds each goes on as far as it is the nearest
    seeds = np.zeros(free.shape, np.int32)
    for index, (mask, _) in enumerate(element.parts):
        seeds[mask & free] = index + 1
    labels = nearest(seeds) if seeds.any() else seeds
    result = rgb.copy()
    for index, (mask, paint) in enumerate(element.parts):
        own = labels == index + 1
        if own.any():
            result[own] = _surface(rgb, paint, free & mask)[own]
    return result


def _surface(rgb: Floats, paint: Paint, free: Mask) -> Floats:
    if paint.degree is None:
        return textured(rgb, free)
    model = paint.on((slice(0, rgb.shape[0]), slice(0, rgb.shape[1])))
    if paint.degree < 2 and paint.residual < 1:
        return np.where(free[:, :, None], rgb, model).astype(np.float32)
    # a free run of colour or a brush strays from its polynomial: carry the difference on as well
    return np.where(free[:, :, None], rgb, model + textured(rgb - model + 128, free) - 128).astype(np.float32)


def shape_layer(rgb: Floats, under: Floats, element: Element, over: Mask) -> tuple[Layer | None, Floats]:
    """The layer of a shape, and the picture up to and including it.

    Args:
        under: ``(H, W, 3)`` what lies below, complete.
        over: ``(H, W)`` pixels that something above hides; alpha there follows ``element.whole``.
    """
    box = box_of(element.whole if element.alpha is None else element.alpha > 0, _RIM + BLEED)
    if box[0].stop == 0:
        return None, under
    seen, whole, hidden = element.seen[box], element.whole[box], over[box]
    picture, below = rgb[box], under[box]
    color = _own_colors(picture, element, box, hidden)
    if element.alpha is not None:
        alpha = element.alpha[box]
    else:
        alpha = _alpha(picture, color, below, seen, whole, hidden, element.opacity)
    inside = (alpha >= 1) & seen & ~hidden
    if element.opacity >= 1:
        color = np.where(inside[:, :, None], picture, color)
    alpha = alpha * element.opacity
    result = under.copy()
    result[box] = color * alpha[:, :, None] + below * (1 - alpha[:, :, None])
    return layer_of(color, alpha, box, element), result


def _alpha(
    picture: Floats, color: Floats, below: Floats, seen: Mask, whole: Mask, hidden: Mask, opacity: float
) -> Floats:
    zone = grown(whole, _RIM)
    inner = shrunk(whole, _RIM)
    solved, residual = coverage(picture, color, below)
    # compression and generators ring at rims: what a mixture explains for the most part is a mixture
    fits = residual <= np.maximum(_CLOSE, _MOSTLY * largest(np.abs(picture - below)))
    alpha = np.where(fits, np.minimum(solved / opacity, 1), seen.astype(np.float32))
    alpha = np.where(zone, alpha, 0)
    alpha = np.where(hidden, np.maximum(whole, alpha * seen), alpha)
    return np.where(inner, 1, alpha).astype(np.float32)


def _own_colors(picture: Floats, element: Element, box: Box, hidden: Mask) -> Floats:
    if element.paint.degree is not None:
        return element.paint.on(box)
    colors, known = picture.copy(), np.zeros(hidden.shape, bool)
    for mask, paint in element.parts:
        own = mask[box]
        if paint.degree is not None:
            y, x = np.nonzero(own & ~shrunk(own, _RIM))
            colors[y, x] = paint.at(y + box[0].start, x + box[1].start)
            known |= own
        else:
            known |= shrunk(own, _RIM)
    sure = known & ~hidden
    return carried_on(colors, sure if sure.any() else element.seen[box])


def layer_of(color: Floats, alpha: Floats, box: Box, element: Element) -> Layer | None:
    """Alphas up to 2 become 0 and from 253 on 255; colour runs on for some pixels under alpha 0."""
    bits = np.rint(alpha * 255)
    bits = np.where(bits <= 2, 0, np.where(bits >= 253, 255, bits)).astype(np.uint8)
    if not bits.any():
        return None
    near = cv2.dilate(bits, np.ones((2 * BLEED + 1, 2 * BLEED + 1), np.uint8)) > 0
    pixels = np.dstack([np.clip(np.rint(color), 0, 255).astype(np.uint8), bits])
    pixels[~near] = 0
    return Layer(pixels, box[1].start, box[0].start, element.name, element.kind, element.text)
