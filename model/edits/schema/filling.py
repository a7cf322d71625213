"""Schemas: what is in a layer."""

from model.edits.fields import FITS
from model.edits.replace import KEEP, KEPT
from model.edits.schema.parts import Schema, anchor, operation


def filling() -> dict[str, Schema]:
    return {
        "replace": operation(
            "replace",
            "Another picture in the layer's frame; `keep` lists what stays of the layer.",
            {
                "asset": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "The asset's SHA-256."},
                "image_base64": {"type": "string", "description": "A picture's file; a data: URL will do."},
                "fit": {"enum": list(FITS), "default": "contain"},
                "anchor": anchor("center"),
                "keep": {"type": "array", "items": {"enum": list(KEEP)}, "default": sorted(KEPT)},
            },
            ({"layer": "product", "asset": "9f" * 32, "fit": "cover", "keep": ["position", "mask"]},),
            either=("asset", "image_base64"),
        )
    }
