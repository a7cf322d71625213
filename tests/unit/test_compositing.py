import numpy as np
import pytest
from PIL import Image

from model.compositing import composite, flattened, over
from model.layers import Layer, Pixels, Stack, on_canvas


def _random(generator: np.random.Generator, height: int, width: int) -> Pixels:
    pixels = generator.integers(0, 256, (height, width, 4), dtype=np.uint8)
    pixels[..., 3] = np.where(generator.random((height, width)) < 0.4, generator.choice([0, 255]), pixels[..., 3])
    return pixels


def _pillow(stack: Stack) -> Pixels:
    canvas = Image.new("RGBA", (stack.width, stack.height))
    for layer in stack.layers:
        canvas = Image.alpha_composite(canvas, Image.fromarray(on_canvas(layer, stack.width, stack.height)))
    return np.asarray(canvas)


@pytest.mark.parametrize("seed", range(8))
def test_a_stack_of_crops_is_pillows_chain_of_full_canvas_layers(seed: int) -> None:
    generator = np.random.default_rng(seed)
    width, height = (int(side) for side in generator.integers(1, 80, 2))
    layers = []
    for _ in range(int(generator.integers(0, 6))):
        w, h = int(generator.integers(1, width + 1)), int(generator.integers(1, height + 1))
        x, y = int(generator.integers(0, width - w + 1)), int(generator.integers(0, height - h + 1))
        layers.append(Layer(_random(generator, h, w), x, y))
    stack = Stack(width, height, tuple(layers))
    assert np.array_equal(composite(stack), _pillow(stack))


@pytest.mark.parametrize("share", [0.0, 0.001, 0.05, 0.5])
@pytest.mark.parametrize("opaque", [True, False])
def test_whatever_share_is_partly_transparent_the_result_is_pillows(share: float, opaque: bool) -> None:
    generator = np.random.default_rng(3)
    ground, above = (generator.integers(0, 256, (300, 400, 4), dtype=np.uint8) for _ in range(2))
    if opaque:
        ground[..., 3] = 255
    sharp = generator.choice(np.array([0, 255], np.uint8), (300, 400))
    above[..., 3] = np.where(generator.random((300, 400)) < share, above[..., 3], sharp)
    wanted = np.asarray(Image.alpha_composite(Image.fromarray(ground), Image.fromarray(above)))
    box = slice(0, 300), slice(0, 400)
    for source in (above, np.asfortranarray(above)):
        for destination in (ground.copy(), np.asfortranarray(ground), np.pad(ground, ((0, 0), (0, 9), (0, 0)))):
            over(destination, source, box)
            assert np.array_equal(destination[:, :400], wanted)


def test_a_picture_of_several_bands_is_composed_as_one() -> None:
    generator = np.random.default_rng(1)
    stack = Stack(700, 900, tuple(Layer(_random(generator, 900, 700)) for _ in range(2)))
    assert np.array_equal(composite(stack), _pillow(stack))


def test_over_an_opaque_base_every_value_is_the_rounded_mean() -> None:
    colours = np.arange(256, dtype=np.int32)
    for alpha in range(256):
        destination = np.full((256, 256, 4), 255, np.uint8)
        destination[..., 0] = colours[:, None]
        source = np.full((256, 256, 4), alpha, np.uint8)
        source[..., 0] = colours[None, :]
        expected = (2 * (colours[None, :] * alpha + colours[:, None] * (255 - alpha)) + 255) // 510
        over(destination, source, (slice(0, 256), slice(0, 256)))
        assert np.array_equal(destination[..., 0], expected)
        assert (destination[..., 3] == 255).all()


def test_opacity_scales_alpha_by_rounding() -> None:
    destination = np.zeros((1, 256, 4), np.uint8)
    source = np.full((1, 256, 4), 9, np.uint8)
    source[0, :, 3] = np.arange(256)
    over(destination, source, (slice(0, 1), slice(0, 256)), opacity=0.3)
    assert np.array_equal(destination[0, :, 3], np.rint(np.arange(256) * 0.3))


def test_no_opacity_leaves_the_destination_as_it_was() -> None:
    generator = np.random.default_rng(2)
    destination = _random(generator, 20, 20)
    before = destination.copy()
    over(destination, _random(generator, 10, 5), (slice(3, 13), slice(4, 9)), opacity=0.0)
    assert np.array_equal(destination, before)


def test_only_the_box_is_written_and_the_source_is_not() -> None:
    generator = np.random.default_rng(3)
    destination = _random(generator, 20, 20)
    destination[..., 3] = 255
    before, source = destination.copy(), np.full((4, 4, 4), 255, np.uint8)
    over(destination, source, (slice(2, 6), slice(3, 7)), blend="multiply", opacity=0.5)
    before[2:6, 3:7] = destination[2:6, 3:7]
    assert np.array_equal(destination, before)
    assert (source == 255).all()


def test_a_blend_mode_acts_only_where_the_backdrop_is() -> None:
    destination = np.array([[[100, 100, 100, 255], [0, 0, 0, 0]]], np.uint8)
    source = np.full((1, 2, 4), (51, 102, 204, 255), np.uint8)
    over(destination, source, (slice(0, 1), slice(0, 2)), blend="multiply")
    assert destination.tolist() == [[[20, 40, 80, 255], [51, 102, 204, 255]]]


def test_a_box_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="the box holds"):
        over(np.zeros((4, 4, 4), np.uint8), np.zeros((2, 2, 4), np.uint8), (slice(3, 5), slice(0, 2)))


def test_an_unknown_blend_mode_is_refused() -> None:
    with pytest.raises(KeyError):
        over(np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), (slice(0, 4), slice(0, 4)), blend="dazzle")


def test_no_layers_are_a_transparent_canvas() -> None:
    assert not flattened([], 3, 2).any()
