"""What ``refine`` promises for any proposal of any decomposer; asserted in one place."""

import numpy as np
from PIL import Image

from model.compositing import composite
from model.decomposers import Parameters
from model.layers import Pixels, Stack, on_canvas


def by_pillow(stack: Stack) -> Pixels:
    """Composed by Pillow alone, from layers on the full canvas, as anybody would who has the PNGs."""
    canvas = Image.new("RGBA", (stack.width, stack.height))
    for layer in stack.layers:
        canvas = Image.alpha_composite(canvas, Image.fromarray(on_canvas(layer, stack.width, stack.height)))
    return np.asarray(canvas)


def assert_promises_kept(stack: Stack, image: Pixels, parameters: Parameters) -> None:
    height, width = image.shape[:2]
    layers = stack.layers
    assert (stack.width, stack.height) == (width, height)
    assert np.array_equal(by_pillow(stack), image)
    assert np.array_equal(composite(stack), image)
    assert 1 <= len(layers) <= parameters.most_layers
    assert [layer.kind == "background" for layer in layers] == [True] + [False] * (len(layers) - 1)
    assert len(layers) == 1 or all(layer.pixels[..., 3].any() for layer in layers)
    assert len({layer.name for layer in layers}) == len(layers)
    assert all(layer.name for layer in layers)
    depths = [layer.depth for layer in layers if layer.depth is not None]
    assert len(depths) == len(layers)
    assert depths == sorted(set(depths))
    assert depths[0] == 0
    assert depths[-1] == (1 if len(layers) > 1 else 0)
    for layer in layers:
        assert 0 <= layer.x <= layer.x + layer.width <= width
        assert 0 <= layer.y <= layer.y + layer.height <= height
    for layer in layers[1:]:
        assert layer.pixels[..., 3].sum() >= 255 * parameters.min_alpha_area_ratio * width * height
