"""Shadows: alpha is measured, goes on under what casts it, and is not seen where nothing casts one."""

import cv2
import numpy as np
import pytest

from bench.quality.poster import photo
from model.decomposers.classic.element import Element
from model.decomposers.classic.overlays.cast import fitted, traced
from model.decomposers.classic.overlays.shadow import shadow
from model.decomposers.classic.paint import Paint, fit
from model.decomposers.classic.planes import Floats, Mask
from model.decomposers.classic.regions.segment import Region

SIZE = 240
CARD = (slice(60, 150), slice(60, 180))


def card() -> Mask:
    mask = np.zeros((SIZE, SIZE), bool)
    mask[CARD] = True
    return mask


def fallen(strength: float, caster: Mask) -> Floats:
    """The alpha of a shadow 10 pixels below its caster."""
    soft = cv2.GaussianBlur(np.roll(caster, 10, axis=0).astype(np.float32), (0, 0), 9)
    return np.asarray(strength * soft, np.float32)


def scene(strength: float) -> tuple[Floats, Floats]:
    alpha = fallen(strength, card())
    picture = np.full((SIZE, SIZE, 3), (200, 180, 90), np.float32) * (1 - alpha[:, :, None])
    picture[card()] = (30, 60, 160)
    return np.rint(picture).astype(np.float32), alpha


def split(picture: Floats) -> tuple[Element, list[Region]]:
    y, x = np.nonzero(~card())
    ground = Element(~card(), fit(picture, y, x, 0.0), "background")
    y, x = np.nonzero(card())
    return ground, [Region(card(), fit(picture, y, x, 0.0), int(card().sum()))]


def test_the_alpha_of_a_shadow_is_found_and_goes_on_under_its_card() -> None:
    picture, truth = scene(0.5)
    ground, rest = split(picture)
    cast, left, _ = shadow(picture, ground, rest, np.zeros((SIZE, SIZE), bool), 0.0)
    assert cast is not None
    assert cast.alpha is not None
    assert cast.name == "shadow"
    assert len(left) == 1
    assert np.abs(cast.alpha - truth)[~card()].max() < 0.04
    assert np.abs(cast.alpha - truth)[card()].mean() < 0.04


def test_without_a_shadow_there_is_none() -> None:
    picture, _ = scene(0.0)
    ground, rest = split(picture)
    cast, left, _ = shadow(picture, ground, rest, np.zeros((SIZE, SIZE), bool), 0.0)
    assert cast is None
    assert len(left) == 1


def test_a_dark_corner_that_nothing_casts_is_no_shadow() -> None:
    picture, _ = scene(0.0)
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    vignette = np.clip((np.hypot(y - 20, x - 200) - 60) / 40, 0, 1).astype(np.float32) * 0.3 + 0.7
    picture = np.where(card()[:, :, None], picture, np.rint(picture * vignette[:, :, None])).astype(np.float32)
    ground, rest = split(picture)
    cast, _, _ = shadow(picture, ground, rest, np.zeros((SIZE, SIZE), bool), 0.0)
    assert cast is None


def disc() -> Mask:
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    return np.asarray(np.hypot(y - 150, x - 60) < 36)


def region(picture: Floats, mask: Mask) -> Region:
    return Region(mask, fit(picture, *np.nonzero(mask), 0.0), int(mask.sum()))


def test_what_lies_over_the_card_and_casts_nothing_is_left_out_of_the_shadow() -> None:
    picture, truth = scene(0.5)
    picture[disc()] = (220, 40, 40)
    free = ~card() & ~disc()
    ground = Element(free, fit(picture, *np.nonzero(free), 0.0), "background")
    rest = [region(picture, card() & ~disc()), region(picture, disc())]
    cast, _, _ = shadow(picture, ground, rest, np.zeros((SIZE, SIZE), bool), 0.0)
    assert cast is not None
    assert cast.alpha is not None
    assert np.abs(cast.alpha - truth)[disc()].mean() < 0.02


def photographed(strength: float, seed: int) -> tuple[Floats, Floats, Floats, Mask]:
    """A photograph with a card over it, the photograph itself, the alpha of the card's shadow, the card."""
    side = 2 * SIZE
    over = np.zeros((side, side), bool)
    over[120:300, 120:360] = True
    colors = np.array([(60, 50, 40), (110, 120, 90), (160, 150, 140), (230, 220, 180)], np.float32)
    below = photo(np.random.default_rng(seed), colors, side)
    alpha = fallen(strength, over)
    picture = below * (1 - alpha[:, :, None])
    picture[over] = (30, 60, 160)
    return np.rint(picture).astype(np.float32), below, alpha, over


def shadow_on_texture(picture: Floats, over: Mask) -> tuple[Element | None, list[Region], Floats]:
    ground = Element(~over, Paint(None, np.zeros((1, 3)), float(len(over)), 40.0, 0.0), "background")
    return shadow(picture, ground, [region(picture, over)], np.zeros(over.shape, bool), 2.0)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_on_a_photograph_the_shadow_comes_off_and_what_it_lay_on_comes_back(seed: int) -> None:
    picture, below, alpha, over = photographed(0.5, seed)
    cast, left, clear = shadow_on_texture(picture, over)
    assert cast is not None
    assert cast.alpha is not None
    assert len(left) == 1
    assert np.minimum(cast.alpha, alpha).sum() > 0.8 * np.maximum(cast.alpha, alpha).sum()
    dark = (alpha > 0.1) & ~over
    assert np.abs(clear - below)[dark].mean() < 0.4 * np.abs(picture - below)[dark].mean()


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_a_card_on_a_photograph_that_casts_no_shadow_gets_none(seed: int) -> None:
    picture, _, _, over = photographed(0.0, seed)
    cast, _, clear = shadow_on_texture(picture, over)
    assert cast is None
    assert clear is picture


def test_offset_blur_and_strength_of_a_cast_are_found_between_the_pixels() -> None:
    _, alpha = scene(0.5)
    cast = fitted([disc(), card()], alpha, ~card())
    assert cast is not None
    assert np.array_equal(cast.caster, card())
    assert np.abs((cast.dx, cast.dy - 10, cast.sigma - 9)).max() < 0.5
    assert abs(cast.strength - 0.5) < 0.01
    assert np.abs(cast.drawn() - alpha).max() < 0.02


def test_where_no_ground_is_seen_there_is_no_cast() -> None:
    nothing = np.zeros((SIZE, SIZE), bool)
    plane = np.zeros((SIZE, SIZE), np.float32)
    assert fitted([card()], plane, nothing) is None
    assert traced([card()], plane, nothing) is None
