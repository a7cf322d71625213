"""Request bodies of templates as ``/openapi.json`` shows them, with examples."""

from typing import Any

from pydantic import BaseModel

from app.web.template_schemas import TemplateBodyIn, TemplateIn

_VERSION: dict[str, Any] = {
    "document_id": "doc_4c1f0c6a2d2e4b5f9a3a7d4f0b8e9c11",
    "variables": {
        "headline": {"layer": "SUMMER SALE", "property": "text", "max_length": 40, "required": True},
        "product": {"layer": 3, "property": "image", "fit": "contain"},
        "accent": {"layer": ["panel", "button"], "property": "color", "default": "#e11d48"},
        "badge": {"layer": "new", "property": "visible"},
    },
}
_VALUES = {
    "headline": "Winter sale", "product": "https://shop.example/boots.png", "accent": "#2563eb", "badge": False,
}  # fmt: skip


def schemas() -> dict[str, Any]:
    """Objects for the document's components, by name, beside those of pydantic's shapes."""
    return {"TemplateRenderRequest": _render()}


def _render() -> dict[str, Any]:
    return {
        "title": "TemplateRenderRequest",
        "description": "Values by the names of the variables, or by `name.property`.",
        "type": "object",
        "properties": {
            "values": {"type": "object", "additionalProperties": True, "default": {}, "examples": [_VALUES]},
            "version": {"type": "integer", "minimum": 1, "description": "By default the newest one."},
            "output": {"$ref": "#/components/schemas/Output"},
        },
        "additionalProperties": False,
    }


def _body(schema: dict[str, Any], **examples: Any) -> dict[str, Any]:
    shown = {name.replace("_", " "): {"value": value} for name, value in examples.items()}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "examples": shown}}}}


def _schema(shape: type[BaseModel]) -> dict[str, Any]:
    said = shape.model_json_schema(ref_template="#/components/schemas/{model}")
    said.pop("$defs", None)  # they are components anyway
    return said


TEMPLATE_BODY = _body(
    _schema(TemplateIn),
    with_variables={"name": "summer-sale", **_VERSION},
    of_an_earlier_revision={"name": "夏季促销", "document_id": _VERSION["document_id"], "revision": 3},
)
TEMPLATE_VERSION_BODY = _body(_schema(TemplateBodyIn), another_version=_VERSION)
TEMPLATE_RENDER_BODY = _body(
    {"$ref": "#/components/schemas/TemplateRenderRequest"},
    with_values={"values": _VALUES, "output": {"format": "webp", "quality": 90, "width": 800}},
    a_picture_in_the_body={"values": {"product": {"image_base64": "iVBORw0KGgoAAAANSUhEUgAA…"}}, "version": 2},
    the_defaults={},
)
