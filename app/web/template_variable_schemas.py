"""A variable of a template, as ``/openapi.json`` shows it; it is read in ``app/flow/templates/declare.py``."""

from typing import Any

from pydantic import ConfigDict, RootModel

from app.flow.templates.declare import MAX_CHOICES, MAX_DESCRIPTION
from app.flow.templates.variable import PROPERTIES
from model import blend
from model.edits import operation_schemas
from model.edits.text import MAX_LETTERS

_REFERENCE = {"oneOf": [{"type": "integer"}, {"type": "string"}]}


def _parameters(op: str) -> dict[str, Any]:
    found: Any = operation_schemas()[op]["properties"]
    return dict(found)


def _schema() -> dict[str, Any]:
    of = {op: _parameters(op) for op in ("replace", "text", "recolor")}
    options = {
        "image": {key: of["replace"][key] for key in ("fit", "anchor", "keep")},
        "text": {key: of["text"][key] for key in ("font", "size", "align", "direction")},
        "color": {key: of["recolor"][key] for key in ("mode", "from", "tolerance", "strength")},
    }
    fixed = {key: one for some in options.values() for key, one in some.items()}
    fixed["color"] = {"type": "string", "description": "Of `text`: the colour of its words."}
    fits = {"enum": [*of["replace"]["fit"]["enum"], *of["text"]["fit"]["enum"]]}
    fixed["fit"] = {**fits, "description": "Of `image` the first three, `contain` by default; of `text` `shrink`, its "
                    "default, or `none`."}  # fmt: skip
    fixed["mode"] = {**of["recolor"]["mode"], "default": "tint"}
    return {
        "description": "A property of a layer that values set. What else the operation takes that does it may be "
        "fixed beside: of `image` fit, anchor, keep; of `text` font, size, color, align, direction, fit; of `color` "
        "mode, from, tolerance, strength; of `position`, `x`, `y` anchor.",
        "type": "object",
        "required": ["layer", "property"],
        "properties": {
            "layer": {
                "description": "A layer or a group by index or name, or a list of them, which the value sets alike.",
                "oneOf": [*_REFERENCE["oneOf"], {"type": "array", "items": _REFERENCE, "minItems": 1}],
            },
            "property": {
                "enum": list(PROPERTIES),
                "description": "`text` takes words (none hide the layer), made smaller until they fit; `image` the "
                'sha256 of an asset, an address, or `{"image_base64": …}`; `color` a CSS colour; `visible` true or '
                f"false; `opacity` 0 to 1; `blend` one of {', '.join(blend.MODES)}; `x` and `y` pixels or percent; "
                "`position` both.",
            },
            "default": {"description": "Without a value. By default the layer stays as it is."},
            "required": {"type": "boolean", "default": False},
            "choices": {"type": "array", "minItems": 1, "maxItems": MAX_CHOICES, "description": "The only values."},
            "max_length": {"type": "integer", "minimum": 1, "maximum": MAX_LETTERS, "description": "Of a `text`."},
            "description": {"type": "string", "maxLength": MAX_DESCRIPTION},
            **fixed,
        },
        "additionalProperties": False,
    }


class TemplateVariable(RootModel[dict[str, Any]]):
    """Any object, here."""

    model_config = ConfigDict(title="TemplateVariable", json_schema_extra=_schema())
