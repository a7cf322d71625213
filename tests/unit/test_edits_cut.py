"""What is cut off a layer or the canvas, and how it comes back."""

import numpy as np
import pytest
from edit_scenes import HEIGHT, WIDTH, alone, bounded, draws, edited, noise, picture, stack
from hypothesis import given
from hypothesis import strategies as st

from model.edits import fold, parse, scene_key, scene_of_stack
from model.edits.cut import Largest
from model.errors import InvalidEdit
from model.layers import Layer, Stack


def _crop(layer=0, **box):
    return {"op": "crop", "layer": layer, "box": box}


def _only(pixels, columns, rows):
    """Clear outside of some columns and rows; no colour where there is no alpha."""
    kept = np.zeros_like(pixels)
    kept[rows, columns] = pixels[rows, columns]
    return np.where(kept[:, :, 3:] == 0, 0, kept)


@pytest.mark.parametrize(
    ("box", "columns", "rows"),
    [
        ({"x": 5, "y": 3, "width": 8, "height": 9}, slice(5, 13), slice(3, 12)),
        ({"x": 5}, slice(5, 20), slice(0, 16)),
        ({"width": "25%"}, slice(0, 5), slice(0, 16)),
        ({"y": "50%"}, slice(0, 20), slice(8, 16)),
        ({"x": -7, "width": 10}, slice(0, 3), slice(0, 16)),
        ({"x": 4.6, "width": 2.9}, slice(5, 8), slice(0, 16)),
        ({"x": 4, "width": 0.5}, slice(4, 5), slice(0, 16)),
        ({"x": 100, "width": 9}, slice(0, 0), slice(0, 16)),
    ],
    ids=str,
)
def test_what_lies_in_the_box_shows_to_the_bit(box, columns, rows):
    pixels = noise(1, 16, 20)
    assert np.array_equal(alone(pixels, _crop(**box)), _only(pixels, columns, rows))


def test_a_crop_goes_with_its_layer():
    pixels = noise(2, 16, 20)
    moved = alone(pixels, _crop(x=5, width=8), {"op": "move", "layer": 0, "by": {"x": 3.4}})
    expected = np.zeros_like(pixels)
    expected[:, 8:16] = pixels[:, 5:13]
    assert np.array_equal(moved, np.where(expected[:, :, 3:] == 0, 0, expected))
    turned = alone(pixels, _crop(x=5, width=8), {"op": "rotate", "layer": 0, "by": 180})
    pixels[:, 5:13] = pixels[::-1, 5:13][:, ::-1]
    assert np.array_equal(turned, _only(pixels, slice(5, 13), slice(0, 16)))


def test_where_the_layer_is_when_it_is_cropped_is_what_counts():
    pixels = noise(3, 16, 20)
    shown = alone(
        pixels, {"op": "move", "layer": 0, "by": {"x": -4}}, _crop(x=5), {"op": "move", "layer": 0, "by": {"x": 4}}
    )
    assert np.array_equal(shown, _only(pixels, slice(9, 20), slice(0, 16)))


def test_the_next_crop_shows_more_again_and_reset_shows_all():
    narrow, wide = _crop(x=9, width=2), _crop(x=5, width=9)
    assert edited(narrow, wide) == edited(wide)
    assert edited(narrow, {"op": "crop", "layer": 0, "reset": True}) == edited()


def test_anchors_are_of_what_is_left():
    scene = edited(
        _crop("glow", x=30, y=5, width=10, height=6), {"op": "move", "layer": "glow", "to": {"x": 0, "y": 0}}
    )
    assert scene.layers[3].bounds == pytest.approx((0, 0, 10, 6))
    half = edited(
        _crop("badge", x=0, width=8), {"op": "scale", "layer": "badge", "to": {"width": 10}, "anchor": "left"}
    )
    assert half.layers[1].bounds == pytest.approx((3, 8.5 - 9, 13, 8.5 + 9))


def test_a_turned_layer_is_cropped_along_the_canvas():
    pixels = np.full((40, 40, 4), 255, np.uint8)
    turn = {"op": "rotate", "layer": 0, "by": 45}
    shown = alone(pixels, turn, _crop(x=10, y=15, width=20, height=9))
    whole = alone(pixels, turn)
    assert np.array_equal(shown, np.where(_only(whole, slice(10, 30), slice(15, 24))[:, :, 3:] == 0, 0, whole))
    back = alone(pixels, turn, _crop(x=10, y=15, width=20, height=9), {"op": "rotate", "layer": 0, "to": 0})
    assert 0 < back[:, :, 3].sum() / 255 == pytest.approx(20 * 9, rel=0.02)


def test_a_crop_is_the_same_wherever_the_layer_was_meanwhile():
    there, back = ({"op": "move", "layer": "glow", "by": {"x": x}} for x in (7, -7))
    cropped = edited(_crop("glow", x=30, width=9))
    assert scene_key(cropped) == scene_key(edited(there, _crop("glow", x=37, width=9), back))
    assert scene_key(cropped) != scene_key(edited())


@pytest.mark.parametrize(
    ("wanted", "size", "at"),
    [
        ({"width": 60}, (60, 36), (6, 0)),
        ({"width": 60, "height": 30, "anchor": "top-left"}, (60, 30), (0, 0)),
        ({"width": "50%", "height": "200%", "anchor": "bottom-right"}, (24, 72), (-24, 36)),
        ({"width": 51, "x": 3, "y": "25%"}, (51, 36), (5, 9)),
        ({"box": {"x": 10, "y": 5, "width": 20, "height": 9}}, (20, 9), (-10, -5)),
        ({"box": {"x": -10, "width": 100}}, (100, 36), (10, 0)),
        ({"box": {"x": "25%"}}, (36, 36), (-12, 0)),
    ],
    ids=str,
)
def test_another_canvas_shows_the_same_pixels_elsewhere(wanted, size, at):
    scene = edited({"op": "canvas", **wanted})
    assert (scene.width, scene.height) == size
    whole, (x, y) = picture(edited()), at
    wide = np.zeros((400, 400, 4), np.uint8)
    wide[100 + y : 100 + y + HEIGHT, 100 + x : 100 + x + WIDTH] = whole
    assert np.array_equal(picture(scene), wide[100 : 100 + size[1], 100 : 100 + size[0]])


@bounded
@given(st.lists(draws(["move", "scale", "rotate", "flip", "crop", "blend"]), max_size=4), st.integers(-20, 20))
def test_a_smaller_canvas_and_back_is_no_edit(edits, x):
    scene = edited(*edits)
    there = {"op": "canvas", "width": 9, "height": 7, "anchor": "top-left", "x": x}
    back = {"op": "canvas", "width": WIDTH, "height": HEIGHT, "anchor": "top-left", "x": -x}
    again = edited(there, back, scene=scene)
    assert scene_key(again) == scene_key(scene)
    assert np.array_equal(picture(again), picture(scene))


def test_home_is_where_the_canvas_has_gone():
    canvas = {"op": "canvas", "width": 60, "height": 50, "anchor": "bottom-right"}
    move, swap = (
        {"op": "move", "layer": "badge", "by": {"x": 5}},
        {"op": "replace", "layer": "badge", "asset": "0" * 64},
    )
    home = edited(canvas, move, {**swap, "keep": []}).layers[1].bounds
    assert home == (3 + 12, 4 + 14, 3 + 12 + 11, 4 + 14 + 9)


@pytest.mark.parametrize(
    "wanted", [{"width": 20_000}, {"width": 16_000, "height": 16_000}, {"box": {"width": "9999%", "height": "99999%"}}]
)
def test_a_canvas_that_is_too_large_is_refused(wanted):
    with pytest.raises(InvalidEdit, match="at most 40,000,000 are taken, and 16,384 along a side") as caught:
        edited({"op": "canvas", **wanted})
    assert caught.value.pointer == "/operations/0"


@pytest.mark.parametrize(
    ("size", "taken"),
    [((60, 50), True), ((60, 51), False), ((61, 1), False), ((1, 61), False), ((48, 36), True), ((49, 36), False)],
)
def test_how_large_a_canvas_becomes_is_for_the_caller_to_say(size, taken):
    """48 × 36 is what is there: it may stay, however little is taken."""
    largest = Largest(pixels=1000 if size[1] == 36 else 3000, side=60)
    canvas = parse([{"op": "canvas", "width": size[0], "height": size[1]}])
    if taken:
        scene = fold(canvas, scene_of_stack(stack()), largest=largest)
        assert (scene.width, scene.height) == size
        return
    said = rf"would be {size[0]} × {size[1]}, [\d,]+ pixels; at most {largest.pixels:,} are taken, and 60 along"
    with pytest.raises(InvalidEdit, match=said):
        fold(canvas, scene_of_stack(stack()), largest=largest)


def test_a_layer_squeezed_to_nothing_cannot_be_cropped():
    thin = [{"op": "scale", "layer": 0, "by": {"x": 0.0001}}] * 90
    with pytest.raises(InvalidEdit, match="The layer 0 'background' is too thin to be cropped"):
        edited(*thin, _crop(x=1))


def test_every_layer_of_a_canvas_of_one_pixel_is_still_there():
    one = Stack(3, 2, (Layer(noise(5, 2, 3, opaque=True), 0, 0, "it"),))
    scene = edited({"op": "canvas", "width": 1, "height": 1, "anchor": "top-left"}, scene=scene_of_stack(one))
    assert np.array_equal(picture(scene, one), one.layers[0].pixels[:1, :1])
    assert len(scene.layers) == len(stack().layers[:1])
