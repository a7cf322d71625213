"""Colours replaced, mapped and adjusted, and blurs that go with their layers."""

import colorsys

import numpy as np
import pytest
from edit_scenes import PLACING, alone, bounded, draws, edited, noise, picture
from hypothesis import given
from hypothesis import strategies as st

from model.edits import scene_key, scene_of_stack
from model.edits.dirty import dirty
from model.edits.filters import matrix_of
from model.errors import InvalidEdit
from model.layers import Layer, Stack

SEPIA = [0.393, 0.769, 0.189, 0, 0, 0.349, 0.686, 0.168, 0, 0, 0.272, 0.534, 0.131, 0, 0, 0, 0, 0, 1, 0]


def _flat(colour, alpha=255):
    return np.full((2, 3, 4), (*colour, alpha), np.uint8)


def _one(colour, alpha=255, **operation):
    """What an operation makes of one colour, over nothing."""
    shown = alone(_flat(colour, alpha), {"op": "recolor", "layer": 0, **operation})[0, 0]
    return tuple(int(value) for value in (shown if alpha < 255 or "matrix" in operation else shown[:3]))


def _adjusted(colour, **adjustments):
    return tuple(int(v) for v in alone(_flat(colour), {"op": "adjust", "layer": 0, **adjustments})[0, 0, :3])


_CHANNELS = st.tuples(*[st.integers(0, 255)] * 3)


def _css(colour):
    return "rgb({} {} {})".format(*colour)


@bounded
@given(_CHANNELS, _CHANNELS, st.sampled_from([0, 0.05, 0.2, 1]))
def test_replace_makes_the_colour_sought_the_other_one(sought, wanted, tolerance):
    found = _one(sought, mode="replace", color=_css(wanted), **{"from": _css(sought)}, tolerance=tolerance)
    assert found == wanted


@pytest.mark.parametrize(
    ("colour", "sought"),
    [
        ((0, 0, 255), "red"),
        ((255, 255, 255), "red"),
        ((0, 0, 0), "white"),
        ((120, 120, 120), "white"),
        ((0, 160, 0), "blue"),
        ((255, 220, 0), "red"),
    ],
    ids=str,
)
def test_replace_leaves_other_colours_to_the_bit(colour, sought):
    assert _one(colour, mode="replace", color="teal", **{"from": sought}) == colour


@pytest.mark.parametrize("shade", [(160, 0, 0), (200, 30, 30), (255, 40, 40)])
def test_replace_finds_the_shades_of_a_colour_and_keeps_them(shade):
    red, green, blue = _one(shade, mode="replace", color="#0040ff", **{"from": "red"}, tolerance=0.3)
    hue, _, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    assert 0.55 < hue < 0.72
    assert value == pytest.approx(max(shade) / 255, abs=0.15)


def test_replace_fades_out_with_the_distance():
    ramp = np.zeros((1, 256, 4), np.uint8)
    ramp[0, :, 0], ramp[0, :, 1], ramp[0, :, 3] = 255, np.arange(256), 255
    shown = alone(
        ramp, {"op": "recolor", "layer": 0, "mode": "replace", "from": "red", "color": "blue", "tolerance": 0.3}
    )
    reds = shown[0, :, 0].astype(int)
    assert reds[0] == 0
    assert np.array_equal(shown[0, 250], ramp[0, 250])
    assert np.abs(np.diff(reds)).max() < 12


def test_replace_keeps_alpha_and_takes_the_colour_under_it():
    found = _one((255, 0, 0), 90, mode="replace", color="lime", **{"from": "red"})
    assert found == (0, 255, 0, 90)


@bounded
@given(_CHANNELS)
def test_duotone_goes_by_brightness(colour):
    found = _one(colour, mode="duotone", colors=["#102030", "#f0e0d0"])
    share = (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]) / 255
    for channel, dark, light in zip(found, (16, 32, 48), (240, 224, 208), strict=True):
        assert abs(channel - (dark + share * (light - dark))) <= 0.51


def test_duotone_is_the_two_colours_at_black_and_white():
    both = {"mode": "duotone", "colors": ["navy", "gold"]}
    assert (_one((0, 0, 0), **both), _one((255, 255, 255), **both)) == ((0, 0, 128), (255, 215, 0))


@bounded
@given(_CHANNELS, st.integers(1, 255), st.lists(st.floats(-1, 1), min_size=20, max_size=20))
def test_a_matrix_is_svgs(colour, alpha, numbers):
    found = _one(colour, alpha, mode="matrix", matrix=numbers)
    vector = np.array([*colour, alpha, 255]) / 255
    expected = np.clip(np.array(numbers).reshape(4, 5) @ vector, 0, 1) * 255
    if round(expected[3]) == 0:
        assert found[3] == 0
    else:
        assert np.abs(np.array(found) - expected).max() < 0.51


def test_a_matrix_can_make_the_clear_visible_and_the_visible_clear():
    pixels = noise(1, 9, 9)
    invert = [*[1, 0, 0, 0, 0], *[0, 1, 0, 0, 0], *[0, 0, 1, 0, 0], *[0, 0, 0, -1, 1]]
    shown = alone(pixels, {"op": "recolor", "layer": 0, "mode": "matrix", "matrix": invert})
    assert np.array_equal(shown[:, :, 3], 255 - pixels[:, :, 3])
    assert (shown[pixels[:, :, 3] == 0][:, :3] == 0).all()


def test_matrices_add_up_and_the_identity_is_no_edit():
    step = {"op": "recolor", "layer": "badge", "mode": "matrix", "matrix": SEPIA}
    assert len(edited(step, step).layers[1].colours) == 2
    same = [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0]
    assert edited({**step, "matrix": same}) == edited()


def test_half_a_matrix_is_half_the_way():
    full = _one((10, 200, 90), 100, mode="matrix", matrix=[0] * 15 + [0, 0, 0, 0, 1])
    half = _one((10, 200, 90), 100, mode="matrix", matrix=[0] * 15 + [0, 0, 0, 0, 1], strength=0.5)
    assert full == (0, 0, 0, 255)
    assert half == (5, 100, 45, 178)


def test_one_colour_after_another_is_the_last_but_other_colours_stay_replaced():
    red, green = (
        {"op": "recolor", "layer": 1, "mode": "replace", "from": each, "color": "blue"} for each in ("red", "lime")
    )
    assert edited({**red, "color": "gold"}, red) == edited(red)
    assert len(edited(red, green).layers[1].colours) == 2
    two = {"op": "recolor", "layer": 1, "mode": "duotone", "colors": ["red", "blue"]}
    assert edited(two, {**two, "colors": ["black", "white"]}) == edited({**two, "colors": ["black", "white"]})


@bounded
@given(_CHANNELS, st.floats(0, 3), st.floats(0, 3))
def test_brightness_and_contrast_are_those_of_css(colour, brightness, contrast):
    bright = np.clip(np.array(colour) * brightness, 0, 255)
    expected = np.clip((bright - 127.5) * contrast + 127.5, 0, 255)
    found = _adjusted(colour, contrast=contrast, brightness=brightness)
    assert np.abs(np.array(found) - expected).max() < 0.52


# By the matrices of Filter Effects Module Level 1.
@pytest.mark.parametrize(
    ("colour", "adjustments", "expected"),
    [
        ((255, 0, 0), {"saturation": 0}, (54, 54, 54)),
        ((0, 0, 255), {"saturation": "0%"}, (18, 18, 18)),
        ((200, 100, 50), {"saturation": 1}, (200, 100, 50)),
        ((200, 100, 50), {"saturation": "200%"}, (255, 82, 0)),
        ((255, 0, 0), {"hue": 90}, (0, 91, 0)),
        ((255, 0, 0), {"hue": 180}, (0, 109, 109)),
        ((200, 100, 50), {"hue": 360}, (200, 100, 50)),
        ((128, 128, 128), {"hue": 77}, (128, 128, 128)),
    ],
    ids=str,
)
def test_saturation_and_hue_are_those_of_css(colour, adjustments, expected):
    assert np.abs(np.array(_adjusted(colour, **adjustments)) - expected).max() <= 1


@pytest.mark.parametrize("mode", ["saturation", "hue-rotate"])
@pytest.mark.parametrize("amount", [0.0, 1.0, 2.5, 90.0, 200.0])
def test_grey_stays_grey(mode, amount):
    for row in range(3):
        assert sum(matrix_of(mode, amount)[5 * row : 5 * row + 5]) == pytest.approx(1)


def test_adjustments_add_up_until_they_are_reset():
    bright = {"op": "adjust", "layer": "badge", "brightness": 0.5, "blur": 3}
    twice = edited(bright, {**bright, "blur": 4}).layers[1]
    assert [step.numbers for step in twice.colours] == [(0.5,), (0.5,)]
    assert twice.blur == (25, 0, 25)
    reset = {"op": "adjust", "layer": "badge", "reset": True}
    tint = {"op": "recolor", "layer": "badge", "mode": "tint", "color": "red"}
    assert edited(bright, tint, bright, reset) == edited(tint)
    assert edited(bright, {**reset, "blur": 2}) == edited({"op": "adjust", "layer": "badge", "blur": 2})


@pytest.mark.parametrize(
    "adjustments", [{"brightness": 1, "contrast": "100%", "saturation": 1.0}, {"hue": -720}, {"blur": 0}]
)
def test_what_adjusts_nothing_is_no_edit(adjustments):
    assert edited({"op": "adjust", "layer": "*", **adjustments}) == edited()


@pytest.mark.parametrize(
    ("operation", "pointer", "words"),
    [
        ({"op": "adjust"}, "", "Some of brightness, contrast, saturation, hue, blur, reset are needed"),
        ({"op": "adjust", "brightness": -0.1}, "/brightness", "not within 0 and"),
        ({"op": "adjust", "contrast": "1.5"}, "/contrast", "neither a number"),
        ({"op": "adjust", "saturation": "100001%"}, "/saturation", "not within 0 and 1000"),
        ({"op": "adjust", "hue": "90deg"}, "/hue", "A number is needed"),
        ({"op": "adjust", "blur": 1001}, "/blur", "not within 0 and 1000"),
        ({"op": "adjust", "blur": 3, "reset": False}, "/reset", "Only true"),
        ({"op": "recolor", "mode": "replace", "color": "red"}, "/from", "'from' is missing"),
        ({"op": "recolor", "mode": "replace", "color": "red", "from": "#ff000080"}, "/from", "must be opaque"),
        (
            {"op": "recolor", "mode": "replace", "color": "red", "from": "blue", "tolerance": 1.5},
            "/tolerance",
            "within 0 ",
        ),
        ({"op": "recolor", "mode": "duotone", "colors": ["red"]}, "/colors", "A list of 2"),
        ({"op": "recolor", "mode": "duotone", "colors": ["red", "blu"]}, "/colors/1", "'blu' is not a CSS colour"),
        ({"op": "recolor", "mode": "duotone", "colors": ["red", None]}, "/colors/1", "is missing"),
        ({"op": "recolor", "mode": "matrix", "matrix": [1] * 21}, "/matrix", "A list of 20"),
        ({"op": "recolor", "mode": "matrix", "matrix": [1] * 19 + ["1"]}, "/matrix/19", "A number is needed"),
        ({"op": "recolor", "mode": "matrix", "matrix": [1] * 20, "color": "red"}, "/color", "no parameter 'color'"),
        ({"op": "recolor", "color": "red", "from": "blue"}, "/from", "no parameter 'from'"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(operation, pointer, words):
    with pytest.raises(InvalidEdit, match=words) as caught:
        edited({"layer": 0, **operation})
    assert caught.value.pointer == f"/operations/0{pointer}"


def test_too_many_steps_are_refused():
    with pytest.raises(InvalidEdit, match="The layer 1 'badge' is recolored and adjusted more than 64 times") as caught:
        edited(*[{"op": "adjust", "layer": "badge", "brightness": 0.9, "hue": 5}] * 40)
    assert caught.value.pointer == "/operations/32/layer"


def _box(side=9, around=40):
    """A white square in the middle of nothing."""
    return np.full((side, side, 4), 255, np.uint8), {
        "size": (2 * around + side, 2 * around + side),
        "at": (around, around),
    }


def _spread(shown):
    """The variance of where alpha is, across and down."""
    weight = shown[:, :, 3].astype(np.float64)
    found = []
    for axis in (0, 1):
        along = weight.sum(axis=axis)
        at = np.arange(along.size) + 0.5
        middle = (along * at).sum() / along.sum()
        found.append((along * (at - middle) ** 2).sum() / along.sum())
    return found


@pytest.mark.parametrize("blur", [1, 2.5, 4, 9])
def test_a_blur_has_the_standard_deviation_that_was_asked_for(blur):
    pixels, where = _box()
    shown = alone(pixels, {"op": "adjust", "layer": 0, "blur": blur}, **where)
    assert _spread(shown) == pytest.approx([blur**2 + 81 / 12] * 2, rel=0.05)
    assert shown[:, :, 3].sum() == pytest.approx(81 * 255, rel=0.03)


def test_a_blur_grows_and_turns_with_its_layer():
    pixels, where = _box()
    wide = [{"op": "adjust", "layer": 0, "blur": 3}, {"op": "scale", "layer": 0, "by": {"x": 3, "y": 1}}]
    across, down = _spread(alone(pixels, *wide, **where))
    assert (across, down) == pytest.approx((9 * (9 + 81 / 12), 9 + 81 / 12), rel=0.06)
    turned = _spread(alone(pixels, *wide, {"op": "rotate", "layer": 0, "by": 90}, **where))
    assert turned == pytest.approx((down, across), rel=0.02)
    slanted = _spread(alone(pixels, *wide, {"op": "rotate", "layer": 0, "by": 45}, **where))
    assert slanted == pytest.approx([(across + down) / 2] * 2, rel=0.06)


@bounded
@given(st.lists(draws(PLACING, st.just("glow")), max_size=4))
def test_a_blur_reaches_no_farther_than_is_said(operations):
    blur, fade = {"op": "adjust", "layer": "glow", "blur": 1.5}, {"op": "opacity", "layer": "glow", "to": 0.2}
    old = edited({"op": "hide", "layer": "background"}, blur, *operations)
    new = edited(fade, scene=old)
    box, one, other = dirty(old, new), picture(old), picture(new)
    outside = np.ones(one.shape[:2], bool)
    if box is not None:
        outside[box[1] : box[1] + box[3], box[0] : box[0] + box[2]] = False
    assert np.array_equal(one[outside], other[outside])


def test_there_and_back_is_no_edit_of_a_blurred_layer_either():
    blurred = edited({"op": "adjust", "layer": "glow", "blur": 2})
    turns = [{"op": "rotate", "layer": "glow", "by": by} for by in (33, -33)]
    sizes = [{"op": "scale", "layer": "glow", "by": {"x": by}} for by in (3, 1 / 3)]
    assert scene_key(edited(*turns, *sizes, scene=blurred)) == scene_key(blurred)
    assert scene_key(blurred) != scene_key(edited())


def test_a_crop_cuts_a_blur_off_sharply():
    crop = {"op": "crop", "layer": 0, "box": {"x": 35, "y": 35, "width": 9, "height": 30}}
    pixels, where = _box()
    whole = alone(pixels, {"op": "adjust", "layer": 0, "blur": 4}, **where)
    for operations in (
        [crop, {"op": "adjust", "layer": 0, "blur": 4}],
        [{"op": "adjust", "layer": 0, "blur": 4}, crop],
    ):
        shown = alone(pixels, *operations, **where)
        assert not shown[:, 44:].any()
        assert np.array_equal(shown[35:65, 35:44], whole[35:65, 35:44])


def test_another_picture_has_the_blur_only_if_colours_are_kept():
    blur, swap = {"op": "adjust", "layer": 0, "blur": 2}, {"op": "replace", "layer": 0, "asset": "0" * 64}
    assert edited(blur, {**swap, "keep": ["color"]}).layers[0].blur == (4, 0, 4)
    assert edited(blur, swap).layers[0].blur is None


def test_what_a_mask_cuts_out_is_blurred_as_it_was_cut():
    pixels, where = _box()
    swap = {"op": "replace", "layer": 0, "asset": "0" * 64, "fit": "fill", "keep": ["mask", "color"]}
    one = Stack(*where["size"], (Layer(pixels, *where["at"], "it"),))
    blur = {"op": "adjust", "layer": 0, "blur": 3}
    masked = picture(edited(blur, swap, scene=scene_of_stack(one)), one, {"0" * 64: np.full((2, 2, 4), 255, np.uint8)})
    assert np.array_equal(masked, alone(pixels, blur, **where))


def test_a_reset_forgets_recolorings_and_leaves_what_was_adjusted():
    tint = {"op": "recolor", "layer": 0, "mode": "tint", "color": "#e11d48", "strength": 0.5}
    bright = {"op": "adjust", "layer": 0, "brightness": 1.2}
    hue = {"op": "recolor", "layer": 0, "color": "#0b7285"}
    reset = {"op": "recolor", "layer": 0, "reset": True}
    pixels = noise(6, 5, 4)
    np.testing.assert_array_equal(alone(pixels, tint, reset), alone(pixels))
    np.testing.assert_array_equal(alone(pixels, tint, bright, hue, reset), alone(pixels, bright))
    np.testing.assert_array_equal(alone(pixels, tint, bright, {**hue, "reset": True}), alone(pixels, bright, hue))
    np.testing.assert_array_equal(alone(pixels, tint, {**hue, "strength": 0, "reset": True}), alone(pixels))


@pytest.mark.parametrize("beside", [{}, {"strength": 0.5}, {"mode": "tint"}, {"reset": False}])
def test_without_a_color_a_reset_must_stand_alone(beside):
    with pytest.raises(InvalidEdit):
        alone(
            noise(6, 5, 4),
            {"op": "recolor", "layer": 0, **({"reset": True} if beside and "reset" not in beside else {}), **beside},
        )
