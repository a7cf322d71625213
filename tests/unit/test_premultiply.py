import numpy as np
import pytest
from edit_scenes import noise

from model.premultiply import premultiplied, shrunk, straight


def test_every_opaque_colour_comes_back_to_the_bit():
    pixels = np.full((1, 256, 4), 255, np.uint8)
    pixels[0, :, :3] = np.arange(256)[:, None]
    assert np.array_equal(straight(premultiplied(pixels)), pixels)


@pytest.mark.parametrize("size", [(300, 400), (700, 500), (1, 1), (1, 4), (4, 1), (2, 2), (3, 1)], ids=str)
def test_alpha_comes_back_to_the_bit_and_colours_to_within_what_it_can_show(size):
    pixels = noise(1, *size)
    pixels[0, 0, 3] = 200
    back = straight(premultiplied(pixels))
    assert np.array_equal(back[:, :, 3], pixels[:, :, 3])
    assert np.abs(back[:, :, :3].astype(int) - pixels[:, :, :3])[pixels[:, :, 3] > 0].max() <= 1
    assert not back[pixels[:, :, 3] == 0].any()


def test_overshoot_is_clipped_without_a_change_of_colour():
    wide = premultiplied(np.full((4, 4, 4), (100, 150, 200, 255), np.uint8))
    assert straight((wide * 1.3).astype(np.uint16))[0, 0].tolist() == [100, 150, 200, 255]


def test_what_is_shrunk_weighs_colours_by_alpha():
    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[0] = [(200, 0, 0, 255), (0, 99, 0, 0)]
    pixels[1] = [(0, 200, 0, 255), (0, 99, 0, 0)]
    assert straight(shrunk(pixels, 1, 1))[0, 0].tolist() == [100, 100, 0, 128]
