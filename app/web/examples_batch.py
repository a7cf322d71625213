"""The bodies of a batch, as /openapi.json shows them."""

_ROWS = [
    {"headline": "Summer sale", "product.image_url": "https://shop.example/tent.jpg", "name": "tent"},
    {"headline": "Only today", "accent": "#c2410c"},
]
_NDJSON = '{"headline": "Summer sale", "name": "tent"}\n{"headline": "Only today", "accent": "#c2410c"}\n'
_CSV = 'name,headline,product.image_url,accent\ntent,"Summer sale, now",https://shop.example/tent.jpg,\n'
_OUTPUT = {"$ref": "#/components/schemas/Output"}

BATCH_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "title": "Batch",
                    "required": ["rows"],
                    "properties": {
                        "rows": {
                            "type": "array",
                            "description": "An object for each picture: values by variable, and `name`, of its file.",
                            "items": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 200}}},
                            "minItems": 1,
                        },
                        "output": _OUTPUT,
                        "version": {"type": "integer", "minimum": 1, "description": "The newest by default."},
                        "webhook_url": {"type": "string"},
                    },
                    "additionalProperties": False,
                },
                "examples": {"two rows": {"value": {"rows": _ROWS, "output": {"format": "webp", "quality": 80}}}},
            },
            "application/x-ndjson": {"schema": {"type": "string"}, "examples": {"two rows": {"value": _NDJSON}}},
            "text/csv": {"schema": {"type": "string"}, "examples": {"one row": {"value": _CSV}}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["rows"],
                    "properties": {
                        "rows": {"type": "string", "format": "binary", "description": "A .json, .ndjson or .csv file."},
                        "output": {"type": "string", "description": "As JSON."},
                        "version": {"type": "integer", "minimum": 1},
                    },
                }
            },
        },
    }
}
