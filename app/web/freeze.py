"""``POST /v1/documents/{id}/freeze``: what a document looks like becomes a decomposition."""

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from app.flow.documents.freeze import freeze
from app.web.answers import IdempotencyKey
from app.web.context import ServicesOf, Tenant
from app.web.decomposition_schemas import DecompositionOut
from app.web.document_answers import IfMatch, change_of, changing
from app.web.made_layers import answered, described

router = APIRouter(tags=["documents"])

ROUTE = "/v1/documents/{document_id}/freeze"


@router.post(
    ROUTE,
    summary="Freeze a document",
    description="A new decomposition whose layers are as the edits left them, placed, and with their opacity; its "
    "source is the document's picture, to which they recompose bit for bit. Blend modes stay with the layers; a group "
    "that is composed by itself becomes one layer, and what cannot be seen is left out. The same scene gives the same "
    "decomposition. The document stays as it is.",
    status_code=201,
    response_model=DecompositionOut,
    responses={200: {"description": "It was here already.", "model": DecompositionOut}, **changing()},
)
async def freeze_document(
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    change = change_of(tenant, document_id, f"POST {ROUTE}", None, if_match, idempotency_key)
    found = await run_in_threadpool(freeze, services, change, described)
    return answered(found)
