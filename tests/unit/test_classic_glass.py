"""Glass: its opacity and tint are solved from what it lies over, and what is below comes out as it was."""

import numpy as np
import pytest

from bench.quality.kinds import draw
from bench.quality.poster import photo
from model.decomposers.classic.overlays.glass import Lifted, glass
from model.decomposers.classic.overlays.rectangle import rectangle
from model.decomposers.classic.planes import Floats, Mask
from model.decomposers.classic.regions.segment import segment

SIZE = 200
TINT = np.array((250, 240, 120), np.float32)
NOTHING = np.zeros((SIZE, SIZE), bool)


def panel(rows: slice = slice(50, 150), columns: slice = slice(60, 170)) -> Mask:
    mask = np.zeros((SIZE, SIZE), bool)
    mask[rows, columns] = True
    return mask


def veiled(below: Floats, mask: Mask, opacity: float, tint: Floats = TINT) -> Floats:
    return np.where(mask[:, :, None], opacity * tint + (1 - opacity) * below, below).astype(np.float32)


def over(below: Floats, opacity: float) -> Floats:
    return np.rint(veiled(below, panel(), opacity)).astype(np.float32)


def bars() -> Floats:
    below = np.full((SIZE, SIZE, 3), (40, 90, 160), np.float32)
    below[:90] = (190, 50, 60)
    return below


def lifted_from(picture: Floats, tolerance: float = 0.0) -> Lifted:
    regions, is_drawing = segment(picture, tolerance, NOTHING)
    return glass(picture, regions, is_drawing, NOTHING, tolerance, lambda clear: segment(clear, tolerance, NOTHING))


def test_opacity_and_tint_over_two_grounds_are_solved() -> None:
    below = bars()
    found = lifted_from(over(below, 0.45))
    (pane,) = found.panes
    assert abs(pane.opacity - 0.45) < 0.02
    assert np.abs(pane.paint.weights[0] - TINT).max() < 6
    assert (pane.seen == panel()).mean() > 0.99
    assert len(found.regions) == 2
    assert np.abs(found.clear - below).max() < 2


def test_a_shape_seen_only_through_the_glass_comes_out_below_it() -> None:
    below = bars()
    below[110:130, 100:130] = (20, 200, 30)
    found = lifted_from(over(below, 0.5))
    assert len(found.panes) == 1
    assert len(found.regions) == 3
    assert np.abs(found.clear - below)[112:128, 102:128].max() < 6


def test_a_shape_on_top_of_the_glass_stays_as_it_is() -> None:
    picture = over(bars(), 0.5)
    picture[110:130, 100:130] = (0, 0, 0)
    found = lifted_from(picture)
    (pane,) = found.panes
    assert not pane.seen[112:128, 102:128].any()
    assert np.array_equal(found.clear[112:128, 102:128], picture[112:128, 102:128])


def test_of_two_panels_over_each_other_both_come_off_the_upper_one_first() -> None:
    below = bars()
    lower, upper = panel(slice(20, 130), slice(20, 120)), panel(slice(60, 180), slice(70, 185))
    black = np.zeros(3, np.float32)
    picture = np.rint(veiled(veiled(below, lower, 0.6), upper, 0.4, black)).astype(np.float32)
    found = lifted_from(picture)
    assert len(found.panes) == 2
    assert [round(pane.opacity, 1) for pane in found.panes] == [0.6, 0.4]
    assert (found.panes[0].seen == lower).mean() > 0.98
    assert (found.panes[1].seen == upper).mean() > 0.98
    assert np.abs(found.clear - below).mean() < 2


def photograph(seed: int) -> Floats:
    colors = np.array([(20, 30, 60), (90, 110, 60), (150, 140, 110), (240, 220, 180)], np.float32)
    return photo(np.random.default_rng(seed), colors, 2 * SIZE)


def large(rows: slice, columns: slice) -> Mask:
    mask = np.zeros((2 * SIZE, 2 * SIZE), bool)
    mask[rows, columns] = True
    return mask


def lifted_from_photograph(picture: Floats) -> Lifted:
    nothing = np.zeros(picture.shape[:2], bool)
    regions, is_drawing = segment(picture, 2.0, nothing)
    return glass(picture, regions, is_drawing, nothing, 2.0, lambda clear: segment(clear, 2.0, nothing))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_glass_over_a_photograph_lets_it_come_out_again(seed: int) -> None:
    below, pane = photograph(seed), large(slice(100, 300), slice(120, 340))
    picture = np.rint(veiled(below, pane, 0.6))
    found = lifted_from_photograph(picture)
    (only,) = found.panes
    assert abs(only.opacity - 0.6) < 0.06
    assert (only.seen == pane).mean() > 0.98
    assert np.abs(found.clear - below)[pane].mean() < 0.3 * np.abs(picture - below)[pane].mean()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_dark_foot_of_a_photograph_is_a_scrim(seed: int) -> None:
    below, foot = photograph(seed), large(slice(260, 400), slice(0, 400))
    found = lifted_from_photograph(np.rint(veiled(below, foot, 0.55, np.zeros(3, np.float32))))
    (pane,) = found.panes
    assert abs(pane.opacity - 0.55) < 0.06
    assert (pane.seen == foot).mean() > 0.98


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_neither_a_photograph_nor_an_opaque_panel_nor_another_picture_on_it_is_glass(seed: int) -> None:
    picture, card = np.rint(photograph(seed)), large(slice(100, 300), slice(120, 340))
    assert lifted_from_photograph(picture).panes == []
    assert lifted_from_photograph(np.where(card[:, :, None], TINT, picture)).panes == []
    assert lifted_from_photograph(np.where(card[:, :, None], np.rint(photograph(seed + 10)), picture)).panes == []


def test_four_colours_that_no_overlay_explains_are_no_glass() -> None:
    picture = bars()
    picture[50:90, 60:170] = (20, 220, 40)
    picture[90:150, 60:170] = (230, 230, 20)
    found = lifted_from(picture)
    assert found.panes == []
    assert len(found.regions) == 4
    assert found.clear is picture


def test_a_panel_on_one_colour_is_no_glass_whatever_lies_across_its_rim() -> None:
    picture = draw("tuning", "flat", 119).picture()[:, :, :3].astype(np.float32)
    assert rectangle(picture, np.zeros(picture.shape[:2], bool), 0.0) is None
