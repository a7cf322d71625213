"""Groups: what is in them, what they do to the picture, and what is done to them."""

import numpy as np
import pytest
from edit_scenes import HEIGHT, NAMES, PLACING, WIDTH, bounded, draws, edited, noise, picture, stack
from hypothesis import given
from hypothesis import strategies as st

from model.compositing import flattened, over
from model.edits import scene_key, scene_of_stack
from model.edits.drawn import drawn, pixels_key
from model.edits.render import Sources, piece
from model.errors import InvalidEdit, LayerLocked, LayerNotFound
from model.layers import Layer, Stack

MEMBERS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True)


def _group(*members, name="Group"):
    return {"op": "group", "layer": list(members), "name": name}


def _on(op, **parameters):
    return {"op": op, "layer": "Group", **parameters}


def _order(*operations):
    return "".join(str(index) for index in edited(*operations).order)


def test_a_group_comes_where_its_topmost_layer_is_with_the_next_index():
    scene = edited(_group("badge", "glow"))
    assert scene.order == (0, 2, 1, 3, 5, 4)
    assert [scene.layers[index].parent for index in range(6)] == [None, 5, None, 5, None, None]
    assert scene.layers[5].name == "Group"


def test_groups_without_a_name_are_counted():
    bare = [{"op": "group", "layer": name} for name in ("badge", "glow")]
    assert [state.name for state in edited({"op": "rename", "layer": 0, "name": "group 1"}, *bare).layers[5:]] == [
        "Group 2",
        "Group 3",
    ]


@bounded
@given(MEMBERS, MEMBERS)
def test_a_group_changes_no_pixel_unless_layers_come_past_others(one, other):
    scene = edited(_group(*one))
    order = [index for index in scene.order if index != 5]
    plain = edited(*({"op": "reorder", "layer": index, "to": "top"} for index in order))
    assert scene_key(scene) == scene_key(plain)
    again = edited({"op": "group", "layer": [5, *(n for n in other if n not in one)], "name": "Outer"}, scene=scene)
    assert np.array_equal(picture(again), picture(edited({"op": "ungroup", "layer": [5, 6]}, scene=again)))


@bounded
@given(MEMBERS)
def test_ungroup_leaves_the_layers_where_they_were(members):
    grouped = edited(_group(*members))
    scene = edited(_group(*members), {"op": "ungroup", "layer": "Group"})
    assert [index for index in scene.order if index != 5] == [index for index in grouped.order if index != 5]
    assert all(state.parent is None for state in scene.layers)
    with pytest.raises(LayerNotFound, match=r"The group 5 'Group' is deleted"):
        edited(_on("opacity", to=0.5), scene=scene)


def test_what_was_ungrouped_does_not_come_back_with_everything():
    scene = edited(_group("badge"), {"op": "ungroup", "layer": "Group"}, {"op": "restore", "layer": "*"})
    assert scene.layers[5].deleted


@bounded
@given(MEMBERS, draws(PLACING, st.just("Group")))
def test_a_group_is_placed_as_one(members, operation):
    scene, after = edited(_group(*members)), edited(_group(*members), operation)
    maps = set()
    for index in scene.leaves(5):
        (a, b, c, d, e, f), home = after.layers[index].matrix, scene.layers[index].matrix
        maps.add(
            tuple(round(v, 6) + 0.0 for v in (a, b, c - a * home[2] - b * home[5], d, e, f - d * home[2] - e * home[5]))
        )
    assert len(maps) == 1
    assert all(after.layers[index] == scene.layers[index] for index in range(5) if index not in scene.leaves(5))


def test_a_group_is_placed_by_the_box_around_its_layers():
    assert edited(_group("badge", "logo")).bounds(5) == (3, 4, 48, 36)
    moved = edited(_group("badge", "logo"), _on("move", to={"x": 0, "y": 0}))
    assert moved.layers[1].bounds == (0, 0, 11, 9)
    assert moved.layers[4].bounds == (37, 25, 45, 32)
    turned = edited(_group("badge", "logo"), _on("rotate", by=90), _on("rotate", to=0))
    assert scene_key(turned) == scene_key(edited(_group("badge", "logo")))


def test_a_layer_named_beside_its_group_is_placed_once():
    both = {"op": "move", "layer": ["Group", "badge", 5], "by": {"x": 4}}
    assert edited(_group("badge", "logo"), both) == edited(_group("badge", "logo"), _on("move", by={"x": 4}))


def test_all_are_the_layers_each_by_itself():
    scene = edited(_group("badge", "logo"), {"op": "opacity", "layer": "*", "to": 0.5})
    assert [state.opacity for state in scene.layers] == [0.5] * 5 + [1]


@pytest.mark.parametrize(
    "how", [{"op": "recolor", "color": "red"}, {"op": "crop", "box": {"x": 9, "width": 20}}], ids=str
)
def test_colours_and_crops_of_a_group_are_those_of_its_layers(how):
    one = edited(_group("badge", "glow"), {**how, "layer": "Group"})
    assert one == edited(_group("badge", "glow"), {**how, "layer": ["badge", "glow"]})


def test_a_group_has_no_pixels_to_be_replaced():
    with pytest.raises(
        InvalidEdit, match="The group 5 'Group' has no pixels of its own; name its layers: 1 'badge'"
    ) as caught:
        edited(_group("badge", "glow"), _on("replace", asset="0" * 64))
    assert caught.value.pointer == "/operations/1/layer"


@pytest.mark.parametrize(("op", "back"), [("hide", "show"), ("delete", "restore")])
def test_with_a_group_all_in_it_goes_and_comes_back(op, back):
    gone = edited(_group("badge", "glow"), _on(op))
    layers = [layer for layer in stack().layers if layer.name not in ("badge", "glow")]
    assert np.array_equal(picture(gone), flattened(layers, WIDTH, HEIGHT))
    assert scene_key(edited(_on(back), scene=gone)) == scene_key(edited(_group("badge", "glow")))


def test_a_layer_of_a_deleted_group_says_so():
    with pytest.raises(LayerNotFound, match="The layer 1 'badge' is in the group 5 'Group', which is deleted; restore"):
        edited(_group("badge", "glow"), _on("delete"), {"op": "hide", "layer": "badge"})


def test_a_layer_of_a_locked_group_says_so():
    with pytest.raises(LayerLocked, match="The layer 1 'badge' is in the group 5 'Group', which is locked; unlock it "):
        edited(_group("badge", "glow"), _on("lock"), {"op": "opacity", "layer": "badge", "to": 0})
    with pytest.raises(LayerLocked, match="The layer 1 'badge' is locked"):
        edited(_group("badge", "glow"), {"op": "lock", "layer": "badge"}, _on("move", by={"x": 1}))


@pytest.mark.parametrize(("opacity", "mode"), [(0.5, "normal"), (1, "multiply"), (0.3, "screen")])
def test_a_group_with_a_look_of_its_own_is_composed_by_itself_first(opacity, mode):
    look = [_on("opacity", to=opacity), _on("blend", mode=mode), {"op": "blend", "layer": "glow", "mode": "difference"}]
    scene = edited(_group("headline", "glow"), *look)
    layers = stack().layers
    alone = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    over(alone, layers[2].pixels, layers[2].box)
    over(alone, layers[3].pixels, layers[3].box, 1, "difference")
    expected = flattened(layers[:2], WIDTH, HEIGHT)
    over(expected, alone, (slice(0, HEIGHT), slice(0, WIDTH)), opacity, mode)
    over(expected, layers[4].pixels, layers[4].box)
    assert np.array_equal(picture(scene), expected)


def test_a_group_that_fades_is_not_each_of_its_layers_fading():
    two = Stack(9, 9, tuple(Layer(noise(at, 9, 9, opaque=True), 0, 0, name) for at, name in enumerate(("a", "b"))))
    scene = edited(_group("a", "b"), _on("opacity", to=0.5), scene=scene_of_stack(two))
    assert np.array_equal(picture(scene, two)[:, :, :3], two.layers[1].pixels[:, :, :3])


def test_groups_in_groups_are_composed_from_the_inside():
    inner, outer = _group("badge", "headline", name="Inner"), _group("Inner", "glow", name="Outer")
    looks = [{"op": "opacity", "layer": name, "to": to} for name, to in (("Inner", 0.7), ("Outer", 0.6))]
    scene = edited(inner, outer, *looks)
    layers = stack().layers
    whole = slice(0, HEIGHT), slice(0, WIDTH)
    inside, around = np.zeros((HEIGHT, WIDTH, 4), np.uint8), np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    for layer in layers[1:3]:
        over(inside, layer.pixels, layer.box)
    over(around, inside, whole, 0.7)
    over(around, layers[3].pixels, layers[3].box)
    expected = layers[0].pixels.copy()
    over(expected, around, whole, 0.6)
    over(expected, layers[4].pixels, layers[4].box)
    assert np.array_equal(picture(scene), expected)


def test_pieces_are_named_by_their_pixels_alone():
    scene = edited(_group("headline", "glow"), _on("opacity", to=0.5))
    faded = edited(_on("opacity", to=0.7), {"op": "blend", "layer": "badge", "mode": "screen"}, scene=scene)
    assert [pixels_key(what) for what in drawn(scene)] == [pixels_key(what) for what in drawn(faded)]
    assert len({pixels_key(what) for what in drawn(scene)}) == len(drawn(scene)) == 4
    sources = Sources(stack().layers.__getitem__, {}.__getitem__)
    pixels, x, y = piece(drawn(scene)[2], WIDTH, HEIGHT, sources)
    assert (x, y, *pixels.shape[:2]) == (10, 2, 25, 35)


@pytest.mark.parametrize(
    ("operation", "order"),
    [
        ({"layer": "badge", "to": "top"}, "0231" + "5" + "4"),
        ({"layer": "badge", "to": "forward"}, "02135" + "4"),
        ({"layer": "glow", "to": "bottom"}, "03125" + "4"),
        ({"layer": "glow", "to": "top"}, "012354"),
        ({"layer": "glow", "index": 0}, "031254"),
        ({"layer": "logo", "to": "backward"}, "041235"),
        ({"layer": "logo", "index": 0}, "401235"),
        ({"layer": "Group", "to": "top"}, "041235"),
        ({"layer": "Group", "below": "background"}, "123504"),
        ({"layer": "logo", "above": "badge"}, "014235"),
        ({"layer": "background", "below": "Group"}, "012354"),
        ({"layer": "badge", "above": "logo"}, "023541"),
        ({"layer": ["badge", "logo"], "to": "top"}, "023154"),
    ],
    ids=str,
)
def test_layers_are_ordered_within_their_group(operation, order):
    assert _order(_group("badge", "headline", "glow"), {"op": "reorder", **operation}) == order


def test_next_to_a_layer_of_a_group_is_in_it():
    scene = edited(_group("badge", "glow"), {"op": "reorder", "layer": ["logo", "background"], "above": "badge"})
    assert scene.order == (2, 1, 0, 4, 3, 5)
    assert [scene.layers[index].parent for index in range(5)] == [5, 5, None, 5, 5]
    out = edited({"op": "reorder", "layer": ["logo", "glow"], "below": "headline"}, scene=scene)
    assert out.order == (4, 3, 2, 1, 0, 5)
    assert out.layers[3].parent is out.layers[4].parent is None


def test_a_group_cannot_come_into_itself():
    with pytest.raises(
        InvalidEdit, match="The layer 1 'badge' is in the group 5 'Group', which cannot come into itself"
    ):
        edited(_group("badge", "glow"), {"op": "reorder", "layer": "Group", "above": "badge"})


def test_groups_lie_ten_deep_at_most():
    nested = [{"op": "group", "layer": "badge" if at == 0 else f"Group {at}"} for at in range(12)]
    with pytest.raises(InvalidEdit, match="A group may lie 10 groups deep, no deeper") as caught:
        edited(*nested)
    assert caught.value.pointer == "/operations/10/layer"


def test_what_is_no_group_cannot_be_ungrouped():
    with pytest.raises(InvalidEdit, match="The layer 1 'badge' is no group") as caught:
        edited({"op": "ungroup", "layer": "badge"})
    assert caught.value.pointer == "/operations/0/layer"


def test_a_copy_of_a_group_has_copies_of_all_in_it():
    inner, outer = _group("badge", "headline", name="Inner"), _group("Inner", "glow", name="Outer")
    fade = {"op": "opacity", "layer": "Inner", "to": 0.5}
    scene = edited(inner, outer, fade, {"op": "duplicate", "layer": "Outer"})
    assert [state.name for state in scene.layers[7:]] == [
        "Outer copy",
        "badge copy",
        "headline copy",
        "Inner copy",
        "glow copy",
    ]
    assert scene.order == (0, 1, 2, 5, 3, 6, 8, 9, 10, 11, 7, 4)
    swapped = edited({"op": "delete", "layer": "Outer"}, scene=scene)
    assert scene_key(swapped) == scene_key(edited(inner, outer, fade))


_INDICES = st.integers(0, 7)
_STEPS = st.one_of(
    st.builds(lambda members: {"op": "group", "layer": members}, st.lists(_INDICES, min_size=1, max_size=3)),
    draws(["reorder", "duplicate", "hide"], _INDICES),
    st.builds(
        lambda layer, way, other: {"op": "reorder", "layer": layer, way: other},
        _INDICES,
        st.sampled_from(["above", "below"]),
        _INDICES,
    ),
    st.builds(
        lambda op, layer: {"op": op, "layer": layer}, st.sampled_from(["ungroup", "delete", "restore"]), _INDICES
    ),
)


@bounded
@given(st.lists(_STEPS, max_size=8))
def test_whatever_is_done_every_group_stands_right_above_what_is_in_it(steps):
    scene = edited()
    for step in steps:
        try:
            scene = edited(step, scene=scene)
        except InvalidEdit:
            continue
        assert sorted(scene.order) == list(range(len(scene.layers)))
        for state in scene.layers:
            if state.group:
                inside = [i for i in scene.order if any(group.index == state.index for group in scene.around(i))]
                at = scene.order.index(state.index)
                assert list(scene.order[at - len(inside) : at]) == inside


def test_a_group_with_something_locked_in_it_is_not_deleted():
    grouped = [_group("badge", "headline", name="Inner"), _group("Inner", "glow")]
    with pytest.raises(LayerLocked, match="The layer 1 'badge' is locked; unlock it first"):
        edited(*grouped, {"op": "lock", "layer": "badge"}, _on("delete"))
    with pytest.raises(LayerLocked, match="The layer 1 'badge' is in the group 5 'Inner', which is locked"):
        edited(*grouped, {"op": "lock", "layer": "Inner"}, _on("delete"))
    assert edited(*grouped, {"op": "lock", "layer": "logo"}, _on("delete")).layers[6].deleted


def test_what_was_in_a_hidden_group_stays_hidden_when_that_is_gone():
    hidden = edited(_group("badge", "glow"), {"op": "hide", "layer": "glow"}, _on("hide"))
    scene = edited(_on("ungroup"), scene=hidden)
    assert scene_key(scene) == scene_key(hidden)
    shown = edited({"op": "show", "layer": "badge"}, scene=scene)
    assert [shown.layers[index].visible for index in (1, 3)] == [True, False]
