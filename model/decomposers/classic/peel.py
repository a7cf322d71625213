"""From elements to layers: alphas from the rims, colours of the element's own, hidden parts carried on."""

import cv2
import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.paint import carried_on
from model.decomposers.classic.planes import Floats, Mask, box_of, grown, shrunk
from model.decomposers.classic.rims import coverage
from model.decomposers.classic.text import Ink
from model.layers import Layer

_RIM = 2
_BLEED = 3


def background(rgb: Floats, element: Element, free: Mask) -> Floats:
    """The ground everywhere, ``(H, W, 3)``: what is seen of it, and the completion under all else.

    Args:
        free: pixels that surely show the ground; rims and soft shadows are not among them.
    """
    if not free.any():
        return rgb.copy()
    whole = (slice(0, rgb.shape[0]), slice(0, rgb.shape[1]))
    if element.paint.degree is None:
        return np.where(free[:, :, None], rgb, _textured(rgb, free)).astype(np.float32)
    model = element.paint.on(whole)
    if element.paint.degree < 2:
        return np.where(free[:, :, None], rgb, model).astype(np.float32)
    # a free run of colour strays a little from its polynomial: carry the difference on as well
    return np.where(free[:, :, None], rgb, model + carried_on(rgb - model, free)).astype(np.float32)


def _textured(rgb: Floats, free: Mask) -> Floats:
    return carried_on(rgb, free)


def shape_layer(rgb: Floats, under: Floats, element: Element, over: Mask) -> tuple[Layer | None, Floats]:
    """The layer of a shape, and the picture up to and including it.

    Args:
        under: ``(H, W, 3)`` what lies below, complete.
        over: ``(H, W)`` pixels that something above hides; alpha there follows ``element.whole``.
    """
    box = box_of(element.whole if element.alpha is None else element.alpha > 0, _RIM + _BLEED)
    if box[0].stop == 0:
        return None, under
    seen, whole, hidden = element.seen[box], element.whole[box], over[box]
    picture, below = rgb[box], under[box]
    color = _own_colors(picture, element, box, hidden)
    if element.alpha is not None:
        alpha = element.alpha[box]
    else:
        alpha = _alpha(picture, color, below, seen, whole, hidden)
    inside = (alpha >= 1) & seen & ~hidden
    color = np.where(inside[:, :, None], picture, color)
    alpha = alpha * element.opacity
    result = under.copy()
    result[box] = color * alpha[:, :, None] + below * (1 - alpha[:, :, None])
    return layer_of(color, alpha, box, element), result


def _alpha(picture: Floats, color: Floats, below: Floats, seen: Mask, whole: Mask, hidden: Mask) -> Floats:
    zone = grown(whole, _RIM)
    inner = shrunk(whole, _RIM)
    solved, residual = coverage(picture, color, below)
    fits = residual <= 24
    alpha = np.where(fits, solved, seen.astype(np.float32))
    alpha = np.where(zone, alpha, 0)
    alpha = np.where(hidden, np.maximum(whole, alpha * seen), alpha)
    return np.where(inner, 1, alpha).astype(np.float32)


def _own_colors(picture: Floats, element: Element, box: tuple[slice, slice], hidden: Mask) -> Floats:
    if element.paint.degree is not None:
        return element.paint.on(box)
    sure = shrunk(element.seen[box], _RIM) & ~hidden
    return carried_on(picture, sure if sure.any() else element.seen[box])


def text_layer(rgb: Floats, under: Floats, inks: list[Ink], element: Element) -> tuple[Layer | None, Floats]:
    """The layer of some lines of one ink: alpha is solved wherever letters may be."""
    reach = np.zeros(rgb.shape[:2], bool)
    for ink in inks:
        reach |= grown(ink.core, 4) & grown(ink.zone, 3)
    box = box_of(reach, _BLEED)
    if box[0].stop == 0:
        return None, under
    color = np.broadcast_to(np.median([ink.color for ink in inks], axis=0), (*reach[box].shape, 3)).astype(np.float32)
    alpha, residual = coverage(rgb[box], color, under[box])
    core = np.any([ink.core[box] for ink in inks], axis=0)
    alpha = np.where(reach[box] & (residual <= 40), alpha, 0)
    alpha = np.where(alpha < 0.04, 0, alpha)
    alpha = np.where(core, 1, alpha).astype(np.float32)
    color = np.where(core[:, :, None], rgb[box], color)
    result = under.copy()
    result[box] = color * alpha[:, :, None] + under[box] * (1 - alpha[:, :, None])
    return layer_of(color, alpha, box, element), result


def layer_of(color: Floats, alpha: Floats, box: tuple[slice, slice], element: Element) -> Layer | None:
    """Alphas up to 2 become 0 and from 253 on 255; colour runs on for some pixels under alpha 0."""
    bits = np.rint(alpha * 255)
    bits = np.where(bits <= 2, 0, np.where(bits >= 253, 255, bits)).astype(np.uint8)
    if not bits.any():
        return None
    near = cv2.dilate(bits, np.ones((2 * _BLEED + 1, 2 * _BLEED + 1), np.uint8)) > 0
    pixels = np.dstack([np.clip(np.rint(color), 0, 255).astype(np.uint8), bits])
    pixels[~near] = 0
    return Layer(pixels, box[1].start, box[0].start, element.name, element.kind, element.text)
