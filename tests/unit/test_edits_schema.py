"""The schemas of the operations say what the operations take: neither more nor less."""

import json
import re

import pytest
from edit_scenes import LOOKING, PLACING, bounded, draws, edited
from hypothesis import given

from model.edits import OPERATIONS, operation_schemas, parse
from model.errors import InvalidEdit

SCHEMAS = operation_schemas()


def _fits(value, schema):
    """Whether a value fits a schema, by the keywords that the schemas use; an unknown keyword fails."""
    checks = {
        "const": lambda want: value == want,
        "enum": lambda among: value in among,
        "type": lambda kinds: any(_is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)),
        "minimum": lambda low: not _is(value, "number") or value >= low,
        "maximum": lambda high: not _is(value, "number") or value <= high,
        "pattern": lambda pattern: not isinstance(value, str) or re.search(pattern, value) is not None,
        "anyOf": lambda among: any(_fits(value, each) for each in among),
        "oneOf": lambda among: sum(_fits(value, each) for each in among) == 1,
        "items": lambda inner: not isinstance(value, list) or all(_fits(each, inner) for each in value),
        "not": lambda inner: not _fits(value, inner),
        "minLength": lambda least: not isinstance(value, str) or len(value) >= least,
        "maxLength": lambda most: not isinstance(value, str) or len(value) <= most,
        "minItems": lambda least: not isinstance(value, list) or len(value) >= least,
        "maxItems": lambda most: not isinstance(value, list) or len(value) <= most,
        "properties": lambda known: all(_fits(value[key], known[key]) for key in known if key in value),
        "required": lambda keys: all(key in value for key in keys),
        "additionalProperties": lambda _: set(value) <= set(schema["properties"]),
        "minProperties": lambda least: len(value) >= least,
        **dict.fromkeys(("title", "description", "default", "examples"), lambda _: True),
    }
    order = sorted(schema, key=lambda keyword: keyword != "type")
    return all(checks[keyword](schema[keyword]) for keyword in order)


def _is(value, kind):
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return {
        "object": isinstance(value, dict),
        "array": isinstance(value, list),
        "string": isinstance(value, str),
        "number": number,
        "boolean": isinstance(value, bool),
        "integer": number and float(value).is_integer(),
    }[kind]


def test_every_operation_has_a_schema_and_every_schema_an_operation():
    assert list(SCHEMAS) == list(OPERATIONS)


@pytest.mark.parametrize("op", OPERATIONS)
def test_a_schema_is_plain_json_with_words_and_examples(op):
    schema = json.loads(json.dumps(SCHEMAS[op]))
    assert schema == SCHEMAS[op]
    assert schema["description"].endswith(".")
    assert schema["examples"]


@pytest.mark.parametrize(
    "example", [example for schema in SCHEMAS.values() for example in schema["examples"]], ids=lambda each: each["op"]
)
def test_every_example_fits_its_schema_and_is_taken(example):
    assert _fits(example, SCHEMAS[example["op"]])
    (operation,) = parse([example])
    assert operation.op == example["op"]


@pytest.mark.parametrize("op", OPERATIONS)
def test_a_schema_lists_the_very_parameters_that_are_known(op):
    example = SCHEMAS[op]["examples"][0]
    with pytest.raises(InvalidEdit) as caught:
        parse([{**example, "nonsense": 1}])
    known = re.search("known are (.*)\\.$", str(caught.value))[1].split(", ")
    with_another_way = {"scale": {"fit"}, "recolor": {"from", "tolerance", "colors", "matrix"}}.get(op, set())
    assert set(known) | with_another_way == set(SCHEMAS[op]["properties"])


@bounded
@given(draws([*PLACING, *LOOKING, "reorder"]))
def test_what_is_drawn_at_random_fits_and_is_taken(operation):
    assert _fits(operation, SCHEMAS[operation["op"]])
    edited(operation)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "move", "layer": 0},
        {"op": "move", "layer": 0, "by": {}},
        {"op": "move", "layer": 0, "by": {"x": "12"}},
        {"op": "move", "layer": 0, "by": {"x": 1}, "to": {"x": 1}},
        {"op": "move", "layer": [], "by": {"x": 1}},
        {"op": "move", "layer": 1.5, "by": {"x": 1}},
        {"op": "scale", "layer": 0, "by": 0},
        {"op": "scale", "layer": 0, "to": {"width": 0}},
        {"op": "rotate", "layer": 0, "by": "90"},
        {"op": "flip", "layer": 0, "axis": "x"},
        {"op": "opacity", "layer": 0, "to": 2},
        {"op": "blend", "layer": 0, "mode": "dissolve"},
        {"op": "recolor", "layer": 0},
        {"op": "replace", "layer": 0, "asset": "abc"},
        {"op": "reorder", "layer": 0, "index": -1},
        {"op": "reorder", "layer": 0, "above": "*x", "to": "top"},
        {"op": "hide", "layer": 0, "to": 1},
        {"op": "hide"},
        {"op": "crop", "layer": 0},
        {"op": "crop", "layer": 0, "box": {}},
        {"op": "crop", "layer": 0, "box": {"width": 0}},
        {"op": "crop", "layer": 0, "reset": False},
        {"op": "crop", "layer": 0, "reset": True, "box": {"x": 1}},
        {"op": "rename", "layer": 0},
        {"op": "rename", "layer": 0, "name": ""},
        {"op": "rename", "layer": 0, "name": "n" * 257},
        {"op": "group", "layer": [0, 1], "name": 5},
        {"op": "canvas"},
        {"op": "canvas", "layer": 0, "width": 5},
        {"op": "canvas", "width": 0},
        {"op": "canvas", "anchor": "top"},
        {"op": "canvas", "width": 5, "box": {"x": 1}},
        {"op": "lock", "layer": 0, "to": True},
        {"op": "recolor", "layer": 0, "color": "red", "from": "blue"},
        {"op": "recolor", "layer": 0, "mode": "replace", "color": "red"},
        {"op": "recolor", "layer": 0, "mode": "replace", "color": "red", "from": "blue", "tolerance": 2},
        {"op": "recolor", "layer": 0, "mode": "duotone", "colors": ["red"]},
        {"op": "recolor", "layer": 0, "mode": "duotone", "colors": "red"},
        {"op": "recolor", "layer": 0, "mode": "duotone", "color": "red", "colors": ["red", "blue"]},
        {"op": "recolor", "layer": 0, "mode": "matrix", "matrix": [1] * 19},
        {"op": "recolor", "layer": 0, "mode": "matrix", "matrix": [1] * 19 + [1e9]},
        {"op": "text", "layer": 0},
        {"op": "text", "layer": 0, "value": ""},
        {"op": "text", "layer": 0, "size": 0},
        {"op": "text", "layer": 0, "align": "justify"},
        {"op": "text", "layer": 0, "direction": "down"},
        {"op": "adjust", "layer": 0},
        {"op": "adjust", "layer": 0, "brightness": -1},
        {"op": "adjust", "layer": 0, "brightness": "-5%"},
        {"op": "adjust", "layer": 0, "contrast": "150"},
        {"op": "adjust", "layer": 0, "blur": "5%"},
        {"op": "adjust", "layer": 0, "reset": False},
        {"op": "add"},
        {"op": "add", "asset": "0" * 64, "image_base64": "AA=="},
        {"op": "add", "asset": "0" * 64, "layer": 0},
        {"op": "add", "asset": "0" * 64, "above": 0, "below": 1},
        {"op": "add", "asset": "0" * 64, "fit": "stretch"},
    ],
    ids=str,
)
def test_what_does_not_fit_is_not_taken(operation):
    assert not _fits(operation, SCHEMAS[operation["op"]])
    with pytest.raises(InvalidEdit):
        parse([operation])
