"""All layers of a picture, each on what lies below it."""

import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.layering.lettering import text_layer
from model.decomposers.classic.layering.names import ground_name, named
from model.decomposers.classic.layering.order import complete, place_of
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
        texts: lines by style, bottom first; they lie over all else but what cuts their letters.
    """
    places = [place_of(lines, shapes) for lines in texts]
    ink_zone = lettered([line for lines in texts for line in lines], rgb.shape[:2], 3)
    complete(shapes, ink_zone)
    taken = ink_zone.copy()
    for shape in shapes:
        if shape.alpha is None or ground.paint.is_plain:
            taken |= _hiding(shape, 3)
    under = background(_picture(rgb, shapes), ground, ground.seen & ~taken)
    base = np.dstack([np.clip(np.rint(under), 0, 255), np.full(rgb.shape[:2], 255)]).astype(np.uint8)
    layers = [Layer(base, name=ground_name(ground), kind="background")]
    for index in range(len(shapes) + 1):
        above, picture = shapes[index:], _picture(rgb, shapes[index:])
        for lines in (texts[text] for text, place in enumerate(places) if place == index):
            over = _hidden_by(above, 0, ink_zone.shape)
            layer, under = text_layer(picture, under, lines, _worded(lines, ground), over)
            layers += [] if layer is None else [layer]
        if above:
            later = [line for lines, place in zip(texts, places, strict=True) if place > index for line in lines]
            over = lettered(later, ink_zone.shape, 3) | _hidden_by(above[1:], 2, ink_zone.shape)
            above[0].whole = above[0].whole | above[0].seen
            picture = _picture(rgb, above[1:])
            layer, under = shape_layer(picture, under, named(above[0]), over & above[0].whole)
            layers += [] if layer is None else [layer]
    _show(base, rgb, ground, layers[1:])
    return layers


def _worded(lines: list[Line], ground: Element) -> Element:
    words = " ".join(line.words.text for line in lines if line.words.text)
    return Element(lettered(lines, ground.seen.shape, 0), ground.paint, "text", words, words or None)


def _hidden_by(above: list[Element], reach: int, shape: tuple[int, ...]) -> Mask:
    hidden = np.zeros(shape, bool)
    for upper in above:
        hidden |= _hiding(upper, reach) if upper.alpha is None else False
    return hidden


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
