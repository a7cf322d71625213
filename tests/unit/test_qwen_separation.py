"""A picture handed back in one piece is told from one that came apart."""

import numpy as np
import pytest

from model.compositing import composite
from model.decomposers.qwen_image_layered.pictures.frame import Frame, fitted
from model.decomposers.qwen_image_layered.pictures.separation import Separation, judged, proposed
from model.layers import Pixels

SIZE = 640
BLUE, RED = (30, 60, 200), (220, 40, 40)


@pytest.fixture
def frame() -> Frame:
    """A red square on blue."""
    picture = _filled(BLUE, 255)
    picture[160:480, 160:480, :3] = RED
    return fitted(picture, SIZE)


def _filled(colour: tuple[int, int, int], alpha: int) -> Pixels:
    return np.full((SIZE, SIZE, 4), (*colour, alpha), np.uint8)


def _square() -> Pixels:
    layer = _filled((1, 255, 1), 2)  # noise under an alpha that means 0
    layer[160:480, 160:480] = (*RED, 253)
    return layer


def _blank() -> Pixels:
    noise = np.random.default_rng(1).integers(0, 256, (SIZE, SIZE, 4), np.uint8)
    noise[:, :, 3] = noise[:, :, 3] % 21
    return noise


def _handed_back(frame: Frame) -> list[Pixels]:
    return [frame.picture.copy(), _blank(), _blank()]


def test_layers_on_a_completed_background_are_a_separation(frame: Frame) -> None:
    found = judged([_filled(BLUE, 252), _square(), _blank()], frame, 7)
    assert found.separated
    assert len(found.layers) == 2
    assert found.coverage == pytest.approx(0.25)
    assert found.measures()["seed"] == 7
    assert found.difference > 50


def test_the_picture_handed_back_with_blank_layers_is_none(frame: Frame) -> None:
    found = judged(_handed_back(frame), frame, 0)
    assert not found.separated
    assert found.coverage == 0


def test_the_picture_handed_back_in_a_layer_above_a_blank_one_is_none(frame: Frame) -> None:
    found = judged([_blank(), frame.picture.copy(), _blank()], frame, 0)
    assert not found.separated
    np.testing.assert_array_equal(found.layers[0], frame.picture)


def test_copies_of_what_the_background_still_shows_are_none(frame: Frame) -> None:
    assert not judged([frame.picture.copy(), _square()], frame, 0).separated


def test_one_layer_asked_for_cannot_fail(frame: Frame) -> None:
    assert judged([frame.picture.copy()], frame, 0).separated


def _proposed(found: Separation, frame: Frame) -> list[tuple[str, tuple[int, int, int, int]]]:
    stack = proposed(found.layers, frame, {})
    background = stack.layers[0]
    assert background.bbox == (0, 0, stack.width, stack.height)
    assert (background.pixels[:, :, 3] == 255).all()
    return [(layer.kind, layer.bbox) for layer in stack.layers]


def test_alphas_near_the_ends_mean_the_ends(frame: Frame) -> None:
    found = judged([_filled(BLUE, 252), _square()], frame, 0)
    assert _proposed(found, frame) == [("background", (0, 0, SIZE, SIZE)), ("object", (160, 160, 320, 320))]
    np.testing.assert_array_equal(composite(proposed(found.layers, frame, {})), frame.picture)


def test_a_blank_background_is_made_from_what_the_picture_shows(frame: Frame) -> None:
    found = judged([_blank(), _square(), _filled((0, 0, 0), 1)], frame, 0)
    assert _proposed(found, frame)[1:] == [("object", (160, 160, 320, 320))]
    background = proposed(found.layers, frame, {}).layers[0].pixels
    assert np.abs(background[:, :, :3].astype(int) - BLUE).max() <= 1


def test_nothing_but_blank_layers_leave_the_picture_as_it_is(frame: Frame) -> None:
    stack = proposed(judged([_blank(), _blank()], frame, 0).layers, frame, {"a": 1})
    assert len(stack.layers) == 1
    assert stack.notes == {"a": 1}
    np.testing.assert_array_equal(stack.layers[0].pixels, frame.picture)
