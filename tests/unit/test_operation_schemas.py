"""The render request of the OpenAPI document is what a render request is read by."""

import json

from app.web import operations
from app.web.output import OutputIn
from model.edits import MAX_OPERATIONS, OPERATIONS
from model.edits.cut import Box
from model.edits.fields import Length
from model.edits.output import Output

SCHEMAS = operations.schemas()


def test_every_operation_is_told_of_by_its_name_and_no_other() -> None:
    told = SCHEMAS["RenderRequest"]["properties"]["operations"]["items"]
    mapping = told["discriminator"]["mapping"]
    assert set(mapping) == set(OPERATIONS)
    assert [{"$ref": place} for place in mapping.values()] == told["oneOf"]
    for op, place in mapping.items():
        assert SCHEMAS[place.rpartition("/")[2]]["properties"]["op"] == {"const": op}


def test_every_reference_leads_to_a_component() -> None:
    text = json.dumps(SCHEMAS)
    places = [part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]]
    assert places
    assert set(places) <= set(SCHEMAS)


def test_as_many_operations_are_allowed_as_are_read() -> None:
    assert SCHEMAS["RenderRequest"]["properties"]["operations"]["maxItems"] == MAX_OPERATIONS


def test_an_output_of_the_document_is_read() -> None:
    whole = {"format": "jpg", "width": 100, "background": "white", "quality": 80, "box": [1, "2%", 3, 4.5]}
    assert set(whole) == set(OutputIn.model_fields)
    OutputIn.model_validate(whole)
    box = Box(Length(1), Length(2, percent=True), Length(3), Length(4.5))
    assert Output.of(whole) == Output("jpeg", 100, (255, 255, 255, 255), 80, box)
