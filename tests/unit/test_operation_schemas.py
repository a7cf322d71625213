"""The operations that the OpenAPI document tells of are those that ``model/edits`` reads."""

import pytest
from pydantic import BaseModel, ValidationError

from app.web import operations
from app.web.operations import OutputIn, RenderIn
from model import blend
from model.edits import MAX_OPERATIONS, OPERATIONS, Output, parse
from model.edits.fields import ANCHORS
from model.edits.replace import KEEP
from model.errors import InvalidEdit

SHA = "0" * 64
EXAMPLES = [
    *({"op": "move", "layer": 0, way: {"x": 1, "y": "5%"}, "anchor": "center"} for way in ("to", "by")),
    {"op": "scale", "layer": "a", "by": 2, "anchor": [0.5, 1]},
    {"op": "scale", "layer": ["a", 1], "by": {"x": 2, "y": 0.5}},
    {"op": "scale", "layer": "*", "to": {"width": 10, "height": "5%"}, "fit": "cover"},
    *({"op": "rotate", "layer": 0, way: 30, "anchor": "top-left"} for way in ("to", "by")),
    {"op": "flip", "layer": 0, "axis": "horizontal", "anchor": "left"},
    {"op": "opacity", "layer": 0, "to": 0.5},
    {"op": "blend", "layer": 0, "mode": "multiply"},
    {"op": "recolor", "layer": 0, "mode": "tint", "color": "#fff", "strength": 0.5},
    {"op": "replace", "layer": 0, "asset": SHA, "fit": "fill", "anchor": "top", "keep": ["mask"]},
    {"op": "replace", "layer": 0, "image_base64": "AAAA"},
    {"op": "reorder", "layer": 0, "to": "top"},
    *({"op": "reorder", "layer": 0, way: 1} for way in ("above", "below", "index")),
    *({"op": op, "layer": 0} for op in ("delete", "restore", "show", "hide")),
]
NONSENSE = [
    {"op": "explode", "layer": 0},
    {"op": "move", "by": {"x": 1}},
    {"op": "move", "layer": 0, "by": {"x": "wide"}},
    {"op": "move", "layer": 0, "by": {"z": 1}},
    {"op": "flip", "layer": 0},
    {"op": "opacity", "layer": 0, "to": 2},
    {"op": "blend", "layer": 0, "mode": "vivid"},
    {"op": "hide", "layer": 0, "for": "ever"},
]


def _kinds() -> dict[str, type[BaseModel]]:
    kinds = [kind for kind in vars(operations).values() if isinstance(kind, type) and issubclass(kind, BaseModel)]
    found = {}
    for kind in kinds:
        if "op" in kind.model_fields:
            (op,) = kind.model_json_schema()["properties"]["op"]["const"].split()
            found[op] = kind
    return found


def test_every_operation_is_told_of_and_no_other() -> None:
    assert set(_kinds()) == set(OPERATIONS)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example['op']} {sorted(example)}")
def test_what_the_document_allows_is_read(example: dict[str, object]) -> None:
    RenderIn.model_validate({"operations": [example]})
    parse([example])


@pytest.mark.parametrize("wrong", NONSENSE, ids=str)
def test_what_the_document_forbids_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RenderIn.model_validate({"operations": [wrong]})
    with pytest.raises(InvalidEdit):
        parse([wrong])


@pytest.mark.parametrize("op", sorted(OPERATIONS))
def test_every_parameter_of_the_document_has_an_example_that_was_read(op: str) -> None:
    used = {name for example in EXAMPLES if example["op"] == op for name in example}
    assert used == set(_kinds()[op].model_fields)


def test_the_lists_of_words_are_those_of_the_model() -> None:
    schemas = operations.schemas()
    assert set(schemas["Blend"]["properties"]["mode"]["enum"]) == set(blend.MODES)
    assert set(schemas["Move"]["properties"]["anchor"]["anyOf"][0]["enum"]) == set(ANCHORS)
    assert set(schemas["Replace"]["properties"]["keep"]["items"]["enum"]) == set(KEEP)
    assert schemas["RenderRequest"]["properties"]["operations"]["maxItems"] == MAX_OPERATIONS


def test_an_output_of_the_document_is_read() -> None:
    whole = {"format": "jpg", "width": 100, "background": "white", "quality": 80}
    assert set(whole) == set(OutputIn.model_fields)
    OutputIn.model_validate(whole)
    assert Output.of(whole) == Output("jpeg", 100, (255, 255, 255, 255), 80)
