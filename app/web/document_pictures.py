"""``/v1/documents/{id}/render.png``: what a document looks like, now or at a revision."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.flow.documents.change import find
from app.flow.documents.picture import picture, plan
from app.flow.services import Services
from app.web.context import ServicesOf, Tenant
from app.web.document_answers import picture_headers
from app.web.output import LossyQuery, OutputQuery, served_docs
from app.web.render import send_made

router = APIRouter(tags=["pictures"])

Shown = Annotated[OutputQuery, Query()]
Compressed = Annotated[LossyQuery, Query()]


def _docs(name: str, media_type: str) -> dict[str, Any]:
    return {
        "summary": f"Get a document's picture as {name}",
        "description": "Rendered once for all that come to the same picture: after an undo it is there already, as "
        "Cache-Status says. Without a revision Content-Location names the one that was shown.",
        **served_docs(media_type, made=True),
    }


_PATH = "/v1/documents/{document_id}/render"


@router.get(f"{_PATH}.png", **_docs("PNG", "image/png"))
def render_png(request: Request, services: ServicesOf, tenant: Tenant, document_id: str, asked: Shown) -> Response:
    return _render(request, services, tenant, document_id, "png", asked)


@router.get(f"{_PATH}.webp", **_docs("WebP", "image/webp"))
def render_webp(
    request: Request, services: ServicesOf, tenant: Tenant, document_id: str, asked: Compressed
) -> Response:
    return _render(request, services, tenant, document_id, "webp", asked)


@router.get(f"{_PATH}.avif", **_docs("AVIF", "image/avif"))
def render_avif(
    request: Request, services: ServicesOf, tenant: Tenant, document_id: str, asked: Compressed
) -> Response:
    return _render(request, services, tenant, document_id, "avif", asked)


@router.get(f"{_PATH}.jpg", **_docs("JPEG", "image/jpeg"))
def render_jpg(request: Request, services: ServicesOf, tenant: Tenant, document_id: str, asked: Compressed) -> Response:
    return _render(request, services, tenant, document_id, "jpg", asked)


def _render(
    request: Request, services: Services, tenant: str, document_id: str, format_: str, asked: OutputQuery
) -> Response:
    with services.engine.begin() as connection:
        document = find(services, connection, tenant, document_id, asked.revision)
    output = asked.output(format_)
    planned = plan(services, document, output)
    headers = picture_headers(document, asked.revision, f"render.{format_}", asked.given())
    return send_made(request, planned, headers, lambda: picture(services, document, output, planned))
