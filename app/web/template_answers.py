"""What those who change a template say in headers, and what they are answered."""

import re
from typing import Annotated, Any

from fastapi import Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from app.flow.documents.change import Replayed
from app.flow.errors import invalid_field
from app.flow.templates.write import Onto, Write, Written
from app.store.templates import Template
from app.web.answers import key_of
from app.web.conditional import is_known, not_modified, quoted
from app.web.document_answers import replayed
from app.web.errors import responses
from app.web.output import MOST_REVISIONS
from app.web.template_schemas import TemplateOut, address
from model.content_hash import digest_of

_TAG = r'(?:W/)?"[^"]*"'
_TAGS = re.compile(rf"\s*{_TAG}(?:\s*,\s*{_TAG})*\s*")
_VERSION = re.compile(r'(?<!W/)"v([0-9]{1,10})"')

IfMatch = Annotated[
    str | None,
    Header(description='The ETag that the new version is to follow, such as `"v3"`: 412 where there is a newer one.'),
]
IfNoneMatch = Annotated[str | None, Header(description="`*`: only where there is no template of this name yet.")]
VersionNumber = Annotated[int, Path(ge=1, le=MOST_REVISIONS, description="1 is the first.")]
Version = Annotated[int | None, Query(ge=1, le=MOST_REVISIONS, description="By default the newest one.")]


def etag(template: Template) -> str:
    """``"v3"`` of the newest version; of an earlier one ``"v1.3"``, as it also says which the newest is."""
    own = f"v{template.version}"
    return quoted(own if template.version == template.newest else f"{own}.{template.newest}")


def onto(if_match: str | None, if_none_match: str | None = None) -> Onto:
    """Which versions may be followed; see ``Onto``.

    Raises:
        InvalidRequest: a header cannot be heeded.
    """
    if if_none_match is not None:
        if if_none_match.strip() != "*" or if_match is not None:
            raise invalid_field("/if-none-match", "Only * is heeded here, and not together with If-Match.")
        return lambda newest: newest == 0
    if if_match is None:
        return None
    if if_match.strip() == "*":
        return lambda newest: newest != 0
    if not _TAGS.fullmatch(if_match):
        raise invalid_field("/if-match", 'It must be an ETag of the template, such as "v3", quotes included.')
    named = frozenset(int(version) for version in _VERSION.findall(if_match))
    return named.__contains__


def write_of(tenant: str, name: str, route: str, asked: object, key: str | None, versions: Onto) -> Write:
    """``asked`` is all that is asked under the key, as JSON values."""
    return Write(tenant, name, route, key_of(key), digest_of([name, asked]), versions)


def describer(created: bool) -> Any:
    """How a write is answered: 201 where a version was made by ``POST``, or a template by ``PUT``."""

    def describe(written: Written) -> dict[str, Any]:
        new = written.changed if created else written.is_new
        body = TemplateOut.of(written.template).model_dump(mode="json")
        return {"status": 201 if new else 200, "headers": _headers(written.template), "body": body}

    return describe


def answered(written: Written | Replayed, describe: Any) -> Response:
    """The template, or the first answer again."""
    if isinstance(written, Replayed):
        return replayed(written)
    said = describe(written)
    return JSONResponse(said["body"], said["status"], said["headers"])


def unless_known(request: Request, template: Template) -> Response:
    """A template as JSON, or 304 where the client has it."""
    headers = {"ETag": etag(template), "Cache-Control": "private, no-cache"}
    if is_known(request, headers["ETag"]):
        return not_modified(headers)
    return Response(TemplateOut.of(template).model_dump_json(), 200, headers, media_type="application/json")


def _headers(template: Template) -> dict[str, str]:
    return {"Location": address(template.name), "ETag": etag(template), "Cache-Control": "private, no-cache"}


def writing(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that writes a version for OpenAPI; ``codes`` are its problems beside the common."""
    return responses(
        "invalid-request", "not-found", "revision-conflict", "idempotency-mismatch", "idempotency-conflict", *codes
    )
