"""Schemas: how a layer looks."""

from model import blend
from model.edits.paint import ADJUSTMENTS, MAX_BLUR, MAX_FACTOR, RECOLOR_MODES
from model.edits.schema.parts import Schema, operation
from model.edits.swap import DEFAULT_TOLERANCE

_STEP = ("mode", "color", "from", "tolerance", "colors", "matrix", "strength")


def looking() -> dict[str, Schema]:
    share: Schema = {"type": "number", "minimum": 0, "maximum": 1}
    return {
        "opacity": operation(
            "opacity", "Times the layer's own alpha.", {"to": share}, ({"layer": "glow", "to": 0.4},), needs=("to",)
        ),
        "blend": operation(
            "blend",
            "A blend mode of W3C Compositing and Blending Level 1, on sRGB-encoded values.",
            {"mode": {"enum": list(blend.MODES)}},
            ({"layer": "shadow", "mode": "multiply"},),
            needs=("mode",),
        ),
        "recolor": _recolor(share),
        "adjust": _adjust(),
    }


def _recolor(share: Schema) -> Schema:
    color: Schema = {"type": "string", "description": "CSS, opaque."}
    number: Schema = {"type": "number", "minimum": -MAX_FACTOR, "maximum": MAX_FACTOR}
    schema = operation(
        "recolor",
        "`hue` gives the colour's hue and keeps the shading, so that black, white and grey stay; `tint` makes the "
        "layer's commonest brightness the colour itself, black and white included; `replace` makes one colour another, "
        "in all its shades; `duotone` runs from one colour to another by brightness; `matrix` is SVG's feColorMatrix "
        "on sRGB values.",
        {
            "mode": {"enum": list(RECOLOR_MODES), "default": "hue"},
            "color": color,
            "from": {**color, "description": "With `replace`: the colour to be replaced. CSS, opaque."},
            "tolerance": {
                **share,
                "default": DEFAULT_TOLERANCE,
                "description": "With `replace`: how different a colour may be, where black and white differ by 1. Up "
                "to half of it a colour is replaced wholly.",
            },
            "colors": {**_list(color, 2), "description": "With `duotone`: the darker one, then the lighter one."},
            "matrix": {
                **_list(number, 20),
                "description": "Four rows: of red, green, blue, alpha and 1.",
            },
            "strength": {**share, "default": 1},
            "reset": {
                "const": True,
                "description": "What was recolored before is forgotten first; it may stand alone. Adjustments stay.",
            },
        },
        (
            {"layer": "badge", "color": "#0b7285"},
            {"layer": 1, "mode": "tint", "color": "gold", "strength": 0.8},
            {"layer": "shirt", "mode": "replace", "from": "#c92a2a", "color": "navy", "tolerance": 0.15},
            {"layer": "photo", "mode": "duotone", "colors": ["#1b1464", "#ffe8cc"]},
            {"layer": "badge", "reset": True},
            {"layer": "photo", "mode": "matrix", "matrix": [*[0.3, 0.6, 0.1, 0, 0] * 3, 0, 0, 0, 1, 0]},
        ),
    )
    ways = (
        _way({"enum": ["hue", "tint"]}, ("color",)),
        _way({"const": "replace"}, ("mode", "color", "from"), ("tolerance",)),
        _way({"const": "duotone"}, ("mode", "colors")),
        _way({"const": "matrix"}, ("mode", "matrix")),
        {"required": ["reset"], "not": {"anyOf": [{"required": [key]} for key in _STEP]}},
    )
    return {**schema, "oneOf": list(ways)}


def _way(mode: Schema, needs: tuple[str, ...], takes: tuple[str, ...] = ()) -> Schema:
    """The parameters of some modes; those of others are refused."""
    others = [key for key in ("color", "from", "tolerance", "colors", "matrix") if key not in (*needs, *takes)]
    return {
        "properties": {"mode": mode},
        "required": list(needs),
        "not": {"anyOf": [{"required": [key]} for key in others]},
    }


def _list(of: Schema, count: int) -> Schema:
    return {"type": "array", "items": of, "minItems": count, "maxItems": count}


def _adjust() -> Schema:
    number = {"type": "number", "minimum": 0, "maximum": MAX_FACTOR}
    percent = {"type": "string", "pattern": r"^\s*\+?([0-9]+\.?[0-9]*|\.[0-9]+)\s*%\s*$", "examples": ["150%"]}
    factor = {"anyOf": [number, percent], "description": "1, or 100 %, leaves it as it is."}
    schema = operation(
        "adjust",
        "The filters of CSS, in the order in which they are listed here. They add to what was adjusted before.",
        {
            **dict.fromkeys(("brightness", "contrast", "saturation"), factor),
            "hue": {"type": "number", "minimum": -1e6, "maximum": 1e6, "description": "Degrees round the circle."},
            "blur": {
                "type": "number",
                "minimum": 0,
                "maximum": MAX_BLUR,
                "description": "The standard deviation of a Gaussian, in pixels of the canvas.",
            },
            "reset": {"const": True, "description": "What was adjusted before is forgotten first."},
        },
        ({"layer": "photo", "brightness": 1.1, "saturation": "140%"}, {"layer": "glow", "reset": True, "blur": 8}),
    )
    return {**schema, "anyOf": [{"required": [key]} for key in (*ADJUSTMENTS, "blur", "reset")]}
