"""A stack as it is kept: a PNG a layer, checked, and what a manifest says of each."""

import numpy as np

from model import compositing, encode
from model.decomposers.base import OnProgress
from model.errors import NotExact
from model.layers import Pixels, Stack, on_canvas


def exact_pngs(stack: Stack, image: Pixels, on_progress: OnProgress) -> tuple[bytes, ...]:
    """One PNG a layer, full canvas. What is kept is what was checked: the bytes are read back and composited.

    Args:
        stack: of the picture's size.
        image: ``(H, W, 4)`` uint8, straight alpha.
        on_progress: called after each layer, with the stage ``encode``.

    Raises:
        NotExact: they do not recompose to the picture.
    """
    canvas = np.zeros_like(image)
    pngs = []
    for index, layer in enumerate(stack.layers):
        full = on_canvas(layer, stack.width, stack.height)
        pngs.append(encode.png(full))
        decoded = encode.decode_own(pngs[-1])
        if not np.array_equal(decoded, full):
            raise NotExact(f"The PNG of layer {index} is not the layer.")
        compositing.over(canvas, decoded[layer.box], layer.box)
        on_progress("encode", index + 1, len(stack.layers))
    if not np.array_equal(canvas, image):
        raise NotExact("The layers do not recompose to the picture.")
    return tuple(pngs)


def entry(stack: Stack, index: int) -> dict[str, object]:
    """What a manifest says of a layer, wherever its pixels are kept; JSON values only."""
    layer = stack.layers[index]
    covered = int(np.count_nonzero(layer.pixels[:, :, 3]))
    return {
        "index": index,
        "name": layer.name,
        "kind": layer.kind,
        "text": layer.text,
        "bbox": list(layer.bbox),
        "area_ratio": round(covered / (stack.width * stack.height), 6),
        "depth": layer.depth,
    }
