"""``POST /v1/templates/{name}/batch``: many pictures of one template, as one job."""

import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from app.flow.batch.submit import Wanted, check_output, submit
from app.flow.errors import FieldError, InvalidRequest
from app.flow.pixels import PixelsLost
from app.flow.public_address import MAX_URL_LENGTH
from app.flow.services import Services
from app.flow.templates.find import find
from app.store.templates import Template
from app.web.answers import IdempotencyKey, Prefer, answered, callback_of, describe, key_of
from app.web.batch_body import BatchBody, received_rows
from app.web.context import RequestId, ServicesOf, Tenant
from app.web.errors import invalid, responses
from app.web.examples_batch import BATCH_BODY
from app.web.fields import checked_as, sent
from app.web.job_schemas import JobOut
from app.web.output import OutputIn
from app.web.prefer import wait_s
from app.web.receive import sha256_of

router = APIRouter(tags=["templates"])

ROUTE = "POST /v1/templates/{name}/batch"
_MOST_VERSIONS = 2**31 - 1


class BatchIn(BaseModel):
    """What a batch is, beside its rows."""

    model_config = ConfigDict(extra="forbid", title="BatchRequest")

    output: OutputIn = OutputIn()
    version: int | None = Field(None, ge=1, le=_MOST_VERSIONS, description="Of the template; the newest by default.")
    webhook_url: str | None = Field(
        None, max_length=MAX_URL_LENGTH, description="A public http or https address that is sent the job at its end."
    )


@router.post(
    "/v1/templates/{name}/batch",
    summary="Draw many pictures of a template",
    description="A picture for each row, all by one job. Rows come as JSON, NDJSON or CSV, as the body or as the file "
    "`rows` of a form. A row holds a value for each variable, under its name or `name.property`, and may call its file "
    "by `name`. Rows that cannot be drawn are listed, and the others are drawn all the same; while nothing can be read "
    "at all, or no row can be used, it is 422. Beside NDJSON and CSV, the other fields go into the query.",
    status_code=202,
    response_model=JobOut,
    openapi_extra=BATCH_BODY,
    responses={
        200: {"description": "Done within `Prefer: wait`.", "model": JobOut},
        202: {"description": "Accepted; the job is at `Location`."},
        **responses(
            "not-found", "invalid-request", "unsupported-image", "image-too-large", "idempotency-mismatch",
            "idempotency-conflict", "quota-exceeded", "queue-full",
        ),
    },
)  # fmt: skip
async def create_batch(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    request_id: RequestId,
    name: str,
    prefer: Prefer = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    with TemporaryDirectory(dir=services.scratch) as folder:
        path = Path(folder) / "body"
        body = await received_rows(request, path)
        asked, template, read = await run_in_threadpool(_read, services, tenant, name, body, path)
        callback = await callback_of(asked, services)
        fields = asked.model_dump(mode="json", exclude_none=True)
        said = [name, body.kind, body.charset, fields]
        wanted = Wanted(
            tenant_id=tenant,
            template=_kept(template),
            output=fields["output"],
            rows=_rows_beside(path),
            total=read["total"],
            failed=read["failed"],
            request_id=request_id,
            route=ROUTE,
            key=key_of(idempotency_key),
            fingerprint=hashlib.sha256(json.dumps([said, read["sha256"]], sort_keys=True).encode()).hexdigest(),
            callback=callback,
        )
        submitted = await run_in_threadpool(submit, services, wanted, describe)
    return await answered(services, tenant, submitted, wait_s(prefer))


def _read(
    services: Services, tenant: str, name: str, body: BatchBody, path: Path
) -> tuple[BatchIn, Template, dict[str, Any]]:
    """What is asked for, the template that it is asked of, and what ``read_batch`` says of the rows."""
    asked = parsed(body.fields)
    template = _find(services, tenant, name, asked.version)
    read = _rows_read(services, template, body, path)
    if read["fields"]:
        asked = parsed({**body.fields, **read["fields"]})
        template = _find(services, tenant, name, asked.version)
    check_output(services, template.scene, asked.output.model_dump(mode="json", exclude_none=True))
    return asked, template, {**read, "sha256": sha256_of(path)}


def _rows_beside(path: Path) -> Path:
    return path.with_name("rows")


def parsed(fields: dict[str, Any]) -> BatchIn:
    """The fields beside the rows; ``null`` counts as not sent.

    Raises:
        InvalidRequest: lists every wrong field.
    """
    return checked_as(BatchIn, sent(fields))


def _find(services: Services, tenant: str, name: str, version: int | None) -> Template:
    with services.engine.begin() as connection:
        return find(services, connection, tenant, name, version)


def _kept(template: Template) -> dict[str, Any]:
    """What is kept of a template with a batch, so that its rows are all of one and the same."""
    return {
        "name": template.name,
        "version": template.version,
        "scene": dict(template.scene),
        "layers": [dict(layer) for layer in template.layers],
        "variables": {name: dict(variable) for name, variable in template.variables.items()},
    }


def _rows_read(services: Services, template: Template, body: BatchBody, path: Path) -> dict[str, Any]:
    try:
        read: dict[str, Any] = services.pixels.call(
            "read_batch",
            body=str(path),
            kind=body.kind,
            target=str(_rows_beside(path)),
            most=services.settings.max_batch_rows,
            variables={name: dict(variable) for name, variable in template.variables.items()},
            charset=body.charset,
        )
    except PixelsLost as error:
        raise InvalidRequest("The rows could not be read within the time and memory they are given.") from error
    if "errors" in read:
        raise invalid([FieldError(**error) for error in read["errors"]])
    return read
