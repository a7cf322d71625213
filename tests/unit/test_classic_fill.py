"""Completions: what is hidden goes on as what is seen."""

import numpy as np

from model.completion import carried_on, textured
from model.decomposers.classic.element import Element
from model.decomposers.classic.layering.order import complete
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
