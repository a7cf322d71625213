"""``POST /v1/decompositions/{id}/render``: edits and their picture in one stateless call."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.flow import render as flow
from app.flow.request_body import RequestBody
from app.flow.scratch import scratch_file
from app.flow.services import Services
from app.web.answers import HIT, MISS
from app.web.conditional import SANDBOX, is_known, not_modified, quoted, send_file
from app.web.context import ServicesOf, Tenant
from app.web.decompositions import find
from app.web.examples import RENDER_BODY
from app.web.output import picture_docs
from app.web.receive import unread_json

router = APIRouter(tags=["pictures"])


@router.post(
    "/v1/decompositions/{decomposition_id}/render",
    summary="Edit and recomposite",
    description="The stored layers stay as they are. All operations on a layer fold into one state, so that ten moves "
    "cost no quality and a move there and back is no edit. Without operations it is the source, bit for bit.",
    openapi_extra=RENDER_BODY,
    **picture_docs("image/png", "image/webp", "image/jpeg", "image/avif", codes=("image-too-large",), made=True),
)
async def render_decomposition(
    request: Request, services: ServicesOf, tenant: Tenant, decomposition_id: str
) -> Response:
    with scratch_file(services.scratch) as spool:
        body = await unread_json(request, spool)
        return await run_in_threadpool(_answer, request, services, tenant, decomposition_id, body)


def _answer(request: Request, services: Services, tenant: str, decomposition_id: str, body: RequestBody) -> Response:
    found = find(services, tenant, decomposition_id)
    planned = flow.plan(services, tenant, found, body)
    headers = {"Cache-Control": "private, no-cache"}
    return send_made(request, planned, headers, lambda: flow.picture(services, tenant, found, body, planned))


class Planned(Protocol):
    """What is to be made: ``key`` names its bytes."""

    @property
    def key(self) -> str: ...
    @property
    def media_type(self) -> str: ...


def send_made(
    request: Request, planned: Planned, headers: Mapping[str, str], picture: Callable[[], tuple[Path, bool]]
) -> Response:
    """A picture or another file that is made at most once, and not at all where the client has it; ``picture`` gives
    it, and whether it was there."""
    sent = {"ETag": quoted(planned.key), **SANDBOX, **headers}
    if is_known(request, sent["ETag"]):
        return not_modified({**sent, "Cache-Status": HIT})
    for last_try in (False, True):
        try:
            path, hit = picture()
            return send_file(request, path, planned.media_type, {**sent, "Cache-Status": HIT if hit else MISS})
        except FileNotFoundError:  # evicted from the disk cache between finding and opening it
            if last_try:
                raise
    raise AssertionError
