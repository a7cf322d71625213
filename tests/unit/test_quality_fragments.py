"""Pieces of true layers, counted by hand."""

import numpy as np
import pytest

from bench.quality.fragments import fragments
from model.layers import Pixels


def layer(color: int, rows: slice = slice(None)) -> Pixels:
    pixels = np.full((8, 8, 4), color, np.uint8)
    pixels[:, :, 3] = 0
    pixels[rows, :, 3] = 255
    return pixels


def test_the_true_layers_are_in_one_piece_each() -> None:
    truth = [layer(200), layer(20, slice(0, 4))]
    found = fragments(truth[::-1], truth)
    assert (found.fragmentation, found.redundancy, found.missed) == (0, 0, 0)


def test_a_layer_in_two_pieces_has_half_a_fragmentation() -> None:
    truth = [layer(200), layer(20, slice(0, 6))]
    found = fragments([layer(200), layer(20, slice(0, 3)), layer(20, slice(3, 6))], truth)
    assert found.fragmentation == pytest.approx((0 + 0.5) / 2)
    assert found.redundancy == 0


def test_pieces_that_cover_each_other_are_redundant() -> None:
    truth = [layer(200), layer(20, slice(0, 4))]
    found = fragments([layer(200), layer(20, slice(0, 4)), layer(20, slice(2, 4))], truth)
    assert found.redundancy == pytest.approx((0 + (0.5 + 1) / 2) / 2)


def test_one_layer_for_all_misses_the_rest() -> None:
    found = fragments([layer(200)], [layer(200), layer(20, slice(0, 4))])
    assert found.missed == 0.5
    assert found.fragmentation == 0
