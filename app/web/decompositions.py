"""``/v1/decompositions``: take a picture apart, read and delete what was made."""

import hashlib
import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from app.flow.errors import NotFound
from app.flow.fetch_url import fetch
from app.flow.services import Services
from app.flow.submit import Submitted, Wanted, replayed, submit
from app.flow.wait import Seen, wait
from app.store import layers
from app.store.layers import Decomposition
from app.web.asked import DecompositionIn, parse
from app.web.conditional import is_known, not_modified, quoted
from app.web.context import RequestId, ServicesOf, Tenant
from app.web.errors import responses
from app.web.examples import DECOMPOSE_BODY
from app.web.jobs import POLL_AFTER_S, job_body, job_response
from app.web.pages import Cursor, Limit, page
from app.web.prefer import wait_s
from app.web.receive import Received, received, sha256_of
from app.web.schemas import DecompositionList, DecompositionOut, JobOut

router = APIRouter(tags=["decompositions"])

HIT = "lamina; hit"
MISS = "lamina; fwd=miss"
MAX_KEY = 255


@router.post(
    "/v1/decompositions",
    summary="Take a picture apart",
    status_code=202,
    response_model=JobOut,
    openapi_extra=DECOMPOSE_BODY,
    responses={
        200: {"description": "Known already, or done within `Prefer: wait`: the job has finished.", "model": JobOut},
        202: {"description": "Accepted; the job is at `Location`."},
        **responses(
            "invalid-request", "unsupported-image", "image-too-large", "url-not-allowed", "not-cached",
            "idempotency-mismatch", "idempotency-conflict", "quota-exceeded", "queue-full", "model-unavailable",
        ),
    },
)  # fmt: skip
async def create(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    request_id: RequestId,
    prefer: Annotated[str | None, Header(description="`wait=N`: answer when done, or after N (60 at most) s.")] = None,
    idempotency_key: Annotated[str | None, Header(max_length=MAX_KEY, description="Replays the first answer.")] = None,
) -> Response:
    key = (idempotency_key or "").strip().strip('"') or None
    async with received(request, services) as body:
        asked = parse(body.fields, has_file=body.has_picture)
        submitted = None
        if asked.image_url is not None:
            if key is not None:
                fingerprint = _fingerprint(asked, asked.image_url)
                submitted = await run_in_threadpool(replayed, services, tenant, key, fingerprint)
            if submitted is None:
                await fetch(asked.image_url, body.picture, services.settings)
        if submitted is None:
            submitted = await run_in_threadpool(_submit, services, tenant, request_id, asked, body, key)
    return await _answered(services, tenant, submitted, wait_s(prefer))


def _submit(
    services: Services, tenant: str, request_id: str, asked: DecompositionIn, body: Received, key: str | None
) -> Submitted:
    sha256 = sha256_of(body.picture)
    wanted = Wanted(
        tenant_id=tenant,
        upload=body.picture,
        sha256=sha256,
        model_name=asked.model_name(services.settings),
        parameters=asked.parameters(),
        cache=asked.cache,
        request_id=request_id,
        key=key,
        fingerprint=_fingerprint(asked, asked.image_url or sha256),
    )
    return submit(services, wanted, _describe)


def _fingerprint(asked: DecompositionIn, picture: str) -> str:
    """What was asked: the URL as it was named, else the hash of the file's bytes, and every field."""
    fields = asked.model_dump(mode="json")
    return hashlib.sha256(json.dumps([picture, fields], sort_keys=True).encode()).hexdigest()


async def _answered(services: Services, tenant: str, submitted: Submitted, seconds: float | None) -> Response:
    if submitted.job is None:
        answer = _replay(submitted)
    elif seconds and not submitted.job.is_finished:
        answer = _answer(await wait(services, tenant, submitted.job.id, seconds, lambda seen: seen.job.is_finished))
    else:
        answer = _answer(Seen(submitted.job, submitted.queue_position))
    if seconds is not None and submitted.job is not None:  # a replay is the first answer, and waits for nothing
        answer.headers["Preference-Applied"] = f"wait={seconds:g}"
    return answer


def _answer(seen: Seen) -> Response:
    job = seen.job
    headers = {"Location": f"/v1/jobs/{job.id}", "Cache-Status": HIT if job.cached else MISS, "Vary": "Prefer"}
    return job_response(seen, 200 if job.is_finished else 202, **headers)


def _describe(submitted: Submitted) -> dict[str, Any]:
    """The answer as it is kept under its Idempotency-Key."""
    assert submitted.job is not None
    seen = Seen(submitted.job, submitted.queue_position)
    answer = _answer(seen)
    headers = {name: answer.headers[name] for name in ("Location", "Cache-Status", "ETag") if name in answer.headers}
    return {"status": answer.status_code, "headers": headers, "body": json.loads(job_body(seen))}


def _replay(submitted: Submitted) -> Response:
    kept = submitted.answer or {}
    headers = {**kept["headers"], "Idempotency-Replayed": "true"}
    if kept["status"] == 202:
        headers["Retry-After"] = str(POLL_AFTER_S)
    return JSONResponse(kept["body"], kept["status"], headers)


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
    with services.engine.connect() as connection:
        found = layers.get(connection, tenant, decomposition_id)
    if found is None:
        raise NotFound(f"There is no decomposition {decomposition_id}.")
    return found


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
    "computes it again.",
    status_code=204,
    response_class=Response,
    responses=responses("not-found"),
)
def delete_decomposition(services: ServicesOf, tenant: Tenant, decomposition_id: str) -> Response:
    with services.engine.begin() as connection:
        deleted = layers.delete(connection, tenant, decomposition_id)
    if not deleted:
        raise NotFound(f"There is no decomposition {decomposition_id}.")
    return Response(status_code=204)
