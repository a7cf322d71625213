"""``POST /v1/decompositions/{id}/layers/{index}/decompositions``: split a layer further."""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.flow.decide import Terms
from app.flow.split import WantedSplit, split
from app.web.answers import IdempotencyKey, Prefer, answered, callback_of, describe, docs, fingerprint, key_of
from app.web.asked import parse_for_layer
from app.web.context import RequestId, ServicesOf, Tenant
from app.web.examples import SPLIT_BODY
from app.web.job_schemas import JobOut
from app.web.layers import Index
from app.web.prefer import wait_s
from app.web.receive import received

router = APIRouter(tags=["decompositions"])

ROUTE = "POST /v1/decompositions/{id}/layers/{index}/decompositions"


@router.post(
    "/v1/decompositions/{decomposition_id}/layers/{index}/decompositions",
    summary="Split a layer further",
    description="The result is a new decomposition of the same source, exact as any: the parts stand in the layer's "
    "place, and all other layers are the very same pictures. Its manifest says in parent where it comes from and which "
    "layers are the parts. A layer that does not come apart gives the layers as they were, and notes.separated is "
    "false. At most max_layers parts, or as many as the layer has; min_alpha_area_ratio is of the layer's own box.",
    status_code=202,
    response_model=JobOut,
    openapi_extra=SPLIT_BODY,
    responses=docs("not-found", "url-not-allowed"),
)
async def split_layer(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    request_id: RequestId,
    decomposition_id: str,
    index: Index,
    prefer: Prefer = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    async with received(request, services, may_be_empty=True) as body:
        asked = parse_for_layer(body.fields, has_file=body.has_picture)
    what = fingerprint(f"{decomposition_id}/{index}", asked)
    callback = await callback_of(asked, services)
    key = key_of(idempotency_key)
    terms = Terms(tenant, asked.parameters(), asked.cache, request_id, ROUTE, key, what, callback)
    wanted = WantedSplit(decomposition_id, index, asked.model, terms)
    submitted = await run_in_threadpool(split, services, wanted, describe)
    return await answered(services, tenant, submitted, wait_s(prefer))
