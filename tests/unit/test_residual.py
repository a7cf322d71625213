import cv2
import numpy as np
import pytest
from stack_promises import assert_promises_kept

from model.decomposers import Parameters
from model.layers import Layer, Pixels, Stack, on_canvas
from model.refine import refine
from model.refine.residual import with_residual

WIDTH, HEIGHT = 320, 240


def _flat(colour: tuple[int, int, int], width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    return np.full((height, width, 4), (*colour, 255), np.uint8)


def _poster(words: str = "", noise: float = 0) -> Pixels:
    picture = _flat((200, 210, 220))
    picture[40:120, 30:110, :3] = (180, 40, 40)
    rgb = np.ascontiguousarray(picture[:, :, :3])
    cv2.putText(rgb, words, (130, 190), cv2.FONT_HERSHEY_DUPLEX, 1.6, (20, 30, 90), 4, cv2.LINE_AA)
    picture[:, :, :3] = np.clip(rgb + np.random.default_rng(0).normal(0, noise, rgb.shape), 0, 255)
    return picture


def _proposal() -> list[Layer]:
    """Ground and panel; of words it knows nothing."""
    return [
        Layer(_flat((200, 210, 220)), kind="background"),
        Layer(_flat((180, 40, 40), 80, 80), 30, 40, name="panel", kind="shape"),
    ]


def _kinds(stack: Stack) -> list[str]:
    return [layer.kind for layer in stack.layers]


@pytest.mark.parametrize("noise", [0, 6])
def test_what_no_layer_explains_is_a_layer_of_its_own_above_clean_ground(noise: float) -> None:
    image, parameters = _poster("words", noise), Parameters()
    stack = refine(Stack(WIDTH, HEIGHT, tuple(_proposal())), image, parameters)
    assert_promises_kept(stack, image, parameters)
    assert _kinds(stack) == ["background", "shape", "residual"]
    inked = _poster("words")[:, :, 0] < 60
    alpha = on_canvas(stack.layers[2], WIDTH, HEIGHT)[:, :, 3]
    assert (alpha[inked] > 200).mean() > 0.97
    assert (alpha[~cv2.dilate(inked.astype(np.uint8), np.ones((7, 7))).astype(bool)] == 0).all()
    ground = stack.layers[0].pixels[inked][:, :3].astype(int)
    assert np.abs(ground - (200, 210, 220)).max() <= 2 + 2 * noise


def test_without_it_the_nearest_layer_takes_it() -> None:
    image, parameters = _poster("words"), Parameters(enable_residual=False)
    stack = refine(Stack(WIDTH, HEIGHT, tuple(_proposal())), image, parameters)
    assert_promises_kept(stack, image, parameters)
    assert _kinds(stack) == ["background", "shape"]
    inked = image[:, :, 0] < 60
    assert np.array_equal(stack.layers[0].pixels[inked], image[inked])


@pytest.mark.parametrize("noise", [0, 6])
def test_there_is_none_where_everything_is_explained(noise: float) -> None:
    stack = refine(Stack(WIDTH, HEIGHT, tuple(_proposal())), _poster(noise=noise), Parameters())
    assert _kinds(stack) == ["background", "shape"]


def test_rims_that_are_a_little_off_are_no_loss() -> None:
    layers = _proposal()
    layers[1] = Layer(layers[1].pixels[2:-2, 2:-2].copy(), 32, 42, name="panel", kind="shape")
    assert with_residual(layers, _poster(), 5, 0.0005) == layers


def test_detail_that_a_small_model_cannot_have_is_no_loss() -> None:
    generator = np.random.default_rng(3)
    smooth = cv2.resize(
        generator.integers(0, 256, (9, 12, 3), dtype=np.uint8), (2048, 1536), interpolation=cv2.INTER_CUBIC
    )
    grain = generator.integers(-40, 41, (1536, 2048, 1))
    image = np.dstack([np.clip(smooth + grain, 0, 255), np.full((1536, 2048), 255)]).astype(np.uint8)
    small = cv2.resize(smooth, (640, 480), interpolation=cv2.INTER_AREA)
    raw = Stack(640, 480, (Layer(np.dstack([small, np.full((480, 640), 255, np.uint8)]), kind="background"),))
    assert _kinds(refine(raw, image, Parameters())) == ["background"]


def test_a_proposal_that_is_wrong_as_a_whole_gets_no_copy_of_the_picture() -> None:
    image = _poster("words")
    stack = refine(Stack(WIDTH, HEIGHT, (Layer(_flat((10, 250, 10)), kind="background"),)), image, Parameters())
    assert len(stack.layers) == 1


def test_a_full_stack_makes_room_by_merging_the_most_alike() -> None:
    layers = [*_proposal(), Layer(_flat((178, 44, 40), 20, 20), 112, 40, name="patch", kind="shape")]
    image = _poster("words")
    image[40:60, 112:132, :3] = (178, 44, 40)
    parameters = Parameters(max_layers=3)
    stack = refine(Stack(WIDTH, HEIGHT, tuple(layers)), image, parameters)
    assert_promises_kept(stack, image, parameters)
    assert _kinds(stack) == ["background", "shape", "residual"]
    assert stack.layers[1].bbox == (30, 40, 102, 80)


def test_a_full_stack_makes_no_room_for_what_is_smaller_than_its_smallest_layer() -> None:
    image = _poster("i")
    stack = refine(Stack(WIDTH, HEIGHT, (*_proposal(), _patch())), _with_patch(image), Parameters(max_layers=3))
    assert _kinds(stack) == ["background", "shape", "shape"]


def test_no_object_becomes_background_for_it() -> None:
    stack = refine(Stack(WIDTH, HEIGHT, tuple(_proposal())), _poster("words"), Parameters(max_layers=2))
    assert _kinds(stack) == ["background", "shape"]


def test_beside_a_background_alone_two_places_are_enough() -> None:
    image = _poster("words")
    image[40:120, 30:110, :3] = (200, 210, 220)
    stack = refine(Stack(WIDTH, HEIGHT, tuple(_proposal()[:1])), image, Parameters(max_layers=2))
    assert _kinds(stack) == ["background", "residual"]


def test_what_covers_less_than_a_layer_must_is_left_to_the_others() -> None:
    stack = refine(Stack(WIDTH, HEIGHT, tuple(_proposal())), _poster("i"), Parameters(min_alpha_area_ratio=0.05))
    assert "residual" not in _kinds(stack)


def test_pixels_that_are_not_opaque_are_never_in_it() -> None:
    image = _poster("words")
    image[150:200, 200:, 3] = 90
    stack = refine(Stack(WIDTH, HEIGHT, tuple(_proposal())), image, Parameters())
    assert_promises_kept(stack, image, Parameters())
    residual = next(layer for layer in stack.layers if layer.kind == "residual")
    assert not on_canvas(residual, WIDTH, HEIGHT)[150:200, 200:, 3].any()


def _patch() -> Layer:
    return Layer(_flat((30, 140, 60), 60, 60), 220, 30, name="patch", kind="shape")


def _with_patch(image: Pixels) -> Pixels:
    image[30:90, 220:280, :3] = (30, 140, 60)
    return image
