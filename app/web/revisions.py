"""``/v1/documents/{id}/revisions``: what happened to a document, how it looked, and what made it so."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app.flow.documents.change import find
from app.store import document_states, documents
from app.web.context import ServicesOf, Tenant
from app.web.document_answers import RevisionNumber, unless_known
from app.web.document_schemas import DocumentOut, RevisionList, RevisionOperations, RevisionOut
from app.web.errors import responses
from app.web.pages import Cursor, Limit, number_of, page

router = APIRouter(tags=["documents"])


@router.get(
    "/v1/documents/{document_id}/revisions",
    summary="List the revisions of a document, newest first",
    response_model=RevisionList,
    responses=responses("invalid-request", "not-found"),
)
def list_revisions(
    services: ServicesOf, tenant: Tenant, document_id: str, limit: Limit = 20, cursor: Cursor = None
) -> Response:
    before = None if cursor is None else number_of(cursor)
    with services.engine.begin() as connection:
        document = find(services, connection, tenant, document_id)
        found = documents.revisions(connection, tenant, document_id, limit=limit + 1, before=before)
    link, headers = page(f"/v1/documents/{document.id}/revisions", found, limit, {})
    listed = RevisionList(revisions=[RevisionOut.of(document.id, one) for one in found[:limit]], next=link)
    return JSONResponse(listed.model_dump(mode="json"), headers=headers)


@router.get(
    "/v1/documents/{document_id}/revisions/{n}",
    summary="Get a document as it was at a revision",
    response_model=DocumentOut,
    responses={304: {"description": "It is as If-None-Match says."}, **responses("invalid-request", "not-found")},
)
def get_revision(
    request: Request, services: ServicesOf, tenant: Tenant, document_id: str, n: RevisionNumber
) -> Response:
    with services.engine.begin() as connection:
        found = find(services, connection, tenant, document_id, n)
    return unless_known(request, found, DocumentOut.of(found).model_dump_json())


@router.get(
    "/v1/documents/{document_id}/revisions/{n}/operations",
    summary="Get all operations that lead to a revision",
    description="In one list, from the unedited decomposition on, what was undone left out: as the body of "
    "`/v1/decompositions/{id}/render` they give the same picture. "
    "Pictures that came within operations are assets by now.",
    response_model=RevisionOperations,
    responses={304: {"description": "It is as If-None-Match says."}, **responses("invalid-request", "not-found")},
)
def get_operations(
    request: Request, services: ServicesOf, tenant: Tenant, document_id: str, n: RevisionNumber
) -> Response:
    with services.engine.begin() as connection:
        found = find(services, connection, tenant, document_id, n)
        line = document_states.line_to(connection, tenant, document_id, found.revision.state)
        states = document_states.states(connection, tenant, document_id, line)
    operations = [dict(one) for state in states for one in state.operations]
    body = RevisionOperations(decomposition_id=found.decomposition_id, revision=n, operations=operations)
    return unless_known(request, found, body.model_dump_json())
