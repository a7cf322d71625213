"""``/v1/decompositions``: take a picture apart, read and delete what was made."""

import hashlib

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from app.flow.decide import Submitted, Terms
from app.flow.fetch_url import fetch
from app.flow.find import remembered_decomposition
from app.flow.forget import forget
from app.flow.services import Services
from app.flow.submit import Wanted, replayed, submit
from app.store import layers
from app.store.jobs import Callback
from app.store.layers import Decomposition
from app.web.answers import IdempotencyKey, Prefer, answered, callback_of, describe, docs, fingerprint, key_of
from app.web.asked import DecompositionIn, parse
from app.web.conditional import is_known, not_modified, quoted
from app.web.context import RequestId, ServicesOf, Tenant
from app.web.decomposition_schemas import DecompositionList, DecompositionOut
from app.web.errors import responses
from app.web.examples import DECOMPOSE_BODY
from app.web.job_schemas import JobOut
from app.web.pages import Cursor, Limit, page
from app.web.prefer import wait_s
from app.web.receive import Received, received, sha256_of

router = APIRouter(tags=["decompositions"])

ROUTE = "POST /v1/decompositions"


@router.post(
    "/v1/decompositions",
    summary="Take a picture apart",
    description="The same request (pixels, model, parameters) is computed once: it is answered from what is known, or "
    "with the job that is under way, which is then shared: cancelling it cancels it for all.",
    status_code=202,
    response_model=JobOut,
    openapi_extra=DECOMPOSE_BODY,
    responses=docs("image-too-large", "url-not-allowed"),
)
async def create(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    request_id: RequestId,
    prefer: Prefer = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    key = key_of(idempotency_key)
    async with received(request, services) as body:
        asked = parse(body.fields, has_file=body.has_picture)
        callback = await callback_of(asked, services)
        submitted = None
        if asked.image_url is not None:
            if key is not None:
                terms = _terms(tenant, request_id, asked, key, asked.image_url, callback)
                submitted = await run_in_threadpool(replayed, services, terms)
            if submitted is None:
                await fetch(asked.image_url, body.picture, services.settings)
        if submitted is None:
            submitted = await run_in_threadpool(_submit, services, tenant, request_id, asked, body, key, callback)
    return await answered(services, tenant, submitted, wait_s(prefer))


def _submit(
    services: Services,
    tenant: str,
    request_id: str,
    asked: DecompositionIn,
    body: Received,
    key: str | None,
    callback: Callback | None,
) -> Submitted:
    sha256 = sha256_of(body.picture)
    # What was asked is the URL as it was named, else the hash of the file's bytes.
    terms = _terms(tenant, request_id, asked, key, asked.image_url or sha256, callback)
    wanted = Wanted(body.picture, sha256, asked.model_name(services.settings), terms)
    return submit(services, wanted, describe)


def _terms(
    tenant: str, request_id: str, asked: DecompositionIn, key: str | None, picture: str, callback: Callback | None
) -> Terms:
    what = fingerprint(picture, asked)
    return Terms(tenant, asked.parameters(), asked.cache, request_id, ROUTE, key, what, callback)


@router.get(
    "/v1/decompositions",
    summary="List decompositions, newest first",
    response_model=DecompositionList,
    responses=responses("invalid-request"),
)
def list_decompositions(services: ServicesOf, tenant: Tenant, limit: Limit = 20, cursor: Cursor = None) -> Response:
    with services.engine.connect() as connection:
        found = layers.list_(connection, tenant, limit=limit + 1, before=cursor)
    link, headers = page("/v1/decompositions", found, limit, {})
    listed = DecompositionList(decompositions=[DecompositionOut.of(one) for one in found[:limit]], next=link)
    return JSONResponse(listed.model_dump(mode="json"), headers=headers)


def find(services: Services, tenant: str, decomposition_id: str) -> Decomposition:
    """Raises ``NotFound``."""
    return remembered_decomposition(services, tenant, decomposition_id)


@router.get(
    "/v1/decompositions/{decomposition_id}",
    summary="Get the manifest of a decomposition",
    response_model=DecompositionOut,
    responses={304: {"description": "It is as If-None-Match says."}, **responses("not-found")},
)
def get_decomposition(request: Request, services: ServicesOf, tenant: Tenant, decomposition_id: str) -> Response:
    body = DecompositionOut.of(find(services, tenant, decomposition_id)).model_dump_json()
    headers = {"ETag": quoted(hashlib.sha256(body.encode()).hexdigest()[:32]), "Cache-Control": "no-cache"}
    if is_known(request, headers["ETag"]):
        return not_modified(headers)
    return Response(body, 200, headers, media_type="application/json")


@router.delete(
    "/v1/decompositions/{decomposition_id}",
    summary="Delete a decomposition",
    description="Its layers are gone at once; blobs that nothing refers to are collected later. The same request "
    "computes it again. One that documents are made of is kept: delete these first.",
    status_code=204,
    response_class=Response,
    responses=responses("not-found", "decomposition-in-use"),
)
def delete_decomposition(services: ServicesOf, tenant: Tenant, decomposition_id: str) -> Response:
    forget(services, tenant, decomposition_id)
    return Response(status_code=204)
