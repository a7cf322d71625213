import pytest
from edit_scenes import edited

from model.edits import scene_of
from model.edits.selector import Selector
from model.errors import AmbiguousLayer, InvalidEdit, LayerNotFound


def _scene(*names):
    return scene_of(100, 100, [{"name": name, "bbox": [0, 0, 10, 10]} for name in names])


def _meant(value, scene, **how):
    return Selector.of(value, "/operations/0/layer").indices(scene, **how)


SCENE = ("Sky", "Logo", "Sale today", "logo shadow")


@pytest.mark.parametrize(
    ("value", "indices"),
    [
        (1, (1,)),
        (1.0, (1,)),
        ("Logo", (1,)),
        ("SALE TODAY", (2,)),
        ("*", (0, 1, 2, 3)),
        ([3, "Sky"], (0, 3)),
        (["Logo", 1, "logo"], (1,)),
    ],
)
def test_layers_are_meant_by_index_name_or_list(value, indices):
    assert _meant(value, _scene(*SCENE)) == indices


def test_layers_come_in_the_scenes_order():
    scene = edited({"op": "reorder", "layer": 0, "to": "top"}, scene=_scene(*SCENE))
    assert _meant([0, 1, 3], scene) == (1, 3, 0)


def test_the_exact_name_goes_before_the_same_in_another_case():
    assert _meant("logo", _scene("Logo", "logo")) == (1,)


@pytest.mark.parametrize("value", [None, True, 1.5, float("nan"), "", {}, [[0]], [None]])
def test_anything_else_is_refused(value):
    with pytest.raises(InvalidEdit, match="by its index, its name, a list of these"):
        Selector.of(value, "/operations/0/layer")


@pytest.mark.parametrize("value", [[], list(range(257))])
def test_a_list_has_a_length_between_1_and_256(value):
    with pytest.raises(InvalidEdit, match="1 to 256"):
        Selector.of(value, "/operations/0/layer")


@pytest.mark.parametrize("index", [-1, 4, 10**30, -(10**5000)], ids=["-1", "4", "large", "huge"])
def test_an_index_too_far_says_how_far_they_go(index):
    with pytest.raises(LayerNotFound, match="from 0 \\(the bottom\\) to 3") as caught:
        _meant(index, _scene(*SCENE))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Lgo", "did you mean 1 'Logo'"),
        ("sale todya", "did you mean 2 'Sale today'"),
        ("zebra", "the layers are 0 'Sky', 1 'Logo', 2 'Sale today', 3 'logo shadow'"),
        ("2", "An index is a number without quotes"),
    ],
)
def test_an_unknown_name_brings_the_near_ones_or_all(name, hint):
    with pytest.raises(LayerNotFound, match=hint) as caught:
        _meant(["Sky", name], _scene(*SCENE))
    assert caught.value.pointer == "/operations/0/layer/1"


def test_a_star_in_a_list_is_explained():
    with pytest.raises(LayerNotFound, match="stands by itself"):
        _meant(["*"], _scene(*SCENE))


def test_a_name_of_a_megabyte_is_not_repeated():
    with pytest.raises(LayerNotFound) as caught:
        _meant("x" * 2**20, _scene(*SCENE))
    assert len(str(caught.value)) < 250


def test_a_name_of_several_layers_lists_them():
    with pytest.raises(AmbiguousLayer, match=r"0 'Leaf', 2 'Leaf'\. Use the index") as caught:
        _meant("leaf", _scene("Leaf", "Sky", "Leaf"))
    assert caught.value.pointer == "/operations/0/layer"


def test_a_deleted_layer_is_not_found_until_it_is_restored():
    scene = edited({"op": "delete", "layer": "Logo"}, scene=_scene(*SCENE))
    with pytest.raises(LayerNotFound, match="1 'Logo' is deleted; restore it first"):
        _meant("Logo", scene)
    assert _meant("*", scene) == (0, 2, 3)
    assert _meant("Logo", scene, deleted=True) == (1,)
    assert _meant("*", scene, deleted=True) == (0, 1, 2, 3)


def test_the_living_of_one_name_is_meant_where_the_other_is_deleted():
    scene = edited({"op": "delete", "layer": 0}, scene=_scene("Leaf", "Sky", "Leaf"))
    assert _meant("Leaf", scene) == (2,)
