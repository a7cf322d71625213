"""Schemas: what is in a layer."""

from itertools import combinations

from model.edits.add import ENDS
from model.edits.fields import FITS
from model.edits.replace import KEEP, KEPT
from model.edits.schema.parts import Schema, anchor, box, name, one_layer, operation
from model.edits.text import ALIGNS, DIRECTIONS, MAX_FONT_NAME, MAX_LETTERS, MAX_SIZE, MIN_SIZE, TEXT_FITS

_WHERE = ("to", "above", "below")


def filling() -> dict[str, Schema]:
    picture: Schema = {
        "asset": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "The asset's SHA-256."},
        "image_base64": {"type": "string", "description": "A picture's file; a data: URL will do."},
    }
    return {
        "replace": operation(
            "replace",
            "Another picture in the layer's frame; `keep` lists what stays of the layer.",
            {
                **picture,
                "fit": {"enum": list(FITS), "default": "contain"},
                "anchor": anchor("center"),
                "keep": {"type": "array", "items": {"enum": list(KEEP)}, "default": sorted(KEPT)},
            },
            ({"layer": "product", "asset": "9f" * 32, "fit": "cover", "keep": ["position", "mask"]},),
            either=("asset", "image_base64"),
        ),
        "add": {**_add(picture), "not": {"anyOf": [{"required": list(two)} for two in combinations(_WHERE, 2)]}},
        "text": _text(),
    }


def _add(picture: Schema) -> Schema:
    other = one_layer("The layer or group next to which it comes, and whose group it comes into.")
    return operation(
        "add",
        "A picture as a new layer with the next free index, on top unless `to`, `above` or `below` says otherwise.",
        {
            **picture,
            "box": box("Where it comes to; the canvas by default."),
            "fit": {
                "enum": list(FITS),
                "description": "How it comes into the box. Without `fit` and `box` it keeps its size, and is made "
                "smaller only if the canvas cannot hold it.",
            },
            "anchor": anchor("center", "Where in the box it comes to lie."),
            "name": name("Without it, Picture 1, Picture 2 and so on."),
            "to": {"enum": list(ENDS), "default": "top"},
            "above": other,
            "below": other,
        },
        (
            {"asset": "9f" * 32, "name": "logo", "box": {"x": "70%", "y": 40, "width": "25%", "height": 120}},
            {"asset": "9f" * 32, "fit": "cover", "to": "bottom"},
        ),
        either=("asset", "image_base64"),
        on_layers=False,
    )


def _text() -> Schema:
    parameters: Schema = {
        "value": {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_LETTERS,
            "description": "The words, line by line.",
        },
        "font": {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_FONT_NAME,
            "description": "As in `Noto Sans Bold`.",
        },
        "size": {
            "type": "number",
            "minimum": MIN_SIZE,
            "maximum": MAX_SIZE,
            "description": "Of the em, in pixels of the canvas.",
        },
        "color": {"type": "string", "description": "CSS; recolorings before it are gone."},
        "align": {"enum": list(ALIGNS), "description": "`start` is the right of words that run from right to left."},
        "direction": {"enum": list(DIRECTIONS), "description": "`auto`: of each line, by its first letter."},
        "fit": {
            "enum": list(TEXT_FITS),
            "description": "`shrink`: words that are wider than the layer's own are made smaller, from the size down. "
            "`none`: they go where they go. By default words with a size keep it, and others shrink.",
        },
    }
    schema = operation(
        "text",
        "Words set anew in the layer's place. What is not given stays as an earlier `text` left it, or else is taken "
        "from how the layer looks.",
        parameters,
        ({"layer": "headline", "value": "Summer sale"}, {"layer": 2, "font": "serif", "size": 48, "color": "#e11d48"}),
    )
    return {**schema, "anyOf": [{"required": [key]} for key in parameters]}
