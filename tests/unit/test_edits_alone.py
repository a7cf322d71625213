"""A layer by itself: trimmed, it is all there, whatever the canvas cuts off; its key says what it shows."""

import numpy as np
import pytest
from edit_scenes import HEIGHT, LOOKING, NAMES, PLACING, STACKING, WIDTH, bounded, draws, edited, noise, stack
from hypothesis import given
from hypothesis import strategies as st

from model.compositing import over
from model.edits import scene_of
from model.edits.alone import alone, extents, redrawn
from model.edits.drawn import drawn, stored_layers, taken
from model.edits.easel import Easel
from model.edits.render import Sources, render
from model.layers import Layer, Stack

ASSETS = {"a" * 64: noise(7, 9, 14)}
GROUP = {"op": "group", "layer": ["badge", "headline"], "name": "Group"}
EDITS = st.lists(
    st.one_of(
        draws([*PLACING, *LOOKING, *STACKING, "crop", "text"], st.integers(0, len(NAMES) - 1)),
        draws(["move", "opacity", "blend", "hide", "rotate"], st.just(5)),
        st.just({"op": "replace", "layer": 4, "asset": "a" * 64, "keep": ["mask"]}),
        st.sampled_from([{"op": "canvas", "width": 60, "height": 30}, {"op": "delete", "layer": 2}]),
    ),
    max_size=4,
)
MOVE = {"op": "move", "layer": "badge", "by": {"x": 7, "y": -3}}


def known(operations):
    """Those before a layer is deleted, that, and the canvas's, which need no layer."""
    gone = next((at for at, each in enumerate(operations) if each["op"] == "delete"), len(operations))
    return [each for at, each in enumerate(operations) if at <= gone or each["op"] == "canvas"]


def sources(of: Stack | None = None) -> Sources:
    return Sources((of or stack()).layers.__getitem__, ASSETS.__getitem__, stored_width=WIDTH)


def shown(one, of: Stack | None = None):
    return Easel().alone(one.what, one.size, "stack", sources(of))


@bounded
@given(EDITS)
def test_layers_on_the_canvas_laid_over_each_other_are_the_picture(operations):
    scene = edited(GROUP, *known(operations))
    canvas = np.zeros((scene.height, scene.width, 4), np.uint8)
    for what in drawn(scene):
        state = getattr(what, "state", what)
        over(canvas, shown(alone(scene, state.index, trim=False)), np.s_[:, :], state.opacity, state.blend)
    assert np.array_equal(canvas, render(scene, stack().layers.__getitem__, ASSETS.__getitem__))


@bounded
@given(EDITS)
def test_a_trimmed_picture_holds_all_that_lies_on_the_canvas(operations):
    scene = edited(GROUP, *known(operations))
    for index, box in enumerate(extents(scene)):
        one, whole = alone(scene, index, trim=True), shown(alone(scene, index, trim=False))
        assert box is None or one.box == box
        x, y, width, height = one.box
        outside = np.ones((scene.height, scene.width), bool)
        outside[max(0, y) : max(0, y + height), max(0, x) : max(0, x + width)] = False
        assert not whole[outside].any()
        if box is not None and min(x, y) >= 0 and x + width <= scene.width and y + height <= scene.height:
            wide = any(state.blur is not None and max(state.blur[0], state.blur[2]) >= 36 for state in one.states)
            off = np.abs(shown(one)[:, :, 3].astype(int) - whole[y : y + height, x : x + width, 3])
            assert off.max() <= (3 if wide else 0)


@bounded
@given(EDITS, st.integers(-90, 90), st.integers(-90, 90))
def test_a_move_makes_no_difference_to_a_trimmed_picture(operations, x, y):
    scene = edited(GROUP, *(each for each in known(operations) if each["op"] not in ("text", "delete")))
    moved = edited({"op": "move", "layer": 1, "by": {"x": x, "y": y}}, scene=scene)
    one, other = alone(scene, 1, trim=True), alone(moved, 1, trim=True)
    assert other.box == (one.box[0] + x, one.box[1] + y, *one.size)
    assert one.key == other.key
    assert np.array_equal(shown(one), shown(other))


@bounded
@given(EDITS, EDITS)
def test_what_is_not_said_to_be_redrawn_is_the_same_picture(before, after):
    operations = known([*before, *after])
    old = edited(GROUP, *operations[: len(operations) // 2])
    new = edited(*operations[len(operations) // 2 :], scene=old)
    for trim in (False, True):
        same = set(range(len(new.layers))) - set(redrawn(old, new, trim=trim))
        assert all(index < len(old.layers) for index in same)
        for index in same:
            one, other = alone(old, index, trim=trim), alone(new, index, trim=trim)
            assert np.array_equal(shown(one), shown(other))


@pytest.mark.parametrize(
    ("operations", "placed", "trimmed"),
    [
        ([], [], []),
        ([MOVE], [1], []),
        ([{"op": "adjust", "layer": 1, "blur": 2}], [1], [1]),
        ([{"op": "opacity", "layer": "*", "to": 0.5}], [], []),
        ([{"op": "canvas", "width": 60}], [0, 1, 2, 3, 4], []),
        ([{"op": "text", "layer": 2, "value": "A"}, {"op": "canvas", "width": 60}], [0, 1, 2, 3, 4], [2]),
        ([{"op": "duplicate", "layer": 1}], [5], [5]),
        ([{"op": "group", "layer": [1, 2]}, {"op": "opacity", "layer": 1, "to": 0.3}], [5], [5]),
    ],
)
def test_only_what_looks_different_is_redrawn(operations, placed, trimmed):
    old, new = edited(), edited(*operations)
    assert (redrawn(old, new, trim=False), redrawn(old, new, trim=True)) == (placed, trimmed)


def test_a_group_is_redrawn_with_what_is_in_it():
    old = edited(GROUP)
    for operation in ({"op": "opacity", "layer": "badge", "to": 0.3}, {"op": "hide", "layer": "badge"}):
        assert redrawn(old, edited(operation, scene=old), trim=True) == [5]
    for operation in ({"op": "opacity", "layer": "Group", "to": 0.3}, {"op": "hide", "layer": "Group"}):
        assert redrawn(old, edited(operation, scene=old), trim=True) == []
    assert redrawn(old, edited({"op": "move", "layer": "Group", "by": {"x": 2}}, scene=old), trim=True) == []


def test_the_box_of_what_is_too_large_is_the_canvas_with_a_margin():
    scene = edited({"op": "scale", "layer": 1, "by": 5000, "anchor": "center"})
    assert extents(scene)[1] == (-WIDTH, -HEIGHT, 3 * WIDTH, 3 * HEIGHT)
    wide = edited(
        {"op": "canvas", "width": 10_000, "height": 3_000}, {"op": "scale", "layer": 1, "by": 9000, "anchor": "center"}
    )
    x, y, width, height = extents(wide)[1]
    assert (width - 2 * -x, height - 2 * -y) == (10_000, 3_000)
    assert 39_000_000 < width * height <= 40_000_000
    far = edited({"op": "move", "layer": 1, "by": {"x": 400_000}}, scene=scene)
    assert (extents(far)[1], shown(alone(far, 1, trim=True)).tolist()) == (None, [[[0, 0, 0, 0]]])


def test_a_layer_without_pixels_is_nothing():
    layers = (Layer(noise(1, 4, 4)), Layer(np.zeros((0, 0, 4), np.uint8), 2, 2))
    scene = scene_of(4, 4, [{"name": "a", "bbox": [0, 0, 4, 4]}, {"name": "b", "bbox": [2, 2, 0, 0]}])
    of = Stack(4, 4, layers)
    assert extents(scene)[1] is None
    assert not shown(alone(scene, 1, trim=False), of).any()


def test_what_is_as_it_was_stored_is_known():
    scene = edited({"op": "opacity", "layer": 1, "to": 0.3}, {"op": "hide", "layer": 1})
    assert alone(scene, 1, trim=False).stored_at() == (1, 3, 4)
    assert alone(scene, 1, trim=True).stored_at() == (1, 0, 0)
    moved = edited(MOVE)
    assert alone(moved, 1, trim=False).stored_at() == (1, 10, 1)
    assert alone(moved, 1, trim=True).stored_at() == (1, 0, 0)
    for operation in (
        {"op": "flip", "layer": 1, "axis": "vertical"},
        {"op": "adjust", "layer": 1, "contrast": 2},
        GROUP,
    ):
        one = alone(edited(operation), 5 if operation is GROUP else 1, trim=True)
        assert one.stored_at() is None


def test_the_layers_of_all_are_those_of_the_picture():
    scene = edited(GROUP)
    one = alone(scene, 5, trim=True)
    assert taken(one.states) == (1, 2)
    assert stored_layers(scene) == (0, 1, 2, 3, 4)
