"""Schemas: where a layer lies, and how much of it shows."""

from model.edits.fields import FITS, MAX_LENGTH, MAX_SCALE
from model.edits.place import AXES, MIN_SCALE, MIN_SIDE
from model.edits.schema.parts import Schema, anchor, box, length, operation, some_of


def placing() -> dict[str, Schema]:
    point = {"x": length("Pixels or percent of the canvas's width."), "y": length("… of its height.")}
    lengths = {"width": length("", MIN_SIDE), "height": length("", MIN_SIDE)}
    factor = {"type": "number", "minimum": MIN_SCALE, "maximum": MAX_SCALE}
    degrees = {"type": "number", "minimum": -MAX_LENGTH, "maximum": MAX_LENGTH}
    return {
        "move": operation(
            "move",
            "The anchor comes to lie at `to`, or goes on `by`; an axis left out stays.",
            {"to": some_of(point), "by": some_of(point), "anchor": anchor("top-left")},
            ({"layer": "headline", "by": {"x": 24, "y": "-5%"}}, {"layer": 0, "to": {"x": 0}, "anchor": "left"}),
            either=("to", "by"),
        ),
        "scale": operation(
            "scale",
            "By a factor, or one for each axis; or to a box, where `fit` says how the shape is kept.",
            {
                "by": {"anyOf": [factor, some_of({"x": factor, "y": factor}, least=0)]},
                "to": some_of(lengths),
                "fit": {"enum": list(FITS), "default": "contain", "description": "Only with `to`."},
                "anchor": anchor("center"),
            },
            ({"layer": 2, "by": 1.5}, {"layer": "logo", "to": {"width": "20%"}, "anchor": "top-right"}),
            either=("by", "to"),
        ),
        "rotate": operation(
            "rotate",
            "Degrees clockwise; `to` counts from how the layer was stored.",
            {"by": degrees, "to": degrees, "anchor": anchor("center")},
            ({"layer": "headline", "by": -8}, {"layer": [1, 2], "to": 90, "anchor": [0, 1]}),
            either=("by", "to"),
        ),
        "flip": operation(
            "flip",
            "`horizontal` exchanges left and right, `vertical` top and bottom.",
            {"axis": {"enum": list(AXES)}, "anchor": anchor("center")},
            ({"layer": "bird", "axis": "horizontal"},),
            needs=("axis",),
        ),
        "crop": operation(
            "crop",
            "Only what of the layer lies in the box shows from here on, wherever the layer goes. The next crop takes "
            "the place of this one.",
            {
                "box": box("In whole pixels of the canvas, as the layer lies now."),
                "reset": {"const": True, "description": "All of the layer shows again."},
            },
            ({"layer": "photo", "box": {"x": 40, "y": 0, "width": "50%"}}, {"layer": "photo", "reset": True}),
            either=("box", "reset"),
        ),
    }
