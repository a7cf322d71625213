import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from model.layers import Layer, Pixels, on_canvas
from model.refine.exact import make_exact


def _picture(generator: np.random.Generator, height: int, width: int) -> Pixels:
    image = generator.integers(0, 256, (height, width, 4), dtype=np.uint8)
    image[..., 3] = 255
    return image


def _layer(generator: np.random.Generator, height: int, width: int) -> Layer:
    w, h = int(generator.integers(1, width + 1)), int(generator.integers(1, height + 1))
    x, y = int(generator.integers(0, width - w + 1)), int(generator.integers(0, height - h + 1))
    pixels = generator.integers(0, 256, (h, w, 4), dtype=np.uint8)
    kind = generator.integers(0, 3, (h, w))
    pixels[..., 3][kind == 0] = 0
    pixels[..., 3][kind == 1] = 255
    return Layer(pixels, x, y)


def _recomposed(layers: list[Layer], width: int, height: int) -> Pixels:
    canvas = Image.fromarray(on_canvas(layers[0], width, height))
    for layer in layers[1:]:
        canvas = Image.alpha_composite(canvas, Image.fromarray(on_canvas(layer, width, height)))
    return np.asarray(canvas)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 6), width=st.integers(1, 40), height=st.integers(1, 40))
def test_any_layers_come_to_show_any_opaque_picture(seed: int, count: int, width: int, height: int) -> None:
    generator = np.random.default_rng(seed)
    image = _picture(generator, height, width)
    layers = [Layer(_picture(generator, height, width)), *(_layer(generator, height, width) for _ in range(count))]
    alphas = [layer.pixels[..., 3].copy() for layer in layers]
    make_exact(layers, image)
    assert np.array_equal(_recomposed(layers, width, height), image)
    assert all(np.array_equal(layer.pixels[..., 3], alpha) for layer, alpha in zip(layers, alphas, strict=True))


def test_every_alpha_can_show_every_value_over_every_ground() -> None:
    values = np.arange(256, dtype=np.uint8)
    for alpha in range(1, 255):
        image = np.full((256, 256, 4), 255, np.uint8)
        image[..., 0] = values[:, None]
        ground, upper = image.copy(), image.copy()
        ground[..., 0] = values[None, :]
        upper[..., 0], upper[..., 3] = 128, alpha
        layers = [Layer(ground), Layer(upper)]
        make_exact(layers, image)
        assert np.array_equal(_recomposed(layers, 256, 256), image)


def test_a_picture_of_several_bands_is_exact_throughout() -> None:
    generator = np.random.default_rng(5)
    image = _picture(generator, 900, 700)
    layers = [Layer(_picture(generator, 900, 700)), *(_layer(generator, 900, 700) for _ in range(3))]
    make_exact(layers, image)
    assert np.array_equal(_recomposed(layers, 700, 900), image)


def test_what_is_hidden_keeps_its_colour() -> None:
    generator = np.random.default_rng(6)
    image, ground = _picture(generator, 8, 8), _picture(generator, 8, 8)
    before = ground.copy()
    upper = np.zeros((4, 4, 4), np.uint8)
    upper[..., 3] = 255
    layers = [Layer(ground), Layer(upper, 2, 2)]
    make_exact(layers, image)
    assert np.array_equal(layers[0].pixels[2:6, 2:6], before[2:6, 2:6])
    assert np.array_equal(layers[1].pixels, image[2:6, 2:6])


def test_a_stack_that_is_true_already_stays_as_it_is() -> None:
    generator = np.random.default_rng(7)
    layers = [Layer(_picture(generator, 30, 30)), *(_layer(generator, 30, 30) for _ in range(3))]
    image = _recomposed(layers, 30, 30).copy()
    before = [layer.pixels.copy() for layer in layers]
    make_exact(layers, image)
    assert all(np.array_equal(layer.pixels, pixels) for layer, pixels in zip(layers, before, strict=True))


@pytest.mark.parametrize(("wanted", "colour", "ground"), [(110, 120, 100), (70, 40, 100), (20, 0, 40)])
def test_under_half_transparent_pixels_the_upper_colour_moves_first(wanted: int, colour: int, ground: int) -> None:
    image = np.full((1, 1, 4), (wanted, wanted, wanted, 255), np.uint8)
    base = np.full((1, 1, 4), (100, 100, 100, 255), np.uint8)
    upper = np.full((1, 1, 4), (90, 90, 90, 128), np.uint8)
    make_exact([Layer(base), Layer(upper)], image)
    assert int(upper[0, 0, 0]) == pytest.approx(colour, abs=1)
    assert int(base[0, 0, 0]) == pytest.approx(ground, abs=1)
