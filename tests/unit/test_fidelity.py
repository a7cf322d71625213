import numpy as np
import pytest

from model import fidelity
from model.layers import Layer, Stack


def _picture() -> np.ndarray:
    return np.random.default_rng(0).integers(1, 255, (600, 8, 4), dtype=np.uint8)


def test_the_picture_as_its_only_layer_is_exact() -> None:
    image = _picture()
    assert fidelity.is_exact(Stack(8, 600, (Layer(image),)), image)


def test_one_step_in_one_channel_of_the_last_row_is_an_error_of_one() -> None:
    image = _picture()
    other = image.copy()
    other[599, 7, 2] += 1
    stack = Stack(8, 600, (Layer(other),))
    assert fidelity.max_error(stack, image) == 1
    assert not fidelity.is_exact(stack, image)


def test_a_difference_of_alpha_alone_counts() -> None:
    image = np.zeros((2, 2, 4), np.uint8)
    image[..., 3] = 200
    other = image.copy()
    other[0, 0, 3] = 190
    assert fidelity.max_error(Stack(2, 2, (Layer(other),)), image) == 10


def test_a_stack_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="the stack is 3 × 2"):
        fidelity.max_error(Stack(3, 2, ()), np.zeros((2, 2, 4), np.uint8))
