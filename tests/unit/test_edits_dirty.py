"""Outside the box two scenes are equal to the bit, and the box is no larger than what changed."""

import numpy as np
import pytest
from edit_scenes import HEIGHT, LOOKING, NAMES, PLACING, STACKING, WIDTH, bounded, draws, edited, noise, picture
from hypothesis import given
from hypothesis import strategies as st

from model.edits import scene_key, scene_of
from model.edits.dirty import dirty

ASSETS = {letter * 64: noise(ord(letter), height, width) for letter, height, width in (("a", 9, 14), ("b", 40, 7))}
REPLACE = st.builds(
    lambda layer, asset, fit, anchor, keep: {"op": "replace", "layer": layer, "asset": asset, "fit": fit,
                                             "anchor": anchor, "keep": keep},
    st.sampled_from(NAMES), st.sampled_from(list(ASSETS)), st.sampled_from(["contain", "cover", "fill"]),
    st.sampled_from(["top-left", "center", [0.3, 1], [-2, 3]]), st.sampled_from([[], ["position"], ["mask"]]),
)  # fmt: skip
HERE_AND_GONE = st.builds(
    lambda layer, ops: [{"op": op, "layer": layer} for op in ops],
    st.sampled_from(NAMES),
    st.sampled_from([("delete",), ("delete", "restore")]),
)
MEMBERS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)
GROUP = st.builds(lambda members: {"op": "group", "layer": members, "name": "Group"}, MEMBERS)
ON_GROUPS = draws([*PLACING, "opacity", "blend", "hide", "duplicate", "reorder", "crop"], st.just("Group"))
ANY = st.one_of(draws([*PLACING, *LOOKING, *STACKING, "crop"], st.integers(0, len(NAMES) - 1)), REPLACE)


def _outside(box):
    outside = np.ones((HEIGHT, WIDTH), bool)
    if box is not None:
        x, y, width, height = box
        assert 0 <= x < x + width <= WIDTH
        assert 0 <= y < y + height <= HEIGHT
        outside[y : y + height, x : x + width] = False
    return outside


@bounded
@given(MEMBERS, st.lists(ON_GROUPS, max_size=2), st.lists(st.one_of(ANY, ON_GROUPS), max_size=3))
def test_outside_the_box_nothing_differs_with_groups(members, before, after):
    old = edited({"op": "group", "layer": members, "name": "Group"}, *before)
    new = edited(*[each for each in after if _known(each, old)], scene=old)
    one, other = (picture(scene, assets=ASSETS) for scene in (old, new))
    outside = _outside(dirty(old, new))
    assert np.array_equal(one[outside], other[outside])


def _known(operation, scene):
    """Not what a copy has made ambiguous."""
    return [state.name for state in scene.layers].count(operation["layer"]) < 2


@bounded
@given(st.lists(ANY, max_size=5), st.lists(ANY, max_size=4), HERE_AND_GONE)
def test_outside_the_box_nothing_differs(before, after, last):
    old = edited(*before)
    for new in (edited(*after, scene=old), edited(*before[:2], *after, *last)):
        box = dirty(old, new)
        assert dirty(new, old) == box
        one, other = (picture(scene, assets=ASSETS) for scene in (old, new))
        outside = _outside(box)
        assert np.array_equal(one[outside], other[outside])
        if scene_key(old) == scene_key(new):
            assert box is None


def _badge(*operations):
    """The box of what operations on the badge, at 3, 4 and 11 × 9, change."""
    return dirty(edited(), edited(*({"layer": "badge", **operation} for operation in operations)))


@pytest.mark.parametrize(
    ("operation", "box"),
    [
        ({"op": "opacity", "to": 0.5}, (3, 4, 11, 9)),
        ({"op": "recolor", "color": "red"}, (3, 4, 11, 9)),
        ({"op": "hide"}, (3, 4, 11, 9)),
        ({"op": "delete"}, (3, 4, 11, 9)),
        ({"op": "move", "by": {"x": 5}}, (3, 4, 16, 9)),
        ({"op": "move", "by": {"x": -5, "y": 2}}, (0, 4, 14, 11)),
        ({"op": "move", "by": {"x": 1000}}, (3, 4, 11, 9)),
        ({"op": "scale", "by": 2, "anchor": "top-left"}, (3, 4, 22, 18)),
        ({"op": "scale", "by": 1.05, "anchor": "top-left"}, (3, 4, 12, 10)),
        ({"op": "rotate", "by": 90, "anchor": "top-left"}, (0, 4, 14, 11)),
        ({"op": "crop", "box": {"x": 8, "y": 6, "width": 2, "height": 3}}, (3, 4, 11, 9)),
        ({"op": "duplicate"}, (3, 4, 11, 9)),
    ],
    ids=str,
)
def test_what_a_layer_covers_or_covered_is_the_box(operation, box):
    assert _badge(operation) == box


@pytest.mark.parametrize(
    "operations",
    [
        [],
        [{"op": "move", "by": {"x": 5}}, {"op": "move", "by": {"x": -5}}],
        [{"op": "hide"}, {"op": "show"}],
        [{"op": "opacity", "to": 1}],
        [{"op": "reorder", "to": "top"}, {"op": "reorder", "index": 1}],
        [{"op": "group"}],
        [{"op": "rename", "name": "Badge"}, {"op": "lock"}],
        [{"op": "duplicate"}, {"op": "delete"}],
        [{"op": "crop", "box": {"x": 8}}, {"op": "crop", "reset": True}],
    ],
    ids=str,
)
def test_what_changes_nothing_has_no_box(operations):
    assert _badge(*operations) is None


def test_what_cannot_be_seen_changes_nothing():
    old = edited({"op": "hide", "layer": "glow"}, {"op": "move", "layer": "logo", "by": {"x": 500}})
    new = edited({"op": "rotate", "layer": "glow", "by": 9}, {"op": "blend", "layer": "logo", "mode": "hue"}, scene=old)
    assert old != new
    assert dirty(old, new) is None


def test_two_layers_that_change_places_differ_where_they_overlap():
    scene = scene_of(100, 100, [{"name": name, "bbox": [at * 10, at * 10, 20, 20]} for at, name in enumerate("abcd")])
    assert dirty(scene, edited({"op": "reorder", "layer": 1, "to": "forward"}, scene=scene)) == (20, 20, 10, 10)
    assert dirty(scene, edited({"op": "reorder", "layer": 0, "to": "forward"}, scene=scene)) == (10, 10, 10, 10)
    assert dirty(scene, edited({"op": "reorder", "layer": 1, "to": "top"}, scene=scene)) == (20, 20, 10, 10)
    apart = edited({"op": "move", "layer": 1, "by": {"x": 60}}, scene=scene)
    assert dirty(apart, edited({"op": "reorder", "layer": 1, "to": "bottom"}, scene=apart)) is None


def test_a_cropped_layer_changes_no_more_than_its_crop():
    crop = {"op": "crop", "layer": "badge", "box": {"x": 8, "y": 6, "width": 2, "height": 3}}
    cropped = edited(crop)
    for after, box in (({"op": "opacity", "to": 0.5}, (8, 6, 2, 3)), ({"op": "move", "by": {"x": 1}}, (8, 6, 3, 3))):
        assert dirty(cropped, edited({"layer": "badge", **after}, scene=cropped)) == box


def test_a_group_that_fades_changes_where_its_layers_are():
    group = edited({"op": "group", "layer": ["badge", "logo"], "name": "Two"})
    assert dirty(edited(), group) is None
    assert dirty(group, edited({"op": "opacity", "layer": "Two", "to": 0.5}, scene=group)) == (3, 4, 45, 32)
    assert dirty(group, edited({"op": "hide", "layer": "Two"}, scene=group)) == (3, 4, 45, 32)


def test_another_canvas_is_all_new():
    old, new = (scene_of(width, 8, [{"name": "it", "bbox": [0, 0, 5, 5]}]) for width in (20, 30))
    assert dirty(old, new) == (0, 0, 30, 8)
