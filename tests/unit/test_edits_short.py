"""What layers are to be, in place of a list of operations."""

import json

import pytest
from edit_scenes import bounded, edited, stack
from hypothesis import given
from hypothesis import strategies as st
from test_edits_schema import _fits

from model.edits import fold, layer_properties_schema, parse, scene_of_stack, spelled
from model.edits.short import PROPERTIES
from model.errors import AmbiguousLayer, InvalidEdit, LayerNotFound

ASSET = "ab" * 32


def _bodies(**properties):
    return [dict(one.body) for one in spelled({"logo": properties})]


def _scene(layers):
    return fold((one.operation for one in spelled(layers)), scene_of_stack(stack()))


@pytest.mark.parametrize(
    ("properties", "body"),
    [
        ({"visible": False}, {"op": "hide"}),
        ({"visible": True}, {"op": "show"}),
        ({"opacity": 0.5}, {"op": "opacity", "to": 0.5}),
        ({"blend": "screen"}, {"op": "blend", "mode": "screen"}),
        ({"x": 5, "y": "10%"}, {"op": "move", "to": {"x": 5, "y": "10%"}}),
        ({"y": 3, "anchor": "center"}, {"op": "move", "to": {"y": 3}, "anchor": "center"}),
        ({"scale": 2}, {"op": "scale", "by": 2}),
        ({"scale": {"x": 2}}, {"op": "scale", "by": {"x": 2}}),
        ({"scale": {"width": 9, "fit": "cover"}}, {"op": "scale", "to": {"width": 9}, "fit": "cover"}),
        ({"rotate": 45}, {"op": "rotate", "to": 45}),
        ({"flip": "vertical"}, {"op": "flip", "axis": "vertical"}),
        ({"crop": {"x": 41}}, {"op": "crop", "box": {"x": 41}}),
        ({"color": "red"}, {"op": "recolor", "mode": "tint", "color": "red"}),
        ({"color": {"mode": "duotone", "colors": ["red", "blue"]}},
         {"op": "recolor", "mode": "duotone", "colors": ["red", "blue"]}),
        ({"adjust": {"blur": 2}}, {"op": "adjust", "blur": 2}),
        ({"image": ASSET}, {"op": "replace", "asset": ASSET}),
        ({"image": "iVBORw0K"}, {"op": "replace", "image_base64": "iVBORw0K"}),
        ({"image": {"asset": ASSET, "fit": "cover"}}, {"op": "replace", "asset": ASSET, "fit": "cover"}),
        ({"text": "Hi"}, {"op": "text", "value": "Hi"}),
        ({"text": "Hi", "color": "red"}, {"op": "text", "value": "Hi", "color": "red"}),
        ({"text": {"value": "Hi", "size": 9}, "color": "red"},
         {"op": "text", "value": "Hi", "size": 9, "color": "red"}),
    ],
    ids=str,
)  # fmt: skip
def test_each_property_is_an_operation(properties, body):
    (found,) = _bodies(**properties)
    assert found == {"layer": "logo", **body}
    assert _fits(properties, layer_properties_schema())


def test_the_order_is_a_fixed_one():
    every = {"visible": True, "y": 1, "x": 1, "rotate": 5, "scale": 2, "opacity": 1, "color": "red", "image": ASSET,
             "blend": "hue", "flip": "vertical", "crop": {"x": 1}, "adjust": {"hue": 5}}  # fmt: skip
    assert [one["op"] for one in _bodies(**every)] == [
        "replace", "recolor", "adjust", "crop", "flip", "scale", "rotate", "move", "opacity", "blend", "show",
    ]  # fmt: skip
    assert set(layer_properties_schema()["properties"]) == {*PROPERTIES, "anchor"}


@bounded
@given(st.permutations([("x", 4), ("scale", 2), ("rotate", 30), ("opacity", 0.5), ("color", "red")]))
def test_the_order_in_which_properties_stand_is_nothing(some):
    assert _scene({"logo": dict(some)}) == _scene({"logo": dict(sorted(some))})


def test_layers_are_meant_by_name_by_index_and_all_at_once():
    hidden = {"visible": False}
    assert _scene({"logo": hidden}) == _scene({"4": hidden}) == edited({"op": "hide", "layer": "logo"})
    assert _scene({"*": hidden}) == edited({"op": "hide", "layer": "*"})


def test_they_are_taken_in_the_order_in_which_they_stand():
    assert _scene({"*": {"opacity": 0.2}, "logo": {"opacity": 1}}).layers[4].opacity == 1
    assert _scene({"logo": {"opacity": 1}, "*": {"opacity": 0.2}}).layers[4].opacity == 0.2


def test_what_it_stands_for_is_the_same_operations_in_full():
    layers = {"logo": {"x": 4, "scale": 0.5, "adjust": {"hue": 5}}, "1": {"color": "red", "opacity": 0.3}}
    bodies = [json.loads(json.dumps(one.body)) for one in spelled(layers)]
    assert fold(parse(bodies), scene_of_stack(stack())) == _scene(layers)


def test_null_asks_for_nothing():
    assert spelled({"logo": None, "badge": {"x": None, "color": None}}) == ()


@pytest.mark.parametrize(
    ("properties", "pointer", "words"),
    [
        ([], "", "An object is needed here, not a list"),
        ({"opacty": 1}, "/opacty", "no parameter 'opacty' here; known are .*opacity"),
        ({"opacity": 2}, "/opacity", "not within 0 and 1"),
        ({"x": "5"}, "/x", "neither a number of pixels"),
        ({"y": True}, "/y", "A number is needed"),
        ({"x": 1, "anchor": "middle"}, "/anchor", "not one of top-left"),
        ({"scale": 0}, "/scale", "not within"),
        ({"scale": {"x": "2"}}, "/scale/x", "A number is needed"),
        ({"scale": {"width": 0}}, "/scale/width", "not within"),
        ({"scale": {"width": 5, "fit": "stretch"}}, "/scale/fit", "not one of contain"),
        ({"rotate": "90"}, "/rotate", "A number is needed"),
        ({"visible": "yes"}, "/visible", "true or false is needed"),
        ({"color": "redd"}, "/color", "not a CSS colour"),
        ({"color": {"mode": "duotone", "colors": ["red", 5]}}, "/color/colors/1", "A CSS colour is needed"),
        ({"color": {"mode": "duotone"}}, "/color/colors", "'colors' is missing"),
        ({"color": {"op": "hide", "color": "red"}}, "/color/op", "no parameter 'op'"),
        ({"adjust": {"blur": -1}}, "/adjust/blur", "not within"),
        ({"adjust": {}}, "/adjust", "Some of brightness"),
        ({"crop": {"width": 0}}, "/crop/width", "not within"),
        ({"image": "?"}, "/image", "not base64"),
        ({"image": {"fit": "cover"}}, "/image", "Exactly one of asset, image_base64"),
        ({"text": ""}, "/text", "1 to 10000 characters"),
        ({"text": {"value": "a", "size": 0}}, "/text/size", "not within"),
        ({"text": "a", "color": "redd"}, "/color", "not a CSS colour"),
        ({"blend": "dodge"}, "/blend", "Did you mean color-dodge"),
        ({"flip": "x"}, "/flip", "not one of horizontal"),
    ],
    ids=str,
)
def test_what_is_wrong_is_pointed_at_where_it_stands(properties, pointer, words):
    with pytest.raises(InvalidEdit, match=words) as caught:
        _scene({"badge": {"x": 1}, "logo": properties})
    assert caught.value.pointer == f"/layers/logo{pointer}"


@pytest.mark.parametrize("layer", ["lgoo", "9"])
def test_a_layer_that_is_not_there_is_pointed_at(layer):
    with pytest.raises(LayerNotFound) as caught:
        _scene({layer: {"opacity": 1}})
    assert caught.value.pointer == f"/layers/{layer}"
    with pytest.raises(AmbiguousLayer):
        fold((one.operation for one in spelled({"it": {"opacity": 1}})),
             edited({"op": "rename", "layer": [1, 2], "name": "it"}))  # fmt: skip


def test_there_are_bounds():
    with pytest.raises(InvalidEdit, match="At most 256 layers"):
        spelled({str(at): {"x": 1} for at in range(257)})
    many = {"x": 1, "scale": 1, "rotate": 1, "opacity": 1, "visible": True}
    with pytest.raises(InvalidEdit, match="These are 1250 operations; at most 1000"):
        spelled({str(at): many for at in range(250)})


@pytest.mark.parametrize("example", layer_properties_schema()["examples"])
def test_the_examples_fit_and_are_taken(example):
    assert _fits(example, layer_properties_schema())
    assert spelled({"logo": example})
