"""Completions: what is hidden goes on as what is seen."""

import cv2
import numpy as np

from model.completion import carried_on, textured
from model.decomposers.classic.element import Element
from model.decomposers.classic.layering.order import complete
from model.decomposers.classic.outline import goes_on
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Mask


def box(rows: slice, columns: slice) -> Mask:
    mask = np.zeros((200, 200), bool)
    mask[rows, columns] = True
    return mask


NO_INK = np.zeros((200, 200), bool)
FLAT = Paint(0, np.zeros((1, 3)), 200.0, 0.0, 1.0)


def test_a_texture_goes_on_with_its_grain_and_without_a_seam() -> None:
    x = np.mgrid[0:200, 0:200][1]
    truth = np.repeat((60 + 0.5 * x)[:, :, None], 3, axis=2) + np.random.default_rng(0).normal(0, 6, (200, 200, 1))
    hole = box(slice(60, 140), slice(60, 140))
    filled = textured(np.where(hole[:, :, None], 0, truth).astype(np.float32), ~hole)
    assert np.array_equal(filled[~hole], truth.astype(np.float32)[~hole])
    assert 3 < filled[80:120, 100].std() < 9
    assert abs(filled[hole].mean() - truth[hole].mean()) < 4


def test_a_smooth_surface_is_carried_on_close_to_what_it_is() -> None:
    x = np.mgrid[0:200, 0:200][1]
    truth = np.repeat((30 + 0.8 * x)[:, :, None], 3, axis=2).astype(np.float32)
    hole = box(slice(80, 120), slice(80, 120))
    filled = carried_on(np.where(hole[:, :, None], 0, truth), ~hole)
    assert np.abs(filled - truth)[hole].max() < 8


def test_a_box_bitten_by_another_is_whole_again() -> None:
    under, over = box(slice(20, 120), slice(20, 150)), box(slice(90, 180), slice(100, 190))
    lower, upper = Element(under & ~over, FLAT), Element(over, FLAT)
    complete([lower, upper], NO_INK)
    assert np.array_equal(lower.whole, under)
    assert np.array_equal(upper.whole, over)


def test_a_box_in_full_view_does_not_grow() -> None:
    shape = box(slice(20, 60), slice(20, 60))
    shape[20:40, 20:40] = False
    element = Element(shape, FLAT)
    complete([element, Element(box(slice(100, 150), slice(100, 150)), FLAT)], NO_INK)
    assert np.array_equal(element.whole, shape)


def drawn(draw: str, *points: int) -> Mask:
    plane = np.zeros((200, 200), np.uint8)
    if draw == "disc":
        cv2.circle(plane, points[:2], points[2], 1, -1)
    elif draw == "ellipse":
        cv2.ellipse(plane, points[:2], points[2:4], points[4], 0, 360, 1, -1)
    else:
        cv2.fillPoly(plane, [np.array(points).reshape(-1, 2)], 1)
    return plane.astype(bool)


def test_a_panel_with_round_corners_has_a_round_one_where_it_is_hidden() -> None:
    panel = box(slice(20, 150), slice(20, 170))
    for y, x in ((20, 20), (20, 149), (129, 20), (129, 149)):
        panel[y : y + 21, x : x + 21] &= drawn("disc", 40 if x == 20 else 149, 40 if y == 20 else 129, 20)[
            y : y + 21, x : x + 21
        ]
    over = box(slice(120, 200), slice(130, 200))
    whole = goes_on(panel & ~over, over)
    assert (whole ^ panel).sum() <= 40
    assert not whole[149, 169]


def test_a_bit_of_rim_beyond_a_panel_and_a_notch_at_its_corner_do_not_keep_it_from_going_on() -> None:
    panel = box(slice(20, 180), slice(20, 150))
    badge = drawn("polygon", 120, 5, 141, 25, 165, 10, 160, 60, 165, 95, 135, 80, 110, 90, 118, 50)
    seen = (panel & ~badge) | box(slice(92, 95), slice(150, 154))
    whole = goes_on(seen, badge)
    assert (whole ^ panel).sum() <= 30


def test_a_disc_of_which_a_third_is_hidden_beyond_its_box_is_a_disc() -> None:
    disc, over = drawn("disc", 90, 100, 60), box(slice(0, 200), slice(115, 200))
    whole = goes_on(disc & ~over, over)
    assert (whole ^ disc).sum() <= 0.03 * disc.sum()


def test_a_turned_ellipse_is_whole_under_a_bar() -> None:
    ellipse, over = drawn("ellipse", 100, 100, 80, 45, 30), box(slice(90, 125), slice(0, 200))
    whole = goes_on(ellipse & ~over, over)
    assert (whole ^ ellipse).sum() <= 0.02 * ellipse.sum()


def test_the_sides_of_a_triangle_meet_under_what_hides_its_tip() -> None:
    triangle, over = drawn("polygon", 100, 15, 180, 180, 20, 180), box(slice(0, 60), slice(60, 140))
    whole = goes_on(triangle & ~over, over)
    assert (whole ^ triangle).sum() <= 0.02 * triangle.sum()


def test_a_side_that_is_hidden_in_its_middle_goes_on_straight() -> None:
    star = drawn("polygon", 20, 20, 180, 60, 150, 100, 190, 180, 20, 160)
    over = drawn("disc", 20, 90, 30)
    whole = goes_on(star & ~over, over)
    assert (whole ^ star).sum() <= 0.01 * star.sum()


def test_what_a_large_cover_hides_of_no_simple_shape_is_not_made_up() -> None:
    wave = drawn("polygon", 10, 60, 40, 20, 70, 70, 100, 30, 130, 60, 130, 190, 90, 120, 60, 190, 30, 110, 10, 180)
    over = box(slice(100, 200), slice(0, 200))
    whole = goes_on(wave & ~over, over)
    assert (whole & ~wave).sum() <= 0.05 * wave.sum()
