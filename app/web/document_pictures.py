"""``/v1/documents/{id}/render.png``: what a document looks like, now or at a revision."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from app.flow.documents.change import find
from app.flow.documents.picture import picture, plan
from app.flow.services import Services
from app.web.conditional import IMMUTABLE
from app.web.context import ServicesOf, Tenant
from app.web.document_answers import MOST_REVISIONS
from app.web.layers import picture_docs
from app.web.render import send_made

router = APIRouter(tags=["pictures"])

At = Annotated[
    int | None,
    Query(ge=1, le=MOST_REVISIONS, description="Of the document; immutable then. By default the newest one."),
]
Wide = Annotated[int | None, Query(ge=1, le=16_384, description="In pixels; the height follows.")]
Ground = Annotated[
    str | None, Query(max_length=100, description="A CSS colour laid under the picture; JPEG's own is white.")
]
Quality = Annotated[int | None, Query(ge=1, le=100, description="WebP is lossless without it; JPEG takes 90.")]

_PATH = "/v1/documents/{document_id}/render"
_TEXT = (
    "Rendered once for all that come to the same picture: after an undo it is there already, as Cache-Status says. "
    "Without a revision Content-Location names the one that was shown."
)


@router.get(
    f"{_PATH}.png",
    summary="Get a document's picture as PNG",
    description=_TEXT,
    **picture_docs("image/png", "invalid-request"),
)
def render_png(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    revision: At = None,
    width: Wide = None,
    background: Ground = None,
) -> Response:
    asked = {"width": width, "background": background}
    return _render(request, services, tenant, document_id, revision, "png", asked)


@router.get(
    f"{_PATH}.webp",
    summary="Get a document's picture as WebP",
    description=_TEXT,
    **picture_docs("image/webp", "invalid-request"),
)
def render_webp(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    revision: At = None,
    width: Wide = None,
    background: Ground = None,
    quality: Quality = None,
) -> Response:
    asked = {"width": width, "background": background, "quality": quality}
    return _render(request, services, tenant, document_id, revision, "webp", asked)


@router.get(
    f"{_PATH}.jpg",
    summary="Get a document's picture as JPEG",
    description=_TEXT,
    **picture_docs("image/jpeg", "invalid-request"),
)
def render_jpg(
    request: Request,
    services: ServicesOf,
    tenant: Tenant,
    document_id: str,
    revision: At = None,
    width: Wide = None,
    background: Ground = None,
    quality: Quality = None,
) -> Response:
    asked = {"width": width, "background": background, "quality": quality}
    return _render(request, services, tenant, document_id, revision, "jpg", asked)


def _render(
    request: Request,
    services: Services,
    tenant: str,
    document_id: str,
    revision: int | None,
    format_: str,
    asked: dict[str, Any],
) -> Response:
    with services.engine.connect() as connection:
        document = find(connection, tenant, document_id, revision)
    given = {name: value for name, value in asked.items() if value is not None}
    output = {"format": format_, **given}
    planned = plan(services, document, output)
    headers = {"Cache-Control": IMMUTABLE if revision else "private, no-cache"}
    if revision is None:
        query = urlencode({"revision": document.revision.n, **given})
        headers["Content-Location"] = f"/v1/documents/{document.id}/render.{format_}?{query}"
    return send_made(request, planned, headers, lambda: picture(services, document, output, planned))
