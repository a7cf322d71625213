"""``/v1/documents``: make one of a decomposition, read it, delete it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator
from starlette.concurrency import run_in_threadpool

from app.flow.documents.change import Replayed, find, legible
from app.flow.documents.create import Wanted, create
from app.flow.documents.rename import rename
from app.flow.errors import NotFound
from app.store import documents
from app.store.documents import Document
from app.web.answers import IdempotencyKey, fingerprint, key_of
from app.web.asked import storable
from app.web.context import ServicesOf, Tenant
from app.web.document_answers import IfMatch, change_of, etag, replayed, unless_known
from app.web.document_schemas import DocumentIn, DocumentList, DocumentOut, RenameIn
from app.web.errors import responses
from app.web.examples import DOCUMENT_BODY, RENAME_BODY
from app.web.fields import checked_as, sent
from app.web.pages import Cursor, Limit, page
from app.web.receive import small_json

router = APIRouter(tags=["documents"])

ROUTE = "POST /v1/documents"

MadeOf = Annotated[
    str | None, Query(max_length=200, description="Only those that are made of it."), AfterValidator(storable)
]


@router.post(
    "/v1/documents",
    summary="Make a document of a decomposition",
    description="To be edited, each edit a revision that can be undone. The decomposition stays as it is, and cannot "
    "be deleted before its documents.",
    status_code=201,
    response_model=DocumentOut,
    openapi_extra=DOCUMENT_BODY,
    responses=responses(
        "invalid-request", "not-found", "unsupported-image", "idempotency-mismatch", "idempotency-conflict"
    ),
)
async def create_document(
    request: Request, services: ServicesOf, tenant: Tenant, idempotency_key: IdempotencyKey = None
) -> Response:
    given = await small_json(request)
    asked = checked_as(DocumentIn, sent(given))
    key = key_of(idempotency_key)
    wanted = Wanted(tenant, asked.decomposition_id, asked.name, ROUTE, key, fingerprint("document", asked))
    created = await run_in_threadpool(create, services, wanted, _described)
    if isinstance(created, Replayed):
        return replayed(created)
    return JSONResponse(DocumentOut.of(created).model_dump(mode="json"), 201, _located(created))


def _described(document: Document) -> dict[str, Any]:
    return {"status": 201, "headers": _located(document), "body": DocumentOut.of(document).model_dump(mode="json")}


def _located(document: Document) -> dict[str, str]:
    return {"Location": f"/v1/documents/{document.id}", "ETag": etag(document)}


@router.get(
    "/v1/documents",
    summary="List documents, newest first",
    response_model=DocumentList,
    responses=responses("invalid-request"),
)
def list_documents(
    services: ServicesOf, tenant: Tenant, limit: Limit = 20, cursor: Cursor = None, decomposition_id: MadeOf = None
) -> Response:
    with services.engine.begin() as connection:
        found = documents.list_(connection, tenant, limit=limit + 1, before=cursor, decomposition_id=decomposition_id)
        read = legible(services, connection, found[:limit])
    link, headers = page(
        "/v1/documents", found, limit, {} if decomposition_id is None else {"decomposition_id": decomposition_id}
    )
    body = DocumentList(documents=[DocumentOut.of(one) for one in read], next=link)
    return JSONResponse(body.model_dump(mode="json"), headers=headers)


@router.get(
    "/v1/documents/{document_id}",
    summary="Get a document",
    description="Its resolved scene at the newest revision. The ETag is the revision, for If-Match.",
    response_model=DocumentOut,
    responses={304: {"description": "It is as If-None-Match says."}, **responses("not-found")},
)
def get_document(request: Request, services: ServicesOf, tenant: Tenant, document_id: str) -> Response:
    with services.engine.begin() as connection:
        found = find(services, connection, tenant, document_id)
    return unless_known(request, found, DocumentOut.of(found).model_dump_json())


@router.patch(
    "/v1/documents/{document_id}",
    summary="Rename a document",
    description="A name is for people: it is no revision, and undo does not change it. The ETag changes with it, to "
    '`"r3.1"` and so on, and If-Match heeds the revision alone.',
    response_model=DocumentOut,
    openapi_extra=RENAME_BODY,
    responses=responses("invalid-request", "not-found", "unsupported-image", "revision-conflict"),
)
async def rename_document(
    request: Request, services: ServicesOf, tenant: Tenant, document_id: str, if_match: IfMatch = None
) -> Response:
    asked = checked_as(RenameIn, await small_json(request))
    change = change_of(tenant, document_id, "PATCH /v1/documents/{document_id}", asked.name, if_match, None)
    renamed = await run_in_threadpool(rename, services, change, asked.name)
    return Response(
        DocumentOut.of(renamed).model_dump_json(), headers={"ETag": etag(renamed)}, media_type="application/json"
    )


@router.delete(
    "/v1/documents/{document_id}",
    summary="Delete a document",
    description="With its whole history, at once. The decomposition stays; pictures that came within operations go "
    "with the last document that uses them.",
    status_code=204,
    response_class=Response,
    responses=responses("not-found"),
)
def delete_document(services: ServicesOf, tenant: Tenant, document_id: str) -> Response:
    with services.engine.begin() as connection:
        deleted = documents.delete(connection, tenant, document_id)
    if not deleted:
        raise NotFound(f"There is no document {document_id}.")
    return Response(status_code=204)
