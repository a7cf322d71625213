"""``/v1/templates``: make one of a document, read it, list its versions, restore one, delete it."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from app.flow.errors import NotFound, invalid_field
from app.flow.services import Services
from app.flow.templates.find import find, legible
from app.flow.templates.write import Source, Write, restore, save
from app.store import templates
from app.web.answers import IdempotencyKey
from app.web.context import ServicesOf, Tenant
from app.web.errors import responses
from app.web.fields import checked_as, sent
from app.web.pages import Cursor, Limit, number_of, page
from app.web.receive import small_json
from app.web.template_answers import (
    IfMatch,
    IfNoneMatch,
    Version,
    VersionNumber,
    answered,
    describer,
    onto,
    unless_known,
    write_of,
    writing,
)
from app.web.template_examples import TEMPLATE_BODY, TEMPLATE_VERSION_BODY
from app.web.template_schemas import (
    TemplateBodyIn,
    TemplateIn,
    TemplateList,
    TemplateOut,
    VersionList,
    VersionOut,
    address,
)

router = APIRouter(tags=["templates"])

_BASE = "/v1/templates/{name}"
_KNOWN: dict[int | str, dict[str, Any]] = {200: {"description": "The newest version is just that: none was made."}}
_NEW: dict[int | str, dict[str, Any]] = {201: {"description": "There was no template of this name.",
                                               "model": TemplateOut}}  # fmt: skip


@router.post(
    "/v1/templates",
    summary="Make a template of a document",
    description="Of the document as it is at a revision: what is edited later changes nothing of the template. A name "
    "that is there already gets a new version, and keeps the ones before; the same again makes none (200). With "
    "`If-None-Match: *` only a new name is taken, with If-Match only the version that it names is followed.",
    status_code=201,
    response_model=TemplateOut,
    openapi_extra=TEMPLATE_BODY,
    responses={**_KNOWN, **writing("unsupported-image")},
)
async def create_template(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    asked = checked_as(TemplateIn, sent(await small_json(request)))
    said, versions = asked.model_dump(mode="json"), onto(if_match, if_none_match)
    write = write_of(tenant, asked.name, "POST /v1/templates", said, idempotency_key, versions)
    return await _saved(services, write, asked, created=True)


@router.put(
    _BASE,
    summary="Make the next version of a template, or its first",
    description="As `POST /v1/templates`, the name being in the address.",
    response_model=TemplateOut,
    openapi_extra=TEMPLATE_VERSION_BODY,
    responses={**_NEW, **writing("unsupported-image")},
)
async def put_template(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    name: str,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    given = await small_json(request)
    if given.get("name", name) != name:
        raise invalid_field("/name", f"It is {name} in the address; a template cannot be renamed.")
    asked = checked_as(TemplateIn, {**sent(given), "name": name})
    said, versions = asked.model_dump(mode="json"), onto(if_match, if_none_match)
    write = write_of(tenant, asked.name, f"PUT {_BASE}", said, idempotency_key, versions)
    return await _saved(services, write, asked, created=False)


async def _saved(services: Services, write: Write, asked: TemplateBodyIn, *, created: bool) -> Response:
    source = Source(asked.document_id, asked.revision, asked.model_dump()["variables"], asked.description)
    describe = describer(created)
    return answered(await run_in_threadpool(save, services, write, source, describe), describe)


@router.get(
    "/v1/templates",
    summary="List templates, newest first",
    response_model=TemplateList,
    responses=responses("invalid-request"),
)
def list_templates(services: ServicesOf, tenant: Tenant, limit: Limit = 20, cursor: Cursor = None) -> Response:
    with services.engine.begin() as connection:
        found = templates.list_(connection, tenant, limit=limit + 1, before=cursor)
        read = legible(services, connection, found[:limit])
    link, headers = page("/v1/templates", found, limit, {})
    body = TemplateList(templates=[TemplateOut.of(one) for one in read], next=link)
    return JSONResponse(body.model_dump(mode="json"), headers=headers)


@router.get(
    _BASE,
    summary="Get a template",
    response_model=TemplateOut,
    responses={304: {"description": "It is as If-None-Match says."}, **responses("invalid-request", "not-found")},
)
def get_template(
    request: Request, services: ServicesOf, tenant: Tenant, name: str, version: Version = None
) -> Response:
    with services.engine.begin() as connection:
        found = find(services, connection, tenant, name, version)
    return unless_known(request, found)


@router.get(
    f"{_BASE}/versions",
    summary="List the versions of a template, newest first",
    response_model=VersionList,
    responses=responses("invalid-request", "not-found"),
)
def list_versions(
    services: ServicesOf, tenant: Tenant, name: str, limit: Limit = 20, cursor: Cursor = None
) -> Response:
    before = None if cursor is None else number_of(cursor)
    with services.engine.begin() as connection:
        find(services, connection, tenant, name)
        found = templates.versions(connection, tenant, name, limit=limit + 1, before=before)
    link, headers = page(f"{address(name)}/versions", found, limit, {})
    listed = VersionList(versions=[VersionOut.of(name, one) for one in found[:limit]], next=link)
    return JSONResponse(listed.model_dump(mode="json"), headers=headers)


@router.post(
    f"{_BASE}/versions/{{n}}/restore",
    summary="Make an earlier version the newest again",
    description="As a new version, which repeats it; those that came since stay.",
    response_model=TemplateOut,
    responses=writing(),
)
def restore_version(
    services: ServicesOf,
    tenant: Tenant,
    name: str,
    n: VersionNumber,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    write = write_of(tenant, name, f"POST {_BASE}/versions/{{n}}/restore", n, idempotency_key, onto(if_match))
    describe = describer(created=False)
    return answered(restore(services, write, n, describe), describe)


@router.delete(
    _BASE,
    summary="Delete a template",
    description="With all its versions. The document and its decomposition stay. A template of the same name that is "
    "made later counts its versions on from there, so that an address with a version never shows another picture.",
    status_code=204,
    response_class=Response,
    responses=responses("not-found"),
)
def delete_template(services: ServicesOf, tenant: Tenant, name: str) -> Response:
    with services.engine.begin() as connection:
        deleted = templates.delete(connection, tenant, name)
    if not deleted:
        raise NotFound(f"There is no template {name[:100]!r}.")
    return Response(status_code=204)
