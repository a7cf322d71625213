"""``/v1/templates/{name}/render``: values in, a picture out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from app.flow.errors import FieldError, invalid_field
from app.flow.request_body import RequestBody, bytes_of
from app.flow.scratch import scratch_file, scratch_folder
from app.flow.services import Services
from app.flow.templates.brought import brought, fetched
from app.flow.templates.find import find
from app.flow.templates.render import Drawing, optional, picture, plan
from app.flow.templates.request import Asked, taken_apart
from app.flow.templates.values import AT, Wanted, steps_of, values_of_texts, wanted
from app.flow.templates.variable import Variables, variables_of
from app.store.templates import Template
from app.web.conditional import IMMUTABLE
from app.web.context import ServicesOf, Tenant
from app.web.errors import invalid
from app.web.output import MOST_REVISIONS, ShapeQuery, picture_docs, served_docs
from app.web.receive import unread_json
from app.web.render import send_made
from app.web.template_answers import Version
from app.web.template_examples import TEMPLATE_RENDER_BODY
from app.web.template_schemas import address
from model.errors import InvalidEdit

router = APIRouter(tags=["templates"])

_BASE = "/v1/templates/{name}"
_PREFIX = "values."
_PLACE = "/output"
THUMBNAIL = 256
"""Pixels across, at most."""
_MADE = "Rendered once for all that come to the same picture, documents' and stateless renders too."


class ValuesQuery(ShapeQuery):
    """What is no value in the query of a template's picture."""

    version: int | None = Field(None, ge=1, le=MOST_REVISIONS, description="Of the template; by default the newest.")


class LossyValuesQuery(ValuesQuery):
    quality: int | None = Field(None, ge=1, le=100, description="WebP is lossless without it.")


Shown = Annotated[ValuesQuery, Query()]
Compressed = Annotated[LossyValuesQuery, Query()]


@dataclass(frozen=True, slots=True)
class _Request:
    """``at`` is the pointer to the values. ``query`` is the rest of the address of a picture, ``None`` of a POST."""

    asked: Asked
    at: str = AT
    query: dict[str, Any] | None = None
    file: str = ""
    preview: bool = False
    texts: dict[str, str] = field(default_factory=dict)


@router.post(
    f"{_BASE}/render",
    summary="Render a template with values",
    description=f"{_MADE} Without values it is the document's picture at that revision, bit for bit.",
    openapi_extra=TEMPLATE_RENDER_BODY,
    **picture_docs(
        "image/png", "image/webp", "image/jpeg", "image/avif", codes=("image-too-large", "url-not-allowed"), made=True
    ),
)
async def render_template(request: Request, services: ServicesOf, tenant: Tenant, name: str) -> Response:
    with scratch_file(services.scratch) as spool, scratch_folder(services.scratch) as folder:
        body = await unread_json(request, spool)
        asked = await run_in_threadpool(_asked, services, body, folder)
        return await _drawn(request, services, tenant, name, _Request(asked), folder)


def _docs(name: str, media_type: str) -> dict[str, Any]:
    return {
        "summary": f"Get a template's picture as {name}, values in the query",
        "description": f"For `<img src>`: `?headline=Winter+sale&accent=%232563eb`. {_MADE} A value whose name is one "
        "of the parameters below is given with `values.` before it. With a version, and no picture to be fetched, it "
        "never changes, and says so.",
        **served_docs(media_type, codes=("url-not-allowed", "image-too-large"), made=True),
    }


@router.get(f"{_BASE}/render.png", **_docs("PNG", "image/png"))
async def render_png(request: Request, services: ServicesOf, tenant: Tenant, name: str, asked: Shown) -> Response:
    return await _by_query(request, services, tenant, name, "png", asked)


@router.get(f"{_BASE}/render.webp", **_docs("WebP", "image/webp"))
async def render_webp(request: Request, services: ServicesOf, tenant: Tenant, name: str, asked: Compressed) -> Response:
    return await _by_query(request, services, tenant, name, "webp", asked)


@router.get(f"{_BASE}/render.avif", **_docs("AVIF", "image/avif"))
async def render_avif(request: Request, services: ServicesOf, tenant: Tenant, name: str, asked: Compressed) -> Response:
    return await _by_query(request, services, tenant, name, "avif", asked)


@router.get(f"{_BASE}/render.jpg", **_docs("JPEG", "image/jpeg"))
async def render_jpg(request: Request, services: ServicesOf, tenant: Tenant, name: str, asked: Compressed) -> Response:
    return await _by_query(request, services, tenant, name, "jpg", asked)


def _small(format_: str, media_type: str) -> dict[str, Any]:
    return {
        "summary": f"Get a template's thumbnail as {format_}",
        "description": f"With the defaults, at most {THUMBNAIL} pixels wide.",
        **served_docs(media_type, made=True),
    }


@router.get(f"{_BASE}/thumbnail.webp", **_small("WebP", "image/webp"))
async def thumbnail_webp(
    request: Request, services: ServicesOf, tenant: Tenant, name: str, version: Version = None
) -> Response:
    return await _thumbnail(request, services, tenant, name, version, {"format": "webp", "quality": 80})


@router.get(f"{_BASE}/thumbnail.png", **_small("PNG", "image/png"))
async def thumbnail_png(
    request: Request, services: ServicesOf, tenant: Tenant, name: str, version: Version = None
) -> Response:
    return await _thumbnail(request, services, tenant, name, version, {"format": "png"})


async def _thumbnail(
    request: Request, services: Services, tenant: str, name: str, version: int | None, output: dict[str, Any]
) -> Response:
    asked = Asked(version=version, output=output)
    of = _Request(asked, query={}, file=f"thumbnail.{output['format']}", preview=True)
    with scratch_folder(services.scratch) as folder:
        return await _drawn(request, services, tenant, name, of, folder)


async def _by_query(
    request: Request, services: Services, tenant: str, name: str, format_: str, asked: ValuesQuery
) -> Response:
    texts: dict[str, str] = {}
    for key, text in request.query_params.multi_items():
        if key in LossyValuesQuery.model_fields:
            continue
        value_of = key.removeprefix(_PREFIX)
        if value_of in texts:
            raise invalid([FieldError(f"/{value_of}", "It is given twice")])
        texts[value_of] = text
    query = dict(request.query_params)
    query.pop("version", None)
    said = Asked(version=asked.version, output=asked.output(format_))
    of = _Request(said, at="", query=query, file=f"render.{format_}", texts=texts)
    with scratch_folder(services.scratch) as folder:
        return await _drawn(request, services, tenant, name, of, folder)


def _asked(services: Services, body: RequestBody, folder: Path) -> Asked:
    if "text" in body.said:
        found = taken_apart(bytes_of(body.said), folder)
    else:
        found = services.pixels.call("split_values", path=body.said["path"], folder=str(folder))
    if "detail" in found:
        raise invalid_field(found["pointer"], found["detail"])
    version = found.get("version")
    if version is not None and (type(version) is not int or not 1 <= version <= MOST_REVISIONS):
        raise invalid_field("/version", "A whole number from 1 is needed here.")
    return Asked(found["values"], version, found["output"], found["files"])


async def _drawn(request: Request, services: Services, tenant: str, name: str, of: _Request, folder: Path) -> Response:
    template = await run_in_threadpool(_found, services, tenant, name, of.asked.version)
    variables: Variables = variables_of(template.variables)
    if of.preview:
        variables = optional(variables)
    if of.texts:
        of = replace(of, asked=replace(of.asked, values=values_of_texts(variables, of.texts)))
    pictures = wanted(variables, of.asked.values, of.at)
    files = await fetched(services, pictures, folder)
    return await run_in_threadpool(_answer, request, services, template, variables, of, pictures, files, folder)


def _found(services: Services, tenant: str, name: str, version: int | None) -> Template:
    with services.engine.begin() as connection:
        return find(services, connection, tenant, name, version)


def _answer(
    request: Request,
    services: Services,
    template: Template,
    variables: Variables,
    of: _Request,
    pictures: Sequence[Wanted],
    files: dict[str, Path],
    folder: Path,
) -> Response:
    came = brought(services, template.tenant_id, pictures, files, of.asked.files, folder)
    steps = steps_of(variables, of.asked.values, came.names, of.at)
    drawing = Drawing(template, steps, _sized(of, template), came.files)
    headers = _headers(template, of, fetches=bool(files))
    try:
        planned = plan(services, drawing)
        return send_made(request, planned, headers, lambda: picture(services, drawing, planned))
    except InvalidEdit as error:  # of an output that stands in the query, not in a body
        if of.query is None:
            raise
        raise InvalidEdit(str(error), error.pointer.removeprefix(_PLACE)) from error


def _sized(of: _Request, template: Template) -> dict[str, Any]:
    return {**of.asked.output, **({"width": min(THUMBNAIL, template.scene["width"])} if of.preview else {})}


def _headers(template: Template, of: _Request, *, fetches: bool) -> dict[str, str]:
    """Immutable where all is named that the picture comes from; or else with the address that names the version."""
    if of.query is None:
        return {"Cache-Control": "private, no-cache"}
    if of.asked.version is not None and not fetches:
        return {"Cache-Control": IMMUTABLE}
    query = urlencode({"version": template.version, **of.query})
    return {"Cache-Control": "private, no-cache", "Content-Location": f"{address(template.name)}/{of.file}?{query}"}
