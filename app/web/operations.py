"""The bodies of a render request and of a document's edit as ``/openapi.json`` shows them; ``model.edits`` describes
and reads their operations."""

from typing import Any

from app.web.output import OutputIn
from model.edits import MAX_OPERATIONS, layer_properties_schema, operation_schemas
from model.edits.short import MAX_LAYERS

_REF = "#/components/schemas/"


def schemas() -> dict[str, Any]:
    """The body and all that it is made of, by name, for the document's components."""
    kinds = {schema["title"]: op for op, schema in _titled().items()}
    operation = {
        "oneOf": [{"$ref": _REF + title} for title in kinds],
        "discriminator": {"propertyName": "op", "mapping": {op: _REF + title for title, op in kinds.items()}},
    }
    listed = {"type": "array", "items": operation, "maxItems": MAX_OPERATIONS}
    layers = {
        "type": "object",
        "description": "What layers are to be, by name, by index in digits, or `*` for all: after the "
        "operations, layer by layer, and of each the properties in the order of LayerProperties.",
        "additionalProperties": {"$ref": _REF + "LayerProperties"},
        "maxProperties": MAX_LAYERS,
    }
    body = {
        "title": "RenderRequest",
        "description": "Operations in their order; those on one layer fold into one state, and its pixels are "
        "resampled once.",
        "type": "object",
        "properties": {
            "operations": {**listed, "default": []},
            "layers": layers,
            "output": {"$ref": _REF + "Output"},
        },
        "additionalProperties": False,
    }
    change = {
        "title": "OperationsRequest",
        "description": "Operations in their order, or what layers are to be, or both: one revision of a document.",
        "type": "object",
        "properties": {"operations": listed, "layers": layers},
        "anyOf": [{"required": ["operations"]}, {"required": ["layers"]}],
        "additionalProperties": False,
    }
    components = {schema["title"]: schema for schema in _titled().values()}
    components["LayerProperties"] = {**layer_properties_schema(), "title": "LayerProperties"}
    return {**components, "Output": OutputIn.model_json_schema(), "RenderRequest": body, "OperationsRequest": change}


def _titled() -> dict[str, dict[str, Any]]:
    """Components share one room with all other objects of the document, hence ``MoveOperation``."""
    return {op: {**schema, "title": f"{op.capitalize()}Operation"} for op, schema in operation_schemas().items()}
