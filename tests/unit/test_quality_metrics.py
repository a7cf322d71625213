"""The bench's own measures: the true layers score best, nothing scores worst."""

import numpy as np
import pytest

from bench.quality import baselines, reported, tuning
from bench.quality.metrics import score, soft_iou
from bench.quality.poster import Poster
from model.layers import Layer, Stack


@pytest.fixture(scope="module")
def poster() -> Poster:
    return reported.draw("flat", 3)


def true_stack(poster: Poster) -> Stack:
    height, width = poster.background.shape[:2]
    return Stack(width, height, tuple(Layer(pixels) for pixels in poster.layers()))


def test_the_true_layers_score_nearly_one_and_nearly_nothing_is_left(poster: Poster) -> None:
    found = score(true_stack(poster), poster)
    assert found.isolation > 0.99
    assert found.removal < 0.002
    assert found.max_error <= 1


def test_the_picture_as_one_layer_is_exact_and_isolates_nothing(poster: Poster) -> None:
    found = score(baselines.nothing(poster.picture()), poster)
    assert found.max_error == 0
    assert found.isolation < 0.3
    assert found.removal > 0.2


def test_five_colours_lie_between(poster: Poster) -> None:
    nothing = score(baselines.nothing(poster.picture()), poster)
    colors = score(baselines.five_colors(poster.picture()), poster)
    truth = score(true_stack(poster), poster)
    assert nothing.isolation < colors.isolation < truth.isolation
    assert nothing.removal > colors.removal > truth.removal
    assert colors.max_error == 0


def test_soft_iou_of_a_half_is_a_half_and_of_nothing_is_nothing() -> None:
    full, half = np.ones((4, 4), np.float32), np.full((4, 4), 0.5, np.float32)
    assert soft_iou(full, half) == pytest.approx(0.5)
    assert soft_iou(0 * full, 0 * full) == 0


def test_a_seed_draws_one_poster_and_another_seed_another_one() -> None:
    for draw in (reported.draw, tuning.draw):
        first, again, other = (draw("shadow", seed).picture() for seed in (5, 5, 6))
        assert np.array_equal(first, again)
        assert not np.array_equal(first, other)
