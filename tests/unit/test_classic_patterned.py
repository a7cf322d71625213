"""A pattern all over the background is part of it; things in a row are not."""

import numpy as np

from model.decomposers.classic.planes import Floats, Mask
from model.decomposers.classic.regions.ground import ground_and_rest
from model.decomposers.classic.regions.patterned import with_its_pattern
from model.decomposers.classic.regions.segment import segment


def drawn(dots: Mask) -> Floats:
    picture = np.full((*dots.shape, 3), (240, 235, 220), np.float32)
    picture[dots] = (60, 90, 140)
    picture[90:170, 100:220] = (200, 30, 40)
    return picture


def lattice(rows: slice) -> Mask:
    y, x = np.mgrid[0:260, 0:320]
    dots = np.hypot(y % 26 - 13, x % 26 - 13) <= 7
    dots[: rows.start] = dots[rows.stop :] = False
    return np.asarray(dots)


def test_dots_all_over_the_ground_are_the_grounds_and_go_on_below_a_panel() -> None:
    picture = drawn(lattice(slice(0, 260)))
    regions, is_drawing = segment(picture, 0.0, np.zeros((260, 320), bool))
    ground, rest = with_its_pattern(picture, *ground_and_rest(regions, is_drawing))
    assert ground.seen[13, 13]
    assert ground.seen[0, 0]
    assert len(rest) == 1
    assert abs(rest[0].area - 80 * 120) < 100  # a dot's rim along the panel may be either's


def test_a_row_of_dots_stays_apart_from_the_ground() -> None:
    dots = lattice(slice(0, 52))
    picture = drawn(dots)
    regions, is_drawing = segment(picture, 0.0, np.zeros((260, 320), bool))
    ground, rest = with_its_pattern(picture, *ground_and_rest(regions, is_drawing))
    assert not ground.seen[13, 13]
    assert len(rest) > 1
