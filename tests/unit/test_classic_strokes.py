"""Strokes: thin lines are found, kept apart where they cross, and areas they cut stay whole."""

import cv2
import numpy as np
import pytest

from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Mask
from model.decomposers.classic.regions.cut import one_again
from model.decomposers.classic.regions.segment import Region, segment
from model.decomposers.classic.regions.series import in_series
from model.decomposers.classic.regions.strokes import strokes
from model.decomposers.classic.regions.thin import thin_parts

SCALE = 4
SIZE = (300, 400)
NOTHING = np.zeros(SIZE, bool)
GROUND, RED, BLACK = (240, 230, 210), (200, 30, 40), (10, 10, 10)


def page() -> np.ndarray:
    return np.full((SIZE[0] * SCALE, SIZE[1] * SCALE, 3), GROUND, np.uint8)


def seen(picture: np.ndarray) -> Floats:
    return cv2.resize(picture, SIZE[::-1], interpolation=cv2.INTER_AREA).astype(np.float32)


def line(
    picture: np.ndarray, start: tuple[int, int], stop: tuple[int, int], color: tuple[int, ...], width: int
) -> None:
    ends = [tuple(SCALE * value for value in place) for place in (start, stop)]
    cv2.line(picture, ends[0], ends[1], color, width * SCALE)


def ink(picture: np.ndarray, color: tuple[int, ...]) -> Mask:
    """Pixels that are mostly of a colour."""
    return np.asarray(np.abs(seen(picture) - np.array(color)).max(axis=2) < 60)


def stroked(picture: np.ndarray) -> list[Region]:
    return [region for region in segment(seen(picture), 0.0, NOTHING)[0] if region.whole is not None]


@pytest.mark.parametrize("width", [1, 2, 3, 6])
def test_a_slanted_line_of_any_width_is_a_region_of_its_colour(width: int) -> None:
    picture = page()
    line(picture, (40, 60), (350, 140), RED, width)
    found = stroked(picture)
    assert len(found) == 1
    assert np.abs(found[0].paint.weights[0] - RED).max() < 12
    core = ink(picture, RED)
    assert (found[0].mask & core).sum() > 0.95 * core.sum()
    assert found[0].area < 5 * 310 * max(width, 1.5) / 1.5


def test_two_lines_that_cross_are_two_and_the_lower_goes_on_under_the_upper() -> None:
    picture = page()
    line(picture, (40, 150), (360, 150), RED, 3)
    line(picture, (120, 30), (240, 270), BLACK, 4)
    found = stroked(picture)
    assert len(found) == 2
    lower = min(found, key=lambda region: float(np.abs(region.paint.weights[0] - RED).max()))
    upper = next(region for region in found if region is not lower)
    assert not (lower.mask & upper.mask).any()
    assert lower.whole is not None
    assert (lower.whole & upper.mask & ~lower.mask).sum() >= 6
    assert lower.mask[150, [60, 340]].all()


def test_a_ring_and_a_line_of_its_colour_but_not_of_its_width_are_two() -> None:
    picture = page()
    cv2.circle(picture, (200 * SCALE, 150 * SCALE), 80 * SCALE, BLACK, 2 * SCALE)
    line(picture, (30, 150), (370, 160), BLACK, 6)
    assert len(stroked(picture)) == 2


def test_the_lines_of_a_grid_are_one_region_and_the_frame_around_them_another() -> None:
    picture = page()
    for row in range(4):
        line(picture, (60, 80 + 40 * row), (340, 80 + 40 * row), (150, 150, 150), 2)
    cv2.rectangle(picture, (20 * SCALE, 20 * SCALE), (380 * SCALE, 280 * SCALE), RED, 3 * SCALE)
    found = stroked(picture)
    assert len(found) == 2
    grid = min(found, key=lambda region: float(np.abs(region.paint.weights[0] - 150).max()))
    assert all(grid.mask[80 + 40 * row, 200] for row in range(4))


def test_the_rim_between_two_areas_is_no_stroke_whatever_its_slope() -> None:
    picture = page()
    triangle = np.array([[60, 40], [330, 120], [110, 260]]) * SCALE
    cv2.fillPoly(picture, [triangle], RED)
    assert stroked(picture) == []


def test_the_soft_edge_of_a_shadow_is_no_stroke() -> None:
    picture = np.full((*SIZE, 3), GROUND, np.float32)
    card = np.zeros((*SIZE, 1), np.float32)
    card[80:200, 120:280] = 1
    shadow = cv2.GaussianBlur(np.roll(card, 8, axis=(0, 1)), (0, 0), 7)[:, :, None] * 0.5
    picture = np.rint(picture * (1 - shadow) * (1 - card) + card * np.array(RED)).astype(np.float32)
    assert [region for region in segment(picture, 0.0, NOTHING)[0] if region.whole is not None] == []


def test_an_area_that_a_line_cuts_is_one_and_two_that_a_line_links_are_two() -> None:
    picture = page()
    cv2.rectangle(picture, (40 * SCALE, 40 * SCALE), (160 * SCALE, 260 * SCALE), (40, 120, 90), -1)
    line(picture, (30, 140), (170, 150), BLACK, 3)
    cv2.rectangle(picture, (220 * SCALE, 60 * SCALE), (280 * SCALE, 120 * SCALE), (60, 60, 200), -1)
    cv2.rectangle(picture, (320 * SCALE, 60 * SCALE), (380 * SCALE, 120 * SCALE), (60, 60, 200), -1)
    line(picture, (282, 90), (318, 90), RED, 3)
    regions, _ = segment(seen(picture), 0.0, NOTHING)
    colors = [tuple(round(value) for value in region.paint.weights[0]) for region in regions if region.whole is None]
    assert colors.count((40, 120, 90)) == 1
    assert colors.count((60, 60, 200)) == 2


def test_nothing_thin_gives_no_strokes_and_leaves_the_labels() -> None:
    labels = np.ones(SIZE, np.int32)
    regions, _ = segment(seen(page()), 0.0, NOTHING)
    paints = {1: regions[0].paint}
    assert thin_parts(seen(page()), labels, paints, 0.0, ~NOTHING) is None
    found, after = strokes(seen(page()), labels, paints, 0.0, ~NOTHING)
    assert found == []
    assert np.array_equal(after, labels)
    assert np.array_equal(one_again(labels, paints, found), labels)


def bars(tops: list[int]) -> list[Region]:
    picture = page()
    for index, top in enumerate(tops):
        left = (40 + 70 * index) * SCALE
        cv2.rectangle(picture, (left, top * SCALE), (left + 30 * SCALE - 1, 240 * SCALE - 1), RED, -1)
    return segment(seen(picture), 0.0, NOTHING)[0]


def test_bars_of_one_colour_on_one_line_are_one_region() -> None:
    regions = in_series(bars([100, 180, 60, 140]), NOTHING)
    assert len(regions) == 2


def test_bars_are_as_much_alike_in_a_large_picture_as_in_a_small_one() -> None:
    def series(size: int, off: int) -> int:
        paint = Paint(0, np.array([[200.0, 30, 40]]), float(size), 0.0, 1.0)
        regions = []
        for index, share in enumerate((0.5, 0.4, 0.3)):
            mask = np.zeros((size, size), bool)
            left, bottom = (index + 1) * size // 5, size * 3 // 4 + off * index // 2
            mask[round(share * size) : bottom, left : left + size // 16] = True
            regions.append(Region(mask, paint, int(mask.sum())))
        return len(in_series(regions, np.zeros((size, size), bool)))

    assert (series(768, 2), series(768, 12)) == (1, 3)
    assert (series(1152, 3), series(1536, 4), series(1536, 12)) == (1, 1, 3)


def test_bars_with_words_on_them_stay_apart() -> None:
    words = NOTHING.copy()
    words[200:210, 45:260] = True
    assert len(in_series(bars([100, 180, 60, 140]), words)) == 5
