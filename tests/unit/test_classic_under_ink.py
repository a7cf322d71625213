"""Under letters: what is on both sides of a stroke goes on below it."""

import cv2
import numpy as np

from model.decomposers.classic.planes import Floats, Mask
from model.decomposers.classic.regions.segment import Region, segment

PINK, GOLD = (242, 217, 214), (195, 154, 98)


def photograph(height: int, width: int) -> Floats:
    grain = np.random.default_rng(3).normal(0, 1, (height, width, 3)).astype(np.float32)
    cloud = cv2.GaussianBlur(grain, (0, 0), 9)
    fine = cv2.GaussianBlur(grain, (0, 0), 1)
    return np.clip(120 + 60 * cloud / cloud.std() + 14 * fine / fine.std(), 0, 255).astype(np.float32)


def with_bar_and_letter() -> tuple[Floats, Mask, Mask]:
    """A bar over a photograph and an "O" that crosses the bar's right edge; bar, ink."""
    picture = photograph(240, 320)
    bar, ink = np.zeros((240, 320), bool), np.zeros((240, 320), np.uint8)
    bar[:, 90:170] = True
    cv2.ellipse(ink, (175, 120), (42, 60), 0, 0, 360, 1, 22)
    picture[bar] = PINK
    picture[ink > 0] = GOLD
    return np.rint(picture), bar, cv2.dilate(ink, np.ones((5, 5), np.uint8)) > 0


def bar_of(regions: list[Region]) -> Mask:
    """All that has the bar's colour."""
    pink = [r.mask for r in regions if r.paint.is_flat and np.abs(r.paint.weights[0] - PINK).max() < 4]
    return np.asarray(np.any(pink, axis=0))


def test_the_edge_of_a_bar_goes_on_straight_under_a_letter() -> None:
    picture, bar, ink = with_bar_and_letter()
    regions, _ = segment(picture, 1.0, ink)
    assert (bar_of(regions) != bar).mean() < 0.004


def test_a_counter_over_a_photograph_is_no_shape_of_its_own() -> None:
    picture, bar, ink = with_bar_and_letter()
    regions, _ = segment(picture, 1.0, ink)
    counter = np.zeros_like(bar)
    counter[100:140, 178:190] = True
    assert [r.area for r in regions if r.mask[counter].any()] == [max(r.area for r in regions)]
