"""Operations that cannot be: each is refused in words that help, with a pointer to the place."""

import json

import pytest
from edit_scenes import bounded, edited
from hypothesis import given
from hypothesis import strategies as st

from model.edits import MAX_OPERATIONS, OPERATIONS, operation_schemas, parse
from model.errors import InvalidEdit, LayerNotFound

NAN, INFINITE, HUGE = float("nan"), float("inf"), 10**400
MOVE = {"op": "move", "layer": 0, "by": {"x": 1}}


def _refused(operation, pointer, words):
    with pytest.raises(InvalidEdit, match=words) as caught:
        edited(MOVE, operation)
    assert caught.value.pointer == f"/operations/1{pointer}"
    assert len(str(caught.value)) < 400
    json.dumps([str(caught.value), caught.value.pointer], ensure_ascii=False).encode()  # it can be sent


@pytest.mark.parametrize("operations", [None, "move", {"op": "move"}, 5, b"[]"])
def test_operations_are_a_list(operations):
    with pytest.raises(InvalidEdit, match="A list of operations") as caught:
        parse(operations)
    assert caught.value.pointer == "/operations"


def test_there_are_at_most_a_thousand_operations():
    assert len(parse([MOVE] * MAX_OPERATIONS)) == 1000
    with pytest.raises(InvalidEdit, match="1001 operations; at most 1000"):
        parse([MOVE] * (MAX_OPERATIONS + 1))


@pytest.mark.parametrize("operation", [None, "move", 5, [], True])
def test_an_operation_is_an_object(operation):
    _refused(operation, "", "An object is needed here, not")


def test_an_unknown_operation_brings_the_nearest_one():
    _refused({"op": "mvoe", "layer": 0}, "/op", "'mvoe' is not one of move, scale, .*Did you mean move\\?")
    _refused({"op": "Hide", "layer": 0}, "/op", "Did you mean hide\\?")
    _refused({"op": "zzz" * 10**6, "layer": 0}, "/op", "is not one of")
    _refused({"op": ["move"], "layer": 0}, "/op", "is not one of")


@pytest.mark.parametrize("missing", ["op", "layer"])
@pytest.mark.parametrize("value", ["absent", None])
def test_op_and_layer_are_needed(missing, value):
    operation = {**MOVE, missing: value}
    if value == "absent":
        del operation[missing]
    _refused(operation, f"/{missing}", f"'{missing}' is missing")


@pytest.mark.parametrize("op", OPERATIONS)
def test_every_operation_refuses_an_unknown_parameter(op):
    parse([_ok(op)])
    _refused({**_ok(op), "speed": 1}, "/speed", "no parameter 'speed' here; known are .*op")


@pytest.mark.parametrize(
    ("key", "pointer"), [("a/b~c", "/a~1b~0c"), ("\ud800x", "/?x"), ("k" * 10**6, "/" + "k" * 60), ("", "/")]
)
def test_the_pointer_to_an_odd_key_can_be_sent(key, pointer):
    _refused({**MOVE, key: 1}, pointer, "no parameter")


@pytest.mark.parametrize("value", [NAN, INFINITE, -INFINITE, HUGE, -HUGE, 1e300])
@pytest.mark.parametrize(
    ("operation", "key"),
    [
        ({"op": "opacity"}, "to"),
        ({"op": "rotate"}, "by"),
        ({"op": "rotate"}, "to"),
        ({"op": "scale"}, "by"),
        ({"op": "recolor", "color": "red"}, "strength"),
        ({"op": "reorder"}, "index"),
    ],
    ids=lambda value: str(value.get("op")) if isinstance(value, dict) else value,
)
def test_numbers_that_are_none_or_too_large_are_refused(operation, key, value):
    _refused({"layer": 0, **operation, key: value}, f"/{key}", "is not within")


@pytest.mark.parametrize("value", [True, "5", [5], {"value": 5}])
def test_a_number_is_a_number(value):
    _refused({"op": "opacity", "layer": 0, "to": value}, "/to", "A number is needed here, not")


@pytest.mark.parametrize("value", [1.01, -0.01, 100])
def test_opacity_is_a_share(value):
    _refused({"op": "opacity", "layer": 0, "to": value}, "/to", "not within 0 and 1")


@pytest.mark.parametrize("value", ["12", "12px", "1e3%", "%", "--5%", "", "12.5.1%", "١٢%", "5% of it"])
def test_a_length_is_a_number_or_a_percentage(value):
    _refused({"op": "move", "layer": 0, "by": {"x": value}}, "/by/x", "neither a number of pixels nor")


@pytest.mark.parametrize("value", [NAN, INFINITE, HUGE, 1e7, "10000000%", "9" * 30 + "%", True, [1]])
def test_lengths_have_bounds(value):
    _refused({"op": "move", "layer": 0, "to": {"y": value}}, "/to/y", "is not within|A number is needed|neither")


@pytest.mark.parametrize("value", [0, -1, 0.00001, 100_000])
def test_a_scale_is_between_a_ten_thousandth_and_ten_thousand(value):
    _refused({"op": "scale", "layer": 0, "by": value}, "/by", "not within 0.0001 and 10000")
    _refused({"op": "scale", "layer": 0, "by": {"x": value}}, "/by/x", "not within")


@pytest.mark.parametrize(
    ("operation", "pointer", "words"),
    [
        ({"op": "move"}, "", "Exactly one of to, by"),
        ({"op": "move", "to": {"x": 1}, "by": {"x": 1}}, "/by", "Only one of to, by"),
        ({"op": "move", "by": {}}, "/by", "x, y or both"),
        ({"op": "move", "by": {"x": None}}, "/by", "x, y or both"),
        ({"op": "move", "by": [1, 2]}, "/by", "An object is needed here, not a list"),
        ({"op": "move", "by": {"x": 1, "z": 1}}, "/by/z", "no parameter 'z'"),
        ({"op": "scale", "to": {}}, "/to", "width, height or both"),
        ({"op": "scale", "to": {"width": 0}}, "/to/width", "not within"),
        ({"op": "scale", "by": "2"}, "/by", "An object is needed here, not the text '2'"),
        ({"op": "scale", "by": 2, "fit": "cover"}, "/fit", "no parameter 'fit'"),
        ({"op": "scale", "to": {"width": 5}, "fit": "stretch"}, "/fit", "not one of contain, cover, fill"),
        ({"op": "flip", "axis": "x"}, "/axis", "not one of horizontal, vertical"),
        ({"op": "blend", "mode": "multiplied"}, "/mode", "Did you mean multiply"),
        ({"op": "recolor", "mode": "sepia", "color": "red"}, "/mode", "not one of hue, tint"),
        ({"op": "recolor"}, "/color", "'color' is missing"),
        ({"op": "recolor", "color": 255}, "/color", "A CSS colour is needed here, not the number 255"),
        ({"op": "recolor", "color": "redd"}, "/color", "'redd' is not a CSS colour"),
        ({"op": "recolor", "color": "#ff000080"}, "/color", "must be opaque"),
        ({"op": "reorder", "to": "front"}, "/to", "not one of top, bottom, forward, backward"),
        ({"op": "reorder", "index": 1.5}, "/index", "A whole number"),
        ({"op": "reorder", "index": -1}, "/index", "not within"),
        ({"op": "reorder", "above": "*"}, "/above", "One layer is needed"),
        ({"op": "reorder", "below": [1]}, "/below", "One layer is needed"),
        ({"op": "replace"}, "", "Exactly one of asset, image_base64"),
        ({"op": "replace", "asset": "abc"}, "/asset", "SHA-256, 64 hex digits"),
        ({"op": "replace", "asset": "G" * 64}, "/asset", "SHA-256"),
        ({"op": "replace", "image_base64": "not base64!"}, "/image_base64", "not base64"),
        ({"op": "replace", "image_base64": "aé=="}, "/image_base64", "not base64"),
        ({"op": "replace", "image_base64": 5}, "/image_base64", "base64 text is needed"),
        ({"op": "replace", "asset": "0" * 64, "keep": "position"}, "/keep", "A list of some of position"),
        ({"op": "replace", "asset": "0" * 64, "keep": ["shape"]}, "/keep", "A list of some of position"),
        ({"op": "replace", "asset": "0" * 64, "keep": [[]]}, "/keep", "A list of some of position"),
    ],
    ids=str,
)
def test_parameters_that_make_no_sense_are_refused(operation, pointer, words):
    _refused({"layer": 0, **operation}, pointer, words)


@pytest.mark.parametrize("anchor", ["middle", [0.5], [0, 1, 2], {"x": 0}, 5, [0, "1"], [0, NAN], [0, 101]])
def test_an_anchor_is_one_of_nine_names_or_two_fractions(anchor):
    with pytest.raises(InvalidEdit) as caught:
        parse([{**MOVE, "anchor": anchor}])
    assert caught.value.pointer.startswith("/operations/0/anchor")


@pytest.mark.parametrize("op", sorted(set(OPERATIONS) - {"delete", "restore", "canvas", "add"}))
def test_a_deleted_layer_takes_no_other_operation(op):
    with pytest.raises(LayerNotFound, match="is deleted; restore it first") as caught:
        edited({"op": "delete", "layer": "logo"}, _ok(op))
    assert caught.value.pointer == "/operations/1/layer"


def _ok(op):
    example = operation_schemas()[op]["examples"][0]
    return {**example, "layer": "logo"} if "layer" in example else example


def test_a_layer_driven_out_of_all_bounds_is_refused_where_it_happens():
    far = {"op": "scale", "layer": "logo", "by": 10_000}
    with pytest.raises(InvalidEdit, match="carry the layer 4 'logo' too far") as caught:
        edited(far, far, far)
    assert caught.value.pointer == "/operations/2/layer"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@bounded
@given(st.sampled_from(list(OPERATIONS)), st.data())
def test_whatever_stands_in_an_operation_only_our_own_error_leaves(op, data):
    operation = _ok(op)
    key = data.draw(st.sampled_from([*operation, "anchor", "fit", "keep", "strength", "x"]))
    operation[key] = data.draw(JSON)
    pointer = _pointer_of_refusal(operation)
    assert pointer is None or pointer.startswith("/operations/0")


def _pointer_of_refusal(operation):
    try:
        edited(operation)
    except InvalidEdit as error:
        json.dumps([str(error), error.pointer], ensure_ascii=False).encode()
        return error.pointer
    return None


@pytest.mark.parametrize(("value", "shown"), [(-1, "-1"), ("-5%", "-0.05"), (1001, "1001"), (NAN, "nan")])
def test_a_factor_out_of_range_is_told_the_one_range(value, shown):
    operation = {"op": "adjust", "layer": 0, "brightness": value}
    _refused(operation, "/brightness", rf"^{shown}(\.0)? is not within 0 and 1000\.$")


def test_bounds_are_written_as_people_write_them() -> None:
    operation = {"op": "move", "layer": 0, "by": {"x": 9_999_999}}
    _refused(operation, "/by/x", r"^9999999 is not within -1000000 and 1000000\.$")
