"""Shadows: alpha is measured, goes on under what casts it, and is not seen where nothing casts one."""

import cv2
import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.paint import fit
from model.decomposers.classic.planes import Floats, Mask
from model.decomposers.classic.regions import Region
from model.decomposers.classic.shadow import shadow

SIZE = 240
CARD = (slice(60, 150), slice(60, 180))


def card() -> Mask:
    mask = np.zeros((SIZE, SIZE), bool)
    mask[CARD] = True
    return mask


def scene(strength: float) -> tuple[Floats, Floats]:
    alpha = strength * cv2.GaussianBlur(np.roll(card(), 10, axis=0).astype(np.float32), (0, 0), 9)
    picture = np.full((SIZE, SIZE, 3), (200, 180, 90), np.float32) * (1 - alpha[:, :, None])
    picture[card()] = (30, 60, 160)
    return np.rint(picture).astype(np.float32), alpha.astype(np.float32)


def split(picture: Floats) -> tuple[Element, list[Region]]:
    y, x = np.nonzero(~card())
    ground = Element(~card(), fit(picture, y, x, 0.0), "background")
    y, x = np.nonzero(card())
    return ground, [Region(card(), fit(picture, y, x, 0.0), int(card().sum()))]


def test_the_alpha_of_a_shadow_is_found_and_goes_on_under_its_card() -> None:
    picture, truth = scene(0.5)
    ground, rest = split(picture)
    cast, left = shadow(picture, ground, rest, np.zeros((SIZE, SIZE), bool), 0.0)
    assert cast is not None
    assert cast.alpha is not None
    assert cast.name == "shadow"
    assert len(left) == 1
    assert np.abs(cast.alpha - truth)[~card()].max() < 0.04
    assert np.abs(cast.alpha - truth)[card()].mean() < 0.04


def test_without_a_shadow_there_is_none() -> None:
    picture, _ = scene(0.0)
    ground, rest = split(picture)
    cast, left = shadow(picture, ground, rest, np.zeros((SIZE, SIZE), bool), 0.0)
    assert cast is None
    assert len(left) == 1


def test_a_dark_corner_that_nothing_casts_is_no_shadow() -> None:
    picture, _ = scene(0.0)
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    vignette = np.clip((np.hypot(y - 20, x - 200) - 60) / 40, 0, 1).astype(np.float32) * 0.3 + 0.7
    picture = np.where(card()[:, :, None], picture, np.rint(picture * vignette[:, :, None])).astype(np.float32)
    ground, rest = split(picture)
    cast, _ = shadow(picture, ground, rest, np.zeros((SIZE, SIZE), bool), 0.0)
    assert cast is None
