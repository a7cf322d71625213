"""The operations as JSON Schema (draft 2020-12, as OpenAPI 3.1 takes it): plain data, for documents and for clients.

Reading and checking is done by the operations themselves; a test holds the two together.
"""

from collections.abc import Mapping
from typing import TypeAlias

from model import blend
from model.edits.fields import ANCHORS, FITS, MAX_LENGTH, MAX_SCALE
from model.edits.look import RECOLOR_MODES
from model.edits.order import PLACES
from model.edits.place import AXES, MIN_SCALE, MIN_SIDE
from model.edits.replace import KEEP, KEPT

Schema: TypeAlias = dict[str, object]


def operation_schemas() -> dict[str, Schema]:
    """One self-contained schema of the JSON object of each operation, by its name, with examples."""
    return {**_placing(), **_looking(), **_replacing(), **_ordering(), **_bare()}


def _placing() -> dict[str, Schema]:
    point = {"x": _length("Pixels or percent of the canvas's width."), "y": _length("… of its height.")}
    lengths = {"width": _length("", MIN_SIDE), "height": _length("", MIN_SIDE)}
    factor = {"type": "number", "minimum": MIN_SCALE, "maximum": MAX_SCALE}
    degrees = {"type": "number", "minimum": -MAX_LENGTH, "maximum": MAX_LENGTH}
    return {
        "move": _operation(
            "move",
            "The anchor comes to lie at `to`, or goes on `by`; an axis left out stays.",
            {"to": _some_of(point), "by": _some_of(point), "anchor": _anchor("top-left")},
            ({"layer": "headline", "by": {"x": 24, "y": "-5%"}}, {"layer": 0, "to": {"x": 0}, "anchor": "left"}),
            either=("to", "by"),
        ),
        "scale": _operation(
            "scale",
            "By a factor, or one for each axis; or to a box, where `fit` says how the shape is kept.",
            {
                "by": {"anyOf": [factor, _some_of({"x": factor, "y": factor}, least=0)]},
                "to": _some_of(lengths),
                "fit": {"enum": list(FITS), "default": "contain", "description": "Only with `to`."},
                "anchor": _anchor("center"),
            },
            ({"layer": 2, "by": 1.5}, {"layer": "logo", "to": {"width": "20%"}, "anchor": "top-right"}),
            either=("by", "to"),
        ),
        "rotate": _operation(
            "rotate",
            "Degrees clockwise; `to` counts from how the layer was stored.",
            {"by": degrees, "to": degrees, "anchor": _anchor("center")},
            ({"layer": "headline", "by": -8}, {"layer": [1, 2], "to": 90, "anchor": [0, 1]}),
            either=("by", "to"),
        ),
        "flip": _operation(
            "flip",
            "`horizontal` exchanges left and right, `vertical` top and bottom.",
            {"axis": {"enum": list(AXES)}, "anchor": _anchor("center")},
            ({"layer": "bird", "axis": "horizontal"},),
            needs=("axis",),
        ),
    }


def _looking() -> dict[str, Schema]:
    share = {"type": "number", "minimum": 0, "maximum": 1}
    return {
        "opacity": _operation(
            "opacity", "Times the layer's own alpha.", {"to": share}, ({"layer": "glow", "to": 0.4},), needs=("to",)
        ),
        "blend": _operation(
            "blend",
            "A blend mode of W3C Compositing and Blending Level 1, on sRGB-encoded values.",
            {"mode": {"enum": list(blend.MODES)}},
            ({"layer": "shadow", "mode": "multiply"},),
            needs=("mode",),
        ),
        "recolor": _operation(
            "recolor",
            "`hue` gives the colour's hue and keeps the shading, so that black, white and grey stay; `tint` makes the "
            "layer's commonest brightness the colour itself, black and white included.",
            {
                "mode": {"enum": list(RECOLOR_MODES), "default": "hue"},
                "color": {"type": "string", "description": "CSS, opaque."},
                "strength": {**share, "default": 1},
            },
            ({"layer": "badge", "color": "#0b7285"}, {"layer": 1, "mode": "tint", "color": "gold", "strength": 0.8}),
            needs=("color",),
        ),
    }


def _replacing() -> dict[str, Schema]:
    return {
        "replace": _operation(
            "replace",
            "Another picture in the layer's frame; `keep` lists what stays of the layer.",
            {
                "asset": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "The asset's SHA-256."},
                "image_base64": {"type": "string", "description": "A picture's file; a data: URL will do."},
                "fit": {"enum": list(FITS), "default": "contain"},
                "anchor": _anchor("center"),
                "keep": {"type": "array", "items": {"enum": list(KEEP)}, "default": sorted(KEPT)},
            },
            ({"layer": "product", "asset": "9f" * 32, "fit": "cover", "keep": ["position", "mask"]},),
            either=("asset", "image_base64"),
        )
    }


def _ordering() -> dict[str, Schema]:
    other = {"type": ["integer", "string"], "description": "One layer, by index or name."}
    return {
        "reorder": _operation(
            "reorder",
            "Several layers keep their order among themselves.",
            {
                "to": {"enum": list(PLACES)},
                "above": other,
                "below": other,
                "index": {"type": "integer", "minimum": 0, "description": "Among the layers not deleted; 0 lowest."},
            },
            ({"layer": "logo", "to": "top"}, {"layer": 3, "below": "headline"}),
            either=("to", "above", "below", "index"),
        )
    }


def _bare() -> dict[str, Schema]:
    said = {
        "delete": "Out of the picture until `restore`; a deleted layer takes no other operation.",
        "restore": "A deleted layer comes back as it was.",
        "show": "A hidden layer shows again.",
        "hide": "The layer does not show; it can still be edited.",
    }
    return {op: _operation(op, text, {}, ({"layer": "watermark"},)) for op, text in said.items()}


def _operation(
    op: str,
    description: str,
    parameters: Mapping[str, object],
    examples: tuple[Mapping[str, object], ...],
    needs: tuple[str, ...] = (),
    either: tuple[str, ...] = (),
) -> Schema:
    schema: Schema = {
        "title": op,
        "description": description,
        "type": "object",
        "properties": {"op": {"const": op}, "layer": _layer(), **parameters},
        "required": ["op", "layer", *needs],
        "additionalProperties": False,
        "examples": [{"op": op, **example} for example in examples],
    }
    return {**schema, "oneOf": [{"required": [way]} for way in either]} if either else schema


def _layer() -> Schema:
    one = {"type": ["integer", "string"]}
    text = 'An index (0 is the bottom), a name, a list of either, or "*" for all.'
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}], "description": text}


def _length(description: str, low: float = -MAX_LENGTH) -> Schema:
    number = {"type": "number", "minimum": low, "maximum": MAX_LENGTH}
    percent = {"type": "string", "pattern": r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)\s*%\s*$", "examples": ["12.5%"]}
    return {"anyOf": [number, percent], **({"description": description} if description else {})}


def _anchor(default: str) -> Schema:
    fraction = {"type": "number", "minimum": -100, "maximum": 100}
    pair = {"type": "array", "items": fraction, "minItems": 2, "maxItems": 2}
    text = "A point of the box around the layer: its name, or fractions [fx, fy] of its width and height."
    return {"anyOf": [{"enum": list(ANCHORS)}, pair], "default": default, "description": text}


def _some_of(properties: Mapping[str, object], least: int = 1) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False, "minProperties": least}
