"""Pictures as new layers."""

import numpy as np
import pytest
from edit_scenes import HEIGHT, NAMES, WIDTH, edited, noise, picture, stack

from model.compositing import flattened, over
from model.edits import added, fold, parse, scene_key, scene_of_stack
from model.edits.drawn import pictures, stored_layers
from model.edits.scene_json import scene_from_json, scene_to_json
from model.errors import InvalidEdit, LayerNotFound

ASSET, OTHER = "ab" * 32, "cd" * 32
SMALL = noise(7, 10, 20, opaque=True)


def _with(*operations, size=(20, 10)):
    return fold(parse(list(operations)), scene_of_stack(stack()), {ASSET: size, OTHER: (4, 4)})


def _add(**parameters):
    return {"op": "add", "asset": ASSET, **parameters}


def _extent(scene):
    return tuple(round(value, 6) for value in scene.layers[5].bounds)


@pytest.mark.parametrize(
    ("parameters", "size", "extent"),
    [
        ({}, (20, 10), (14, 13, 34, 23)),
        ({}, (96, 36), (0, 9, 48, 27)),
        ({"anchor": "top-left"}, (20, 10), (0, 0, 20, 10)),
        ({"anchor": "bottom-right"}, (21, 11), (27, 25, 48, 36)),
        ({}, (21, 11), (14, 13, 35, 24)),
        ({"fit": "contain"}, (20, 10), (0, 6, 48, 30)),
        ({"fit": "cover"}, (20, 10), (0, 0, 48, 36)),
        ({"fit": "fill"}, (20, 10), (0, 0, 48, 36)),
        ({"box": {"x": 8, "y": 4, "width": 10, "height": 10}}, (20, 10), (8, 6.5, 18, 11.5)),
        ({"box": {"x": 8, "y": 4, "width": 10, "height": 10}, "anchor": "top"}, (20, 10), (8, 4, 18, 9)),
        ({"box": {"x": 8, "y": 4, "width": 10, "height": 10}, "fit": "cover"}, (20, 10), (8, 4, 18, 14)),
        ({"box": {"x": "50%", "width": "25%"}}, (20, 10), (24, 15, 36, 21)),
        ({"box": {"width": 40, "height": 40}}, (20, 10), (0, 10, 40, 30)),
    ],
    ids=str,
)
def test_where_it_comes_to_lie(parameters, size, extent):
    assert _extent(_with(_add(**parameters), size=size)) == extent


@pytest.mark.parametrize(
    ("parameters", "order"),
    [
        ({}, "012345"),
        ({"to": "top"}, "012345"),
        ({"to": "bottom"}, "501234"),
        ({"above": "badge"}, "015234"),
        ({"below": 1}, "051234"),
    ],
    ids=str,
)
def test_it_comes_on_top_or_where_it_is_told(parameters, order):
    assert "".join(str(index) for index in _with(_add(**parameters)).order) == order


def test_next_to_a_layer_of_a_group_it_comes_into_the_group():
    scene = _with({"op": "group", "layer": ["badge", "glow"]}, _add(below="glow"))
    assert scene.order == (0, 2, 1, 6, 3, 5, 4)
    assert scene.layers[6].parent == 5
    assert _with({"op": "group", "layer": ["badge", "glow"]}, _add(above=5)).layers[6].parent is None


def test_names_are_given_or_counted():
    scene = _with(_add(name="Sale"), _add(), _add())
    assert [state.name for state in scene.layers[5:]] == ["Sale", "Picture 1", "Picture 2"]


def test_at_its_own_size_it_is_copied_to_the_bit():
    scene = _with(_add(anchor=[0.33, 0.7]))
    expected = flattened(stack().layers, WIDTH, HEIGHT)
    over(expected, SMALL, (slice(18, 28), slice(9, 29)))
    assert np.array_equal(picture(scene, assets={ASSET: SMALL}), expected)


def test_what_cover_leaves_outside_is_not_shown_and_not_lost():
    box = {"x": 8, "y": 4, "width": 10, "height": 10}
    shown = picture(_with(_add(box=box, fit="cover")), assets={ASSET: SMALL})
    expected = flattened(stack().layers, WIDTH, HEIGHT)
    over(expected, SMALL[:, 5:15], (slice(4, 14), slice(8, 18)))
    assert np.array_equal(shown, expected)
    assert _extent(_with(_add(box=box, fit="cover"), {"op": "crop", "layer": 5, "reset": True})) == (3, 4, 23, 14)


def test_it_is_edited_like_any_other_layer():
    flip, move = {"op": "flip", "layer": "Sale", "axis": "vertical"}, {"op": "move", "layer": "Sale", "to": {"x": 0}}
    scene = _with(_add(name="Sale"), flip, move, {"op": "duplicate", "layer": "Sale"}, {"op": "hide", "layer": "Sale"})
    expected = flattened(stack().layers, WIDTH, HEIGHT)
    over(expected, SMALL[::-1], (slice(13, 23), slice(0, 20)))
    assert np.array_equal(picture(scene, assets={ASSET: SMALL}), expected)
    assert stored_layers(scene) == (0, 1, 2, 3, 4)


def test_its_shape_is_the_mask_of_what_replaces_it():
    soft = noise(9, 10, 20)
    swap = {"op": "replace", "layer": 5, "asset": OTHER, "fit": "fill", "keep": ["position", "mask"]}
    scene = _with({"op": "hide", "layer": "*"}, _add(), swap)
    shown = picture(scene, assets={ASSET: soft, OTHER: np.full((4, 4, 4), 255, np.uint8)})
    assert np.array_equal(shown[13:23, 14:34, 3], soft[:, :, 3])
    assert [one.image for one in pictures(scene)] == [ASSET, OTHER]


def test_it_is_kept_as_json_and_told_apart():
    scene = _with(_add(fit="cover", name="Sale"))
    assert scene_from_json(scene_to_json(scene)) == scene
    keys = [scene_key(_with({**_add(fit="fill"), "asset": asset}, size=(4, 4))) for asset in (ASSET, OTHER)]
    assert len({scene_key(edited()), *keys}) == 3


def test_an_asset_that_nobody_has_seen_is_pointed_at():
    with pytest.raises(InvalidEdit, match="There is no asset abab") as caught:
        edited({"op": "hide", "layer": 0}, _add())
    assert caught.value.pointer == "/operations/1/asset"
    assert [one.pointer for one in added(parse([_add()]))] == ["/operations/0/asset"]


@pytest.mark.parametrize(
    ("parameters", "pointer", "words"),
    [
        ({"asset": None}, "", "Exactly one of asset, image_base64"),
        ({"to": "top", "above": 0}, "/above", "Only one of to, above, below"),
        ({"to": "forward"}, "/to", "not one of top, bottom"),
        ({"above": "*"}, "/above", "One layer is needed"),
        ({"box": {}}, "/box", "Some of x, y, width and height"),
        ({"name": "*"}, "/name", "A name has"),
        ({"layer": 0}, "/layer", "no parameter 'layer' here"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(parameters, pointer, words):
    with pytest.raises(InvalidEdit, match=words) as caught:
        _with(_add(**parameters))
    assert caught.value.pointer == f"/operations/0{pointer}"


def test_next_to_a_layer_that_is_not_there_it_cannot_come():
    with pytest.raises(LayerNotFound, match="did you mean 4 'logo'") as caught:
        _with(_add(above="lgoo"))
    assert caught.value.pointer == "/operations/0/above"
    assert NAMES[4] == "logo"
