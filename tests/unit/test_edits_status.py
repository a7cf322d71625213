"""Names, locks, and copies."""

import numpy as np
import pytest
from edit_scenes import NAMES, bounded, draws, edited, picture
from hypothesis import given
from hypothesis import strategies as st

from model.edits import operation_schemas, scene_key
from model.errors import AmbiguousLayer, InvalidEdit, LayerLocked, LayerNotFound

ASSET = {"asset": "0" * 64}
FREE = {"show", "hide", "lock", "unlock", "rename", "reorder", "duplicate", "group", "restore", "canvas", "add"}


def _on(layer, op):
    """An example of an operation, on a layer."""
    example = operation_schemas()[op]["examples"][0]
    return {**example, "layer": layer} if "layer" in example else example


def test_a_renamed_layer_is_known_by_its_new_name_only():
    rename = {"op": "rename", "layer": "logo", "name": "Marke \N{SPARKLES}"}
    moved = edited(rename, {"op": "hide", "layer": "marke \N{SPARKLES}"})
    assert [state.name for state in moved.layers] == [*NAMES[:4], "Marke \N{SPARKLES}"]
    assert not moved.layers[4].visible
    with pytest.raises(LayerNotFound, match="There is no layer 'logo'"):
        edited(rename, {"op": "hide", "layer": "logo"})
    assert scene_key(edited(rename)) == scene_key(edited())


def test_several_layers_of_one_name_are_told_apart_by_index():
    same = {"op": "rename", "layer": ["badge", "logo"], "name": "it"}
    with pytest.raises(AmbiguousLayer, match=r"Several layers are called 'it': 1 'it', 4 'it'\. Use"):
        edited(same, {"op": "hide", "layer": "it"})
    assert not edited(same, {"op": "hide", "layer": 4}).layers[4].visible


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (None, "'name' is missing"),
        (5, "A name is needed here, not the number 5"),
        ("", "1 to 256 characters"),
        ("  ", "1 to 256 characters"),
        ("*", 'is not "\\*"'),
        ("n" * 257, "1 to 256 characters"),
        ("a\nb", "no control characters"),
        ("\ud800", "no control characters"),
    ],
)
def test_what_is_no_name_is_refused(name, words):
    with pytest.raises(InvalidEdit, match=words) as caught:
        edited({"op": "rename", "layer": 0, "name": name})
    assert caught.value.pointer == "/operations/0/name"


@pytest.mark.parametrize("op", sorted(set(operation_schemas()) - FREE - {"ungroup"}))
@pytest.mark.parametrize("layer", ["logo", 4, ["badge", "logo"], "*"])
def test_a_locked_layer_refuses_what_would_change_it_and_says_how(op, layer):
    with pytest.raises(LayerLocked) as caught:
        edited({"op": "lock", "layer": "logo"}, _on(layer, op))
    assert str(caught.value) == ('The layer 4 \'logo\' is locked; unlock it first: {"op": "unlock", "layer": 4}.')
    assert caught.value.pointer == "/operations/1/layer"
    edited({"op": "lock", "layer": "logo"}, {"op": "unlock", "layer": 4}, _on("logo", op))


@pytest.mark.parametrize("op", sorted(FREE - {"add"}))
def test_a_locked_layer_is_shown_named_ordered_and_copied_as_any_other(op):
    edited({"op": "lock", "layer": "logo"}, _on("logo", op))


def test_a_lock_changes_no_pixel_and_a_copy_has_it_too():
    locked = edited({"op": "lock", "layer": "*"})
    assert scene_key(locked) == scene_key(edited())
    assert all(state.locked for state in edited({"op": "duplicate", "layer": 1}, scene=locked).layers)
    assert edited({"op": "unlock", "layer": "*"}, scene=locked) == edited()


def test_a_copy_comes_right_above_with_a_name_and_the_next_index():
    scene = edited({"op": "duplicate", "layer": ["badge", "glow"]}, {"op": "duplicate", "layer": "badge copy"})
    assert [state.name for state in scene.layers] == [*NAMES, "badge copy", "glow copy", "badge copy 2"]
    assert scene.order == (0, 1, 5, 7, 2, 3, 6, 4)


def test_a_copy_may_have_a_name_of_its_own():
    assert edited({"op": "duplicate", "layer": 1, "name": "second"}).layers[5].name == "second"
    with pytest.raises(InvalidEdit, match="A name is for the copy of one layer"):
        edited({"op": "duplicate", "layer": [1, 2], "name": "second"})


@bounded
@given(st.lists(draws(["move", "scale", "rotate", "flip", "recolor", "crop", "blend"], st.just("glow")), max_size=4))
def test_a_copy_has_all_edits_and_the_same_pixels(edits):
    for also in ([], [{"op": "replace", "layer": "glow", "asset": "0" * 64}]):
        scene = edited(*edits, *also)
        swapped = edited({"op": "duplicate", "layer": "glow"}, {"op": "delete", "layer": "glow"}, scene=scene)
        assert scene_key(swapped) == scene_key(scene)


def test_a_copy_goes_its_own_way():
    both = edited({"op": "duplicate", "layer": "badge"}, {"op": "move", "layer": "badge copy", "by": {"x": 20, "y": 9}})
    shown, alone = picture(both), picture(edited())
    assert np.array_equal(shown[:13, :20], alone[:13, :20])
    moved = picture(edited({"op": "move", "layer": "badge", "by": {"x": 20, "y": 9}}))
    assert np.array_equal(shown[13:22, 23:34], moved[13:22, 23:34])


def test_copies_of_copies_come_to_an_end():
    with pytest.raises(InvalidEdit, match="more than 500 layers") as caught:
        edited(*[{"op": "duplicate", "layer": "*"}] * 12)
    assert caught.value.pointer.endswith("/layer")


def test_of_two_with_one_name_delete_means_the_living_and_restore_the_deleted():
    before = [{"op": "delete", "layer": 1}, {"op": "rename", "layer": 2, "name": "badge"}]
    gone = edited(*before, {"op": "delete", "layer": "badge"})
    assert [gone.layers[index].deleted for index in (1, 2)] == [True, True]
    back = edited(*before, {"op": "restore", "layer": "badge"})
    assert [back.layers[index].deleted for index in (1, 2)] == [False, False]
    with pytest.raises(AmbiguousLayer, match="1 'badge', 2 'badge'"):
        edited({"op": "restore", "layer": "badge"}, scene=gone)
