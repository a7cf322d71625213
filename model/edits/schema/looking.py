"""Schemas: how a layer looks."""

from model import blend
from model.edits.paint import RECOLOR_MODES
from model.edits.schema.parts import Schema, operation


def looking() -> dict[str, Schema]:
    share = {"type": "number", "minimum": 0, "maximum": 1}
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
        "recolor": operation(
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
