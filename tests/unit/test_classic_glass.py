"""Glass: its opacity and tint are solved from what it lies over, and what is below comes out as it was."""

import numpy as np

from bench.quality.poster import photo
from model.decomposers.classic.element import Element
from model.decomposers.classic.overlays.glass import glass
from model.decomposers.classic.paint import fit
from model.decomposers.classic.planes import Floats, Mask
from model.decomposers.classic.regions.segment import Region, segment

SIZE = 200
TINT = np.array((250, 240, 120), np.float32)
NOTHING = np.zeros((SIZE, SIZE), bool)


def panel() -> Mask:
    mask = np.zeros((SIZE, SIZE), bool)
    mask[50:150, 60:170] = True
    return mask


def over(below: Floats, opacity: float) -> Floats:
    veiled = opacity * TINT + (1 - opacity) * below
    return np.rint(np.where(panel()[:, :, None], veiled, below)).astype(np.float32)


def bars() -> Floats:
    below = np.full((SIZE, SIZE, 3), (40, 90, 160), np.float32)
    below[:90] = (190, 50, 60)
    return below


def split(picture: Floats, tolerance: float = 0.0) -> tuple[Element, list[Region]]:
    regions, _ = segment(picture, tolerance, NOTHING)
    ground = regions[0]
    return Element(ground.mask, ground.paint, "background", "background"), regions[1:]


def test_opacity_and_tint_over_two_grounds_are_solved() -> None:
    below = bars()
    ground, rest = split(over(below, 0.45))
    pane, left, clear = glass(over(below, 0.45), ground, rest, 0.0)
    assert pane is not None
    assert abs(pane.opacity - 0.45) < 0.02
    assert np.abs(pane.paint.weights[0] - TINT).max() < 6
    assert (pane.seen == panel()).mean() > 0.99
    assert len(left) == 1
    assert np.abs(clear - below).max() < 2


def test_a_shape_seen_only_through_the_glass_comes_out_below_it() -> None:
    below = bars()
    below[110:130, 100:130] = (20, 200, 30)
    picture = over(below, 0.5)
    ground, rest = split(picture)
    pane, left, clear = glass(picture, ground, rest, 0.0)
    assert pane is not None
    assert len(left) == 2
    assert np.abs(clear - below)[112:128, 102:128].max() < 6


def test_glass_over_a_photograph_lets_it_come_out_again() -> None:
    colors = np.array([(20, 30, 60), (90, 110, 60), (150, 140, 110), (240, 220, 180)], np.float32)
    below = photo(np.random.default_rng(4), colors, SIZE)
    picture = over(below, 0.6)
    texture = fit(picture, np.array([0, 1]), np.array([0, 1]), 0.0, ())
    ground = Element(~panel(), texture, "background", "background")
    rest = [Region(panel(), texture, int(panel().sum()))]
    pane, left, clear = glass(picture, ground, rest, 2.0)
    assert pane is not None
    assert abs(pane.opacity - 0.6) < 0.06
    assert left == []
    assert np.abs(clear - below)[panel()].mean() < 12


def test_four_colours_that_no_overlay_explains_are_no_glass() -> None:
    picture = bars()
    picture[50:90, 60:170] = (20, 220, 40)
    picture[90:150, 60:170] = (230, 230, 20)
    ground, rest = split(picture)
    pane, left, clear = glass(picture, ground, rest, 0.0)
    assert pane is None
    assert len(left) == len(rest)
    assert np.array_equal(clear, picture)
