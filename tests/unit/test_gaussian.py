"""Blurred pixels beside the sum that defines them."""

import math

import numpy as np
import pytest
from edit_scenes import noise

from model.affine import IDENTITY, then
from model.gaussian import blurred
from model.premultiply import premultiplied
from model.resample import placed

SIZE = 70, 50


def _blurred(pixels, covariance, box=(0, 0, *SIZE), matrix=IDENTITY):
    found = blurred(lambda by, width, height: placed(pixels, then(matrix, by), width, height), covariance, box)
    return found and found[0]


def _defined(pixels, covariance, at):
    """The same by the definition, in floating point: premultiplied, 0-255, of the pixels ``at``."""
    xx, xy, yy = covariance
    wide = premultiplied(pixels).astype(np.float64) / 32_513 * 255
    y, x = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]]
    values = []
    for row, column in at:
        dx, dy = x - column, y - row
        weight = np.exp(-(yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / (2 * (xx * yy - xy * xy)))
        weight /= 2 * math.pi * math.sqrt(xx * yy - xy * xy)
        values.append((wide * weight[:, :, None]).sum(axis=(0, 1)))
    return np.array(values)


def _drawing():
    pixels = np.zeros((50, 70, 4), np.uint8)
    pixels[10:40, 20:50] = (200, 60, 20, 255)
    pixels[5:20, 40:65] = (20, 90, 220, 160)
    pixels[30:, :12] = (255, 255, 255, 255)
    return pixels


POINTS = [(row, column) for row in range(0, 50, 7) for column in range(0, 70, 7)]


@pytest.mark.parametrize(
    "covariance",
    [(1, 0, 1), (4, 0, 4), (25, 0, 25), (100, 0, 100), (400, 0, 400), (64, 0, 2), (30, 20, 30), (200, -150, 200)],
)
def test_a_blur_is_what_its_definition_gives(covariance):
    found = premultiplied(_blurred(_drawing(), covariance)).astype(np.float64) / 32_513 * 255
    expected = _defined(_drawing(), covariance, POINTS)
    # kernels end at three standard deviations, beyond which lies less than a hundredth
    assert np.abs(found[tuple(zip(*POINTS, strict=True))] - expected).max() < 3.5


@pytest.mark.parametrize("covariance", [(0, 0, 0), (1e-9, 0, 1e-9), (0.001, 0, 0)])
def test_a_blur_of_nothing_is_none(covariance):
    pixels = noise(1, 50, 70, opaque=True)
    assert np.array_equal(_blurred(pixels, covariance), pixels)


@pytest.mark.parametrize("covariance", [(9, 0, 9), (300, 0, 300), (50, 30, 50)])
def test_an_even_picture_stays_even_inside(covariance):
    even = np.full((400, 400, 4), (10, 200, 90, 255), np.uint8)
    shown = _blurred(even, covariance, (150, 150, 100, 100))
    assert (shown == (10, 200, 90, 255)).all()


@pytest.mark.parametrize("covariance", [(9, 0, 9), (300, 0, 300), (50, 30, 50)])
def test_colours_hidden_under_transparency_never_bleed(covariance):
    pixels = np.full((50, 70, 4), (255, 0, 0, 0), np.uint8)
    pixels[20:30, 30:40] = (0, 0, 255, 255)
    shown = _blurred(pixels, covariance)
    assert (shown[shown[:, :, 3] > 8][:, 0] == 0).all()


@pytest.mark.parametrize("covariance", [(9, 0, 9), (400, 0, 400), (90, 40, 60)])
@pytest.mark.parametrize("box", [(30, 20, 11, 13), (0, 0, 5, 5), (64, 44, 6, 6)])
def test_a_part_is_that_part_of_the_whole(covariance, box):
    x, y, width, height = box
    part, whole = _blurred(_drawing(), covariance, box), _blurred(_drawing(), covariance)[y : y + height, x : x + width]
    assert part.shape == (height, width, 4)
    seen = whole[:, :, 3] > 20
    assert np.abs(part.astype(int) - whole)[seen].max(initial=0) <= 6
    assert np.abs(part[:, :, 3].astype(int) - whole[:, :, 3]).max() <= 2


def test_what_is_off_the_canvas_blurs_into_it():
    pixels = np.full((20, 20, 4), 255, np.uint8)
    shown = _blurred(pixels, (36, 0, 36), matrix=(1, 0, -20, 0, 1, 0))
    assert shown[10, 0, 3] > 80
    assert shown[10, 30, 3] == 0


def test_what_is_far_away_is_nothing():
    assert _blurred(np.full((20, 20, 4), 255, np.uint8), (4, 0, 4), matrix=(1, 0, -500, 0, 1, 0)) is None


def test_the_widest_blur_of_a_large_canvas_takes_little_memory():
    pixels = np.full((30, 40, 4), 255, np.uint8)
    sizes = []

    def place(by, width, height):
        sizes.append(width * height)
        return placed(pixels, then((100, 0, 0, 0, 100, 0), by), width, height)

    shown = blurred(place, (1e6, 0, 1e6), (0, 0, 400, 300))
    assert shown[0].shape == (300, 400, 4)
    assert sizes[0] < 1000
