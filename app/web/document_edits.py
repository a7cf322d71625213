"""What makes the next revision of a document: operations, undo, redo, restore."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.flow.documents.change import Change, Changed, Replayed
from app.flow.documents.edit import edit
from app.flow.documents.steps import redo, restore, undo
from app.flow.scratch import scratch_file, scratch_folder
from app.flow.services import Services
from app.web.answers import IdempotencyKey
from app.web.context import ServicesOf, Tenant
from app.web.document_answers import IfMatch, RevisionNumber, answer, change_of, changing, described
from app.web.document_schemas import ChangedDocumentOut
from app.web.examples import OPERATIONS_BODY
from app.web.receive import unread_json

router = APIRouter(tags=["documents"])

_BASE = "/v1/documents/{document_id}"


@router.post(
    f"{_BASE}/operations",
    summary="Edit a document",
    description="All operations or none become one revision. With If-Match the change is made to that revision or not "
    "at all; without, to the newest, whoever wrote it. A picture within an operation becomes an asset.",
    response_model=ChangedDocumentOut,
    openapi_extra=OPERATIONS_BODY,
    responses=changing("unsupported-image", "image-too-large"),
)
async def apply_operations(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    with scratch_file(services.scratch) as spool, scratch_folder(services.scratch) as folder:
        body = await unread_json(request, spool)
        change = change_of(tenant, document_id, f"POST {_BASE}/operations", body.sha256, if_match, idempotency_key)
        return await _revised(services, change, lambda: edit(services, change, body, folder, described))


@router.post(
    f"{_BASE}/undo",
    summary="Undo",
    description="A new revision that shows the state before the last edit, redo or restore.",
    response_model=ChangedDocumentOut,
    responses=changing("nothing-to-undo"),
)
async def undo_revision(
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    change = change_of(tenant, document_id, f"POST {_BASE}/undo", None, if_match, idempotency_key)
    return await _revised(services, change, lambda: undo(services, change, described))


@router.post(
    f"{_BASE}/redo",
    summary="Redo",
    description="A new revision that shows the state that the last undo left.",
    response_model=ChangedDocumentOut,
    responses=changing("nothing-to-redo"),
)
async def redo_revision(
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    change = change_of(tenant, document_id, f"POST {_BASE}/redo", None, if_match, idempotency_key)
    return await _revised(services, change, lambda: redo(services, change, described))


@router.post(
    f"{_BASE}/revisions/{{n}}/restore",
    summary="Restore a revision",
    description="A new revision that shows the state of an earlier one. Nothing that came since is lost: undo takes "
    "the restoring back.",
    response_model=ChangedDocumentOut,
    responses=changing(),
)
async def restore_revision(
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    n: RevisionNumber,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    change = change_of(tenant, document_id, f"POST {_BASE}/revisions/{{n}}/restore", n, if_match, idempotency_key)
    return await _revised(services, change, lambda: restore(services, change, n, described))


async def _revised(services: Services, change: Change, write: Callable[[], Changed | Replayed]) -> Response:
    """The answer of whoever writes the next revision, when it is their turn."""
    async with services.writers.turn(f"{change.tenant_id}/{change.document_id}"):
        return answer(await run_in_threadpool(write))
