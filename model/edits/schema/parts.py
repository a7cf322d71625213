"""What the schemas of operations are made of."""

from collections.abc import Mapping
from typing import TypeAlias

from model.edits.fields import ANCHORS, MAX_LENGTH, MAX_NAME

Schema: TypeAlias = dict[str, object]


def operation(
    op: str,
    description: str,
    parameters: Mapping[str, object],
    examples: tuple[Mapping[str, object], ...],
    needs: tuple[str, ...] = (),
    either: tuple[str, ...] = (),
    on_layers: bool = True,
) -> Schema:
    """The object of an operation.

    Args:
        either: exactly one of these parameters is needed.
        on_layers: whether it takes a ``layer``.
    """
    which: Schema = {"layer": layer()} if on_layers else {}
    schema: Schema = {
        "title": op,
        "description": description,
        "type": "object",
        "properties": {"op": {"const": op}, **which, **parameters},
        "required": ["op", *which, *needs],
        "additionalProperties": False,
        "examples": [{"op": op, **example} for example in examples],
    }
    return {**schema, "oneOf": [{"required": [way]} for way in either]} if either else schema


def layer() -> Schema:
    one = {"type": ["integer", "string"]}
    text = 'An index (0 is the bottom), a name, a list of either, or "*" for all.'
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}], "description": text}


def one_layer(description: str) -> Schema:
    return {"type": ["integer", "string"], "description": description}


def name(description: str) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": MAX_NAME, "description": description}


def length(description: str, low: float = -MAX_LENGTH) -> Schema:
    number = {"type": "number", "minimum": low, "maximum": MAX_LENGTH}
    percent = {"type": "string", "pattern": r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)\s*%\s*$", "examples": ["12.5%"]}
    return {"anyOf": [number, percent], **({"description": description} if description else {})}


_OF_LAYER = "A point of the box around the layer: its name, or fractions [fx, fy] of its width and height."


def anchor(default: str, description: str = _OF_LAYER) -> Schema:
    fraction = {"type": "number", "minimum": -100, "maximum": 100}
    pair = {"type": "array", "items": fraction, "minItems": 2, "maxItems": 2}
    return {"anyOf": [{"enum": list(ANCHORS)}, pair], "default": default, "description": description}


def some_of(properties: Mapping[str, object], least: int = 1) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False, "minProperties": least}


def box(description: str) -> Schema:
    """Of the canvas; some sides may be left out."""
    sides = {"x": length(""), "y": length(""), "width": length("", 0.5), "height": length("", 0.5)}
    return {**some_of(sides), "description": description}
