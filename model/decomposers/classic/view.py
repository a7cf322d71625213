"""What ``classic`` looks at of a picture that is transparent in places: opaque colours.

nothing there            a colour that the picture has nowhere
fading to transparency   the fade's own colour, as if it were opaque: a glow of one colour is one area of it
all else                 laid over that colour: rims and panes are mixtures with a ground that is known
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from model.alpha import alpha_of
from model.completion import carried_on
from model.decomposers.classic.element import Element, as_one
from model.decomposers.classic.outline import hull
from model.decomposers.classic.planes import Floats, Mask, components, grown
from model.layers import Layer, Pixels
from model.premultiply import is_opaque
from model.standout import ground_for

_RIM = 9
"""Pixels: a narrower run of alpha is the soft edge of something."""
_SMOOTH = 3
"""Pixels of a blurred rim's width at least; that of a smooth edge is two."""
_STEP = 24
"""8-bit steps of alpha from one pixel to its neighbours: more is the edge of something that lies over a fade."""
_FADES = 26
"""8-bit steps between a fade's alphas: less is a pane of one opacity."""
_TELLS = 32
"""Alpha from which on 8 bits times alpha, as which many programs keep a colour, tell it to four steps."""
_CLEAR = 2
_DARK = 16
"""8-bit steps, of the brightest channel: a darker fade is a shadow, which is measured as the ground's darkening and
fitted to what casts it."""
_DIM = 96
"""The same: up to it a fade is called a shadow, above it a glow."""
_MOST = 0.5
_SLIVER = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """``rgb`` ``(H, W, 3)``; ``alpha`` ``(H, W)``, 0-1: of the picture where something fades, 1 everywhere else;
    ``solid`` ``(H, W)``: where the picture is opaque."""

    rgb: Floats
    alpha: Floats
    solid: Mask


def view_of(image: Pixels) -> View:
    """The picture, ``(H, W, 4)`` uint8, straight alpha, as areas can be found in it."""
    shape = image.shape[:2]
    if is_opaque(image):
        return View(image[:, :, :3].astype(np.float32), np.ones(shape, np.float32), np.ones(shape, bool))
    share = image[:, :, 3:].astype(np.float32) / 255
    ground = np.array(ground_for(image), np.float32)
    fading, calm = _fading(image)
    shown = _without_rims(alpha_of(image), fading | calm)[:, :, None] * np.float32(1 / 255)
    rgb = np.rint(image[:, :, :3] * shown + ground * (1 - shown)).astype(np.float32)
    if fading.any():
        own = image[:, :, :3].astype(np.float32)
        tells = image[:, :, 3] >= _TELLS
        if (tells & fading).any():
            beside = carried_on(own, tells)
            rounded = np.abs(own - beside).max(axis=2) <= 2 + 255 / np.maximum(image[:, :, 3], 1)
            own = np.where((fading & ~tells & rounded)[:, :, None], beside, own)
        rgb = np.where(fading[:, :, None], own, rgb).astype(np.float32)
    return View(rgb, np.where(fading, share[:, :, 0], 1).astype(np.float32), image[:, :, 3] == 255)


def _without_rims(alpha: NDArray[np.uint8], kept: Mask) -> NDArray[np.uint8]:
    """The alpha with hard edges where a blurred one ends on nothing: laid on a ground that is strips of colours of
    their own. In the end the alpha is the picture's."""
    around = np.ones((_RIM, _RIM), np.uint8)
    beside = cv2.dilate(alpha, around)
    soft = ((alpha > 0) & (alpha < 255)).astype(np.uint8)
    blurred = cv2.morphologyEx(soft, cv2.MORPH_OPEN, np.ones((_SMOOTH, _SMOOTH), np.uint8)) > 0
    rim = grown(blurred, 1) & (alpha < beside) & (cv2.erode(alpha, around) <= _CLEAR) & ~grown(kept, 1)
    hard = np.where(2 * alpha.astype(np.uint16) >= beside, beside, 0)
    return np.where(rim, hard, alpha).astype(np.uint8)


def _fading(image: Pixels) -> tuple[Mask, Mask]:
    """Where the picture's alpha runs out over some distance, and the rims of what lies on that; shadows aside. And
    where alpha changes gently at all."""
    alpha = alpha_of(image)
    soft = ((alpha > _CLEAR) & (alpha < 255)).astype(np.uint8)
    broad = cv2.morphologyEx(soft, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_RIM, _RIM))) > 0
    around = np.ones((3, 3), np.uint8)
    calm = broad & (cv2.subtract(cv2.dilate(alpha, around), cv2.erode(alpha, around)) <= _STEP)
    count, labels, stats = components(calm)
    fades = [False] * count
    for index in np.flatnonzero(stats[:, cv2.CC_STAT_AREA] >= _RIM * _RIM).tolist():
        left, top, width, height, _ = stats[index].tolist()
        box = slice(top, top + height), slice(left, left + width)
        fades[index] = index > 0 and _is_running_out(image[box][labels[box] == index])
    found = np.asarray(fades)[labels]
    return np.asarray(grown(found, 3) & (soft > 0)), np.asarray(calm)


def _is_running_out(pixels: Pixels) -> bool:
    """Whether an area, ``(n, 4)``, is a fade of some colour: neither a pane nor a shadow."""
    brightest = pixels[:, :3].max(axis=1)
    return bool(np.ptp(np.percentile(pixels[:, 3], (2, 98))) >= _FADES and np.median(brightest) > _DARK)


def fades_first(shapes: list[Element], view: View) -> list[Element]:
    """Shapes, bottom first, with fades below all else: over something opaque their colour would run out on it.

    What is narrow beside a fade and no more opaque is the rim of what lies over both, and goes with it.
    """
    if view.alpha.min() == 1:
        return shapes
    fades = [shape for shape in shapes if _is_fade(shape.seen, view.alpha)]
    whole: list[list[Element]] = []
    for fade in sorted(fades, key=lambda shape: -shape.area):
        near = grown(fade.seen, 2)
        beside = (group for group in whole if fade.area <= _SLIVER * group[0].area and (near & group[0].seen).any())
        group = next(beside, None)
        if group is None:
            whole.append([fade])
        else:
            group.append(fade)
    return [*(as_one(group) for group in whole), *(shape for shape in shapes if shape not in fades)]


def _is_fade(shown: Mask, alpha: Floats) -> bool:
    return bool(shown.any()) and float((alpha[shown] < 1).mean()) >= _MOST


def thinned(layers: list[Layer], view: View) -> list[Layer]:
    """The layers as transparent as the picture is where something fades; fades go on under what they surround."""
    if view.alpha.min() == 1:
        return layers
    over = np.zeros(view.solid.shape, bool)
    result = []
    for layer in reversed(layers[1:]):
        result.append(_thinner(_under(layer, over, view), view.alpha))
        over[layer.box] |= layer.pixels[:, :, 3] == 255
    return [layers[0], *result[::-1]]


def _under(layer: Layer, over: Mask, view: View) -> Layer:
    """A fade with a name of its own, and opaque under what is ``over`` it: of how much is hidden nobody knows, until
    ``refine`` carries it on."""
    shown = (layer.pixels[:, :, 3] > 0) & ~over[layer.box]
    if layer.kind == "text" or not _is_fade(shown, view.alpha[layer.box]):
        return layer
    pixels = layer.pixels.copy()
    hidden = hull(shown) & over[layer.box]
    pixels[hidden, :3] = np.median(pixels[shown][:, :3], axis=0)
    pixels[hidden, 3] = 255
    dark = float(np.median(pixels[shown][:, :3].max(axis=1))) < _DIM
    return replace(layer, pixels=pixels, name="shadow" if dark else "glow", kind="object")


def _thinner(layer: Layer, alpha: Floats) -> Layer:
    pixels = layer.pixels.copy()
    pixels[:, :, 3] = np.rint(pixels[:, :, 3] * alpha[layer.box])
    return replace(layer, pixels=pixels)
