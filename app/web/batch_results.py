"""What came of a batch: ``/v1/jobs/{id}/result.zip``, ``/result.ndjson`` and single pictures under ``/rows``."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.flow.batch.result import archive_of, find_batch, picture_of, rows_of, sent
from app.flow.pictures import stored
from app.web.attachment import attachment
from app.web.conditional import is_known, not_modified, quoted, wanted_range
from app.web.context import ServicesOf, Tenant
from app.web.errors import responses
from app.web.job_schemas import Status
from app.web.layers import serve
from app.web.output import picture_docs

router = APIRouter(tags=["jobs"])

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_TYPES = {"png": "image/png", "webp": "image/webp", "jpg": "image/jpeg", "avif": "image/avif"}


@router.get(
    "/v1/jobs/{job_id}/result.zip",
    summary="Get the pictures of a batch",
    description="All that were drawn, under the names of their rows, and `rows.ndjson`, the list of all rows. Pictures "
    "are stored as they are; the length is known, and ranges can be asked for, so that a download can be resumed.",
    response_class=Response,
    responses={
        200: {"description": "The archive.", "content": {"application/zip": _BINARY}},
        206: {"description": "The range that was asked for."},
        304: {"description": "It is as If-None-Match says."},
        **responses("not-found", "job-not-finished", "range-not-satisfiable"),
    },
)
def get_archive(request: Request, services: ServicesOf, tenant: Tenant, job_id: str) -> Response:
    found = find_batch(services, tenant, job_id)
    whole, named = archive_of(services, found)
    headers = {"ETag": quoted(named), "Cache-Control": "private, no-cache", "Accept-Ranges": "bytes"}
    headers["Content-Disposition"] = attachment(str(found.batch.template["name"]), "zip")
    if is_known(request, headers["ETag"]):
        return not_modified(headers)
    wanted = wanted_range(request, whole.size, headers["ETag"])
    start, end = wanted or (0, whole.size)
    headers["Content-Length"] = str(end - start)
    if wanted is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{whole.size}"
    body = sent(services, found, whole, start, end)
    return StreamingResponse(body, 206 if wanted else 200, headers, "application/zip")


@router.get(
    "/v1/jobs/{job_id}/result.ndjson",
    summary="List the rows of a batch",
    description="One JSON object a line, in the rows' order: `row`, `name`, `status`, `sha256`, `url` and `error` "
    "(`pointer` into the row's values, `code`, `detail`). It can be asked for at any time.",
    response_class=Response,
    responses={
        200: {"description": "The list.", "content": {"application/x-ndjson": {"schema": {"type": "string"}}}},
        **responses("not-found", "invalid-request"),
    },
)
def get_rows(
    services: ServicesOf,
    tenant: Tenant,
    job_id: str,
    status: Annotated[Status | None, Query(description="Only rows that are so.")] = None,
) -> Response:
    found = find_batch(services, tenant, job_id)
    headers = {"Cache-Control": "no-cache"}
    return StreamingResponse(rows_of(services, found, status), 200, headers, "application/x-ndjson")


@router.get(
    "/v1/jobs/{job_id}/rows/{n}.{ending}",
    summary="Get the picture of a row",
    **picture_docs(*_TYPES.values(), codes=("range-not-satisfiable",)),
)
def get_picture(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    job_id: str,
    n: Annotated[int, Path(ge=1, le=2**31 - 1, description="1 is the first.")],
    ending: Annotated[Literal["png", "webp", "jpg", "avif"], Path(description="Of the format that was asked for.")],
) -> Response:
    sha256 = picture_of(services, find_batch(services, tenant, job_id), n, ending)
    return serve(request, lambda: stored(services, tenant, sha256), _TYPES[ending], {}, sha256=sha256)
