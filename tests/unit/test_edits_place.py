import math

import numpy as np
import pytest
from edit_scenes import HEIGHT, NAMES, WIDTH, alone, bounded, edited, noise, picture
from hypothesis import given
from hypothesis import strategies as st

from model.edits import scene_key, scene_of
from model.edits.fields import ANCHORS


def _box(*operations, bbox=(10, 20, 30, 10), canvas=(200, 100)):
    """``(left, top, right, bottom)`` of the one layer of a scene, edited."""
    scene = scene_of(*canvas, [{"name": "it", "bbox": bbox}])
    return edited(*({"layer": "it", **operation} for operation in operations), scene=scene).layers[0].bounds


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"by": {"x": 5, "y": -3}}, (15, 17, 45, 27)),
        ({"by": {"x": "12.5%"}}, (35, 20, 65, 30)),
        ({"by": {"y": "-10 %"}}, (10, 10, 40, 20)),
        ({"to": {"x": 0, "y": 0}}, (0, 0, 30, 10)),
        ({"to": {"x": 0}}, (0, 20, 30, 30)),
        ({"to": {"x": "50%", "y": "50%"}, "anchor": "center"}, (85, 45, 115, 55)),
        ({"to": {"x": 200, "y": 100}, "anchor": "bottom-right"}, (170, 90, 200, 100)),
        ({"to": {"x": "100%"}, "anchor": "right"}, (170, 20, 200, 30)),
        ({"to": {"x": 100, "y": 0}, "anchor": [2, 0]}, (40, 0, 70, 10)),
    ],
    ids=str,
)
def test_move(operation, expected):
    assert _box({"op": "move", **operation}) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"by": 2}, (-5, 15, 55, 35)),
        ({"by": 2, "anchor": "top-left"}, (10, 20, 70, 40)),
        ({"by": {"x": 0.5}}, (17.5, 20, 32.5, 30)),
        ({"by": {"x": 2, "y": 3}, "anchor": "bottom-right"}, (-20, 0, 40, 30)),
        ({"to": {"width": 60}, "anchor": "top-left"}, (10, 20, 70, 40)),
        ({"to": {"height": "50%"}, "anchor": "top-left"}, (10, 20, 160, 70)),
        ({"to": {"width": 60, "height": 60}, "anchor": "top-left"}, (10, 20, 70, 40)),
        ({"to": {"width": 60, "height": 60}, "fit": "cover", "anchor": "top-left"}, (10, 20, 190, 80)),
        ({"to": {"width": "10%", "height": 60}, "fit": "fill", "anchor": "top-left"}, (10, 20, 30, 80)),
    ],
    ids=str,
)
def test_scale(operation, expected):
    assert _box({"op": "scale", **operation}) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"by": 90}, (20, 10, 30, 40)),
        ({"by": 90, "anchor": "top-left"}, (0, 20, 10, 50)),
        ({"to": 180, "anchor": "bottom-right"}, (40, 30, 70, 40)),
        ({"by": 45}, (25 - 40 / math.sqrt(8), 25 - 40 / math.sqrt(8), 25 + 40 / math.sqrt(8), 25 + 40 / math.sqrt(8))),
    ],
    ids=str,
)
def test_rotate(operation, expected):
    assert _box({"op": "rotate", **operation}) == pytest.approx(expected)


def test_rotate_to_counts_from_how_the_layer_was_stored():
    turns = [{"op": "rotate", "by": 30}, {"op": "rotate", "by": 50}, {"op": "flip", "axis": "horizontal"}]
    assert _box(*turns, {"op": "rotate", "to": 0}) == pytest.approx((10, 20, 40, 30))
    twice = [{"op": "rotate", "layer": "badge", "to": 40}] * 2
    assert scene_key(edited(*twice)) == scene_key(edited(twice[0]))


@pytest.mark.parametrize("anchor", [*ANCHORS, [0.3, 0.9]])
@pytest.mark.parametrize(
    "operation", [{"op": "scale", "by": 3}, {"op": "flip", "axis": "vertical"}, {"op": "rotate", "by": 180}], ids=str
)
def test_the_anchor_stays_where_it_is(operation, anchor):
    fx, fy = ANCHORS[anchor] if isinstance(anchor, str) else anchor
    left, top, right, bottom = _box({**operation, "anchor": anchor})
    mirrored_x = operation["op"] == "rotate"
    mirrored_y = operation["op"] != "scale"
    gx, gy = (1 - fx if mirrored_x else fx), (1 - fy if mirrored_y else fy)
    assert (left + gx * (right - left), top + gy * (bottom - top)) == pytest.approx((10 + 30 * fx, 20 + 10 * fy))


def test_the_anchor_is_of_the_box_as_it_is_at_that_moment():
    assert _box(
        {"op": "rotate", "by": 90}, {"op": "move", "to": {"x": 0, "y": 0}}, {"op": "scale", "by": 2, "anchor": "top"}
    ) == pytest.approx((-5, 0, 15, 60))


def _undone(operation):
    """What takes the operation back."""
    by = operation.get("by")
    if operation["op"] == "move":
        return {**operation, "by": {"x": -by["x"], "y": by["y"][1:] if by["y"][0] == "-" else f"-{by['y']}"}}
    if operation["op"] == "rotate":
        return {**operation, "by": -by}
    if operation["op"] == "scale":
        return {**operation, "by": {axis: 1 / factor for axis, factor in by.items()}}
    return operation


_LAYERS = st.sampled_from([*NAMES, *range(len(NAMES)), "*"])
_FACTORS = st.sampled_from([0.25, 1 / 3, 0.8, 1.7, 3])
_RELATIVE = st.one_of(
    st.builds(
        lambda layer, x, y: {"op": "move", "layer": layer, "by": {"x": x, "y": f"{y}%"}},
        _LAYERS,
        st.floats(-60, 60),
        st.integers(-90, 90),
    ),
    st.builds(lambda layer, x, y: {"op": "scale", "layer": layer, "by": {"x": x, "y": y}}, _LAYERS, _FACTORS, _FACTORS),
    st.builds(lambda layer, by: {"op": "rotate", "layer": layer, "by": by}, _LAYERS, st.floats(-400, 400)),
    st.builds(
        lambda layer, axis: {"op": "flip", "layer": layer, "axis": axis},
        _LAYERS,
        st.sampled_from(["horizontal", "vertical"]),
    ),
)


@bounded
@given(st.lists(_RELATIVE, min_size=1, max_size=6))
def test_operations_and_their_opposites_in_reverse_are_no_edit(operations):
    scene = edited(*operations, *(_undone(operation) for operation in reversed(operations)))
    assert scene_key(scene) == scene_key(edited())
    assert np.array_equal(picture(scene), picture(edited()))


@pytest.mark.parametrize(
    ("there", "back"), [(5, -5), (0.1, -0.1), (1 / 3, -1 / 3), ("7%", "-7%"), ("+.5%", "-0.5%"), (123456.7, -123456.7)]
)
def test_a_move_there_and_back_is_the_identity_and_has_the_same_key(there, back):
    away, home = ({"op": "move", "layer": "logo", "by": {"x": 9, "y": way}} for way in (there, back))
    scene = edited(away, {**home, "by": {**home["by"], "x": -9}})
    assert scene_key(scene) == scene_key(edited())
    assert np.array_equal(picture(scene), picture(edited()))
    assert scene_key(edited(away)) != scene_key(edited())


@pytest.mark.parametrize("layer", [NAMES[1], NAMES[3]])
@pytest.mark.parametrize("by", [90, -90])
def test_four_quarter_turns_are_none_and_ten_are_two(layer, by):
    turn = {"op": "rotate", "layer": layer, "by": by}
    assert scene_key(edited(*[turn] * 4)) == scene_key(edited())
    assert scene_key(edited(*[turn] * 10)) == scene_key(edited({**turn, "by": 180}))


@pytest.mark.parametrize("turns", range(1, 5))
def test_quarter_turns_are_exact(turns):
    pixels = noise(1, 20, 20)
    turned = alone(pixels, *[{"op": "rotate", "layer": 0, "by": 90}] * turns)
    assert np.array_equal(turned, _clear(np.rot90(pixels, -turns)))


@pytest.mark.parametrize("axis", ["horizontal", "vertical"])
def test_a_flip_is_exact_and_two_are_none(axis):
    pixels, flip = noise(2, 11, 20), {"op": "flip", "layer": 0, "axis": axis}
    assert np.array_equal(alone(pixels, flip), _clear(pixels[:, ::-1] if axis == "horizontal" else pixels[::-1]))
    assert scene_key(edited({**flip, "layer": "*"}, {**flip, "layer": "*"})) == scene_key(edited())


def _clear(pixels):
    """As it shows over nothing: no colour where there is no alpha."""
    return np.where(pixels[:, :, 3:] == 0, 0, pixels)


def test_a_fraction_of_a_pixel_moves_by_whole_pixels_and_stays_sharp():
    pixels = noise(3, 10, 10)
    moved = alone(pixels, *[{"op": "move", "layer": 0, "by": {"x": 0.4}}] * 2, size=(12, 10))
    assert np.array_equal(moved[:, 1:11], _clear(pixels))


@pytest.mark.parametrize("by", [{"x": 10**6}, {"y": -(10**6)}, {"x": "-100%"}, {"x": WIDTH, "y": HEIGHT}])
def test_everything_off_the_canvas_is_an_empty_picture(by):
    scene = edited({"op": "move", "layer": "*", "by": by})
    assert not picture(scene).any()


@pytest.mark.parametrize("by", [0.001, 0.01, 1000, {"x": 1000, "y": 0.001}])
@pytest.mark.parametrize("degrees", [0, 30])
def test_extreme_scales_render(by, degrees):
    scene = edited({"op": "scale", "layer": "*", "by": by}, {"op": "rotate", "layer": "*", "by": degrees})
    assert picture(scene).shape == (HEIGHT, WIDTH, 4)
