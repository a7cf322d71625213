"""What those who change a document say in headers, and what they are answered."""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Header, Path, Request, Response
from fastapi.responses import JSONResponse

from app.flow.documents.change import Change, Changed, Replayed
from app.flow.errors import invalid_field
from app.store.documents import Document
from app.web.answers import key_of
from app.web.conditional import IMMUTABLE, is_known, not_modified, quoted
from app.web.document_schemas import ChangedDocumentOut
from app.web.errors import responses
from app.web.output import MOST_REVISIONS
from model.content_hash import digest_of

_TAG = r'(?:W/)?"[^"]*"'
_TAGS = re.compile(rf"\s*{_TAG}(?:\s*,\s*{_TAG})*\s*")
_REVISION = re.compile(r'(?<!W/)"r([0-9]{1,10})(?:\.[0-9]{1,10})?"')

IfMatch = Annotated[
    str | None,
    Header(description='The ETag that the change is meant for, such as `"r3"`: 412 where there is a newer one.'),
]
RevisionNumber = Annotated[int, Path(ge=1, le=MOST_REVISIONS, description="1 is the first.")]


def etag(document: Document) -> str:
    """Of a document at a revision: ``"r3"``, and ``"r3.1"`` after it was renamed. A name does not change what is
    edited, so that If-Match heeds the revision alone."""
    return quoted(f"r{document.revision.n}" + (f".{document.renames}" if document.renames else ""))


def onto(if_match: str | None) -> frozenset[int] | None:
    """The revisions that an If-Match names; ``None`` where any will do. A weak tag names none (RFC 9110, 13.1.1).

    Raises:
        InvalidRequest: it is no list of ETags.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    if not _TAGS.fullmatch(if_match):
        raise invalid_field("/if-match", 'It must be an ETag of the document, such as "r3", quotes included.')
    return frozenset(int(n) for n in _REVISION.findall(if_match))


def change_of(
    tenant: str, document_id: str, route: str, asked: object, if_match: str | None, idempotency_key: str | None
) -> Change:
    """``asked`` is all that is asked under the key, as JSON values."""
    fingerprint = digest_of([document_id, asked])
    return Change(tenant, document_id, route, key_of(idempotency_key), fingerprint, onto(if_match))


def described(changed: Changed) -> dict[str, Any]:
    """The answer as it is kept under its Idempotency-Key."""
    body = ChangedDocumentOut.after(changed.document, changed.dirty).model_dump(mode="json")
    return {"status": 200, "headers": _headers(changed.document), "body": body}


def answer(changed: Changed | Replayed) -> Response:
    """The resolved scene with what of it is dirty, or the first answer again."""
    if isinstance(changed, Replayed):
        return replayed(changed)
    body = ChangedDocumentOut.after(changed.document, changed.dirty).model_dump_json()
    return Response(body, 200, _headers(changed.document), media_type="application/json")


def replayed(found: Replayed) -> Response:
    """The first answer under a key, again."""
    kept = found.answer
    return JSONResponse(kept["body"], kept["status"], {**kept["headers"], "Idempotency-Replayed": "true"})


def unless_known(request: Request, document: Document, body: str) -> Response:
    """A document at a revision as JSON, or 304 where the client has it."""
    headers = _headers(document)
    if is_known(request, headers["ETag"]):
        return not_modified(headers)
    return Response(body, 200, headers, media_type="application/json")


def _headers(document: Document) -> Mapping[str, str]:
    return {"ETag": etag(document), "Cache-Control": "private, no-cache"}


def picture_headers(document: Document, revision: int | None, name: str, asked: Mapping[str, Any]) -> dict[str, str]:
    """Of a picture of a document, ``name`` below it: immutable where the revision was given, and else with the address
    of the one that was shown, ``asked`` being the rest of the query."""
    if revision is not None:
        return {"Cache-Control": IMMUTABLE}
    query = urlencode({"revision": document.revision.n, **asked})
    return {"Cache-Control": "private, no-cache", "Content-Location": f"/v1/documents/{document.id}/{name}?{query}"}


def changing(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that writes a revision for OpenAPI; ``codes`` are its problems beside the common."""
    return responses(
        "invalid-request", "not-found", "revision-conflict", "idempotency-mismatch", "idempotency-conflict", *codes
    )
