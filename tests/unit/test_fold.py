"""What folding promises, on operations drawn at random."""

import numpy as np
import pytest
from edit_scenes import LOOKING, NAMES, PLACING, WIDTH, bounded, draws, edited, noise, picture, stack
from hypothesis import given
from hypothesis import strategies as st

from model.alpha import trimmed
from model.compositing import composite
from model.edits import OPERATIONS, fold, parse, scene_key, scene_of, scene_of_stack
from model.layers import Layer, Stack

ANY = draws([*PLACING, *LOOKING, "reorder"])


@pytest.mark.parametrize("seed", range(5))
def test_no_operations_are_the_composite_bit_for_bit(seed):
    of = stack(seed)
    assert np.array_equal(picture(scene_of_stack(of), of), composite(of))
    assert fold((), scene_of_stack(of)) == scene_of_stack(of)


@bounded
@given(st.lists(ANY, max_size=8), st.integers(0, 8))
def test_one_list_is_the_same_as_its_parts_one_after_the_other(operations, cut):
    parts = edited(*operations[cut:], scene=edited(*operations[:cut]))
    assert edited(*operations) == parts


@bounded
@given(st.data())
def test_operations_on_different_layers_may_come_in_any_order(data):
    lists = [data.draw(st.lists(draws([*PLACING, *LOOKING], st.just(name)), max_size=3)) for name in NAMES]
    in_turn = [operation for operations in lists for operation in operations]
    shuffled = data.draw(st.permutations([at for at, operations in enumerate(lists) for _ in operations]))
    queues = [iter(operations) for operations in lists]
    assert edited(*(next(queues[at]) for at in shuffled)) == edited(*in_turn)


@bounded
@given(st.lists(ANY, min_size=2, max_size=5).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_equal_keys_are_equal_pictures(orders):
    one, other = (edited(*operations) for operations in orders)
    if scene_key(one) == scene_key(other):
        assert np.array_equal(picture(one), picture(other))


@bounded
@given(st.lists(ANY, max_size=6))
def test_names_and_indices_mean_the_same(operations):
    by_index = [
        {**operation, "layer": NAMES.index(operation["layer"]) if operation["layer"] in NAMES else operation["layer"]}
        for operation in operations
    ]
    assert edited(*operations) == edited(*by_index)


@bounded
@given(draws([*PLACING, *LOOKING], st.just("*")))
def test_a_star_is_every_layer_by_itself(operation):
    assert edited(operation) == edited(*({**operation, "layer": name} for name in NAMES))


@bounded
@given(st.lists(ANY, max_size=4), st.sampled_from(NAMES), st.lists(ANY, max_size=4))
def test_a_deleted_layer_comes_back_as_it_was(before, name, after):
    elsewhere = [operation for operation in after if operation["layer"] not in (name, NAMES.index(name))]
    elsewhere = [operation for operation in elsewhere if operation["op"] != "reorder"]
    delete, restore = {"op": "delete", "layer": name}, {"op": "restore", "layer": name}
    assert edited(*before, delete, *elsewhere, restore) == edited(*before, *elsewhere)


EXACT = st.one_of(
    st.builds(
        lambda x, y: {"op": "move", "layer": 0, "by": {"x": x, "y": y}}, st.integers(-30, 30), st.integers(-30, 30)
    ),
    st.builds(lambda axis: {"op": "flip", "layer": 0, "axis": axis}, st.sampled_from(["horizontal", "vertical"])),
    st.builds(lambda turns: {"op": "rotate", "layer": 0, "by": 90 * turns}, st.integers(-5, 5)),
)


@bounded
@given(st.lists(EXACT, max_size=12))
def test_moves_flips_and_quarter_turns_of_any_number_are_exact_copies(operations):
    pixels = noise(1, 9, 9, opaque=True)  # square, so that its middle stays on a pixel
    shown, (x, y) = pixels, (100, 100)
    for operation in operations:
        if operation["op"] == "move":
            x, y = x + operation["by"]["x"], y + operation["by"]["y"]
        elif operation["op"] == "rotate":
            shown = np.rot90(shown, -operation["by"] // 90)
        else:
            shown = shown[:, ::-1] if operation["axis"] == "horizontal" else shown[::-1]
    expected = np.zeros((209, 209, 4), np.uint8)
    _paste(expected, shown, x, y)
    one = Stack(209, 209, (Layer(pixels, 100, 100, "it"),))
    assert np.array_equal(picture(edited(*operations, scene=scene_of_stack(one)), one), expected)


def _paste(canvas, pixels, x, y):
    """With a border wide enough that nothing is cut off by a negative index."""
    wide = np.zeros((canvas.shape[0] + 800, canvas.shape[1] + 800, 4), np.uint8)
    wide[400 + y : 400 + y + pixels.shape[0], 400 + x : 400 + x + pixels.shape[1]] = pixels
    canvas[:] = wide[400:-400, 400:-400]


GENTLE = st.one_of(
    st.builds(lambda x, y: {"op": "move", "by": {"x": x, "y": y}}, st.floats(-15, 15), st.floats(-15, 15)),
    st.builds(lambda x, y: {"op": "scale", "by": {"x": x, "y": y}}, st.floats(0.7, 1.5), st.floats(0.7, 1.5)),
    st.builds(lambda by: {"op": "rotate", "by": by}, st.floats(-180, 180)),
    st.builds(lambda axis: {"op": "flip", "axis": axis}, st.sampled_from(["horizontal", "vertical"])),
)


@bounded
@given(st.lists(GENTLE, min_size=1, max_size=4))
def test_folded_operations_lie_where_the_same_done_one_by_one_on_pixels_lie(operations):
    side = 320
    start = Layer(np.full((40, 60, 4), 255, np.uint8), 130, 140, "it")
    start.pixels[:20, :30, :3] = 0  # a dark quarter, so that turns and flips show
    done = start
    for operation in operations:
        shown = _rendered(done, [operation], side)
        done = trimmed(Layer(shown, 0, 0, "it"))
        assert done is not None
    together = _rendered(start, operations, side)
    one_by_one = np.zeros_like(together)
    one_by_one[done.box] = done.pixels
    for weight in (together[:, :, 3], together[:, :, 0]):
        assert weight.any()
    for channel in (3, 0):
        assert _middle(together[:, :, channel]) == pytest.approx(_middle(one_by_one[:, :, channel]), abs=2.5)
    assert (together[:, :, 3] / 255).sum() == pytest.approx((one_by_one[:, :, 3] / 255).sum(), rel=0.1)


def _rendered(layer, operations, side):
    one = Stack(side, side, (layer,))
    return picture(edited(*({"layer": 0, **each} for each in operations), scene=scene_of_stack(one)), one)


def _middle(weight):
    rows, columns = np.mgrid[0 : weight.shape[0], 0 : weight.shape[1]]
    return [(weight * axis).sum() / weight.sum() for axis in (rows, columns)]


def test_ten_moves_cost_no_quality():
    scale = {"op": "scale", "layer": 1, "by": 1.3}
    nudge = {"op": "move", "layer": 1, "by": {"x": 0.3, "y": 0.1}}
    ten = edited(scale, *[nudge] * 10)
    once = edited(scale, {**nudge, "by": {"x": 3, "y": 1}})
    assert scene_key(ten) == scene_key(once)


def test_what_does_not_show_has_no_part_in_the_key():
    hidden = edited({"op": "hide", "layer": "logo"})
    assert scene_key(hidden) == scene_key(edited({"op": "delete", "layer": "logo"}))
    assert scene_key(hidden) == scene_key(edited({"op": "opacity", "layer": "logo", "to": 0}))
    moved = edited({"op": "move", "layer": "logo", "by": {"x": 3}}, {"op": "hide", "layer": "logo"})
    assert scene_key(hidden) == scene_key(moved)
    assert scene_key(hidden) != scene_key(edited())


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "move", "by": {"x": 1}},
        {"op": "scale", "by": 1.1},
        {"op": "rotate", "by": 0.1},
        {"op": "flip", "axis": "vertical"},
        {"op": "opacity", "to": 0.99},
        {"op": "blend", "mode": "screen"},
        {"op": "recolor", "color": "red"},
        {"op": "recolor", "mode": "duotone", "colors": ["red", "blue"]},
        {"op": "recolor", "mode": "duotone", "colors": ["red", "lime"]},
        {"op": "adjust", "brightness": 0.9},
        {"op": "adjust", "contrast": 0.9},
        {"op": "adjust", "hue": 90},
        {"op": "adjust", "blur": 1},
        {"op": "crop", "box": {"x": 41}},
        {"op": "replace", "asset": "0" * 64},
        {"op": "replace", "asset": "1" * 64},
        {"op": "replace", "asset": "1" * 64, "fit": "cover"},
        {"op": "replace", "asset": "1" * 64, "keep": ["mask"]},
        {"op": "reorder", "to": "bottom"},
        {"op": "hide"},
    ],
    ids=str,
)
def test_every_edit_that_can_be_seen_changes_the_key(operation):
    others = {scene_key(edited()), scene_key(edited({"op": "move", "layer": "logo", "by": {"x": 2}}))}
    key = scene_key(edited({"layer": "logo", **operation}))
    assert key not in others
    assert key == scene_key(edited({"layer": 4, **operation}))


def test_the_key_depends_on_the_canvas_and_never_changes_between_releases():
    layers = [{"name": "it", "bbox": [1, 2, 3, 4]}]
    assert scene_key(scene_of(WIDTH, 9, layers)) != scene_key(scene_of(WIDTH, 10, layers))
    turned = edited({"op": "rotate", "layer": 0, "by": 30}, scene=scene_of(20, 10, layers))
    assert scene_key(turned) == "ddacfec0dfcab64c9f6ce5cdf77fc34add6f0e06209fbffdbddef30708a355b9"


def test_a_thousand_operations_fold_into_one_state_a_layer():
    bodies = [{"op": "move", "layer": "*", "by": {"x": 1 if at % 2 else -1}} for at in range(1000)]
    assert scene_key(fold(parse(bodies), scene_of_stack(stack()))) == scene_key(edited())


def test_a_manifests_own_opacity_and_blend_are_where_edits_start():
    scene = scene_of(9, 9, [{"name": "it", "bbox": [0, 0, 9, 9], "opacity": 0.5, "blend": "screen"}])
    assert (scene.layers[0].opacity, scene.layers[0].blend) == (0.5, "screen")


@pytest.mark.parametrize("bbox", [None, [1, 2, 3], 7])
def test_a_manifest_without_a_bbox_is_refused(bbox):
    with pytest.raises(ValueError, match="no bbox of four numbers"):
        scene_of(9, 9, [{"name": "it", "bbox": bbox}])


def test_every_operation_is_known_by_its_own_name():
    assert {name: kind.op for name, kind in OPERATIONS.items()} == {name: name for name in OPERATIONS}
