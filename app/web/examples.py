"""Request bodies as ``/openapi.json`` shows them, with examples; the forms are read by hand in ``receive.py``."""

from typing import Any

from pydantic import BaseModel

from app.web.asked import DecompositionIn, LayerDecompositionIn
from app.web.document_schemas import DocumentIn, RenameIn

_FILE = {"type": "string", "format": "binary", "description": "The picture: PNG, JPEG, WebP, AVIF or GIF."}
_BASE64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def _schema(shape: type[BaseModel]) -> dict[str, Any]:
    return shape.model_json_schema(ref_template="#/components/schemas/{model}")


def _form() -> dict[str, Any]:
    schema = _schema(DecompositionIn)
    del schema["properties"]["image_base64"]
    return {**schema, "title": "DecompositionForm", "properties": {"image": _FILE, **schema["properties"]}}


DECOMPOSE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": _form()},
            "application/json": {
                "schema": _schema(DecompositionIn),
                "examples": {
                    "by address": {"value": {"image_url": "https://example.com/poster.png", "max_layers": 8}},
                    "in the body": {"value": {"image_base64": _BASE64, "model": "classic", "seed": 7}},
                },
            },
        },
    }
}

SPLIT_BODY: dict[str, Any] = {
    "requestBody": {
        "required": False,
        "content": {
            "application/json": {
                "schema": _schema(LayerDecompositionIn),
                "examples": {
                    "as it comes": {"value": {}},
                    "with another model": {"value": {"model": "qwen-image-layered", "max_layers": 3}},
                },
            },
            "multipart/form-data": {"schema": {**_schema(LayerDecompositionIn), "title": "LayerDecompositionForm"}},
            "application/x-www-form-urlencoded": {
                "schema": {**_schema(LayerDecompositionIn), "title": "LayerDecompositionForm"}
            },
        },
    }
}

ASSET_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"image": _FILE}, "required": ["image"]}
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "image_url": {"type": "string", "description": "A public http or https address."},
                        "image_base64": {"type": "string", "description": "The file, base64."},
                    },
                },
                "examples": {"in the body": {"value": {"image_base64": _BASE64}}},
            },
        },
    }
}

RENDER_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/RenderRequest"},
                "examples": {
                    "recolour and move": {
                        "value": {
                            "operations": [
                                {"op": "recolor", "layer": "headline", "mode": "hue", "color": "#e11d48"},
                                {"op": "move", "layer": "logo", "by": {"x": 40, "y": "-5%"}},
                                {"op": "opacity", "layer": 2, "to": 0.5},
                            ],
                            "output": {"format": "webp", "width": 800, "quality": 90},
                        }
                    },
                    "a part of it, large, on the squares that stand for nothing": {
                        "value": {
                            "operations": [{"op": "hide", "layer": 0}],
                            "output": {
                                "format": "avif",
                                "box": [40, "10%", "50%", 300],
                                "width": 1200,
                                "background": "checkerboard",
                            },
                        }
                    },
                    "what layers are to be": {
                        "value": {"layers": {"headline": {"text": "Summer sale", "color": "#e11d48"}, "2": {"x": 40}}}
                    },
                    "nothing at all, which is the source to the bit": {"value": {"operations": []}},
                },
            }
        },
    }
}

DOCUMENT_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": _schema(DocumentIn),
                "examples": {
                    "with a name": {
                        "value": {"decomposition_id": "dec_9f86d081884c7d659a2feaa0c55ad015", "name": "Summer poster"}
                    }
                },
            }
        },
    }
}

RENAME_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            media_type: {
                "schema": _schema(RenameIn),
                "examples": {"another": {"value": {"name": "Winter poster"}}},
            }
            for media_type in ("application/json", "application/merge-patch+json")
        },
    }
}

OPERATIONS_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/OperationsRequest"},
                "examples": {
                    "recolour and move": {
                        "value": {
                            "operations": [
                                {"op": "recolor", "layer": "headline", "mode": "hue", "color": "#e11d48"},
                                {"op": "move", "layer": "logo", "by": {"x": 40, "y": "-5%"}},
                            ]
                        }
                    },
                    "what layers are to be": {"value": {"layers": {"1": {"x": 40, "opacity": 0.5}}}},
                    "another picture in a layer's place": {
                        "value": {"operations": [{"op": "replace", "layer": 1, "image_base64": _BASE64}]}
                    },
                },
            }
        },
    }
}
