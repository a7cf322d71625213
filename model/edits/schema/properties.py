"""Schema: the short form, what a layer is to be."""

from collections.abc import Mapping
from typing import Any

from model.edits.schema.parts import Schema, length


def layer_properties(operations: Mapping[str, Mapping[str, Any]]) -> Schema:
    """The object of one layer; where a property may hold all parameters of an operation, they are that one's.

    Args:
        operations: the operations' schemas by name.
    """

    def of(op: str, parameter: str) -> Any:
        return operations[op]["properties"][parameter]

    def whole(op: str, *without: str) -> Schema:
        own = operations[op]["properties"]
        kept = {key: value for key, value in own.items() if key not in {"op", "layer", *without}}
        return {"type": "object", "properties": kept, "additionalProperties": False}

    box = {**whole("scale", "by", "to"), "description": "A box to come into."}
    box["properties"] = {**of("scale", "to")["properties"], **box["properties"]}  # type: ignore[dict-item]
    image = {"type": "string", "description": "An asset's SHA-256, or a picture's file as base64 or data: URL."}
    text = {"type": "string", "description": "The words. A color beside them is theirs."}
    color = {"type": "string", "description": "CSS: the layer's commonest brightness becomes this, as `tint` does it."}
    return {
        "title": "LayerProperties",
        "description": "What a layer is to be. Whatever their order, they are applied in this one.",
        "type": "object",
        "properties": {
            "image": {"anyOf": [image, whole("replace")]},
            "text": {"anyOf": [text, whole("text")]},
            "color": {"anyOf": [color, whole("recolor")]},
            "adjust": whole("adjust"),
            "crop": of("crop", "box"),
            "flip": of("flip", "axis"),
            "scale": {"anyOf": [*of("scale", "by")["anyOf"], box]},
            "rotate": of("rotate", "to"),
            "x": length("Where its anchor comes to lie: pixels, or percent of the canvas's width."),
            "y": length("… of its height."),
            "anchor": of("move", "anchor"),
            "opacity": of("opacity", "to"),
            "blend": of("blend", "mode"),
            "visible": {"type": "boolean"},
        },
        "additionalProperties": False,
        "examples": [
            {"text": "Summer sale", "color": "#e11d48", "x": "50%", "anchor": "top"},
            {"image": "9f" * 32, "scale": {"width": "20%"}, "opacity": 0.8, "visible": True},
        ],
    }
