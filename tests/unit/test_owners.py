import numpy as np
from stack_promises import by_pillow

from model.layers import Layer, Pixels, Stack
from model.refine.owners import owned, settled


def _image(alpha: int) -> Pixels:
    image = np.random.default_rng(0).integers(1, 256, (10, 16, 4), dtype=np.uint8)
    image[:, :, 3] = alpha
    return image


def _layer(alpha: int, x: int, y: int, width: int = 6, height: int = 6) -> Layer:
    return Layer(np.full((height, width, 4), (9, 9, 9, alpha), np.uint8), x, y)


def _ground() -> Layer:
    return Layer(np.full((10, 16, 4), 255, np.uint8), kind="background")


def test_an_opaque_picture_owns_nothing_in_particular() -> None:
    layers = [_ground(), _layer(128, 2, 2)]
    before = [layer.pixels.copy() for layer in layers]
    assert owned(layers, _image(255)) == layers
    assert all(np.array_equal(layer.pixels, pixels) for layer, pixels in zip(layers, before, strict=True))


def test_a_pixel_that_is_not_opaque_is_in_one_layer_with_its_own_alpha_and_colour() -> None:
    image = _image(77)
    layers = owned([_ground(), _layer(255, 1, 1), _layer(255, 4, 3)], image)
    covering = sum((_alpha(layer) > 0).astype(int) for layer in layers)
    assert (covering == 1).all()
    assert np.array_equal(by_pillow(Stack(16, 10, tuple(layers))), image)


def test_the_topmost_layer_that_covers_a_pixel_by_half_owns_it() -> None:
    image = _image(100)
    faint, clear = _layer(49, 0, 0, 3, 3), _layer(50, 8, 0, 3, 3)
    ground, middle, *upper = owned([_ground(), _layer(255, 0, 0, 16, 5), faint, clear], image, on_nothing=False)
    assert (_alpha(middle)[0, :3] == 100).all()
    assert [bool(layer.pixels[:, :, 3].any()) for layer in upper] == [False, True]
    assert np.array_equal(upper[1].pixels, image[:3, 8:11])
    assert not _alpha(ground)[:5].any()
    assert (_alpha(ground)[5:] == 100).all()


def test_a_pane_goes_on_under_the_rim_of_what_lies_over_it_with_its_own_colour_and_alpha() -> None:
    pane, ink = Layer(np.full((10, 16, 4), (30, 30, 36, 178), np.uint8)), Layer(np.zeros((10, 8, 4), np.uint8), 4, 0)
    ink.pixels[:] = (250, 240, 90, 255)
    ink.pixels[:, 0, 3], ink.pixels[:, 7, 3] = 120, 30
    image = by_pillow(Stack(16, 10, (pane, ink)))
    stack = owned([_ground(), Layer(np.full((10, 16, 4), (70, 70, 74, 255), np.uint8)), ink], image)
    assert np.array_equal(by_pillow(Stack(16, 10, tuple(stack)))[:, [4, 11]], image[:, [4, 11]])
    for column in (4, 11):
        assert np.abs(stack[1].pixels[:, column].astype(int) - pane.pixels[0, 0]).max() <= 2
        assert np.abs(stack[2].pixels[:, column - 4].astype(int) - ink.pixels[:, column - 4]).max() <= 2


def test_a_pixel_whose_two_layers_changed_places_is_the_upper_one_s() -> None:
    low, high = _layer(90, 2, 2), Layer(np.full((6, 6, 4), (200, 30, 60, 70), np.uint8), 7, 2)
    image = by_pillow(Stack(16, 10, (low, high)))
    ground = Layer(np.zeros((10, 16, 4), np.uint8), kind="background")
    turned = [ground, high, low]
    before = [layer.pixels.copy() for layer in turned]
    settled([ground, low, high], image)
    assert all(np.array_equal(layer.pixels, pixels) for layer, pixels in zip(turned, before, strict=True))
    settled(turned, image)
    assert np.array_equal(by_pillow(Stack(16, 10, tuple(turned))), image)
    assert np.array_equal(low.pixels[:, 5], image[2:8, 7])
    assert not high.pixels[:, 0].any()
    assert np.array_equal(high.pixels[:, 1:], before[1][:, 1:])


def test_where_the_picture_shows_nothing_no_layer_does() -> None:
    image = _image(0)
    image[:] = 0
    assert not any(layer.pixels[:, :, 3].any() for layer in owned([_ground(), _layer(255, 1, 1)], image))


def test_opaque_pixels_of_the_same_picture_keep_their_layers() -> None:
    image = _image(77)
    image[:, 8:, 3] = 255
    upper = _layer(128, 6, 2)
    owned([_ground(), upper], image)
    assert (upper.pixels[:, 2:, 3] == 128).all()
    assert np.array_equal(upper.pixels[:, :2], image[2:8, 6:8])


def _alpha(layer: Layer) -> np.ndarray:
    canvas = np.zeros((10, 16), np.uint8)
    canvas[layer.box] = layer.pixels[:, :, 3]
    return canvas
