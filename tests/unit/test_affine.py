import math

import pytest
from edit_scenes import bounded
from hypothesis import given
from hypothesis import strategies as st

from model.affine import IDENTITY, bounds, rotation, scaling, settled, then, translation

_COORDINATES = st.floats(-500, 500)


def _at(matrix, x, y):
    a, b, c, d, e, f = matrix
    return a * x + b * y + c, d * x + e * y + f


def test_one_map_after_another_is_their_product():
    first, second = rotation(30, (3, 4)), scaling(2, 0.5, (7, 1))
    assert _at(then(first, second), 5, 6) == pytest.approx(_at(second, *_at(first, 5, 6)))


def test_a_positive_angle_turns_clockwise_as_seen():
    assert _at(rotation(90, (0, 0)), 1, 0) == (0, 1)  # from pointing right to pointing down


@pytest.mark.parametrize("turns", range(-9, 10))
def test_quarter_turns_have_whole_coefficients(turns):
    assert {abs(value) for value in rotation(90 * turns, (8, 8))} <= {0.0, 1.0, 8.0, 16.0}


@bounded
@given(st.floats(-1e6, 1e6), _COORDINATES, _COORDINATES)
def test_every_rotation_keeps_its_anchor_and_all_lengths(degrees, x, y):
    matrix = rotation(degrees, (x, y))
    assert _at(matrix, x, y) == pytest.approx((x, y), abs=1e-9)
    assert matrix[0] * matrix[4] - matrix[1] * matrix[3] == pytest.approx(1)


@pytest.mark.parametrize("degrees", [-1e-17, -5e-324, 1e-300, 360 - 1e-13])
def test_an_angle_next_to_a_whole_turn_is_as_good_as_none(degrees):
    assert rotation(degrees, (0, 0)) == pytest.approx(IDENTITY)


def test_bounds_go_around_all_four_corners():
    left, top, right, bottom = bounds(rotation(45, (0, 0)), 10, 10)
    assert (left, top, right, bottom) == pytest.approx((-10 / math.sqrt(2), 0, 10 / math.sqrt(2), 10 * math.sqrt(2)))


@pytest.mark.parametrize("turned", [IDENTITY, rotation(90, (3, 9)), scaling(-1, 1, (4, 4)), rotation(180, (5, 2.5))])
def test_what_is_only_moved_settles_on_whole_pixels(turned):
    matrix = settled(then(turned, translation(0.3, -0.4)), 7, 4)
    assert all(value == round(value) for value in matrix)
    assert all(abs(a - b) <= 0.5 for a, b in zip(matrix, then(turned, translation(0.3, -0.4)), strict=True))


def test_what_is_scaled_keeps_its_fractions():
    assert settled((1.5, 0.0, 0.25, 0.0, 1.5, 0.75), 7, 4) == (1.5, 0, 0.25, 0, 1.5, 0.75)


@bounded
@given(st.lists(st.floats(-360, 360), min_size=1, max_size=12))
def test_a_chain_of_turns_and_the_same_chain_back_settle_as_the_identity(angles):
    matrix = IDENTITY
    for degrees in [*angles, *(-angle for angle in reversed(angles))]:
        matrix = then(matrix, rotation(degrees, (20, 10)))
    assert settled(matrix, 40, 20) == IDENTITY
