"""``/docs`` and ``/problems/{code}``: pages for people. Drawn from the OpenAPI document without scripts or a
CDN, so that they work on a machine that is alone."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.flow.errors import NotFound
from app.flow.problem import MEANINGS

router = APIRouter(include_in_schema=False)

HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }}
code, pre {{ font-family: ui-monospace, monospace; font-size: .9em; }}
pre {{ padding: .75rem; overflow-x: auto; background: color-mix(in srgb, currentColor 8%, transparent); }}
table {{ border-collapse: collapse; width: 100%; margin: .5rem 0; }}
td, th {{ text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }}
summary {{ cursor: pointer; }} h2 {{ margin-top: 2.5rem; }} h3 {{ margin-top: 2rem; }}
.method {{ display: inline-block; min-width: 4.5rem; font-weight: 600; }}
</style></head><body>{body}</body></html>"""

_START = """curl -F image=@poster.png {base}/v1/decompositions
curl '{base}/v1/jobs/JOB?wait=20'
curl {base}/v1/decompositions/ID
curl -O {base}/v1/decompositions/ID/layers/1.png"""


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    document = request.app.openapi()
    parts = [_operation(document, *found) for found in _operations(document)]
    return _page("Lamina: reference", _beginning(request) + "".join(parts) + _schemas(document) + _problems())


def _beginning(request: Request) -> str:
    document = request.app.openapi()
    rows = "".join(_row(path, method, operation) for path, method, operation in _operations(document))
    start = escape(_START.format(base=str(request.base_url).rstrip("/")))
    return (
        f"<h1>Reference</h1><p>{escape(document['info']['summary'])}</p><pre>{start}</pre>"
        '<p><a href="/">Studio</a> · <a href="/openapi.json">OpenAPI document</a> · '
        '<a href="/readyz">Readiness</a> · <a href="/metrics">Metrics</a></p>'
        f"<h2>Routes</h2><table>{rows}</table>"
    )


@router.get("/problems/{code}")
def explain(code: str) -> HTMLResponse:
    if code not in MEANINGS:
        raise NotFound(f"There is no problem called {code}.")
    meaning = MEANINGS[code]
    return _page(
        code,
        f"<h1>{escape(meaning.title)}</h1><p><code>{escape(code)}</code>, HTTP {meaning.status}</p>"
        f'<p>{escape(meaning.advice)}</p><p><a href="/docs#problems">All problems</a></p>',
    )


def _page(title: str, body: str) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=escape(title), body=body), headers=HEADERS)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def _anchor(path: str, method: str) -> str:
    return escape(f"{method}{path}".lower().translate(str.maketrans("/{}.", "----")))


def _row(path: str, method: str, operation: dict[str, Any]) -> str:
    link = f'<a href="/docs#{_anchor(path, method)}"><code>{escape(path)}</code></a>'
    return f'<tr><td><span class="method">{method}</span>{link}</td><td>{escape(operation["summary"])}</td></tr>'


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> str:
    parameters = "".join(
        _field(f"{one['name']} <small>({one['in']})</small>", one["schema"], one.get("description", ""))
        for one in operation.get("parameters", [])
    )
    body = operation.get("requestBody", {}).get("content", {})
    answers = "".join(
        f"<tr><td><code>{status}</code></td><td>{escape(answer['description'])}</td></tr>"
        for status, answer in operation["responses"].items()
    )
    return (
        f'<h2 id="{_anchor(path, method)}"><span class="method">{method}</span><code>{escape(path)}</code></h2>'
        f"<p>{escape(operation['summary'])}. {escape(operation.get('description', ''))}</p>"
        + (f"<table>{parameters}</table>" if parameters else "")
        + "".join(_body(document, media_type, content) for media_type, content in body.items())
        + f"<details><summary>Answers</summary><table>{answers}</table></details>"
    )


def _body(document: dict[str, Any], media_type: str, content: dict[str, Any]) -> str:
    schema = _resolved(document, content.get("schema", {}))
    rows = "".join(
        _field(name, field, field.get("description", "")) for name, field in schema.get("properties", {}).items()
    )
    shown = "".join(
        f"<pre>{escape(json.dumps(example['value'], indent=2))}</pre>"
        for example in content.get("examples", {}).values()
    )
    return f"<p>Body: <code>{escape(media_type)}</code></p><table>{rows}</table>{shown}"


def _schemas(document: dict[str, Any]) -> str:
    parts = []
    for name, schema in document["components"]["schemas"].items():
        rows = "".join(
            _field(key, one, one.get("description", "")) for key, one in schema.get("properties", {}).items()
        )
        parts.append(
            f"<h3 id='schema-{escape(name)}'>{escape(name)}</h3><p>{escape(schema.get('description', ''))}</p>"
            f"<table>{rows}</table>"
        )
    return '<h2 id="schemas">Objects</h2>' + "".join(parts)


def _problems() -> str:
    rows = "".join(
        f'<tr><td><a href="/problems/{code}"><code>{code}</code></a></td><td>{meaning.status}</td>'
        f"<td>{escape(meaning.title)}. {escape(meaning.advice)}</td></tr>"
        for code, meaning in MEANINGS.items()
    )
    return f'<h2 id="problems">Problems</h2><table>{rows}</table>'


def _field(name: str, schema: dict[str, Any], description: str) -> str:
    default = f" Default: <code>{escape(json.dumps(schema['default']))}</code>." if "default" in schema else ""
    return f"<tr><td><code>{name}</code></td><td>{_type(schema)}</td><td>{escape(description)}{default}</td></tr>"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#schema-{name}">{name}</a>'
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " | ".join(_type(one) for one in schema[choice])
    if schema.get("type") == "array" and "items" in schema:
        return f"list of {_type(schema['items'])}"
    low, high = schema.get("minimum"), schema.get("maximum")
    bounds = f" {low}-{high}" if low is not None and high is not None else ""
    kinds = schema.get("type", "any")
    kind = " | ".join(kinds) if isinstance(kinds, list) else kinds
    return escape(str(schema.get("format") or schema.get("const") or kind)) + bounds


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema
