import colorsys

import numpy as np
import pytest
from edit_scenes import alone, bounded, edited, noise
from hypothesis import given
from hypothesis import strategies as st

from model.edits.paint import MAX_RECOLORINGS
from model.edits.recolor import recolored
from model.edits.state import Recoloring
from model.errors import InvalidEdit
from model.png_kind import few_colours

_CHANNELS = st.tuples(*[st.integers(0, 255)] * 3)


def _one(colour, mode, target, strength=1.0):
    pixels = np.full((2, 3, 4), (*colour, 200), np.uint8)
    out = recolored(pixels, [Recoloring(mode, target, strength)])
    assert (out[:, :, 3] == 200).all()
    return tuple(int(value) for value in out[0, 0, :3])


@bounded
@given(_CHANNELS, _CHANNELS)
def test_hue_gives_the_hue_and_keeps_saturation_and_lightness(colour, target):
    red, green, blue = _one(colour, "hue", target)
    assert max(red, green, blue) == max(colour)
    assert min(red, green, blue) == (min(colour) if len(set(target)) > 1 else max(colour))
    if max(colour) - min(colour) > 60 and max(target) - min(target) > 60:
        hue, wanted = (colorsys.rgb_to_hsv(*pixel)[0] for pixel in ((red, green, blue), target))
        assert abs((hue - wanted + 0.5) % 1 - 0.5) < 0.01


@pytest.mark.parametrize("grey", [0, 90, 255])
def test_hue_leaves_black_white_and_grey(grey):
    assert _one((grey,) * 3, "hue", (255, 0, 0)) == (grey,) * 3


@pytest.mark.parametrize("target", [(255, 0, 0), (20, 200, 90), (90, 60, 255)])
def test_hue_keeps_the_order_of_shades(target):
    shades = np.array([[[40, 20, 10, 255], [120, 60, 30, 255], [200, 100, 50, 255], [255, 170, 120, 255]]], np.uint8)
    out = recolored(shades, [Recoloring("hue", target)])
    assert (np.diff(out[0, :, :3].astype(float) @ (0.2126, 0.7152, 0.0722)) > 0).all()


@bounded
@given(_CHANNELS, _CHANNELS)
def test_tint_makes_a_flat_layer_the_colour_itself(colour, target):
    assert _one(colour, "tint", target) == target


def test_tint_keeps_the_order_of_shades():
    pixels = np.zeros((1, 256, 4), np.uint8)
    pixels[0, :, :3] = np.arange(256)[:, None]
    pixels[0, :, 3] = 255
    out = recolored(pixels, [Recoloring("tint", (30, 120, 200))])[0, :, :3].astype(int)
    assert (np.diff(out, axis=0) >= 0).all()
    assert out[0].max() <= 1
    assert out[255].tolist() == [255, 255, 255]
    assert out[127].tolist() == pytest.approx([30, 120, 200], abs=2)


def test_tint_goes_by_the_brightness_of_what_is_visible():
    pixels = np.full((10, 10, 4), (255, 255, 255, 0), np.uint8)
    pixels[0, 0] = (0, 0, 0, 255)
    assert recolored(pixels, [Recoloring("tint", (1, 2, 3))])[0, 0].tolist() == [1, 2, 3, 255]


@pytest.mark.parametrize("mode", ["hue", "tint"])
def test_half_the_strength_is_half_the_way(mode):
    colour = (40, 90, 200)
    full = _one(colour, mode, (250, 30, 60))
    assert _one(colour, mode, (250, 30, 60), 0.5) == pytest.approx(
        [(a + b) / 2 for a, b in zip(colour, full, strict=True)], abs=1
    )


def test_alpha_and_the_given_pixels_stay():
    pixels = noise(1, 30, 40)
    before = pixels.copy()
    out = recolored(pixels, [Recoloring("hue", (9, 8, 200)), Recoloring("tint", (200, 8, 9), 0.4)])
    assert np.array_equal(out[:, :, 3], before[:, :, 3])
    assert np.array_equal(pixels, before)
    assert not np.array_equal(out, before)


def test_a_picture_of_many_bands_is_recoloured_as_one():
    pixels = noise(2, 1100, 500)
    steps = [Recoloring("tint", (200, 100, 50), 0.7), Recoloring("hue", (0, 0, 255))]
    whole = recolored(pixels, steps)
    assert np.array_equal(recolored(np.ascontiguousarray(pixels[::-1]), steps)[::-1], whole)


def test_steps_are_rounded_once_not_each_time():
    faint = {"op": "recolor", "layer": 0, "mode": "tint", "color": "#808080", "strength": 0.01}
    out = alone(np.full((4, 4, 4), (100, 100, 100, 255), np.uint8), *[faint] * 30)
    assert out[0, 0].tolist() == [107, 107, 107, 255]  # 128 - 28 · 0.99³⁰ = 107.3; rounding each step would stay at 100


@pytest.mark.parametrize("mode", ["hue", "tint"])
def test_a_colour_set_anew_leaves_nothing_of_the_one_before(mode):
    tries = [{"op": "recolor", "layer": 1, "mode": mode, "color": colour} for colour in ("white", "lime", "red")]
    assert edited(*tries) == edited(tries[-1])


def test_no_strength_is_no_edit():
    assert edited({"op": "recolor", "layer": "*", "color": "red", "strength": 0}) == edited()


def test_recolorings_of_one_layer_have_a_limit():
    faint = {"op": "recolor", "layer": "logo", "color": "red", "strength": 0.5}
    edited(*[faint] * MAX_RECOLORINGS)
    with pytest.raises(InvalidEdit, match="more than 64 times") as caught:
        edited(*[faint] * (MAX_RECOLORINGS + 1))
    assert caught.value.pointer == "/operations/64/layer"


@pytest.mark.parametrize("mode", ["hue", "tint", "duotone", "brightness"])
def test_lettering_of_few_colours_is_recoloured_as_a_picture_of_many(mode):
    lettering = np.full((40, 60, 4), (200, 30, 90, 255), np.uint8)
    lettering[..., 3] = np.arange(60) * 4
    lettering[5:9, :, :3] = (17, 180, 40)
    step = Recoloring(mode, (20, 90, 250), 0.8, other=(250, 240, 10), numbers=(0.7,))
    many = np.concatenate([lettering, noise(3, 40, 60)], axis=0)
    many[40:, :, 3] = 0
    assert few_colours(lettering) is not None
    assert few_colours(many) is None
    assert np.array_equal(recolored(lettering, [step]), recolored(many, [step])[:40])


@pytest.mark.parametrize("mode", ["tint", "duotone"])
def test_what_is_looked_up_by_brightness_is_what_would_have_been_computed(mode):
    pixels = noise(4, 200, 300)
    step = Recoloring(mode, (20, 90, 250), other=(250, 240, 10))
    looked_up, computed = recolored(pixels, [step]), recolored(pixels, [step, Recoloring("hue", (9, 8, 7), 0.0)])
    apart = np.abs(looked_up.astype(int) - computed)
    assert apart.max() <= 1
    assert (apart > 0).mean() < 0.02
    assert np.array_equal(looked_up[..., 3], pixels[..., 3])


@bounded
@given(_CHANNELS, _CHANNELS)
def test_tint_of_shades_makes_the_commonest_one_the_colour(colour, target):
    pixels = np.full((20, 20, 4), (*colour, 255), np.uint8)
    pixels[:4, :, :3] = np.arange(80).reshape(4, 20, 1)
    pixels[4:9, :, 3] = 128
    assert tuple(recolored(pixels, [Recoloring("tint", target)])[10, 10, :3].tolist()) == target
