"""All layers of a picture, each on what lies below it."""

import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.layering.lettering import text_layer
from model.decomposers.classic.layering.names import ground_name, named
from model.decomposers.classic.layering.order import complete
from model.decomposers.classic.layering.peel import background, shape_layer
from model.decomposers.classic.planes import Floats, Mask, grown, shrunk
from model.decomposers.classic.text.ink import Line, lettered
from model.layers import Layer, Pixels


def bottom_first(rgb: Floats, ground: Element, shapes: list[Element], texts: list[list[Line]]) -> list[Layer]:
    """The layers, background first.

    Args:
        rgb: the picture. What lies below an overlay is taken from the overlay's ``clear``.
        ground: the background.
        shapes: what lies on it, bottom first; ``whole`` is set.
        texts: lines by style, bottom first; they lie over all else.
    """
    ink_zone = lettered([line for lines in texts for line in lines], rgb.shape[:2], 3)
    complete(shapes, ink_zone)
    taken = ink_zone.copy()
    for shape in shapes:
        if shape.alpha is None or ground.paint.is_plain:
            taken |= _hiding(shape, 3)
    under = background(_picture(rgb, shapes), ground, ground.seen & ~taken)
    base = np.dstack([np.clip(np.rint(under), 0, 255), np.full(rgb.shape[:2], 255)]).astype(np.uint8)
    layers = [Layer(base, name=ground_name(ground), kind="background")]
    for index, shape in enumerate(shapes):
        over = ink_zone.copy()
        for upper in shapes[index + 1 :]:
            over |= _hiding(upper, 2) if upper.alpha is None else False
        shape.whole = shape.whole | shape.seen
        layer, under = shape_layer(_picture(rgb, shapes[index + 1 :]), under, named(shape), over & shape.whole)
        if layer is not None:
            layers.append(layer)
    for lines in texts:
        words = " ".join(line.words.text for line in lines if line.words.text)
        element = Element(lettered(lines, rgb.shape[:2], 0), ground.paint, "text", words, words or None)
        layer, under = text_layer(rgb, under, lines, element)
        if layer is not None:
            layers.append(layer)
    _show(base, rgb, ground, layers[1:])
    return layers


def _show(base: Pixels, rgb: Floats, ground: Element, over: list[Layer]) -> None:
    """Where no layer lies over a textured background, it is the picture: around letters it was completed too far.

    Where a colour model tells what the ground is, whatever strays from it beside a layer is the layer's: ``refine``
    gives it the rest of its rim, and no outline stays behind.
    """
    shown = np.zeros(rgb.shape[:2], bool)
    for mask, paint in ground.parts:
        shown |= mask & (paint.degree is None)
    for layer in over:
        shown[layer.box] &= layer.pixels[:, :, 3] == 0
    base[shown, :3] = np.rint(rgb[shown])


def _picture(rgb: Floats, above: list[Element]) -> Floats:
    """The picture without the overlays that lie above something."""
    return next((shape.clear for shape in above if shape.clear is not None), rgb)


def _hiding(shape: Element, reach: int) -> Mask:
    """Where a shape hides what lies below it: all of it and some pixels around; of glass its rim."""
    wide = grown(shape.seen, reach)
    return wide & ~shrunk(shape.seen, reach) if shape.opacity < 1 else wide
